//! Facts over all that was heard of a track, kept up to date cell by cell. Levels are those before the gain.

use std::ops::Range;

use super::LevelCell;
use super::windows::WindowRow;
use crate::mix::exact_sum::{ExactSum, Sorted};
use crate::mix::song::CELLS_PER_S;

/// Cells in the 3 s of short-term loudness (EBU Tech 3341).
const SHORT_TERM: usize = (3.0 * CELLS_PER_S) as usize;
/// From so many cells on sorting all anew costs less than putting each in its place.
const MANY: usize = 512;
/// Stands for 3 s that were not heard whole.
const NONE: f32 = -1.0;

/// Power sums of a track's sounding cells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StereoSums {
    pub left: f64,
    pub right: f64,
    pub cross: f64,
    pub frames: f64,
}

/// The largest of many values, some of which change.
#[derive(Clone, Copy, Debug)]
struct Largest {
    value: f32,
    known: bool,
}

impl Largest {
    fn new(least: f32) -> Self {
        Self { value: least, known: true }
    }

    fn settle(&mut self, least: f32, values: impl Iterator<Item = f32>) {
        if !self.known {
            *self = Self { value: values.fold(least, f32::max), known: true };
        }
    }
}

/// The sums over 3 s but for their last cell: where the next reading goes on.
#[derive(Clone, Copy, Debug, Default)]
struct RunningSums {
    start: usize,
    k_power: ExactSum,
    frames: f64,
    whole: usize,
}

impl RunningSums {
    fn add(&mut self, cell: &LevelCell) {
        self.k_power.add(f64::from(cell.k_power) * cell.frames());
        self.frames += cell.frames();
        self.whole += usize::from(cell.is_complete());
    }

    fn take(&mut self, cell: &LevelCell) {
        self.k_power.take(f64::from(cell.k_power) * cell.frames());
        self.frames -= cell.frames();
        self.whole -= usize::from(cell.is_complete());
    }

    /// The cells in it are none of those from this place on.
    fn ends_before(&self, place: usize) -> bool {
        self.start + SHORT_TERM - 1 <= place
    }
}

/// Facts over all that was heard of a track.
#[derive(Clone, Debug)]
pub(crate) struct SongTotals {
    peak_db: Largest,
    true_peak: Largest,
    input_peak: Largest,
    frames: u64,
    energy: ExactSum,
    stereo_cells: usize,
    non_finite_cells: usize,
    sounding: [ExactSum; 4],
    /// K-weighted mean squares of all windows, and those of 3 s at each cell.
    loudness: Sorted<f32>,
    short_terms: Vec<f32>,
    short_term: Sorted<f32>,
    running: Option<RunningSums>,
    /// The sorted rows are to be made anew.
    is_stale: bool,
}

impl Default for SongTotals {
    fn default() -> Self {
        Self {
            peak_db: Largest::new(f32::NEG_INFINITY),
            true_peak: Largest::new(0.0),
            input_peak: Largest::new(0.0),
            frames: 0,
            energy: ExactSum::default(),
            stereo_cells: 0,
            non_finite_cells: 0,
            sounding: [ExactSum::default(); 4],
            loudness: Sorted::default(),
            short_terms: Vec::new(),
            short_term: Sorted::default(),
            running: None,
            is_stale: false,
        }
    }
}

impl SongTotals {
    /// Takes out cells that are about to change, and the K-weighted powers of the windows on them.
    pub(super) fn leave(&mut self, cells: &[LevelCell], k_powers: &[f32]) {
        for cell in cells.iter().filter(|cell| cell.is_heard()) {
            self.count(cell, false);
            self.peak_db.known &= cell.peak_db < self.peak_db.value;
            self.true_peak.known &= cell.true_peak < self.true_peak.value;
            self.input_peak.known &= cell.input_peak < self.input_peak.value;
        }
        self.is_stale |= cells.len() >= MANY;
        if !self.is_stale {
            k_powers.iter().filter(|power| **power > 0.0).for_each(|power| self.loudness.remove(*power));
        }
    }

    /// Takes in the cells at these places as they are now.
    pub(super) fn enter(&mut self, cells: &[LevelCell], places: Range<usize>, k_powers: &[f32]) {
        for cell in cells[places.clone()].iter().filter(|cell| cell.is_heard()) {
            self.count(cell, true);
            self.peak_db.value = self.peak_db.value.max(cell.peak_db);
            self.true_peak.value = self.true_peak.value.max(cell.true_peak);
            self.input_peak.value = self.input_peak.value.max(cell.input_peak);
        }
        if !self.is_stale {
            k_powers.iter().filter(|power| **power > 0.0).for_each(|power| self.loudness.insert(*power));
        }
        self.read_short_terms(cells, places);
    }

