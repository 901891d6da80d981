//! Songs of many tracks, written cell by cell, and one who judges them again and again.

use std::hint::black_box;

use keel_core::dsp::{Cell, CellFlags};
use keel_core::mix::{
    Assessor, MixReport, Profile, Role, RoleFrom, SessionState, SessionTransport, SongMap, TrackId, TrackInput,
};

/// A minute.
const CELLS: i32 = 600;
/// Frames of a cell at 48 kHz.
const FRAMES: u32 = 4800;
const ROLES: [Role; 8] = [
    Role::Snare,
    Role::Bass,
    Role::LeadVocal,
    Role::Guitars,
    Role::Pads,
    Role::Hats,
    Role::LeadSynth,
    Role::Percussion,
];

#[derive(Debug)]
pub struct Session {
    tracks: Vec<(String, Role, SongMap)>,
    received: i32,
    assessor: Assessor,
    profile: Profile,
}

impl Session {
    fn new(count: usize) -> Self {
        let role = |k: usize| if k == 0 { Role::Kick } else { ROLES[k % ROLES.len()] };
        let tracks = (0..count).map(|k| (format!("Track {k}"), role(k), SongMap::new())).collect();
        let (assessor, profile) = (Assessor::new(), Profile::guide());
        let mut session = Self { tracks, received: 0, assessor, profile };
        session.play(CELLS);
        session
    }

    /// The song goes on by so many cells.
    fn play(&mut self, cells: i32) {
        for (k, (_, role, song)) in self.tracks.iter_mut().enumerate() {
            let is_struck = matches!(role, Role::Kick | Role::Snare | Role::Hats | Role::Percussion);
            (self.received..self.received + cells).for_each(|index| song.insert(&cell(index, k, is_struck)));
        }
        self.received += cells;
    }

    pub fn judge(&mut self) -> MixReport {
        let inputs: Vec<TrackInput<'_>> = (1..).zip(&self.tracks).map(|(id, track)| input(id, track)).collect();
        let transport = SessionTransport { position_s: f64::from(self.received) / 10.0, ..SessionTransport::default() };
        let state = SessionState { transport, ..SessionState::default() };
        self.assessor.assess(black_box(&inputs), &self.profile, &state)
    }

    /// Two seconds of the song as it plays, judged after each half.
    pub fn play_and_judge(&mut self) {
        for _ in 0..4 {
            self.play(5);
            let inputs: Vec<TrackInput<'_>> = (1..).zip(&self.tracks).map(|(id, track)| input(id, track)).collect();
            let position_s = f64::from(self.received) / 10.0;
            let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
            let state = SessionState { transport, ..SessionState::default() };
            black_box(self.assessor.assess(black_box(&inputs), &self.profile, &state));
        }
    }
}

fn input(id: u64, (name, role, song): &(String, Role, SongMap)) -> TrackInput<'_> {
    TrackInput {
        id: TrackId(id),
        name,
        role: *role,
        role_from: RoleFrom::User,
        is_reference: *role == Role::Kick,
        is_out: false,
        placement: keel_core::mix::Placement::Post,
        measure: None,
        gain: 1.0,
        song,
        held_peak: None,
    }
}

/// Verses and choruses of 16 s; struck tracks have a hit each 500 ms.
fn cell(index: i32, track: usize, is_struck: bool) -> Cell {
    let peak = 0.3 / (1.0 + (track % 7) as f32) * if index / 160 % 2 == 1 { 1.0 } else { 0.5 };
    let sounds = !is_struck || index % 5 < 2;
    let power = if sounds { peak * peak / 8.0 * FRAMES as f32 } else { 0.0 };
    let peak_here = if sounds { peak } else { 0.0 };
    Cell {
        index,
        frames: FRAMES,
        power: [power; 2],
        cross: 0.9 * power,
        k_power: 2.0 * power,
        peak: [peak_here; 2],
        true_peak: peak_here,
        gain: 1.0,
        epoch: 1,
        flags: CellFlags::PLAYING.with(CellFlags::COMPLETE, true).with(CellFlags::HIT, is_struck && index % 5 == 2),
        bar: index as f32 / 20.0,
        hit_age: 20,
        hit_peak: peak,
        hit_power: peak * peak / 4.0,
        hit_k_power: peak * peak / 4.0,
    }
}

/// A session that was judged, and has gone on by a cell since.
pub fn judged(count: usize) -> Session {
    let mut session = Session::new(count);
    let report = session.judge();
    assert!(report.tracks.iter().filter(|track| track.offset_db.is_some()).count() > count / 2, "hardly any is judged");
    session.play(1);
    session
}

/// A session that has been judged for some seconds as it plays.
pub fn playing(count: usize) -> Session {
    let mut session = Session::new(count);
    (0..3).for_each(|_| session.play_and_judge());
    session
}
