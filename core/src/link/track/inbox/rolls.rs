//! The stretches of the song that a track was called for, one after the other. Hosts cease to call a track that has
//! nothing but silence: where one breaks off in silence, what follows waits until the other tracks show why.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::dsp::{Cell, CellBuilder, CellFlags, HOPS_PER_CELL, Hop};
use crate::mix::is_silence;

/// Largest sample of a hop that is silence: -80 dBFS.
const QUIET: f32 = 1e-4;
/// How far apart what happens at once may arrive.
const SLACK: Duration = Duration::from_millis(100);
/// Epochs that a round may bring, where tracks sleep between two strokes.
const EPOCHS: usize = 8;
/// Epochs that are given out as an earlier one, at most: the bands of more have arrived.
const MOST_JOINED: usize = 32;

/// A stretch of the song without a jump.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roll {
    /// Cells `[from, to)`.
    from: i32,
    pub to: i32,
    /// When the first cell came, and the last whole one.
    began: Instant,
    pub at: Instant,
    pub last: Cell,
}

impl Roll {
    pub fn begin(cell: &Cell, now: Instant) -> Self {
        Self { from: cell.index, to: cell.index + 1, began: now, at: now, last: *cell }
    }

    /// The next cell, unless the song jumped.
    fn follow(&mut self, cell: &Cell, now: Instant) -> bool {
        let follows = cell.epoch == self.last.epoch && cell.index >= self.last.index;
        if follows {
            (self.to, self.last) = (cell.index + 1, *cell);
            self.at = if cell.flags.has(CellFlags::COMPLETE) { now } else { self.at };
        }
        follows
    }

    /// The song rolled through this place at that time.
    pub fn saw(&self, place: i32, at: Instant) -> bool {
        let in_time = self.began <= at + SLACK && self.is_on(at);
        has_song(&self.last) && in_time && (self.from..=self.to).contains(&place)
    }

    /// It was not over by then.
    pub fn is_on(&self, at: Instant) -> bool {
        at <= self.at + SLACK
    }
}

/// What a track was called for.
#[derive(Debug, Default)]
pub(super) struct Rolls {
    pub now: Option<Roll>,
    pub before: Option<Roll>,
    /// The last epochs of the hops, the newest first, and whether the newest hop of each is silence.
    hops: [Option<(u16, bool)>; EPOCHS],
    /// The cell of the newest hops: the analyzer keeps it until it is whole.
    open: CellBuilder,
    /// Cells behind a roll that ended in silence, whether they have a place, and when the first of them came.
    pub waiting: VecDeque<(Cell, bool)>,
    pub since: Option<Instant>,
    /// Rounds that they waited.
    pub waited: u32,
    /// Epochs that belong to an earlier one, as the track slept in between.
    joined: VecDeque<(u16, u16)>,
    /// Cells from the roll's end to this one were filled in as silence.
    pub filled: Option<i32>,
    /// Why it broke off is known, as far as it can be.
    pub is_settled: bool,
}

impl Rolls {
    pub fn hop(&mut self, hop: &Hop) {
        if self.hops[0].is_none_or(|(epoch, _)| epoch != hop.epoch) {
            self.hops.rotate_right(1);
        }
        self.hops[0] = Some((hop.epoch, hop.peak[0].max(hop.peak[1]) <= QUIET));
        if self.open.place() != (hop.index.div_euclid(HOPS_PER_CELL) as i32, hop.epoch) {
            self.open = CellBuilder::default();
        }
        self.open.add(hop, None);
    }

    /// What is known of a cell that the analyzer still holds.
    pub fn open_cell(&self, index: i32, rate: f64) -> Option<Cell> {
        let epoch = self.now?.last.epoch;
        self.open.clone().take(rate).filter(|_| self.open.place() == (index, epoch))
    }

    /// Nothing follows on what came before.
    pub fn break_off(&mut self) {
        (self.now, self.before, self.filled) = (None, None, None);
    }

    /// Takes in the next cell.
    pub fn cell(&mut self, cell: &Cell, now: Instant) {
        self.is_settled = false;
        if !self.now.as_mut().is_some_and(|roll| roll.follow(cell, now)) {
            self.before = self.now.replace(Roll::begin(cell, now));
            self.filled = None;
        }
    }

    /// The song goes on from a roll to a cell of the next epoch.
    pub fn join(&mut self, cell: &Cell, came: Instant) {
        let Some(roll) = &mut self.now else { return };
        let epoch = epoch_of(&self.joined, roll.last.epoch);
        (roll.to, roll.last, roll.at) = (cell.index + 1, *cell, came);
        self.filled = None;
        if self.joined.len() == MOST_JOINED {
            self.joined.pop_front();
        }
        self.joined.push_back((cell.epoch, epoch));
    }

    /// The epoch of the song map for one of the analyzer's.
    pub fn epoch(&self, own: u16) -> u16 {
        epoch_of(&self.joined, own)
    }

    /// The roll at hand ends in silence.
    pub fn rests(&self) -> Option<&Roll> {
        self.now.as_ref().filter(|roll| has_song(&roll.last) && self.is_quiet(&roll.last))
    }

    /// This cell begins another roll after one that ended in silence.
    pub fn breaks_rest(&self, cell: &Cell) -> bool {
        self.now.is_some_and(|roll| roll.last.epoch != cell.epoch) && self.rests().is_some()
    }

    /// A track that ended in silence, by its last hop where that is known.
    fn is_quiet(&self, last: &Cell) -> bool {
        let hop = self.hops.iter().flatten().find(|(epoch, _)| *epoch == last.epoch);
        hop.map_or_else(|| is_silence(last), |(_, is_quiet)| *is_quiet)
    }
}

fn epoch_of(joined: &VecDeque<(u16, u16)>, own: u16) -> u16 {
    joined.iter().rev().find(|(epoch, _)| *epoch == own).map_or(own, |(_, earlier)| *earlier)
}

/// It has a place of the song's own clock: a clock of running time stands while a track sleeps.
pub(super) fn has_song(cell: &Cell) -> bool {
    cell.flags.has(CellFlags::PLAYING) && !cell.flags.has(CellFlags::FREE_RUNNING)
}
