//! Correlation, pan position and mono loss of whole signals. The expected values follow from the formulae of
//! `dsp::stereo` for ideal signals, as decimals.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use keel_core::dsp::{correlation, mono_loss, mono_loss_phase, pan_position};

use super::{Case, Quantity, Reading};
use crate::common::{Rng, analyze, sine, sine_from};

/// What uncorrelated, quadrature or hard-panned channels lose: half the power.
const HALF: f64 = -3.0103;
/// Antiphase loses all; -120 dB stands for it.
const ALL: f64 = -120.0;

pub const CASES: &[Case] = &[
    Case {
        test: "image_of_identical_channels",
        label: "identical",
        signal: "1 kHz, the same in both channels",
        read: |rate| shifted(rate, 0.0, [Some(1.0), Some(0.0), Some(0.0), Some(0.0)]),
    },
    Case {
        test: "image_of_antiphase",
        label: "antiphase",
        signal: "1 kHz, one channel inverted",
        read: |rate| shifted(rate, PI, [Some(-1.0), Some(0.0), Some(ALL), Some(ALL)]),
    },
    Case {
        test: "image_of_quadrature",
        label: "90°",
        signal: "1 kHz, a quarter of a period apart",
        read: |rate| shifted(rate, FRAC_PI_2, [Some(0.0), Some(0.0), Some(HALF), Some(HALF)]),
    },
    Case {
        test: "image_of_60_degrees",
        label: "60°",
        signal: "1 kHz, a sixth of a period apart",
        read: |rate| shifted(rate, PI / 3.0, [Some(0.5), Some(0.0), Some(-1.2494), Some(-1.2494)]),
    },
    Case {
        test: "image_of_unrelated_noise",
        label: "unrelated",
        signal: "10 s of noise, independent left and right",
        read: unrelated,
    },
    Case {
        test: "image_of_hard_left",
        label: "left",
        signal: "1 kHz in the left channel alone",
        read: |rate| panned(rate, [1.0, 0.0], [None, Some(-1.0), Some(HALF), Some(0.0)]),
    },
    Case {
        test: "image_of_hard_right",
        label: "right",
        signal: "1 kHz in the right channel alone",
        read: |rate| panned(rate, [0.0, 1.0], [None, Some(1.0), Some(HALF), Some(0.0)]),
    },
    Case {
        test: "pan_law_sin_cos",
        label: "−3 dB law",
        signal: "1 kHz at p = 0.5 by the sin/cos law",
        read: |rate| {
            let (right, left) = (1.5 * FRAC_PI_4).sin_cos();
            panned(rate, [left, right], [Some(1.0), Some(0.5), Some(-0.6877), Some(0.0)])
        },
    },
    Case {
        test: "pan_law_minus_4_5_db",
        label: "−4.5 dB law",
        signal: "1 kHz at p = 0.5 by the −4.5 dB law",
        read: |rate| {
            let (right, left) = (1.5 * FRAC_PI_4).sin_cos();
            let gains = [(0.25 * left).sqrt(), (0.75 * right).sqrt()];
            panned(rate, gains, [Some(1.0), Some(0.5470), Some(-0.8277), Some(0.0)])
        },
    },
    Case {
        test: "pan_law_linear",
        label: "−6 dB law",
        signal: "1 kHz at p = 0.5 by the linear law",
        read: |rate| panned(rate, [0.25, 0.75], [Some(1.0), Some(0.5903), Some(-0.9691), Some(0.0)]),
    },
    Case {
        test: "image_of_silence",
        label: "silence",
        signal: "silence in both channels",
        read: |rate| panned(rate, [0.0, 0.0], [None; 4]),
    },
];

/// Correlation, pan position, mono loss, and mono loss that the pan does not explain.
fn image(rate: f64, left: &[f32], right: &[f32], expected: [Option<f64>; 4]) -> Vec<Reading> {
    let [ll, rr, lr] = analyze(rate, left, Some(right)).mean_powers();
    let losses = [mono_loss(ll, rr, lr), mono_loss_phase(ll, rr, lr)].map(|loss| loss.map(|loss| loss.0));
    vec![
        Reading::new(Quantity::Correlation, "correlation", expected[0], correlation(ll, rr, lr)),
        Reading::new(Quantity::Pan, "pan", expected[1], pan_position(ll, rr)),
        Reading::new(Quantity::MonoLoss, "in mono", expected[2], losses[0]),
        Reading::new(Quantity::MonoLoss, "by phase", expected[3], losses[1]),
    ]
}

/// Two sines of 1 kHz so many radians apart.
fn shifted(rate: f64, by: f64, expected: [Option<f64>; 4]) -> Vec<Reading> {
    let tone = |phase| sine_from(phase, rate, 1_000.0, 0.5, rate as usize);
    image(rate, &tone(0.0), &tone(by), expected)
}

/// One sine of 1 kHz at a gain for each channel.
fn panned(rate: f64, gains: [f64; 2], expected: [Option<f64>; 4]) -> Vec<Reading> {
    let [left, right] = gains.map(|gain| sine(rate, 1_000.0, 0.5 * gain, rate as usize));
    image(rate, &left, &right, expected)
}

/// Of 441,000 frames and more: chance leaves a correlation of 0.0015 or so.
fn unrelated(rate: f64) -> Vec<Reading> {
    let mut rng = Rng::new(3);
    let [left, right] = [0, 1].map(|_| (0..rate as usize * 10).map(|_| 0.3 * rng.noise()).collect::<Vec<f32>>());
    let expected = [Some(0.0), Some(0.0), Some(HALF), Some(HALF)];
    image(rate, &left, &right, expected).into_iter().map(|reading| reading.within(0.02)).collect()
}
