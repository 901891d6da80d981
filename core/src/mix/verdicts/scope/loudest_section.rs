//! The loudest stretch of the song, found from sums that are kept cell by cell. A unit counts by its
//! share of its own loudest stretch, so that no fader changes what is chosen.

use super::super::unit::Unit;
use super::stretches;
use crate::mix::levels::Levels;
use crate::mix::song::{BarMap, CellSpan};
use crate::mix::{Rules, ScopeRules};

/// Louder by less than this is rounding, not loudness.
const ROUNDING: f64 = 1e-6;
/// A share of 1 in whole numbers, whose sums do not depend on their order.
const WHOLE: f64 = (1u64 << 40) as f64;

/// What is kept of one unit.
#[derive(Clone, Debug, Default)]
struct PowerRow {
    levels: u64,
    version: u64,
    first: i32,
    /// K-weighted power before the gain, up to each cell and after the last.
    upto: Vec<f64>,
    /// Of each stretch that may be chosen, against the unit's own loudest of them: no fader changes it.
    shares: Vec<u64>,
    /// The shares are those of the cells.
    is_shared: bool,
}

impl PowerRow {
    /// Reads the unit's power; returns how many cells that took.
    fn follow(&mut self, unit: &Unit<'_>) -> u64 {
        let levels = unit.levels;
        if !unit.is_counted() || levels.is_empty() {
            *self = Self::default();
            return 0;
        }
        let mut from = levels.end();
        let is_same = self.levels == levels.id() && self.first == levels.first && !self.upto.is_empty();
        if !is_same || !levels.changes().since(self.version, |start, _| from = from.min(start)) {
            from = levels.first;
        }
        let kept = ((from - levels.first).max(0) as usize).min(self.upto.len().saturating_sub(1));
        let is_new = !is_same || self.upto.len() != levels.cells_in(levels.span()).len() + 1 || from < levels.end();
        (self.levels, self.version, self.first) = (levels.id(), levels.changes().version(), levels.first);
        if !is_new {
            return 0;
        }
        self.is_shared = false;
        self.upto.truncate(kept + 1);
        if self.upto.is_empty() {
            self.upto.push(0.0);
        }
        let mut sum = self.upto[kept];
        let cells = levels.cells_in(CellSpan { from: levels.first + kept as i32, to: levels.end() });
        self.upto.extend(cells.iter().map(|cell| {
            sum += f64::from(cell.k_power);
            sum
        }));
        cells.len() as u64
    }

    fn share(&mut self, stretches: &[CellSpan]) {
        let last = self.upto.len().saturating_sub(1);
        let upto = |cell: i32| self.upto.get((cell.saturating_sub(self.first).max(0) as usize).min(last));
        let power = |span: &CellSpan| upto(span.to).zip(upto(span.from)).map_or(0.0, |(to, from)| to - from);
        let powers: Vec<f64> = stretches.iter().map(power).collect();
        let most = powers.iter().copied().fold(0.0, f64::max);
        let share = |power: &f64| if most > 0.0 { (power / most * WHOLE) as u64 } else { 0 };
        self.shares = powers.iter().map(share).collect();
        self.is_shared = true;
    }
}

/// What a choice went by.
#[derive(Clone, Debug, PartialEq)]
struct SumKey {
    whole: CellSpan,
    rules: ScopeRules,
    bars: u64,
    kick: Option<(u64, u64)>,
    units: Vec<(u64, u64, bool)>,
}

/// How loud each unit is in each stretch of the song, and the choice among those.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loudest {
    rows: Vec<PowerRow>,
    /// Counts changes of the stretches.
    pub stretches_version: u64,
    pub stretches: Vec<CellSpan>,
    /// Those with the most hits of the kick, among which is chosen.
    candidates: Vec<CellSpan>,
    key: Option<SumKey>,
    best: Option<CellSpan>,
    work: u64,
}

