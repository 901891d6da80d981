//! Several tracks as one: at each place the loudest member's peak, and the sum of the powers.

use super::hits::Hits;
use super::{LevelHit, Levels};
use crate::mix::song::{CELLS_PER_S, CellSpan};

/// What a part has read of a member: its gain against the first one's, so that a move of all is none of the sum.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Read {
    member: u64,
    gain: f64,
    version: u64,
}

/// Several tracks as one, kept up to date.
#[derive(Debug)]
pub(crate) struct JoinedLevels {
    pub levels: Levels,
    read: Vec<Read>,
    sounding: f64,
}

impl JoinedLevels {
    pub fn new() -> Self {
        Self { levels: Levels::of_part(), read: Vec::new(), sounding: 0.0 }
    }

    /// Reads what is new in its members, which are at least two.
    pub fn update(&mut self, members: &[&Levels], sounding: f64) {
        let gain =
            members.first().filter(|first| first.gain > 0.0).map_or((1.0, 1.0), |first| (first.gain, first.moved));
        (self.levels.gain, self.levels.moved) = gain;
        let read = |member: &&Levels| Read {
            member: member.id,
            gain: member.gain_over(&self.levels),
            version: member.changes.version(),
        };
        let now: Vec<Read> = members.iter().map(read).collect();
        if now == self.read && sounding == self.sounding {
            return;
        }
        self.sounding = sounding;
        let start = members.iter().filter(|member| !member.is_empty()).map(|member| member.first).min();
        let end = members.iter().filter(|member| !member.is_empty()).map(|member| member.end()).max();
        let is_same = |(a, b): (&Read, &Read)| a.member == b.member && a.gain == b.gain;
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
        spans.sort_by_key(|span| span.from);
        spans.dedup();
        for span in spans {
            self.read_span(members, &gains, span);
        }
        self.levels.hits.set_onsets(onsets(members, &self.levels));
        self.levels.channels =
            members.iter().filter(|member| !member.is_empty()).map(|member| member.channels).max().unwrap_or(2);
        self.levels.settle(sounding);
    }

    fn read_span(&mut self, members: &[&Levels], gains: &[f64], span: CellSpan) {
        // A change may reach beyond what was heard: its end, where a window begins that is not there yet.
        let whole = members.iter().filter(|member| !member.is_empty()).map(|member| member.span());
        let Some(whole) = whole.reduce(|a, b| CellSpan { from: a.from.min(b.from), to: a.to.max(b.to) }) else {
            return;
        };
        let inside = CellSpan { from: span.from.clamp(whole.from, whole.to), to: span.to.clamp(whole.from, whole.to) };
        if inside.from < inside.to {
            self.levels.overwrite(inside, |cells| {
                for (member, gain) in members.iter().zip(gains) {
                    let offset = (member.first.max(inside.from) - inside.from) as usize;
                    for (cell, other) in cells.iter_mut().skip(offset).zip(member.cells_in(inside)) {
                        cell.join(other, *gain);
                    }
                }
            });
        }
        let hits: Vec<(&[LevelHit], f64)> =
            members.iter().map(|member| member.hits()).zip(gains.iter().copied()).collect();
        let (from_s, to_s) = (f64::from(span.from) / CELLS_PER_S, f64::from(span.to) / CELLS_PER_S);
        let (from_s, to_s) = Hits::reach(&hits, from_s, to_s);
        self.levels.hits.join(&hits, from_s, to_s, &mut self.levels.changes);
    }
}

fn onsets(members: &[&Levels], whole: &Levels) -> usize {
    let most = members.iter().map(|member| member.onsets()).max().unwrap_or(0);
    most.max(whole.hits().len())
}
