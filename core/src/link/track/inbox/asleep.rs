//! What a track would have heard while its host let it sleep: silence.

use std::ops::Range;
use std::time::Instant;

use super::rolls::{Roll, has_song};
use super::{IDLE_TICKS, Inbox};
use crate::dsp::{Bands, CELLS_PER_BANDS, Cell, CellFlags, HOPS_PER_CELL, hop_start};

/// Ticks without a hop from which on a track may be asleep: blocks come every round, as a rule.
const STILL_TICKS: u32 = 2;

/// A track that broke off in silence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    pub roll: Roll,
    /// The first cell after it, and when that came.
    pub next: Option<(Cell, Instant)>,
    /// Rounds since.
    pub waited: u32,
}

impl Rest {
    /// The next cell could follow on the roll, had the track been called.
    pub fn may_wake(&self, next: &Cell) -> bool {
        let clock = |cell: &Cell| cell.flags.has(CellFlags::FROM_BEATS);
        has_song(next) && clock(next) == clock(&self.roll.last) && next.index >= self.roll.last.index
    }
}

impl Inbox {
    /// Where it broke off in silence, if it did and the reason is not known yet.
    pub fn rest(&self) -> Option<Rest> {
        let next = self.rolls.waiting.front().map(|(cell, _)| *cell).zip(self.rolls.since);
        if next.is_none() && (self.idle_ticks < STILL_TICKS || self.rolls.is_settled) {
            return None;
        }
        let waited = if next.is_some() { self.rolls.waited } else { self.idle_ticks };
        self.rolls.rests().map(|roll| Rest { roll: *roll, next, waited })
    }

    /// What it was called for, the newest last, and whether that is over.
    pub fn rolls(&self) -> impl Iterator<Item = (Roll, bool)> {
        let is_over = self.idle_ticks >= IDLE_TICKS || !self.rolls.waiting.is_empty();
        let before = self.rolls.before.map(|roll| (roll, true));
        before.into_iter().chain(self.rolls.now.map(|roll| (roll, is_over)))
    }

    /// No other track rolls on: until it is called again there is nothing to fill.
    pub fn settle(&mut self) {
        self.rolls.is_settled = true;
    }

    /// One more round without an answer.
    pub fn wait(&mut self) {
        self.rolls.waited += 1;
    }

    /// It slept from its roll to the first cell that waits, which goes on with the pass.
    pub fn wake(&mut self) {
        let (Some(rest), Some(frames)) = (self.rest(), self.frames_of(0)) else { return self.release(Instant::now()) };
        let Some((next, came)) = rest.next else { return };
        let last = rest.roll.last;
        let whole = |cell: &Cell| Cell { frames, flags: cell.flags.with(CellFlags::COMPLETE, true), ..*cell };
        let bar = |index: i32| {
            let passed = f64::from(next.index - last.index) + 1.0 - f64::from(next.frames) / f64::from(frames);
            last.bar + f64::from(index - last.index) as f32 * ((f64::from(next.bar - last.bar) / passed) as f32)
        };
        let filled = self.rolls.filled.unwrap_or(last.index);
        let first = if last.index < next.index {
            if filled <= last.index {
                self.end_cell(&last);
            }
            self.fill(filled.max(last.index + 1)..next.index, bar);
            Cell { bar: bar(next.index), ..next }
        } else {
            sum(&last, &next)
        };
        if filled <= next.index {
            self.fill_bands(next.index, frames.saturating_sub(first.frames));
        }
        self.rolls.waiting.pop_front();
        let first = Cell { epoch: next.epoch, ..whole(&first) };
        self.rolls.join(&first, came);
        if last.index < next.index {
            self.keep(&first)
        } else {
            self.amend(&first)
        }
        self.release(came);
    }

    /// It was silent up to this place and then no longer there: what waits is another pass.
    pub fn end_rest(&mut self, to: i32, bar: impl Fn(i32) -> f32) {
        self.sleep(to, bar);
        if let Some((next, is_placed)) = self.rolls.waiting.pop_front() {
            let came = self.rolls.since.unwrap_or_else(Instant::now);
            self.admit(next, is_placed, came);
            self.release(came);
        }
    }

    /// It sleeps, and the song has come to this place.
    pub fn sleep(&mut self, to: i32, bar: impl Fn(i32) -> f32) {
        if let Some(roll) = self.rolls.now {
            let from = self.rolls.filled.unwrap_or(roll.to);
            if from < to {
                if from == roll.to {
                    self.end_cell(&roll.last);
                }
                self.fill(from..to, bar);
                self.rolls.filled = Some(to);
            }
        }
    }

    /// A cell that waits for nothing.
    pub(super) fn admit(&mut self, cell: Cell, is_placed: bool, now: Instant) {
        // What a sleeping track still held of a cell comes when it wakes; the rest of it was silence.
        let was_filled = self.rolls.filled.is_some_and(|filled| cell.index < filled);
        self.rolls.cell(&cell, now);
        let frames = self.frames_of(cell.index).filter(|_| was_filled && self.rolls.filled.is_some());
        match frames {
            _ if !is_placed => {}
            None => self.keep(&cell),
            Some(frames) => self.amend(&Cell { frames, flags: cell.flags.with(CellFlags::COMPLETE, true), ..cell }),
        }
    }

