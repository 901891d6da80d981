//! BS.1770-5, Annex 1: the K-weighting filter and the sum over channels.

use std::f64::consts::TAU;

use keel_core::dsp::{Hop, Loudness};

use super::{Case, Quantity, Reading};
use crate::common::{amplitude, analyze, sine};

pub const CASES: &[Case] = &[
    Case { test: "bs_1770_full_scale_997_hz", label: "997 Hz", signal: "2 s at 0 dBFS", read: full_scale },
    Case {
        test: "bs_1770_channels_add_in_power",
        label: "channels",
        signal: "997 Hz, 2 s: neither phase nor side matters, powers add",
        read: channels,
    },
    Case {
        test: "bs_1770_response_is_that_of_the_table",
        label: "response",
        signal: "sines; expected: the response of the standard's filters at 48 kHz",
        read: response,
    },
];

/// Annex 1, tables 1 and 2: `b0 b1 b2 a1 a2` of the shelf and the high-pass at 48 kHz.
const TABLES: [[f64; 5]; 2] = [
    [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85, -1.690_659_293_182_41, 0.732_480_774_215_85],
    [1.0, -2.0, 1.0, -1.990_047_454_833_98, 0.990_072_250_366_21],
];

const RESPONSE: [(f64, &str); 14] = [
    (20.0, "20 Hz"),
    (40.0, "40 Hz"),
    (60.0, "60 Hz"),
    (100.0, "100 Hz"),
    (200.0, "200 Hz"),
    (500.0, "500 Hz"),
    (1_000.0, "1 kHz"),
    (2_000.0, "2 kHz"),
    (4_000.0, "4 kHz"),
    (8_000.0, "8 kHz"),
    (10_000.0, "10 kHz"),
    (12_500.0, "12.5 kHz"),
    (16_000.0, "16 kHz"),
    (20_000.0, "20 kHz"),
];

/// Filters a signal at 48 kHz by the tables, sample by sample.
pub fn filtered(signal: &[f64]) -> Vec<f64> {
    TABLES.iter().fold(signal.to_vec(), |input, &[b0, b1, b2, a1, a2]| {
        let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
        let filter = |&x: &f64| {
            let y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
            (x2, x1, y2, y1) = (x1, x, y1, y);
            y
        };
        input.iter().map(filter).collect()
    })
}

/// The tables' gain at a frequency, in dB.
fn table_gain(hz: f64) -> f64 {
    let w = TAU * hz / 48_000.0;
    let power = |c0: f64, c1: f64, c2: f64| {
        let re = c0 + c1 * w.cos() + c2 * (2.0 * w).cos();
        let im = c1 * w.sin() + c2 * (2.0 * w).sin();
        re * re + im * im
    };
    TABLES.iter().map(|&[b0, b1, b2, a1, a2]| 10.0 * (power(b0, b1, b2) / power(1.0, a1, a2)).log10()).sum()
}

/// The meter's gain at a frequency, in dB, over a second of its steady state.
fn gain(rate: f64, hz: f64) -> Option<f64> {
    let heard = analyze(rate, &sine(rate, hz, amplitude(-20.0), (rate * 1.5) as usize), None);
    let sum = |value: fn(&Hop) -> f32| heard.hops[50..].iter().map(|hop| f64::from(value(hop))).sum::<f64>();
    Some(10.0 * (sum(|hop| hop.k_power) / sum(|hop| hop.power[0])).log10())
}

fn integrated(rate: f64, left: &[f32], right: Option<&[f32]>) -> Option<f64> {
    let mut meter = Loudness::new();
    analyze(rate, left, right).hops.iter().for_each(|hop| meter.push(hop));
    meter.integrated().map(|level| level.0)
}

fn full_scale(rate: f64) -> Vec<Reading> {
    let tone = sine(rate, 997.0, 1.0, rate as usize * 2);
    let silence = vec![0.0; tone.len()];
    let read = |what, expected, left: &[f32], right: Option<&[f32]>| {
        Reading::new(Quantity::Loudness, what, expected, integrated(rate, left, right)).within(0.01)
    };
    vec![
        read("I, left", -3.01, &tone, Some(&silence)),
        read("I, right", -3.01, &silence, Some(&tone)),
        read("I, one channel", -3.01, &tone, None),
        read("I, both", 0.0, &tone, Some(&tone)),
    ]
}

fn channels(rate: f64) -> Vec<Reading> {
    let tone = |level: f64| sine(rate, 997.0, amplitude(level), rate as usize * 2);
    let opposite: Vec<f32> = tone(-20.0).iter().map(|sample| -sample).collect();
    let unequal = 10.0 * ((10f64.powf(-2.0) + 10f64.powf(-2.6)) / 2.0).log10();
    let read = |what, expected, left: &[f32], right: &[f32]| {
        Reading::new(Quantity::Loudness, what, expected, integrated(rate, left, Some(right))).within(0.01)
    };
    vec![
        read("−20, −20", -20.0, &tone(-20.0), &tone(-20.0)),
        read("antiphase", -20.0, &tone(-20.0), &opposite),
        read("−20, −26", unequal, &tone(-20.0), &tone(-26.0)),
        read("−26, −20", unequal, &tone(-26.0), &tone(-20.0)),
    ]
}

fn response(rate: f64) -> Vec<Reading> {
    let read = |(hz, what)| Reading::new(Quantity::Weighting, what, table_gain(hz), gain(rate, hz));
    RESPONSE.into_iter().map(read).collect()
}
