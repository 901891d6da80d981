//! Against the `ebur128` crate, an implementation that shares nothing with ours.

use ebur128::{EbuR128, Mode};
use keel_core::dsp::{Hop, Loudness, loudness_range};
use keel_core::units::Lufs;

use crate::common::{Heard, Rng, analyze, music};

struct Expected {
    integrated: f64,
    momentary: f64,
    short_term: f64,
    true_peak: [f64; 2],
    sample_peak: [f64; 2],
}

fn oracle(rate: f64, [left, right]: &[Vec<f32>; 2]) -> Expected {
    let mut meter = EbuR128::new(2, rate as u32, Mode::all() & !Mode::HISTOGRAM).unwrap();
    let hop = rate as usize / 100;
    let (mut momentary, mut short_term) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (k, (left, right)) in left.chunks(hop).zip(right.chunks(hop)).enumerate() {
        meter.add_frames_planar_f32(&[left, right]).unwrap();
        // Windows that are not full yet are not loudness of 400 ms and 3 s.
        if k >= 39 {
            momentary = momentary.max(meter.loudness_momentary().unwrap());
        }
        if k >= 299 {
            short_term = short_term.max(meter.loudness_shortterm().unwrap());
        }
    }
    let peaks = |read: &dyn Fn(u32) -> f64| [read(0), read(1)];
    Expected {
        integrated: meter.loudness_global().unwrap(),
        momentary,
        short_term,
        true_peak: peaks(&|channel| meter.true_peak(channel).unwrap()),
        sample_peak: peaks(&|channel| meter.sample_peak(channel).unwrap()),
    }
}

fn measure(heard: &Heard) -> Loudness {
    let mut meter = Loudness::new();
    heard.hops.iter().for_each(|hop| meter.push(hop));
    meter
}

#[track_caller]
fn close(what: &str, read: f64, expected: f64, tolerance: f64) {
    println!("{what}: {:.4}", read - expected);
    assert!((read - expected).abs() <= tolerance, "{what}: read {read}, ebur128 {expected}");
}

/// The crate leaves the high-pass numerator as it is at 48 kHz, so it reads up to 0.022 dB off at these rates.
fn loudness_tolerance(rate: f64) -> f64 {
    if rate == 48_000.0 { 0.001 } else { 0.025 }
}

fn compare(what: &str, rate: f64, signal: &[Vec<f32>; 2], true_peak_tolerance: f64) {
    let tolerance = loudness_tolerance(rate);
    let expected = oracle(rate, signal);
    let heard = analyze(rate, &signal[0], Some(&signal[1]));
    let meter = measure(&heard);
    let what = |quantity: &str| format!("{quantity} of {what} at {rate} Hz");
    close(&what("integrated"), meter.integrated().unwrap().0, expected.integrated, tolerance);
    close(&what("momentary"), meter.max_momentary().unwrap().0, expected.momentary, tolerance);
    close(&what("short-term"), meter.max_short_term().unwrap().0, expected.short_term, tolerance);
    for channel in 0..2 {
        let largest = |value: fn(&Hop) -> [f32; 2]| {
            heard.hops.iter().map(|hop| f64::from(value(hop)[channel])).fold(0.0, f64::max)
        };
        assert_eq!(largest(|hop| hop.peak), expected.sample_peak[channel], "{}", what("sample peak"));
        let decibels = |ratio: f64| 20.0 * ratio.log10();
        let read = decibels(largest(|hop| hop.true_peak));
        close(&what("true peak"), read, decibels(expected.true_peak[channel]), true_peak_tolerance);
    }
}

#[test]
fn music_reads_as_the_reference_reads_it() {
    for (seed, rate) in [44_100.0, 48_000.0, 96_000.0].into_iter().enumerate() {
        let mut signal = music(rate, 12.0, seed as u64 + 20);
        // Two quiet stretches for the gates to find.
        for channel in &mut signal {
            let frames = channel.len();
            channel[frames / 3..frames / 2].iter_mut().for_each(|sample| *sample *= 0.05);
            channel[frames * 4 / 5..].iter_mut().for_each(|sample| *sample *= 1e-5);
        }
        compare("music", rate, &signal, 0.1);
    }
}

#[test]
fn noise_reads_as_the_reference_reads_it() {
    for (seed, rate) in [44_100.0, 48_000.0, 96_000.0].into_iter().enumerate() {
        let mut rng = Rng::new(seed as u64);
        let mut gain = 0.1f32;
        let mut signal = [Vec::new(), Vec::new()];
        for k in 0..rate as usize * 8 {
            if k % (rate as usize / 4) == 0 {
                gain = 10f32.powf(-2.0 + 1.9 * (0.5 + 0.5 * rng.noise()));
            }
            signal.iter_mut().for_each(|channel| channel.push(gain * rng.noise()));
        }
        // Just under the Nyquist frequency no two interpolators agree: leave nothing there.
        for channel in &mut signal {
            *channel = channel.windows(3).map(|x| 0.25 * x[0] + 0.5 * x[1] + 0.25 * x[2]).collect();
        }
        compare("noise", rate, &signal, 0.2);
    }
}

/// The crate takes a short-term value each second where our meter takes ten.
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
    close("range of ten values a second", measure(&heard).range().unwrap().0, expected, 0.3);
    let mut meter = Loudness::new();
    let mut seconds = Vec::new();
    for (k, hop) in heard.hops.iter().enumerate() {
        meter.push(hop);
        seconds.extend(meter.short_term().filter(|_| k % 100 == 99).map(Lufs::power));
    }
    close("range of one value a second", loudness_range(&mut seconds).unwrap().0, expected, 0.001);
}
