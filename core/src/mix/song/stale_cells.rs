//! What no longer tells what a track sounds like: heard before its level changed, and not since (rules: "Changed since").

use super::page::{BANDS_PAGE, PAGE, Page, WORDS};
use super::passes::Change;
use super::{SongMap, inside};
use crate::dsp::{Bands, CELLS_PER_BANDS, Cell, RecordWords};
use crate::units::Db;

/// Stretches with less than a second unheard between them are told as one.
const GAP: i32 = 10;
/// A level that changed by more is nothing that was heard.
const MOST_CHANGE: f64 = 400.0;

/// How a map's stale cells came about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Staling {
    /// Counts changes of what holds that are not told by a cell put in.
    version: u64,
    /// The newest change of level.
    by: Db,
}

/// What holds of a page, for other maps of the same track.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct PageState {
    pub page: i32,
    /// One bit a cell, and one a record of bands.
    pub fresh: [u64; WORDS],
    pub fresh_bands: u32,
    /// The newest change of level, dB.
    pub by: f32,
}

impl PageState {
    /// The first cell of the page.
    pub fn place(&self) -> i64 {
        i64::from(self.page) * i64::from(PAGE)
    }

    pub fn is_sane(&self) -> bool {
        f64::from(self.by).abs() <= MOST_CHANGE
    }
}

impl RecordWords for PageState {
    const WORDS: usize = 2 * WORDS + 3;

    fn write(&self, words: &mut [u32]) {
        words[0] = self.page as u32;
        words[1] = self.fresh_bands;
        words[2] = self.by.to_bits();
        for (pair, bits) in words[3..].chunks_exact_mut(2).zip(self.fresh) {
            (pair[0], pair[1]) = (bits as u32, (bits >> 32) as u32);
        }
    }

    fn read(words: &[u32]) -> Self {
        let bits = |word: usize| u64::from(words[3 + 2 * word]) | u64::from(words[4 + 2 * word]) << 32;
        Self {
            page: words[0] as i32,
            fresh: std::array::from_fn(bits),
            fresh_bands: words[1],
            by: f32::from_bits(words[2]),
        }
    }
}

impl SongMap {
    /// Asks whether the pass that `cell` belongs to shows another level than those before.
    pub(super) fn settle_passes(&mut self, cell: &Cell) {
        let Self { pages, passes, .. } = self;
        let loudest = || pages.values().map(|page| page.loudest).fold(0.0, f32::max);
        if let Some(change) = passes.change(loudest) {
            self.leave_stale(change, cell);
        }
    }

    /// Of all that was heard only what the pass of `newest` heard holds, and silence.
    fn leave_stale(&mut self, change: Change, newest: &Cell) {
        self.passes.staling.by = change.by;
        let silences = self.silences();
        let is_new = |epoch: u16, first: i32, length: i32| {
            let (from, to) = (change.from.saturating_sub(length - 1), newest.index);
            epoch == newest.epoch && (from..=to).contains(&first)
        };
        self.limit(None, |key, page| {
            let mut fresh = [0; WORDS];
            for (place, cell) in page.cells.iter().enumerate() {
                let holds = is_new(cell.epoch, key * PAGE + place as i32, 1);
                fresh[place / 64] |= u64::from(holds) << (place % 64);
            }
            for (from, to) in silences.iter().map(|(from, to)| inside(key, *from, *to)) {
                (from..to).for_each(|place| fresh[place / 64] |= 1 << (place % 64));
            }
            let holds = |bands: &Bands| {
                let first = bands.index.saturating_mul(CELLS_PER_BANDS);
                let end = first.saturating_add(CELLS_PER_BANDS);
                let is_silent = || silences.iter().any(|(from, to)| *from <= first && end <= *to);
                is_new(bands.epoch, first, CELLS_PER_BANDS) || is_silent()
            };
            let fresh_bands = page.bands.iter().zip(0..).map(|(bands, place)| u32::from(holds(bands)) << place);
            (fresh, fresh_bands.sum::<u32>() & page.fresh_bands)
        });
        self.passes.staling.version += 1;
    }

    /// Lets only those cells and records hold that are told for each page, of all or of one.
    fn limit(&mut self, only: Option<i32>, keep: impl Fn(i32, &Page) -> ([u64; WORDS], u32)) {
        let bounds = self.bounds();
        let reach = self.reach();
        let mut spans = Vec::new();
        let keys = only.map_or(i32::MIN..=i32::MAX, |key| key..=key);
        for (key, page) in self.pages.range_mut(keys) {
            let (fresh, fresh_bands) = keep(*key, page);
            let old_bands = page.fresh_bands;
            let changed = page.set_fresh(&fresh, fresh_bands).filter(|_| reach.contains(key));
            self.bands_version += u64::from(page.fresh_bands != old_bands);
            spans.extend(changed.map(|(from, to)| (key * PAGE + from as i32, key * PAGE + to as i32 + 1)));
        }
        self.version += 1;
        self.count();
        // A reader's song begins and ends where the map's does.
        if self.bounds() == bounds {
            spans.into_iter().for_each(|(from, to)| self.changes.note(from, to));
        } else {
            self.changes.note_all();
        }
    }

    /// Takes over what holds of a page in another map of the same track.
    pub(crate) fn set_state(&mut self, state: &PageState) {
        let by = Db(state.by.into());
        if by != self.passes.staling.by
            && let Some((first, _)) = self.bounds()
        {
            // Told in every report.
            self.changes.note(first, first + 1);
        }
        self.passes.staling.by = by;
        self.limit(Some(state.page), |_, _| (state.fresh, state.fresh_bands));
    }

