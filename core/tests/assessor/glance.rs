//! Glances: judgements that hold for half a second of the song while it plays on.

use keel_core::mix::{Assessor, Glance, MixReport, Profile, SessionState, TrackInput, assess};

use super::session::{Random, Session};
use super::{assert_same, happen, state};

/// A report with what moves on the screen taken from another.
pub fn with_live(report: &MixReport, now: &MixReport) -> MixReport {
    let mut report = report.clone();
    for (own, now) in report.tracks.iter_mut().zip(&now.tracks) {
        (own.live, own.held_peak_dbfs) = (now.live.clone(), now.held_peak_dbfs);
        (own.role_is_guess, own.trim_db) = (now.role_is_guess, now.trim_db);
    }
    report
}

/// One that makes each judgement in one look.
fn in_a_hurry() -> Assessor {
    Assessor::with_pace(u32::MAX, u32::MAX)
}

const WITH_THE_JUDGEMENT: &str = "said with each judgement";
const OF_NOW: &str = "said at each glance";

/// A glance without the notes that are added to it here, which must come once each.
fn glanced(
    assessor: &mut Assessor,
    glance: &mut Glance,
    inputs: &[TrackInput<'_>],
    profile: &Profile,
    state: &SessionState,
) -> MixReport {
    assessor.glance(inputs, profile, state, glance, |report| report.notes.push(WITH_THE_JUDGEMENT.into()));
    let mut report = glance.report().clone();
    assert_eq!(report.notes.pop().as_deref(), Some(WITH_THE_JUDGEMENT));
    assert!(report.notes.iter().all(|note| note != WITH_THE_JUDGEMENT && note != OF_NOW), "{:?}", report.notes);
    glance.report_mut().notes.push(OF_NOW.into());
    report
}

fn half_second(state: &SessionState) -> f64 {
    (state.transport.position_s * 2.0).floor()
}

/// All that somebody set, or a host told once; not where the song is.
fn settings(inputs: &[TrackInput<'_>], state: &SessionState) -> String {
    let of_track = |track: &TrackInput<'_>| {
        let names = format!("{} {:?} {:?} {:?}", track.name, track.role, track.placement, track.measure);
        let song = (track.id, track.song.gain_is_automated());
        format!("{names} {} {} {} {song:?}", track.is_reference, track.is_out, track.gain)
    };
    let mut state = *state;
    state.transport.position_s = 0.0;
    format!("{:?} {state:?}", inputs.iter().map(of_track).collect::<Vec<_>>())
}

/// What was judged last, from scratch, by which settings, and in which half second of the song.
struct Shown {
    report: MixReport,
    by: (String, f64),
}

#[test]
fn a_judgement_holds_while_the_song_alone_moves_and_no_longer_than_half_a_second() {
    let profile = Profile::guide();
    let (mut held, mut anew) = (0, 0);
    for seed in 1..=12 {
        let mut random = Random(seed);
        let mut session = Session::new(3 + random.below(6), 100 + random.below(300), &mut random);
        session.playing = true;
        let (mut assessor, mut glance, mut shown) = (in_a_hurry(), Glance::new(), None::<Shown>);
        for turn in 0..120 {
            let happened = match turn % 4 {
                0 => happen(&mut session, &mut random),
                _ => {
                    session.play(1 + random.below(2), &mut random);
                    "plays on"
                }
            };
            let (inputs, mut state) = (session.inputs(), state(&session));
            state.transport.loop_s = None;
            let fresh = assess(&inputs, &profile, &state);
            let glance = glanced(&mut assessor, &mut glance, &inputs, &profile, &state);
            let what = format!("seed {seed}, turn {turn}: {happened}");
            let by = (settings(&inputs, &state), half_second(&state));
            match shown.as_ref().filter(|shown| state.transport.playing && shown.by == by) {
                Some(shown) => {
                    assert_same(&glance, &with_live(&shown.report, &fresh), &what);
                    held += 1;
                }
                None => {
                    assert_same(&glance, &fresh, &what);
                    anew += 1;
                    shown = Some(Shown { report: fresh, by });
                }
            }
        }
    }
    assert!(held > 300 && anew > 300, "{held} looks at what was held, {anew} at what was judged anew");
}

#[test]
fn what_somebody_sets_is_judged_at_once() {
    let mut random = Random(3);
    let mut session = Session::new(4, 202, &mut random);
    let profile = Profile::guide();
    let (mut assessor, mut glance) = (in_a_hurry(), Glance::new());
    let mut look = |session: &Session| {
        let (inputs, state) = (session.inputs(), state(session));
        let glance = glanced(&mut assessor, &mut glance, &inputs, &profile, &state);
        (glance, assess(&inputs, &profile, &state))
    };
    let settings: [fn(&mut Session); 6] = [
        |session| session.tracks[1].gain = 2.0,
        |session| session.tracks[1].measure = Some(keel_core::mix::Measure::Rms),
        |session| session.tracks[2].is_out = true,
        |session| session.tracks[2].name = "Something else".into(),
        |session| session.state.scope = Some(keel_core::mix::ScopeKind::Song),
        |session| session.playing = false,
    ];
    let (glance, fresh) = look(&session);
    assert_same(&glance, &fresh, "the first look");
    for (count, set) in settings.into_iter().enumerate() {
        set(&mut session);
        let (glance, fresh) = look(&session);
        assert_same(&glance, &fresh, &format!("setting {count}"));
    }
    // It stands: each cell that still comes shows.
    session.play(1, &mut random);
    let (glance, fresh) = look(&session);
    assert_same(&glance, &fresh, "after the stop");
}

#[test]
fn a_trim_that_the_host_rides_is_no_setting() {
    let mut random = Random(4);
    let mut session = Session::new(4, 202, &mut random);
    session.automate(1, &mut random);
    assert!(session.tracks[1].song.gain_is_automated());
    let profile = Profile::guide();
    let (mut assessor, mut glance) = (in_a_hurry(), Glance::new());
    // At the beginning of a half second, so that it is the same one throughout.
    session.play((5 - session.position.rem_euclid(5) as usize) % 5, &mut random);
    let mut at_first = state(&session);
    at_first.transport.loop_s = None;
    let first = glanced(&mut assessor, &mut glance, &session.inputs(), &profile, &at_first);
    for gain in [0.9, 0.8, 0.7] {
        session.play(1, &mut random);
        session.tracks[1].gain = gain;
        let (inputs, mut state) = (session.inputs(), state(&session));
        state.transport.loop_s = None;
        let seen = glanced(&mut assessor, &mut glance, &inputs, &profile, &state);
        let fresh = assess(&inputs, &profile, &state);
        assert_eq!(seen.tracks[1].trim_db, fresh.tracks[1].trim_db);
        assert_same(&seen, &with_live(&first, &fresh), "while it is ridden");
    }
}

#[test]
fn another_eye_sees_what_the_first_does() {
    let mut random = Random(5);
    let mut session = Session::new(5, 203, &mut random);
    let profile = Profile::guide();
    let (mut assessor, mut first, mut other) = (in_a_hurry(), Glance::new(), Glance::new());
    for _ in 0..30 {
        session.play(1, &mut random);
        let (inputs, state) = (session.inputs(), state(&session));
        let seen = glanced(&mut assessor, &mut first, &inputs, &profile, &state);
        if random.below(2) == 0 {
            assert_same(&glanced(&mut assessor, &mut other, &inputs, &profile, &state), &seen, "of two windows");
        }
    }
    // A glance from another session's assessor has nothing to go on from.
    let (inputs, state) = (session.inputs(), state(&session));
    let fresh = assess(&inputs, &profile, &state);
    assert_same(&glanced(&mut in_a_hurry(), &mut first, &inputs, &profile, &state), &fresh, "another assessor");
}