    fn count(&mut self, cell: &LevelCell, in_or_out: bool) {
        let energy = (f64::from(cell.left) + f64::from(cell.right)) * cell.frames();
        let (stereo, bad) = (usize::from(cell.is_stereo()), usize::from(cell.is_non_finite()));
        if in_or_out {
            self.energy.add(energy);
            self.frames += cell.frames() as u64;
            self.stereo_cells += stereo;
            self.non_finite_cells += bad;
        } else {
            self.energy.take(energy);
            self.frames -= cell.frames() as u64;
            self.stereo_cells -= stereo;
            self.non_finite_cells -= bad;
        }
    }

    /// The first cell of a window sounds, or no longer does. Silence between would not change sums of power, but a far
    /// tail's noise might.
    pub(super) fn sounds(&mut self, cell: &LevelCell, in_or_out: bool) {
        let frames = cell.frames();
        for (sum, value) in self.sounding.iter_mut().zip([cell.left, cell.right, cell.cross, 1.0]) {
            let value = f64::from(value) * frames;
            if in_or_out { sum.add(value) } else { sum.take(value) }
        }
    }

    /// Reads every 3 s that the changed places lie in. The sums slide along, from update to update, and do not drift.
    fn read_short_terms(&mut self, cells: &[LevelCell], places: Range<usize>) {
        self.short_terms.resize(cells.len(), NONE);
        let starts =
            (places.start + 1).saturating_sub(SHORT_TERM)..places.end.min((cells.len() + 1).saturating_sub(SHORT_TERM));
        let kept = self.running.filter(|kept| kept.start == starts.start && kept.ends_before(places.start));
        let mut running = kept.unwrap_or_else(|| {
            let mut running = RunningSums { start: starts.start, ..RunningSums::default() };
            cells[starts.start..].iter().take(SHORT_TERM - 1).for_each(|cell| running.add(cell));
            running
        });
        for start in starts {
            running.add(&cells[start + SHORT_TERM - 1]);
            let is_whole = running.whole == SHORT_TERM;
            self.set_short_term(start, if is_whole { (running.k_power.value() / running.frames) as f32 } else { NONE });
            running.take(&cells[start]);
            running.start = start + 1;
        }
        // What it holds may still change where it was not read up to its end.
        self.running = Some(running).filter(|running| running.ends_before(cells.len()));
    }

    fn set_short_term(&mut self, start: usize, power: f32) {
        let old = std::mem::replace(&mut self.short_terms[start], power);
        if self.is_stale || old == power {
            return;
        }
        if old >= 0.0 {
            self.short_term.remove(old);
        }
        if power >= 0.0 {
            self.short_term.insert(power);
        }
    }

    /// Finds again what is no longer known.
    pub(super) fn settle(&mut self, cells: &[LevelCell], windows: &WindowRow) {
        let levels = || cells.iter().filter(|cell| cell.is_heard());
        self.peak_db.settle(f32::NEG_INFINITY, levels().map(|cell| cell.peak_db));
        self.true_peak.settle(0.0, levels().map(|cell| cell.true_peak));
        self.input_peak.settle(0.0, levels().map(|cell| cell.input_peak));
        if std::mem::take(&mut self.is_stale) {
            let loud = windows.all_k_powers().iter().copied().filter(|power| *power > 0.0);
            self.loudness = Sorted::new(loud.collect());
            self.short_term = Sorted::new(self.short_terms.iter().copied().filter(|power| *power >= 0.0).collect());
        }
    }

    pub fn peak_db(&self) -> f64 {
        f64::from(self.peak_db.value)
    }

    pub fn true_peak(&self) -> f64 {
        f64::from(self.true_peak.value)
    }

    pub fn input_peak(&self) -> f64 {
        f64::from(self.input_peak.value)
    }

    pub fn is_stereo(&self) -> bool {
        self.stereo_cells > 0
    }

    pub fn non_finite(&self) -> bool {
        self.non_finite_cells > 0
    }

    /// Mean over all frames heard, summed over the channels.
    pub fn mean_square(&self) -> Option<f64> {
        (self.frames > 0).then(|| self.energy.value() / self.frames as f64)
    }

    /// Sums over the cells at which the track sounds.
    pub fn stereo_sums(&self) -> StereoSums {
        let [left, right, cross, frames] = self.sounding.map(ExactSum::value);
        StereoSums { left, right, cross, frames }
    }

    /// The K-weighted mean squares of the 400 ms windows.
    pub fn loudness(&self) -> &Sorted<f32> {
        &self.loudness
    }

    /// The K-weighted mean square of each 3 s, every 100 ms.
    pub fn short_term(&self) -> &Sorted<f32> {
        &self.short_term
    }

    pub fn heap_bytes(&self) -> usize {
        let short_terms = self.short_terms.capacity() * size_of::<f32>();
        short_terms + self.short_term.heap_bytes() + self.loudness.heap_bytes()
    }
}
