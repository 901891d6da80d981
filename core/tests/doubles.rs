//! Lead vocals that are one, sung twice, and those that are two.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::mix::{Assessor, MixReport, Placement, Profile, Role, ScopeKind, SessionState, assess};

const SECONDS: i32 = 60;

fn state() -> SessionState {
    SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() }
}

fn song(tracks: &[Track]) -> MixReport {
    assess(&inputs(tracks), &Profile::guide(), &state())
}

/// A vocal with this level in each cell that it sings.
fn sung(name: &str, level: impl Fn(i32) -> Option<f64>) -> Track {
    let mut track = Track::silent(name, Role::LeadVocal, f64::from(SECONDS));
    for index in 0..SECONDS * 10 {
        if let Some(level) = level(index) {
            let from_s = f64::from(index) / 10.0;
            track = track.tone(from_s, from_s + 0.1, level);
        }
    }
    track
}

/// Phrases of 4 s, a rest of 1 s between.
fn phrase(index: i32) -> Option<i32> {
    (index % 50 < 40).then_some(index / 50)
}

fn melody(index: i32) -> f64 {
    -18.0 + 4.0 * (f64::from(index) * 0.37).sin() + 2.0 * (f64::from(index) * 1.13).sin()
}

/// As wide as the melody, and nothing to do with it.
fn other_melody(index: i32) -> f64 {
    -18.0 + 4.0 * (f64::from(index) * 0.53).sin() + 2.0 * (f64::from(index) * 0.91).cos()
}

fn lead() -> Track {
    sung("Lead Vox", |index| phrase(index).map(|_| melody(index)))
}

/// The melody and the other one, mixed so that they correlate so far with the melody.
fn correlated(correlation: f64) -> Track {
    let other = (1.0 - correlation * correlation).sqrt();
    let level = move |index| -18.0 + correlation * (melody(index) + 18.0) + other * (other_melody(index) + 18.0);
    sung("Second Vox", move |index| phrase(index).map(|_| level(index)))
}

#[test]
fn two_lead_vocals_are_one_part_where_they_sing_together() {
    let with = |sings: fn(i32, i32) -> bool| {
        sung("Second Vox", move |index| {
            phrase(index).filter(|&phrase| sings(phrase, index)).map(|_| melody(index) - 3.0)
        })
    };
    let turns = sung("Second Vox", |index| (index % 50 >= 40 || index / 50 % 2 == 0).then(|| melody(index)));
    // Phrases that both sing, and as much again of what the lead rests in.
    let mostly_alone = sung("Second Vox", |index| match phrase(index) {
        Some(phrase) if phrase < 4 => Some(melody(index)),
        Some(_) => None,
        None => Some(melody(index)),
    });
    for (what, second, expected) in [
        ("sung again, 3 dB softer", with(|_, _| true), true),
        ("sung again in the choruses alone", with(|phrase, _| phrase % 3 == 2), true),
        ("sung again with its ends cut off", with(|_, index| index % 50 > 4), true),
        ("levels that correlate at 0.85", correlated(0.85), true),
        ("levels that correlate at 0.7", correlated(0.7), false),
        ("a harmony with levels of its own", correlated(0.0), false),
        ("a duet that takes turns", turns, false),
        ("two thirds of the shorter together", mostly_alone, false),
        ("too little to tell", with(|phrase, _| phrase == 3), false),
        ("a steady tone", sung("Second Vox", |index| phrase(index).map(|_| -18.0)), false),
        ("before the fader", with(|_, _| true).placed(Placement::Pre), false),
        ("switched out", Track { is_out: true, ..with(|_, _| true) }, false),
        ("a backing vocal", Track { role: Role::BackingVocals, ..with(|_, _| true) }, false),
    ] {
        let tracks = [kick(60.0).build(), lead().build(), second.build()];
        let report = song(&tracks);
        let part = expected.then_some("Lead Vox + Second Vox");
        assert_eq!(named(&report, "Lead Vox").part.as_deref(), part, "{what}");
        assert_eq!(named(&report, "Second Vox").part.as_deref(), part, "{what}");
        if expected {
            let [lead, second] = ["Lead Vox", "Second Vox"].map(|name| named(&report, name));
            assert_eq!((lead.level_dbfs, lead.verdict), (second.level_dbfs, second.verdict), "{what}: one level");
        }
    }
}

#[test]
fn a_gain_makes_no_duet_of_doubles() {
    let second = sung("Second Vox", |index| phrase(index).map(|_| melody(index)));
    for gain in [-20.0, 12.0] {
        let report = song(&[kick(60.0).build(), lead().build(), second.clone().gain_db(gain).build()]);
        assert_eq!(named(&report, "Second Vox").part.as_deref(), Some("Lead Vox + Second Vox"), "{gain} dB");
    }
}

#[test]
fn a_double_joins_the_part_that_names_make() {
    let named_double = sung("Lead Vox dbl", |index| phrase(index).map(|_| other_melody(index)));
    let second = sung("Second Vox", |index| phrase(index).map(|_| melody(index)));
    let third = sung("Third Vox", |index| phrase(index).map(|_| melody(index) - 1.0));
    let tracks = [kick(60.0), lead(), second, named_double, third].map(Track::build);
    let parts: Vec<_> = song(&tracks).tracks[1..].iter().map(|track| track.part.clone().unwrap_or_default()).collect();
    assert_eq!(parts, vec!["Lead Vox+dbl + Second Vox + Third Vox"; 4]);
}

/// What is read bit by bit is what is read at once, whether the second voice doubles the first or ceases to.
#[test]
fn doubles_follow_what_is_heard() {
    let second = sung("Second Vox", |index| phrase(index).map(|_| melody(index) - 2.0));
    let duet =
        sung("Second Vox", |index| phrase(index).map(|phrase| if phrase < 2 { -14.0 } else { other_melody(index) }));
    let mut tracks = [kick(60.0).build(), lead(), second];
    let mut assessor = Assessor::new();
    let mut seen = Vec::new();
    let mut hear = |tracks: &[Track], what: &str| {
        let kept = assessor.assess(&inputs(tracks), &Profile::guide(), &state());
        assert_eq!(kept, song(tracks), "{what}");
        let is_part = kept.tracks[1].part.is_some();
        if seen.last() != Some(&is_part) {
            seen.push(is_part);
        }
    };
    // The second voice is some way behind, and comes in pieces of odd lengths.
    for from in (0..600).step_by(37) {
        for (track, behind) in [(1, 0), (2, 90)] {
            let (from, to) = ((from - behind).max(0), (from + 37 - behind).clamp(0, 600));
            for index in from..to {
                let cell = tracks[track].cells[index as usize];
                tracks[track].song.insert(&cell);
            }
        }
        hear(&tracks, &format!("at cell {from}"));
    }
    // A second pass in which another is sung.
    for index in 0..510 {
        let cell = keel_core::dsp::Cell { epoch: 2, ..duet.cells[index] };
        tracks[2].song.insert(&cell);
        if index % 29 == 0 {
            hear(&tracks, &format!("second pass at cell {index}"));
        }
    }
    hear(&tracks, "after the second pass");
    assert_eq!(seen, [false, true, false]);
}
