//! What judging a session costs, by its number of tracks.

use std::hint::black_box;

use keel_core::dsp::CELLS_PER_BANDS;
use keel_core::mix::{Glance, Profile, assess};
use serde::Serialize;

use crate::timing::{Stopwatch, Timing};
use crate::tracks::Tracks;

/// Cells that are played for each cold look: 20 judgements, and five records of bands.
const CELLS: usize = 100;
/// Looks in a second of song while a window is open, one each 66 ms, and how many of them find a new cell.
const LOOKS: [f64; 2] = [15.0, 10.0];

/// Nanoseconds, over four minutes of song.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Assess {
    /// The whole song judged anew, breaks included, by one who has read nothing of it.
    pub cold_ns: Timing,
    /// What the window shows, breaks included, every track one cell longer at each look: the mean of all such looks.
    pub mean_ns: f64,
    /// Those of them that judge, at each half second of the song.
    pub judged_ns: Timing,
    /// Those of them that hear the session anew, too, by the bands that have come: each 2 s.
    pub bands_ns: Timing,
    /// Those between.
    pub held_ns: Timing,
    /// A look between two cells.
    pub still_ns: Timing,
}

impl Assess {
    /// The mean look of a window while the song plays.
    pub fn playing_ns(&self) -> f64 {
        let [looks, cells] = LOOKS;
        ((looks - cells) * self.still_ns.median + cells * self.mean_ns) / looks
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
    let mut glance = Glance::new();
    tracks.session.glance(&profile, &mut glance);
    let mut end = glance.report().scope.to_s;
    let (mut judged, mut bands, mut held, mut still) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..CELLS * rounds {
        tracks.play(1);
        let mut look = || {
            let watch = Stopwatch::start();
            tracks.session.glance(&profile, black_box(&mut glance));
            (watch.nanoseconds(), glance.report().scope.to_s)
        };
        let (first, now) = look();
        // A scope that slides takes in a record of bands half a second after its end, as the newest hop tells its place.
        let samples = match std::mem::replace(&mut end, now) != now {
            true if tracks.heard % CELLS_PER_BANDS == 6 => &mut bands,
            true => &mut judged,
            false => &mut held,
        };
        samples.push(first);
        still.push(look().0);
    }
    let new: Vec<f64> = [&judged, &bands, &held].into_iter().flatten().copied().collect();
    let mean_ns = new.iter().sum::<f64>() / new.len() as f64;
    let [cold_ns, judged_ns, bands_ns, held_ns, still_ns] = [cold, judged, bands, held, still].map(Timing::of);
    Assess { cold_ns, mean_ns, judged_ns, bands_ns, held_ns, still_ns }
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
