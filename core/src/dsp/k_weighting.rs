//! K-weighting (BS.1770-5, Annex 1): a high shelf for the head, then the RLB high-pass.

use std::f64::consts::PI;

use super::group::GROUP;

/// Filter state or energy smaller than this is nothing: it would be denormal, and slow, seconds after the sound ends.
const SILENCE: f64 = 1e-30;
/// Scales the high-pass to its gain in the standard's 48 kHz table, where the numerator is 1 -2 1.
const HIGH_PASS_GAIN: f64 = 1.004_995;

/// The two filters' coefficients at one sample rate: `b0 b1 b2 a1 a2` each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coefficients {
    pub shelf: [f64; 5],
    pub high_pass: [f64; 5],
}

impl Coefficients {
    /// Bilinear transforms of the analogue filters that the standard's 48 kHz table comes from.
    ///
    /// Their frequencies, gain and Q are those of libebur128, found from the table; at 48 kHz they give it back.
    pub fn new(sample_rate: f64) -> Self {
        Self { shelf: shelf(sample_rate), high_pass: high_pass(sample_rate) }
    }
}

fn shelf(sample_rate: f64) -> [f64; 5] {
    let (frequency, gain_db, q) = (1_681.974_450_955_533, 3.999_843_853_973_347, 0.707_175_236_955_419_6);
    let k = (PI * frequency / sample_rate).tan();
    let high = 10f64.powf(gain_db / 20.0);
    let band = high.powf(0.499_666_774_154_541_6);
    let a0 = 1.0 + k / q + k * k;
    [
        (high + band * k / q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / q + k * k) / a0,
    ]
}

/// The table's numerator is 1 -2 1 at 48 kHz only: elsewhere it would read up to 0.038 dB off (192 kHz), so it is
/// scaled to the same gain far above the corner.
fn high_pass(sample_rate: f64) -> [f64; 5] {
    let (frequency, q) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
    let k = (PI * frequency / sample_rate).tan();
    let a0 = 1.0 + k / q + k * k;
    let a1 = 2.0 * (k * k - 1.0) / a0;
    let a2 = (1.0 - k / q + k * k) / a0;
    let gain = HIGH_PASS_GAIN * (1.0 - a1 + a2) / 4.0;
    [gain, -2.0 * gain, gain, a1, a2]
}

/// The filter of both channels, and the energy of what came out since the last [`KWeighting::take`].
#[derive(Clone, Debug)]
pub(super) struct KWeighting {
    coefficients: Coefficients,
    /// Transposed direct form II, left and right in a pair: two of the shelf, two of the high-pass.
    state: [[f64; 2]; 4],
    energy: [f64; 2],
}

impl KWeighting {
    pub fn new(sample_rate: f64) -> Self {
        Self { coefficients: Coefficients::new(sample_rate), state: [[0.0; 2]; 4], energy: [0.0; 2] }
    }

    pub fn reset(&mut self) {
        self.state = [[0.0; 2]; 4];
        self.energy = [0.0; 2];
    }

    /// Filters the first `frames` of a group in the first `CHANNELS` channels.
    pub fn process<const CHANNELS: usize>(&mut self, samples: &[[f32; GROUP]; 2], frames: usize) {
        let [b0, b1, b2, a1, a2] = self.coefficients.shelf;
        let [c0, c1, c2, d1, d2] = self.coefficients.high_pass;
        let [mut s0, mut s1, mut h0, mut h1] = self.state;
        let mut energy = self.energy;
        for (&left, &right) in samples[0].iter().zip(&samples[1]).take(frames) {
            let frame = [f64::from(left), f64::from(right)];
            for c in 0..CHANNELS {
                let x = frame[c];
                let y = b0 * x + s0[c];
                s0[c] = b1 * x - a1 * y + s1[c];
                s1[c] = b2 * x - a2 * y;
                let z = c0 * y + h0[c];
                h0[c] = c1 * y - d1 * z + h1[c];
                h1[c] = c2 * y - d2 * z;
                energy[c] += z * z;
            }
        }
        self.state = [s0, s1, h0, h1].map(|pair| pair.map(flush));
        self.energy = energy;
    }

    /// Sum of squares over the channels since the last call (BS.1770-5, Annex 1, equation 1 without its mean).
    pub fn take(&mut self) -> f64 {
        let [left, right] = std::mem::take(&mut self.energy);
        flush(left + right)
    }
}

/// Zero for what is too small to matter and too small to be fast.
fn flush(value: f64) -> f64 {
    if value.abs() < SILENCE { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BS.1770-5, Annex 1, tables 1 and 2, at 48 kHz: `b0 b1 b2 a1 a2`.
    const TABLE: Coefficients = Coefficients {
        shelf: [
            1.535_124_859_586_97,
            -2.691_696_189_406_38,
            1.198_392_810_852_85,
            -1.690_659_293_182_41,
            0.732_480_774_215_85,
        ],
        high_pass: [1.0, -2.0, 1.0, -1.990_047_454_833_98, 0.990_072_250_366_21],
    };

    /// Gain in dB at a frequency.
    fn gain(coefficients: &Coefficients, hz: f64, sample_rate: f64) -> f64 {
        let w = 2.0 * PI * hz / sample_rate;
        let power = |[b0, b1, b2, a1, a2]: [f64; 5]| {
            let square = |c0: f64, c1: f64, c2: f64| {
                let re = c0 + c1 * w.cos() + c2 * (2.0 * w).cos();
                let im = c1 * w.sin() + c2 * (2.0 * w).sin();
                re * re + im * im
            };
            square(b0, b1, b2) / square(1.0, a1, a2)
        };
        10.0 * (power(coefficients.shelf) * power(coefficients.high_pass)).log10()
    }

    #[test]
    fn at_48_khz_the_coefficients_are_the_standards() {
        let read = Coefficients::new(48_000.0);
        let pairs = read.shelf.iter().zip(&TABLE.shelf).chain(read.high_pass.iter().zip(&TABLE.high_pass));
        for (read, table) in pairs {
            assert!((read - table).abs() < 1e-6, "read {read}, expected {table}");
        }
    }

    #[test]
    fn at_other_rates_the_curve_is_that_of_48_khz_up_to_10_khz() {
        for rate in [44_100.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0] {
            let coefficients = Coefficients::new(rate);
            let mut worst = 0.0f64;
            for hz in (1..=100).map(|k| 20.0 * 10f64.powf(f64::from(k) * 0.027)) {
                let off = gain(&coefficients, hz, rate) - gain(&TABLE, hz, 48_000.0);
                worst = worst.max(off.abs());
            }
            assert!(worst < 0.008, "up to {worst} dB off at {rate} Hz");
        }
    }

    #[test]
    fn the_state_comes_to_rest_after_sound() {
        for rate in [8_000.0, 48_000.0, 768_000.0] {
            let mut filter = KWeighting::new(rate);
            filter.process::<2>(&[[1.0; GROUP], [-0.5; GROUP]], GROUP);
            for _ in 0..rate as usize * 2 / GROUP {
                filter.process::<2>(&[[0.0; GROUP]; 2], GROUP);
            }
            assert_eq!(filter.state, [[0.0; 2]; 4], "at {rate} Hz");
        }
    }
}
