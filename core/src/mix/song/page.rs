//! A minute of a song map.

use super::silence::{is_silence, mean_square};
use super::stale_places::StalePlaces;
use crate::dsp::{Bands, CELLS_PER_BANDS, Cell};

/// Cells in a page: 64 s, 48 KiB with its bands. Whole bands, and whole words of 64 bits.
pub(super) const PAGE: i32 = 640;
/// Records of bands in a page.
pub(super) const BANDS_PAGE: i32 = PAGE / CELLS_PER_BANDS;
/// Words of 64 bits in a page.
const WORDS: usize = PAGE as usize / 64;

#[derive(Clone, Debug)]
pub(super) struct Page {
    pub cells: Box<[Cell]>,
    /// From the first to the last place that was heard.
    ends: (usize, usize),
    /// None until the first comes.
    pub bands: Box<[Bands]>,
    /// Where the gain changed inside the song during playback, one bit a cell.
    pub gain_changes: [u64; WORDS],
    pub counts: CellCounts,
    /// Mean square of the loudest cell.
    pub loudest: f32,
    pub touched: u64,
}

impl Page {
    pub fn new() -> Self {
        Self {
            cells: vec![Cell::default(); PAGE as usize].into(),
            ends: (PAGE as usize, 0),
            bands: Box::default(),
            gain_changes: [0; WORDS],
            counts: CellCounts::default(),
            loudest: 0.0,
            touched: 0,
        }
    }

    /// A cell takes its place.
    pub fn put(&mut self, place: usize, cell: &Cell) {
        let old = std::mem::replace(&mut self.cells[place], *cell);
        self.ends = (self.ends.0.min(place), self.ends.1.max(place + 1));
        let power = mean_square(cell);
        if power >= self.loudest {
            self.loudest = power;
        } else if mean_square(&old) >= self.loudest {
            self.loudest = self.cells.iter().map(mean_square).fold(0.0, f32::max);
        }
    }

    /// A record of bands takes its place.
    pub fn put_bands(&mut self, place: usize, bands: &Bands) {
        if self.bands.is_empty() {
            self.bands = vec![Bands::default(); BANDS_PAGE as usize].into();
        }
        self.bands[place] = *bands;
    }

    /// The cells of these places that were heard.
    pub fn heard(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &Cell> {
        let (from, to) = (from.max(self.ends.0), to.min(self.ends.1));
        self.cells[from.min(to)..to].iter().filter(|cell| cell.frames > 0)
    }

    /// The places that were heard as one stretch, or each by itself where some are missing.
    pub fn heard_spans(&self) -> impl Iterator<Item = (usize, usize)> {
        let (from, to) = (self.ends.0.min(self.ends.1), self.ends.1);
        let is_whole = self.counts.heard + self.counts.stale == (to - from) as u64;
        let each = (if is_whole { to } else { from })..to;
        let heard = each.filter(|place| self.cells[*place].frames > 0).map(|place| (place, place + 1));
        (is_whole && from < to).then_some((from, to)).into_iter().chain(heard)
    }

    /// Other places are stale than before. Bands go with the cells of their pass; true where some went.
    pub fn set_stale(&mut self, stale: &StalePlaces) -> bool {
        let counts = self.cells.iter().map(|cell| CellCounts::of(cell, stale.has(cell.index)));
        self.counts = counts.fold(CellCounts::default(), CellCounts::plus);
        let mut some_went = false;
        for (bands, cells) in self.bands.iter_mut().zip(self.cells.chunks(CELLS_PER_BANDS as usize)) {
            if bands.frames > 0 && !holds(bands, cells, stale) {
                (*bands, some_went) = (Bands::default(), true);
            }
        }
        some_went
    }
}

/// A record of bands holds where the sound of its pass does; where none of that is left, only as silence.
fn holds(bands: &Bands, cells: &[Cell], stale: &StalePlaces) -> bool {
    let heard = || cells.iter().filter(|cell| cell.frames > 0);
    let mut own = heard().filter(|cell| cell.epoch == bands.epoch && !is_silence(cell)).peekable();
    match own.peek() {
        Some(_) => own.all(|cell| !stale.has(cell.index)),
        None => heard().all(|cell| is_silence(cell) && !stale.has(cell.index)),
    }
}

/// Counts of cells, each of which may wrap on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CellCounts {
    /// Those that hold.
    pub heard: u64,
    /// Those of them that know their bar, and a sum that differs where their bars do.
    pub bars: u64,
    pub bars_sum: u64,
    /// Cells that were heard, but hold no more.
    pub stale: u64,
}

impl CellCounts {
    pub fn of(cell: &Cell, is_stale: bool) -> Self {
        let holds = cell.frames > 0 && !is_stale;
        let knows_bar = holds && cell.bar.is_finite();
        Self {
            heard: holds.into(),
            bars: knows_bar.into(),
            bars_sum: if knows_bar { bar_mark(cell) } else { 0 },
            stale: (cell.frames > 0 && is_stale).into(),
        }
    }

    pub fn plus(self, other: Self) -> Self {
        self.with(other, u64::wrapping_add)
    }

    pub fn minus(self, other: Self) -> Self {
        self.with(other, u64::wrapping_sub)
    }

    fn with(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            heard: join(self.heard, other.heard),
            bars: join(self.bars, other.bars),
            bars_sum: join(self.bars_sum, other.bars_sum),
            stale: join(self.stale, other.stale),
        }
    }
}

/// Place and bar of a cell as one number, with its bits well mixed (splitmix64).
fn bar_mark(cell: &Cell) -> u64 {
    let mut mark = u64::from(cell.index as u32) << 32 | u64::from(cell.bar.to_bits());
    mark = (mark ^ mark >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mark = (mark ^ mark >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mark ^ mark >> 31
}
