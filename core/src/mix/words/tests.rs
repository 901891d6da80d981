use super::*;
use crate::mix::{
    Placement, Profile, RoleFrom, ScopeReport, SessionState, SongMap, Span, StepKind, TrackId, TrackInput, assess,
};
use crate::units::{Dbfs, Lu, Seconds};

/// A report of one track, as the rules make it, to be changed where a test needs it.
fn report(name: &str, role: Role) -> (MixReport, TrackReport) {
    let song = SongMap::new();
    let input = TrackInput {
        id: TrackId(1),
        name,
        role,
        role_from: RoleFrom::User,
        is_reference: false,
        is_out: false,
        placement: Placement::Post,
        measure: None,
        gain: 1.0,
        song: &song,
        held_peak: None,
    };
    let profile = Profile::guide();
    let report = assess(&[input], &profile, &SessionState::default());
    let track = TrackReport { target: profile.target(role), ..report.tracks[0].clone() };
    (report, track)
}

fn judged(role: Role, verdict: Verdict, deviation: f64) -> (MixReport, TrackReport) {
    let (report, track) = report("Track", role);
    let track = TrackReport { verdict, deviation_db: Some(Db(deviation)), ..track };
    (report, track)
}

fn said(role: Role, verdict: Verdict, deviation: f64) -> String {
    let (report, track) = judged(role, verdict, deviation);
    super::verdict(&track, &report)
}

#[test]
fn figures_have_fixed_decimals_and_a_true_minus() {
    assert_eq!((level(-15.44), level(0.3), level(-0.04)), ("−15.4".into(), "0.3".into(), "0.0".into()));
    assert_eq!((level(f64::NEG_INFINITY), level(f64::NAN)), ("–".into(), "–".into()));
    assert_eq!((difference(3.06), difference(-0.04), difference(0.0)), ("+3.1".into(), "0.0".into(), "0.0".into()));
    assert_eq!((short(-6.0), short(2.5), short(10.0)), ("−6".into(), "2.5".into(), "10".into()));
    assert_eq!((db(Db(3.0)), db(Db(-0.2))), ("+3.0 dB".into(), "−0.2 dB".into()));
}

#[test]
fn times_and_bars() {
    let clocks: Vec<String> = [0.0, 59.6, 65.0, 600.0, -2.0].map(|time| clock(Seconds(time))).into();
    assert_eq!(clocks, ["0:00", "0:59", "1:05", "10:00", "−0:02"]);
    let place = |from, to| place(Seconds(32.0), Seconds(48.0), from, to);
    assert_eq!(place(Some(17.0), Some(25.0)), "bars 17–24");
    assert_eq!(place(Some(16.99), Some(25.01)), "bars 17–24", "a hair beside the bar line is on it");
    assert_eq!(place(Some(9.2), Some(9.8)), "bar 9");
    assert_eq!(place(Some(9.0), None), "0:32–0:48");
}

#[test]
fn what_was_lost_is_said_and_nothing_where_all_was_heard() {
    let (_, track) = report("Kick", Role::Kick);
    assert_eq!(missed(&track), None);
    let lost = TrackReport { missed_cells: 23, ..track };
    assert_eq!(missed(&lost).as_deref(), Some("2.3 s missed: rendered faster than it could be read. Play it again"));
    assert_eq!(all_missed([].into_iter()), None);
    let names = ["Kick", "Bass", "Pad", "Lead", "Keys", "Perc"];
    let all = |count: usize| all_missed(names.iter().take(count).map(|name| (*name, 1_204)));
    assert_eq!(
        all(1).as_deref(),
        Some("Rendered faster than it could be read: 120.4 s of Kick are missing. Play it again.")
    );
    let many = all(6).expect("a sentence");
    assert!(many.contains("of Lead, and of 2 more tracks are missing."), "{many}");
}

