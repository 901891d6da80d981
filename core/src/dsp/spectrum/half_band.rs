//! Decimation by two, time and again, for rates beyond what the bands need.

use std::f64::consts::PI;

use crate::dsp::true_peak::bessel_i0;

/// Samples out of one run, of twice as many in.
const OUT: usize = 16;
/// Pairs of taps beside the middle one in the last stage, which passes 16 kHz of 40 and must bar all from 24 kHz up.
const LAST: usize = 14;
/// In the stages before it, which see the same bands at twice the rate and more.
const EARLY: usize = 6;
/// Kaiser window of 85 dB.
const BETA: f64 = 8.4;

/// Frames by which the output of decimation by `factor` lags its input.
pub(super) fn delay(factor: usize) -> i64 {
    let stages = factor.trailing_zeros();
    let stage = |at: u32| (2 * pairs(at, stages) as i64 - 1) << at;
    (0..stages).map(stage).sum()
}

/// The stages of decimation by `factor`, first to last.
pub(super) fn stages(factor: usize) -> Box<[HalfBand]> {
    let stages = factor.trailing_zeros();
    (0..stages).map(|at| HalfBand::new(pairs(at, stages))).collect()
}

fn pairs(at: u32, stages: u32) -> usize {
    if at + 1 == stages { LAST } else { EARLY }
}

/// One channel of one stage: a symmetric FIR whose every other tap is 0. The middle tap meets odd samples alone, the
/// others even ones, so that both run over lines without gaps.
#[derive(Clone, Debug)]
pub(super) struct HalfBand {
    pairs: usize,
    /// Of the outermost pair first.
    taps: [f32; LAST],
    /// What was before, then the run's samples.
    even: [f32; 2 * LAST - 1 + OUT],
    odd: [f32; LAST + OUT],
    waiting: [f32; 2 * OUT],
    len: usize,
}

impl HalfBand {
    fn new(pairs: usize) -> Self {
        Self {
            pairs,
            taps: taps(pairs),
            even: [0.0; 2 * LAST - 1 + OUT],
            odd: [0.0; LAST + OUT],
            waiting: [0.0; 2 * OUT],
            len: 0,
        }
    }

    pub fn reset(&mut self) {
        self.even.fill(0.0);
        self.odd.fill(0.0);
        self.len = 0;
    }

    /// Takes samples in, and hands out what they complete.
    pub fn push(&mut self, mut samples: &[f32], mut out: impl FnMut(&[f32])) {
        while !samples.is_empty() {
            let (now, rest) = samples.split_at(samples.len().min(2 * OUT - self.len));
            self.waiting[self.len..self.len + now.len()].copy_from_slice(now);
            self.len += now.len();
            samples = rest;
            if self.len == 2 * OUT {
                self.len = 0;
                out(&self.run());
            }
        }
    }

    fn run(&mut self) -> [f32; OUT] {
        let (before, odd_before) = (2 * self.pairs - 1, self.pairs);
        for (at, pair) in self.waiting.chunks_exact(2).enumerate() {
            self.even[before + at] = pair[0];
            self.odd[odd_before + at] = pair[1];
        }
        let mut out: [f32; OUT] = std::array::from_fn(|at| 0.5 * self.odd[at]);
        for (pair, &tap) in self.taps[..self.pairs].iter().enumerate() {
            let old = &self.even[pair..pair + OUT];
            let new = &self.even[before - pair..before - pair + OUT];
            for (out, (old, new)) in out.iter_mut().zip(old.iter().zip(new)) {
                *out += tap * (old + new);
            }
        }
        self.even.copy_within(OUT..OUT + before, 0);
        self.odd.copy_within(OUT..OUT + odd_before, 0);
        out
    }
}

/// The taps of `pairs` pairs: a windowed sinc of half the band, which passes DC as it is.
fn taps(pairs: usize) -> [f32; LAST] {
    let tap = |pair: usize| {
        let t = (2 * (pairs - pair) - 1) as f64;
        let window = bessel_i0(BETA * (1.0 - (t / (2 * pairs) as f64).powi(2)).sqrt()) / bessel_i0(BETA);
        (PI * t / 2.0).sin() / (PI * t) * window
    };
    let sum: f64 = (0..pairs).map(tap).sum();
    std::array::from_fn(|pair| if pair < pairs { (tap(pair) / sum / 4.0) as f32 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain of all stages at a frequency, in parts of the rate, of the part that comes out at its own (or aliased) place.
    fn gain(factor: usize, frequency: f64) -> f64 {
        let mut gain = 1.0;
        let mut frequency = frequency;
        for stage in stages(factor) {
            let response = |t: f64| (2.0 * PI * frequency * t).cos();
            let pair =
                |pair: usize| 2.0 * f64::from(stage.taps[pair]) * response((2 * (stage.pairs - pair) - 1) as f64);
            gain *= 0.5 + (0..stage.pairs).map(pair).sum::<f64>();
            frequency *= 2.0;
        }
        gain
    }

    #[test]
    fn what_comes_to_lie_below_16_khz_was_there_or_lies_80_db_down() {
        for factor in [2, 4, 8, 16] {
            for rate_out in [40_000.0, 44_100.0, 48_000.0] {
                let rate = rate_out * factor as f64;
                for hz in (0..(rate / 2.0) as usize).step_by(61).map(|hz| hz as f64) {
                    let db = 20.0 * gain(factor, hz / rate).abs().max(1e-9).log10();
                    let lies_at = (hz - (hz / rate_out).round() * rate_out).abs();
                    if hz <= 16_000.0 {
                        assert!(db.abs() < 0.002, "{hz} Hz of {rate}: {db} dB");
                    } else if lies_at < 16_000.0 {
                        assert!(db < -80.0, "{hz} Hz of {rate} lies at {lies_at}: {db} dB");
                    }
                }
            }
        }
    }

    #[test]
    fn the_output_lags_by_the_delay() {
        for factor in [2usize, 4, 8, 16] {
            let mut stages = stages(factor);
            let mut out = Vec::new();
            // A slow ramp comes out as itself, late.
            let ramp: Vec<f32> = (0..4_096u32).map(|k| k as f32).collect();
            run(&mut stages, &ramp, &mut out);
            let read = f64::from(out[100]);
            assert!((read - (100.0 * factor as f64 - delay(factor) as f64)).abs() < 0.01, "{factor}: {read}");
        }
    }

    fn run(stages: &mut [HalfBand], samples: &[f32], out: &mut Vec<f32>) {
        match stages.split_first_mut() {
            None => out.extend_from_slice(samples),
            Some((first, rest)) => first.push(samples, |samples| run(rest, samples, out)),
        }
    }
}
