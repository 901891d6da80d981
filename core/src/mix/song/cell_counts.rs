//! What is asked of the song as a whole, counted as it comes: a song of hours has a hundred pages.

use super::SongMap;
use super::page::{CellCounts, PAGE};
use crate::dsp::Cell;

impl SongMap {
    /// How many [`Self::cells`] there are.
    pub fn heard(&self) -> usize {
        debug_assert_eq!(self.totals, self.counted());
        self.totals.heard as usize
    }

    /// How many of [`Self::cells`] know their bar.
    pub(crate) fn known_bars(&self) -> usize {
        self.totals.bars as usize
    }

    /// Puts a cell into its page, which is there: one that is heard now holds.
    pub(super) fn put(&mut self, cell: &Cell, is_heard_now: bool) {
        let (key, place) = (cell.index.div_euclid(PAGE), cell.index.rem_euclid(PAGE) as usize);
        let is_reached = self.reach().contains(&key);
        let Some(page) = self.pages.get_mut(&key) else { return };
        let was_stale = self.stale.has(cell.index);
        if was_stale && is_heard_now {
            self.stale.take_out(cell.index, cell.index + 1);
        }
        let before = CellCounts::of(&page.cells[place], was_stale);
        let now = CellCounts::of(cell, self.stale.has(cell.index));
        page.put(place, cell);
        page.counts = page.counts.minus(before).plus(now);
        if is_reached {
            self.totals = self.totals.minus(before).plus(now);
        }
    }

    /// Counts anew, where more than a cell is other than it was.
    pub(super) fn count(&mut self) {
        self.totals = self.counted();
    }

    fn counted(&self) -> CellCounts {
        self.reached().map(|(_, page)| page.counts).fold(CellCounts::default(), CellCounts::plus)
    }
}
