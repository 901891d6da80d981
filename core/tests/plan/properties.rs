//! What holds for any session.

use keel_core::mix::{
    MixReport, Placement, PlanStep, Profile, Role, ScopeKind, SessionState, TrackId, TrackInput, Verdict, assess,
    assess_moved,
};
use keel_core::units::Db;

use super::common::{Track, inputs};
use super::song::{Random, SECONDS, kick, name, planted};

/// How many sessions are tried; the whole number that the project was shown with by the environment.
pub fn sessions(usual: usize) -> usize {
    std::env::var("KEEL_TEST_SESSIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}

/// Three to forty units with all that a plan may meet: parts, several vocals and leads, no kick, both sides of the fader.
fn session(random: &mut Random) -> Vec<Track> {
    let count = 3 + if random.below(4) == 0 { random.below(37) } else { random.below(10) };
    let mut tracks = Vec::new();
    if random.below(5) > 0 {
        tracks.push(kick(-11.0 + random.between(-20.0, 20.0)).track());
    }
    while tracks.len() < count {
        let unit = planted(name(tracks.len()), random, |_| true, 24.0);
        let mut name = unit.name.clone();
        if random.below(8) == 0 && tracks.len() + 1 < count {
            let mate = planted(String::new(), random, |role| role == unit.role, 24.0);
            name = format!("{name} L");
            tracks.push(super::song::Planted { name: name.replace(" L", " R"), ..mate }.track());
        }
        tracks.push(super::song::Planted { name, ..unit }.track());
    }
    if random.below(6) == 0 {
        tracks.push(Track::silent("FX", Role::Other, SECONDS).tone(0.0, SECONDS, -25.0));
    }
    let pre = random.below(4);
    for track in &mut tracks {
        track.placement = match pre {
            0 => Placement::Pre,
            1 if random.below(3) == 0 => Placement::Pre,
            _ => Placement::Post,
        };
    }
    tracks.into_iter().map(Track::build).collect()
}

fn judge(inputs: &[TrackInput<'_>]) -> MixReport {
    assess(inputs, &Profile::guide(), &SessionState::default())
}

fn is_off(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Low | Verdict::High)
}

#[test]
fn after_the_plan_all_sits_that_can_and_a_second_plan_is_empty() {
    let mut random = Random(11);
    let (mut off_before, mut off_after, mut judged) = (0, 0, 0);
    for count in 0..sessions(150) {
        let tracks = session(&mut random);
        let inputs = inputs(&tracks);
        let report = judge(&inputs);
        let plan = report.plan.as_ref().expect("a plan");
        let moves = plan.moves();
        let done = assess_moved(&inputs, &Profile::guide(), &SessionState::default(), &moves);
        judged += done.tracks.iter().filter(|track| track.deviation_db.is_some()).count();
        off_before += report.tracks.iter().filter(|track| is_off(track.verdict)).count();
        for (track, after) in done.tracks.iter().zip(&report.after) {
            assert_eq!((track.verdict, track.offset_db), (after.verdict, after.offset_db), "{count}: {}", track.name);
            if is_off(track.verdict) {
                off_after += 1;
                nothing_lands(&inputs, &moves, track.id, count);
            }
        }
        if done.tracks.iter().all(|track| !is_off(track.verdict)) {
            let second = done.plan.as_ref().expect("a plan");
            assert!(second.moves().is_empty(), "session {count}: {:?}", second.steps);
        }
        each_that_is_off_is_told(&report, count);
    }
    assert!(off_before * 2 > judged && off_after * 15 < judged, "{off_before} and {off_after} of {judged} were off");
}

/// No move within reach, counted from where the fader stands now, lands the unit of this track beside the others' moves.
fn nothing_lands(inputs: &[TrackInput<'_>], moves: &[(TrackId, Db)], track: TrackId, session: usize) {
    let part_of = |report: &MixReport| report.track(track).and_then(|track| track.part.clone());
    let part = part_of(&judge(inputs));
    let is_member = |id: TrackId| {
        let report = judge(inputs);
        id == track || (part.is_some() && report.track(id).is_some_and(|other| other.part == part))
    };
    let members: Vec<TrackId> = inputs.iter().map(|input| input.id).filter(|id| is_member(*id)).collect();
    for steps in -8..=8 {
        let mut tried: Vec<(TrackId, Db)> = moves.iter().filter(|(id, _)| !members.contains(id)).copied().collect();
        tried.extend(members.iter().map(|id| (*id, Db(f64::from(steps) * 3.0))));
        let read = assess_moved(inputs, &Profile::guide(), &SessionState::default(), &tried);
        let verdict = read.track(track).map(|track| track.verdict);
        let lands = verdict == Some(Verdict::Sits);
        let told = || inputs.iter().map(|input| (input.name, input.role, input.placement)).collect::<Vec<_>>();
        assert!(!lands, "session {session}: {track:?} lands at {} dB: {:?}, {moves:?}", 3 * steps, told());
    }
}

/// Each unit told too loud or too quiet has a line with a move, or one that says why not; no line goes against the table.
fn each_that_is_off_is_told(report: &MixReport, session: usize) {
    for track in report.tracks.iter().filter(|track| is_off(track.verdict)) {
        let name = track.part.as_ref().unwrap_or(&track.name);
        let told = report.advice.iter().any(|advice| advice.tracks.contains(name));
        assert!(told, "session {session}: no word on {name}: {:?}", report.advice);
    }
    let plan = report.plan.as_ref().expect("a plan");
    for step in &plan.steps {
        for id in &step.ids {
            let told = report.track(*id).and_then(|track| track.move_db).unwrap_or(Db(0.0));
            assert_eq!(told, step.move_db, "session {session}");
        }
    }
    for advice in &report.advice {
        let by_kind = advice.move_db.filter(|_| advice.kind == keel_core::mix::AdviceKind::MoveFader);
        let step = plan.steps.iter().find(|step| step.track == advice.track);
        assert!(by_kind.is_none() || advice.track.is_empty() || step.map(|step| step.move_db) == by_kind);
        assert!(!advice.text.contains("hardly heard"), "{}", advice.text);
    }
}

#[test]
fn the_order_of_the_tracks_does_not_matter() {
    let mut random = Random(5);
    for count in 0..sessions(60) {
        let mut tracks = session(&mut random);
        let first = judge(&inputs(&tracks));
        for _ in 0..2 {
            for at in (1..tracks.len()).rev() {
                tracks.swap(at, random.below(at + 1));
            }
            let again = judge(&inputs(&tracks));
            let steps = |report: &MixReport| {
                let plan = report.plan.as_ref().expect("a plan");
                let step = |step: &PlanStep| {
                    // A part is named in the order of its tracks.
                    let mut tracks = step.tracks.clone();
                    tracks.sort();
                    (tracks, step.move_db.0, step.lands_at_db.map(|db| (db.0 * 1e4).round()))
                };
                plan.steps.iter().map(step).collect::<Vec<_>>()
            };
            assert_eq!(steps(&again), steps(&first), "session {count}");
        }
    }
}

#[test]
fn no_gain_moves_the_loudest_section() {
    let mut random = Random(9);
    let scope = |tracks: &[Track]| {
        let state = SessionState { scope: Some(ScopeKind::Loudest), ..SessionState::default() };
        let scope = assess(&inputs(tracks), &Profile::guide(), &state).scope;
        (scope.from_s.map(|s| s.0), scope.to_s.map(|s| s.0))
    };
    for song in 0..sessions(200) / 20 {
        let mut tracks: Vec<Track> = Vec::new();
        for at in 0..3 + random.below(6) {
            let unit = if at == 0 { kick(-11.0) } else { planted(name(at), &mut random, |_| true, 10.0) };
            let mut track = unit.track();
            let quiet: Vec<f32> = (0..6).map(|_| random.between(0.05, 1.0) as f32).collect();
            // 80 s in six stretches of other levels.
            let cells = track.cells.clone();
            track.cells = (0..800)
                .map(|index| {
                    let mut cell = cells[index as usize % cells.len()];
                    (cell.index, cell.bar) = (index, index as f32 / 20.0);
                    let power = quiet[index as usize / 134];
                    cell.k_power *= power;
                    cell
                })
                .collect();
            tracks.push(track.build());
        }
        let before = scope(&tracks);
        for _ in 0..20 {
            for track in &mut tracks {
                track.gain = 10f64.powf(random.between(-24.0, 24.0) / 20.0) as f32;
            }
            assert_eq!(scope(&tracks), before, "song {song}");
        }
    }
}
