//! What a judgement costs, counted in cells, windows and stretches read: not in time, which every machine has its own of.

use keel_core::mix::{Assessor, Profile, SessionState, SessionTransport};

use super::session::{Random, Session};

/// Places read for a judgement while the song plays, each track with one new cell; the median of 40. Where the plan is
/// another than the time before, the whole song breaks otherwise, and is looked through.
fn work(tracks: usize, cells: usize) -> f64 {
    let mut random = Random(7);
    let mut session = Session::new(tracks, cells, &mut random);
    let mut assessor = Assessor::new();
    let mut judge = |session: &Session| {
        let position_s = f64::from(session.position) / 10.0;
        let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
        assessor.assess(&session.inputs(), &Profile::guide(), &SessionState { transport, ..SessionState::default() });
        assessor.work()
    };
    let mut before = judge(&session);
    let mut each: Vec<u64> = Vec::new();
    for _ in 0..40 {
        session.play(1, &mut random);
        let after = judge(&session);
        each.push(after - before);
        before = after;
    }
    each.sort_unstable();
    each[20] as f64
}

#[test]
fn a_judgement_costs_no_more_in_a_long_song() {
    let (short, long) = (work(10, 1_200), work(10, 12_000));
    assert!(long < 1.5 * short + 100.0, "{short} places in 2 minutes, {long} in 20");
}

#[test]
fn a_judgement_costs_each_track_the_same_however_many_there_are() {
    let (few, many) = (work(10, 600) / 10.0, work(80, 600) / 80.0);
    // Of more tracks some sing the lead, and are looked at in pairs.
    assert!(many < 1.75 * few, "{few} places for one of 10 tracks, {many} for one of 80");
}
