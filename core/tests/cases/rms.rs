//! AES17: RMS levels are against the RMS of a full-scale sine, so that one reads 0 dBFS and a full-scale square +3.01.

use keel_core::units::{AES17_OFFSET, Dbfs};

use super::{Case, Quantity, Reading};
use crate::common::{amplitude, analyze, sine};

pub const CASES: &[Case] = &[
    Case {
        test: "aes17_a_full_scale_sine_reads_0_dbfs",
        label: "sine",
        signal: "full-scale sines of 1 s",
        read: |rate| {
            let of = |(hz, what)| read(what, 0.0, rate, &sine(rate, hz, 1.0, rate as usize));
            [(20.0, "20 Hz"), (100.0, "100 Hz"), (997.0, "997 Hz"), (5_000.0, "5 kHz"), (10_000.0, "10 kHz")]
                .into_iter()
                .chain([(16_000.0, "16 kHz"), (20_000.0, "20 kHz")])
                .map(of)
                .collect()
        },
    },
    Case {
        test: "aes17_a_full_scale_square_reads_3_01_dbfs",
        label: "square",
        signal: "full-scale squares of 1 s",
        read: |rate| {
            let of = |(hz, what)| read(what, AES17_OFFSET, rate, &square(rate, hz));
            [(20.0, "20 Hz"), (100.0, "100 Hz"), (997.0, "997 Hz"), (5_000.0, "5 kHz")].map(of).to_vec()
        },
    },
    Case {
        test: "aes17_levels_follow_the_amplitude",
        label: "level",
        signal: "sines of 997 Hz, 1 s",
        read: |rate| {
            let of = |(level, what)| read(what, level, rate, &sine(rate, 997.0, amplitude(level), rate as usize));
            [(-0.1, "−0.1 dB"), (-20.0, "−20 dB"), (-60.0, "−60 dB"), (-120.0, "−120 dB")].map(of).to_vec()
        },
    },
];

fn read(what: &'static str, expected: f64, rate: f64, signal: &[f32]) -> Reading {
    let [left, ..] = analyze(rate, signal, None).mean_powers();
    Reading::new(Quantity::Rms, what, expected, Dbfs::rms(left).map(|level| level.0))
}

fn square(rate: f64, hz: f64) -> Vec<f32> {
    let high = |k: usize| (k as f64 * hz / rate).fract() < 0.5;
    (0..rate as usize).map(|k| if high(k) { 1.0 } else { -1.0 }).collect()
}
