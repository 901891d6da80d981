//! Where exactly a run of sliding readings begins and ends.

use smallvec::SmallVec;

use super::runs::{Run, Runs};
use super::side::{beyond, side_of};
use super::sliding_stretches::SlidingStretches;
use crate::mix::Verdict;
use crate::mix::exact_sum::Sorted;
use crate::mix::levels::{LevelHit, hit_counts, percentile};
use crate::mix::profile::{Measure, Target};
use crate::mix::roles::Class;
use crate::mix::song::{CELLS_PER_S, CellSpan};
use crate::mix::verdicts::{MixContext, Unit};
use crate::units::LOUDNESS_OFFSET;

/// An edge is searched this many cells around where the sliding readings put it.
pub(super) const SNAP: i32 = 6;
/// A voice's edge lies so many cells at most inside of where the sliding readings put it: a loud moment shows in a stretch
/// that holds little of it, a quiet one only in a stretch that holds little else.
const FAR: [i32; 2] = [40, 20];
/// The hits next to an edge whose gaps show how far apart hits lie there.
const NEAR: usize = 16;

/// Where a break lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    pub from_s: f64,
    /// For hits the last affected one.
    pub to_s: f64,
    /// When the last affected hit gives way to the next; else as `to_s`.
    pub end_s: f64,
}

/// A run with what it is read from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edged<'a> {
    pub mix: &'a MixContext<'a>,
    pub unit: &'a Unit<'a>,
    pub target: Target,
    pub stretches: &'a SlidingStretches,
    pub runs: &'a Runs,
    pub run: &'a Run,
    /// What today's gains add to an offset, and to the reference's level.
    pub shift_db: f64,
    pub kick_db: f64,
    /// Of a voice, the loudness that it is read against.
    pub rival_lufs: Option<f64>,
}

