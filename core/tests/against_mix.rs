//! Sets without a kick: a kit that stands in for it, and tracks judged against the mix.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::mix::{
    MixReport, Placement, Profile, ReferenceState, Role, ScopeKind, SessionState, StandIn, TargetSource, TrackId,
    Verdict, assess, words,
};

const SECONDS: f64 = 40.0;

fn tone(name: &str, role: Role, peak_db: f64) -> Track {
    Track::silent(name, role, SECONDS).tone(0.0, SECONDS, peak_db)
}

fn profile(name: &str) -> Profile {
    Profile::load(name).unwrap_or_else(|error| panic!("{error}"))
}

fn judge(tracks: &[Track], profile: &Profile) -> MixReport {
    let state = SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() };
    assess(&inputs(tracks), profile, &state)
}

#[track_caller]
fn offset(report: &MixReport, name: &str, expected: f64) {
    let read = named(report, name).offset_db.unwrap_or_else(|| panic!("{name} has no offset")).0;
    assert!((read - expected).abs() < 0.02, "{name} expected at {expected}, read {read}");
}

/// Decibels of the first power in the sum of all, each given in decibels.
fn share(own: f64, others: &[f64]) -> f64 {
    let power = |db: &f64| 10f64.powf(db / 10.0);
    own - 10.0 * (power(&own) + others.iter().map(power).sum::<f64>()).log10()
}

/// Drums, bass, other and vocals as tones of these peaks.
fn four_stems([drums, bass, other, vocals]: [f64; 4]) -> Vec<Track> {
    vec![
        tone("drums", Role::Group, drums).build(),
        tone("bass", Role::Bass, bass).build(),
        tone("other", Role::Pads, other).build(),
        tone("vocals", Role::LeadVocal, vocals).build(),
    ]
}

#[test]
fn each_of_four_stems_is_judged_against_their_sum() {
    let peaks = [-16.5, -18.0, -15.0, -13.6];
    let report = judge(&four_stems(peaks), &profile("stems"));
    for (at, name) in ["drums", "bass", "other", "vocals"].into_iter().enumerate() {
        let others: Vec<f64> = (0..4).filter(|other| *other != at).map(|other| peaks[other]).collect();
        offset(&report, name, share(peaks[at], &others));
        let track = named(&report, name);
        assert_eq!(
            (track.verdict, track.target.map(|target| target.source)),
            (Verdict::Sits, Some(TargetSource::Research))
        );
    }
    let drums = named(&report, "drums");
    assert!(drums.is_kit && drums.role == Role::Group && !drums.is_bus());
    assert!(report.profile_about.as_ref().is_some_and(|about| about.contains("62")), "{:?}", report.profile_about);
    let origins: Vec<&str> = report.targets_from.iter().map(|origin| origin.role.as_str()).collect();
    assert_eq!(origins, ["drums", "bass", "pads", "lead-vocal"]);
    let bass = &report.targets_from[1];
    assert_eq!((bass.text.as_str(), bass.songs), ("Bass −8.1 ± 3.0 LU", 62));
    assert!(bass.who.as_ref().is_some_and(|who| who.starts_with("Ward")), "{:?}", bass.who);
    assert!(!report.notes.iter().any(|note| note.contains("kick")), "nothing counts from a kick: {:?}", report.notes);
}

#[test]
fn a_move_lands_where_it_says_once_the_mix_moved_with_it() {
    let profile = profile("stems");
    for (at, by) in [(3, 6.0), (3, 9.0), (1, 9.0), (2, -9.0), (0, -12.0), (3, -15.0)] {
        let mut peaks = [-16.5, -18.0, -15.0, -13.6];
        peaks[at] += by;
        let name = ["drums", "bass", "other", "vocals"][at];
        let before = judge(&four_stems(peaks), &profile);
        let track = named(&before, name);
        assert!(matches!(track.verdict, Verdict::Low | Verdict::High), "{name} by {by}: {:?}", track.verdict);
        let (move_db, lands) = (track.move_db.expect("a move").0, track.lands_at_db.expect("a landing").0);
        for (peak, track) in peaks.iter_mut().zip(&before.tracks) {
            *peak += track.move_db.map_or(0.0, |by| by.0);
        }
        let after = judge(&four_stems(peaks), &profile);
        offset(&after, name, lands);
        assert_eq!(named(&after, name).verdict, Verdict::Sits, "{name} by {by}, moved by {move_db}");
    }
}

#[test]
fn a_track_is_compared_with_the_mix_where_it_sounds() {
    // The voice rests in the first half, where the rest is louder.
    let voice = Track::silent("vocals", Role::LeadVocal, SECONDS).tone(21.0, SECONDS, -13.0).build();
    let other = tone("other", Role::Pads, -4.0).tone(20.0, SECONDS, -13.0).build();
    offset(&judge(&[voice, other], &profile("stems")), "vocals", share(-13.0, &[-13.0]));
}

