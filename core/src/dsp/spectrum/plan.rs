//! What all instances of one sample rate share: the transform, its window, and which bins belong to which band.

use std::f64::consts::TAU;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::half_band;
use crate::dsp::bands::{BANDS, band_limits_hz};

/// Decimation leaves at least this rate, so that what aliases below 16 kHz comes from above 24 kHz.
const LOWEST_RATE: f64 = 40_000.0;
/// Points a second of resolution: 4096 at 48 kHz.
const RESOLUTION_S: f64 = 4_096.0 / 48_000.0;
/// Longest transform, for rates between the usual ones: 12.5 Hz of resolution at 64 kHz, 15.6 Hz at 80 kHz. What an
/// instance may hold allows no longer one.
pub(super) const LONGEST: usize = 5_120;
/// What the usual rates need: 44.1 and 48 kHz and their multiples.
pub(super) const USUAL: usize = 4_096;

/// The shared tables of one rate.
pub(super) struct TransformPlan {
    rate: f64,
    /// Frames that decimation makes one sample of: a power of two.
    pub factor: usize,
    /// Samples of a transform.
    pub len: usize,
    /// Hann, scaled so that the sum of the squares of bins 0 to `len / 2` is a mean square.
    pub window: Box<[f32]>,
    pub bins: [BandBins; BANDS],
    /// Bins that bands read, 0 included.
    pub used: usize,
    /// Points that the transform wants beside its buffers: none on the usual machines.
    scratch: usize,
    fft: Arc<dyn RealToComplex<f32>>,
}

/// The bins of one band. A bin that a limit cuts is shared by the width on either side: all shares of a bin sum to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BandBins {
    pub first: usize,
    pub last: usize,
    /// Shares of the first and of the last bin; of the last none where it is the first.
    pub head: f32,
    pub tail: f32,
}

impl TransformPlan {
    /// The plan of a rate, made if no instance has it yet.
    pub fn of(rate: f64) -> Arc<Self> {
        static PLANS: Mutex<Vec<Weak<TransformPlan>>> = Mutex::new(Vec::new());
        let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|plan| plan.strong_count() > 0);
        if let Some(plan) = plans.iter().filter_map(Weak::upgrade).find(|plan| plan.rate == rate) {
            return plan;
        }
        let plan = Arc::new(Self::new(rate));
        plans.push(Arc::downgrade(&plan));
        plan
    }

    fn new(rate: f64) -> Self {
        let factor = factor(rate);
        let rate_here = rate / factor as f64;
        let len = length(rate_here);
        let fft = RealFftPlanner::new().plan_fft_forward(len);
        let bins = std::array::from_fn(|band| BandBins::new(band, len as f64 / rate_here, len / 2));
        let used = bins.iter().map(|bins: &BandBins| bins.last + 1).max().unwrap_or(0);
        Self { rate, factor, len, window: window(len), bins, used, scratch: fft.get_scratch_len(), fft }
    }

    /// Frames by which the decimated signal lags.
    pub fn delay(&self) -> i64 {
        half_band::delay(self.factor)
    }

    /// Transforms `len` windowed samples, which are lost, into `len / 2 + 1` bins. DC, half of which the window spreads
    /// into bin 1, is taken out there.
    pub fn transform(&self, samples: &mut [f32], bins: &mut [Complex<f32>]) {
        let done = if self.scratch == 0 {
            self.fft.process_with_scratch(samples, bins, &mut [])
        } else {
            let mut scratch = [Complex::default(); LONGEST / 2];
            self.fft.process_with_scratch(samples, bins, &mut scratch[..self.scratch])
        };
        debug_assert!(done.is_ok(), "the buffers fit the plan");
        bins[1] += bins[0] * 0.5;
    }

    /// Part of the window's power in the span from `from` to `to` of its length, 0 to 1.
    pub fn coverage(&self, from: f64, to: f64) -> f64 {
        let power_to = |at: f64| {
            let angle = TAU * at.clamp(0.0, 1.0);
            (1.5 * angle - 2.0 * angle.sin() + 0.25 * (2.0 * angle).sin()) / (1.5 * TAU)
        };
        power_to(to) - power_to(from)
    }
}

impl fmt::Debug for TransformPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("rate", &self.rate).field("len", &self.len).finish_non_exhaustive()
    }
}

