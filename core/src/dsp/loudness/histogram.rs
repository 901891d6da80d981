//! The distribution of block powers, in bins that keep their energy.

use super::{ABSOLUTE_GATE, rank};
use crate::units::Lufs;

/// Width of a bin is 0.01 LU: only the bin that a gate cuts through is taken or left whole.
const BINS_PER_LU: f64 = 100.0;
/// From the absolute gate to +30 LUFS; louder blocks share the last bin.
const BINS: usize = 10_000;

/// Blocks above the absolute gate. As each bin keeps the sum of its powers, means are exact.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    counts: Box<[u32]>,
    sums: Box<[f64]>,
}

impl Histogram {
    pub fn new() -> Self {
        Self { counts: vec![0; BINS].into(), sums: vec![0.0; BINS].into() }
    }

    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.sums.fill(0.0);
    }

    /// Adds a block, unless the absolute gate stops it.
    pub fn add(&mut self, power: f64) {
        let Some(loudness) = Lufs::from_power(power).filter(|loudness| *loudness > ABSOLUTE_GATE) else { return };
        let bin = ((loudness.0 - ABSOLUTE_GATE.0) * BINS_PER_LU) as usize;
        self.counts[bin.min(BINS - 1)] += 1;
        self.sums[bin.min(BINS - 1)] += power;
    }

    /// Mean power of all blocks.
    pub fn mean(&self) -> Option<f64> {
        self.mean_above(0.0)
    }

    /// Mean power of the blocks above a gate.
    pub fn mean_above(&self, gate: f64) -> Option<f64> {
        let add = |(count, sum): (u64, f64), bin: (u32, f64)| (count + u64::from(bin.0), sum + bin.1);
        let (count, sum) = self.bins_above(gate).fold((0, 0.0), add);
        (count > 0).then(|| sum / count as f64)
    }

    /// Power under which the given part of the blocks above a gate lies.
    pub fn percentile_above(&self, gate: f64, part: f64) -> Option<f64> {
        let count = self.bins_above(gate).map(|(count, _)| count as usize).sum();
        let wanted = rank(count, part);
        let mut passed = 0;
        self.bins_above(gate).find_map(|(count, sum)| {
            passed += count as usize;
            (passed > wanted).then(|| sum / f64::from(count))
        })
    }

    /// Count and energy of each bin whose mean lies above a gate.
    fn bins_above(&self, gate: f64) -> impl Iterator<Item = (u32, f64)> {
        let bins = self.counts.iter().copied().zip(self.sums.iter().copied());
        bins.filter(move |&(count, sum)| count > 0 && sum > gate * f64::from(count))
    }
}
