//! Glances at many tracks, judged a piece at a look.

use std::sync::Arc;

use keel_core::mix::{
    Advice, AdviceKind, Assessor, Break, Glance, MixReport, Profile, SessionState, TrackInput, assess,
};

use super::glance::with_live;
use super::session::{Random, Session};
use super::{assert_same, happen, state};

/// No hurry with anything, and with hearing alone.
const SLOW: [u32; 2] = [60, u32::MAX];
const SLOW_TO_HEAR: [u32; 2] = [60, 70];
/// Glances after which any of these judgements is made.
const ENOUGH: usize = 60;

struct Eye {
    assessor: Assessor,
    glance: Glance,
}

impl Eye {
    fn new([balance, hearing]: [u32; 2]) -> Self {
        Self { assessor: Assessor::with_pace(balance, hearing), glance: Glance::new() }
    }

    fn look(&mut self, inputs: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.assessor.glance(inputs, profile, state, &mut self.glance, |_| ());
        self.glance.report().clone()
    }

    /// Looks on until nothing moves any more, half a second later each time: without new sound.
    fn settle(&mut self, inputs: &[TrackInput<'_>], profile: &Profile, state: &mut SessionState) -> MixReport {
        for _ in 0..6 {
            state.transport.position_s += 0.5;
            (0..ENOUGH).for_each(|_| _ = self.look(inputs, profile, state));
        }
        self.glance.report().clone()
    }
}

#[test]
fn a_judgement_made_bit_by_bit_is_the_one_made_at_once_and_shows_when_it_is_made() {
    let profile = Profile::guide();
    let (mut made, mut looks) = (0, 0);
    for seed in 1..=10 {
        let mut random = Random(seed);
        let mut session = Session::new(3 + random.below(6), 100 + random.below(200), &mut random);
        let mut eye = Eye::new(SLOW);
        let (inputs, first) = (session.inputs(), state(&session));
        let mut shown = eye.look(&inputs, &profile, &first);
        assert_same(&shown, &assess(&inputs, &profile, &first), "the first look is at once");
        for turn in 0..25 {
            session.play(5 + random.below(10), &mut random);
            let (inputs, mut state) = (session.inputs(), state(&session));
            state.transport.loop_s = first.transport.loop_s;
            let fresh = assess(&inputs, &profile, &state);
            let before = shown.clone();
            for _ in 0..ENOUGH {
                let seen = eye.look(&inputs, &profile, &state);
                let (old, new) = (with_live(&before, &fresh), with_live(&shown, &fresh));
                assert!(seen == old || seen == fresh, "seed {seed}, turn {turn}: what was seen is neither");
                assert!(seen == new || seen == fresh, "seed {seed}, turn {turn}: it went back to the old one");
                looks += usize::from(seen == old && old != fresh);
                shown = seen;
            }
            assert_same(&shown, &fresh, &format!("seed {seed}, turn {turn}"));
            made += 1;
        }
    }
    assert!(looks > 4 * made, "{looks} looks for {made} judgements: they were made at once");
}

/// The breaks of a track, and what is to be done about its level.
fn said_of(report: &MixReport, name: &str) -> (Vec<Arc<Break>>, Vec<Arc<Advice>>) {
    let levels = [AdviceKind::MoveFader, AdviceKind::Role, AdviceKind::Automate];
    let advice = report.advice.iter().filter(|advice| advice.track == name && levels.contains(&advice.kind));
    (report.breaks.iter().filter(|found| found.track == name).cloned().collect(), advice.cloned().collect())
}

#[test]
fn a_trim_shows_at_once_on_its_own_track_and_then_wherever_it_bears() {
    let profile = Profile::guide();
    let mut moved = 0;
    for seed in 1..=80 {
        let mut random = Random(seed);
        let mut session = Session::new(4 + random.below(6), 200, &mut random);
        let mut eye = Eye::new(SLOW);
        let mut state = state(&session);
        let before = eye.look(&session.inputs(), &profile, &state);
        let track = random.below(session.tracks.len());
        session.tracks[track].gain = [0.3, 0.5, 2.0, 4.0][random.below(4)];
        let inputs = session.inputs();
        let fresh = assess(&inputs, &profile, &state);
        let mut seen = eye.look(&inputs, &profile, &state);
        let what = format!("seed {seed}, {}", inputs[track].name);
        // What others make of it, and it of them, comes later.
        let mut expected = fresh.tracks[track].clone();
        expected.hearing = seen.tracks[track].hearing.clone();
        if fresh.tracks[track].is_reference || !inputs[track].name.starts_with("Kick") {
            assert_eq!(seen.tracks[track], expected, "{what}");
        }
        let others = (0..inputs.len()).filter(|&other| before.tracks[other].part.is_none() && other != track);
        for other in others {
            seen.tracks[other].live = before.tracks[other].live.clone();
            assert_eq!(seen.tracks[other], before.tracks[other], "{what}: {}", before.tracks[other].name);
        }
        if inputs.iter().filter(|other| other.name == inputs[track].name).count() == 1 {
            assert_eq!(said_of(&seen, inputs[track].name), said_of(&fresh, inputs[track].name), "{what}");
        }
        moved += usize::from(seen.tracks[track].level_dbfs != before.tracks[track].level_dbfs);
        for _ in 0..ENOUGH {
            seen = eye.look(&inputs, &profile, &state);
        }
        assert_same(&seen, &fresh, &format!("{what}, some looks later"));
        // And on a song that stands still.
        session.tracks[track].gain = 1.0;
        state.transport.playing = false;
        let inputs = session.inputs();
        let stopped = assess(&inputs, &profile, &state);
        assert_same(&eye.look(&inputs, &profile, &state), &stopped, &format!("{what}, at the stop"));
        session.tracks[track].gain = 0.7;
        let inputs = session.inputs();
        let fresh = assess(&inputs, &profile, &state);
        let seen = eye.look(&inputs, &profile, &state);
        assert_eq!(seen.tracks[track].trim_db, fresh.tracks[track].trim_db);
        assert_same(&eye.look(&inputs, &profile, &state), &fresh, &format!("{what}, standing"));
    }
    assert!(moved > 60, "{moved} of 80 trims moved what they are about");
}

#[test]
fn what_is_heard_follows_when_there_is_time_for_it() {
    let profile = Profile::guide();
    let mut was_late = 0;
    for seed in 1..=6 {
        let mut random = Random(seed);
        let mut session = Session::new(5, 150, &mut random);
        let mut eye = Eye::new(SLOW_TO_HEAR);
        for turn in 0..6 {
            let happened = match turn {
                3 => "a track is switched out",
                _ => "plays on",
            };
            session.tracks[1].is_out = turn == 3;
            // Farther than what settled before.
            session.play(36 + random.below(20), &mut random);
            let (inputs, mut state) = (session.inputs(), state(&session));
            state.transport.loop_s = None;
            let fresh = assess(&inputs, &profile, &state);
            (0..ENOUGH).for_each(|_| _ = eye.look(&inputs, &profile, &state));
            let seen = eye.glance.report();
            assert_eq!(seen.breaks, fresh.breaks, "seed {seed}, turn {turn}: {happened}");
            was_late +=
                usize::from(seen.tracks.iter().zip(&fresh.tracks).any(|(seen, fresh)| seen.hearing != fresh.hearing));
            let settled = eye.settle(&inputs, &profile, &mut state);
            let fresh = assess(&inputs, &profile, &state);
            assert_same(&settled, &fresh, &format!("seed {seed}, turn {turn}: {happened}"));
        }
    }
    assert!(was_late > 10, "only {was_late} of 36 were late");
}

#[test]
fn whatever_happens_between_the_pieces_the_report_settles() {
    let profile = Profile::guide();
    for seed in 1..=12 {
        let mut random = Random(seed);
        let mut session = Session::new(3 + random.below(6), 100 + random.below(200), &mut random);
        let mut eye = Eye::new([[40, 40], SLOW, SLOW_TO_HEAR, [1, 1]][random.below(4)]);
        for turn in 0..60 {
            let mut what = Vec::new();
            for _ in 0..1 + random.below(6) {
                what.push(match random.below(3) {
                    0 => happen(&mut session, &mut random),
                    _ => {
                        session.play(1, &mut random);
                        "plays on"
                    }
                });
                let mut state = state(&session);
                state.transport.loop_s = None;
                let seen = eye.look(&session.inputs(), &profile, &state);
                assert_eq!(seen.tracks.len(), session.tracks.len(), "seed {seed}, turn {turn}: {what:?}");
                // A judgement is never older than some seconds, however few looks there are.
                let ends = seen.scope.to_s.filter(|_| session.playing && session.state.scope.is_none());
                let late = ends.map_or(0.0, |end| f64::from(session.position) / 10.0 - end.0);
                let heard_to = session.length() as f64 / 10.0;
                assert!(late < 8.3 || ends.is_some_and(|end| end.0 >= heard_to - 8.3), "{late} s late: {what:?}");
            }
            if turn % 6 == 5 {
                let (inputs, mut state) = (session.inputs(), state(&session));
                state.transport.playing = false;
                let what = format!("seed {seed}, turn {turn}: {what:?}");
                assert_same(&eye.look(&inputs, &profile, &state), &assess(&inputs, &profile, &state), &what);
            }
        }
    }
}
