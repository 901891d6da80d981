//! A session under way, written cell by cell and at random.

use keel_core::dsp::{BANDS, Bands, CELLS_PER_BANDS, Cell, CellFlags, Hop};
use keel_core::mix::{Certainty, Measure, Placement, Role, RoleFrom, SessionState, SongMap, TrackId, TrackInput};

const FRAMES: u32 = 4800;
/// Hops that a look sees at most.
const HOPS: usize = 300;

/// The same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }
}

pub struct Track {
    pub name: String,
    pub role: Role,
    pub song: SongMap,
    pub is_reference: bool,
    pub is_out: bool,
    pub placement: Placement,
    pub measure: Option<Measure>,
    pub gain: f32,
    id: u64,
    /// Its level in dBFS, and cells from hit to hit; 0 for steady sound.
    level_db: f64,
    every: i32,
    hops: Vec<Hop>,
    ahead: i32,
}

pub struct Session {
    pub tracks: Vec<Track>,
    pub position: i32,
    pub playing: bool,
    pub state: SessionState,
    /// What this pass is louder by, dB.
    pub louder: f64,
    epoch: u16,
    newest_id: u64,
}

const NAMES: [&str; 12] = [
    "Kick",
    "Kick In",
    "Kick Out",
    "Snare",
    "Hats",
    "Bass",
    "Gtr L",
    "Gtr R",
    "Pad 1",
    "Pad 2",
    "Lead Vox",
    "Lead Synth",
];
const ROLES: [Role; 12] = [
    Role::Kick,
    Role::Kick,
    Role::Kick,
    Role::Snare,
    Role::Hats,
    Role::Bass,
    Role::Guitars,
    Role::Guitars,
    Role::Pads,
    Role::Pads,
    Role::LeadVocal,
    Role::LeadSynth,
];

pub fn name(random: &mut Random) -> String {
    NAMES[random.below(NAMES.len())].to_owned()
}

impl Session {
    pub fn new(tracks: usize, cells: usize, random: &mut Random) -> Self {
        let mut session = Self {
            tracks: Vec::new(),
            position: 0,
            playing: true,
            state: SessionState::default(),
            louder: 0.0,
            epoch: 1,
            newest_id: 0,
        };
        session.join_as(0, random);
        (1..tracks).for_each(|_| session.join(random));
        session.play(cells, random);
        session
    }

    pub fn length(&self) -> usize {
        let ends = self.tracks.iter().filter_map(|track| track.song.bounds()).map(|(_, last)| last.clamp(0, 2_000));
        ends.max().unwrap_or(0) as usize
    }

    pub fn join(&mut self, random: &mut Random) {
        self.join_as(random.below(NAMES.len()), random);
    }

    fn join_as(&mut self, kind: usize, random: &mut Random) {
        self.newest_id += 1;
        let is_hits = ROLES[kind].class() == keel_core::mix::Class::Hits;
        self.tracks.push(Track {
            name: NAMES[kind].to_owned(),
            role: ROLES[kind],
            song: SongMap::new(),
            is_reference: false,
            is_out: false,
            placement: Placement::Post,
            measure: None,
            gain: 1.0,
            id: self.newest_id,
            level_db: -8.0 - 16.0 * random.unit(),
            every: if is_hits { 3 + random.below(5) as i32 } else { 0 },
            hops: Vec::new(),
            ahead: 0,
        });
    }

    pub fn jump(&mut self, position: i32) {
        self.position = position;
        self.epoch += 1;
        self.louder = 0.0;
    }

    pub fn play(&mut self, cells: usize, random: &mut Random) {
        for _ in 0..cells {
            for track in &mut self.tracks {
                track.hear(self.position, self.epoch, self.louder, random);
            }
            self.position += 1;
        }
        self.tracks.iter_mut().for_each(|track| track.ahead = 0);
    }

    /// One track's cells arrive before the others'.
    pub fn play_one(&mut self, track: usize, cells: usize, random: &mut Random) {
        for _ in 0..cells {
            let track = &mut self.tracks[track];
            track.hear(self.position + track.ahead, self.epoch, self.louder, random);
            track.ahead += 1;
        }
    }

    /// The same sound again, in a new epoch.
    pub fn replay(&mut self, cells: usize) {
        let (from, to) = (self.position, self.position + cells as i32);
        for track in &mut self.tracks {
            let old: Vec<Cell> = track.song.range(from, to).copied().collect();
            old.iter().for_each(|cell| track.song.insert(&Cell { epoch: self.epoch, ..*cell }));
        }
        self.position = to;
    }

    /// Two passes with the same change of gain in the same place, or a third without it.
    pub fn automate(&mut self, track: usize, random: &mut Random) {
        let from = self.position - 20;
        let gains = [[1.0, 0.5], [1.0, 0.5], [1.0, 1.0]];
        for gains in &gains[..2 + random.below(2)] {
            self.epoch += 1;
            let track = &mut self.tracks[track];
            let old: Vec<Cell> = track.song.range(from, from + 12).copied().collect();
            for cell in old {
                let gain = gains[usize::from(cell.index >= from + 6)];
                track.song.insert(&Cell { epoch: self.epoch, gain, ..cell });
            }
        }
    }

