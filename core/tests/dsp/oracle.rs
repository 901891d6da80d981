//! Against the `ebur128` crate, an implementation that shares nothing with ours but the standard.

use std::f64::consts::PI;

use ebur128::{EbuR128, Mode};
use keel_core::dsp::{CellFlags, Hop, Loudness, loudness_range};
use keel_core::units::Lufs;

use crate::cases::RATES;
use crate::cases::true_peak::faded;
use crate::common::{Heard, Rng, analyze, music};

/// What either meter read of one signal; M and S each 100 ms once their windows are full, in LUFS.
#[derive(Default)]
struct Levels {
    momentary: Vec<f64>,
    short_term: Vec<f64>,
    integrated: f64,
    /// From one short-term value a second, as the crate takes it.
    range: f64,
    /// Largest of each channel, linear.
    sample_peak: [f64; 2],
    true_peak: [f64; 2],
}

fn oracle(rate: f64, [left, right]: &[Vec<f32>; 2]) -> Levels {
    let mut meter = EbuR128::new(2, rate as u32, Mode::all() & !Mode::HISTOGRAM).unwrap();
    let mut levels = Levels::default();
    let tenth = rate as usize / 10;
    for (k, (left, right)) in left.chunks(tenth).zip(right.chunks(tenth)).enumerate() {
        meter.add_frames_planar_f32(&[left, right]).unwrap();
        if k >= 3 {
            levels.momentary.push(meter.loudness_momentary().unwrap());
        }
        if k >= 29 {
            levels.short_term.push(meter.loudness_shortterm().unwrap());
        }
    }
    let peaks = |read: &dyn Fn(u32) -> f64| [read(0), read(1)];
    levels.integrated = meter.loudness_global().unwrap();
    levels.range = meter.loudness_range().unwrap();
    levels.true_peak = peaks(&|channel| meter.true_peak(channel).unwrap());
    levels.sample_peak = peaks(&|channel| meter.sample_peak(channel).unwrap());
    levels
}

fn ours(heard: &Heard) -> Levels {
    let (mut meter, mut levels, mut seconds) = (Loudness::new(), Levels::default(), Vec::new());
    let silent = f64::NEG_INFINITY;
    for (k, hop) in heard.hops.iter().enumerate() {
        meter.push(hop);
        if k % 10 == 9 && k >= 39 {
            levels.momentary.push(meter.momentary().map_or(silent, |level| level.0));
        }
        if k % 10 == 9 && k >= 299 {
            levels.short_term.push(meter.short_term().map_or(silent, |level| level.0));
        }
        if k % 100 == 99 && hop.flags.has(CellFlags::COMPLETE) {
            seconds.extend(meter.short_term().map(Lufs::power));
        }
    }
    let largest = |value: fn(&Hop) -> [f32; 2]| {
        [0, 1].map(|channel| heard.hops.iter().map(|hop| f64::from(value(hop)[channel])).fold(0.0, f64::max))
    };
    levels.integrated = meter.integrated().unwrap().0;
    levels.range = loudness_range(&mut seconds).unwrap().0;
    levels.sample_peak = largest(|hop| hop.peak);
    levels.true_peak = largest(|hop| hop.true_peak);
    levels
}

#[track_caller]
fn close(what: &str, read: f64, expected: f64, tolerance: f64) {
    let both_silent = read < -150.0 && expected < -150.0;
    let off = (read - expected).abs();
    assert!(both_silent || off <= tolerance, "{what}: read {read}, expected {expected} within {tolerance}");
}

/// How much louder the crate reads, in LU: it leaves its high-pass's numerator at 1 -2 1, which is right at 48 kHz alone.
fn crate_error(rate: f64) -> f64 {
    let plateau = |rate: f64| {
        let k = (PI * 38.135_470_876_024_44 / rate).tan();
        1.0 + k / 0.500_327_037_323_877_3 + k * k
    };
    20.0 * (plateau(rate) / plateau(48_000.0)).log10()
}

/// That said, the crate's shelf is up to 0.008 dB off at other rates (`dsp/k_design.rs`).
fn tolerance(rate: f64) -> f64 {
    if rate == 48_000.0 { 0.0005 } else { 0.0085 }
}

fn compare(what: &str, rate: f64, signal: &[Vec<f32>; 2]) {
    let expected = oracle(rate, signal);
    let read = ours(&analyze(rate, &signal[0], Some(&signal[1])));
    let what = |quantity: &str| format!("{quantity} of {what} at {rate} Hz");
    let (tolerance, error) = (tolerance(rate), crate_error(rate));
    for (quantity, read, expected) in
        [("momentary", &read.momentary, &expected.momentary), ("short-term", &read.short_term, &expected.short_term)]
    {
        assert_eq!(read.len(), expected.len(), "{}", what(quantity));
        for (read, expected) in read.iter().zip(expected) {
            close(&what(quantity), *read, expected - error, tolerance);
        }
    }
    close(&what("integrated"), read.integrated, expected.integrated - error, tolerance);
    close(&what("range"), read.range, expected.range, 2.0 * tolerance);
    assert_eq!(read.sample_peak, expected.sample_peak, "{}", what("sample peak"));
    for (channel, signal) in signal.iter().enumerate() {
        compare_true_peak(&what("true peak"), rate, signal, [&read, &expected].map(|it| it.true_peak[channel]));
    }
}

