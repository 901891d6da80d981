//! The spectrum in ERB bands: levels, correlation, and what cuts and shifts do to it.

use std::f64::consts::TAU;

use keel_core::dsp::{Analyzer, BANDS, CellFlags, band_hz, band_limits_hz};

use crate::common::{Heard, Rng, amplitude, analyze, analyze_from, music, playing_at, sine};

const RATES: [f64; 6] = [8_000.0, 11_025.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0];

fn db(power: f64) -> f64 {
    10.0 * power.log10()
}

fn close(read: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((read - expected).abs() <= tolerance, "{what}: read {read}, expected {expected}");
}

fn noise(seed: u64, frames: usize) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    (0..frames).map(|_| 0.5 * rng.noise()).collect()
}

/// Length of a sound whose second record knows nothing of the sound's ends, which are broad.
const LONG_S: f64 = 4.1;

fn long(rate: f64) -> usize {
    (LONG_S * rate) as usize
}

/// LL, RR and LR by bands amid a sound of [`LONG_S`].
fn amid(rate: f64, left: &[f32], right: Option<&[f32]>) -> [[f64; 3]; BANDS] {
    let mut heard = analyze(rate, left, right);
    heard.bands.retain(|bands| bands.index == 1);
    heard.band_powers()
}

#[test]
fn a_sine_at_the_centre_of_a_band_reads_its_power_there() {
    for rate in RATES {
        for band in (0..BANDS).filter(|&band| band_limits_hz(band)[1] < 0.45 * rate) {
            let powers = amid(rate, &sine(rate, band_hz(band), amplitude(-12.0), long(rate)), None);
            let all: f64 = powers.iter().map(|power| power[0]).sum();
            let what = format!("band {band} at {rate} Hz");
            close(db(all), -15.01, 0.05, &format!("all, {what}"));
            // The lowest bands are no wider than the window's skirts.
            let tolerance = if band < 2 {
                1.5
            } else if band < 6 {
                0.5
            } else {
                0.1
            };
            close(db(powers[band][0]), -15.01, tolerance, &what);
            // 18 dB an octave of distance, counted in bins of 12 Hz.
            for (other, power) in powers.iter().enumerate().filter(|&(other, _)| other.abs_diff(band) > 3) {
                assert!(power[0] < 1e-4 * all, "{what}: {} dB in {other}", db(power[0] / all));
            }
        }
    }
}

#[test]
fn bands_hold_the_power_of_white_noise_by_their_width() {
    for rate in RATES {
        let signal = noise(3, (4.0 * rate) as usize);
        let power = signal.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / signal.len() as f64;
        let powers = analyze(rate, &signal, None).band_powers();
        let all: f64 = powers.iter().map(|power| power[0]).sum();
        let covered = band_limits_hz(BANDS - 1)[1].min(rate / 2.0);
        close(db(all), db(power * covered / (rate / 2.0)), 0.15, &format!("all at {rate} Hz"));
        for band in (12..BANDS).filter(|&band| band_limits_hz(band)[1] < rate / 2.0) {
            let [low, high] = band_limits_hz(band);
            close(db(powers[band][0]), db(power * (high - low) / (rate / 2.0)), 1.0, &format!("{band} at {rate} Hz"));
        }
        for band in (0..BANDS).filter(|&band| band_limits_hz(band)[0] > rate / 2.0) {
            assert_eq!(powers[band], [0.0; 3], "band {band} lies beyond the half of {rate} Hz");
        }
    }
}

#[test]
fn what_lies_above_the_bands_does_not_fold_into_them() {
    for rate in [88_200.0, 96_000.0, 192_000.0, 384_000.0] {
        for hz in (28_000..(rate / 2.0) as usize).step_by(9_700) {
            let powers = amid(rate, &sine(rate, hz as f64, 1.0, long(rate)), None);
            let all: f64 = powers.iter().map(|power| power[0]).sum();
            assert!(all < 0.5e-8, "{hz} Hz at {rate}: {} dB", db(all));
        }
    }
}