    /// The host reports a place far off, once; or a bar that cannot be.
    pub fn slip(&mut self, track: usize, random: &mut Random) {
        let Some(newest) = self.tracks[track].song.newest().copied() else { return };
        let song = &mut self.tracks[track].song;
        match random.below(3) {
            0 => {
                song.insert(&Cell { index: 900_000_000, epoch: newest.epoch + 1, ..newest });
                song.insert(&Cell { epoch: newest.epoch + 2, ..newest });
            }
            1 => song.insert(&Cell { index: newest.index + 1, bar: 1e9, ..newest }),
            _ => song.insert(&Cell { index: newest.index + 1, flags: CellFlags::PLAYING, frames: 100, ..newest }),
        }
    }

    pub fn inputs(&self) -> Vec<TrackInput<'_>> {
        self.tracks
            .iter()
            .map(|track| TrackInput {
                id: TrackId(track.id),
                name: &track.name,
                role: track.role,
                role_from: RoleFrom::Name(Certainty::Sure),
                is_reference: track.is_reference,
                is_out: track.is_out,
                placement: track.placement,
                measure: track.measure,
                gain: track.gain,
                song: &track.song,
                held_peak: None,
            })
            .collect()
    }
}

impl Track {
    fn hear(&mut self, index: i32, epoch: u16, louder: f64, random: &mut Random) {
        let cell = self.cell(index, epoch, louder, random);
        if random.below(400) > 0 {
            self.song.insert(&cell);
        }
        // A record of bands comes some cells after its end, now and then not at all.
        let late = (self.id % 7) as i32;
        if (index - late).rem_euclid(CELLS_PER_BANDS) == CELLS_PER_BANDS - 1 && random.below(12) > 0 {
            self.song.insert_bands(&self.bands((index - late).div_euclid(CELLS_PER_BANDS), &cell, random));
        }
        for hop in 0..10 {
            let share = 0.1 * (0.5 + random.unit() as f32);
            self.hops.push(Hop {
                index: i64::from(index) * 10 + hop,
                frames: FRAMES / 10,
                peak: cell.peak,
                power: cell.power.map(|power| power * share),
                cross: cell.cross * share,
                k_power: cell.k_power * share,
                epoch,
                ..Hop::default()
            });
        }
        self.hops.drain(..self.hops.len().saturating_sub(HOPS));
    }

    /// Loudest in a band of its own.
    fn bands(&self, index: i32, cell: &Cell, random: &mut Random) -> Bands {
        let mut bands = Bands::new(index, FRAMES * CELLS_PER_BANDS as u32, cell.epoch, cell.flags);
        let power = f64::from(cell.peak[0]).powi(2) * (0.2 + random.unit());
        for band in 0..BANDS {
            let power = power * 0.4f64.powi(band.abs_diff(5 * self.id as usize % BANDS) as i32);
            bands.set(band, [power, 0.5 * power], 0.3 * power);
        }
        bands
    }

    /// A cell of the track's sound: steady or hits, with rests, bleed, a loud section and a quiet one.
    fn cell(&self, index: i32, epoch: u16, louder: f64, random: &mut Random) -> Cell {
        let section = match (index / 60 + self.id as i32).rem_euclid(7) {
            0 => 7.0,
            1 => -7.0,
            2 => -70.0,
            _ => 0.0,
        };
        let db = self.level_db + section + louder + 4.0 * (random.unit() - 0.5);
        let peak = 10f64.powf(db / 20.0) as f32;
        let place = if self.every > 0 { index.rem_euclid(self.every) } else { 0 };
        let level = if place < 2 { peak } else { peak * 0.01 };
        let power = level * level / 2.0 * FRAMES as f32;
        let mut flags = CellFlags(CellFlags::PLAYING.0 | CellFlags::COMPLETE.0);
        if self.every > 0 && place == 1 && random.below(10) > 0 {
            flags = flags.with(CellFlags::HIT, true);
        }
        flags =
            flags.with(CellFlags::NON_FINITE, random.below(500) == 0).with(CellFlags::MONO, self.id.is_multiple_of(4));
        Cell {
            index,
            frames: FRAMES,
            power: [power, power * 0.8],
            cross: power * 0.5,
            k_power: power * 1.8,
            peak: [level, level * 0.9],
            true_peak: level * 1.05,
            gain: 1.0,
            epoch,
            flags,
            bar: index as f32 / 20.0,
            hit_age: 9,
            hit_peak: peak,
            hit_power: peak * peak * 0.1,
            hit_k_power: peak * peak * 0.1,
        }
    }
}
