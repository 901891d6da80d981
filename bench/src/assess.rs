//! What judging a session costs, by its number of tracks.

use std::hint::black_box;

use keel_core::dsp::CELLS_PER_BANDS;
use keel_core::mix::{Profile, assess};
use serde::Serialize;

use crate::timing::{Stopwatch, Timing};
use crate::tracks::Tracks;

/// Cells that are played for each cold look: five records of bands, which come every twentieth.
const CELLS: usize = 100;
/// Looks in a second of song while a window is open, and how many of them find a new cell, and new bands.
const LOOKS: [f64; 3] = [30.0, 10.0, 0.5];

/// Nanoseconds, over four minutes of song.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Assess {
    /// The whole song judged anew, breaks included, by one who has read nothing of it.
    pub cold_ns: Timing,
    /// What the window shows, breaks included, every track one cell longer since it was last judged.
    pub warm_ns: Timing,
    /// The same once in 2 s, as the session is heard anew by the bands that have come.
    pub bands_ns: Timing,
    /// A look between two cells.
    pub still_ns: Timing,
}

impl Assess {
    /// The mean look of a window that looks 30 times a second while the song plays.
    pub fn playing_ns(&self) -> f64 {
        let [looks, cells, bands] = LOOKS;
        let [still, cell, band] = [self.still_ns, self.warm_ns, self.bands_ns].map(|timing| timing.median);
        ((looks - cells) * still + (cells - bands) * cell + bands * band) / looks
    }
}

pub fn measure(count: usize, rounds: usize) -> Assess {
    let mut tracks = Tracks::new(count);
    let profile = Profile::guide();
    let mut cold = Vec::new();
    for _ in 0..rounds {
        tracks.session.view(|inputs, state| {
            let watch = Stopwatch::start();
            black_box(assess(inputs, &profile, state));
            cold.push(watch.nanoseconds());
        });
    }
    // Once before, so that everything older than a cell has been read.
    black_box(tracks.session.report_now(&profile));
    let (mut warm, mut bands, mut still) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..CELLS * rounds {
        tracks.play(1);
        let look = || {
            let watch = Stopwatch::start();
            black_box(tracks.session.report_now(&profile));
            watch.nanoseconds()
        };
        // A scope that slides takes in a record of bands half a second after its end, as the newest hop tells its place.
        let first = look();
        if tracks.heard % CELLS_PER_BANDS == 6 {
            bands.push(first)
        } else {
            warm.push(first)
        }
        still.push(look());
    }
    let [warm_ns, bands_ns, still_ns] = [warm, bands, still].map(Timing::of);
    Assess { cold_ns: Timing::of(cold), warm_ns, bands_ns, still_ns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keel_core::mix::{Role, ScopeKind};

    #[test]
    fn the_session_is_one_that_can_be_judged() {
        let tracks = Tracks::new(13);
        let report = tracks.session.report(&Profile::guide(), Some(ScopeKind::Loudest), None);
        assert_eq!(report.tracks.len(), 13);
        assert_eq!(report.tracks[0].role, Role::Kick);
        let judged = report.tracks.iter().filter(|track| track.offset_db.is_some()).count();
        assert!(judged >= 10, "only {judged} of 13 tracks stand against the kick: {:?}", report.notes);
    }
}
