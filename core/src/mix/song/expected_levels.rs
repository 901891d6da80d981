//! By how much a stale place is off, as far as the changes since it was heard tell.

use super::passes::PerMeasure;

/// Runs kept at most; of more the shortest is given up.
const MOST: usize = 127;

/// The changes since the places `[from, to)` were heard.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    from: i32,
    to: i32,
    levels: PerMeasure,
}

/// What each place that was not heard since a change is foretold to be off by. Runs lie apart, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedLevels(Vec<Run>);

impl ExpectedLevels {
    /// The level changed, and only `[from, to]` was heard since.
    pub fn change(&mut self, from: i32, to: i32, by: PerMeasure) {
        let mut runs = Vec::new();
        let mut put = |start: i32, end: i32, levels: PerMeasure| {
            for (start, end) in [(start, end.min(from)), (start.max(to.saturating_add(1)), end)] {
                if start < end {
                    runs.push(Run { from: start, to: end, levels });
                }
            }
        };
        let mut end = i32::MIN;
        for run in &self.0 {
            put(end, run.from, by);
            put(run.from, run.to, [0, 1, 2].map(|measure| run.levels[measure] + by[measure]));
            end = run.to;
        }
        put(end, i32::MAX, by);
        runs.dedup_by(|next, run| {
            let joins = run.to == next.from && run.levels == next.levels;
            if joins {
                run.to = next.to;
            }
            joins
        });
        self.0 = runs;
        self.shorten();
        self.0.shrink_to(MOST + 1);
    }

    /// A place is heard anew: what it was foretold, if anything was.
    pub fn take(&mut self, place: i32) -> Option<PerMeasure> {
        let at = self.0.partition_point(|run| run.to <= place);
        let run = self.0.get_mut(at).filter(|run| run.from <= place)?;
        let (levels, rest) = (run.levels, Run { from: place + 1, ..*run });
        if run.from == place {
            run.from += 1;
        } else {
            run.to = place;
            self.0.insert(at + 1, rest);
        }
        self.0.retain(|run| run.from < run.to);
        self.shorten();
        Some(levels)
    }

    fn shorten(&mut self) {
        while self.0.len() > MOST {
            let length = |run: &Run| i64::from(run.to) - i64::from(run.from);
            let shortest = (0..self.0.len()).min_by_key(|at| length(&self.0[*at]));
            shortest.map(|at| self.0.remove(at));
        }
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Run>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(expected: &ExpectedLevels, place: i32) -> Option<f32> {
        expected.clone().take(place).map(|levels| levels[0])
    }

    #[test]
    fn changes_add_up_where_nothing_was_heard_since() {
        let mut expected = ExpectedLevels::default();
        assert_eq!(at(&expected, 5), None);
        expected.change(10, 19, [3.0; 3]);
        assert_eq!([9, 10, 19, 20].map(|place| at(&expected, place)), [Some(3.0), None, None, Some(3.0)]);
        (20..30).for_each(|place| assert_eq!(expected.take(place), Some([3.0; 3])));
        expected.change(25, 29, [-2.0; 3]);
        let places = [i32::MIN, 9, 10, 24, 25, 29, 30, i32::MAX - 1];
        let wanted = [Some(1.0), Some(1.0), Some(-2.0), Some(-2.0), None, None, Some(1.0), Some(1.0)];
        assert_eq!(places.map(|place| at(&expected, place)), wanted);
        assert_eq!(expected.0.len(), 3);
    }

    #[test]
    fn there_are_never_more_runs_than_it_may_hold() {
        let mut expected = ExpectedLevels::default();
        expected.change(0, 0, [1.0; 3]);
        for place in 0..2_000 {
            expected.take(place * 3);
        }
        assert_eq!(expected.0.len(), MOST);
        assert!(expected.heap_bytes() <= 128 * size_of::<Run>());
        assert!(expected.0.windows(2).all(|runs| runs[0].to <= runs[1].from), "in order and apart");
        assert_eq!(at(&expected, i32::MAX - 1), Some(1.0), "the longest stay");
    }
}