#[test]
fn each_band_has_its_own_correlation() {
    for rate in [44_100.0, 192_000.0] {
        let frames = long(rate);
        let wave = |hz: f64, sign: f64| sine(rate, hz, 0.2 * sign, frames);
        let (low, high, mid) = (wave(100.0, 1.0), wave(5_000.0, 1.0), [noise(1, frames), noise(2, frames)]);
        let left: Vec<f32> = (0..frames).map(|k| low[k] + high[k] + 0.01 * mid[0][k]).collect();
        let right: Vec<f32> = (0..frames).map(|k| 0.5 * low[k] - high[k] + 0.01 * mid[1][k]).collect();
        let powers = amid(rate, &left, Some(&right));
        for (hz, expected, tolerance) in [(100.0, 1.0, 0.001), (5_000.0, -1.0, 0.001), (1_500.0, 0.0, 0.2)] {
            let band = (0..BANDS).find(|&band| band_limits_hz(band)[1] > hz).unwrap();
            let [ll, rr, lr] = powers[band];
            close(lr / (ll * rr).sqrt(), expected, tolerance, &format!("{hz} Hz at {rate}"));
        }
        let low = (0..BANDS).find(|&band| band_limits_hz(band)[1] > 100.0).unwrap();
        close(db(powers[low][1] / powers[low][0]), -6.02, 0.02, "half as loud on the right");
    }
}

#[test]
fn mono_reads_as_a_left_channel_alone() {
    let signal = noise(9, 96_000);
    let mono = analyze(48_000.0, &signal, None);
    let stereo = analyze(48_000.0, &signal, Some(&vec![0.0; signal.len()]));
    assert_eq!(mono.band_powers(), stereo.band_powers());
    assert!(mono.bands[0].flags.has(CellFlags::MONO) && !stereo.bands[0].flags.has(CellFlags::MONO));
    assert!(mono.band_powers().iter().all(|&[left, right, cross]| left > 0.0 && right == 0.0 && cross == 0.0));
}

#[test]
fn gain_moves_every_band_alike() {
    let [left, right] = music(48_000.0, 2.0, 4);
    let powers = analyze(48_000.0, &left, Some(&right)).band_powers();
    for gain_db in [-60.0, -6.0, 24.0] {
        let scaled = |signal: &[f32]| signal.iter().map(|x| x * amplitude(gain_db) as f32).collect::<Vec<_>>();
        let moved = analyze(48_000.0, &scaled(&left), Some(&scaled(&right))).band_powers();
        for band in 0..BANDS {
            for channel in 0..2 {
                let by = db(moved[band][channel] / powers[band][channel]);
                close(by, gain_db, 0.006, &format!("band {band}"));
            }
        }
    }
}

#[test]
fn silence_reads_nothing_and_a_long_tail_ends() {
    let mut signal = sine(48_000.0, 1_000.0, 0.5, 96_000);
    signal.extend((0..96_000).map(|k| (1e-9 * (-f64::from(k) / 5_000.0).exp()) as f32));
    signal.extend([0.0; 96_000]);
    let heard = analyze(48_000.0, &signal, Some(&signal));
    assert_eq!(heard.bands.iter().map(|bands| bands.index).collect::<Vec<_>>(), [0, 1, 2]);
    let silent = |at: usize| (0..BANDS).all(|band| heard.bands[at].power(band) == [0.0; 2]);
    assert!(!silent(0) && silent(2));
    assert!(analyze(48_000.0, &[0.0; 96_000], None).bands[0].power(20) == [0.0; 2]);
}

#[test]
fn non_finite_samples_read_as_silence_and_are_told() {
    let mut signal = sine(48_000.0, 1_000.0, 0.5, 96_000);
    for at in [10_000, 10_001, 50_000] {
        signal[at] = f32::NAN;
    }
    let clean: Vec<f32> = signal.iter().map(|&x| if x.is_nan() { 0.0 } else { x }).collect();
    let [dirty, clean] = [signal, clean].map(|signal| analyze(48_000.0, &signal, None));
    assert_eq!(dirty.band_powers(), clean.band_powers());
    assert!(dirty.bands[0].flags.has(CellFlags::NON_FINITE) && !clean.bands[0].flags.has(CellFlags::NON_FINITE));
    let loud = analyze(48_000.0, &[1e30; 9_600], None);
    assert!(loud.band_powers().iter().all(|power| power[0].is_finite() && power[0] >= 0.0));
}

