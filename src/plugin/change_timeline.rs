//! Changes of parameters inside the block at hand, each at its frame.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::host::TimedChange;

/// More changes than a host sends with one block. What comes beyond goes into the parameter's last change.
const CAPACITY: usize = 512;
/// Marks a modulation in an entry's parameter.
const MODULATION: u32 = 1 << 31;

/// Changes in the order of their frames. The audio thread alone reads and writes; nothing is allocated after `new`.
#[derive(Debug)]
pub struct ChangeTimeline {
    len: AtomicUsize,
    entries: Box<[ChangeEntry]>,
}

#[derive(Debug, Default)]
struct ChangeEntry {
    frame: AtomicU32,
    param: AtomicU32,
    value: AtomicU32,
}

impl ChangeEntry {
    fn get(&self) -> TimedChange {
        let param = self.param.load(Relaxed);
        TimedChange {
            frame: self.frame.load(Relaxed),
            position: (param & !MODULATION) as usize,
            is_modulation: param & MODULATION != 0,
            value: f32::from_bits(self.value.load(Relaxed)),
        }
    }

    fn set(&self, change: TimedChange) {
        let modulation = if change.is_modulation { MODULATION } else { 0 };
        self.frame.store(change.frame, Relaxed);
        self.param.store(change.position as u32 | modulation, Relaxed);
        self.value.store(change.value.to_bits(), Relaxed);
    }

    fn is_alike(&self, change: &TimedChange) -> bool {
        let own = self.get();
        (own.position, own.is_modulation) == (change.position, change.is_modulation)
    }
}

impl Default for ChangeTimeline {
    fn default() -> Self {
        Self { len: AtomicUsize::new(0), entries: (0..CAPACITY).map(|_| ChangeEntry::default()).collect() }
    }
}

impl ChangeTimeline {
    /// Adds a change; one at the same frame as another comes after it. False where there is no room for it.
    pub fn add(&self, change: TimedChange) -> bool {
        let len = self.len.load(Relaxed);
        if len == CAPACITY {
            let alike = self.entries.iter().rev().find(|entry| entry.is_alike(&change));
            return alike.map(|entry| entry.value.store(change.value.to_bits(), Relaxed)).is_some();
        }
        let mut place = len;
        while place > 0 && self.entries[place - 1].frame.load(Relaxed) > change.frame {
            self.entries[place].set(self.entries[place - 1].get());
            place -= 1;
        }
        self.entries[place].set(change);
        self.len.store(len + 1, Relaxed);
        true
    }

    /// The change in this place of the order.
    pub fn get(&self, place: usize) -> Option<TimedChange> {
        (place < self.len.load(Relaxed)).then(|| self.entries[place].get())
    }

    pub fn clear(&self) {
        self.len.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(frame: u32, position: usize, value: f32) -> TimedChange {
        TimedChange { frame, position, is_modulation: false, value }
    }

    fn all(timeline: &ChangeTimeline) -> Vec<TimedChange> {
        (0..).map_while(|place| timeline.get(place)).collect()
    }

    #[test]
    fn changes_come_out_by_frame_and_as_they_came_in() {
        let timeline = ChangeTimeline::default();
        let modulated = TimedChange { is_modulation: true, ..change(7, 1, -0.5) };
        for one in [change(7, 1, 0.1), change(90, 1, 0.2), modulated, change(0, 3, 0.3), change(90, 2, 0.4)] {
            assert!(timeline.add(one));
        }
        let expected = [change(0, 3, 0.3), change(7, 1, 0.1), modulated, change(90, 1, 0.2), change(90, 2, 0.4)];
        assert_eq!(all(&timeline), expected);
        timeline.clear();
        assert_eq!(all(&timeline), []);
    }

    #[test]
    fn a_flood_keeps_each_parameters_last_value() {
        let timeline = ChangeTimeline::default();
        for frame in 0..1000 {
            assert!(timeline.add(change(frame, (frame % 2) as usize, frame as f32)));
        }
        let last = |position| all(&timeline).into_iter().rfind(|change| change.position == position);
        assert_eq!((last(0).map(|c| c.value), last(1).map(|c| c.value)), (Some(998.0), Some(999.0)));
        assert!(!timeline.add(change(1000, 2, 1.0)), "a parameter that has none there");
    }
}
