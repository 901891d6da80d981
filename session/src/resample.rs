//! A stem at another rate than the session's, brought to it as a host would on import.

use std::f64::consts::PI;

/// Zero crossings of the sinc to either side: the pass band is flat to 0.01 dB up to 0.9 of the lower Nyquist.
const HALF_WIDTH: usize = 48;
/// Kaiser window: 90 dB down in the stop band.
const BETA: f64 = 9.0;
/// Cut-off within the lower of the two Nyquist frequencies.
const CUT_OFF: f64 = 0.96;

/// `input` at `from` Hz as it would have been sampled at `to` Hz: an exact polyphase sinc interpolation.
pub fn resample(input: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || input.is_empty() {
        return input.to_vec();
    }
    let divisor = gcd(from, to);
    let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
    let filter = Filter::new(up, down);
    let frames = (input.len() * up).div_ceil(down);
    (0..frames).map(|k| filter.at(input, k * down / up, k * down % up)).collect()
}

/// The sinc's taps for each of the `up` places between two input samples.
struct Filter {
    taps: Vec<f32>,
    half: usize,
}

impl Filter {
    fn new(up: usize, down: usize) -> Self {
        let cut_off = CUT_OFF * (up as f64 / down as f64).min(1.0);
        let half = (HALF_WIDTH as f64 / cut_off).ceil() as usize;
        let mut taps = Vec::with_capacity(up * 2 * half);
        for phase in 0..up {
            let row: Vec<f64> = (0..2 * half)
                .map(|tap| {
                    let distance = tap as f64 - (half as f64 - 1.0) - phase as f64 / up as f64;
                    sinc(cut_off * distance) * kaiser(distance / half as f64)
                })
                .collect();
            // Each phase passes a constant unchanged.
            let sum: f64 = row.iter().sum();
            taps.extend(row.iter().map(|tap| (tap / sum) as f32));
        }
        Self { taps, half }
    }

    /// The value `phase` steps after `input[index]`.
    fn at(&self, input: &[f32], index: usize, phase: usize) -> f32 {
        let width = 2 * self.half;
        let taps = &self.taps[phase * width..][..width];
        let first = index as isize - (self.half as isize - 1);
        let sample = |tap: usize| usize::try_from(first + tap as isize).ok().and_then(|at| input.get(at));
        taps.iter().enumerate().map(|(tap, weight)| sample(tap).map_or(0.0, |x| x * weight)).sum()
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn kaiser(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { bessel_i0(BETA * (1.0 - x * x).sqrt()) / bessel_i0(BETA) }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-12 {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate: u32, hz: f64) -> Vec<f32> {
        (0..rate as usize).map(|n| (2.0 * PI * hz * n as f64 / f64::from(rate)).sin() as f32).collect()
    }

    #[test]
    fn a_sine_keeps_its_level_and_its_place() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (22_050, 48_000)] {
            for hz in [50.0, 1_000.0, 8_000.0] {
                let (got, wanted) = (resample(&sine(from, hz), from, to), sine(to, hz));
                assert_eq!(got.len(), wanted.len(), "{from} to {to}");
                let middle = wanted.len() / 4..wanted.len() * 3 / 4;
                let worst = middle.map(|n| (got[n] - wanted[n]).abs()).fold(0.0f32, f32::max);
                assert!(worst < 1e-3, "{from} to {to}, {hz} Hz: off by {worst}, 0.01 dB is 0.0012");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_gone() {
        let got = resample(&sine(96_000, 30_000.0), 96_000, 48_000);
        let worst = got[12_000..36_000].iter().fold(0.0f32, |max, x| max.max(x.abs()));
        assert!(worst < 1e-3, "30 kHz folded back at {worst}, expected under -60 dB");
    }

    #[test]
    fn a_constant_stays_what_it_was() {
        let got = resample(&vec![0.5; 4_410], 44_100, 48_000);
        assert!(got[500..4_000].iter().all(|x| (x - 0.5).abs() < 1e-6));
    }
}
