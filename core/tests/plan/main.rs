//! The plan: right when carried out, the same whatever the tracks' order, and no worse than any other set of moves.

#[path = "../common/mod.rs"]
mod common;
mod model;
mod properties;
mod song;

use common::{Track, inputs, kick, named};
use keel_core::mix::{
    AdviceKind, MixReport, Placement, Profile, ReferenceState, Role, SessionState, StepKind, Verdict, assess,
    assess_moved,
};
use keel_core::units::{Db, Dbtp};

fn judge(tracks: &[Track]) -> MixReport {
    assess(&inputs(tracks), &Profile::guide(), &SessionState::default())
}

fn tone(name: &str, role: Role, peak_db: f64) -> Track {
    Track::silent(name, role, 40.0).tone(0.0, 40.0, peak_db)
}

fn hits(name: &str, role: Role, peak_db: f64) -> Track {
    Track::silent(name, role, 40.0).hits(0.25, 40.0, 0.5, peak_db)
}

/// The steps of the plan by name, in their order.
fn steps(report: &MixReport) -> Vec<(&str, f64)> {
    let plan = report.plan.as_ref().expect("a plan");
    plan.steps.iter().map(|step| (step.track.as_str(), step.move_db.0)).collect()
}

#[test]
fn a_kick_far_too_quiet_moves_first_and_the_others_count_from_it() {
    let tracks = [
        tone("Bass", Role::Bass, -17.0).build(),
        hits("Snare", Role::Snare, -13.5).build(),
        Track::silent("Kick", Role::Kick, 40.0).hits(0.0, 40.0, 0.5, -20.0).build(),
        tone("Pad", Role::Pads, -19.0).build(),
    ];
    let report = judge(&tracks);
    assert_eq!(steps(&report), [("Kick", 9.0)], "9 dB of the kick mend all four");
    assert!(["Bass", "Snare", "Pad"].iter().all(|name| named(&report, name).verdict == Verdict::High), "as it stands");
    assert!(report.after.iter().all(|after| after.verdict == Verdict::Sits), "{:?}", report.after);
    let leave: Vec<&str> =
        report.advice.iter().filter(|advice| advice.text.starts_with("Leave")).map(|advice| &*advice.track).collect();
    assert_eq!(leave, ["Bass", "Snare", "Pad"], "each that is off has a line: {:?}", report.advice);
}

#[test]
fn the_order_is_the_rebuild_s_and_ties_go_by_name() {
    let far = |name: &str, role: Role| tone(name, role, -2.0).build();
    let names = ["Pad B", "Pad A", "Bass", "Gtr", "Cym"];
    let roles = [Role::Pads, Role::Pads, Role::Bass, Role::Guitars, Role::Cymbals];
    let mut tracks: Vec<Track> = names.iter().zip(roles).map(|(name, role)| far(name, role)).collect();
    tracks.push(hits("Hat", Role::Hats, -2.0).build());
    tracks.push(hits("Snr", Role::Snare, -2.0).build());
    tracks.push(kick(40.0).build());
    let report = judge(&tracks);
    let order: Vec<&str> = steps(&report).into_iter().map(|(name, _)| name).collect();
    assert_eq!(order, ["Bass", "Snr", "Hat", "Cym", "Gtr", "Pad A", "Pad B"]);
    tracks.reverse();
    let reversed = judge(&tracks);
    assert_eq!(reversed.plan.as_ref().map(|plan| plan.steps.len()), Some(7));
    assert_eq!(steps(&reversed), steps(&report));
}

#[test]
fn a_kick_s_own_level_is_headroom() {
    for (peak_db, verdict, moved) in [
        (-13.5, Verdict::Sits, 0.0),
        (-13.6, Verdict::Low, 3.0),
        (-8.5, Verdict::Sits, 0.0),
        (-8.4, Verdict::High, -3.0),
    ] {
        let tracks = [Track::silent("Kick", Role::Kick, 40.0).hits(0.0, 40.0, 0.5, peak_db).build()];
        let report = judge(&tracks);
        let read = named(&report, "Kick");
        assert_eq!((read.verdict, read.move_db), (verdict, Some(Db(moved))), "at {peak_db} dBFS");
    }
}

