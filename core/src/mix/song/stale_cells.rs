//! What no longer shows what a track sounds like: heard before its level changed, and not since.

use super::SongMap;
use super::level_change::LevelChange;
use super::page::PAGE;
use super::stale_places::StaleList;
use crate::dsp::Cell;
use crate::units::Db;

/// Stretches with less than a second unheard between them count as one.
const GAP: i32 = 10;

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
    fn leave_stale(&mut self, change: LevelChange, newest: &Cell) {
        let silences = self.silences();
        let mut heard: Vec<(i32, i32)> = Vec::new();
        let of_pass = self.all(change.from, newest.index.saturating_add(1)).filter(|cell| cell.epoch == newest.epoch);
        of_pass.for_each(|cell| add(&mut heard, cell.index, cell.index + 1, 1));
        self.stale.change(&change);
        heard.into_iter().chain(silences).for_each(|(from, to)| self.stale.take_out(from, to));
        self.settle_stale();
    }

    /// Takes over what another map of the same track knows.
    pub(crate) fn set_stale(&mut self, list: &StaleList) {
        if *list != self.stale.list() {
            self.stale.set(list);
            self.settle_stale();
        }
    }

    /// Other places are stale than before.
    fn settle_stale(&mut self) {
        for page in self.pages.values_mut() {
            self.bands_version += u64::from(page.set_stale(&self.stale));
        }
        self.version += 1;
        self.count();
        self.changes.note_all();
    }

    pub(crate) fn stale_list(&self) -> StaleList {
        self.stale.list()
    }

    /// Grows where [`Self::stale_list`] says what cells do not.
    pub(crate) fn level_changes(&self) -> u64 {
        self.stale.changes
    }

    /// By how much the level changed since the stale cells were heard: the newest change. `None` where nothing is stale.
    pub fn changed_by(&self) -> Option<Db> {
        (self.totals.stale > 0).then_some(Db(self.stale.by.into()))
    }

    /// How many cells are stale.
    pub fn stale_count(&self) -> usize {
        self.totals.stale as usize
    }

    /// The stale cells of `[from, to)`, in song order.
    pub fn stale_range(&self, from: i32, to: i32) -> impl Iterator<Item = &Cell> {
        let spans = self.stale.spans().map(move |span| (span.0.max(from), span.1.min(to)));
        spans.filter(|(from, to)| from < to).flat_map(|(from, to)| self.all(from, to))
    }

    /// Stretches `[from, to)` of stale cells, in song order, without a cell in them that holds.
    pub fn stale_spans(&self) -> Vec<(i32, i32)> {
        self.spans(true)
    }

    /// Stretches of cells that hold.
    pub fn fresh_spans(&self) -> Vec<(i32, i32)> {
        self.spans(false)
    }

    fn spans(&self, stale: bool) -> Vec<(i32, i32)> {
        let mut spans: Vec<(i32, i32)> = Vec::new();
        let mut was_one = false;
        let mut put = |from: i32, to: i32, is_one: bool| {
            if is_one && from < to {
                add(&mut spans, from, to, if was_one { GAP } else { i32::MIN });
            }
            if from < to {
                was_one = is_one;
            }
        };
        for (key, page) in self.reached() {
            for (from, to) in page.heard_spans().map(|(from, to)| (key * PAGE + from as i32, key * PAGE + to as i32)) {
                let mut end = from;
                for between in self.stale.between(from, to) {
                    put(end, between.0, stale);
                    put(between.0, between.1, !stale);
                    end = between.1;
                }
            }
        }
        spans
    }
}

/// Places join the last span where they begin less than `gap` after it, else begin their own.
fn add(spans: &mut Vec<(i32, i32)>, from: i32, to: i32, gap: i32) {
    match spans.last_mut() {
        Some((_, end)) if from < end.saturating_add(gap) => *end = to,
        _ => spans.push((from, to)),
    }
}
