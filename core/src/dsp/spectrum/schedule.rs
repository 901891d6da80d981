//! When transforms are due: on a grid of the song, so that a pass reads as the one before, shifted in each instance.

use crate::dsp::bands::CELLS_PER_BANDS;
use crate::dsp::grid::{hop_at, hop_start};
use crate::dsp::record::HOPS_PER_CELL;

/// Transforms a second.
const PER_SECOND: f64 = 30.0;
/// Transforms whose centre lies in one record.
const PER_RECORD: i64 = 60;
/// Hops of a record.
const HOPS: i64 = CELLS_PER_BANDS as i64 * HOPS_PER_CELL;

/// Places of transforms on the song's grid, in frames of the song.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    rate: f64,
    /// Part of the distance between two transforms by which this instance's lie later.
    shift: f64,
}

impl Schedule {
    pub fn new(rate: f64) -> Self {
        Self { rate, shift: 0.0 }
    }

    /// Shifts the grid for the `n`-th instance: by the golden ratio, so that any number of them is spread evenly.
    pub fn stagger(&mut self, n: u32) {
        self.shift = (f64::from(n) * 0.618_033_988_749_894_9).fract();
    }

    /// Centre of transform `k`.
    pub fn centre(&self, k: i64) -> i64 {
        ((k as f64 + self.shift) * self.rate / PER_SECOND).ceil() as i64
    }

    /// The first transform with its centre at `frame` or later.
    pub fn first_from(&self, frame: i64) -> i64 {
        let guess = (frame as f64 * PER_SECOND / self.rate - self.shift).floor() as i64 - 1;
        (guess..).find(|&k| self.centre(k) >= frame).unwrap_or(guess)
    }

    /// The record in which transform `k` has its centre.
    pub fn record_of(k: i64) -> i64 {
        k.div_euclid(PER_RECORD)
    }

    /// The record that holds `frame`.
    pub fn record_at(&self, frame: i64) -> i64 {
        hop_at(frame, self.rate).div_euclid(HOPS)
    }

    pub fn record_of_hop(hop: i64) -> i64 {
        hop.div_euclid(HOPS)
    }

    /// First frame of a record.
    pub fn record_start(&self, record: i64) -> i64 {
        hop_start(record * HOPS, self.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_transforms_have_their_centre_in_each_record_at_any_rate_and_shift() {
        for rate in [8_000.0, 11_025.0, 44_100.0, 47_952.047_952, 192_000.0] {
            for n in [0, 1, 2, 3, 1_000_003] {
                let mut schedule = Schedule::new(rate);
                schedule.stagger(n);
                for record in (-3..3).chain([5_000]) {
                    let limits = [record, record + 1].map(|record| schedule.record_start(record));
                    let [first, next] = limits.map(|frame| schedule.first_from(frame));
                    assert_eq!((next - first, Schedule::record_of(first)), (PER_RECORD, record), "{rate} Hz, {n}");
                    assert_eq!(limits.map(|frame| schedule.record_at(frame)), [record, record + 1]);
                }
            }
        }
    }

    #[test]
    fn instances_are_spread() {
        let mut shifts: Vec<f64> = (0..100)
            .map(|n| {
                let mut schedule = Schedule::new(48_000.0);
                schedule.stagger(n);
                schedule.shift
            })
            .collect();
        shifts.sort_by(f64::total_cmp);
        assert!(shifts.windows(2).all(|pair| (0.004..0.014).contains(&(pair[1] - pair[0]))), "{shifts:?}");
    }
}
