//! EBU Tech 3341 v4, Table 1: minimum requirements 15 to 23 (BS.1770-5, Annex 2). Their frequencies follow the rate.

use std::f64::consts::{PI, TAU};

use keel_core::units::Dbtp;

use super::{Case, Quantity, Reading, worst};
use crate::common::analyze;

pub const CASES: &[Case] = &[
    Case {
        test: "tech_3341_case_15_true_peak",
        label: "15",
        signal: "fs/4, 0°, 0.50 of full scale",
        read: |rate| tone(rate, 4.0, 0.0, 0.5, -6.0),
    },
    Case {
        test: "tech_3341_case_16_true_peak",
        label: "16",
        signal: "fs/4, 45°, 0.50",
        read: |rate| tone(rate, 4.0, 45.0, 0.5, -6.0),
    },
    Case {
        test: "tech_3341_case_17_true_peak",
        label: "17",
        signal: "fs/6, 60°, 0.50",
        read: |rate| tone(rate, 6.0, 60.0, 0.5, -6.0),
    },
    Case {
        test: "tech_3341_case_18_true_peak",
        label: "18",
        signal: "fs/8, 67.5°, 0.50",
        read: |rate| tone(rate, 8.0, 67.5, 0.5, -6.0),
    },
    Case {
        test: "tech_3341_case_19_true_peak",
        label: "19",
        signal: "fs/4, 45°, 1.41",
        read: |rate| tone(rate, 4.0, 45.0, 1.41, 3.0),
    },
    Case {
        test: "tech_3341_case_20_true_peak",
        label: "20",
        signal: "fs/6 at 0.50, one period of fs/4 at 1.00, made at 4 fs, offset 0",
        read: |rate| offset(rate, 0),
    },
    Case {
        test: "tech_3341_case_21_true_peak",
        label: "21",
        signal: "the same, offset 1",
        read: |rate| offset(rate, 1),
    },
    Case {
        test: "tech_3341_case_22_true_peak",
        label: "22",
        signal: "the same, offset 2",
        read: |rate| offset(rate, 2),
    },
    Case {
        test: "tech_3341_case_23_true_peak",
        label: "23",
        signal: "the same, offset 3",
        read: |rate| offset(rate, 3),
    },
];

/// The worst of the left channel, the right one and a track of one channel.
pub fn read(rate: f64, signal: &[f32], expected: f64) -> Reading {
    let silence = vec![0.0; signal.len()];
    let heard = [(signal, Some(&silence[..])), (&silence[..], Some(signal)), (signal, None)];
    worst(heard.map(|(left, right)| {
        let peak = f64::from(analyze(rate, left, right).max_true_peak());
        Reading::new(Quantity::TruePeak, "true peak", expected, Dbtp::from_peak(peak).map(|level| level.0))
    }))
}

/// A sine at a part of the sample rate, faded in and out so that only its middle is judged.
pub fn faded(cycles_per_frame: f64, degrees: f64, amplitude: f64) -> Vec<f32> {
    let frames = 4_800;
    let fade = |k: usize| (k.min(frames - 1 - k) as f64 / 480.0).min(1.0);
    let wave = |k: usize| (TAU * (cycles_per_frame * k as f64 + degrees / 360.0)).sin();
    (0..frames).map(|k| (amplitude * fade(k) * wave(k)) as f32).collect()
}

fn tone(rate: f64, frames_per_cycle: f64, degrees: f64, amplitude: f64, expected: f64) -> Vec<Reading> {
    vec![read(rate, &faded(1.0 / frames_per_cycle, degrees, amplitude), expected)]
}

fn offset(rate: f64, offset: usize) -> Vec<Reading> {
    let mut signal: Vec<f32> = burst()[offset..].iter().step_by(4).map(|&sample| sample as f32).collect();
    fade_ends(&mut signal);
    vec![read(rate, &signal, 0.0)]
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
