//! One track's cells and bands by song position: what was heard, where. What was not heard is missing, never guessed.

use std::collections::BTreeMap;

use crate::dsp::{Bands, CELLS_PER_BANDS, Cell, CellFlags};

/// Cells in a page: 64 s, 48 KiB with its bands. Whole bands, and whole words of 64 bits.
const PAGE: i32 = 640;
/// Records of bands in a page.
const BANDS_PAGE: i32 = PAGE / CELLS_PER_BANDS;
/// Pages a track may hold: more than 3 hours in under 8 MiB. Beyond it the page touched longest ago makes room.
const MAX_PAGES: usize = 170;
/// Pages to either side of the newest that are read as the song, 3 hours. What lies farther off is another song, or a
/// slip of the host's clock.
const REACH: i32 = MAX_PAGES as i32;
/// Bytes of a page in the tree of pages, whose nodes may be half full.
const NODE: usize = 2 * (size_of::<Page>() + size_of::<i32>());
/// A change of gain smaller than this is none: 0.01 dB.
const GAIN_STEP: f32 = 1.001_152;

#[derive(Clone, Debug)]
struct Page {
    cells: Box<[Cell]>,
    /// None until the first comes.
    bands: Box<[Bands]>,
    /// Where the gain changed inside the song during playback, one bit a cell.
    gain_changes: Box<[u64]>,
    touched: u64,
}

impl Page {
    fn new() -> Self {
        Self {
            cells: vec![Cell::default(); PAGE as usize].into(),
            bands: Box::default(),
            gain_changes: vec![0; PAGE as usize / 64].into(),
            touched: 0,
        }
    }
}

/// One track's cells and bands by song position.
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
        let place = cell.index.rem_euclid(PAGE) as usize;
        let page = open_page(&mut self.pages, &mut self.version, cell.index.div_euclid(PAGE));
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

    /// Puts a record of bands in its place, by the rule of [`Self::insert`].
    pub fn insert_bands(&mut self, bands: &Bands) {
        if bands.frames == 0 {
            return;
        }
        let page = open_page(&mut self.pages, &mut self.version, bands.index.div_euclid(BANDS_PAGE));
        if page.bands.is_empty() {
            page.bands = vec![Bands::default(); BANDS_PAGE as usize].into();
        }
        let old = &mut page.bands[bands.index.rem_euclid(BANDS_PAGE) as usize];
        if bands.flags.has(CellFlags::COMPLETE) || !old.flags.has(CellFlags::COMPLETE) {
            *old = *bands;
        }
    }

    /// Puts a cell in its place as another map of the same track has it: it tells nothing of passes or automation.
    pub fn restore(&mut self, cell: &Cell) {
        if cell.frames > 0 {
            let page = open_page(&mut self.pages, &mut self.version, cell.index.div_euclid(PAGE));
            page.cells[cell.index.rem_euclid(PAGE) as usize] = *cell;
            self.last = self.last.or(Some(*cell));
        }
    }

    /// What another map of the same track knows of [`Self::gain_is_automated`].
    pub fn set_gain_automated(&mut self, is_automated: bool) {
        if is_automated != self.gain_is_automated() {
            self.automated_at = is_automated.then(|| self.last.map_or(0, |cell| cell.index));
        }
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

    /// The records of bands that overlap the cells of `[from, to)`, in song order.
    pub fn bands(&self, from: i32, to: i32) -> impl Iterator<Item = &Bands> {
        let first = from.div_euclid(CELLS_PER_BANDS);
        let overlaps = move |bands: &&Bands| {
            bands.frames > 0 && bands.index >= first && i64::from(bands.index) * i64::from(CELLS_PER_BANDS) < to.into()
        };
        let last = to.div_euclid(PAGE).max(from.div_euclid(PAGE));
        self.pages.range(from.div_euclid(PAGE)..=last).flat_map(|(_, page)| page.bands.iter()).filter(overlaps)
    }

    /// First and last of [`Self::cells`].
    pub fn bounds(&self) -> Option<(i32, i32)> {
        self.cells().next().zip(self.cells().next_back()).map(|(first, last)| (first.index, last.index))
    }

    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Grows with every cell and record of bands put in.
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
        let bytes =
            |page: &Page| size_of_val(&*page.cells) + size_of_val(&*page.bands) + size_of_val(&*page.gain_changes);
        self.pages.values().map(bytes).sum::<usize>() + self.pages.len() * NODE
    }
}

/// The page of this key, which is about to change. Where there is no room for it, the page touched longest ago goes.
fn open_page<'a>(pages: &'a mut BTreeMap<i32, Page>, version: &mut u64, key: i32) -> &'a mut Page {
    if pages.len() >= MAX_PAGES && !pages.contains_key(&key) {
        let oldest = pages.iter().min_by_key(|(_, page)| page.touched).map(|(&key, _)| key);
        oldest.and_then(|oldest| pages.remove(&oldest));
    }
    *version += 1;
    let page = pages.entry(key).or_insert_with(Page::new);
    page.touched = *version;
    page
}

/// The gain changed between two cells; `None` where the second does not follow on the first.
fn gain_moved(last: &Cell, cell: &Cell) -> Option<bool> {
    let follows = last.epoch == cell.epoch && last.index + 1 == cell.index;
    follows.then(|| !is_same_gain(last.gain, cell.gain))
}

fn is_same_gain(a: f32, b: f32) -> bool {
    (1.0 / GAIN_STEP..=GAIN_STEP).contains(&(a / b))
}