/// Ours against a long interpolator within the margin of the standards' cases, and the crate's against ours as far as
/// the crate interpolates: fourfold below 96 kHz, twofold below 192 kHz, from there on not at all.
fn compare_true_peak(what: &str, rate: f64, signal: &[f32], [ours, crates]: [f64; 2]) {
    let decibels = |peak: f64| 20.0 * peak.log10();
    let off = decibels(ours / interpolated_peak(signal));
    assert!((-0.3..=0.1).contains(&off), "{what}: {off} dB off 32 times the rate");
    let over = decibels(crates / ours);
    let low = if rate < 96_000.0 { -0.25 } else { -3.1 };
    assert!((low..=0.25).contains(&over), "{what}: ebur128 reads {over} dB more");
}

/// The largest magnitude at 32 times the rate by 64 taps, searched beside samples within 3.1 dB of the largest.
fn interpolated_peak(signal: &[f32]) -> f64 {
    const HALF: usize = 32;
    let taps: Vec<[f64; 2 * HALF]> = (1..32).map(|phase| sinc(f64::from(phase) / 32.0)).collect();
    let largest = signal.iter().fold(0.0f32, |largest, sample| largest.max(sample.abs()));
    let mut peak = f64::from(largest);
    for (at, window) in signal.windows(2 * HALF).enumerate() {
        // Between these two samples the window interpolates.
        if signal[at + HALF - 1].abs().max(signal[at + HALF].abs()) < 0.7 * largest {
            continue;
        }
        for taps in &taps {
            let value: f64 = window.iter().zip(taps).map(|(sample, tap)| f64::from(*sample) * tap).sum();
            peak = peak.max(value.abs());
        }
    }
    peak
}

/// Taps for `fraction` of the way from the middle two samples' first to their second, under a raised cosine.
fn sinc<const TAPS: usize>(fraction: f64) -> [f64; TAPS] {
    std::array::from_fn(|k| {
        let t = k as f64 - (TAPS / 2 - 1) as f64 - fraction;
        let window = 0.5 + 0.5 * (PI * t / (TAPS / 2) as f64).cos();
        window * (PI * t).sin() / (PI * t)
    })
}

/// With two quiet stretches for the gates to find.
#[test]
fn music_reads_as_the_reference_reads_it() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let mut signal = music(rate, 8.0, seed as u64 + 20);
        for channel in &mut signal {
            let frames = channel.len();
            channel[frames / 3..frames / 2].iter_mut().for_each(|sample| *sample *= 0.05);
            channel[frames * 4 / 5..].iter_mut().for_each(|sample| *sample *= 1e-5);
        }
        compare("music", rate, &signal);
    }
}

/// In steps of a quarter of a second from -40 to -2 dBFS.
#[test]
fn noise_reads_as_the_reference_reads_it() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let mut rng = Rng::new(seed as u64);
        let mut gain = 0.1f32;
        let mut signal = [Vec::new(), Vec::new()];
        for k in 0..rate as usize * 6 {
            if k % (rate as usize / 4) == 0 {
                gain = 10f32.powf(-2.0 + 1.9 * (0.5 + 0.5 * rng.noise()));
            }
            signal.iter_mut().for_each(|channel| channel.push(gain * rng.noise()));
        }
        // Just under the Nyquist frequency no two interpolators agree: leave nothing there.
        for channel in &mut signal {
            *channel = channel.windows(3).map(|x| 0.25 * x[0] + 0.5 * x[1] + 0.25 * x[2]).collect();
        }
        compare("noise", rate, &signal);
    }
}

/// Tech 3341, case 16: -6.0 dBTP between samples at -9.0 dBFS. What the crate misses is its own.
#[test]
fn above_96_khz_the_reference_interpolates_less_and_misses_peaks() {
    for (rate, crates) in [(48_000.0, -6.0), (88_200.0, -6.0), (192_000.0, -9.03)] {
        let tone = faded(0.25, 45.0, 0.5);
        let mut meter = EbuR128::new(1, rate as u32, Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(&tone).unwrap();
        close("ebur128", 20.0 * meter.true_peak(0).unwrap().log10(), crates, 0.1);
        close("ours", 20.0 * f64::from(analyze(rate, &tone, None).max_true_peak()).log10(), -6.0, 0.03);
    }
}

/// Our meter takes ten short-term values a second, the crate one.
#[test]
fn loudness_range_of_a_minute_reads_as_the_reference_reads_it() {
    let mut rng = Rng::new(4);
    let level = |t: f64| 10f64.powf(-1.0 + 0.4 * (t * 0.31).sin() + 0.15 * (t * 1.7).sin());
    let noise = |k: usize| (level(k as f64 / 48_000.0) * f64::from(rng.noise())) as f32;
    let left: Vec<f32> = (0..48_000 * 60).map(noise).collect();
    let mut oracle = EbuR128::new(2, 48_000, Mode::LRA).unwrap();
    oracle.add_frames_planar_f32(&[&left, &left]).unwrap();
    let expected = oracle.loudness_range().unwrap();
    let heard = analyze(48_000.0, &left, Some(&left));
    let mut meter = Loudness::new();
    heard.hops.iter().for_each(|hop| meter.push(hop));
    close("range of ten values a second", meter.range().unwrap().0, expected, 0.3);
    close("range of one value a second", ours(&heard).range, expected, 0.001);
}
