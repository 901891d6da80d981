//! The mono check: (L + R) / 2 on both sides, for the ear only.

use super::gain::Ramp;

/// It turns itself off after so much audio: a forgotten check must not go into anybody's mix.
const LIMIT_S: f64 = 600.0;

/// Collapses a stereo track to mono while it is asked to.
#[derive(Clone, Debug)]
pub struct MonoCheck {
    /// 0 untouched, 1 mono.
    blend: Ramp,
    frames_left: u64,
    limit: u64,
}

impl MonoCheck {
    pub fn new(sample_rate: f32) -> Self {
        let limit = (f64::from(sample_rate) * LIMIT_S) as u64;
        Self { blend: Ramp::new(sample_rate, 0.0), frames_left: limit, limit }
    }

    /// Not in the output from here on, without a fade, until it fades in again.
    pub fn silence(&mut self) {
        self.blend.snap(0.0);
    }

    /// The check has been on for as long as it may. True until it is switched off.
    pub fn expired(&self) -> bool {
        self.frames_left == 0
    }

    /// Leaves a block as it is, and the next ones until the check fades in again. Its time runs on all the same.
    pub fn pass(&mut self, wanted: bool, frames: usize) {
        self.silence();
        self.count(wanted, frames);
    }

    fn count(&mut self, wanted: bool, frames: usize) {
        self.frames_left = if wanted { self.frames_left.saturating_sub(frames as u64) } else { self.limit };
    }

    /// Runs one block. A check that is not wanted fades out.
    pub fn process(&mut self, wanted: bool, left: &mut [f32], right: &mut [f32]) {
        self.count(wanted, left.len());
        self.blend.set_target(if wanted && !self.expired() { 1.0 } else { 0.0 });
        match self.blend.settled() {
            Some(0.0) => {}
            Some(_) => left.iter_mut().zip(right).for_each(|(left, right)| {
                let mono = middle(*left, *right);
                (*left, *right) = (mono, mono);
            }),
            None => left.iter_mut().zip(right).for_each(|(left, right)| {
                let (blend, mono) = (self.blend.next(), middle(*left, *right));
                *left += (mono - *left) * blend;
                *right += (mono - *right) * blend;
            }),
        }
    }
}

fn middle(left: f32, right: f32) -> f32 {
    (left + right) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 8_000.0;

    /// A second of two different sines through a check that is switched on at the start and off half-way.
    fn check() -> (Vec<f32>, Vec<f32>) {
        let sine = |hz: f32| move |n: u32| (n as f32 / RATE * hz * std::f32::consts::TAU).sin() * 0.5;
        let mut left: Vec<f32> = (0..8000).map(sine(50.0)).collect();
        let mut right: Vec<f32> = (0..8000).map(sine(75.0)).collect();
        let mut check = MonoCheck::new(RATE);
        for (k, (left, right)) in left.chunks_mut(100).zip(right.chunks_mut(100)).enumerate() {
            check.process(k < 40, left, right);
        }
        (left, right)
    }

    #[test]
    fn both_sides_are_equal_while_it_is_on() {
        let (left, right) = check();
        assert_eq!(left[200..4000], right[200..4000]);
        let sine = |hz: f32, n: f32| (n / RATE * hz * std::f32::consts::TAU).sin() * 0.5;
        assert_ne!(left[4500], right[4500], "off again");
        assert!((left[4500] - sine(50.0, 4500.0)).abs() < 1e-4, "and untouched");
    }

    #[test]
    fn it_comes_and_goes_without_a_click() {
        let (left, right) = check();
        // The steepest slope of the sines, and of a fade over 20 ms between signals at most 1 apart.
        let steepest = 0.5 * std::f32::consts::TAU * 75.0 / RATE + 1.0 / (RATE * 0.02);
        for side in [left, right] {
            let jump = side.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(jump <= steepest * 1.01, "a jump of {jump}, the signals allow {steepest}");
        }
    }

    #[test]
    fn it_turns_itself_off_after_ten_minutes() {
        let mut check = MonoCheck::new(RATE);
        for second in 0..600 {
            assert!(!check.expired(), "expired after {second} s");
            let (mut left, mut right) = ([0.5; 8000], [-0.5; 8000]);
            check.process(true, &mut left, &mut right);
        }
        assert!(check.expired());
        let (mut left, mut right) = ([0.5; 8000], [-0.5; 8000]);
        check.process(true, &mut left, &mut right);
        assert_eq!((left[7999], right[7999]), (0.5, -0.5), "untouched again");
        check.process(false, &mut left, &mut right);
        assert!(!check.expired(), "ready for the next time");
    }

    #[test]
    fn a_block_that_passes_has_nothing_of_it_and_takes_of_its_time() {
        let mut check = MonoCheck::new(RATE);
        let (mut left, mut right) = ([0.5; 8000], [-0.5; 8000]);
        check.process(true, &mut left, &mut right);
        (0..599).for_each(|_| check.pass(true, 8000));
        assert!(check.expired());
        check.pass(false, 1);
        let (mut left, mut right) = ([0.5; 100], [-0.5; 100]);
        check.process(true, &mut left, &mut right);
        assert!((left[0] - 0.5).abs() < 0.01 && left[99] < left[0], "it fades in anew");
    }
}
