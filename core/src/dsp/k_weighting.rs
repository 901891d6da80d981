//! K-weighting (BS.1770-5, Annex 1): a high shelf for the head, then the RLB high-pass.

mod parallel;
mod serial;

use super::group::Line;
use super::k_design::Coefficients;
use super::simd::{Isa, Path};

use parallel::Parallel;
use serial::Serial;

/// Filter state or energy smaller than this is nothing: it would be denormal, and slow, seconds after the sound ends.
const SILENCE: f64 = 1e-30;

/// The filter of both channels, and the energy of what came out since the last [`KWeighting::take`].
///
/// Its forms differ in rounding alone, by less than 1e-6 dB.
#[derive(Clone, Debug)]
pub(super) enum KWeighting {
    /// For two lanes of f64.
    Serial(Serial),
    /// For four.
    Parallel(Box<Parallel>),
}

impl KWeighting {
    /// In the form that suits the instructions.
    pub fn new(sample_rate: f64, path: Path) -> Self {
        let coefficients = Coefficients::new(sample_rate);
        match Parallel::new(&coefficients) {
            Some(parallel) if path.has_quads() => Self::Parallel(Box::new(parallel)),
            _ => Self::Serial(Serial::new(&coefficients)),
        }
    }

    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Serial(_) => 0,
            Self::Parallel(_) => size_of::<Parallel>(),
        }
    }

    pub fn reset(&mut self) {
        match self {
            Self::Serial(serial) => serial.reset(),
            Self::Parallel(parallel) => parallel.reset(),
        }
    }

    /// Filters the first frames of a run in the first `CHANNELS` channels.
    #[inline(always)]
    pub fn process<I: Isa, const CHANNELS: usize>(&mut self, isa: I, lines: &[Line; 2], frames: usize) {
        match self {
            Self::Serial(serial) => {
                serial.process::<CHANNELS>(lines[0].samples(frames), lines[CHANNELS - 1].samples(frames));
            }
            Self::Parallel(parallel) => parallel.process::<I, CHANNELS>(isa, lines, frames),
        }
    }

    /// Sum of squares over the channels since the last call (BS.1770-5, Annex 1, equation 1 without its mean). A state
    /// too small to matter comes to rest here, once a hop: within one it cannot fall from [`SILENCE`] to denormal.
    pub fn take(&mut self) -> f64 {
        flush(match self {
            Self::Serial(serial) => serial.take(),
            Self::Parallel(parallel) => parallel.take(),
        })
    }
}

/// Zero for what is too small to matter and too small to be fast.
fn flush(value: f64) -> f64 {
    if value.abs() < SILENCE { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::super::group::RUN;
    use super::super::simd::Portable;
    use super::*;

    impl KWeighting {
        fn is_at_rest(&self) -> bool {
            match self {
                Self::Serial(serial) => serial.is_at_rest(),
                Self::Parallel(parallel) => parallel.is_at_rest(),
            }
        }
    }

    fn both(sample_rate: f64) -> [KWeighting; 2] {
        let coefficients = Coefficients::new(sample_rate);
        [
            KWeighting::Serial(Serial::new(&coefficients)),
            KWeighting::Parallel(Box::new(Parallel::new(&coefficients).expect("complex poles"))),
        ]
    }

    fn lines(left: &[f32], right: &[f32]) -> [Line; 2] {
        let mut lines = [Line::new(), Line::new()];
        lines[0].fill(Portable, left);
        lines[1].fill(Portable, right);
        lines
    }

    /// Something like noise, with an offset.
    fn rough(frames: u64) -> Vec<f32> {
        (0..frames).map(|k| ((k * k * 7_919) % 2_001) as f32 / 1_000.0 - 0.7).collect()
    }

    /// Energy of a signal in runs of a length, hop by hop of ten runs; right is the left's half, backwards.
    fn energies<const CHANNELS: usize>(filter: &mut KWeighting, signal: &[f32], length: usize) -> Vec<f64> {
        let mut hops = Vec::new();
        for (k, run) in signal.chunks(length).enumerate() {
            let right: Vec<f32> = run.iter().rev().map(|x| x / 2.0).collect();
            filter.process::<Portable, CHANNELS>(Portable, &lines(run, &right), run.len());
            if k % 10 == 9 {
                hops.push(filter.take());
            }
        }
        hops
    }

    #[test]
    fn both_forms_read_the_same_at_any_rate_and_in_runs_of_any_length() {
        let signal = rough(6_000);
        for rate in [8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 192_000.0, 768_000.0] {
            for length in [1, 5, 16, 27, 100, RUN] {
                let [serial, parallel] = both(rate).map(|mut filter| energies::<2>(&mut filter, &signal, length));
                for (hop, (serial, parallel)) in serial.iter().zip(&parallel).enumerate() {
                    let off = 10.0 * (parallel / serial).log10();
                    assert!(off.abs() < 1e-6, "{rate} Hz, runs of {length}, hop {hop}: {off} dB");
                }
            }
        }
    }

    #[test]
    fn one_channel_reads_as_two_of_which_one_is_silent() {
        let signal = rough(2_000);
        for (mut mono, mut stereo) in both(48_000.0).into_iter().zip(both(48_000.0)) {
            for run in signal.chunks(RUN) {
                mono.process::<Portable, 1>(Portable, &lines(run, &[]), run.len());
                stereo.process::<Portable, 2>(Portable, &lines(run, &vec![0.0; run.len()]), run.len());
            }
            assert_eq!(mono.take(), stereo.take());
        }
    }

    #[test]
    fn the_state_comes_to_rest_after_sound() {
        for rate in [8_000.0, 48_000.0, 768_000.0] {
            for mut filter in both(rate) {
                filter.process::<Portable, 2>(Portable, &lines(&[1.0; RUN], &[-0.5; RUN]), RUN);
                for _ in 0..rate as usize * 2 / RUN {
                    filter.process::<Portable, 2>(Portable, &lines(&[0.0; RUN], &[0.0; RUN]), RUN);
                    filter.take();
                }
                assert!(filter.is_at_rest(), "at {rate} Hz: {filter:?}");
            }
        }
    }
}
