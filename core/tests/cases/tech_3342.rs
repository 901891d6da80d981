//! EBU Tech 3342, Table 1: minimum requirements 1 to 4. Each step of a programme lasts 20 s.

use super::programme::play;
use super::{Case, Quantity, Reading};

pub const CASES: &[Case] = &[
    Case {
        test: "tech_3342_case_1_loudness_range",
        label: "1",
        signal: "20 s at −20, 20 s at −30 dBFS",
        read: |rate| range(rate, &[-20.0, -30.0], 10.0),
    },
    Case {
        test: "tech_3342_case_2_loudness_range",
        label: "2",
        signal: "20 s at −20, 20 s at −15 dBFS",
        read: |rate| range(rate, &[-20.0, -15.0], 5.0),
    },
    Case {
        test: "tech_3342_case_3_loudness_range",
        label: "3",
        signal: "20 s at −40, 20 s at −20 dBFS",
        read: |rate| range(rate, &[-40.0, -20.0], 20.0),
    },
    Case {
        test: "tech_3342_case_4_loudness_range",
        label: "4",
        signal: "20 s each at −50, −35, −20, −35 and −50 dBFS",
        read: |rate| range(rate, &[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    },
];

fn range(rate: f64, levels: &[f64], expected: f64) -> Vec<Reading> {
    let steps: Vec<_> = levels.iter().map(|&level| (20.0, level)).collect();
    let read = play(rate, &steps, 0.0, 0).loudness.range().map(|range| range.0);
    vec![Reading::new(Quantity::Range, "LRA", expected, read)]
}
