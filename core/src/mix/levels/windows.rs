//! 400 ms of whole cells, at each cell; and the limits above which they count.

use std::ops::Range;

use super::{LevelCell, WINDOW};

/// Stands for the power of a window of which a cell is missing or a fragment.
const NONE: f32 = -1.0;

/// The window at each cell, by value: powers are mean squares before the gain.
#[derive(Clone, Debug, Default)]
pub(super) struct WindowRow {
    peaks_db: Vec<f32>,
    powers: Vec<f32>,
    k_powers: Vec<f32>,
    /// Power of the loudest; lower than that where it is no longer known.
    loudest: f32,
    known: bool,
    count: usize,
}

/// Windows side by side. Where a cell is missing or a fragment the power is negative and the K-weighted one 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows<'a> {
    /// The first cell of the first window.
    pub start: i32,
    pub peaks_db: &'a [f32],
    pub powers: &'a [f32],
    pub k_powers: &'a [f32],
}

impl Windows<'_> {
    /// Any of them is whole.
    pub fn any(&self) -> bool {
        self.powers.iter().any(|power| *power >= 0.0)
    }
}

impl WindowRow {
    pub fn resize(&mut self, len: usize) {
        self.peaks_db.resize(len, f32::NEG_INFINITY);
        self.powers.resize(len, NONE);
        self.k_powers.resize(len, 0.0);
    }

    /// Reads the windows that begin at these cells.
    pub fn read(&mut self, cells: &[LevelCell], starts: Range<usize>) {
        for start in starts {
            let old = self.powers[start];
            self.known &= old < self.loudest || old < 0.0;
            let window = cells.get(start..start + WINDOW).and_then(read);
            let (peak, power, k_power) = window.unwrap_or((f32::NEG_INFINITY, NONE, 0.0));
            (self.peaks_db[start], self.powers[start], self.k_powers[start]) = (peak, power, k_power);
            self.loudest = self.loudest.max(power);
            self.count = self.count + usize::from(power >= 0.0) - usize::from(old >= 0.0);
        }
        if !self.known {
            self.loudest = self.powers.iter().copied().fold(0.0, f32::max);
            self.known = true;
        }
    }

    pub fn power(&self, start: usize) -> f32 {
        self.powers[start]
    }

    pub fn powers(&self) -> &[f32] {
        &self.powers
    }

    pub fn k_powers(&self, starts: Range<usize>) -> &[f32] {
        &self.k_powers[starts]
    }

    pub fn all_k_powers(&self) -> &[f32] {
        &self.k_powers
    }

    pub fn loudest(&self) -> f32 {
        self.loudest
    }

    /// Any window is whole.
    pub fn any(&self) -> bool {
        self.count > 0
    }

    pub fn slice(&self, start: i32, place: Range<usize>) -> Windows<'_> {
        Windows {
            start,
            peaks_db: &self.peaks_db[place.clone()],
            powers: &self.powers[place.clone()],
            k_powers: &self.k_powers[place],
        }
    }

    pub fn heap_bytes(&self) -> usize {
        (self.peaks_db.capacity() + self.powers.capacity() + self.k_powers.capacity()) * size_of::<f32>()
    }
}

/// Peak, power and K-weighted power over whole cells; `None` where one is missing or a fragment.
fn read(cells: &[LevelCell]) -> Option<(f32, f32, f32)> {
    if !cells.iter().all(LevelCell::is_complete) {
        return None;
    }
    let (mut frames, mut power, mut k_power, mut peak) = (0.0, 0.0, 0.0, f32::NEG_INFINITY);
    for cell in cells {
        frames += cell.frames();
        power += (f64::from(cell.left) + f64::from(cell.right)) * cell.frames();
        k_power += f64::from(cell.k_power) * cell.frames();
        peak = peak.max(cell.peak_db);
    }
    Some((peak, (power / frames) as f32, (k_power / frames) as f32))
}

/// The power from which on a window counts: within `range` of the loudest and above silence, all before the gain.
pub(super) fn limit(loudest: f64, range: f64, silence: f64) -> f32 {
    let relative = (loudest * range) as f32;
    let silence = silence as f32;
    if relative > silence { relative } else { silence.next_up() }
}

/// Windows that lie at or over a limit, counted.
#[derive(Clone, Debug)]
pub(super) struct Floor {
    limit: f32,
    count: usize,
    /// No window that counts lies under this.
    lowest: f32,
}

impl Default for Floor {
    fn default() -> Self {
        Self { limit: f32::INFINITY, count: 0, lowest: f32::INFINITY }
    }
}

impl Floor {
    pub fn limit(&self) -> f32 {
        self.limit
    }

    pub fn counted(&self) -> usize {
        self.count
    }

    /// Takes a window in or out, if it counts; returns whether it does.
    pub fn count(&mut self, power: f32, in_or_out: bool) -> bool {
        let counts = power >= self.limit;
        if counts {
            self.recount(power, in_or_out);
        }
        counts
    }

    pub fn recount(&mut self, power: f32, in_or_out: bool) {
        if in_or_out {
            self.count += 1;
            self.lowest = self.lowest.min(power);
        } else {
            self.count -= 1;
        }
    }

    /// Moves the limit. Windows of powers `[low, high)` are then to be counted in (true) or out, where there may be any.
    pub fn moves(&mut self, limit: f32) -> Option<(f32, f32, bool)> {
        let old = std::mem::replace(&mut self.limit, limit);
        if limit == old || (limit > old && self.lowest >= limit) {
            return None;
        }
        if limit > old {
            self.lowest = limit;
            return Some((old, limit, false));
        }
        Some((limit, old, true))
    }
}
