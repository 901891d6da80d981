//! A minute of a song map.

use crate::dsp::{Bands, CELLS_PER_BANDS, Cell};

/// Cells in a page: 64 s, 48 KiB with its bands. Whole bands, and whole words of 64 bits.
pub(super) const PAGE: i32 = 640;
/// Records of bands in a page: as many as a word has bits.
pub(super) const BANDS_PAGE: i32 = PAGE / CELLS_PER_BANDS;
/// Words of 64 bits in a page.
pub(super) const WORDS: usize = PAGE as usize / 64;

#[derive(Clone, Debug)]
pub(super) struct Page {
    pub cells: Box<[Cell]>,
    /// None until the first comes.
    pub bands: Box<[Bands]>,
    /// Where the gain changed inside the song during playback, one bit a cell.
    pub gain_changes: [u64; WORDS],
    /// Which cells were heard and still hold, one bit each.
    pub fresh: [u64; WORDS],
    /// Which were heard before the track's level changed.
    pub stale: [u64; WORDS],
    /// Which records of bands hold.
    pub fresh_bands: u32,
    /// Cells that know their bar, and a sum over them that two pages share only where their bars do.
    pub bars: u32,
    pub bars_sum: u64,
    /// Mean square of the loudest cell.
    pub loudest: f32,
    pub touched: u64,
}

impl Page {
    pub fn new() -> Self {
        Self {
            cells: vec![Cell::default(); PAGE as usize].into(),
            bands: Box::default(),
            gain_changes: [0; WORDS],
            fresh: [0; WORDS],
            stale: [0; WORDS],
            fresh_bands: 0,
            bars: 0,
            bars_sum: 0,
            loudest: 0.0,
            touched: 0,
        }
    }

    pub fn is_fresh(&self, place: usize) -> bool {
        self.fresh[place / 64] >> (place % 64) & 1 == 1
    }

    pub fn is_stale(&self, place: usize) -> bool {
        self.stale[place / 64] >> (place % 64) & 1 == 1
    }

    /// A cell takes its place, and holds.
    pub fn put(&mut self, place: usize, cell: &Cell) {
        let was_fresh = self.is_fresh(place);
        let old = std::mem::replace(&mut self.cells[place], *cell);
        let bit = 1 << (place % 64);
        self.fresh[place / 64] |= bit;
        self.stale[place / 64] &= !bit;
        if was_fresh && old.bar.is_finite() {
            self.bars -= 1;
            self.bars_sum = self.bars_sum.wrapping_sub(bar_mark(&old));
        }
        if cell.bar.is_finite() {
            self.bars += 1;
            self.bars_sum = self.bars_sum.wrapping_add(bar_mark(cell));
        }
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
        self.fresh_bands |= 1 << place;
    }

    /// Of what was heard only these cells and records hold from here on. Tells the first and the last place that changed.
    pub fn set_fresh(&mut self, fresh: &[u64; WORDS], fresh_bands: u32) -> Option<(usize, usize)> {
        let mut changed = [0; WORDS];
        for (word, keep) in fresh.iter().enumerate() {
            let heard = self.fresh[word] | self.stale[word];
            changed[word] = self.fresh[word] ^ (heard & keep);
            (self.fresh[word], self.stale[word]) = (heard & keep, heard & !keep);
        }
        self.fresh_bands = fresh_bands & self.heard_bands();
        let span = first_of(&changed).zip(last_of(&changed));
        if span.is_some() {
            self.count_bars();
        }
        span
    }

    fn count_bars(&mut self) {
        let known = self.fresh_cells(0, PAGE as usize).filter(|cell| cell.bar.is_finite());
        let (bars, sum) = known.fold((0, 0u64), |(count, sum), cell| (count + 1, sum.wrapping_add(bar_mark(cell))));
        (self.bars, self.bars_sum) = (bars, sum);
    }

    fn heard_bands(&self) -> u32 {
        self.bands.iter().enumerate().fold(0, |bits, (place, bands)| bits | u32::from(bands.frames > 0) << place)
    }

    /// The cells of these places that hold.
    pub fn fresh_cells(&self, from: usize, to: usize) -> impl DoubleEndedIterator<Item = &Cell> {
        let places = (from..to.max(from)).zip(&self.cells[from..to.max(from)]);
        places.filter(|(place, _)| self.is_fresh(*place)).map(|(_, cell)| cell)
    }

    /// The first and the last place that holds.
    pub fn first(&self) -> Option<usize> {
        first_of(&self.fresh)
    }

    pub fn last(&self) -> Option<usize> {
        last_of(&self.fresh)
    }
}

fn first_of(bits: &[u64]) -> Option<usize> {
    let word = bits.iter().position(|word| *word != 0)?;
    Some(word * 64 + bits[word].trailing_zeros() as usize)
}

fn last_of(bits: &[u64]) -> Option<usize> {
    let word = bits.iter().rposition(|word| *word != 0)?;
    Some(word * 64 + 63 - bits[word].leading_zeros() as usize)
}

/// Mean square of both channels of a cell.
pub(super) fn mean_square(cell: &Cell) -> f32 {
    if cell.frames == 0 { 0.0 } else { (cell.power[0] + cell.power[1]) / cell.frames as f32 }
}

/// Place and bar of a cell as one number, with its bits well mixed (splitmix64).
fn bar_mark(cell: &Cell) -> u64 {
    let mut mark = u64::from(cell.index as u32) << 32 | u64::from(cell.bar.to_bits());
    mark = (mark ^ mark >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mark = (mark ^ mark >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mark ^ mark >> 31
}