#[test]
fn verdicts_are_said() {
    assert_eq!(said(Role::Bass, Verdict::High, 2.8), "2.8 dB too loud");
    assert_eq!(said(Role::Bass, Verdict::Low, -1.4), "1.4 dB too quiet");
    assert_eq!(said(Role::LeadVocal, Verdict::Low, -1.4), "1.4 LU too quiet");
    assert_eq!(said(Role::Bass, Verdict::Sits, 0.0), "sits");
    assert_eq!(said(Role::Bass, Verdict::Silent, 0.0), "not heard here");
    assert_eq!(said(Role::Bass, Verdict::Waiting, 0.0), "waiting for sound");
    assert_eq!(said(Role::Other, Verdict::NotJudged, 0.0), "not judged");
    assert_eq!(said(Role::Bass, Verdict::NoReference, 0.0), "no kick yet");
    assert_eq!(said(Role::LeadSynth, Verdict::NoReference, 0.0), "no lead vocal here");
    assert_eq!(said(Role::LeadVocal, Verdict::NoReference, 0.0), "no bed here");
    let (report, track) = judged(Role::Bass, Verdict::Sits, 0.4);
    assert_eq!(super::verdict(&TrackReport { edge: true, ..track }, &report), "sits, at the edge");
    let (report, track) = judged(Role::Kick, Verdict::NotJudged, 0.0);
    let reference = TrackReport { is_reference: true, ..track };
    assert_eq!(super::verdict(&reference, &report), "reference");
    let ignored = TrackReport { is_out: true, is_ignored: true, ..reference.clone() };
    assert_eq!(super::verdict(&ignored, &report), "ignored");
    assert_eq!(super::verdict(&TrackReport { is_out: true, ..reference }, &report), "out of the judgement");
}

#[test]
fn the_state_of_the_kick_is_said() {
    let (mut report, track) = judged(Role::Bass, Verdict::Held, 0.0);
    assert_eq!(super::verdict(&track, &report), "kick held");
    report.reference.last_hit_s = Some(Seconds(65.2));
    assert_eq!(super::verdict(&track, &report), "kick held since 1:05");
    report.reference.last_hit_bar = Some(33.75);
    assert_eq!(super::verdict(&track, &report), "kick held since bar 33");
    report.reference.state = ReferenceState::Held;
    report.reference.hit_peak_dbfs = Some(Dbfs(-11.2));
    assert_eq!(reference(&report.reference), "kick held since bar 33 at −11.2 dBFS");
    report.reference.track = Some("BD".into());
    report.reference.state = ReferenceState::Live;
    assert_eq!(reference(&report.reference), "BD at −11.2 dBFS");
    report.reference.state = ReferenceState::Virtual;
    assert_eq!(reference(&report.reference), "BD stands in for the kick at −11.2 dBFS");
    report.reference.state = ReferenceState::None;
    assert_eq!(reference(&report.reference), "no kick yet");
    report.reference.state = ReferenceState::Conflict;
    report.reference.claimed_by = vec!["Kick".into(), "Kick 2".into()];
    assert_eq!(reference(&report.reference), "two kicks: Kick, Kick 2");
    let conflict = TrackReport { verdict: Verdict::Conflict, ..track };
    assert_eq!(super::verdict(&conflict, &report), "two kicks: Kick, Kick 2");
    report.reference.claimed_by.push("BD".into());
    assert_eq!(super::verdict(&conflict, &report), "three kicks: Kick, Kick 2, BD");
}

#[test]
fn moves_and_landings_are_said() {
    assert_eq!(move_sentence(Db(-3.0)), "Pull 3 dB");
    assert_eq!(move_sentence(Db(6.0)), "Push 6 dB");
    assert_eq!(move_sentence(Db(-4.5)), "Pull 4.5 dB");
    assert_eq!(move_sentence(Db(0.0)), "Leave it");
    assert_eq!(move_sentence(Db(-0.0)), "Leave it");
    assert_eq!(move_track("Bass DI", Db(-3.0)), "Pull Bass DI 3 dB");
    let (_, track) = report("Bass", Role::Bass);
    assert_eq!(landing(&track), None);
    assert_eq!(landing(&TrackReport { lands_at_db: Some(Db(-3.2)), ..track }).as_deref(), Some("lands at −3.2"));
    let (_, vocal) = report("Vox", Role::LeadVocal);
    assert_eq!(landing(&TrackReport { lands_at_db: Some(Db(1.2)), ..vocal }).as_deref(), Some("lands at +1.2"));
}

