//! One kernel at a time, to be timed: an analyzer runs them together.

use super::super::group::RUN;
use super::super::simd::{Isa, Simd, Work};
use super::Kernels;

/// What an analyzer does with every sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Takes the samples in, fit for f32 arithmetic. The others here do so, too.
    Input,
    /// Peaks, sums of squares and the cross product.
    Levels,
    /// The true peak.
    TruePeak,
    /// The filter and its energy.
    KWeighting,
}

impl Kernel {
    /// Every kernel.
    pub const ALL: [Self; 4] = [Self::Input, Self::Levels, Self::TruePeak, Self::KWeighting];
}

/// One kernel on two channels.
#[derive(Clone, Debug)]
pub struct KernelAlone {
    kernels: Kernels,
    kernel: Kernel,
}

impl KernelAlone {
    /// On the fastest instructions up to `simd` that the machine has.
    pub fn new(sample_rate: f64, simd: Simd, kernel: Kernel) -> Self {
        Self { kernels: Kernels::new(sample_rate, false, simd), kernel }
    }

    /// Takes one block of two channels, each as long as the other.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        let path = self.kernels.path;
        for samples in left.chunks(RUN).zip(right.chunks(RUN)) {
            path.call(AloneRun { alone: self, samples });
        }
    }
}

struct AloneRun<'a> {
    alone: &'a mut KernelAlone,
    samples: (&'a [f32], &'a [f32]),
}

impl Work for AloneRun<'_> {
    type Output = ();

    #[inline(always)]
    fn on<I: Isa>(self, isa: I) {
        let KernelAlone { kernels, kernel } = self.alone;
        let (left, right) = self.samples;
        let frames = left.len();
        kernels.lines[0].fill(isa, left);
        kernels.lines[1].fill(isa, right);
        match kernel {
            Kernel::Input => {}
            Kernel::Levels => kernels.levels.add::<I, 2>(isa, &kernels.lines, frames),
            Kernel::TruePeak => {
                for (line, true_peak) in kernels.lines.iter().zip(&mut kernels.true_peak) {
                    true_peak.process(isa, line, frames);
                }
            }
            Kernel::KWeighting => kernels.k_weighting.process::<I, 2>(isa, &kernels.lines, frames),
        }
        kernels.lines.iter_mut().for_each(|line| line.pass(frames));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_does_its_own_work_and_no_other() {
        let (left, right) = ([0.5; 3 * RUN], [-0.25; 3 * RUN]);
        for kernel in Kernel::ALL {
            let mut alone = KernelAlone::new(48_000.0, Simd::best(), kernel);
            alone.process(&left, &right);
            let found = alone.kernels.take();
            assert_eq!(found.levels.peak != [0.0; 2], kernel == Kernel::Levels, "{kernel:?}");
            assert_eq!(found.true_peak != [0.0; 2], kernel == Kernel::TruePeak, "{kernel:?}");
            assert_eq!(found.k_power != 0.0, kernel == Kernel::KWeighting, "{kernel:?}");
        }
    }
}