    /// What holds of the pages that have cells in `[from, to)`.
    pub(crate) fn states(&self, from: i32, to: i32) -> impl Iterator<Item = PageState> {
        let pages = self.pages.range(from.div_euclid(PAGE)..=to.saturating_sub(1).max(from).div_euclid(PAGE));
        pages.map(|(key, page)| PageState {
            page: *key,
            fresh: page.fresh,
            fresh_bands: page.fresh_bands,
            by: self.passes.staling.by.0 as f32,
        })
    }

    /// ChangeLog where [`Self::states`] tell what cells do not.
    pub(crate) fn states_version(&self) -> u64 {
        self.passes.staling.version
    }

    /// By how much the level changed since the stale cells were heard: the newest change. `None` where nothing is stale.
    pub fn changed_by(&self) -> Option<Db> {
        (self.totals.stale > 0).then_some(self.passes.staling.by)
    }

    /// How many cells are stale.
    pub fn stale_count(&self) -> usize {
        self.totals.stale
    }

    /// The stale cells of `[from, to)`, in song order.
    pub fn stale_range(&self, from: i32, to: i32) -> impl Iterator<Item = &Cell> {
        self.all(from, to).filter(|(_, stale)| *stale).map(|(cell, _)| cell)
    }

    /// Stretches `[from, to)` of stale cells, in song order, without a cell in them that holds.
    pub fn stale_spans(&self) -> Vec<(i32, i32)> {
        self.spans(|page| &page.stale, |page| &page.fresh)
    }

    /// Stretches of cells that hold.
    pub fn fresh_spans(&self) -> Vec<(i32, i32)> {
        self.spans(|page| &page.fresh, |page| &page.stale)
    }

    fn spans(&self, what: impl Fn(&Page) -> &[u64], other: impl Fn(&Page) -> &[u64]) -> Vec<(i32, i32)> {
        let mut spans: Vec<(i32, i32)> = Vec::new();
        // The end of the last other cell.
        let mut between = i32::MIN;
        for (key, page) in self.reached() {
            for (word, (&bits, &others)) in what(page).iter().zip(other(page)).enumerate() {
                let first = key * PAGE + 64 * word as i32;
                let mut rest = bits | others;
                while rest != 0 {
                    let at = rest.trailing_zeros();
                    let (is_what, cell) = (bits >> at & 1 == 1, first + at as i32);
                    let row = if is_what { bits } else { others };
                    let length = (!(row >> at)).trailing_zeros().min(64 - at);
                    let end = cell + length as i32;
                    match spans.last_mut() {
                        _ if !is_what => between = end,
                        Some(last) if last.1 >= between && cell - last.1 < GAP => last.1 = end,
                        _ => spans.push((cell, end)),
                    }
                    rest &= if at + length == 64 { 0 } else { !0 << (at + length) };
                }
            }
        }
        spans
    }

    /// All cells of `[from, to)` and whether they are stale, in song order.
    pub(crate) fn all(&self, from: i32, to: i32) -> impl Iterator<Item = (&Cell, bool)> {
        self.pages.range(from.div_euclid(PAGE)..=to.max(from).div_euclid(PAGE)).flat_map(move |(key, page)| {
            let (from, to) = inside(*key, from, to);
            let places = (from..to.max(from)).zip(&page.cells[from..to.max(from)]);
            places.filter(|(_, cell)| cell.frames > 0).map(|(place, cell)| (cell, page.is_stale(place)))
        })
    }

    /// All records of bands that overlap the cells of `[from, to)` and whether they hold, in song order.
    pub(crate) fn all_bands(&self, from: i32, to: i32) -> impl Iterator<Item = (&Bands, bool)> {
        let first = from.div_euclid(CELLS_PER_BANDS);
        let overlaps = move |bands: &Bands| {
            bands.frames > 0 && bands.index >= first && i64::from(bands.index) * i64::from(CELLS_PER_BANDS) < to.into()
        };
        let last = to.div_euclid(PAGE).max(from.div_euclid(PAGE));
        let pages = self.pages.range(from.div_euclid(PAGE)..=last);
        let records = pages.flat_map(|(_, page)| {
            page.bands.iter().enumerate().map(|(place, bands)| (bands, page.fresh_bands >> place & 1 == 1))
        });
        records.filter(move |(bands, _)| overlaps(bands))
    }

    /// First and last cell of all that was heard, stale or not.
    pub(crate) fn extent(&self) -> Option<(i32, i32)> {
        let heard = |page: &Page, place: usize| page.fresh[place / 64] | page.stale[place / 64];
        let place = |page: &Page, from_end: bool| {
            let is_heard = |place: &usize| heard(page, *place) >> (place % 64) & 1 == 1;
            if from_end { (0..PAGE as usize).rev().find(is_heard) } else { (0..PAGE as usize).find(is_heard) }
        };
        let first = self.reached().find_map(|(key, page)| Some(key * PAGE + place(page, false)? as i32))?;
        let last = self.reached().rev().find_map(|(key, page)| Some(key * PAGE + place(page, true)? as i32))?;
        Some((first, last))
    }

    /// The first cell of the page after that of a cell: states are told by pages.
    pub(crate) fn next_page(cell: i32) -> i32 {
        cell.div_euclid(PAGE).saturating_add(1).saturating_mul(PAGE)
    }
}

const _: () = assert!(BANDS_PAGE == u32::BITS as i32, "a word tells which records of a page hold");