    /// Takes in what waits, up to the next cell that has to.
    fn release(&mut self, came: Instant) {
        self.rolls.since = None;
        let waiting = std::mem::take(&mut self.rolls.waiting);
        waiting.into_iter().for_each(|(cell, is_placed)| self.arrive(cell, is_placed, came));
        if self.rolls.waiting.is_empty() {
            std::mem::take(&mut self.waiting_bands).into_iter().for_each(|bands| self.keep_bands(bands));
        }
    }

    /// What comes next follows on nothing: cells were lost, or it has another clock, by which what waits has no place.
    pub(super) fn break_off(&mut self, has_place: bool, now: Instant) {
        let waiting = std::mem::take(&mut self.rolls.waiting);
        waiting.into_iter().filter(|_| has_place).for_each(|(cell, is_placed)| self.admit(cell, is_placed, now));
        self.rolls.break_off();
    }

    /// A cell came: it waits while the reason why the track broke off is not known.
    pub(super) fn arrive(&mut self, cell: Cell, is_placed: bool, now: Instant) {
        if self.rolls.waiting.is_empty() && !self.rolls.breaks_rest(&cell) {
            return self.admit(cell, is_placed, now);
        }
        if self.rolls.waiting.is_empty() {
            (self.rolls.since, self.rolls.waited) = (Some(now), 0);
        }
        self.rolls.waiting.push_back((cell, is_placed));
    }

    /// Silence at places where nothing was heard. What sounded in an earlier pass stays: a track can be mute for other
    /// reasons than sleep.
    fn fill(&mut self, places: Range<i32>, bar: impl Fn(i32) -> f32) {
        let Some(roll) = self.rolls.now else { return };
        let momentary = CellFlags::HIT.0 | CellFlags::NON_FINITE.0 | CellFlags::RECORDING.0;
        let flags = CellFlags(roll.last.flags.0 & !momentary).with(CellFlags::COMPLETE, true);
        let (gain, epoch) = (roll.last.gain, roll.last.epoch);
        for index in places {
            let Some(frames) = self.frames_of(index) else { return };
            let held = self.rolls.open_cell(index, f64::from(self.newest.map_or(0.0, |hop| hop.sample_rate)));
            let silence = Cell { index, bar: bar(index), ..Cell::default() };
            let fits = self.song.may_be_silence(index);
            if held.is_some() || fits {
                self.keep(&Cell { frames, flags, gain, epoch, ..held.unwrap_or(silence) });
            }
            if fits {
                self.fill_bands(index, frames);
            }
        }
    }

    /// The rest of a cell was silence.
    fn end_cell(&mut self, cell: &Cell) {
        let frames = self.frames_of(cell.index).filter(|_| !cell.flags.has(CellFlags::COMPLETE));
        if let Some(frames) = frames {
            self.amend(&Cell { frames, flags: cell.flags.with(CellFlags::COMPLETE, true), ..*cell });
            self.fill_bands(cell.index, frames.saturating_sub(cell.frames));
        }
    }

    /// So many frames of silence in a cell's record of bands.
    fn fill_bands(&mut self, cell: i32, frames: u32) {
        if let Some(roll) = self.rolls.now.filter(|_| frames > 0) {
            let clock = CellFlags(roll.last.flags.0 & (CellFlags::PLAYING.0 | CellFlags::FROM_BEATS.0));
            self.keep_bands(Bands::new(cell.div_euclid(CELLS_PER_BANDS), frames, roll.last.epoch, clock));
        }
    }

    /// Frames of a whole cell.
    pub(super) fn frames_of(&self, index: i32) -> Option<u32> {
        let rate = f64::from(self.newest?.sample_rate);
        let first = i64::from(index) * HOPS_PER_CELL;
        u32::try_from(hop_start(first + HOPS_PER_CELL, rate) - hop_start(first, rate)).ok().filter(|frames| *frames > 0)
    }
}

/// Both parts of a cell in which the track slept.
fn sum(a: &Cell, b: &Cell) -> Cell {
    let hit = if b.flags.has(CellFlags::HIT) { b } else { a };
    Cell {
        frames: a.frames + b.frames,
        power: [0, 1].map(|channel| a.power[channel] + b.power[channel]),
        cross: a.cross + b.cross,
        k_power: a.k_power + b.k_power,
        peak: [0, 1].map(|channel| a.peak[channel].max(b.peak[channel])),
        true_peak: a.true_peak.max(b.true_peak),
        gain: b.gain,
        flags: CellFlags(a.flags.0 | b.flags.0),
        hit_age: hit.hit_age,
        hit_peak: hit.hit_peak,
        hit_power: hit.hit_power,
        hit_k_power: hit.hit_k_power,
        ..*a
    }
}
