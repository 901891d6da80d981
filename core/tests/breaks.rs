//! Breaks of the balance over the song: found where they were planted, and nowhere else.

mod common;

use common::{Track, inputs, kick};
use std::sync::Arc;

use keel_core::mix::{AdviceKind, Break, Placement, Profile, Role, SessionState, Verdict, assess};
use keel_core::units::Db;

fn breaks(tracks: &[Track]) -> Vec<Arc<Break>> {
    assess(&inputs(tracks), &Profile::guide(), &SessionState::default()).breaks
}

#[track_caller]
fn at(found: &Break, from_s: f64, to_s: f64, tolerance: f64) {
    let read = (found.from_s.0, found.to_s.0);
    assert!(
        (read.0 - from_s).abs() <= tolerance && (read.1 - to_s).abs() <= tolerance,
        "{} expected from {from_s} to {to_s} s, read {read:?}",
        found.track
    );
}

fn pad() -> Track {
    Track::silent("Pad", Role::Pads, 64.0).tone(0.0, 64.0, -19.0)
}

/// An effect that makes these seconds the loudest section, whatever breaks elsewhere.
fn loudest(from_s: f64) -> Track {
    Track::silent("FX", Role::Other, 64.0).tone(from_s, from_s + 16.0, -20.0).build()
}

#[test]
fn a_balanced_song_has_none() {
    assert!(breaks(&[kick(64.0).build(), pad().build()]).is_empty());
}

#[test]
fn a_pad_too_loud_for_four_bars_breaks_there() {
    let found = breaks(&[kick(64.0).build(), pad().tone(24.0, 32.0, -13.0).build(), loudest(44.0)]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 24.0, 32.0, 0.3);
    assert_eq!((found[0].verdict, found[0].move_db), (Verdict::High, Some(Db(-6.0))));
    assert_eq!((found[0].from_bar, found[0].to_bar), (Some(13.0), Some(17.0)));
}

#[test]
fn a_pad_too_quiet_for_two_bars_breaks_there() {
    let found = breaks(&[kick(64.0).build(), pad().tone(40.0, 44.0, -27.0).build()]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 40.0, 44.0, 0.3);
    assert_eq!((found[0].verdict, found[0].move_db), (Verdict::Low, Some(Db(6.0))));
}

#[test]
fn a_bar_is_too_short_and_two_decibels_too_little() {
    assert!(breaks(&[kick(64.0).build(), pad().tone(24.0, 26.0, -10.0).build(), loudest(44.0)]).is_empty(), "one bar");
    assert!(breaks(&[kick(64.0).build(), pad().tone(24.0, 40.0, -14.5).build(), loudest(44.0)]).is_empty(), "2.5 dB");
}

#[test]
fn there_is_no_break_where_the_kick_is_silent() {
    let kick = Track::silent("Kick", Role::Kick, 64.0).hits(0.0, 32.0, 0.5, -11.0).hits(48.0, 64.0, 0.5, -11.0);
    let found = breaks(&[kick.clone().build(), pad().tone(33.0, 47.0, -5.0).build(), loudest(0.0)]);
    assert!(found.is_empty(), "{found:?}");
    // A break that runs on into the kick's rest ends with the kick.
    let found = breaks(&[kick.build(), pad().tone(24.0, 47.0, -10.0).build(), loudest(0.0)]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 24.0, 32.0, 0.6);
    // One that was there before the kick begins with the kick.
    let late = Track::silent("Kick", Role::Kick, 64.0).hits(20.0, 64.0, 0.5, -11.0);
    let found = breaks(&[late.build(), pad().tone(10.0, 40.0, -10.0).build(), loudest(44.0)]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 20.0, 40.0, 0.3);
}

