//! EBU Tech 3341, cases 15 to 23: true peak (BS.1770-5, Annex 2). Their frequencies follow the sample rate.

use std::f64::consts::{PI, TAU};

use keel_core::units::Dbtp;

use crate::common::{RATES, analyze};

fn read(rate: f64, signal: &[f32]) -> f64 {
    let silence = vec![0.0; signal.len()];
    let left = analyze(rate, signal, Some(&silence)).max_true_peak();
    let right = analyze(rate, &silence, Some(signal)).max_true_peak();
    assert_eq!(left, right, "the channels differ");
    assert_eq!(left, analyze(rate, signal, None).max_true_peak(), "one channel reads otherwise");
    Dbtp::from_peak(f64::from(left)).unwrap().0
}

fn check(case: u32, rate: f64, signal: &[f32], expected: f64) {
    let read = read(rate, signal);
    assert!(
        (expected - 0.4..=expected + 0.2).contains(&read),
        "case {case} at {rate} Hz: read {read} dBTP, expected {expected}"
    );
}

/// A sine at a part of the sample rate, faded in and out so that only its middle is judged.
fn faded(cycles_per_frame: f64, degrees: f64, amplitude: f64) -> Vec<f32> {
    let frames = 4_800;
    let fade = |k: usize| (k.min(frames - 1 - k) as f64 / 480.0).min(1.0);
    let wave = |k: usize| (TAU * (cycles_per_frame * k as f64 + degrees / 360.0)).sin();
    (0..frames).map(|k| (amplitude * fade(k) * wave(k)) as f32).collect()
}

#[test]
fn tech_3341_cases_15_to_19_tones_between_the_samples() {
    let cases = [
        (15, 1.0 / 4.0, 0.0, 0.5, -6.0),
        (16, 1.0 / 4.0, 45.0, 0.5, -6.0),
        (17, 1.0 / 6.0, 60.0, 0.5, -6.0),
        (18, 1.0 / 8.0, 67.5, 0.5, -6.0),
        (19, 1.0 / 4.0, 45.0, 1.41, 3.0),
    ];
    for rate in RATES {
        for (case, cycles, degrees, amplitude, expected) in cases {
            check(case, rate, &faded(cycles, degrees, amplitude), expected);
        }
    }
}

/// At four times the rate: fs/6 at half scale, in its middle one period of fs/4 at full scale; then limited to the band
/// that the rate can carry.
fn burst() -> Vec<f64> {
    let tone = |k: usize| 0.5 * (TAU * k as f64 / 24.0).sin();
    let mut wave: Vec<f64> = (0..2_400).map(tone).collect();
    wave.extend((0..16).map(|k| (TAU * f64::from(k) / 16.0).sin()));
    wave.extend((0..2_400).map(tone));
    let half = 256;
    let tap = |k: i32| {
        let x = f64::from(k) / f64::from(half);
        let window = 0.42 + 0.5 * (PI * x).cos() + 0.08 * (TAU * x).cos();
        let angle = PI * f64::from(k) / 4.0;
        window * if k == 0 { 0.25 } else { angle.sin() / angle / 4.0 }
    };
    let taps: Vec<f64> = (-half..=half).map(tap).collect();
    wave.windows(taps.len()).map(|part| part.iter().zip(&taps).map(|(x, tap)| x * tap).sum()).collect()
}

/// Silence to the tone and back without a step.
fn fade_ends(signal: &mut [f32]) {
    let frames = signal.len();
    for (k, sample) in signal.iter_mut().enumerate() {
        *sample *= (k.min(frames - 1 - k) as f32 / 200.0).min(1.0);
    }
}

#[test]
fn tech_3341_cases_20_to_23_a_burst_sampled_at_four_offsets() {
    let wave = burst();
    for rate in RATES {
        for offset in 0..4 {
            let mut signal: Vec<f32> = wave[offset..].iter().step_by(4).map(|&sample| sample as f32).collect();
            fade_ends(&mut signal);
            check(20 + offset as u32, rate, &signal, 0.0);
        }
    }
}

/// BS.1770-5, Annex 2, Attachment 1: four times the rate can miss a peak by up to 20 log10 cos(pi f / 4 fs).
#[test]
fn tones_up_to_20_khz_read_no_lower_than_4x_must_and_at_most_0_05_db_high() {
    for hz in (1..=80).map(|k| 250.0 * f64::from(k)) {
        let grid = 20.0 * (PI * hz / (4.0 * 48_000.0)).cos().log10();
        for degrees in [0.0, 30.0, 45.0, 75.0] {
            let read = read(48_000.0, &faded(hz / 48_000.0, degrees, 1.0));
            let expected = grid - 0.05..=0.05;
            assert!(
                expected.contains(&read),
                "{hz} Hz from {degrees} degrees: read {read} dBTP, expected {expected:?}"
            );
        }
    }
}

#[test]
fn the_true_peak_is_never_under_the_sample_peak() {
    let mut signal = vec![0.0f32; 1_000];
    signal[500] = 0.8;
    let heard = analyze(48_000.0, &signal, None);
    for hop in &heard.hops {
        assert!(hop.true_peak[0] >= hop.peak[0], "{hop:?}");
    }
    assert!(heard.max_true_peak() >= 0.8);
}