#[test]
fn a_kick_too_quiet_gives_way_where_the_mix_has_no_room() {
    let bus = |peak_db: f64| Track::silent("Mix", Role::MixBus, 40.0).tone(0.0, 40.0, peak_db).build();
    let kick = || Track::silent("Kick", Role::Kick, 40.0).hits(0.0, 40.0, 0.5, -16.0).build();
    let with_room = judge(&[kick(), bus(-5.5)]);
    assert_eq!((named(&with_room, "Kick").verdict, steps(&with_room)), (Verdict::Low, vec![("Kick", 6.0)]));
    let without = judge(&[kick(), bus(-4.5)]);
    let read = named(&without, "Kick");
    assert_eq!((read.verdict, read.edge, steps(&without)), (Verdict::Sits, true, vec![]));
    assert!(read.note.as_deref().is_some_and(|note| note.contains("4.0 dB under its band")), "{:?}", read.note);
}

#[test]
fn before_the_fader_the_kick_moves_only_where_that_spares_half_of_all_moves() {
    let pre = |track: Track| track.placed(Placement::Pre).build();
    let kick = || pre(Track::silent("Kick", Role::Kick, 40.0).hits(0.0, 40.0, 0.5, -11.0));
    let off = |name: &str, role: Role, peak_db: f64| pre(tone(name, role, peak_db));
    let all = [kick(), off("Bass", Role::Bass, -6.5), off("Pad", Role::Pads, -10.0), off("Gtr", Role::Guitars, -10.0)];
    let report = judge(&all);
    assert_eq!(named(&report, "Kick").verdict, Verdict::NotJudged);
    assert_eq!(steps(&report).len(), 1, "{:?}", steps(&report));
    assert_eq!(steps(&report)[0].0, "Kick");
    let one = [kick(), off("Bass", Role::Bass, -6.5), off("Pad", Role::Pads, -19.0)];
    assert_eq!(steps(&judge(&one)), [("Bass", -9.0)], "one move is no more than one of the kick");
}

#[test]
fn a_large_push_is_gain_staging_and_a_large_pull_a_fader_move() {
    let tracks = [kick(40.0).build(), tone("Bass", Role::Bass, -34.0).build(), tone("Pad", Role::Pads, -2.0).build()];
    let report = judge(&tracks);
    let plan = report.plan.as_ref().expect("a plan");
    let kinds: Vec<_> = plan.steps.iter().map(|step| (step.kind, step.move_db.0)).collect();
    assert_eq!(kinds, [(StepKind::Gain, 18.0), (StepKind::Fader, -15.0)]);
    assert!(report.after.iter().all(|after| after.verdict == Verdict::Sits), "both count as done");
    let text = |name: &str| report.advice.iter().find(|advice| advice.track == name).expect("a line");
    assert_eq!(text("Bass").kind, AdviceKind::GainStage);
    assert!(text("Bass").text.starts_with("Bring Bass up 18 dB at the clip or input, then judge again"));
    assert!(text("Pad").text.contains("check role and gain staging"), "{}", text("Pad").text);
}

#[test]
fn what_no_move_lands_stays_and_is_named() {
    let tracks = [kick(40.0).build(), tone("Bass", Role::Bass, -47.0).build(), tone("Pad", Role::Pads, -19.0).build()];
    let report = judge(&tracks);
    assert_eq!(steps(&report), []);
    let plan = report.plan.as_ref().expect("a plan");
    assert_eq!(plan.not_landed.len(), 1);
    assert!(plan.not_landed[0].reason.contains("within 24 dB"), "{:?}", plan.not_landed);
    let line = report.advice.iter().find(|advice| advice.track == "Bass").expect("a line");
    assert_eq!((line.kind, named(&report, "Bass").verdict), (AdviceKind::Role, Verdict::Low));
}