#[test]
fn hits_break_from_the_first_to_the_last_affected() {
    let snare = Track::silent("Snare", Role::Snare, 64.0)
        .hits(0.5, 24.0, 1.0, -14.0)
        .hits(24.5, 34.0, 1.0, -9.0)
        .hits(34.5, 64.0, 1.0, -14.0);
    let found = breaks(&[kick(64.0).build(), snare.build(), loudest(44.0)]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 24.5, 33.5, 0.05);
    // Strokes before the kick comes in are no part of it.
    let snare = Track::silent("Snare", Role::Snare, 64.0).hits(0.5, 40.0, 1.0, -8.0).hits(40.5, 64.0, 1.0, -14.0);
    let late = Track::silent("Kick", Role::Kick, 64.0).hits(20.0, 64.0, 0.5, -11.0);
    let found = breaks(&[late.build(), snare.build(), loudest(44.0)]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 20.5, 39.5, 0.05);
}

#[test]
fn bleed_before_a_tom_s_first_fill_is_no_break() {
    let mut toms = Track::silent("Toms", Role::Toms, 64.0).hits(0.0, 30.0, 0.5, -39.0);
    for stroke in 0..8 {
        toms = toms.hit(30.0 + f64::from(stroke) * 0.25, -15.0);
    }
    assert!(breaks(&[kick(64.0).build(), toms.build()]).is_empty());
}

#[test]
fn ghost_notes_are_no_break() {
    let mut snare = Track::silent("Snare", Role::Snare, 64.0).hits(0.5, 64.0, 1.0, -14.0);
    for ghost in 0..60 {
        snare = snare.hit(f64::from(ghost) + 0.2, -30.0);
    }
    assert!(breaks(&[kick(64.0).build(), snare.build()]).is_empty());
}

#[test]
fn one_move_for_all_is_a_fader_move_and_different_ones_are_automation() {
    let advice = |pad: Track| {
        let tracks = [kick(64.0).build(), pad.build(), loudest(44.0)];
        let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
        report
            .advice
            .into_iter()
            .filter(|advice| advice.track == "Pad")
            .map(|advice| (advice.kind, advice.text.clone()))
            .collect::<Vec<_>>()
    };
    let everywhere = advice(Track::silent("Pad", Role::Pads, 64.0).tone(0.0, 64.0, -12.0));
    assert!(everywhere.iter().any(|(kind, _)| *kind == AdviceKind::MoveFader), "{everywhere:?}");
    assert!(!everywhere.iter().any(|(kind, _)| *kind == AdviceKind::Automate), "{everywhere:?}");
    let in_places = advice(pad().tone(24.0, 32.0, -11.0));
    assert!(in_places.iter().any(|(kind, _)| *kind == AdviceKind::Automate), "{in_places:?}");
    let before_fader = {
        let tracks = [
            kick(64.0).placed(Placement::Pre).build(),
            pad().tone(24.0, 32.0, -11.0).placed(Placement::Pre).build(),
            loudest(44.0),
        ];
        assess(&inputs(&tracks), &Profile::guide(), &SessionState::default()).advice
    };
    assert!(before_fader.iter().any(|advice| advice.text.contains("Trim")), "{before_fader:?}");
}

#[test]
fn a_second_pass_that_mends_it_removes_the_break() {
    let mut tracks = [kick(64.0).build(), pad().tone(24.0, 32.0, -13.0).build(), loudest(44.0)];
    assert_eq!(breaks(&tracks).len(), 1);
    for cell in &pad().cells[240..320] {
        tracks[1].song.insert(&keel_core::dsp::Cell { epoch: 2, ..*cell });
    }
    assert!(breaks(&tracks).is_empty());
}

#[test]
fn what_is_off_throughout_has_a_move_and_no_break() {
    let tracks = [kick(64.0).build(), Track::silent("Pad", Role::Pads, 64.0).tone(0.0, 64.0, -9.0).build()];
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
    assert_eq!(report.tracks[1].move_db, Some(Db(-9.0)));
    assert!(report.breaks.is_empty(), "{:?}", report.breaks);
    // What no move lands is off throughout, too.
    let far = [kick(64.0).build(), Track::silent("Pad", Role::Pads, 64.0).tone(0.0, 64.0, -60.0).build()];
    assert!(breaks(&far).is_empty());
}

