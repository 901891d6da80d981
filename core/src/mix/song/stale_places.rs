//! The places that were not heard since the track's level changed, and by how much each is expected to be off.

use super::level_change::{LevelChange, PerMeasure};

/// Runs at most. What would make more of them stays stale.
const MOST: usize = 512;

/// A level that changed by more is nothing that was heard, dB.
const MOST_CHANGE: f32 = 400.0;

/// What is stale of a song, for other maps of the same track.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct StaleList {
    /// The newest change of level, dB.
    pub by: f32,
    /// Places `[from, to)`, in order.
    pub spans: Vec<(i32, i32)>,
}

impl StaleList {
    pub fn is_sane(&self) -> bool {
        let is_ordered = self.spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        let is_short = self.by.abs() <= MOST_CHANGE && self.spans.len() <= MOST;
        is_short && is_ordered && self.spans.iter().all(|(from, to)| from < to)
    }
}

/// Places `[from, to)`, and the changes since they were heard.
#[derive(Clone, Copy, Debug, PartialEq)]
struct StaleRun {
    from: i32,
    to: i32,
    off: PerMeasure,
}

#[derive(Clone, Debug, Default)]
pub(super) struct StalePlaces {
    /// In order, none over another.
    runs: Vec<StaleRun>,
    /// The newest change of level, dB, and how many there were.
    pub by: f32,
    pub changes: u64,
}

impl StalePlaces {
    /// The level changed: all places are stale.
    pub fn change(&mut self, change: &LevelChange) {
        let by = change.by;
        let mut runs: Vec<StaleRun> = Vec::new();
        let mut put = |from: i32, to: i32, off: PerMeasure| match runs.last_mut() {
            _ if from == to => {}
            Some(last) if last.off == off => last.to = to,
            _ => runs.push(StaleRun { from, to, off }),
        };
        let mut end = i32::MIN;
        for run in &self.runs {
            put(end, run.from, by);
            put(run.from, run.to, [0, 1, 2].map(|measure| run.off[measure] + by[measure]));
            end = run.to;
        }
        put(end, i32::MAX, by);
        if runs.len() > MOST / 2 {
            runs = vec![StaleRun { from: i32::MIN, to: i32::MAX, off: by }];
        }
        self.runs = runs;
        self.by = by[change.most];
        self.changes += 1;
    }

    /// Places `[from, to)` are heard anew, and hold.
    pub fn take_out(&mut self, from: i32, to: i32) {
        let rest =
            |run: &StaleRun| [StaleRun { to: run.to.min(from), ..*run }, StaleRun { from: run.from.max(to), ..*run }];
        let runs: Vec<StaleRun> = self.runs.iter().flat_map(rest).filter(|run| run.from < run.to).collect();
        if runs.len() <= MOST {
            self.runs = runs;
        }
    }

    /// By how much a place is expected to be off; `None` where it is not stale.
    pub fn off(&self, place: i32) -> Option<PerMeasure> {
        let run = self.runs.get(self.runs.partition_point(|run| run.to <= place))?;
        (run.from <= place).then_some(run.off)
    }

    pub fn has(&self, place: i32) -> bool {
        self.off(place).is_some()
    }

    /// The stretches of `[from, to)` that are not stale; some may be empty, and the last ends at `to`.
    pub fn between(&self, from: i32, to: i32) -> impl DoubleEndedIterator<Item = (i32, i32)> {
        let first = self.runs.partition_point(|run| run.to <= from);
        let after = self.runs.partition_point(|run| run.from < to);
        (first..=after).map(move |at| {
            let start = at.checked_sub(1).map_or(from, |before| self.runs[before].to.clamp(from, to));
            (start, self.runs.get(at).map_or(to, |run| run.from.clamp(start, to)))
        })
    }

    /// All stale stretches.
    pub fn spans(&self) -> impl Iterator<Item = (i32, i32)> {
        self.runs.iter().map(|run| (run.from, run.to))
    }

    pub fn list(&self) -> StaleList {
        StaleList { by: self.by, spans: self.spans().collect() }
    }

    /// Takes over what another map of the track knows.
    pub fn set(&mut self, list: &StaleList) {
        self.by = list.by;
        self.runs = list.spans.iter().map(|&(from, to)| StaleRun { from, to, off: PerMeasure::default() }).collect();
    }

    pub fn heap_bytes(&self) -> usize {
        self.runs.capacity() * size_of::<StaleRun>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(by: f32) -> LevelChange {
        LevelChange { from: 0, by: [by; 3], most: 0 }
    }

    fn list(spans: impl IntoIterator<Item = (i32, i32)>) -> StaleList {
        StaleList { by: 0.0, spans: spans.into_iter().collect() }
    }

    fn at(stale: &StalePlaces, place: i32) -> Option<f32> {
        stale.off(place).map(|off| off[0])
    }

    #[test]
    fn changes_add_up_where_nothing_was_heard_since() {
        let mut stale = StalePlaces::default();
        assert_eq!(at(&stale, 5), None);
        stale.change(&change(3.0));
        stale.take_out(10, 20);
        assert_eq!([9, 10, 19, 20].map(|place| at(&stale, place)), [Some(3.0), None, None, Some(3.0)]);
        (20..30).for_each(|place| stale.take_out(place, place + 1));
        stale.change(&change(-2.0));
        stale.take_out(25, 30);
        let places = [i32::MIN, 9, 10, 24, 25, 29, 30, i32::MAX - 1];
        let wanted = [Some(1.0), Some(1.0), Some(-2.0), Some(-2.0), None, None, Some(1.0), Some(1.0)];
        assert_eq!(places.map(|place| at(&stale, place)), wanted);
        assert_eq!(stale.spans().collect::<Vec<_>>(), [(i32::MIN, 10), (10, 25), (30, i32::MAX)]);
    }

    #[test]
    fn what_is_not_stale_lies_between() {
        let mut stale = StalePlaces::default();
        let between = |stale: &StalePlaces, from, to| stale.between(from, to).collect::<Vec<_>>();
        assert_eq!(between(&stale, -5, 5), [(-5, 5)]);
        stale.set(&list([(0, 10), (10, 20), (30, 40)]));
        assert_eq!(between(&stale, -5, 50), [(-5, 0), (10, 10), (20, 30), (40, 50)]);
        assert_eq!(between(&stale, 22, 25), [(22, 25)]);
        assert_eq!(between(&stale, 2, 35), [(2, 2), (10, 10), (20, 30), (35, 35)]);
        assert_eq!(between(&stale, 2, 8), [(2, 2), (8, 8)]);
    }

    #[test]
    fn there_are_never_more_runs_than_it_may_hold() {
        let mut stale = StalePlaces::default();
        stale.change(&change(1.0));
        (0..2_000).for_each(|place| stale.take_out(place * 3, place * 3 + 1));
        assert_eq!(stale.runs.len(), MOST);
        assert!(stale.heap_bytes() <= MOST * size_of::<StaleRun>());
        assert!(stale.runs.windows(2).all(|runs| runs[0].to <= runs[1].from), "in order and apart");
        assert_eq!((at(&stale, 0), at(&stale, 5_997)), (None, Some(1.0)), "what no longer fits stays stale");
        (0..6_000).for_each(|place| stale.take_out(place, place + 1));
        assert_eq!(stale.spans().collect::<Vec<_>>(), [(i32::MIN, 0), (6_000, i32::MAX)], "played from its start");
        stale.set(&list((0..400).map(|at| (2 * at, 2 * at + 1))));
        stale.change(&change(2.0));
        assert_eq!(stale.spans().collect::<Vec<_>>(), [(i32::MIN, i32::MAX)]);
    }
}
