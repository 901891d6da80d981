//! What judging a session costs, by its number of tracks.

use std::hint::black_box;

use keel_core::mix::{Profile, assess};
use serde::Serialize;

use crate::timing::{Stopwatch, Timing};
use crate::tracks::Tracks;

/// Looks that are timed for each cold one.
const WARM: usize = 10;

/// Nanoseconds, over four minutes of song.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Assess {
    /// The whole song judged anew, breaks included, by one who has read nothing of it.
    pub cold_ns: Timing,
    /// What the window shows, breaks included, every track one cell longer since it was last judged.
    pub warm_ns: Timing,
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
    let mut warm = Vec::new();
    for _ in 0..WARM * rounds {
        tracks.play(1);
        let watch = Stopwatch::start();
        black_box(tracks.session.report_now(&profile));
        warm.push(watch.nanoseconds());
    }
    Assess { cold_ns: Timing::of(cold), warm_ns: Timing::of(warm) }
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