impl Edged<'_> {
    pub fn edges(&self, class: Class) -> Option<Edges> {
        match class {
            Class::Sustained => self.sustained(),
            Class::Hits => self.hits(),
        }
    }

    /// From the start of the first reading to the end of the last.
    fn span(&self) -> CellSpan {
        CellSpan { from: self.stretches.span(self.run.from).from, to: self.stretches.span(self.run.to - 1).to }
    }

    /// The reading at this place lies within the limit; else there is none.
    fn is_inside(&self, place: Option<usize>) -> bool {
        let offset = place.and_then(|place| self.runs.offset(place));
        offset.is_some_and(|offset| side_of(self.mix, offset + self.shift_db, self.target).is_none())
    }

    fn kick(&self, place: usize) -> f64 {
        self.stretches.kick(place) + self.kick_db
    }

    /// Edges for continuous sound. A loud stretch shows in every reading that touches it, so it is where all readings of
    /// the run overlap; a quiet one shows only in readings that lie within it, so it is their union. An end without a
    /// reading beyond it, as at the song's own, has nothing to overlap with.
    fn sustained(&self) -> Option<Edges> {
        let (first, last) = (self.stretches.span(self.run.from), self.stretches.span(self.run.to - 1));
        let rough = match self.run.side {
            // What the loudest moment shows, a mean of power does not.
            Verdict::High if self.target.measure == Measure::Peak => CellSpan {
                from: if self.is_inside(self.run.from.checked_sub(1)) { first.to } else { first.from },
                to: if self.is_inside(Some(self.run.to)) { last.from } else { last.to },
            },
            _ => self.span(),
        };
        let snapped = match self.rival_lufs {
            Some(rival) => self.snap_loud(rough, rival),
            None if self.target.measure == Measure::Peak => self.snap(rough),
            None => rough,
        };
        // By cells: a window that sounds may end in up to 300 ms of silence.
        let levels = self.unit.levels;
        let sounds = |cell: &i32| levels.cell(*cell).is_some_and(|cell| cell.power() >= levels.sounding_from());
        let from = (snapped.from..snapped.to).find(sounds)?;
        let to = (snapped.from..snapped.to).rev().find(sounds)? + 1;
        let (from_s, to_s) = self.clip_to_kick(f64::from(from) / CELLS_PER_S, f64::from(to) / CELLS_PER_S)?;
        Some(Edges { from_s, to_s, end_s: to_s })
    }

    /// Moves the edges to the cell where the peaks cross the limit.
    fn snap(&self, rough: CellSpan) -> CellSpan {
        let beyond = self.mix.profile.rules.breaks.beyond.0;
        let is_loud = self.run.side == Verdict::High;
        let limit_db = if is_loud { self.target.high_db.0 + beyond } else { self.target.low_db.0 - beyond };
        let Some(gain) = self.unit.levels.gain_db() else { return rough };
        let limit = |kick: f64| (kick + limit_db - 0.05 - gain) as f32;
        let over = |cell: i32, limit: f32| self.unit.levels.cell(cell).is_some_and(|cell| cell.peak_db >= limit);
        let around = |edge: i32| edge - SNAP..edge + SNAP;
        let (start, end) = (limit(self.kick(self.run.from)), limit(self.kick(self.run.to - 1)));
        let (from, to) = if is_loud {
            (around(rough.from).find(|cell| over(*cell, start)), around(rough.to).rev().find(|cell| over(*cell, end)))
        } else {
            let before = around(rough.from).rev().find(|cell| over(*cell, start));
            (before.map(|cell| cell + 1), around(rough.to).find(|cell| over(*cell, end)).map(|cell| cell - 1))
        };
        CellSpan { from: from.unwrap_or(rough.from), to: to.map_or(rough.to, |cell| cell + 1) }
    }

    /// Moves a voice's edges to the cell where its loudness crosses the limit: a mean of power shows a change only once a
    /// good part of the stretch has it.
    fn snap_loud(&self, rough: CellSpan, rival: f64) -> CellSpan {
        let beyond = self.mix.profile.rules.breaks.beyond.0;
        let is_loud = self.run.side == Verdict::High;
        let limit_db = if is_loud { self.target.high_db.0 + beyond } else { self.target.low_db.0 - beyond };
        let Some(gain) = self.unit.levels.gain_db() else { return rough };
        let limit = (10f64.powf((rival + limit_db - gain - LOUDNESS_OFFSET) / 10.0) / self.unit.levels.sides()) as f32;
        let over = |cell: &i32| self.unit.levels.cell(*cell).is_some_and(|cell| cell.k_power >= limit);
        let reach = ((rough.to - rough.from) / 2).min(FAR[usize::from(!is_loud)]);
        let (after, before) = (rough.from..rough.from + reach, rough.to - reach..rough.to);
        let (from, to) = if is_loud {
            (after.clone().find(over), before.clone().rev().find(over).map(|cell| cell + 1))
        } else {
            (after.rev().find(over).map(|cell| cell + 1), before.clone().find(over))
        };
        CellSpan { from: from.unwrap_or(rough.from), to: to.unwrap_or(rough.to) }
    }

    /// Edges for hits: the first and the last that lies beyond the limit.
    fn hits(&self) -> Option<Edges> {
        let rules = &self.mix.profile.rules;
        let gain = self.unit.levels.gain_db()?;
        let is_affected = |hit: &&LevelHit| {
            let kick = self.kick(self.stretches.around(hit.onset_s, self.run.places()));
            let offset = hit.peak_db + gain - kick;
            beyond(offset, self.target, rules.breaks.beyond) == Some(self.run.side)
        };
        let hits = self.unit.levels.hits_in(self.span());
        let counts = hit_counts(self.high_db(hits), &rules.level);
        let onset = |hit: &&LevelHit| hit.onset_s;
        let affected = || hits.iter().filter(|hit| counts(hit)).filter(is_affected);
        let first = affected().next()?.onset_s;
        let mut last_ones: SmallVec<[f64; 32]> = affected().rev().take(NEAR + 1).map(|hit| onset(&hit)).collect();
        last_ones.reverse();
        let (from_s, end_s) = self.clip_to_kick(first, last_ones.last()? + typical_gap(&last_ones))?;
        let is_in = |hit: &&LevelHit| (from_s..end_s).contains(&hit.onset_s);
        let from_s = affected().find(is_in)?.onset_s;
        let to_s = affected().rev().find(is_in)?.onset_s;
        Some(Edges { from_s, to_s, end_s })
    }

    /// The high peak of the run's hits ([`high_peak`](crate::mix::levels::high_peak)), which grow with the run.
    fn high_db(&self, hits: &[LevelHit]) -> f64 {
        let mark = self.unit.levels.mark_of_hits(self.span());
        let mut kept = self.run.peaks_db.borrow_mut();
        let levels = kept.as_ref().and_then(|(of, _)| mark.begins_with(of));
        let new = hits[levels.unwrap_or(0)..].iter().map(|hit| hit.peak_db).filter(|peak| *peak > f64::NEG_INFINITY);
        match (&mut *kept, levels) {
            (Some((of, peaks)), Some(_)) => {
                new.for_each(|peak| peaks.insert(peak));
                *of = mark;
            }
            _ => *kept = Some((mark, Sorted::new(new.collect()))),
        }
        let share = self.mix.profile.rules.level.hit_percentile / 100.0;
        kept.as_ref().and_then(|(_, peaks)| peaks.percentile(share)).unwrap_or(f64::NAN)
    }

    /// A break is only where the kick is hitting: from a hit on, and no longer after one than hits lie apart there.
    fn clip_to_kick(&self, from_s: f64, to_s: f64) -> Option<(f64, f64)> {
        if self.mix.reference.class == Class::Sustained {
            return Some((from_s, to_s));
        }
        let kick = self.mix.reference.levels;
        let hits = kick.hits_in(CellSpan::from_seconds(from_s, to_s));
        let (first, last) = (hits.first()?.onset_s, hits.last()?.onset_s);
        let gap = |hits: &[LevelHit]| typical_gap(&hits.iter().map(|hit| hit.onset_s).collect::<SmallVec<[f64; 32]>>());
        let gap_before = gap(&hits[..hits.len().min(NEAR + 1)]);
        let gap_after = gap(&hits[hits.len().saturating_sub(NEAR + 1)..]);
        let hits_before = !kick.hits_in(CellSpan::from_seconds(from_s - gap_before, from_s)).is_empty();
        let starts = if hits_before { from_s } else { from_s.max(first) };
        Some((starts, to_s.min(last + gap_after).min(kick.span().end_s())))
    }
}

/// The middle of the gaps between onsets: what the last of them lasts.
fn typical_gap(onsets: &[f64]) -> f64 {
    let mut gaps: SmallVec<[f64; 32]> = onsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    percentile(&mut gaps, 0.5).unwrap_or(0.0)
}
