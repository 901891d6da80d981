//! Levels as the written table means them, so that each stem can be set to its own. Deliberately not the meter's code:
//! the table must not be made with what it tests.

use std::f64::consts::PI;
use std::ops::Range;

use super::osc::peak;

/// Frames of a stretch of seconds.
fn frames(rate: f64, span: &Range<f64>, len: usize) -> Range<usize> {
    let at = |s: f64| ((s * rate).round() as usize).min(len);
    at(span.start)..at(span.end)
}

/// Percentile with linear interpolation; `values` must not be empty.
fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let low = values[place.floor() as usize];
    let high = values[place.ceil() as usize];
    low + (high - low) * place.fract()
}

fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.max(1e-12).log10()
}

/// Hit peak in dBFS: the median of the strokes within 8 dB of the 90th percentile, 200 ms or up to the next each.
pub fn hit_peak(channels: &[Vec<f32>], rate: f64, strokes: &[f64], span: &Range<f64>) -> f64 {
    let inside: Vec<f64> = strokes.iter().copied().filter(|at| span.contains(at)).collect();
    let mut peaks: Vec<f64> = inside
        .iter()
        .enumerate()
        .map(|(k, at)| {
            let end = inside.get(k + 1).copied().unwrap_or(f64::MAX).min(at + 0.2);
            db(window_peak(channels, rate, &(*at..end)))
        })
        .collect();
    let floor = percentile(&mut peaks, 0.9) - 8.0;
    peaks.retain(|level| *level >= floor);
    percentile(&mut peaks, 0.5)
}

/// Sustained peak in dBFS: the 95th percentile of the peaks of 400 ms windows within 40 dB of the loudest.
pub fn sustained_peak(channels: &[Vec<f32>], rate: f64, span: &Range<f64>) -> f64 {
    let count = ((span.end - span.start - 0.4) / 0.1).round() as usize + 1;
    let starts = (0..count).map(|k| span.start + 0.1 * k as f64);
    let mut peaks: Vec<f64> = starts.map(|from| db(window_peak(channels, rate, &(from..from + 0.4)))).collect();
    let loudest = peaks.iter().copied().fold(f64::MIN, f64::max);
    peaks.retain(|level| *level >= loudest - 40.0);
    percentile(&mut peaks, 0.95)
}

fn window_peak(channels: &[Vec<f32>], rate: f64, span: &Range<f64>) -> f64 {
    channels.iter().map(|c| peak(&c[frames(rate, span, c.len())])).fold(0.0, f64::max)
}

/// K-weighted mean squares of the 400 ms blocks of a stretch, 100 ms apart, summed over the channels (BS.1770-5, Annex 1).
pub fn block_powers(channels: &[Vec<f32>], rate: f64, span: &Range<f64>) -> Vec<f64> {
    let weighted: Vec<Vec<f64>> = channels.iter().map(|c| k_weighted(&c[frames(rate, span, c.len())], rate)).collect();
    let count = ((span.end - span.start - 0.4) / 0.1).round() as usize + 1;
    (0..count)
        .map(|k| {
            let from = 0.1 * k as f64;
            weighted
                .iter()
                .map(|c| {
                    let block = &c[frames(rate, &(from..from + 0.4), c.len())];
                    block.iter().map(|x| x * x).sum::<f64>() / block.len().max(1) as f64
                })
                .sum()
        })
        .collect()
}

/// Gated loudness of block powers in LUFS: -70 absolute, then -10 relative (BS.1770-5, Annex 1).
pub fn gated_loudness(powers: &[f64]) -> f64 {
    let lufs = |power: f64| -0.691 + 10.0 * power.max(1e-20).log10();
    let mean = |kept: &[f64]| kept.iter().sum::<f64>() / kept.len().max(1) as f64;
    let audible: Vec<f64> = powers.iter().copied().filter(|p| lufs(*p) > -70.0).collect();
    let gate = lufs(mean(&audible)) - 10.0;
    let kept: Vec<f64> = audible.into_iter().filter(|p| lufs(*p) > gate).collect();
    lufs(mean(&kept))
}

/// Pre-filter and RLB high-pass of BS.1770-5, from their analogue prototypes by the bilinear transform.
fn k_weighted(samples: &[f32], rate: f64) -> Vec<f64> {
    let k = (PI * 1_681.974_450_955_533 / rate).tan();
    let (vh, q) = (10f64.powf(3.999_843_853_973_347 / 20.0), 0.707_175_236_955_419_6);
    let vb = vh.powf(0.499_666_774_154_541_6);
    let a0 = 1.0 + k / q + k * k;
    let shelf = [
        (vh + vb * k / q + k * k) / a0,
        2.0 * (k * k - vh) / a0,
        (vh - vb * k / q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / q + k * k) / a0,
    ];
    let k = (PI * 38.135_470_876_024_44 / rate).tan();
    let q = 0.500_327_037_323_877_3;
    let a0 = 1.0 + k / q + k * k;
    let high_pass = [1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0];
    let (mut first, mut second) = ([0.0; 2], [0.0; 2]);
    samples.iter().map(|x| biquad(biquad(f64::from(*x), &shelf, &mut first), &high_pass, &mut second)).collect()
}

fn biquad(x: f64, [b0, b1, b2, a1, a2]: &[f64; 5], state: &mut [f64; 2]) -> f64 {
    let y = b0 * x + state[0];
    *state = [b1 * x - a1 * y + state[1], b2 * x - a2 * y];
    y
}