#[test]
fn what_is_not_judged_goes_by_the_middle_of_the_others_and_a_shared_move_is_told_once() {
    let loud = |name: &str, role: Role, peak_db: f64| tone(name, role, peak_db).build();
    let tracks = [
        kick(40.0).build(),
        loud("Bass", Role::Bass, -10.0),
        loud("Pad", Role::Pads, -11.5),
        loud("Gtr", Role::Guitars, -11.5),
        loud("Cym", Role::Cymbals, -11.5),
        loud("FX", Role::Other, -20.0),
        loud("Grp", Role::Group, -5.0),
        loud("Verb", Role::Return, -25.0),
        loud("Mix", Role::MixBus, -5.0),
    ];
    let report = judge(&tracks);
    let plan = report.plan.as_ref().expect("a plan");
    assert_eq!((plan.together_db, plan.unjudged_db), (Some(Db(-6.0)), Db(-6.0)), "{:?}", steps(&report));
    assert_eq!(named(&report, "FX").move_db, Some(Db(-6.0)));
    for (name, moved) in [("Grp", None), ("Verb", None), ("Mix", None), ("Kick", Some(Db(0.0)))] {
        assert_eq!(named(&report, name).move_db, moved, "{name}");
    }
    let beside: Vec<_> =
        plan.steps.iter().map(|step| (step.track.as_str(), step.beside_together_db.map(|db| db.0))).collect();
    assert!(beside.contains(&("Kick", Some(6.0))) && beside.contains(&("Pad", Some(0.0))), "{beside:?}");
    let told: Vec<&str> =
        report.advice.iter().filter(|advice| advice.move_db.is_some()).map(|advice| &*advice.text).collect();
    assert!(told[0].starts_with("All together: pull 6 dB."), "{told:?}");
    assert!(told.iter().any(|text| text.starts_with("Push Kick 6 dB")), "{told:?}");
    assert!(!told.iter().any(|text| text.contains("Pad")), "what shares the move has no line of its own: {told:?}");
    let printed = SessionState { printed: true, ..SessionState::default() };
    let of_files = assess(&inputs(&tracks), &Profile::guide(), &printed);
    assert_eq!(named(&of_files, "Verb").move_db, Some(Db(-6.0)), "a printed return goes along");
    assert_eq!(named(&of_files, "Grp").move_db, None, "a sum does not");
}

#[test]
fn all_go_down_together_where_the_sum_would_pass_its_limit() {
    let tracks = [kick(40.0).build(), tone("Bass", Role::Bass, -10.0).build(), tone("Pad", Role::Pads, -19.0).build()];
    let at = |peak: f64| {
        let state = SessionState { planned_peak: Some(Dbtp(peak)), ..SessionState::default() };
        assess(&inputs(&tracks), &Profile::guide(), &state)
    };
    let fits = at(-1.0);
    assert_eq!(
        (steps(&fits), fits.plan.as_ref().and_then(|plan| plan.lowered_db)),
        (vec![("Bass", -6.0)], Some(Db(0.0)))
    );
    let over = at(2.1);
    assert_eq!(steps(&over), [("Kick", -6.0), ("Bass", -12.0), ("Pad", -6.0)]);
    let plan = over.plan.as_ref().expect("a plan");
    assert_eq!((plan.lowered_db, plan.together_db), (Some(Db(-6.0)), Some(Db(-6.0))));
    assert!((plan.true_peak_dbtp.expect("a peak").0 + 3.9).abs() < 1e-9);
    assert_eq!(over.after[1].verdict, Verdict::Sits);
    let balanced = [kick(40.0).build(), tone("Pad", Role::Pads, -19.0).build()];
    let state = SessionState { planned_peak: Some(Dbtp(0.5)), ..SessionState::default() };
    let report = assess(&inputs(&balanced), &Profile::guide(), &state);
    assert_eq!(steps(&report), [("Kick", -3.0), ("Pad", -3.0)], "though all sits");
}

#[test]
fn with_a_held_kick_there_is_no_plan_and_without_one_only_voices_move() {
    let vocal = |db: f64| tone("Vox", Role::LeadVocal, db).build();
    let tracks = [tone("Pad", Role::Pads, -10.0).build(), tone("Bass", Role::Bass, -2.0).build(), vocal(-20.0)];
    let report = judge(&tracks);
    assert_eq!(report.reference.state, ReferenceState::None);
    assert_eq!(steps(&report), [("Vox", 12.0)]);
    let short = Track::silent("Kick", Role::Kick, 80.0).hits(0.0, 20.0, 0.5, -11.0).build();
    let bass = Track::silent("Bass", Role::Bass, 80.0).tone(0.0, 80.0, -2.0).build();
    let transport = keel_core::mix::SessionTransport { playing: true, position_s: 70.0, ..Default::default() };
    let state = SessionState { transport, ..SessionState::default() };
    let held = assess(&inputs(&[short, bass]), &Profile::guide(), &state);
    assert_eq!((held.reference.state, held.plan.is_none(), held.after.len()), (ReferenceState::Held, true, 0));
}

