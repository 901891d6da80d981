//! Values set through the controller that no block has carried yet.

use std::sync::atomic::{AtomicU32, Ordering};

/// No value: the bits of a NaN that no host's value has.
const NONE: u32 = u32::MAX;

/// One place for each parameter. Every method is a few atomic accesses, for any thread.
#[derive(Debug)]
pub(super) struct Pending {
    values: Box<[AtomicU32]>,
}

impl Pending {
    pub fn new(len: usize) -> Self {
        Self { values: (0..len).map(|_| AtomicU32::new(NONE)).collect() }
    }

    pub fn put(&self, position: usize, value: f32) {
        if let Some(place) = self.values.get(position) {
            place.store(value.to_bits(), Ordering::Release);
        }
    }

    /// A block has come: the host sent with it what it wanted.
    pub fn clear(&self) {
        self.take_all(|_, _| {});
    }

    pub fn take_all(&self, mut take: impl FnMut(usize, f32)) {
        for (position, place) in self.values.iter().enumerate() {
            // Almost always there is none: a load is cheaper than a swap.
            if place.load(Ordering::Acquire) != NONE {
                let bits = place.swap(NONE, Ordering::AcqRel);
                if bits != NONE {
                    take(position, f32::from_bits(bits));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_is_taken_once() {
        let pending = Pending::new(3);
        pending.put(1, 0.25);
        pending.put(1, 0.75);
        pending.put(7, 1.0);
        let mut taken = Vec::new();
        pending.take_all(|position, value| taken.push((position, value)));
        assert_eq!(taken, [(1, 0.75)]);
        pending.take_all(|position, _| panic!("{position} is taken twice"));
        pending.put(2, 0.5);
        pending.clear();
        pending.take_all(|position, _| panic!("{position} outlives its block"));
    }
}
