//! An assessor that judges again and again says what a fresh one says, and reads no more than what is new.

mod cost;
mod many;
mod session;

use keel_core::mix::{
    Assessor, Measure, MixReport, Placement, Profile, Role, ScopeKind, SessionState, SessionTransport, StandIn,
    TrackId, assess,
};
use session::{Random, Session};

/// One thing that happens between two judgements.
fn happen(session: &mut Session, random: &mut Random) -> &'static str {
    let track = random.below(session.tracks.len().max(1));
    match random.below(25) {
        0..=7 => {
            let cells = 1 + random.below(3) * random.below(30);
            session.play(cells, random);
            "plays on"
        }
        8 => {
            session.jump(random.below(session.length() + 40) as i32 - 20);
            session.play(1 + random.below(25), random);
            "jumps"
        }
        9 => {
            session.jump(session.position - 10 - random.below(60) as i32);
            session.louder = [0.0, 6.0, -9.0][random.below(3)];
            session.play(5 + random.below(40), random);
            "a second pass, played otherwise"
        }
        23 => {
            session.jump(random.below(session.length().max(1)) as i32);
            session.louder = [3.0, -3.0, 0.0, 8.0][random.below(4)];
            session.play(30 + random.below(90), random);
            "a second pass at another level, long enough to show"
        }
        10 => {
            session.jump(session.position - random.below(80) as i32);
            session.replay(5 + random.below(40));
            "a second pass that sounds the same"
        }
        11 => {
            session.play_one(track, 1 + random.below(10), random);
            "one track runs ahead"
        }
        12 => {
            session.tracks[track].gain = [1.0, 0.5, 1.3, 0.01, 0.0, 3.0][random.below(6)];
            "a trim moves"
        }
        13 => {
            session.automate(track, random);
            "two passes make the same ride"
        }
        14 if session.tracks.len() < 12 => {
            session.join(random);
            "a track joins"
        }
        15 if session.tracks.len() > 2 => {
            session.tracks.remove(track);
            "a track leaves"
        }
        16 => {
            session.tracks[track].name = session::name(random);
            "a track is renamed"
        }
        17 => {
            session.tracks[track].role = Role::ALL[random.below(Role::ALL.len())];
            "a role changes"
        }
        18 => {
            session.tracks[track].is_reference ^= true;
            "a tag is set or taken away"
        }
        19 => {
            session.tracks[track].is_out ^= true;
            "a track is switched out or in"
        }
        20 => {
            session.state.scope = [None, Some(ScopeKind::Playing), Some(ScopeKind::Loudest), Some(ScopeKind::Song)]
                .into_iter()
                .chain([Some(ScopeKind::Range)])
                .nth(random.below(5))
                .flatten();
            let from = random.below(30) as f64;
            session.state.range_s = (random.below(2) > 0).then_some((from, from + random.below(20) as f64));
            "another scope"
        }
        21 => {
            session.playing ^= true;
            "the transport starts or stops"
        }
        22 => {
            session.tracks[track].placement = [Placement::Pre, Placement::Post, Placement::Unknown][random.below(3)];
            session.tracks[track].measure = [None, Some(Measure::Rms), Some(Measure::Loudness)][random.below(3)];
            "a placement or a measure changes"
        }
        _ => {
            session.state.stand_in = (random.below(2) > 0).then_some(StandIn(TrackId(track as u64 + 1)));
            session.slip(track, random);
            "another stand-in, and a slip of the clock"
        }
    }
}

fn state(session: &Session) -> SessionState {
    let loop_s = (session.position % 3 == 0).then_some((4.0, 12.0));
    let position_s = f64::from(session.position) / 10.0;
    let transport = SessionTransport { playing: session.playing, position_s, tempo: Some(120.0), loop_s };
    SessionState { transport, ..session.state }
}

/// The same with its longest lists apart, so that a difference is seen.
fn assert_same(kept: &MixReport, fresh: &MixReport, what: &str) {
    for (kept, fresh) in kept.tracks.iter().zip(&fresh.tracks) {
        assert_eq!(kept, fresh, "{what}");
    }
    assert_eq!(kept.breaks, fresh.breaks, "{what}");
    assert_eq!(kept.advice, fresh.advice, "{what}");
    assert_eq!(kept, fresh, "{what}");
}

#[test]
fn a_report_from_what_was_kept_is_the_report_from_scratch() {
    let profiles = [Profile::guide(), Profile::parse("mine", "[level]\nsounding = 30.0\n").expect("a profile")];
    let (mut heard, mut stale) = (0, 0);
    for seed in 1..=24 {
        let mut random = Random(seed);
        let mut session = Session::new(3 + random.below(6), 100 + random.below(300), &mut random);
        let mut assessor = Assessor::new();
        let mut profile = &profiles[0];
        for turn in 0..70 {
            let mut what = Vec::new();
            for _ in 0..1 + random.below(2) {
                what.push(happen(&mut session, &mut random));
            }
            if random.below(30) == 0 {
                profile = &profiles[random.below(2)];
            }
            let (inputs, state) = (session.inputs(), state(&session));
            let kept = assessor.assess(&inputs, profile, &state);
            assert_same(&kept, &assess(&inputs, profile, &state), &format!("seed {seed}, turn {turn}: {what:?}"));
            heard += usize::from(kept.hearing.whisper.is_some());
            stale += kept.tracks.iter().filter(|track| track.stale.is_some()).count();
            // A judgement between two cells.
            let mut later = state;
            later.transport.position_s += 0.09 * random.unit();
            let kept = assessor.assess(&inputs, profile, &later);
            assert_same(&kept, &assess(&inputs, profile, &later), &format!("seed {seed}, turn {turn}, a little later"));
        }
    }
    assert!(heard > 400, "{heard} judgements were of units side by side");
    assert!(stale > 1_000, "{stale} tracks had something stale");
}

#[test]
fn what_was_missed_is_told_though_nothing_else_is_new() {
    let mut random = Random(1);
    let mut session = Session::new(3, 100, &mut random);
    let mut assessor = Assessor::new();
    let mut missed = |session: &Session| {
        let report = assessor.assess(&session.inputs(), &Profile::guide(), &state(session));
        report.tracks.iter().map(|track| track.missed_cells).sum::<u32>()
    };
    assert_eq!(missed(&session), 0);
    session.tracks[1].song.lose(200, 240);
    assert_eq!(missed(&session), 40);
}