impl BandBins {
    /// `bins_a_hz` is the inverse of the bins' distance. Bin `b` reaches half a bin to either side; from `nyquist` on
    /// there is nothing. The lowest band takes in bin 1 whole, lest it cut the skirt of a tone at its own centre.
    fn new(band: usize, bins_a_hz: f64, nyquist: usize) -> Self {
        let [low, high] = band_limits_hz(band).map(|hz| (hz * bins_a_hz + 0.5).min(nyquist as f64));
        let low = if band == 0 { 1.0 } else { low };
        let (first, last) = (low.floor(), high.floor());
        if low >= high {
            Self::default()
        } else if first == last {
            Self { first: first as usize, last: first as usize, head: (high - low) as f32, tail: 0.0 }
        } else {
            let shares = (first + 1.0 - low, high - last);
            Self { first: first as usize, last: last as usize, head: shares.0 as f32, tail: shares.1 as f32 }
        }
    }
}

fn factor(rate: f64) -> usize {
    let halvings = (rate / LOWEST_RATE).log2().floor().max(0.0);
    1 << halvings as usize
}

/// The shortest of 2^k and 3 * 2^k points, quick to transform, with the resolution asked for, within 2 %.
fn length(rate: f64) -> usize {
    let needed = 0.98 * rate * RESOLUTION_S;
    let lengths = (8..).flat_map(|k| [1usize << k, 3 << (k - 1)]);
    lengths.map(|len| len.min(LONGEST)).find(|&len| len as f64 >= needed || len == LONGEST).unwrap_or(LONGEST)
}

/// Hann: its main lobe is the narrowest of those whose skirts fall fast (18 dB an octave), so that the lowest bands are
/// told apart and a loud band leaves the far ones readable. Laid 30 times a second, the sum of its squares ripples by 7 %:
/// a single hit counts to 0.3 dB wherever it falls.
fn window(len: usize) -> Box<[f32]> {
    let power = 0.375 * len as f64;
    let scale = (2.0 / (len as f64 * power)).sqrt();
    (0..len).map(|k| (scale * (0.5 - 0.5 * (TAU * k as f64 / len as f64).cos())) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [f64; 12] = [
        8_000.0, 11_025.0, 16_000.0, 22_050.0, 32_000.0, 44_100.0, 48_000.0, 64_000.0, 96_000.0, 154_000.0, 192_000.0,
        768_000.0,
    ];

    #[test]
    fn transforms_keep_their_resolution_and_their_length_at_any_rate() {
        for rate in RATES {
            let plan = TransformPlan::of(rate);
            let hz = rate / plan.factor as f64 / plan.len as f64;
            assert!((7.5..15.7).contains(&hz) && plan.len <= LONGEST, "{hz} Hz by {} at {rate}", plan.len);
            assert!(plan.scratch <= LONGEST / 2, "{} of scratch at {rate}", plan.scratch);
        }
        let usual = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0, 384_000.0, 768_000.0];
        assert!(usual.iter().all(|&rate| TransformPlan::of(rate).len == USUAL));
    }

    #[test]
    fn every_bin_is_given_out_once() {
        for rate in RATES {
            let plan = TransformPlan::of(rate);
            let mut shares = vec![0.0; plan.len / 2 + 1];
            for bins in plan.bins {
                shares[bins.first] += bins.head;
                shares[bins.last] += bins.tail;
                if bins.last > bins.first {
                    shares[bins.first + 1..bins.last].iter_mut().for_each(|share| *share += 1.0);
                }
            }
            let given = &shares[1..plan.used - 1];
            assert!(given.iter().all(|share| (share - 1.0).abs() < 1e-4), "at {rate} Hz: {given:?}");
            assert!(shares[0] == 0.0 && shares[plan.used..].iter().all(|&share| share == 0.0));
        }
    }

    #[test]
    fn coverage_is_the_sum_of_the_window_s_squares() {
        let plan = TransformPlan::of(48_000.0);
        let whole: f64 = plan.window.iter().map(|w| f64::from(*w).powi(2)).sum();
        for (from, to) in [(0, 4_096), (0, 2_048), (1_000, 1_100), (3_000, 4_096)] {
            let part: f64 = plan.window[from..to].iter().map(|w| f64::from(*w).powi(2)).sum();
            let read = plan.coverage(from as f64 / 4_096.0, to as f64 / 4_096.0);
            assert!((read - part / whole).abs() < 5e-4, "{from} to {to}: {read}");
        }
        assert_eq!((plan.coverage(-1.0, 0.0), plan.coverage(-0.5, 1.7)), (0.0, 1.0));
    }

    #[test]
    fn instances_of_a_rate_share_their_plan_until_the_last_goes() {
        let one = TransformPlan::of(47_123.0);
        let weak = Arc::downgrade(&one);
        assert!(Arc::ptr_eq(&one, &TransformPlan::of(47_123.0)));
        drop(one);
        assert!(weak.upgrade().is_none());
    }
}