#[test]
fn near_moments_are_one_line_with_an_edge_and_a_ride_each() {
    let pad = pad().tone(4.0, 8.0, -13.0).tone(12.0, 16.0, -27.0).tone(28.0, 34.0, -10.0);
    let tracks = [kick(64.0).build(), pad.build(), loudest(44.0)];
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
    let found: Vec<_> = report.breaks.iter().map(|one| (one.line, one.from_s.0.round(), one.move_db)).collect();
    // The last is the worst: 7 dB for 3 bars; then 3 dB, 4 dB for 2 bars each.
    assert_eq!(found, [(0, 28.0, Some(Db(-9.0))), (1, 12.0, Some(Db(6.0))), (1, 4.0, Some(Db(-6.0)))]);
    let harms: Vec<f64> = report.breaks.iter().map(|one| one.harm).collect();
    assert!(harms.is_sorted_by(|a, b| a >= b) && (harms[0] - 21.0).abs() < 1.5, "{harms:?}");
    let rides: Vec<&str> =
        report.advice.iter().filter(|advice| advice.kind == AdviceKind::Automate).map(|advice| &*advice.text).collect();
    assert_eq!(rides.len(), 2, "{rides:?}");
    assert!(rides[1].starts_with("Ride Pad down 6 dB in bars 3–4, then up 6 dB in bars 7–8: "), "{rides:?}");
    assert_eq!(report.breaks[1].line, report.breaks[2].line);
}

#[test]
fn no_ride_is_over_12_decibels() {
    let tracks = [kick(64.0).build(), pad().tone(8.0, 16.0, -38.0).build(), loudest(44.0)];
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
    assert_eq!((report.breaks.len(), report.breaks[0].move_db), (1, None));
    let ride = report.advice.iter().find(|advice| advice.kind == AdviceKind::Automate).expect("a line");
    assert!(ride.move_db.is_none() && ride.text.contains("it rests there, or is not what its name says"), "{ride:?}");
}

#[test]
fn a_vocal_lost_in_a_verse_breaks_there() {
    // It sings for a second and rests for half a one, 3 LU over the guitars.
    let sung = |from_s: f64, to_s: f64, peak_db: f64, mut vocal: Track| {
        let mut at = from_s;
        while at + 1.0 <= to_s {
            vocal = vocal.tone(at, at + 1.0, peak_db);
            at += 1.5;
        }
        vocal
    };
    let vocal = sung(0.0, 64.0, -16.0, Track::silent("Vox", Role::LeadVocal, 64.0));
    let lost = sung(24.0, 33.0, -24.0, vocal.clone());
    let gtr = || Track::silent("Gtr", Role::Guitars, 64.0).tone(0.0, 64.0, -19.0).build();
    let found = breaks(&[kick(64.0).build(), gtr(), lost.build(), loudest(44.0)]);
    assert_eq!(found.len(), 1, "{found:?}");
    at(&found[0], 24.0, 32.5, 0.3);
    assert_eq!((found[0].verdict, found[0].move_db), (Verdict::Low, Some(Db(6.0))));
    assert!((found[0].harm - 2.0 * found[0].beyond_db.0 * 4.25).abs() < 0.1, "doubled: {found:?}");
    assert_eq!(found[0].cause, "it is under its place", "one guitar is no dense arrangement");
    assert!(breaks(&[kick(64.0).build(), gtr(), vocal.build(), loudest(44.0)]).is_empty());
    let loud = sung(24.0, 33.0, -6.0, Track::silent("Vox", Role::LeadVocal, 64.0).tone(0.0, 64.0, -16.0));
    let found = breaks(&[kick(64.0).build(), gtr(), loud.build(), loudest(44.0)]);
    assert_eq!((found.len(), found[0].verdict), (1, Verdict::High), "{found:?}");
    at(&found[0], 24.0, 33.0, 0.6);
}
