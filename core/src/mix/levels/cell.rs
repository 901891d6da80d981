//! 100 ms of the song, and spans of them.

use crate::dsp::{Cell, CellFlags};
use crate::units::Db;

/// Cells in a 400 ms window: the momentary block of BS.1770-5.
pub(crate) const WINDOW: usize = 4;
const COMPLETE: u32 = 1 << 31;
const STEREO: u32 = 1 << 30;
const NON_FINITE: u32 = 1 << 29;
const FRAMES: u32 = NON_FINITE - 1;

/// 100 ms. Powers are mean squares.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub(crate) struct LevelCell {
    /// Frames heard, 0 for none, and flags.
    flags_and_frames: u32,
    pub left: f32,
    pub right: f32,
    pub cross: f32,
    pub k_power: f32,
    /// Decibels; minus infinity for silence.
    pub peak_db: f32,
    pub true_peak: f32,
    /// Largest sample before any gain.
    pub input_peak: f32,
}

impl LevelCell {
    /// `gain` is the cell's own, where it has one.
    pub fn new(cell: &Cell, gain: f64) -> Self {
        let flag = |flag: u32, on: bool| if on { flag } else { 0 };
        let square = gain * gain / f64::from(cell.frames);
        let mean = |sum: f32| (f64::from(sum) * square) as f32;
        Self {
            flags_and_frames: cell.frames.min(FRAMES)
                | flag(COMPLETE, cell.flags.has(CellFlags::COMPLETE))
                | flag(STEREO, !cell.flags.has(CellFlags::MONO))
                | flag(NON_FINITE, cell.flags.has(CellFlags::NON_FINITE)),
            left: mean(cell.power[0]),
            right: mean(cell.power[1]),
            cross: mean(cell.cross),
            k_power: mean(cell.k_power),
            peak_db: decibels(f64::from(cell.max_peak()) * gain),
            true_peak: (f64::from(cell.true_peak) * gain) as f32,
            input_peak: cell.max_peak(),
        }
    }

    pub fn frames(&self) -> f64 {
        f64::from(self.flags_and_frames & FRAMES)
    }

    pub fn is_heard(&self) -> bool {
        self.flags_and_frames & FRAMES > 0
    }

    pub fn is_complete(&self) -> bool {
        self.flags_and_frames & COMPLETE > 0
    }

    pub fn is_stereo(&self) -> bool {
        self.flags_and_frames & STEREO > 0
    }

    pub fn is_non_finite(&self) -> bool {
        self.flags_and_frames & NON_FINITE > 0
    }

    /// Mean square, both channels.
    pub fn power(&self) -> f32 {
        self.left + self.right
    }

    /// One channel as it is heard from two.
    pub fn on_both_sides(mut self) -> Self {
        (self.right, self.cross, self.k_power) = (self.left, self.left, 2.0 * self.k_power);
        self
    }

    /// Adds another track's cell at this place, after a gain: the loudest peak, and the sum of the powers.
    pub fn join(&mut self, other: &Self, gain: f64) {
        if !other.is_heard() {
            return;
        }
        let frames = (self.flags_and_frames & FRAMES).max(other.flags_and_frames & FRAMES);
        let complete = if self.is_heard() {
            self.flags_and_frames & other.flags_and_frames & COMPLETE
        } else {
            other.flags_and_frames & COMPLETE
        };
        let rest = (self.flags_and_frames | other.flags_and_frames) & (STEREO | NON_FINITE);
        let square = gain * gain;
        let add = |sum: &mut f32, more: f32| *sum = (f64::from(*sum) + f64::from(more) * square) as f32;
        add(&mut self.left, other.left);
        add(&mut self.right, other.right);
        add(&mut self.cross, other.cross);
        add(&mut self.k_power, other.k_power);
        let peak = (f64::from(other.peak_db) + 20.0 * gain.log10()) as f32;
        self.peak_db = if self.is_heard() { self.peak_db.max(peak) } else { peak };
        self.true_peak = self.true_peak.max((f64::from(other.true_peak) * gain) as f32);
        self.input_peak = self.input_peak.max(other.input_peak);
        self.flags_and_frames = frames | complete | rest;
    }
}

/// Decibels of an amplitude; minus infinity for silence.
pub(super) fn decibels(amplitude: f64) -> f32 {
    Db::from_amplitude(amplitude).map_or(f32::NEG_INFINITY, |db| db.0 as f32)
}

/// Which cells were heard, one bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct Presence(Vec<u64>);

impl Presence {
    pub fn set(&mut self, from: usize, cells: &[LevelCell]) {
        let words = (from + cells.len()).div_ceil(64);
        self.0.resize(self.0.len().max(words), 0);
        for (place, cell) in (from..).zip(cells) {
            let bit = 1 << (place % 64);
            let word = &mut self.0[place / 64];
            *word = if cell.is_heard() { *word | bit } else { *word & !bit };
        }
    }

    /// All of `from..to`, which is not empty.
    pub fn all(&self, from: usize, to: usize) -> bool {
        let (first, last) = (from / 64, (to - 1) / 64);
        let head = !0u64 << (from % 64);
        let tail = !0u64 >> (63 - (to - 1) % 64);
        if first == last {
            return !self.0[first] & head & tail == 0;
        }
        let middle = self.0[first + 1..last].iter().all(|word| *word == !0);
        middle && !self.0[first] & head == 0 && !self.0[last] & tail == 0
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}
