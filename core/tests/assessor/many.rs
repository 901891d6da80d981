//! So many tracks that whole folders of them move together, with parts of two among them.

use keel_core::mix::{Assessor, Profile, assess};

use super::session::{Random, Session};
use super::{assert_same, happen, state};

const TRACKS: usize = 220;

#[test]
fn many_tracks_are_judged_as_from_scratch() {
    let profile = Profile::guide();
    let mut random = Random(7);
    let mut session = Session::new(TRACKS, 0, &mut random);
    for (k, track) in session.tracks.iter_mut().enumerate() {
        let pair = k / 24;
        track.name = format!("{} {pair}", track.name);
        track.gain = [1.0, 0.7, 1.6][k % 3];
    }
    let mut assessor = Assessor::new();
    let (mut judged, mut breaks) = (0, 0);
    for turn in 0..9 {
        session.play(41 + random.below(20), &mut random);
        if turn % 3 == 2 {
            (0..8).for_each(|_| _ = happen(&mut session, &mut random));
            session.playing = true;
        }
        let (inputs, state) = (session.inputs(), state(&session));
        let report = assessor.assess(&inputs, &profile, &state);
        assert_same(&report, &assess(&inputs, &profile, &state), &format!("turn {turn}"));
        judged = report.tracks.iter().filter(|track| track.offset_db.is_some()).count();
        breaks += report.breaks.len();
    }
    assert!(judged > TRACKS / 3 && breaks > TRACKS, "{judged} judged, {breaks} breaks");
}
