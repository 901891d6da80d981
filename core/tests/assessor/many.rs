//! So many tracks that several threads judge them.

use keel_core::mix::{Assessor, Glance, Profile, assess};

use super::session::{Random, Session};
use super::{assert_same, happen, state};

/// Enough for three threads, with parts of two in them.
const TRACKS: usize = 220;
/// A look judges some tens of them, one after the other, on one thread.
const PACE: u32 = 5_000;
const LOOKS: usize = 40;

#[test]
fn what_several_threads_judge_is_what_one_thread_judges() {
    let profile = Profile::guide();
    let mut random = Random(7);
    let mut session = Session::new(TRACKS, 0, &mut random);
    for (k, track) in session.tracks.iter_mut().enumerate() {
        let pair = k / 24;
        track.name = format!("{} {pair}", track.name);
        track.gain = [1.0, 0.7, 1.6][k % 3];
    }
    let (mut one_by_one, mut glance) = (Assessor::with_pace(PACE, PACE), Glance::new());
    let mut together = Assessor::new();
    one_by_one.glance(&session.inputs(), &profile, &state(&session), &mut glance, |_| ());
    let (mut judged, mut breaks) = (0, 0);
    for turn in 0..9 {
        session.play(41 + random.below(20), &mut random);
        if turn % 3 == 2 {
            (0..8).for_each(|_| _ = happen(&mut session, &mut random));
            session.playing = true;
        }
        let (inputs, mut state) = (session.inputs(), state(&session));
        // What is heard follows with later judgements.
        for _ in 0..6 {
            state.transport.position_s += 0.5;
            (0..LOOKS).for_each(|_| one_by_one.glance(&inputs, &profile, &state, &mut glance, |_| ()));
        }
        let report = together.assess(&inputs, &profile, &state);
        let seen = glance.report();
        assert_same(&report, seen, &format!("turn {turn}"));
        judged = report.tracks.iter().filter(|track| track.offset_db.is_some()).count();
        breaks += report.breaks.len();
        if turn % 3 == 0 {
            assert_same(&assess(&inputs, &profile, &state), &report, &format!("turn {turn}, from scratch"));
        }
    }
    assert!(judged > TRACKS / 3 && breaks > TRACKS, "{judged} judged, {breaks} breaks");
}