#[test]
fn buses_and_tracks_switched_out_are_no_part_of_the_mix() {
    let tracks = || vec![tone("vocals", Role::LeadVocal, -13.0).build(), tone("other", Role::Pads, -13.0).build()];
    let mut more = tracks();
    more.push(tone("Mix", Role::MixBus, -3.0).build());
    more.push(tone("Verb", Role::Return, -3.0).build());
    more.push(tone("Gtr Bus", Role::Group, -3.0).build());
    more.push(Track { is_out: true, ..tone("old", Role::Pads, -3.0).build() });
    offset(&judge(&more, &profile("stems")), "vocals", share(-13.0, &[-13.0]));
    assert_eq!(named(&judge(&more, &profile("stems")), "Gtr Bus").verdict, Verdict::NotJudged);
}

#[test]
fn a_part_of_the_song_that_a_track_was_not_heard_in_is_left_out() {
    // The bed's loud half was heard while the voice's instance was not; a track without sound in the song adds nothing.
    let voice = tone("vocals", Role::LeadVocal, -13.0).unheard(20.0, SECONDS).build();
    let other = tone("other", Role::Pads, -13.0).tone(20.0, SECONDS, -3.0).build();
    let late = Track::silent("late", Role::Pads, SECONDS).unheard(0.0, SECONDS).build();
    offset(&judge(&[voice, other, late], &profile("stems")), "vocals", share(-13.0, &[-13.0]));
}

#[test]
fn a_gain_counts_in_track_and_mix() {
    let voice = tone("vocals", Role::LeadVocal, -19.0).gain_db(6.0).build();
    let other = tone("other", Role::Pads, -16.0).gain_db(3.0).build();
    offset(&judge(&[voice, other], &profile("stems")), "vocals", share(-13.0, &[-13.0]));
}

#[test]
fn a_track_alone_is_not_compared_with_itself() {
    let report = judge(&[tone("vocals", Role::LeadVocal, -13.0).build()], &profile("stems"));
    let voice = named(&report, "vocals");
    assert_eq!((voice.verdict, voice.offset_db), (Verdict::NoReference, None));
    assert!(!report.judges());
}

#[test]
fn the_mix_is_compared_on_one_side_of_the_fader_only() {
    let verdict = |own, other| {
        let voice = tone("vocals", Role::LeadVocal, -13.6).placed(own).build();
        let report = judge(&[voice, tone("other", Role::Pads, -13.0).placed(other).build()], &profile("stems"));
        named(&report, "vocals").verdict
    };
    assert_eq!(verdict(Placement::Post, Placement::Post), Verdict::Sits);
    assert_eq!(verdict(Placement::Pre, Placement::Pre), Verdict::Sits);
    assert_eq!(verdict(Placement::Post, Placement::Pre), Verdict::NotJudged);
    assert_eq!(verdict(Placement::Pre, Placement::Post), Verdict::NotJudged);
}

#[test]
fn a_bed_of_several_tracks_counts_as_one() {
    let tracks = [
        tone("Gtr 1", Role::Guitars, -19.0).build(),
        tone("Gtr solo", Role::Guitars, -25.0).build(),
        tone("Keys", Role::Pads, -22.0).build(),
        tone("vocals", Role::LeadVocal, -13.6).build(),
    ];
    let report = judge(&tracks, &profile("stems"));
    let bed = 10.0 * [-19.0, -25.0, -22.0].map(|db: f64| 10f64.powf(db / 10.0)).iter().sum::<f64>().log10();
    for name in ["Gtr 1", "Gtr solo", "Keys"] {
        offset(&report, name, share(bed, &[-13.6]));
    }
    let moves: Vec<_> = report.tracks[..3].iter().map(|track| track.move_db).collect();
    assert!(moves.iter().all(|by| *by == moves[0]), "one move for all of it: {moves:?}");
}

#[test]
fn a_track_of_a_kind_that_rests_while_the_others_play_is_silent() {
    // The keys play alone in the first half.
    let keys = Track::silent("Keys", Role::Pads, SECONDS).tone(0.0, 18.0, -19.0).build();
    let guitars = Track::silent("Gtr", Role::Guitars, SECONDS).tone(20.0, SECONDS, -15.0).build();
    let report = assess(
        &inputs(&[keys, guitars, Track::silent("vocals", Role::LeadVocal, SECONDS).tone(20.0, SECONDS, -13.6).build()]),
        &profile("stems"),
        &SessionState::default(),
    );
    assert!(report.scope.from_s.is_some_and(|from| from.0 >= 20.0), "the guitars are louder: {:?}", report.scope);
    let keys = named(&report, "Keys");
    assert_eq!((keys.verdict, keys.offset_db), (Verdict::Silent, None));
    offset(&report, "Gtr", share(-15.0, &[-13.6]));
}