#[test]
fn the_after_report_is_what_the_moves_read_by_the_same_rules() {
    let tracks = song::mix();
    let before = judge(&tracks);
    let plan = before.plan.as_ref().expect("a plan");
    let done = assess_moved(&inputs(&tracks), &Profile::guide(), &SessionState::default(), &plan.moves());
    for (track, after) in done.tracks.iter().zip(&before.after) {
        assert_eq!((track.verdict, track.offset_db), (after.verdict, after.offset_db), "{}", track.name);
        let lands = named(&before, &track.name).lands_at_db;
        assert!(lands.is_none() || lands == track.offset_db, "{}: {lands:?}", track.name);
    }
    assert_eq!(steps(&done), [], "with the plan done there is nothing to do");
    assert_eq!(judge(&tracks), before, "the session was not touched");
}

#[test]
fn a_trial_reads_what_a_trim_of_the_same_size_reads() {
    let tracks = song::mix();
    let moves: Vec<_> =
        inputs(&tracks).iter().enumerate().map(|(k, track)| (track.id, Db(k as f64 * 1.5 - 4.0))).collect();
    let tried = assess_moved(&inputs(&tracks), &Profile::guide(), &SessionState::default(), &moves);
    let trimmed: Vec<Track> =
        tracks.iter().enumerate().map(|(k, track)| track.clone().gain_db(k as f64 * 1.5 - 4.0)).collect();
    let read = judge(&trimmed);
    for (tried, read) in tried.tracks.iter().zip(&read.tracks) {
        assert_eq!((tried.verdict, tried.move_db), (read.verdict, read.move_db), "{}", read.name);
        let close = |a: Option<f64>, b: Option<f64>| a.zip(b).is_none_or(|(a, b)| (a - b).abs() < 1e-4);
        assert!(close(tried.offset_db.map(|db| db.0), read.offset_db.map(|db| db.0)), "{}", read.name);
        assert!(close(tried.integrated_lufs.map(|l| l.0), read.integrated_lufs.map(|l| l.0)), "{}", read.name);
        assert!(close(tried.true_peak_dbtp.map(|l| l.0), read.true_peak_dbtp.map(|l| l.0)), "{}", read.name);
    }
}

#[test]
fn planted_moments_remain_once_all_is_landed_and_no_others() {
    let long = |name: &str, role: Role| Track::silent(name, role, 96.0);
    let tracks = [
        long("Kick", Role::Kick).hits(0.0, 96.0, 0.5, -20.0).build(),
        long("Bass", Role::Bass).tone(0.0, 96.0, -10.0).tone(16.0, 24.0, -4.0).build(),
        long("Snare", Role::Snare).hits(0.5, 96.0, 1.0, -24.0).build(),
        long("Gtr", Role::Guitars).tone(0.0, 96.0, -13.0).build(),
        long("Vox", Role::LeadVocal).tone(0.0, 96.0, -27.0).tone(56.0, 72.0, -35.0).build(),
        // The loudest section holds neither of the two.
        long("FX", Role::Other).tone(32.0, 48.0, -20.0).build(),
    ];
    let report = judge(&tracks);
    assert_eq!(report.scope.from_s.map(|s| s.0), Some(32.0));
    let moves = [("Kick", 9.0), ("Bass", -6.0), ("Snare", 9.0), ("Gtr", -6.0), ("Vox", 9.0), ("FX", 9.0)];
    assert_eq!(steps(&report), moves);
    assert!(report.after.iter().all(|after| matches!(after.verdict, Verdict::Sits | Verdict::NotJudged)));
    let found: Vec<_> = report.breaks.iter().map(|one| (one.track.as_str(), one.move_db.map(|db| db.0))).collect();
    assert_eq!(found, [("Vox", Some(9.0)), ("Bass", Some(-6.0))], "{:?}", report.breaks);
    for (found, (from_s, to_s)) in report.breaks.iter().zip([(56.0, 72.0), (16.0, 24.0)]) {
        assert!((found.from_s.0 - from_s).abs() <= 0.3 && (found.to_s.0 - to_s).abs() <= 0.3, "{found:?}");
    }
}
