//! EBU Tech 3341 (loudness), EBU Tech 3342 (loudness range) and BS.1770-5, by the numbers of their cases.

use keel_core::dsp::{Analyzer, Cell, Hop, Loudness, Sink};
use keel_core::units::Lufs;

use crate::common::{RATES, amplitude, analyze, playing_at, sine};

/// Tech 3341, Table 1: 0.1 LU.
const TOLERANCE: f64 = 0.1;
/// Silence, as a level.
const SILENT: f64 = f64::NEG_INFINITY;

/// A meter behind an analyzer, and the extremes that it showed from a given time on.
struct Meter {
    loudness: Loudness,
    hops: usize,
    watched_from: usize,
    momentary: (f64, f64),
    short_term: (f64, f64),
}

impl Sink for Meter {
    fn hop(&mut self, hop: &Hop) {
        self.loudness.push(hop);
        self.hops += 1;
        if self.hops >= self.watched_from {
            widen(&mut self.momentary, self.loudness.momentary());
            widen(&mut self.short_term, self.loudness.short_term());
        }
    }

    fn cell(&mut self, _: &Cell) {}
}

fn widen((low, high): &mut (f64, f64), level: Option<Lufs>) {
    if let Some(Lufs(level)) = level {
        *low = low.min(level);
        *high = high.max(level);
    }
}

/// Plays a 1 kHz sine, in phase in both channels.
struct Player {
    analyzer: Analyzer,
    meter: Meter,
    /// 10 ms hold ten whole cycles at each of the rates.
    cycles: Vec<f32>,
    position: i64,
}

impl Player {
    /// The first frame lies `start` frames into the song; the meter's extremes are watched from `from_s` on.
    fn new(rate: f64, from_s: f64, start: i64) -> Self {
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        let watched_from = (from_s * 100.0).round() as usize;
        let loudness = Loudness::new();
        Self {
            analyzer: Analyzer::new(rate, 2),
            meter: Meter { loudness, hops: 0, watched_from, momentary: nothing, short_term: nothing },
            cycles: sine(rate, 1_000.0, 1.0, (rate / 100.0) as usize),
            position: start,
        }
    }

    /// Plays so many seconds at a level in dBFS.
    fn play(&mut self, seconds: f64, level: f64) {
        let gain = amplitude(level) as f32;
        let block: Vec<f32> = self.cycles.iter().map(|sample| gain * sample).collect();
        for _ in 0..(seconds * 100.0).round() as usize {
            self.analyzer.process(&block, Some(&block), &playing_at(self.position), &mut self.meter);
            self.position += block.len() as i64;
        }
    }
}

/// Plays through steps of seconds and dBFS to the end.
fn play(rate: f64, steps: &[(f64, f64)], from_s: f64, start: i64) -> Meter {
    let mut player = Player::new(rate, from_s, start);
    steps.iter().for_each(|&(seconds, level)| player.play(seconds, level));
    player.analyzer.flush(&mut player.meter);
    player.meter
}

fn check(what: &str, rate: f64, read: Option<Lufs>, expected: f64) {
    let read = read.map(|level| level.0);
    let good = read.is_some_and(|read| (read - expected).abs() <= TOLERANCE);
    assert!(good, "{what} at {rate} Hz: read {read:?}, expected {expected}");
}

fn check_integrated(case: &str, steps: &[(f64, f64)], expected: f64) {
    for rate in RATES {
        check(case, rate, play(rate, steps, 0.0, 0).loudness.integrated(), expected);
    }
}

fn check_constant(case: &str, rate: f64, (low, high): (f64, f64), expected: f64) {
    let good = (low - expected).abs() <= TOLERANCE && (high - expected).abs() <= TOLERANCE;
    assert!(good, "{case} at {rate} Hz: read {low} to {high}, expected {expected} throughout");
}

#[test]
fn tech_3341_cases_1_and_2_steady_tone() {
    for rate in RATES {
        for level in [-23.0, -33.0] {
            let meter = play(rate, &[(20.0, level)], 3.0, 0);
            check_constant("momentary", rate, meter.momentary, level);
            check_constant("short-term", rate, meter.short_term, level);
            check("integrated", rate, meter.loudness.integrated(), level);
        }
    }
}

#[test]
fn tech_3341_case_3_relative_gate() {
    check_integrated("case 3", &[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)], -23.0);
}

