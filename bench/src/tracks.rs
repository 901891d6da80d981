//! Sessions of any number of tracks, whose song is written cell by cell.

use std::sync::Arc;

use keel_core::dsp::{BANDS, Bands, CELLS_PER_BANDS, Cell, CellFlags, Hop, Sink};
use keel_core::link::{CELL_RING, Session, TrackConfig, TrackHandle, TrackWriter, Watch};
use keel_core::mix::{Placement, Profile, TrackId};

/// Four minutes.
const SONG_HOPS: i64 = 4 * 60 * 100;
const HOPS_IN_CELL: i64 = 10;
const FRAMES_IN_CELL: u32 = 4800;
/// Names that say the role. The kick comes first, and once.
const NAMES: [&str; 12] =
    ["Snare", "Bass", "Lead Vox", "Gtr L", "Gtr R", "Pad", "Hats", "Lead", "Tom", "Backing Vox", "Perc", "Keys"];
/// How many of [`NAMES`], from the first, are struck rather than held.
const STRUCK: [&str; 5] = ["Kick", "Snare", "Hats", "Tom", "Perc"];

/// A session with its song received.
#[derive(Debug)]
pub struct Tracks {
    pub session: Session,
    tracks: Vec<(TrackHandle, TrackWriter, &'static str)>,
    /// Hops so far.
    received: i64,
}

impl Tracks {
    /// So many tracks of four minutes.
    pub fn new(count: usize) -> Self {
        let session = Session::new();
        let tracks = (0..count).map(|k| {
            let name = if k == 0 { "Kick" } else { NAMES[(k - 1) % NAMES.len()] };
            // Left and right of a guitar bear one number, and are one part.
            let number = k.div_ceil(NAMES.len());
            let config = TrackConfig {
                name: if k == 0 { name.to_owned() } else { format!("{name} {number}") },
                placement: Placement::Post,
                ..TrackConfig::default()
            };
            let (handle, writer) = session.join(config);
            (handle, writer, name)
        });
        let tracks = tracks.collect();
        let mut all = Self { session, tracks, received: 0 };
        let most = CELL_RING as i64 * HOPS_IN_CELL;
        while all.received < SONG_HOPS {
            all.play((SONG_HOPS - all.received).min(most));
        }
        all
    }

    /// The song goes on by so many hops, no more than the rings' cells hold, and is collected.
    pub fn play(&mut self, hops: i64) {
        self.write(hops);
        self.session.view(|_, _| ());
    }

    /// The song goes on by so many hops, which wait in the rings.
    pub fn write(&mut self, hops: i64) {
        for (seed, (_, writer, name)) in self.tracks.iter_mut().enumerate() {
            for index in self.received..self.received + hops {
                let (place, hop) = (index / HOPS_IN_CELL, index % HOPS_IN_CELL);
                let cell = cell(place as i32, seed, STRUCK.contains(name));
                writer.hop(&hop_of(&cell, hop));
                if hop + 1 < HOPS_IN_CELL {
                    continue;
                }
                writer.cell(&cell);
                if (cell.index + 1) % CELLS_PER_BANDS == 0 {
                    writer.bands(&bands_of(&cell, seed));
                }
            }
        }
        self.received += hops;
    }

    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    pub fn id(&self, track: usize) -> TrackId {
        self.tracks[track].0.id()
    }

    /// As the first track's window does.
    pub fn watch(&self, profile: &Arc<Profile>) -> Watch {
        self.tracks[0].0.watch(Arc::clone(profile))
    }

    /// The user moves a track's trim.
    pub fn trim(&self, track: usize, gain: f32) {
        self.tracks[track].1.set_gain(gain);
    }
}

/// Verses and choruses of 16 s; struck tracks have a hit each 500 ms.
fn cell(index: i32, seed: usize, struck: bool) -> Cell {
    let is_loud = index / 160 % 2 == 1;
    let peak = 0.3 / (1.0 + seed as f32 % 7.0) * if is_loud { 1.0 } else { 0.5 };
    let sounds = !struck || index % 5 < 2;
    let power = if sounds { peak * peak / 8.0 } else { 0.0 };
    let hit = struck && index % 5 == 2;
    let sum = power * FRAMES_IN_CELL as f32;
    Cell {
        index,
        frames: FRAMES_IN_CELL,
        power: [sum; 2],
        cross: 0.9 * sum,
        k_power: 2.0 * sum,
        peak: if sounds { [peak; 2] } else { [0.0; 2] },
        true_peak: if sounds { peak } else { 0.0 },
        gain: 1.0,
        epoch: 1,
        flags: CellFlags::PLAYING.with(CellFlags::COMPLETE, true).with(CellFlags::HIT, hit),
        bar: index as f32 / 20.0,
        hit_age: 20,
        hit_peak: peak,
        hit_power: peak * peak / 4.0,
        hit_k_power: peak * peak / 4.0,
    }
}

/// The 2 s that end with a cell: each track loudest in a band of its own, 3 dB less in each band beside it.
fn bands_of(cell: &Cell, seed: usize) -> Bands {
    let frames = FRAMES_IN_CELL * CELLS_PER_BANDS as u32;
    let mut bands = Bands::new(cell.index.div_euclid(CELLS_PER_BANDS), frames, cell.epoch, cell.flags);
    let loudest = 1.0 / (1.0 + (seed % 7) as f64).powi(2) * if cell.index / 160 % 2 == 1 { 0.01 } else { 0.0025 };
    for band in 0..BANDS {
        let power = loudest * 0.5f64.powi(band.abs_diff(seed * 5 % BANDS) as i32);
        bands.set(band, [power; 2], 0.9 * power);
    }
    bands
}

fn hop_of(cell: &Cell, k: i64) -> Hop {
    Hop {
        index: i64::from(cell.index) * 10 + k,
        frames: cell.frames / 10,
        sample_rate: 48_000.0,
        peak: cell.peak,
        true_peak: [cell.true_peak; 2],
        power: cell.power.map(|power| power / 10.0),
        cross: cell.cross / 10.0,
        k_power: cell.k_power / 10.0,
        gain: 1.0,
        epoch: 1,
        flags: cell.flags,
        bar: cell.bar,
        tempo: 120.0,
        loop_s: [f32::NAN; 2],
        ..Hop::default()
    }
}
