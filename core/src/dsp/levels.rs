//! Sample peaks, sums of squares and the cross product of two channels.

use super::group::{GROUP, Line};
use super::simd::{Isa, LANES, Lanes};

/// Groups whose squares a lane adds up in f32 before they go into f64: 64 squares, exact to 2e-6 and far better mostly.
const GROUPS_IN_F32: usize = 32;

/// Running peaks and sums of a hop, one for each lane.
#[derive(Clone, Debug, Default)]
pub(super) struct RunningLevels {
    peak: [[f32; LANES]; 2],
    power: [[f32; LANES]; 2],
    cross: [f32; LANES],
    /// Groups in the lanes' sums.
    groups: usize,
    /// What the lanes came to before.
    sums: LevelSums,
}

/// What [`RunningLevels`] came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct LevelSums {
    pub peak: [f32; 2],
    pub power: [f64; 2],
    pub cross: f64,
}

impl RunningLevels {
    /// Takes in the first frames of a run in the first `CHANNELS` channels.
    #[inline(always)]
    pub fn add<I: Isa, const CHANNELS: usize>(&mut self, isa: I, lines: &[Line; 2], frames: usize) {
        let groups = frames.div_ceil(GROUP);
        let mut from = 0;
        while from < groups {
            let to = groups.min(from + GROUPS_IN_F32 - self.groups);
            self.add_in_f32::<I, CHANNELS>(isa, lines.each_ref().map(|line| line.groups(from, to)));
            self.groups += to - from;
            if self.groups == GROUPS_IN_F32 {
                self.empty_lanes();
            }
            from = to;
        }
    }

    #[inline(always)]
    fn add_in_f32<I: Isa, const CHANNELS: usize>(&mut self, isa: I, [left, right]: [&[[f32; GROUP]]; 2]) {
        let mut peak = [isa.load(&self.peak[0]), isa.load(&self.peak[1])];
        let mut power = [isa.load(&self.power[0]), isa.load(&self.power[1])];
        let mut cross = isa.load(&self.cross);
        for (left, right) in left.iter().zip(right) {
            for at in [0, LANES] {
                let samples = [isa.load(&left[at..]), isa.load(&right[at..])];
                for c in 0..CHANNELS {
                    peak[c] = peak[c].larger(samples[c].magnitude());
                    power[c] = power[c].plus_product(samples[c], samples[c]);
                }
                if CHANNELS == 2 {
                    cross = cross.plus_product(samples[0], samples[1]);
                }
            }
        }
        for c in 0..CHANNELS {
            peak[c].store(&mut self.peak[c]);
            power[c].store(&mut self.power[c]);
        }
        cross.store(&mut self.cross);
    }

    fn empty_lanes(&mut self) {
        let sum = |lanes: &mut [f32; LANES]| std::mem::take(lanes).into_iter().map(f64::from).sum::<f64>();
        for c in 0..2 {
            self.sums.power[c] += sum(&mut self.power[c]);
        }
        self.sums.cross += sum(&mut self.cross);
        self.groups = 0;
    }

    /// The sums since the last call.
    pub fn take(&mut self) -> LevelSums {
        self.empty_lanes();
        let peak = std::mem::take(&mut self.peak).map(|lanes| lanes.into_iter().fold(0.0, larger));
        LevelSums { peak, ..std::mem::take(&mut self.sums) }
    }
}

/// The larger of two numbers that are never NaN: one instruction, where `f32::max` must look for NaN.
#[inline(always)]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}
#[cfg(test)]
mod tests {
    use super::super::group::RUN;
    use super::super::simd::Portable;
    use super::*;

    fn lines(left: &[f32], right: &[f32]) -> [Line; 2] {
        let mut lines = [Line::new(), Line::new()];
        lines[0].fill(Portable, left);
        lines[1].fill(Portable, right);
        lines
    }

    #[test]
    fn takes_the_largest_magnitude_and_the_sums_of_all_groups() {
        let mut levels = RunningLevels::default();
        levels.add::<_, 2>(Portable, &lines(&[0.5; GROUP], &[-0.25; GROUP]), GROUP);
        levels.add::<_, 2>(Portable, &lines(&[0.0, 0.0, 0.0, -0.75], &[0.0; 4]), 4);
        let sums = levels.take();
        assert_eq!(sums.peak, [0.75, 0.25]);
        assert_eq!(sums.power, [16.0 * 0.25 + 0.5625, 1.0]);
        assert_eq!(sums.cross, -2.0);
        assert_eq!(levels.take(), LevelSums::default(), "a second take reads nothing");
    }

    #[test]
    fn a_long_hop_of_equal_samples_sums_up_exactly() {
        let mut levels = RunningLevels::default();
        let sample = 0.3f32;
        let runs = lines(&[sample; RUN], &[sample; RUN]);
        (0..60).for_each(|_| levels.add::<_, 2>(Portable, &runs, RUN));
        let expected = f64::from(sample).powi(2) * (60 * RUN) as f64;
        let sums = levels.take();
        for read in [sums.power[0], sums.power[1], sums.cross] {
            assert!((10.0 * (read / expected).log10()).abs() < 1e-5, "read {read}, expected {expected}");
        }
    }
}
