//! Sessions over a folder of their own, and records to put through them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use keel_core::dsp::{Bands, Cell, CellFlags, Hop};
use keel_core::link::{HubConfig, Session, TrackConfig, TrackHandle, TrackWriter};

/// A hub folder that goes with the test.
pub struct Folder {
    pub path: PathBuf,
}

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { path: std::env::temp_dir().join(format!("keel-hub-{}-{number}", std::process::id())) }
    }

    /// A binary of this process and program.
    pub fn session(&self, process: u64, program: u64) -> Session {
        Session::linked(Some(HubConfig::apart(&self.path, process, program)))
    }

    pub fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            std::fs::read_dir(&self.path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

pub fn joined(session: &Session, name: &str) -> (TrackHandle, TrackWriter) {
    session.join(TrackConfig { name: name.into(), ..TrackConfig::default() })
}

pub fn cell(index: i32, peak: f32) -> Cell {
    let flags = CellFlags::PLAYING.with(CellFlags::COMPLETE, true);
    let power = [peak * peak * 4800.0; 2];
    Cell {
        index,
        frames: 4800,
        power,
        k_power: power[0],
        peak: [peak; 2],
        gain: 1.0,
        epoch: 1,
        flags,
        ..Cell::default()
    }
}

pub fn bands(index: i32) -> Bands {
    let mut bands = Bands::new(index, 96_000, 1, CellFlags::PLAYING.with(CellFlags::COMPLETE, true));
    bands.set(index.unsigned_abs() as usize % 39, [0.5, 0.25], 0.1);
    bands
}

pub fn hop(index: i64) -> Hop {
    Hop { index, frames: 480, peak: [0.5; 2], gain: 1.0, flags: CellFlags::PLAYING, tempo: 120.0, ..Hop::default() }
}

/// Names of the tracks in view.
pub fn shown(session: &Session) -> Vec<String> {
    session.view(|tracks, _| tracks.iter().map(|track| track.name.to_owned()).collect())
}

/// Waits for what another thread or process is to do.
pub fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited 30 s for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
