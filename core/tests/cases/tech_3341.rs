//! EBU Tech 3341 v4, Table 1: minimum requirements 1 to 5 and 9 to 14.

use super::programme::{Player, SILENT, play};
use super::{Case, Quantity, Reading, worst};

pub const CASES: &[Case] = &[
    Case {
        test: "tech_3341_case_1_steady_tone",
        label: "1",
        signal: "20 s at −23 dBFS",
        read: |rate| steady(rate, -23.0),
    },
    Case {
        test: "tech_3341_case_2_steady_tone",
        label: "2",
        signal: "20 s at −33 dBFS",
        read: |rate| steady(rate, -33.0),
    },
    Case {
        test: "tech_3341_case_3_relative_gate",
        label: "3",
        signal: "10 s at −36, 60 s at −23, 10 s at −36 dBFS",
        read: |rate| integrated(rate, &[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)]),
    },
    Case {
        test: "tech_3341_case_4_absolute_and_relative_gate",
        label: "4",
        signal: "10 s at −72, 10 s at −36, 60 s at −23, 10 s at −36, 10 s at −72 dBFS",
        read: |rate| integrated(rate, &[(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)]),
    },
    Case {
        test: "tech_3341_case_5_levels_within_the_gate",
        label: "5",
        signal: "20 s at −26, 20.1 s at −20, 20 s at −26 dBFS",
        read: |rate| integrated(rate, &[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)]),
    },
    Case {
        test: "tech_3341_case_9_short_term_holds_through_its_own_period",
        label: "9",
        signal: "1.34 s at −20, 1.66 s at −30 dBFS, five times",
        read: |rate| {
            let meter = play(rate, &[(1.34, -20.0), (1.66, -30.0)].repeat(5), 3.0, 0);
            vec![loudness("S after 3 s", -23.0, meter.short_term_off(-23.0))]
        },
    },
    Case {
        test: "tech_3341_case_10_short_term_of_3_s_in_files",
        label: "10",
        signal: "3 s at −23 dBFS after i × 0.15 s of silence: the worst of 20 files",
        read: case_10,
    },
    Case {
        test: "tech_3341_case_11_short_term_of_3_s_live",
        label: "11",
        signal: "3 s at −38 + i dBFS, each 6 s and i × 0.15 s later: the worst of 20",
        read: case_11,
    },
    Case {
        test: "tech_3341_case_12_momentary_holds_through_its_own_period",
        label: "12",
        signal: "0.18 s at −20, 0.22 s at −30 dBFS, 25 times",
        read: |rate| {
            let meter = play(rate, &[(0.18, -20.0), (0.22, -30.0)].repeat(25), 1.0, 0);
            vec![loudness("M after 1 s", -23.0, meter.momentary_off(-23.0))]
        },
    },
    Case {
        test: "tech_3341_case_13_momentary_of_400_ms_in_files",
        label: "13",
        signal: "0.4 s at −23 dBFS after i × 20 ms of silence: the worst of 20 files",
        read: case_13,
    },
    Case {
        test: "tech_3341_case_14_momentary_of_400_ms_live",
        label: "14",
        signal: "0.4 s at −38 + i dBFS, each 0.8 s and i × 20 ms later: the worst of 20",
        read: case_14,
    },
];

fn loudness(what: &'static str, expected: f64, read: Option<f64>) -> Reading {
    Reading::new(Quantity::Loudness, what, expected, read)
}

fn steady(rate: f64, level: f64) -> Vec<Reading> {
    let meter = play(rate, &[(20.0, level)], 3.0, 0);
    vec![
        loudness("M", level, meter.momentary_off(level)),
        loudness("S", level, meter.short_term_off(level)),
        loudness("I", level, meter.integrated()),
    ]
}

fn integrated(rate: f64, steps: &[(f64, f64)]) -> Vec<Reading> {
    vec![loudness("I", -23.0, play(rate, steps, 0.0, 0).integrated())]
}

fn case_10(rate: f64) -> Vec<Reading> {
    let file = |i: i32| play(rate, &[(0.15 * f64::from(i), SILENT), (3.0, -23.0), (1.0, SILENT)], 0.0, 0);
    vec![worst((0..20).map(|i| loudness("max S", -23.0, file(i).max_short_term())))]
}

fn case_11(rate: f64) -> Vec<Reading> {
    let mut player = Player::new(rate, 0.0, 0);
    // Levels only rise, so the maximum so far is that of the newest tone.
    let tone = |i: i32| {
        let (wait, level) = (0.15 * f64::from(i), -38.0 + f64::from(i));
        player.play(wait, SILENT);
        player.play(3.0, level);
        player.play(3.0 - wait, SILENT);
        loudness("max S − tone", 0.0, player.meter.max_short_term().map(|read| read - level))
    };
    vec![worst((0..20).map(tone))]
}

/// On the song's 10 ms grid, and as far off it as can be: the nearest window then holds 395 ms of the 400, -0.055 LU.
fn case_13(rate: f64) -> Vec<Reading> {
    let file = |i: i32, start| {
        let steps = [(0.02 * f64::from(i), SILENT), (0.4, -23.0), (1.0, SILENT)];
        play(rate, &steps, 0.0, start).max_momentary()
    };
    let between = rate as i64 / 200;
    vec![
        worst((0..20).map(|i| loudness("max M", -23.0, file(i, 0)))),
        worst((0..20).map(|i| loudness("5 ms off grid", -23.0, file(i, between)))),
    ]
}

fn case_14(rate: f64) -> Vec<Reading> {
    let mut player = Player::new(rate, 0.0, 0);
    let tone = |i: i32| {
        let (wait, level) = (0.02 * f64::from(i), -38.0 + f64::from(i));
        player.play(wait, SILENT);
        player.play(0.4, level);
        player.play(0.4 - wait, SILENT);
        loudness("max M − tone", 0.0, player.meter.max_momentary().map(|read| read - level))
    };
    vec![worst((0..20).map(tone))]
}
