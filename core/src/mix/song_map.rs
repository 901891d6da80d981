//! One track's cells by song position: what was heard, where. A place that was not heard is missing, never guessed.

use std::collections::BTreeMap;

use crate::dsp::{Cell, CellFlags};

/// Cells in a page: about 1.7 minutes, 64 KiB.
const PAGE: i32 = 1024;
/// Pages a track may hold: more than 3 hours in under 8 MiB. Beyond it the page touched longest ago makes room.
const MAX_PAGES: usize = 112;
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
    automated: bool,
}

impl SongMap {
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a cell in its place. A newer pass wins, but a fragment never replaces a whole cell.
    pub fn insert(&mut self, cell: &Cell) {
        let moved = self.gain_moved_before(cell);
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
        if moved {
            // Two passes that change the gain at the same place mean automation, not a hand on the knob.
            let heard_before = old.frames > 0 && old.epoch != cell.epoch;
            self.automated |= heard_before && page.gain_changes[place / 64] & bit != 0;
            page.gain_changes[place / 64] |= bit;
        } else if old.epoch != cell.epoch {
            page.gain_changes[place / 64] &= !bit;
        }
        page.cells[place] = *cell;
    }

    /// The cell at this place, where one was heard.
    pub fn get(&self, index: i32) -> Option<&Cell> {
        let page = self.pages.get(&index.div_euclid(PAGE))?;
        let cell = &page.cells[index.rem_euclid(PAGE) as usize];
        (cell.frames > 0).then_some(cell)
    }

    /// All cells in song order.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.pages.values().flat_map(|page| page.cells.iter()).filter(|cell| cell.frames > 0)
    }

    /// The cells of `[from, to)` in song order.
    pub fn range(&self, from: i32, to: i32) -> impl Iterator<Item = &Cell> {
        self.pages
            .range(from.div_euclid(PAGE)..=to.div_euclid(PAGE))
            .flat_map(|(_, page)| page.cells.iter())
            .filter(move |cell| cell.frames > 0 && cell.index >= from && cell.index < to)
    }

    /// First and last place heard.
    pub fn bounds(&self) -> Option<(i32, i32)> {
        let first = self.cells().next()?.index;
        let last = self.pages.values().rev().flat_map(|page| page.cells.iter().rev()).find(|cell| cell.frames > 0)?;
        Some((first, last.index))
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

    /// Two passes changed the gain at the same place: each cell keeps its own.
    pub fn gain_is_automated(&self) -> bool {
        self.automated
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.pages.len() * (PAGE as usize * size_of::<Cell>() + PAGE as usize / 8 + size_of::<Page>())
    }

    fn gain_moved_before(&self, cell: &Cell) -> bool {
        let Some(last) = self.last else { return false };
        let ratio = cell.gain / last.gain;
        last.epoch == cell.epoch && last.index + 1 == cell.index && !(1.0 / GAIN_STEP..=GAIN_STEP).contains(&ratio)
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
