//! Real music read by the meter and by the `ebur128` crate. Skipped where the stems are not there.

mod common;

use common::stems_folder;
use ebur128::{EbuR128, Mode};
use keel_cli::decode::{Audio, decode};
use keel_cli::keel_toml::KeelToml;
use keel_cli::stems::{Choices, find};
use keel_core::dsp::{Analyzer, Cell, Clock, ClockKind, Hop, Loudness, Sink, loudness_range};
use keel_core::units::Lufs;

/// In LU. Both meters filter by the standard's own table at the stems' 48 kHz.
const TOLERANCE: f64 = 0.001;
/// In dB: the crate's 49 taps against our 16 and the raw sample.
const TRUE_PEAK_TOLERANCE: f64 = 0.25;

/// M and S at the end of each second, in LUFS; `None` for silence.
type Second = [Option<f64>; 2];

/// What either meter read of a stem.
#[derive(Debug, Default)]
struct Levels {
    seconds: Vec<Second>,
    integrated: Option<f64>,
    /// From the short-term loudness of each second, as the crate takes it.
    range: Option<f64>,
    /// Linear, left and right.
    sample_peak: [f64; 2],
    true_peak: [f64; 2],
}

/// Collects levels from hops.
#[derive(Default)]
struct Ours {
    meter: Loudness,
    short_terms: Vec<f64>,
    levels: Levels,
}

impl Sink for Ours {
    fn hop(&mut self, hop: &Hop) {
        self.meter.push(hop);
        for (most, peak) in self.levels.sample_peak.iter_mut().zip(hop.peak) {
            *most = most.max(f64::from(peak));
        }
        for (most, peak) in self.levels.true_peak.iter_mut().zip(hop.true_peak) {
            *most = most.max(f64::from(peak));
        }
        if (hop.index + 1) % 100 == 0 {
            let short_term = self.meter.short_term();
            self.short_terms.extend(short_term.map(Lufs::power));
            self.levels.seconds.push([self.meter.momentary(), short_term].map(|level| level.map(|level| level.0)));
        }
    }

    fn cell(&mut self, _: &Cell) {}
}

fn ours(rate: f64, left: &[f32], right: &[f32]) -> Levels {
    let mut ours = Ours::default();
    let mut analyzer = Analyzer::new(rate, 2);
    let clock = Clock { kind: ClockKind::Samples, playing: true, gain: 1.0, ..Clock::default() };
    analyzer.process(left, Some(right), &clock, &mut ours);
    analyzer.flush(&mut ours);
    let integrated = ours.meter.integrated().map(|level| level.0);
    let range = loudness_range(&mut ours.short_terms).map(|range| range.0);
    Levels { integrated, range, ..ours.levels }
}

fn oracle(rate: f64, left: &[f32], right: &[f32]) -> Levels {
    let finite = |level: f64| level.is_finite().then_some(level);
    let mut meter = EbuR128::new(2, rate as u32, Mode::all() & !Mode::HISTOGRAM).expect("a meter");
    let mut seconds = Vec::new();
    for (left, right) in left.chunks(rate as usize).zip(right.chunks(rate as usize)) {
        meter.add_frames_planar_f32(&[left, right]).expect("room for the frames");
        if left.len() == rate as usize {
            let levels = [meter.loudness_momentary(), meter.loudness_shortterm()];
            seconds.push(levels.map(|level| level.ok().and_then(finite)));
        }
    }
    Levels {
        seconds,
        integrated: meter.loudness_global().ok().and_then(finite),
        range: meter.loudness_range().ok(),
        sample_peak: [0, 1].map(|channel| meter.sample_peak(channel).expect("a channel")),
        true_peak: [0, 1].map(|channel| meter.true_peak(channel).expect("a channel")),
    }
}

#[track_caller]
fn close(what: &str, read: Option<f64>, expected: Option<f64>, tolerance: f64) {
    // Under this both are silence, which the crate may leave as a trace of its filters.
    let heard = |level: Option<f64>| level.filter(|level| *level > -150.0);
    let good = match (heard(read), heard(expected)) {
        (Some(read), Some(expected)) => (read - expected).abs() <= tolerance,
        (read, expected) => read == expected,
    };
    assert!(good, "{what}: read {read:?}, ebur128 {expected:?}");
}

fn compare(audio: &Audio) {
    let (left, right) = (&audio.channels[0], audio.channels.last().expect("a channel"));
    let rate = f64::from(audio.sample_rate);
    let (read, expected) = (ours(rate, left, right), oracle(rate, left, right));
    let name = &audio.name;
    assert_eq!(read.seconds.len(), expected.seconds.len(), "seconds of {name}");
    for (second, (read, expected)) in read.seconds.iter().zip(&expected.seconds).enumerate() {
        close(&format!("momentary of {name} in second {second}"), read[0], expected[0], TOLERANCE);
        // The crate reads a window that is not full yet.
        if second >= 2 {
            close(&format!("short-term of {name} in second {second}"), read[1], expected[1], TOLERANCE);
        }
    }
    close(&format!("integrated of {name}"), read.integrated, expected.integrated, TOLERANCE);
    if read.range.is_some() {
        close(&format!("range of {name}"), read.range, expected.range, TOLERANCE);
    }
    assert_eq!(read.sample_peak, expected.sample_peak, "sample peak of {name}");
    for (read, expected) in read.true_peak.into_iter().zip(expected.true_peak) {
        let decibels = |peak: f64| Some(20.0 * peak.log10());
        close(&format!("true peak of {name}"), decibels(read), decibels(expected), TRUE_PEAK_TOLERANCE);
    }
}

#[test]
fn real_stems_read_as_the_reference_reads_them() {
    let Some(folder) = stems_folder() else {
        println!("skipped: no stems of real music here; name their folder in KEEL_STEMS");
        return;
    };
    let stems = find(&[folder], &Choices::default(), &KeelToml::default()).expect("the stems").stems;
    assert!(!stems.is_empty(), "no stem in the folder");
    for stem in &stems {
        compare(&decode(&stem.path).expect("a sound stem"));
    }
}