#[test]
fn tech_3341_case_4_absolute_and_relative_gate() {
    let steps = [(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)];
    check_integrated("case 4", &steps, -23.0);
}

#[test]
fn tech_3341_case_5_levels_within_the_gate() {
    check_integrated("case 5", &[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)], -23.0);
}

#[test]
fn tech_3341_case_9_short_term_holds_through_its_own_period() {
    let steps = [(1.34, -20.0), (1.66, -30.0)].repeat(5);
    for rate in RATES {
        check_constant("case 9", rate, play(rate, &steps, 3.0, 0).short_term, -23.0);
    }
}

#[test]
fn tech_3341_case_10_short_term_of_3_s_in_files() {
    for rate in RATES {
        for i in 0..20 {
            let steps = [(0.15 * f64::from(i), SILENT), (3.0, -23.0), (1.0, SILENT)];
            let meter = play(rate, &steps, 0.0, 0);
            check(&format!("case 10, file {i}"), rate, meter.loudness.max_short_term(), -23.0);
        }
    }
}

#[test]
fn tech_3341_case_11_short_term_of_3_s_live() {
    for rate in RATES {
        let mut player = Player::new(rate, 0.0, 0);
        for i in 0..20 {
            let (wait, level) = (0.15 * f64::from(i), -38.0 + f64::from(i));
            player.play(wait, SILENT);
            player.play(3.0, level);
            player.play(3.0 - wait, SILENT);
            // Levels only rise, so the maximum so far is that of the newest tone.
            check(&format!("case 11, tone {i}"), rate, player.meter.loudness.max_short_term(), level);
        }
    }
}

#[test]
fn tech_3341_case_12_momentary_holds_through_its_own_period() {
    let steps = [(0.18, -20.0), (0.22, -30.0)].repeat(25);
    for rate in RATES {
        check_constant("case 12", rate, play(rate, &steps, 1.0, 0).momentary, -23.0);
    }
}

#[test]
fn tech_3341_case_13_momentary_of_400_ms_in_files() {
    for rate in RATES {
        for i in 0..20 {
            let steps = [(0.02 * f64::from(i), SILENT), (0.4, -23.0), (1.0, SILENT)];
            // Once on the song's grid and once as far off it as can be.
            for start in [0, rate as i64 / 200] {
                let meter = play(rate, &steps, 0.0, start);
                check(&format!("case 13, file {i} from frame {start}"), rate, meter.loudness.max_momentary(), -23.0);
            }
        }
    }
}

#[test]
fn tech_3341_case_14_momentary_of_400_ms_live() {
    for rate in RATES {
        let mut player = Player::new(rate, 0.0, 0);
        for i in 0..20 {
            let (wait, level) = (0.02 * f64::from(i), -38.0 + f64::from(i));
            player.play(wait, SILENT);
            player.play(0.4, level);
            player.play(0.4 - wait, SILENT);
            check(&format!("case 14, tone {i}"), rate, player.meter.loudness.max_momentary(), level);
        }
    }
}

#[test]
fn tech_3342_cases_1_to_4_loudness_range() {
    let cases: [(&[f64], f64); 4] = [
        (&[-20.0, -30.0], 10.0),
        (&[-20.0, -15.0], 5.0),
        (&[-40.0, -20.0], 20.0),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for (case, (levels, expected)) in cases.iter().enumerate() {
            let steps: Vec<_> = levels.iter().map(|&level| (20.0, level)).collect();
            let read = play(rate, &steps, 0.0, 0).loudness.range().map(|range| range.0);
            let good = read.is_some_and(|read| (read - expected).abs() <= 1.0);
            assert!(good, "case {} at {rate} Hz: read {read:?} LU, expected {expected}", case + 1);
        }
    }
}

#[test]
fn bs_1770_full_scale_997_hz_in_one_channel_reads_minus_3_01() {
    for rate in RATES {
        let tone = sine(rate, 997.0, 1.0, rate as usize);
        let silence = vec![0.0; tone.len()];
        let one = analyze(rate, &tone, None);
        let left = analyze(rate, &tone, Some(&silence));
        let right = analyze(rate, &silence, Some(&tone));
        for (what, heard) in [("one channel", one), ("left", left), ("right", right)] {
            let read = Lufs::from_power(heard.mean_k_power()).unwrap().0;
            assert!((read + 3.01).abs() < 0.01, "{what} at {rate} Hz: read {read} LUFS, expected -3.01");
        }
    }
}
