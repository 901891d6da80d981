//! Places of the song whose cells were lost on the way to it, and have not been heard since.

use std::ops::Range;

/// Places that are to be played again.
#[derive(Clone, Debug, Default)]
pub(crate) struct LostCells {
    /// In order, none touching the next.
    spans: Vec<Range<i32>>,
    /// What another process knows of its track, which has no places.
    elsewhere: u32,
}

impl LostCells {
    /// All of these were lost.
    pub fn lose(&mut self, places: Range<i32>) {
        if places.is_empty() {
            return;
        }
        let first = self.spans.partition_point(|span| span.end < places.start);
        let after = self.spans.partition_point(|span| span.start <= places.end);
        let touched = &self.spans[first..after];
        let start = touched.first().map_or(places.start, |span| span.start.min(places.start));
        let end = touched.last().map_or(places.end, |span| span.end.max(places.end));
        self.spans.splice(first..after, std::iter::once(start..end));
    }

    /// This one was heard since.
    pub fn found(&mut self, place: i32) {
        let at = self.spans.partition_point(|span| span.end <= place);
        let Some(span) = self.spans.get_mut(at).filter(|span| span.contains(&place)) else { return };
        let (start, end) = (span.start, span.end);
        let rest = [start..place, place + 1..end].into_iter().filter(|span| !span.is_empty());
        self.spans.splice(at..=at, rest);
    }

    pub fn has(&self, place: i32) -> bool {
        let at = self.spans.partition_point(|span| span.end <= place);
        self.spans.get(at).is_some_and(|span| span.contains(&place))
    }

    pub fn set_elsewhere(&mut self, count: u32) {
        self.elsewhere = count;
    }

    pub fn count(&self) -> u32 {
        self.spans.iter().map(|span| span.end.abs_diff(span.start)).fold(self.elsewhere, u32::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_once_until_each_is_heard() {
        let mut missed = LostCells::default();
        // Beside every place for itself.
        let mut plain = std::collections::BTreeSet::new();
        let mut seed = 1u32;
        let mut random = |below: i32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as i32 % below
        };
        for _ in 0..2_000 {
            let from = random(200) - 100;
            let to = from + random(12);
            missed.lose(from..to);
            plain.extend(from..to);
            for _ in 0..8 {
                let heard = random(220) - 110;
                missed.found(heard);
                plain.remove(&heard);
            }
            let spans: Vec<i32> = missed.spans.iter().cloned().flatten().collect();
            assert!(spans.iter().eq(&plain), "{missed:?} for {plain:?}");
            assert!(missed.spans.windows(2).all(|pair| pair[0].end < pair[1].start), "{missed:?}");
            assert_eq!(missed.count() as usize, plain.len());
        }
        missed.set_elsewhere(7);
        assert_eq!(missed.count() as usize, plain.len() + 7);
        assert_eq!(
            {
                missed.lose(i32::MIN..i32::MAX);
                missed.count()
            },
            u32::MAX,
            "no overflow"
        );
    }
}