impl Loudest {
    /// The loudest stretch that holds the kick, by the sum of all units' K-weighted power, each against that of its own
    /// loudest such stretch; the earliest of equals.
    pub fn choose(
        &mut self,
        units: &[Unit<'_>],
        kick: Option<&Levels>,
        bars: &BarMap,
        whole: CellSpan,
        rules: &Rules,
    ) -> Option<CellSpan> {
        let of = |unit: &Unit<'_>| (unit.levels.id(), unit.levels.changes().version(), unit.is_counted());
        let key = SumKey {
            whole,
            rules: rules.scope,
            bars: bars.changes().version(),
            kick: kick.map(|kick| (kick.id(), kick.changes().version())),
            units: units.iter().map(of).collect(),
        };
        if self.key.as_ref() == Some(&key) {
            return self.best;
        }
        let is_same = |old: &SumKey| (old.whole, old.rules, old.bars) == (key.whole, key.rules, key.bars);
        if !self.key.as_ref().is_some_and(is_same) {
            let new = stretches(bars, whole, rules);
            if new != self.stretches {
                self.stretches = new;
                self.stretches_version += 1;
            }
        }
        self.best = self.find(units, kick, rules);
        self.key = Some(key);
        self.best
    }

    fn find(&mut self, units: &[Unit<'_>], kick: Option<&Levels>, rules: &Rules) -> Option<CellSpan> {
        let candidates = with_kick(&self.stretches, kick, rules);
        let are_same = candidates == self.candidates;
        self.candidates = candidates;
        self.rows.resize_with(units.len(), PowerRow::default);
        let mut sums = vec![0u64; self.candidates.len()];
        for (row, unit) in self.rows.iter_mut().zip(units) {
            self.work += row.follow(unit);
            if !row.is_shared || !are_same {
                row.share(&self.candidates);
            }
            sums.iter_mut().zip(&row.shares).for_each(|(sum, share)| *sum += share);
        }
        let sounds = |span: CellSpan| units.iter().any(|unit| unit.is_counted() && !unit.levels.is_silent_in(span));
        loudest(self.candidates.iter().copied().zip(sums.iter().map(|sum| *sum as f64)), sounds)
    }

    pub fn work(&self) -> u64 {
        self.work
    }

    pub fn heap_bytes(&self) -> usize {
        let bytes = |row: &PowerRow| row.upto.capacity() * size_of::<f64>() + row.shares.capacity() * size_of::<u64>();
        self.rows.iter().map(bytes).sum()
    }
}

/// The stretches with 8 hits of the kick; where none has so many, those with the most.
fn with_kick(stretches: &[CellSpan], kick: Option<&Levels>, rules: &Rules) -> Vec<CellSpan> {
    let hits = |span: &CellSpan| kick.map_or(0, |kick| kick.hits_in(*span).len().min(rules.scope.kick_hits));
    let hits: Vec<usize> = stretches.iter().map(hits).collect();
    let most = hits.iter().copied().max().unwrap_or(0);
    stretches.iter().zip(&hits).filter(|(_, hits)| **hits == most).map(|(span, _)| *span).collect()
}

/// The loudest of these stretches, each with its power; the earliest of equals.
fn loudest(stretches: impl Iterator<Item = (CellSpan, f64)>, sounds: impl Fn(CellSpan) -> bool) -> Option<CellSpan> {
    let mut best: Option<(CellSpan, f64)> = None;
    for (span, power) in stretches {
        if best.is_none_or(|(_, loudest)| power > loudest * (1.0 + ROUNDING)) && sounds(span) {
            best = Some((span, power));
        }
    }
    best.map(|(span, _)| span)
}

/// The loudest of these stretches for one track by itself.
pub(crate) fn own_loudest(
    stretches: &[CellSpan],
    levels: &Levels,
    kick: Option<&Levels>,
    rules: &Rules,
) -> Option<CellSpan> {
    let power = |span: CellSpan| levels.cells_in(span).iter().map(|cell| f64::from(cell.k_power)).sum::<f64>();
    let candidates = with_kick(stretches, kick, rules);
    loudest(candidates.into_iter().map(|span| (span, power(span))), |span| !levels.is_silent_in(span))
}
