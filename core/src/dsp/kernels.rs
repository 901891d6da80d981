//! The kernels of one track, run side by side on the instructions that its analyzer chose.

mod alone;

use super::group::{Line, RUN};
use super::k_weighting::KWeighting;
use super::levels::{LevelSums, RunningLevels};
use super::simd::{Isa, Path, Simd, Work};
use super::true_peak::{DELAY, TruePeak};

pub use alone::{Kernel, KernelAlone};

/// What the kernels found in a hop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub levels: LevelSums,
    pub true_peak: [f32; 2],
    pub k_power: f64,
}

/// Levels, true peak and K-weighted energy of a track of one or two channels.
#[derive(Clone, Debug)]
pub(super) struct Kernels {
    path: Path,
    mono: bool,
    lines: [Line; 2],
    levels: RunningLevels,
    true_peak: [TruePeak; 2],
    k_weighting: KWeighting,
}

impl Kernels {
    /// On the fastest instructions up to `simd` that the machine has.
    pub fn new(sample_rate: f64, mono: bool, simd: Simd) -> Self {
        let path = Path::up_to(simd);
        Self {
            path,
            mono,
            lines: [Line::new(), Line::new()],
            levels: RunningLevels::default(),
            true_peak: [TruePeak::new(), TruePeak::new()],
            k_weighting: KWeighting::new(sample_rate, path),
        }
    }

    pub fn simd(&self) -> Simd {
        self.path.simd()
    }

    pub fn heap_bytes(&self) -> usize {
        self.k_weighting.heap_bytes()
    }

    pub fn reset(&mut self) {
        self.lines = [Line::new(), Line::new()];
        self.levels = RunningLevels::default();
        self.true_peak.iter_mut().for_each(TruePeak::reset);
        self.k_weighting.reset();
    }

    /// Takes in groups from a hop's first frame on, at most [`RUN`] frames; only the hop's last group may be short.
    /// Both channels are as long, but that one of a single channel is left unread. Says whether any sample was not finite.
    pub fn run(&mut self, left: &[f32], right: &[f32]) -> bool {
        self.path.call(KernelRun { kernels: self, samples: [left, right] })
    }

    #[inline(always)]
    fn run_channels<I: Isa, const CHANNELS: usize>(&mut self, isa: I, samples: [&[f32]; 2]) -> bool {
        let frames = samples[0].len();
        debug_assert!(frames <= RUN, "{frames} frames");
        let mut non_finite = false;
        let channels = self.lines.iter_mut().zip(&mut self.true_peak).zip(samples);
        for ((line, true_peak), samples) in channels.take(CHANNELS) {
            non_finite |= line.fill(isa, samples);
            true_peak.process(isa, line, frames);
        }
        self.levels.add::<I, CHANNELS>(isa, &self.lines, frames);
        self.k_weighting.process::<I, CHANNELS>(isa, &self.lines, frames);
        self.lines.iter_mut().take(CHANNELS).for_each(|line| line.pass(frames));
        non_finite
    }

    /// The samples of the last run, fit for f32 arithmetic; of a second channel that is not there silence.
    pub fn samples(&self, frames: usize) -> [&[f32]; 2] {
        [self.lines[0].samples(frames), self.lines[1].samples(frames)]
    }

    /// What came in since the last call: at a hop's end.
    pub fn take(&mut self) -> Found {
        Found {
            levels: self.levels.take(),
            true_peak: [self.true_peak[0].take(), self.true_peak[1].take()],
            k_power: self.k_weighting.take(),
        }
    }

    /// Runs silence through, as after a file's end, and gives the true peaks of what was still inside.
    pub fn drain(&mut self) -> [f32; 2] {
        self.run(&[0.0; DELAY], &[0.0; DELAY]);
        self.take().true_peak
    }
}

/// One call of [`Kernels::run`].
struct KernelRun<'a> {
    kernels: &'a mut Kernels,
    samples: [&'a [f32]; 2],
}

impl Work for KernelRun<'_> {
    type Output = bool;

    #[inline(always)]
    fn on<I: Isa>(self, isa: I) -> bool {
        if self.kernels.mono {
            self.kernels.run_channels::<I, 1>(isa, self.samples)
        } else {
            self.kernels.run_channels::<I, 2>(isa, self.samples)
        }
    }
}
