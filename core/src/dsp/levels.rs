//! Sample peaks, sums of squares and the cross product of two channels.

use super::group::GROUP;

/// Running peaks and sums of a hop, one for each place in the group so that the compiler can run them side by side.
///
/// A lane adds at most one square each 16 frames, which keeps f32 exact to 1e-5 dB over a hop at any rate.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    peak: [[f32; GROUP]; 2],
    power: [[f32; GROUP]; 2],
    cross: [f32; GROUP],
}

/// What [`Levels`] came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct LevelSums {
    pub peak: [f32; 2],
    pub power: [f64; 2],
    pub cross: f64,
}

impl Levels {
    /// Takes in one group, zero where it holds no frame.
    #[inline]
    pub fn add(&mut self, [left, right]: &[[f32; GROUP]; 2]) {
        for lane in 0..GROUP {
            let (l, r) = (left[lane], right[lane]);
            self.peak[0][lane] = larger(self.peak[0][lane], l.abs());
            self.peak[1][lane] = larger(self.peak[1][lane], r.abs());
            self.power[0][lane] += l * l;
            self.power[1][lane] += r * r;
            self.cross[lane] += l * r;
        }
    }

    /// The sums since the last call.
    pub fn take(&mut self) -> LevelSums {
        let lanes = std::mem::take(self);
        let sum = |lanes: &[f32; GROUP]| lanes.iter().copied().map(f64::from).sum();
        LevelSums {
            peak: lanes.peak.map(|channel| max(&channel)),
            power: [sum(&lanes.power[0]), sum(&lanes.power[1])],
            cross: sum(&lanes.cross),
        }
    }
}

/// The larger of two numbers that are never NaN: one instruction, where `f32::max` must look for NaN.
#[inline(always)]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The largest lane.
pub(super) fn max(lanes: &[f32; GROUP]) -> f32 {
    lanes.iter().copied().fold(0.0, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_largest_magnitude_and_the_sums_of_all_groups() {
        let mut levels = Levels::default();
        levels.add(&[[0.5; GROUP], [-0.25; GROUP]]);
        let mut left = [0.0; GROUP];
        left[3] = -0.75;
        levels.add(&[left, [0.0; GROUP]]);
        let sums = levels.take();
        assert_eq!(sums.peak, [0.75, 0.25]);
        assert_eq!(sums.power, [16.0 * 0.25 + 0.5625, 1.0]);
        assert_eq!(sums.cross, -2.0);
        assert_eq!(levels.take(), LevelSums::default(), "a second take reads nothing");
    }
}
