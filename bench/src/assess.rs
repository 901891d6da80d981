//! What judging a session costs, by its number of tracks.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use keel_core::mix::{Assessor, Glance, Profile, assess};
use serde::Serialize;

use crate::timing::{Stopwatch, Timing, percentile};
use crate::tracks::Tracks;

/// Looks before any is timed.
const WARM: usize = 60;
/// Hops between the looks of a window, which come 15 times a second.
const HOPS: [i64; 3] = [7, 7, 6];
/// So many of them came since the collector's last round: what a look does about those is part of it.
const WAITING: i64 = 2;
/// Between two looks the collector gets its turn, as it does in the 66 ms of a window: it passes over tracks in view. And
/// the next look finds the caches and the core as one does that was not running.
const PAUSE: Duration = Duration::from_millis(5);
/// Looks for each cold one: 20 s of the song, ten records of bands.
const LOOKS: usize = 300;

/// Nanoseconds, over four minutes of song.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Assess {
    /// The whole song judged anew, breaks included, by one who has read nothing of it.
    pub cold_ns: Timing,
    /// The looks of a window while the song plays, 15 a second: of 100 of them 99 take no longer than this.
    pub longest_ns: f64,
    pub mean_ns: f64,
    /// A judgement made at once after each half second of the song, as for a report: all the work that those looks share.
    pub whole_ns: Timing,
    /// Seconds of the song from one judgement to the next.
    pub judged_each_s: f64,
    /// Looks while somebody moves a track's trim and the song plays: each judges at once.
    pub trim_ns: Timing,
    /// A look that finds nothing new.
    pub still_ns: Timing,
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
    let mut glance = Glance::new();
    let mut look = |tracks: &Tracks| {
        let watch = Stopwatch::start();
        tracks.session.glance(&profile, black_box(&mut glance));
        (watch.nanoseconds(), glance.report().scope.to_s)
    };
    // Some seconds before, so that everything older has been read and every list has found its length.
    let mut end = None;
    for k in 0..WARM {
        tracks.play(HOPS[k % HOPS.len()]);
        end = look(&tracks).1;
    }
    let (mut playing, mut still, mut judged) = (Vec::new(), Vec::new(), 0);
    for k in 0..LOOKS * rounds {
        tracks.play(HOPS[k % HOPS.len()] - WAITING);
        tracks.write(WAITING);
        thread::sleep(PAUSE);
        let (took, now) = look(&tracks);
        playing.push(took);
        judged += usize::from(std::mem::replace(&mut end, now) != now);
    }
    let played_s = playing.len() as f64 / 15.0;
    let mut trim = Vec::new();
    for k in 0..10 * rounds {
        tracks.play(HOPS[k % HOPS.len()] - WAITING);
        tracks.write(WAITING);
        thread::sleep(PAUSE);
        tracks.trim(count / 2, if k % 2 == 0 { 1.2 } else { 1.0 });
        trim.push(look(&tracks).0);
    }
    // Until nothing is left to be judged.
    (0..WARM).for_each(|_| _ = look(&tracks));
    for _ in 0..10 * rounds {
        still.push(look(&tracks).0);
    }
    let mut assessor = Assessor::new();
    let mut whole = Vec::new();
    for k in 0..10 * (rounds + 1) {
        tracks.play(50);
        let took = tracks.session.view(|inputs, state| {
            let watch = Stopwatch::start();
            black_box(assessor.assess(inputs, &profile, state));
            watch.nanoseconds()
        });
        if k >= 10 {
            whole.push(took);
        }
    }
    let mean_ns = playing.iter().sum::<f64>() / playing.len() as f64;
    playing.sort_unstable_by(f64::total_cmp);
    Assess {
        cold_ns: Timing::of(cold),
        longest_ns: percentile(&playing, 0.99),
        mean_ns,
        whole_ns: Timing::of(whole),
        judged_each_s: played_s / judged.max(1) as f64,
        trim_ns: Timing::of(trim),
        still_ns: Timing::of(still),
    }
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
