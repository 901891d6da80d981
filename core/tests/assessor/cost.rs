//! What a look costs, counted in cells, windows and stretches read: not in time, which every machine has its own of.

use keel_core::mix::{Assessor, Glance, Profile, SessionState, SessionTransport};

use super::session::{Random, Session};

/// Places read for a look while the song plays, each track with one new cell; the mean of 40.
fn work(tracks: usize, cells: usize) -> f64 {
    let mut random = Random(7);
    let mut session = Session::new(tracks, cells, &mut random);
    let mut assessor = Assessor::new();
    let mut look = |session: &Session| {
        let position_s = f64::from(session.position) / 10.0;
        let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
        assessor.assess(&session.inputs(), &Profile::guide(), &SessionState { transport, ..SessionState::default() });
        assessor.work()
    };
    let before = look(&session);
    let mut after = before;
    for _ in 0..40 {
        session.play(1, &mut random);
        after = look(&session);
    }
    (after - before) as f64 / 40.0
}

#[test]
fn a_look_costs_no_more_in_a_long_song() {
    let (short, long) = (work(10, 1_200), work(10, 12_000));
    assert!(long < 1.5 * short + 100.0, "{short} places in 2 minutes, {long} in 20");
}

#[test]
fn a_look_costs_each_track_the_same_however_many_there_are() {
    let (few, many) = (work(10, 600) / 10.0, work(80, 600) / 80.0);
    assert!(many < 1.5 * few, "{few} places for one of 10 tracks, {many} for one of 80");
}

/// Places that a glance reads that reads at all, each track with a new cell at each of them: the middle one of 60.
fn busy(tracks: usize, mut assessor: Assessor) -> u64 {
    let mut random = Random(9);
    let mut session = Session::new(tracks, 600, &mut random);
    let mut glance = Glance::new();
    let mut look = |session: &Session| {
        let position_s = f64::from(session.position) / 10.0;
        let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
        let state = SessionState { transport, ..SessionState::default() };
        let before = assessor.work();
        assessor.glance(&session.inputs(), &Profile::guide(), &state, &mut glance, |_| ());
        assessor.work() - before
    };
    look(&session);
    let looks = (0..60).map(|_| {
        session.play(1, &mut random);
        look(&session)
    });
    let mut looks: Vec<u64> = looks.filter(|places| *places > 0).collect();
    looks.sort_unstable();
    looks[looks.len() / 2]
}

#[test]
fn a_glance_at_many_tracks_does_but_a_part_of_a_judgement() {
    let (at_once, bit_by_bit) = (|| Assessor::with_pace(u32::MAX, u32::MAX), || Assessor::with_pace(400, 200));
    let (part, whole) = (busy(80, bit_by_bit()), busy(80, at_once()));
    assert!(part * 2 < whole, "{part} places in a glance, {whole} in a judgement made at once");
    let (some, many) = (busy(40, bit_by_bit()), busy(160, bit_by_bit()));
    // What comes in a second is four times as much.
    assert!(many < 3 * some, "{some} places in a glance at 40 tracks, {many} at 160");
}
