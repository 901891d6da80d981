//! BS.1770-5, Annex 1: gating blocks of 400 ms that overlap by 75 %, the absolute gate and the relative one.

use super::programme::play;
use super::{Case, Quantity, Reading};

pub const CASES: &[Case] = &[
    Case {
        test: "bs_1770_absolute_gate_at_minus_70_lufs",
        label: "absolute",
        signal: "5 s at −69.9 dBFS, 5 s at −70.1 dBFS",
        read: |rate| vec![of(rate, "I at −69.9", &[(5.0, -69.9)]), of(rate, "I at −70.1", &[(5.0, -70.1)])],
    },
    Case {
        test: "bs_1770_relative_gate_10_lu_under",
        label: "relative",
        signal: "20 s at −20, then 20 s just above the gate of −32.8, or just under it",
        read: |rate| {
            let steps = |level| [(20.0, -20.0), (20.0, level)];
            vec![of(rate, "I, −32.6", &steps(-32.6)), of(rate, "I, −33.0", &steps(-33.0))]
        },
    },
    Case {
        test: "bs_1770_relative_gate_lies_under_what_passed_the_absolute_one",
        label: "both",
        signal: "60 s at −71, 10 s at −30, 10 s at −44 dBFS: only −30 counts",
        read: |rate| vec![of(rate, "I", &[(60.0, -71.0), (10.0, -30.0), (10.0, -44.0)])],
    },
    Case {
        test: "bs_1770_blocks_overlap_by_75_percent",
        label: "overlap",
        signal: "0.4 s at −20 dBFS, 50 ms off the blocks, in 2 s of silence",
        read: |rate| vec![of(rate, "I", &[(0.05, f64::NEG_INFINITY), (0.4, -20.0), (1.55, f64::NEG_INFINITY)])],
    },
    Case {
        test: "bs_1770_an_incomplete_block_is_not_used",
        label: "incomplete",
        signal: "0.399 s; 0.4 s; 0.4 s at −20 and 99 ms at 0 dBFS",
        read: |rate| {
            vec![
                of(rate, "I of 0.399 s", &[(0.399, -20.0)]),
                of(rate, "I of 0.4 s", &[(0.4, -20.0)]),
                of(rate, "I of 0.499 s", &[(0.4, -20.0), (0.099, 0.0)]),
            ]
        },
    },
];

fn of(rate: f64, what: &'static str, steps: &[(f64, f64)]) -> Reading {
    Reading::new(Quantity::Loudness, what, defined(steps), play(rate, steps, 0.0, 0).integrated()).within(0.01)
}

/// Integrated loudness by equations 3 to 7, in time instead of samples: a 1 kHz sine in both channels is as many LUFS as
/// its peak is dBFS.
fn defined(steps: &[(f64, f64)]) -> Option<f64> {
    let ms: Vec<(f64, f64)> =
        steps.iter().map(|&(seconds, level)| ((seconds * 1_000.0).round(), 10f64.powf(level / 10.0))).collect();
    let length: f64 = ms.iter().map(|(ms, _)| ms).sum();
    let block = |from: f64| {
        let mut at = 0.0;
        let mut energy = 0.0;
        for (length, power) in &ms {
            energy += power * ((at + length).min(from + 400.0) - from.max(at)).max(0.0);
            at += length;
        }
        energy / 400.0
    };
    let starts = (0..).map(|j| 100.0 * f64::from(j)).take_while(|from| from + 400.0 <= length);
    let heard: Vec<f64> = starts.map(block).filter(|power| *power > 1e-7).collect();
    let gate = mean(&heard)? / 10.0;
    let counted: Vec<f64> = heard.into_iter().filter(|power| *power > gate).collect();
    mean(&counted).map(|power| 10.0 * power.log10())
}

fn mean(powers: &[f64]) -> Option<f64> {
    (!powers.is_empty()).then(|| powers.iter().sum::<f64>() / powers.len() as f64)
}
