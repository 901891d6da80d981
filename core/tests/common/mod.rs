//! Song maps written cell by cell, so that the rules are tested on exact levels.
#![allow(dead_code, reason = "each test file uses a part of it")]

use keel_core::dsp::{BANDS, Bands, CELLS_PER_BANDS, Cell, CellFlags, band_hz};
use keel_core::mix::{Certainty, MixReport, Placement, Role, RoleFrom, SongMap, TrackId, TrackInput, TrackReport};

pub const FRAMES: u32 = 4800;

/// A track under construction.
#[derive(Clone, Debug)]
pub struct Track {
    pub name: String,
    pub role: Role,
    pub song: SongMap,
    pub is_reference: bool,
    pub is_out: bool,
    pub placement: Placement,
    pub gain: f32,
    pub measure: Option<keel_core::mix::Measure>,
    pub cells: Vec<Cell>,
    pub bands: Vec<Bands>,
}

impl Track {
    /// Silence of this length, in seconds, at 120 bpm in 4/4 (2 s a bar).
    pub fn silent(name: &str, role: Role, seconds: f64) -> Self {
        let cells = (0..(seconds * 10.0).round() as i32)
            .map(|index| Cell {
                index,
                frames: FRAMES,
                flags: CellFlags(CellFlags::PLAYING.0 | CellFlags::COMPLETE.0),
                gain: 1.0,
                epoch: 1,
                bar: index as f32 / 20.0,
                ..Cell::default()
            })
            .collect();
        Self {
            name: name.into(),
            role,
            song: SongMap::new(),
            is_reference: false,
            is_out: false,
            placement: Placement::Post,
            gain: 1.0,
            measure: None,
            cells,
            bands: Vec::new(),
        }
    }

    /// No tempo and no bars, as for files.
    pub fn without_bars(mut self) -> Self {
        for cell in &mut self.cells {
            cell.bar = f32::NAN;
        }
        self
    }

    /// Steady sound in both channels alike: its peak in dBFS, and the loudness that a 1 kHz tone of that peak has.
    pub fn tone(mut self, from_s: f64, to_s: f64, peak_db: f64) -> Self {
        let peak = 10f64.powf(peak_db / 20.0) as f32;
        for cell in self.cells.iter_mut().filter(|cell| in_span(cell.index, from_s, to_s)) {
            let power = peak * peak / 2.0 * FRAMES as f32;
            cell.power = [power; 2];
            cell.cross = power;
            cell.k_power = 2.0 * power;
            cell.peak = [peak; 2];
            cell.true_peak = peak;
        }
        self
    }

    /// Hits of 200 ms, each with this peak.
    pub fn hits(mut self, from_s: f64, to_s: f64, every_s: f64, peak_db: f64) -> Self {
        let mut onset_s = from_s;
        while onset_s < to_s - 1e-9 {
            self = self.hit(onset_s, peak_db);
            onset_s += every_s;
        }
        self
    }

    pub fn hit(mut self, onset_s: f64, peak_db: f64) -> Self {
        let onset = (onset_s * 100.0).round() as i32;
        let ends_in = ((onset + 19) / 10) as usize;
        if ends_in >= self.cells.len() {
            return self;
        }
        let peak = 10f64.powf(peak_db / 20.0) as f32;
        let power = peak * peak * 0.1;
        for cell in &mut self.cells[(onset / 10) as usize..=ends_in] {
            cell.peak = cell.peak.map(|old| old.max(peak));
            cell.true_peak = cell.true_peak.max(peak);
            cell.power = cell.power.map(|old| old + power * FRAMES as f32);
            cell.cross += power * FRAMES as f32;
            cell.k_power += 2.0 * power * FRAMES as f32;
        }
        let cell = &mut self.cells[ends_in];
        cell.flags = cell.flags.with(CellFlags::HIT, true);
        cell.hit_age = (cell.index * 10 - onset) as i16;
        cell.hit_peak = peak;
        cell.hit_power = 2.0 * power;
        cell.hit_k_power = 2.0 * power;
        self
    }

    /// Panned hard: -1 left, +1 right; the other channel keeps nothing.
    pub fn hard(mut self, side: f64) -> Self {
        for cell in &mut self.cells {
            let silent = if side < 0.0 { 1 } else { 0 };
            cell.power[silent] = 0.0;
            cell.peak[silent] = 0.0;
            cell.cross = 0.0;
            cell.k_power /= 2.0;
        }
        self
    }

    /// Mean squares of both channels together, alike in both, in the band nearest to a frequency, all along the song.
    pub fn band(self, hz: f64, power_db: f64) -> Self {
        self.stereo_band(hz, power_db, 1.0)
    }

    /// The same with this correlation of the channels.
    pub fn stereo_band(mut self, hz: f64, power_db: f64, correlation: f64) -> Self {
        let records = (self.cells.len() as i32).div_euclid(CELLS_PER_BANDS);
        if self.bands.is_empty() {
            let record = |index| Bands::new(index, FRAMES * CELLS_PER_BANDS as u32, 1, CellFlags::COMPLETE);
            self.bands = (0..records).map(record).collect();
        }
        let power = 10f64.powf(power_db / 10.0) / 2.0;
        for record in &mut self.bands {
            record.set(band_at(hz), [power; 2], correlation * power);
        }
        self
    }

    pub fn gain_db(mut self, db: f64) -> Self {
        self.gain = 10f64.powf(db / 20.0) as f32;
        self
    }

    pub fn reference(mut self) -> Self {
        self.is_reference = true;
        self
    }

    pub fn placed(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// Forgets what lies in this span, as if it had not been heard.
    pub fn unheard(mut self, from_s: f64, to_s: f64) -> Self {
        self.cells.retain(|cell| !in_span(cell.index, from_s, to_s));
        self
    }

    pub fn build(mut self) -> Self {
        for cell in &self.cells {
            self.song.insert(cell);
        }
        for bands in &self.bands {
            self.song.insert_bands(bands);
        }
        self
    }
}

/// The band whose centre is nearest to a frequency.
pub fn band_at(hz: f64) -> usize {
    let off = |band: &usize| (band_hz(*band) - hz).abs();
    (0..BANDS).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
}

fn in_span(index: i32, from_s: f64, to_s: f64) -> bool {
    index >= (from_s * 10.0).round() as i32 && index < (to_s * 10.0).round() as i32
}

/// A kick of four to the bar at -11 dBFS: in the middle of its band.
pub fn kick(seconds: f64) -> Track {
    Track::silent("Kick", Role::Kick, seconds).hits(0.0, seconds, 0.5, -11.0)
}

/// Input for the rules, ids in the order given.
pub fn inputs(tracks: &[Track]) -> Vec<TrackInput<'_>> {
    tracks
        .iter()
        .enumerate()
        .map(|(index, track)| TrackInput {
            id: TrackId(index as u64 + 1),
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

/// The report of one track by its name.
pub fn named<'a>(report: &'a MixReport, name: &str) -> &'a TrackReport {
    report.tracks.iter().find(|track| track.name == name).unwrap_or_else(|| panic!("no track {name}"))
}
