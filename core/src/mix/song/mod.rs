//! One track's cells and bands by song position: what was heard, where. What was not heard is missing, never guessed.

mod cell_counts;
mod cell_span;
mod change_log;
mod expected_levels;
mod lost_cells;
mod page;
mod passes;
mod silence;
mod stale_cells;
mod tempo_map;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use self::cell_counts::CellCounts;
pub(crate) use self::cell_span::{CELLS_PER_S, CellSpan};
pub(crate) use self::change_log::ChangeLog;
use self::lost_cells::LostCells;
use self::page::{BANDS_PAGE, PAGE, Page};
use self::passes::Passes;
pub(crate) use self::silence::is_silence;
pub(crate) use self::stale_cells::PageState;
pub(crate) use self::tempo_map::BarMap;
use crate::dsp::{Bands, Cell, CellFlags};

/// Pages a track may hold: more than 3 hours in under 8 MiB. Beyond it the page touched longest ago makes room.
const MAX_PAGES: usize = 170;
/// Pages to either side of the newest that are read as the song, 3 hours. What lies farther off is another song, or a
/// slip of the host's clock.
const REACH: i32 = MAX_PAGES as i32;
/// Bytes of a page, and of its place in the tree of pages, whose nodes may be half full.
const NODE: usize = size_of::<Page>() + 2 * (size_of::<Box<Page>>() + size_of::<i32>());
/// A change of gain smaller than this is none: 0.01 dB.
const GAIN_STEP: f32 = 1.001_152;

/// One track's cells and bands by song position.
#[derive(Debug)]
pub struct SongMap {
    /// No two maps of a process share it.
    id: u64,
    pages: BTreeMap<i32, Box<Page>>,
    /// Counts insertions: a reader that saw this number has seen everything.
    version: u64,
    /// Counts changes of the bands.
    bands_version: u64,
    /// Where what the rules read is other than it was; a second pass that sounds the same changes nothing.
    changes: ChangeLog,
    last: Option<Cell>,
    /// The newest place where two passes made the same change of gain.
    automated_at: Option<i32>,
    missed: LostCells,
    passes: Box<Passes>,
    totals: CellCounts,
}

impl Default for SongMap {
    fn default() -> Self {
        Self {
            id: new_id(),
            pages: BTreeMap::new(),
            version: 0,
            bands_version: 0,
            changes: ChangeLog::default(),
            last: None,
            automated_at: None,
            missed: LostCells::default(),
            passes: Box::default(),
            totals: CellCounts::default(),
        }
    }
}

/// A copy is a map of its own: from here on the two may differ.
impl Clone for SongMap {
    fn clone(&self) -> Self {
        Self {
            id: new_id(),
            pages: self.pages.clone(),
            version: self.version,
            bands_version: self.bands_version,
            changes: self.changes.clone(),
            last: self.last,
            automated_at: self.automated_at,
            missed: self.missed.clone(),
            passes: self.passes.clone(),
            totals: self.totals,
        }
    }
}

fn new_id() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

impl SongMap {
    /// One that has heard nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a cell in its place. A newer pass wins, but a fragment never replaces a whole cell that holds. Where the pass
    /// shows that the level changed, what was heard before holds no more.
    pub fn insert(&mut self, cell: &Cell) {
        let (last, before) = (self.last, self.place(cell.index).map(|(old, stale)| (*old, stale)));
        self.insert_told(cell);
        if cell.frames > 0 {
            self.passes.hear(last.as_ref(), cell, before.as_ref().map(|(old, stale)| (old, *stale)));
            self.settle_passes(cell);
        }
    }

    /// [`Self::insert`] of a cell that another map has heard, which also tells what holds ([`Self::set_state`]).
    pub fn insert_told(&mut self, cell: &Cell) {
        let moved = self.last.and_then(|last| gain_moved(&last, cell));
        self.follow(cell);
        if cell.frames == 0 {
            return;
        }
        let place = cell.index.rem_euclid(PAGE) as usize;
        let was_automated = self.gain_is_automated();
        let page_of_cell = cell.index.div_euclid(PAGE);
        self.make_room(page_of_cell);
        let Self { pages, version, changes, automated_at, .. } = self;
        let page = open_page(pages, version, page_of_cell);
        let (old, was_fresh) = (page.cells[place], page.is_fresh(place));
        let keeps_old = was_fresh && old.flags.has(CellFlags::COMPLETE) && !cell.flags.has(CellFlags::COMPLETE);
        if keeps_old {
            return;
        }
        let bit = 1u64 << (place % 64);
        if moved == Some(true) {
            // Two passes that make one change at one place mean automation: a hand on the knob never does it twice.
            let heard_before = old.frames > 0 && old.epoch != cell.epoch && is_same_gain(old.gain, cell.gain);
            if heard_before && page.gain_changes[place / 64] & bit != 0 {
                *automated_at = Some(cell.index);
            }
            page.gain_changes[place / 64] |= bit;
        } else if moved == Some(false) && old.epoch != cell.epoch {
            page.gain_changes[place / 64] &= !bit;
            *automated_at = automated_at.filter(|at| *at != cell.index);
        }
        if was_automated != automated_at.is_some() {
            changes.note_all();
        } else if !was_fresh
            || !is_same_sound(&old, cell)
            || (was_automated && old.gain.to_bits() != cell.gain.to_bits())
        {
            changes.note(cell.index, cell.index + 1);
        }
        self.put(cell);
        self.missed.hear(cell.index);
    }

