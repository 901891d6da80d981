//! What judging a session costs, by its number of tracks.

use std::hint::black_box;
use std::time::Instant;

use keel_core::mix::{Profile, ScopeKind, SessionState, assess, assess_now};
use serde::Serialize;

use crate::timing::{Timing, nanoseconds};
use crate::tracks::Tracks;

/// Nanoseconds, over four minutes of song.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Assess {
    /// The whole song judged anew, breaks included: what a report costs.
    pub whole_ns: Timing,
    /// What the window shows, judged anew.
    pub cold_ns: Timing,
    /// What the window shows, every track one cell longer since it was last judged.
    pub warm_ns: Timing,
}

pub fn measure(count: usize, rounds: usize) -> Assess {
    let mut tracks = Tracks::new(count);
    let profile = Profile::guide();
    let looked_at = |state: &SessionState| SessionState { scope: Some(ScopeKind::Loudest), ..*state };
    let timed = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        nanoseconds(start)
    };
    let (mut whole, mut cold, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        tracks.session.view(|inputs, state| {
            let state = looked_at(state);
            whole.push(timed(&mut || _ = black_box(assess(inputs, &profile, &state))));
            cold.push(timed(&mut || _ = black_box(assess_now(inputs, &profile, &state))));
        });
        tracks.play(1);
        warm.push(timed(&mut || {
            let report = tracks.session.view(|inputs, state| assess_now(inputs, &profile, &looked_at(state)));
            black_box(report);
        }));
    }
    Assess { whole_ns: Timing::of(whole), cold_ns: Timing::of(cold), warm_ns: Timing::of(warm) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keel_core::mix::Role;

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
