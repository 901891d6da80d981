//! Whether a second pass over the same bars shows that the track's level changed.
//!
//! Cells of two passes are compared where they lie, before the gain. What is off by more than 1 dB in the middle of 2 bars
//! was changed upstream of Keel, and what was heard before no longer shows what the track sounds like.

use std::collections::VecDeque;

use super::level_change::{LevelChange, PerMeasure};
use super::silence::{SILENCE, mean_square};
use crate::dsp::{Cell, CellFlags};

/// A level that changed by more has changed, dB; what is under a thousandth of it is rounding.
const CHANGE: f32 = 1.0 + 1e-3;
/// Bars over which two passes are compared, and how often along them.
const BARS: f32 = 2.0;
const STEP: f32 = 0.25;
/// Bars in a cell where the host reports none: 2 in 4 s.
const UNTOLD: f32 = 0.05;
/// Cells at most: 2 bars at any tempo that is played.
const MOST_PAIRS: usize = 256;
/// Cells that sound in both passes at least: the 400 ms by which the rules separate sound from silence.
const FEWEST: usize = 4;
/// A cell has a level to compare within 40 dB of the song's loudest, unless it is silence.
const SOUNDING: f32 = 1e-4;

/// One place in two passes.
#[derive(Clone, Copy, Debug)]
struct Pair {
    bars: f32,
    /// Mean square of the quieter pass.
    power: f32,
    /// From the older pass to this one.
    change: PerMeasure,
    /// The part of it that the changes between the two passes did not let expect.
    news: PerMeasure,
}

impl Pair {
    /// What is new either way: a level that is as it was heard here before shows no other change.
    fn surprise(&self, measure: usize) -> f32 {
        let (change, news) = (self.change[measure], self.news[measure]);
        if change.abs() < news.abs() { change } else { news }
    }
}

/// Follows the passes of one track.
#[derive(Clone, Debug, Default)]
pub(super) struct Passes {
    /// Where this pass began.
    from: i32,
    pairs: VecDeque<Pair>,
    /// Bars in all pairs, and until the next check of them.
    bars: f32,
    due: f32,
    /// Bars in the newest cell.
    cell_bars: f32,
}

impl Passes {
    /// The next cell of the track, and what the place held: the cell, and by how much it was expected to be off.
    pub fn compare(&mut self, last: Option<&Cell>, cell: &Cell, old: Option<(Cell, PerMeasure)>) {
        let follows = last.is_some_and(|last| last.epoch == cell.epoch && last.index < cell.index);
        if !follows {
            self.begin(cell.index);
        }
        self.cell_bars = bars_of(last.filter(|last| follows && last.index + 1 == cell.index), cell, self.cell_bars);
        let is_whole = |cell: &Cell| cell.flags.has(CellFlags::COMPLETE) && !cell.flags.has(CellFlags::FREE_RUNNING);
        let Some((old, expected)) = old.filter(|(old, _)| is_whole(old) && is_whole(cell)) else { return };
        let bars = self.cell_bars;
        let change = difference(&old, cell);
        let power = if change.iter().all(|db| db.is_finite()) { mean_square(&old).min(mean_square(cell)) } else { 0.0 };
        let news = [0, 1, 2].map(|measure| change[measure] - expected[measure]);
        self.bars += bars;
        self.due -= bars;
        while let Some(first) = self.pairs.front()
            && (self.bars - first.bars >= BARS || self.pairs.len() == MOST_PAIRS)
        {
            self.bars -= first.bars;
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { bars, power, change, news });
    }

    fn begin(&mut self, from: i32) {
        self.from = from;
        self.pairs.clear();
        self.bars = 0.0;
        self.due = 0.0;
    }

    /// The change that the last 2 bars show, if they do; reported once. `loudest` is the mean square of the song's loudest cell.
    pub fn change(&mut self, loudest: impl FnOnce() -> f32) -> Option<LevelChange> {
        // The cells at both ends of what is played again are not whole: two of them may lack.
        let ends = 1.9 * self.pairs.back()?.bars;
        let is_full = self.bars > BARS - ends || self.pairs.len() == MOST_PAIRS;
        if !is_full || self.due > 0.0 {
            return None;
        }
        self.due = STEP;
        let floor = (loudest() * SOUNDING).max(SILENCE);
        let sounding: Vec<Pair> = self.pairs.iter().filter(|pair| pair.power >= floor).copied().collect();
        if sounding.len() < FEWEST {
            return None;
        }
        let surprises = [0, 1, 2].map(|measure| median(sounding.iter().map(|pair| pair.surprise(measure))));
        let most = (0..3).max_by(|a, b| surprises[*a].abs().total_cmp(&surprises[*b].abs()))?;
        if surprises[most].abs() <= CHANGE {
            return None;
        }
        let by = [0, 1, 2].map(|measure| median(sounding.iter().map(|pair| pair.news[measure])));
        self.begin(self.from);
        Some(LevelChange { from: self.from, by, most })
    }

    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.pairs.capacity() * size_of::<Pair>()
    }
}

/// Bars in a cell: from the one before it, where that is known, else as many as before.
fn bars_of(last: Option<&Cell>, cell: &Cell, before: f32) -> f32 {
    let bars = last.map(|last| cell.bar - last.bar);
    let before = if cell.bar.is_finite() && before > 0.0 { before } else { UNTOLD };
    bars.filter(|bars| *bars > 0.0 && *bars <= BARS).unwrap_or(before)
}

/// From one cell to another at the same gain, in each measure; not finite where one is silent.
fn difference(old: &Cell, new: &Cell) -> PerMeasure {
    let channels = |cell: &Cell| if cell.flags.has(CellFlags::MONO) { 1.0 } else { 2.0 };
    let levels = |cell: &Cell| {
        let frames = cell.frames as f32;
        let peak = cell.max_peak();
        [peak * peak, mean_square(cell) / channels(cell), cell.k_power / frames]
    };
    let (old, new) = (levels(old), levels(new));
    [0, 1, 2].map(|measure| 10.0 * (new[measure] / old[measure]).log10())
}

/// The middle of some values, or the mean of the two in the middle.
fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    let count = values.len();
    let (below, middle, _) = values.select_nth_unstable_by(count / 2, f32::total_cmp);
    let next = below.iter().copied().max_by(f32::total_cmp).filter(|_| count.is_multiple_of(2));
    next.map_or(*middle, |next| (next + *middle) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert_eq!(median([1.0].into_iter()), 1.0);
    }
}