#[test]
fn a_lone_kit_stands_in_for_the_kick_and_it_is_said() {
    let kit = Track::silent("drums", Role::Group, SECONDS).hits(0.0, SECONDS, 0.5, -11.0).build();
    let tracks = [kit, tone("bass", Role::Bass, -15.5).build()];
    let report = judge(&tracks, &Profile::guide());
    assert_eq!((report.reference.state, report.reference.track.as_deref()), (ReferenceState::Virtual, Some("drums")));
    offset(&report, "bass", -4.5);
    let drums = named(&report, "drums");
    assert_eq!((named(&report, "bass").verdict, drums.verdict), (Verdict::Sits, Verdict::NotJudged));
    assert!(drums.note.as_ref().is_some_and(|note| note.contains("stands in")), "{:?}", drums.note);
    assert!(
        report.notes.iter().any(|note| note.contains("drums, a whole kit, stands in for it")),
        "{:?}",
        report.notes
    );
    assert_eq!(words::reference(&report.reference), "drums stands in for the kick at −11.0 dBFS");
}

#[test]
fn what_a_kit_cannot_tell_from_a_kick_moves_no_fader() {
    let verdict = |peak_db: f64| {
        let kit = Track::silent("drums", Role::Group, SECONDS).hits(0.0, SECONDS, 0.5, -11.0).build();
        let report = judge(&[kit, tone("bass", Role::Bass, peak_db).build()], &Profile::guide());
        (named(&report, "bass").verdict, named(&report, "bass").edge)
    };
    // The band ends at -17 dBFS, 6 dB under the kit's hits.
    assert_eq!(verdict(-18.9), (Verdict::Sits, true));
    assert_eq!(verdict(-19.2), (Verdict::Low, false));
}

#[test]
fn a_kit_beside_its_drums_or_a_kick_stands_in_for_nothing() {
    let kit = || Track::silent("drums", Role::Group, SECONDS).hits(0.0, SECONDS, 0.5, -5.0).build();
    let report = judge(&[kit(), kick(SECONDS).build(), tone("bass", Role::Bass, -15.5).build()], &Profile::guide());
    assert_eq!((report.reference.track.as_deref(), named(&report, "drums").is_kit), (Some("Kick"), false));
    let snare = Track::silent("snare", Role::Snare, SECONDS).hits(0.5, SECONDS, 1.0, -14.0).build();
    let report = judge(&[kit(), snare, tone("bass", Role::Bass, -15.5).build()], &profile("stems"));
    assert_eq!((report.reference.state, named(&report, "drums").verdict), (ReferenceState::None, Verdict::NotJudged));
    let other = Track { name: "Gtr Bus".into(), ..kit() };
    assert_eq!(judge(&[other], &Profile::guide()).reference.state, ReferenceState::None, "no kit by its name");
}

#[test]
fn what_the_user_picks_goes_before_the_kit() {
    let kit = Track::silent("drums", Role::Group, SECONDS).hits(0.0, SECONDS, 0.5, -11.0).build();
    let tracks = [kit, tone("bass", Role::Bass, -15.5).build(), tone("pad", Role::Pads, -19.0).build()];
    let state =
        SessionState { scope: Some(ScopeKind::Song), stand_in: Some(StandIn(TrackId(2))), ..SessionState::default() };
    let report = assess(&inputs(&tracks), &Profile::guide(), &state);
    assert_eq!(report.reference.track.as_deref(), Some("bass"));
}

#[test]
fn a_song_without_a_kick_says_what_would_judge_it() {
    let report = judge(&[tone("bass", Role::Bass, -15.5).build()], &Profile::guide());
    assert!(!report.judges());
    assert!(report.notes.iter().any(|note| note.contains("The targets \"stems\"")), "{:?}", report.notes);
}

#[test]
fn a_verdict_within_what_people_differ_by_is_said_softly() {
    let said = |bass| {
        let report = judge(&four_stems([-16.5, bass, -15.0, -13.6]), &profile("stems"));
        words::verdict(named(&report, "bass"), &report)
    };
    assert_eq!(said(-12.1), "a bit loud");
    assert!(said(-8.0).ends_with("LU too loud"), "{}", said(-8.0));
    assert_eq!(said(-22.4), "a bit quiet");
    assert!(said(-30.0).ends_with("LU too quiet"), "{}", said(-30.0));
}