#[test]
fn targets_are_said_with_measure_and_scope() {
    let (mut report, track) = report("Bass", Role::Bass);
    let (from_s, to_s) = (Some(Seconds(0.0)), Some(Seconds(16.0)));
    report.scope = ScopeReport { kind: ScopeKind::Playing, from_s, to_s, from_bar: Some(1.0), to_bar: Some(9.0) };
    assert_eq!(target(&track, &report), "target −6 to −3 · peak · last 8 bars");
    report.scope = ScopeReport { from_bar: None, to_bar: None, ..report.scope };
    assert_eq!(target(&track, &report), "target −6 to −3 · peak · last 16 s");
    report.scope.kind = ScopeKind::Loudest;
    assert_eq!(target(&track, &report), "target −6 to −3 · peak · loudest section 0:00–0:16");
    let elsewhere = Span { from_s: Seconds(30.0), to_s: Seconds(46.0) };
    let moved = TrackReport { scope: Some(elsewhere), ..track.clone() };
    assert_eq!(scope(&moved, &report), "its own loudest stretch 0:30–0:46");
    report.scope.kind = ScopeKind::Range;
    assert_eq!(scope(&track, &report), "0:00–0:16");
    report.scope.kind = ScopeKind::Song;
    let user = track.target.map(|target| Target { source: TargetSource::User, high_db: Db(-2.5), ..target });
    let own = TrackReport { target: user, ..track.clone() };
    assert_eq!(target(&own, &report), "your target −6 to −2.5 · peak · whole song");
    assert_eq!(target(&TrackReport { target: None, ..track }, &report), "no target");
}

#[test]
fn each_reference_of_a_target_is_named() {
    let guide = Profile::guide();
    let said = |role| guide.target(role).map(|target| format!("{} {}", band(&target), measured(&target)));
    assert_eq!(said(Role::Kick).as_deref(), Some("−12 to −10 peak in dBFS"));
    assert_eq!(said(Role::LeadVocal).as_deref(), Some("0 to +6 loudness over the bed"));
    assert_eq!(said(Role::BackingVocals).as_deref(), Some("−6 to −2 loudness against the lead vocal"));
}

#[test]
fn causes_use_the_guides_words() {
    for (role, verdict, words) in [
        (Role::Kick, Verdict::High, "masks the bass"),
        (Role::Bass, Verdict::High, "competes with the kick"),
        (Role::Sub808, Verdict::High, "competes with the kick"),
        (Role::Snare, Verdict::Low, "thin or buried"),
        (Role::LeadVocal, Verdict::Low, "lost in a dense arrangement"),
        (Role::Pads, Verdict::High, "overwhelm"),
    ] {
        assert!(cause(role, verdict).contains(words), "{role:?} {verdict:?}: {}", cause(role, verdict));
    }
    for role in Role::ALL {
        assert_ne!(cause(role, Verdict::High), cause(role, Verdict::Low), "{role:?}");
    }
    let (report, track) = judged(Role::Bass, Verdict::High, 2.8);
    assert_eq!(why(&track, &report).as_deref(), Some("2.8 dB too loud: the bass competes with the kick."));
    let (report, track) = judged(Role::Bass, Verdict::Sits, 0.0);
    assert_eq!(why(&track, &report), None);
}

#[test]
fn the_steps_of_a_plan_are_said() {
    let why = reason(Role::Bass, MoveReason::Off(Verdict::High, true));
    let said = |kind, whole: f64, by: f64| step("Bass DI", kind, Db(whole), Db(by), Db(12.0), &why);
    assert_eq!(said(StepKind::Fader, -3.0, -3.0), "Pull Bass DI 3 dB: the bass competes with the kick.");
    assert_eq!(said(StepKind::Fader, -9.0, -3.0), "Pull Bass DI 3 dB: the bass competes with the kick.");
    assert!(said(StepKind::Fader, -15.0, -15.0).ends_with(" That is far: check role and gain staging."));
    let gain = "Bring Bass DI up 15 dB at the clip or input, then judge again: the bass competes with the kick.";
    assert_eq!(said(StepKind::Gain, 15.0, 15.0), gain);
    assert!(together(Db(-3.0)).starts_with("All together: pull 3 dB."));
    let measured = reason(Role::Kick, MoveReason::Off(Verdict::High, false));
    assert_eq!(measured, "it is over its place", "no bass is there that it could mask");
    assert_eq!(reason(Role::Pads, MoveReason::Kick(Db(12.0))), "it keeps to the kick, which moves by +12 dB");
    assert_eq!([count(1, "files"), count(7, "files"), count(12, "files")], ["1 files", "Seven files", "12 files"]);
}

