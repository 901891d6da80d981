//! One track's cells by song position: what was heard, where. A place that was not heard is missing, never guessed.

use std::collections::BTreeMap;

use crate::dsp::{Cell, CellFlags};

/// Cells in a page: about 1.7 minutes, 64 KiB.
const PAGE: i32 = 1024;
/// Pages a track may hold: more than 3 hours in under 8 MiB. Beyond it the page touched longest ago makes room.
const MAX_PAGES: usize = 112;
/// Pages to either side of the newest that are read as the song, 3 hours. What lies farther off is another song, or a
/// slip of the host's clock.
const REACH: i32 = MAX_PAGES as i32;
/// A change of gain smaller than this is none: 0.01 dB.
const GAIN_STEP: f32 = 1.001_152;

#[derive(Clone, Debug)]
struct Page {
    cells: Box<[Cell]>,
    /// Where the gain changed inside the song during playback, one bit a cell.
    gain_changes: Box<[u64]>,
    touched: u64,
}

impl Page {
    fn new() -> Self {
        Self {
            cells: vec![Cell::default(); PAGE as usize].into(),
            gain_changes: vec![0; PAGE as usize / 64].into(),
            touched: 0,
        }
    }
}

/// One track's cells by song position.
#[derive(Clone, Debug, Default)]
pub struct SongMap {
    pages: BTreeMap<i32, Page>,
    /// Counts insertions: a reader that saw this number has seen everything.
    version: u64,
    last: Option<Cell>,
    /// The newest place where two passes made the same change of gain.
    automated_at: Option<i32>,
}

impl SongMap {
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a cell in its place. A newer pass wins, but a fragment never replaces a whole cell.
    pub fn insert(&mut self, cell: &Cell) {
        let moved = self.last.and_then(|last| gain_moved(&last, cell));
        self.last = Some(*cell);
        if cell.frames == 0 {
            return;
        }
        let key = cell.index.div_euclid(PAGE);
        let place = cell.index.rem_euclid(PAGE) as usize;
        self.make_room(key);
        self.version += 1;
        let page = self.pages.entry(key).or_insert_with(Page::new);
        page.touched = self.version;
        let old = page.cells[place];
        let keeps_old = old.flags.has(CellFlags::COMPLETE) && !cell.flags.has(CellFlags::COMPLETE);
        if keeps_old {
            return;
        }
        let bit = 1u64 << (place % 64);
        if moved == Some(true) {
            // Two passes that make one change at one place mean automation: a hand on the knob never does it twice.
            let heard_before = old.frames > 0 && old.epoch != cell.epoch && is_same_gain(old.gain, cell.gain);
            if heard_before && page.gain_changes[place / 64] & bit != 0 {
                self.automated_at = Some(cell.index);
            }
            page.gain_changes[place / 64] |= bit;
        } else if moved == Some(false) && old.epoch != cell.epoch {
            page.gain_changes[place / 64] &= !bit;
            self.automated_at = self.automated_at.filter(|at| *at != cell.index);
        }
        page.cells[place] = *cell;
    }

    /// The cell at this place, where one was heard.
    pub fn get(&self, index: i32) -> Option<&Cell> {
        let page = self.pages.get(&index.div_euclid(PAGE))?;
        let cell = &page.cells[index.rem_euclid(PAGE) as usize];
        (cell.frames > 0).then_some(cell)
    }

    /// The cells within 3 hours of the newest, in song order.
    pub fn cells(&self) -> impl DoubleEndedIterator<Item = &Cell> {
        let newest = self.last.map_or(0, |cell| cell.index.div_euclid(PAGE));
        let pages = self.pages.range(newest - REACH..=newest + REACH);
        pages.flat_map(|(_, page)| page.cells.iter()).filter(|cell| cell.frames > 0)
    }

    /// The cells of `[from, to)` in song order.
    pub fn range(&self, from: i32, to: i32) -> impl Iterator<Item = &Cell> {
        self.pages
            .range(from.div_euclid(PAGE)..=to.div_euclid(PAGE))
            .flat_map(|(_, page)| page.cells.iter())
            .filter(move |cell| cell.frames > 0 && cell.index >= from && cell.index < to)
    }

    /// First and last of [`Self::cells`].
    pub fn bounds(&self) -> Option<(i32, i32)> {
        self.cells().next().zip(self.cells().next_back()).map(|(first, last)| (first.index, last.index))
    }

    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Grows with every cell put in.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The newest cell that arrived, wherever its place.
    pub fn newest(&self) -> Option<&Cell> {
        self.last.as_ref()
    }

    /// Two passes made the same change of gain at the same place: each cell keeps its own, until a pass makes none there.
    pub fn gain_is_automated(&self) -> bool {
        self.automated_at.is_some()
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.pages.len() * (PAGE as usize * size_of::<Cell>() + PAGE as usize / 8 + size_of::<Page>())
    }

    fn make_room(&mut self, key: i32) {
        if self.pages.len() < MAX_PAGES || self.pages.contains_key(&key) {
            return;
        }
        let oldest = self.pages.iter().min_by_key(|(_, page)| page.touched).map(|(&key, _)| key);
        if let Some(oldest) = oldest {
            self.pages.remove(&oldest);
        }
    }
}

/// The gain changed between two cells; `None` where the second does not follow on the first.
fn gain_moved(last: &Cell, cell: &Cell) -> Option<bool> {
    let follows = last.epoch == cell.epoch && last.index + 1 == cell.index;
    follows.then(|| !is_same_gain(last.gain, cell.gain))
}

fn is_same_gain(a: f32, b: f32) -> bool {
    (1.0 / GAIN_STEP..=GAIN_STEP).contains(&(a / b))
}
