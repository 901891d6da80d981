//! Ten hops make a cell.

use super::grid::hop_start;
use super::record::{Cell, CellFlags, HOPS_PER_CELL, Hit, Hop};

/// The cell that its hops are filling.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellBuilder {
    cell: Cell,
    power: [f64; 2],
    cross: f64,
    k_power: f64,
}

impl CellBuilder {
    /// Takes the next hop, and the hit whose window it closed. All hops until [`CellBuilder::take`] lie in one cell.
    pub fn add(&mut self, hop: &Hop, hit: Option<Hit>) {
        if self.cell.frames == 0 {
            self.begin(hop);
        }
        let cell = &mut self.cell;
        cell.frames += hop.frames;
        for c in 0..2 {
            self.power[c] += f64::from(hop.power[c]);
            cell.peak[c] = cell.peak[c].max(hop.peak[c]);
            cell.true_peak = cell.true_peak.max(hop.true_peak[c]);
        }
        self.cross += f64::from(hop.cross);
        self.k_power += f64::from(hop.k_power);
        cell.gain = hop.gain;
        cell.flags = CellFlags(cell.flags.0 | hop.flags.0);
        if let Some(hit) = hit {
            self.hit(&hit);
        }
    }

    /// A hit ended in this cell. One that did so before stays.
    pub fn hit(&mut self, hit: &Hit) {
        let cell = &mut self.cell;
        if cell.frames > 0 && !cell.flags.has(CellFlags::HIT) {
            cell.flags = cell.flags.with(CellFlags::HIT, true);
            cell.hit_age = (i64::from(cell.index) * HOPS_PER_CELL - hit.onset) as i16;
            cell.hit_peak = hit.peak;
            cell.hit_power = hit.power;
            cell.hit_k_power = hit.k_power;
        }
    }

    fn begin(&mut self, hop: &Hop) {
        self.cell.index = hop.index.div_euclid(HOPS_PER_CELL) as i32;
        self.cell.epoch = hop.epoch;
        self.cell.bar = hop.bar;
    }

    /// Place and epoch of the cell that is being filled.
    pub fn place(&self) -> (i32, u16) {
        (self.cell.index, self.cell.epoch)
    }

    /// The cell as far as it was filled, if at all; the next hop begins another.
    pub fn take(&mut self, sample_rate: f64) -> Option<Cell> {
        let sums = std::mem::take(self);
        let mut cell = sums.cell;
        let first = i64::from(cell.index) * HOPS_PER_CELL;
        let whole = hop_start(first + HOPS_PER_CELL, sample_rate) - hop_start(first, sample_rate);
        cell.flags = cell.flags.with(CellFlags::COMPLETE, i64::from(cell.frames) == whole);
        cell.power = sums.power.map(|power| power as f32);
        cell.cross = sums.cross as f32;
        cell.k_power = sums.k_power as f32;
        (cell.frames > 0).then_some(cell)
    }
}
