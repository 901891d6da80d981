//! Judges a folder of WAV stems: `cargo run -p keel-core --example judge_folder -- stems`. The command `keel check` does
//! the same for all formats.

mod wav;

use std::error::Error;
use std::fs;
use std::path::Path;

use keel_core::dsp::{Analyzer, Bands, Cell, Clock, ClockKind, Hop, Sink};
use keel_core::mix::{
    Certainty, Placement, Profile, Role, RoleFrom, SessionState, SongMap, TrackId, TrackInput, assess, detect, words,
};

/// A song map takes cells and bands; hops are for live meters.
#[derive(Default)]
struct Song(SongMap);

impl Sink for Song {
    fn hop(&mut self, _: &Hop) {}

    fn cell(&mut self, cell: &Cell) {
        self.0.insert(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.0.insert_bands(bands);
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the path of a folder of WAV files")?;
    let mut stems: Vec<(String, Song)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("wav")) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            stems.push((name, measured(&path)?));
        }
    }
    stems.sort_by(|a, b| a.0.cmp(&b.0));
    let tracks: Vec<TrackInput<'_>> = (1..).zip(&stems).map(|(id, (name, song))| input(id, name, song)).collect();
    let report = assess(&tracks, &Profile::guide(), &SessionState::default());
    for track in &report.tracks {
        let offset = track.offset_db.map_or("-".into(), |db| format!("{:+.1} dB", db.0));
        println!("{:24} {:14} {:>9}  {}", track.name, track.role.label(), offset, words::verdict(track, &report));
    }
    report.notes.iter().for_each(|note| println!("{note}"));
    Ok(())
}

fn input<'a>(id: u64, name: &'a str, song: &'a Song) -> TrackInput<'a> {
    TrackInput {
        id: TrackId(id),
        name,
        role: detect(name).unwrap_or(Role::Other),
        role_from: RoleFrom::Name(Certainty::Sure),
        is_reference: false,
        is_out: false,
        // A stem is what its track sends to the mix: after fader and pan.
        placement: Placement::Post,
        measure: None,
        gain: 1.0,
        song: &song.0,
        held_peak: None,
    }
}

fn measured(path: &Path) -> Result<Song, hound::Error> {
    let ([left, right], rate) = wav::read(path)?;
    let mut analyzer = Analyzer::new(rate, 2);
    let mut song = Song::default();
    let clock = Clock { kind: ClockKind::Samples, playing: true, gain: 1.0, ..Clock::default() };
    analyzer.process(&left, Some(&right), &clock, &mut song);
    analyzer.flush(&mut song);
    Ok(song)
}