#[test]
fn a_cause_that_names_another_is_said_only_where_it_is_so() {
    let with = |role, verdict, others: &[(Role, Verdict)]| bears_out(role, verdict, others.iter().copied());
    assert!(with(Role::Kick, Verdict::High, &[(Role::Bass, Verdict::Low)]));
    assert!(!with(Role::Kick, Verdict::High, &[(Role::Bass, Verdict::Sits), (Role::Pads, Verdict::Low)]));
    assert!(!with(Role::LeadVocal, Verdict::Low, &[(Role::Pads, Verdict::Sits)]), "one pad is no dense arrangement");
    assert!(with(Role::LeadVocal, Verdict::Low, &[(Role::Pads, Verdict::Sits), (Role::Guitars, Verdict::Sits)]));
    assert!(with(Role::Snare, Verdict::Low, &[]));
}

#[test]
fn rides_are_said() {
    let found = Break {
        track: "Pad".into(),
        from_s: Seconds(32.0),
        to_s: Seconds(48.0),
        from_bar: Some(17.0),
        to_bar: Some(25.0),
        offset_db: Db(-13.1),
        verdict: Verdict::Low,
        beyond_db: Db(3.1),
        move_db: Some(Db(3.0)),
        harm: 24.8,
        line: 0,
        cause: cause(Role::Pads, Verdict::Low).into(),
    };
    assert_eq!(broken(&found), "bars 17–24: Pad too quiet, at −13.1 dB");
    assert_eq!(ride(&[&found], true), "Ride Pad up 3 dB in bars 17–24: the pads do not fill the space.");
    let timed = Break { from_bar: None, ..found.clone() };
    let trim = "Automate Trim of Pad up 3 dB at 0:32–0:48: the pads do not fill the space.";
    assert_eq!(ride(&[&timed], false), trim);
    let next = Break { from_bar: Some(27.0), to_bar: Some(29.0), move_db: Some(Db(-6.0)), ..found.clone() };
    let both = ride(&[&found, &next], true);
    assert!(both.starts_with("Ride Pad up 3 dB in bars 17–24, then down 6 dB in bars 27–28: "), "{both}");
    let far = Break { move_db: None, beyond_db: Db(15.2), ..found };
    assert_eq!(
        ride(&[&far], true),
        "Pad lies 15.2 dB under its place in bars 17–24: it rests there, or is not what its name says."
    );
}

#[test]
fn a_track_says_that_the_kick_comes_first() {
    let (mut report, mut track) = judged(Role::Bass, Verdict::Sits, 0.0);
    track.move_db = Some(Db(6.0));
    assert_eq!(move_after_kick(&track, &report), None);
    report.tracks.push(TrackReport { is_reference: true, move_db: Some(Db(12.0)), ..track.clone() });
    assert_eq!(move_after_kick(&track, &report).as_deref(), Some("kick first: +12; then this +6"));
    assert_eq!(move_after_kick(&report.tracks[1], &report), None, "the kick itself comes first");
}

#[test]
fn the_loudness_beside_a_peak_verdict_is_said() {
    let (_, track) = report("Bass", Role::Bass);
    assert_eq!(loudness(&track), None);
    let track = TrackReport { loudness_offset_lu: Some(Lu(3.1)), ..track };
    assert_eq!(loudness(&track).as_deref(), Some("loudness +3.1 LU against the kick, not judged"));
    let loud = TrackReport { loudness_verdict: Some(Verdict::High), ..track };
    assert_eq!(loudness(&loud).as_deref(), Some("loudness +3.1 LU against the kick, too loud by loudness"));
}
