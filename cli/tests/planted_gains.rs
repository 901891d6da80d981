//! Gains planted on the stems of real music come back as shifts of the offsets, by exactly as much.

mod common;

use common::{Folder, Sample, stems_folder, wav};
use keel_cli::check::{Track, analyse, judge};
use keel_cli::decode::decode;
use keel_cli::keel_toml::KeelToml;
use keel_cli::progress::Progress;
use keel_cli::stems::{Choices, RoleChoice, Stem, find};
use keel_core::mix::{MixReport, Profile, Role, ScopeKind, SessionState, TrackReport};

/// 0.02 dB, as the measure of "exactly".
const TOLERANCE: f64 = 0.02;
const GAINS_DB: [f32; 4] = [-6.0, -3.0, 3.0, 6.0];

fn analysed(stems: &[Stem]) -> Vec<Track> {
    let mut tracks: Vec<Track> =
        analyse(stems, None, &Progress::silent()).into_iter().map(|track| track.expect("a sound stem")).collect();
    let longest = tracks.iter().map(Track::seconds).fold(0.0, f64::max);
    tracks.iter_mut().for_each(|track| track.pad(longest));
    tracks
}

fn report(stems: &[Stem], tracks: &[&Track]) -> MixReport {
    let state = SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() };
    let tracks: Vec<_> = stems.iter().zip(tracks.iter().copied()).collect();
    judge(&tracks, &Profile::guide(), &state)
}

fn track<'a>(report: &'a MixReport, name: &str) -> &'a TrackReport {
    report.tracks.iter().find(|track| track.name == name).expect("a track of the session")
}

fn moved(name: &str, before: &MixReport, after: &MixReport) -> f64 {
    let offset = |report| track(report, name).offset_db.map(|db| db.0);
    offset(after).zip(offset(before)).map(|(after, before)| after - before).expect("offsets before and after")
}

fn with_gain(folder: &Folder, stem: &Stem, gain_db: f32) -> Stem {
    let audio = decode(&stem.path).expect("a sound stem");
    let gain = 10f32.powf(gain_db / 20.0);
    let frames = 0..audio.frames();
    let samples: Vec<f32> = frames.flat_map(|k| audio.channels.iter().map(move |channel| channel[k] * gain)).collect();
    let bytes = wav(audio.channels.len(), audio.sample_rate, Sample::Float, &samples);
    Stem { path: folder.file(&format!("{} {gain_db:+}.wav", stem.name), &bytes), ..stem.clone() }
}

#[test]
fn planted_gains_shift_the_offset_by_exactly_that() {
    let Some(stems_folder) = stems_folder() else {
        println!("skipped: no stems of real music here; name their folder in KEEL_STEMS");
        return;
    };
    let lead = RoleChoice { file: "lead".to_owned(), role: Role::LeadSynth };
    let stems = find(&[stems_folder], &Choices { roles: vec![lead], ..Choices::default() }, &KeelToml::default())
        .expect("the stems")
        .stems;
    let tracks = analysed(&stems);
    let before = report(&stems, &tracks.iter().collect::<Vec<_>>());
    let audible = |stem: &&Stem| track(&before, &stem.name).offset_db.is_some();
    assert_eq!(stems.iter().filter(audible).count(), 8, "all but the toms sound");

    let folder = Folder::new();
    let mut failures = Vec::new();
    for (at, stem) in stems.iter().enumerate().filter(|(_, stem)| audible(stem)) {
        let changed = analysed(&GAINS_DB.map(|gain_db| with_gain(&folder, stem, gain_db)));
        for (gain_db, changed) in GAINS_DB.iter().zip(&changed) {
            let mut mixed: Vec<&Track> = tracks.iter().collect();
            mixed[at] = changed;
            let after = report(&stems, &mixed);
            let mut expect = |name: &str, expected: f64| {
                let read = moved(name, &before, &after);
                if (read - expected).abs() > TOLERANCE {
                    failures
                        .push(format!("{} {gain_db:+} dB: {name} moved by {read:+.3}, not {expected:+}", stem.name));
                }
            };
            expect(&stem.name, f64::from(*gain_db));
            if stem.role == Role::Kick {
                // All that is counted from the kick moves the other way.
                ["bass", "snare", "hats", "pads"].iter().for_each(|name| expect(name, -f64::from(*gain_db)));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
