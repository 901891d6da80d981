//! The loudest stretch of the song, found from sums that are kept cell by cell.

use super::super::unit::Unit;
use super::stretches;
use crate::mix::exact_sum::ExactSum;
use crate::mix::levels::Levels;
use crate::mix::song::{BarMap, CellSpan};
use crate::mix::{Rules, ScopeRules};

/// Louder by less than this is rounding, not loudness.
const ROUNDING: f64 = 1e-6;

/// What one unit has added to the sums.
#[derive(Clone, Debug, Default)]
struct PowerRow {
    levels: u64,
    version: u64,
    scale: f64,
    first: i32,
    k_powers: Vec<f32>,
}

/// What a choice went by.
#[derive(Clone, Debug, PartialEq)]
struct SumKey {
    whole: CellSpan,
    rules: ScopeRules,
    bars: u64,
    sums: u64,
    kick: Option<(u64, u64)>,
    versions: u64,
}

/// The sums of all units that count, and the choice among the song's stretches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loudest {
    rows: Vec<PowerRow>,
    first: i32,
    /// K-weighted power of all units together, at each cell.
    sums: Vec<ExactSum>,
    /// Counts changes of the sums.
    version: u64,
    /// Counts changes of the stretches.
    pub stretches_version: u64,
    pub stretches: Vec<CellSpan>,
    key: Option<SumKey>,
    best: Option<CellSpan>,
    work: u64,
}

impl Loudest {
    /// The loudest stretch that holds the kick, by the sum of K-weighted power; the earliest of equals.
    pub fn choose(
        &mut self,
        units: &[Unit<'_>],
        kick: Option<&Levels>,
        bars: &BarMap,
        whole: CellSpan,
        rules: &Rules,
    ) -> Option<CellSpan> {
        self.update(units, whole);
        let key = SumKey {
            whole,
            rules: rules.scope,
            bars: bars.changes().version(),
            sums: self.version,
            kick: kick.map(|kick| (kick.id(), kick.changes().version())),
            versions: units.iter().map(|unit| unit.levels.changes().version()).sum(),
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
        let sounds = |span: CellSpan| units.iter().any(|unit| unit.is_counted() && !unit.levels.is_silent_in(span));
        let mut whole = ExactSum::default();
        let mut upto = Vec::with_capacity(self.sums.len() + 1);
        upto.push(whole);
        for sum in &self.sums {
            whole.join(*sum);
            upto.push(whole);
        }
        self.work += self.sums.len() as u64;
        let place = |cell: i32| cell.saturating_sub(self.first).clamp(0, self.sums.len() as i32) as usize;
        let power = |span: CellSpan| {
            let mut sum = upto[place(span.to).max(place(span.from))];
            sum.separate(upto[place(span.from)]);
            sum.value()
        };
        loudest(&self.stretches, kick, rules, power, sounds)
    }

    /// Brings the sums up to date with the units that count.
    fn update(&mut self, units: &[Unit<'_>], whole: CellSpan) {
        let len = (whole.to - whole.from) as usize;
        if self.first != whole.from || self.sums.len() > len || self.rows.len() != units.len() {
            self.rows = vec![PowerRow::default(); units.len()];
            self.first = whole.from;
            self.sums.clear();
            self.version += 1;
        }
        self.sums.resize(len, ExactSum::default());
        for unit in units {
            let mut row = std::mem::take(&mut self.rows[unit.index]);
            self.follow(&mut row, unit);
            self.rows[unit.index] = row;
        }
    }

    fn follow(&mut self, row: &mut PowerRow, unit: &Unit<'_>) {
        let levels = unit.levels;
        let counts = unit.is_counted() && !levels.is_empty();
        let mut spans = Vec::new();
        let is_same = counts && row.levels == levels.id() && row.scale == levels.k_scale() && row.first == levels.first;
        let follows = is_same && levels.changes().since(row.version, |from, to| spans.push(CellSpan { from, to }));
        if !follows {
            let old = std::mem::take(row);
            self.version += u64::from(!old.k_powers.is_empty());
            for (cell, power) in (old.first..).zip(&old.k_powers) {
                self.sums[(cell - self.first) as usize].take(f64::from(*power) * old.scale);
            }
            if !counts {
                return;
            }
            (row.levels, row.scale, row.first) = (levels.id(), levels.k_scale(), levels.first);
            spans = vec![levels.span()];
        }
        row.version = levels.changes().version();
        row.k_powers.resize((levels.end() - levels.first) as usize, 0.0);
        for span in spans {
            let from = span.from.max(levels.first);
            let cells = levels.cells_in(span);
            self.work += cells.len() as u64;
            for (cell, new) in (from..).zip(cells) {
                let old = &mut row.k_powers[(cell - row.first) as usize];
                if *old != new.k_power {
                    let sum = &mut self.sums[(cell - self.first) as usize];
                    sum.take(f64::from(*old) * row.scale);
                    sum.add(f64::from(new.k_power) * row.scale);
                    *old = new.k_power;
                    self.version += 1;
                }
            }
        }
    }

    pub fn work(&self) -> u64 {
        self.work
    }

    pub fn heap_bytes(&self) -> usize {
        let rows: usize = self.rows.iter().map(|row| row.k_powers.capacity() * size_of::<f32>()).sum();
        rows + self.sums.capacity() * size_of::<ExactSum>()
    }
}

/// The loudest stretch that holds the kick; the earliest of equals. Where none holds 8 kick hits, those with the most
/// hits are compared.
fn loudest(
    stretches: &[CellSpan],
    kick: Option<&Levels>,
    rules: &Rules,
    power: impl Fn(CellSpan) -> f64,
    sounds: impl Fn(CellSpan) -> bool,
) -> Option<CellSpan> {
    let hits = |span: CellSpan| kick.map_or(0, |kick| kick.hits_in(span).len().min(rules.scope.kick_hits));
    let hits: Vec<usize> = stretches.iter().map(|span| hits(*span)).collect();
    let most = hits.iter().copied().max()?;
    let mut best: Option<(CellSpan, f64)> = None;
    for (span, _) in stretches.iter().zip(&hits).filter(|(_, hits)| **hits == most) {
        let power = power(*span);
        if best.is_none_or(|(_, loudest)| power > loudest * (1.0 + ROUNDING)) && sounds(*span) {
            best = Some((*span, power));
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
    let power = |span: CellSpan| {
        levels.cells_in(span).iter().map(|cell| f64::from(cell.k_power)).sum::<f64>() * levels.k_scale()
    };
    loudest(stretches, kick, rules, power, |span| !levels.is_silent_in(span))
}