    /// The cells of `[from, to)` were lost on the way: they count as missed until something is heard there.
    pub fn lose(&mut self, from: i32, to: i32) {
        self.missed.lose(from..to);
    }

    /// What another process tells of [`Self::missed`] of its own track.
    pub fn set_missed(&mut self, count: u32) {
        self.missed.tell(count);
    }

    /// Places whose cells were lost, and which were not heard since.
    pub fn missed(&self) -> u32 {
        self.missed.count()
    }

    /// Moves the song's reach to the newest cell's page: what lies out of it goes, what comes into it counts.
    fn follow(&mut self, cell: &Cell) {
        let page_of = |cell: Cell| cell.index.div_euclid(PAGE);
        let (old, new) = (self.last.map(page_of), page_of(*cell));
        self.last = Some(*cell);
        let holds_all = |newest: i32| {
            let (first, last) = (self.pages.keys().next(), self.pages.keys().next_back());
            first.is_none_or(|first| *first >= newest - REACH) && last.is_none_or(|last| *last <= newest + REACH)
        };
        if old != Some(new) && !(old.is_none_or(holds_all) && holds_all(new)) {
            self.changes.note_all();
            self.count();
        }
    }

    /// Where there is no room for this page, the one touched longest ago goes.
    fn make_room(&mut self, key: i32) {
        if self.pages.len() >= MAX_PAGES && !self.pages.contains_key(&key) {
            let oldest = self.pages.iter().min_by_key(|(_, page)| page.touched).map(|(&key, _)| key);
            oldest.and_then(|oldest| self.pages.remove(&oldest));
            self.changes.note_all();
            self.count();
            self.bands_version += 1;
        }
    }

    /// Puts a record of bands in its place, by the rule of [`Self::insert`].
    pub fn insert_bands(&mut self, bands: &Bands) {
        if bands.frames == 0 {
            return;
        }
        self.make_room(bands.index.div_euclid(BANDS_PAGE));
        let Self { pages, version, .. } = self;
        let page = open_page(pages, version, bands.index.div_euclid(BANDS_PAGE));
        let place = bands.index.rem_euclid(BANDS_PAGE) as usize;
        let was_fresh = page.fresh_bands >> place & 1 == 1;
        let keeps_old = was_fresh && page.bands[place].flags.has(CellFlags::COMPLETE);
        if bands.flags.has(CellFlags::COMPLETE) || !keeps_old {
            let is_other = !was_fresh || page.bands[place] != *bands;
            page.put_bands(place, bands);
            self.bands_version += u64::from(is_other);
        }
    }

    /// Puts a cell in its place as another map of the same track has it: it tells nothing of passes or automation.
    pub fn restore(&mut self, cell: &Cell) {
        if cell.frames > 0 {
            if self.last.is_none() {
                self.follow(cell);
            }
            self.make_room(cell.index.div_euclid(PAGE));
            open_page(&mut self.pages, &mut self.version, cell.index.div_euclid(PAGE));
            self.put(cell);
            self.changes.note(cell.index, cell.index + 1);
        }
    }

    /// What another map of the same track knows of [`Self::gain_is_automated`].
    pub fn set_gain_automated(&mut self, is_automated: bool) {
        if is_automated != self.gain_is_automated() {
            self.automated_at = is_automated.then(|| self.last.map_or(0, |cell| cell.index));
            self.changes.note_all();
        }
    }

    /// The cell at this place, where one was heard that holds. What went stale is left out of all that reads.
    pub fn get(&self, index: i32) -> Option<&Cell> {
        self.place(index).filter(|(_, stale)| !stale).map(|(cell, _)| cell)
    }

