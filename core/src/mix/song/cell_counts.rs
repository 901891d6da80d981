//! What a look asks of the song as a whole, counted as it comes: a song of hours has a hundred pages.

use super::SongMap;
use super::page::{PAGE, Page};
use crate::dsp::Cell;

/// Counts over [`SongMap::cells`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CellCounts {
    heard: usize,
    /// Those that know their bar.
    bars: usize,
    /// Cells that were heard, but hold no more.
    pub stale: usize,
}

impl CellCounts {
    fn of<'a>(pages: impl Iterator<Item = &'a Page>) -> Self {
        let ones = |row: &[u64]| row.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        pages.fold(Self::default(), |sum, page| Self {
            heard: sum.heard + ones(&page.fresh),
            bars: sum.bars + page.bars as usize,
            stale: sum.stale + ones(&page.stale),
        })
    }
}

impl SongMap {
    /// How many [`Self::cells`] there are.
    pub fn heard(&self) -> usize {
        debug_assert_eq!(self.totals, self.counted());
        self.totals.heard
    }

    /// How many of [`Self::cells`] know their bar.
    pub(crate) fn known_bars(&self) -> usize {
        self.totals.bars
    }

    /// Puts a cell into its page, which is there.
    pub(super) fn put(&mut self, cell: &Cell) {
        let (key, place) = (cell.index.div_euclid(PAGE), cell.index.rem_euclid(PAGE) as usize);
        let is_reached = self.reach().contains(&key);
        let Some(page) = self.pages.get_mut(&key) else { return };
        let (was_fresh, was_stale, bars) = (page.is_fresh(place), page.is_stale(place), page.bars as usize);
        page.put(place, cell);
        if is_reached {
            self.totals.heard += usize::from(!was_fresh);
            self.totals.stale -= usize::from(was_stale);
            self.totals.bars = self.totals.bars + page.bars as usize - bars;
        }
    }

    /// Counts anew, where more than a cell is other than it was.
    pub(super) fn count(&mut self) {
        self.totals = self.counted();
    }

    fn counted(&self) -> CellCounts {
        CellCounts::of(self.reached().map(|(_, page)| &**page))
    }
}
