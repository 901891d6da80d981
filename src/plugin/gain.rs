//! A gain that follows its target without a click.

/// Seconds that a change takes.
const RAMP_S: f32 = 0.02;

/// A gain on a straight line to its target. Settled at exactly 1 it leaves samples as they are, bit for bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    value: f32,
    target: f32,
    step: f32,
    left: u32,
    frames: u32,
}

impl Ramp {
    pub fn new(sample_rate: f32, value: f32) -> Self {
        Self { value, target: value, step: 0.0, left: 0, frames: ((sample_rate * RAMP_S) as u32).max(1) }
    }

    /// Jumps to `value`.
    pub fn snap(&mut self, value: f32) {
        *self = Self { value, target: value, step: 0.0, left: 0, frames: self.frames };
    }

    pub fn set_target(&mut self, target: f32) {
        if target != self.target {
            self.target = target;
            self.left = self.frames;
            self.step = (target - self.value) / self.frames as f32;
        }
    }

    /// The value at each frame that follows, or `None` while it stands still.
    pub fn settled(&self) -> Option<f32> {
        (self.left == 0).then_some(self.value)
    }

    pub fn next(&mut self) -> f32 {
        self.left = self.left.saturating_sub(1);
        // Counted back from the target: sums of steps would miss it.
        self.value = if self.left == 0 { self.target } else { self.target - self.step * self.left as f32 };
        self.value
    }
}

/// Applies `gain` to one or two channels.
pub fn apply(gain: &mut Ramp, left: &mut [f32], right: Option<&mut [f32]>) {
    if gain.settled() == Some(1.0) {
        return;
    }
    match right {
        Some(right) => {
            for (left, right) in left.iter_mut().zip(right) {
                let gain = gain.next();
                *left *= gain;
                *right *= gain;
            }
        }
        None => left.iter_mut().for_each(|sample| *sample *= gain.next()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settles_exactly_where_it_should_without_a_jump() {
        let mut ramp = Ramp::new(48_000.0, 1.0);
        ramp.set_target(4.0);
        let mut last = 1.0;
        for _ in 0..960 {
            let value = ramp.next();
            assert!((value - last).abs() <= 3.0 / 960.0 + 1e-5, "a jump from {last} to {value}");
            last = value;
        }
        assert_eq!(ramp.settled(), Some(4.0));
        ramp.set_target(1.0);
        assert_eq!(ramp.settled(), None);
        (0..960).for_each(|_| _ = ramp.next());
        assert_eq!(ramp.settled(), Some(1.0), "back at 1 exactly");
    }

    #[test]
    fn at_one_every_bit_stays() {
        let odd = [f32::NAN, f32::INFINITY, 1e-42, -0.0, 0.1];
        let (mut left, mut right) = (odd, odd);
        apply(&mut Ramp::new(48_000.0, 1.0), &mut left, Some(&mut right));
        assert_eq!(left.map(f32::to_bits), odd.map(f32::to_bits));
        assert_eq!(right.map(f32::to_bits), odd.map(f32::to_bits));
    }
}