    /// What was heard at this place, and whether it is stale.
    fn place(&self, index: i32) -> Option<(&Cell, bool)> {
        let page = self.pages.get(&index.div_euclid(PAGE))?;
        let place = index.rem_euclid(PAGE) as usize;
        let cell = &page.cells[place];
        (cell.frames > 0).then_some((cell, page.is_stale(place)))
    }

    /// The cells within 3 hours of the newest, in song order.
    pub fn cells(&self) -> impl DoubleEndedIterator<Item = &Cell> {
        self.reached().flat_map(|(_, page)| page.fresh_cells(0, PAGE as usize))
    }

    /// The pages within 3 hours of the newest cell's.
    fn reached(&self) -> impl DoubleEndedIterator<Item = (&i32, &Box<Page>)> {
        self.pages.range(self.reach())
    }

    fn reach(&self) -> RangeInclusive<i32> {
        let newest = self.last.map_or(0, |cell| cell.index.div_euclid(PAGE));
        newest - REACH..=newest + REACH
    }

    /// The pages of [`Self::cells`]: the first place of each, and a mark that tells its bars from any others.
    pub(crate) fn bar_pages(&self) -> impl Iterator<Item = (i32, u64)> {
        self.reached().map(|(key, page)| (key * PAGE, page.bars_sum))
    }

    /// The cells of `[from, to)` in song order.
    pub fn range(&self, from: i32, to: i32) -> impl Iterator<Item = &Cell> {
        self.pages.range(from.div_euclid(PAGE)..=to.max(from).div_euclid(PAGE)).flat_map(move |(key, page)| {
            // Of a page only the part that is asked for: a look wants its newest cell.
            let (from, to) = inside(*key, from, to);
            page.fresh_cells(from, to)
        })
    }

    /// The records of bands that overlap the cells of `[from, to)`, in song order.
    pub fn bands(&self, from: i32, to: i32) -> impl Iterator<Item = &Bands> {
        self.all_bands(from, to).filter(|(_, holds)| *holds).map(|(bands, _)| bands)
    }

    /// First and last of [`Self::cells`].
    pub fn bounds(&self) -> Option<(i32, i32)> {
        let first = self.reached().find_map(|(key, page)| Some(key * PAGE + page.first()? as i32))?;
        let last = self.reached().rev().find_map(|(key, page)| Some(key * PAGE + page.last()? as i32))?;
        Some((first, last))
    }

    /// Nothing was heard.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Grows with every cell and record of bands put in.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Grows with every record of bands that is other than it was.
    pub(crate) fn bands_version(&self) -> u64 {
        self.bands_version
    }

    /// Names this map, and no other of the process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// What changed in it.
    pub(crate) fn changes(&self) -> &ChangeLog {
        &self.changes
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
        let pages = self.pages.values().map(|page| size_of_val(&*page.cells) + size_of_val(&*page.bands));
        pages.sum::<usize>() + self.pages.len() * NODE + self.passes.bytes()
    }
}

/// The page of this key, which is about to change.
fn open_page<'a>(pages: &'a mut BTreeMap<i32, Box<Page>>, version: &mut u64, key: i32) -> &'a mut Page {
    *version += 1;
    let page = pages.entry(key).or_insert_with(|| Box::new(Page::new()));
    page.touched = *version;
    page
}

/// The part of a page that lies in the cells of `[from, to)`.
fn inside(key: i32, from: i32, to: i32) -> (usize, usize) {
    let first = i64::from(key) * i64::from(PAGE);
    let place = |cell: i32| (i64::from(cell) - first).clamp(0, i64::from(PAGE)) as usize;
    (place(from), place(to))
}

/// The gain changed between two cells; `None` where the second does not follow on the first.
fn gain_moved(last: &Cell, cell: &Cell) -> Option<bool> {
    let follows = last.epoch == cell.epoch && last.index + 1 == cell.index;
    follows.then(|| !is_same_gain(last.gain, cell.gain))
}

fn is_same_gain(a: f32, b: f32) -> bool {
    (1.0 / GAIN_STEP..=GAIN_STEP).contains(&(a / b))
}

/// The rules read the same from both, but for the gain.
fn is_same_sound(a: &Cell, b: &Cell) -> bool {
    let bits = |cell: &Cell| {
        let levels = [cell.power[0], cell.power[1], cell.cross, cell.k_power, cell.peak[0], cell.peak[1]];
        let rest = [cell.true_peak, cell.bar, cell.hit_peak, cell.hit_power, cell.hit_k_power];
        (levels.map(f32::to_bits), rest.map(f32::to_bits))
    };
    let told = |cell: &Cell| (cell.frames, cell.flags, cell.hit_age);
    told(a) == told(b) && bits(a) == bits(b)
}
