//! Parameters on their way: from the host into the block at hand, and from Keel to the host.

use std::sync::atomic::{AtomicU32, Ordering};

use super::change_timeline::ChangeTimeline;
use crate::host::{Gesture, OwnChange, ParamTable, TimedChange};

/// An instance's parameters, and their changes that are under way.
#[derive(Debug)]
pub struct ParamChanges {
    pub table: ParamTable,
    timeline: ChangeTimeline,
    own: OwnChanges,
}

impl ParamChanges {
    pub fn new(table: ParamTable) -> Self {
        Self { table, timeline: ChangeTimeline::default(), own: OwnChanges::default() }
    }

    /// A change that the host sends with a block.
    pub fn at_frame(&self, change: TimedChange) {
        if !self.timeline.add(change) {
            self.table.apply(&change);
        }
    }

    /// Applies the changes from this place of the order on that are due by `frame`; the place of the next one.
    pub fn apply_due(&self, mut place: usize, frame: u32) -> usize {
        while let Some(change) = self.timeline.get(place).filter(|change| change.frame <= frame) {
            self.table.apply(&change);
            place += 1;
        }
        place
    }

    /// The frame of the change in this place.
    pub fn next_frame(&self, place: usize) -> Option<u32> {
        self.timeline.get(place).map(|change| change.frame)
    }

    /// The block has ended, or there was none: what is left counts now.
    pub fn apply_rest(&self, place: usize) {
        self.apply_due(place, u32::MAX);
        self.timeline.clear();
    }

    /// Keel sets a parameter; the host is to be informed.
    pub fn set(&self, position: usize, normalized: f32) {
        self.table.set_normalized(position, normalized, None);
        self.own.changed.fetch_or(bit(position), Ordering::Release);
    }

    /// The same by a user's hand.
    pub fn gesture(&self, position: usize, gesture: Gesture) {
        match gesture {
            Gesture::Begin => self.own.hold(position),
            Gesture::Set(value) => self.set(position, value),
            Gesture::End => self.own.let_go(position),
        }
    }

    /// The next that the host is to be informed of. One thread at a time.
    pub fn take_own(&self) -> Option<OwnChange> {
        let (position, is_set, begins, ends) = self.own.take()?;
        let value = if is_set { self.table.normalized(position) } else { None };
        Some(OwnChange { position, value, begins, ends })
    }

    /// What the host could not take after all: later.
    pub fn put_back(&self, change: &OwnChange) {
        self.own.put_back(change.position, change.value.is_some(), change.begins, change.ends);
    }
}

/// What the host is to be informed of, a bit for each parameter's place in the table. Gestures between two of the host's calls
/// become one.
#[derive(Debug, Default)]
struct OwnChanges {
    changed: AtomicU32,
    /// A gesture began or ended.
    touched: AtomicU32,
    /// A hand is on it.
    held: AtomicU32,
    /// The host knows of the beginning of a gesture, and not of its end.
    begun: AtomicU32,
}

impl OwnChanges {
    fn hold(&self, position: usize) {
        self.held.fetch_or(bit(position), Ordering::AcqRel);
        self.touched.fetch_or(bit(position), Ordering::AcqRel);
    }

    fn let_go(&self, position: usize) {
        self.held.fetch_and(!bit(position), Ordering::AcqRel);
        self.touched.fetch_or(bit(position), Ordering::AcqRel);
    }

    fn put_back(&self, position: usize, is_set: bool, begins: bool, ends: bool) {
        let bit = bit(position);
        if is_set {
            self.changed.fetch_or(bit, Ordering::AcqRel);
        }
        if begins {
            self.begun.fetch_and(!bit, Ordering::Relaxed);
        } else if ends {
            self.begun.fetch_or(bit, Ordering::Relaxed);
        }
        self.touched.fetch_or(bit, Ordering::AcqRel);
    }

    /// A parameter's position, and whether it was set, its gesture begins, and ends.
    fn take(&self) -> Option<(usize, bool, bool, bool)> {
        loop {
            let waiting = self.changed.load(Ordering::Acquire) | self.touched.load(Ordering::Acquire);
            if waiting == 0 {
                return None;
            }
            let found = self.take_at(waiting.trailing_zeros() as usize);
            // A gesture that came and went without a value is none.
            if found.1 || found.2 != found.3 {
                return Some(found);
            }
        }
    }

    fn take_at(&self, position: usize) -> (usize, bool, bool, bool) {
        let bit = bit(position);
        let clear = |bits: &AtomicU32| bits.fetch_and(!bit, Ordering::AcqRel) & bit != 0;
        let (is_touched, is_set) = (clear(&self.touched), clear(&self.changed));
        let is_held = self.held.load(Ordering::Acquire) & bit != 0;
        let was_begun = self.begun.load(Ordering::Relaxed) & bit != 0;
        let begins = is_touched && !was_begun;
        let ends = (was_begun || begins) && !is_held;
        if (was_begun || begins) && !ends {
            self.begun.fetch_or(bit, Ordering::Relaxed);
        } else {
            self.begun.fetch_and(!bit, Ordering::Relaxed);
        }
        (position, is_set, begins, ends)
    }
}

fn bit(position: usize) -> u32 {
    1 << position
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gesture_is_sent_from_its_beginning_to_its_end() {
        let own = OwnChanges::default();
        let set = |position: usize| own.changed.fetch_or(bit(position), Ordering::Release);
        assert_eq!(own.take(), None);
        own.hold(1);
        set(1);
        assert_eq!(own.take(), Some((1, true, true, false)));
        set(1);
        assert_eq!(own.take(), Some((1, true, false, false)), "the hand moves on");
        own.let_go(1);
        assert_eq!(own.take(), Some((1, false, false, true)));
        assert_eq!(own.take(), None);

        own.hold(2);
        set(2);
        own.let_go(2);
        set(3);
        assert_eq!(own.take(), Some((2, true, true, true)), "a click");
        assert_eq!(own.take(), Some((3, true, false, false)), "not by a hand");
        assert_eq!(own.take(), None);

        own.hold(1);
        own.let_go(1);
        own.hold(1);
        assert_eq!(own.take(), Some((1, false, true, false)), "two at once are one that goes on");
        own.let_go(1);
        assert_eq!(own.take(), Some((1, false, false, true)));

        own.hold(1);
        own.let_go(1);
        assert_eq!(own.take(), None, "nothing was set");
    }

    #[test]
    fn what_the_host_had_no_room_for_is_sent_later() {
        let own = OwnChanges::default();
        own.hold(1);
        own.changed.fetch_or(bit(1), Ordering::Release);
        own.let_go(1);
        let (position, is_set, begins, ends) = own.take().expect("a click");
        own.put_back(position, is_set, begins, ends);
        assert_eq!(own.take(), Some((1, true, true, true)), "none of it was sent");
        own.put_back(1, true, false, true);
        assert_eq!(own.take(), Some((1, true, false, true)), "its beginning was");
        own.put_back(1, false, false, true);
        assert_eq!(own.take(), Some((1, false, false, true)), "its end alone is left");
        assert_eq!(own.take(), None);
    }
}