#[test]
fn a_short_file_has_a_record_of_its_power() {
    for ms in [0.1, 5.0, 20.0, 50.0, 90.0, 250.0] {
        let frames = (48.0 * ms) as usize;
        // In the upper bands, for a short sound is broad.
        let signal = sine(48_000.0, 6_000.0, 0.5, frames);
        for start in [0, 777, 95_990] {
            let heard = analyze_from(start, 48_000.0, &signal, None);
            let frames_told: u32 = heard.bands.iter().map(|bands| bands.frames).sum();
            assert_eq!(frames_told as usize, frames, "{ms} ms from {start}");
            let all: f64 = heard.band_powers().iter().map(|power| power[0]).sum();
            close(db(all), -9.03, 0.4, &format!("{ms} ms from {start}"));
        }
    }
}

#[test]
fn a_hit_counts_alike_wherever_it_falls_and_in_any_instance() {
    let hit = |k: usize| 0.8 * (TAU * 3_000.0 * k as f64 / 48_000.0).sin() * (-(k as f64) / 200.0).exp();
    let mut all = Vec::new();
    for at in (10_000..12_000).step_by(100) {
        let mut signal = vec![0.0; 96_000];
        signal[at..at + 4_000].iter_mut().enumerate().for_each(|(k, x)| *x = hit(k) as f32);
        for stagger in [0, 1, 17] {
            let mut heard = Heard::default();
            let mut analyzer = Analyzer::new(48_000.0, 1).with_stagger(stagger);
            analyzer.process(&signal, None, &playing_at(0), &mut heard);
            analyzer.flush(&mut heard);
            all.push(db(heard.band_powers().iter().map(|power| power[0]).sum()));
        }
    }
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), &db| (low.min(db), high.max(db)));
    // The squares of windows laid 30 times a second ripple by 7 %.
    assert!(high - low < 0.62, "{low} to {high} dB");
}

#[test]
fn a_second_pass_over_the_song_reads_as_the_first() {
    let [left, right] = music(192_000.0, 1.1, 2);
    let mut heard = Heard::default();
    let mut analyzer = Analyzer::new(192_000.0, 2).with_stagger(5);
    let start = 500_001;
    for _ in 0..3 {
        analyzer.process(&left, Some(&right), &playing_at(start), &mut heard);
        // Elsewhere for a while.
        analyzer.process(&right[..70_003], Some(&left[..70_003]), &playing_at(0), &mut heard);
    }
    let of_the_song: Vec<_> = heard.bands.iter().filter(|bands| bands.index == 1).collect();
    assert_eq!(of_the_song.len(), 3);
    let power = |at: usize| (0..BANDS).map(|band| of_the_song[at].power(band)).collect::<Vec<_>>();
    assert!(power(0) == power(1) && power(1) == power(2));
    assert!(of_the_song[0].epoch < of_the_song[1].epoch, "each pass is an epoch of its own");
}

#[test]
fn records_are_cut_where_the_song_is() {
    let signal = noise(1, 48_000 * 7);
    let mut heard = Heard::default();
    let mut analyzer = Analyzer::new(48_000.0, 1).with_stagger(3);
    let mut play = |from: i64, frames: usize| {
        for at in (0..frames).step_by(512) {
            let block = &signal[at..(at + 512).min(frames)];
            analyzer.process(block, None, &playing_at(from + at as i64), &mut heard);
        }
    };
    play(-48_000, 240_000);
    // Too short for one transform to speak of bands.
    play(1_000_000, 480);
    play(500_000, 48_000);
    analyzer.flush(&mut heard);
    let read: Vec<_> = heard.bands.iter().map(|bands| (bands.index, bands.frames, bands.epoch)).collect();
    assert_eq!(read, [(-1, 48_000, 0), (0, 96_000, 0), (1, 96_000, 0), (5, 48_000, 2)]);
    let complete: Vec<_> = heard.bands.iter().map(|bands| bands.flags.has(CellFlags::COMPLETE)).collect();
    assert_eq!(complete, [false, true, true, false]);
    assert!(heard.bands.iter().all(|bands| bands.flags.has(CellFlags::PLAYING)));
}
