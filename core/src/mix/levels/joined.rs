//! Several tracks as one: at each place the loudest member's peak, and the sum of the powers.

use super::Levels;
use super::hits::{Hits, MemberHits};
use crate::mix::LevelRules;
use crate::mix::song::{CELLS_PER_S, CellSpan};

/// What a part has read of a member: its gain against the first one's, so that a move of all is none of the sum.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Read {
    member: u64,
    gain: f64,
    channels: u8,
    version: u64,
}

/// Several tracks as one, kept up to date.
#[derive(Debug)]
pub(crate) struct JoinedLevels {
    pub levels: Levels,
    read: Vec<Read>,
    rules: Option<LevelRules>,
}

impl JoinedLevels {
    pub fn new() -> Self {
        Self { levels: Levels::of_part(), read: Vec::new(), rules: None }
    }

    /// Reads what is new in its members, which are at least two.
    pub fn update(&mut self, members: &[&Levels], rules: &LevelRules) {
        let gain =
            members.first().filter(|first| first.gain > 0.0).map_or((1.0, 1.0), |first| (first.gain, first.moved));
        (self.levels.gain, self.levels.moved) = gain;
        let read = |member: &&Levels| Read {
            member: member.id,
            gain: member.gain_over(&self.levels),
            channels: member.channels,
            version: member.changes.version(),
        };
        let now: Vec<Read> = members.iter().map(read).collect();
        if now == self.read && self.rules == Some(*rules) {
            return;
        }
        self.rules = Some(*rules);
        let start = members.iter().filter(|member| !member.is_empty()).map(|member| member.first).min();
        let end = members.iter().filter(|member| !member.is_empty()).map(|member| member.end()).max();
        let is_same = |(a, b): (&Read, &Read)| (a.member, a.gain, a.channels) == (b.member, b.gain, b.channels);
        let mut spans = Vec::new();
        let follows = now.len() == self.read.len()
            && now.iter().zip(&self.read).all(is_same)
            && start == Some(self.levels.first)
            && members
                .iter()
                .zip(&self.read)
                .all(|(member, read)| member.changes.since(read.version, |from, to| spans.push(CellSpan { from, to })));
        let gains: Vec<f64> = now.iter().map(|read| read.gain).collect();
        self.read = now;
        let whole = start.zip(end).map(|(from, to)| CellSpan { from, to });
        if !follows || self.levels.is_empty() {
            self.levels.restart(start.unwrap_or(0));
            (self.levels.gain, self.levels.moved) = gain;
            spans = whole.into_iter().collect();
        }
        self.levels.channels =
            members.iter().filter(|member| !member.is_empty()).map(|member| member.channels).max().unwrap_or(2);
        spans.sort_by_key(|span| span.from);
        spans.dedup();
        for span in spans {
            self.read_span(members, &gains, span);
        }
        self.levels.hits.set_onsets(onsets(members, &self.levels));
        self.levels.settle(rules);
    }

    fn read_span<'a>(&mut self, members: &[&'a Levels], gains: &[f64], span: CellSpan) {
        // A change may reach beyond what was heard: its end, where a window begins that is not there yet.
        let whole = members.iter().filter(|member| !member.is_empty()).map(|member| member.span());
        let Some(whole) = whole.reduce(|a, b| CellSpan { from: a.from.min(b.from), to: a.to.max(b.to) }) else {
            return;
        };
        let inside = CellSpan { from: span.from.clamp(whole.from, whole.to), to: span.to.clamp(whole.from, whole.to) };
        let channels = self.levels.channels;
        if inside.from < inside.to {
            self.levels.overwrite(inside, |cells| {
                for (member, gain) in members.iter().zip(gains) {
                    let is_doubled = member.channels < channels;
                    let offset = (member.first.max(inside.from) - inside.from) as usize;
                    for (cell, other) in cells.iter_mut().skip(offset).zip(member.cells_in(inside)) {
                        let other = if is_doubled { other.on_both_sides() } else { *other };
                        cell.join(&other, *gain);
                    }
                }
            });
        }
        let of_member = |(member, gain): (&&'a Levels, &f64)| MemberHits {
            hits: member.hits(),
            gain: *gain,
            is_doubled: member.channels < channels,
        };
        let hits: Vec<MemberHits<'a>> = members.iter().zip(gains).map(of_member).collect();
        let (from_s, to_s) = (f64::from(span.from) / CELLS_PER_S, f64::from(span.to) / CELLS_PER_S);
        let (from_s, to_s) = Hits::reach(&hits, from_s, to_s);
        self.levels.hits.join(&hits, from_s, to_s, &mut self.levels.changes);
    }
}

fn onsets(members: &[&Levels], whole: &Levels) -> usize {
    let most = members.iter().map(|member| member.onsets()).max().unwrap_or(0);
    most.max(whole.hits().len())
}
