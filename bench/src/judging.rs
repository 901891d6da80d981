//! What judging a session costs, by its number of tracks, and what of it a window feels.

use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use keel_core::link::{Snapshot, Watch};
use keel_core::mix::{Assessor, MixReport, Profile, TrackId, assess};
use keel_core::units::Db;
use serde::Serialize;

use crate::timing::{Stopwatch, Timing, nanoseconds, percentile};
use crate::tracks::Tracks;

/// A window draws so often while the song plays.
const FRAME: Duration = Duration::from_micros(33_333);
/// Hops in half a second, after which a session is judged anew.
const HALF_SECOND: i64 = 50;
/// Judgements before any is timed, so that every list has found its length.
const WARM: usize = 10;
/// Frames from one trim to the next.
const TRIM_EVERY: usize = 15;
/// The seconds of a round.
const SECONDS: f64 = 5.0;

/// Over four minutes of song.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Judging {
    /// The whole song judged by one who has read nothing of it.
    pub cold_ns: Timing,
    /// A judgement after each half second of the song.
    pub judge_ns: Timing,
    /// A judgement after a track's trim has moved, and nothing else.
    pub trim_ns: Timing,
    #[serde(flatten)]
    pub played: Played,
}

/// What a window and the judge's thread take while the song plays in real time.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Played {
    /// A frame's share: the newest snapshot, and the live meters of two tracks.
    pub frame_mean_ns: f64,
    pub frame_worst_ns: f64,
    /// Share of a core that the judge's thread takes; `None` where the system does not report it.
    pub judge_core: Option<f64>,
    /// Seconds from one judgement to the next.
    pub period_s: f64,
    /// From the moment in which a trim is set to the snapshot that shows it: the median, and the longest.
    pub set_ms: [f64; 2],
}

pub fn measure(count: usize, rounds: usize) -> Judging {
    let mut tracks = Tracks::new(count);
    let profile = Profile::guide();
    let cold = (0..rounds).map(|_| tracks.session.view(|inputs, state| timed(|| assess(inputs, &profile, state))));
    let cold_ns = Timing::of(cold.collect());
    let mut assessor = Assessor::new();
    let mut judge =
        |tracks: &Tracks| tracks.session.view(|inputs, state| timed(|| assessor.assess(inputs, &profile, state)));
    let (mut judged, mut trimmed) = (Vec::new(), Vec::new());
    for k in 0..WARM + 10 * rounds {
        tracks.play(HALF_SECOND);
        let took = judge(&tracks);
        tracks.trim(count / 2, if k % 2 == 0 { 1.2 } else { 1.0 });
        let after_trim = judge(&tracks);
        if k >= WARM {
            judged.push(took);
            trimmed.push(after_trim);
        }
    }
    Judging {
        cold_ns,
        judge_ns: Timing::of(judged),
        trim_ns: Timing::of(trimmed),
        played: played(&mut tracks, &Arc::new(profile), rounds as f64 * SECONDS),
    }
}

fn timed(judge: impl FnOnce() -> MixReport) -> f64 {
    let watch = Stopwatch::start();
    black_box(judge());
    watch.nanoseconds()
}

/// Plays so many seconds in real time, and draws as a window does. In the first half nothing is set, in the second trims.
fn played(tracks: &mut Tracks, profile: &Arc<Profile>, seconds: f64) -> Played {
    let watch = tracks.watch(profile);
    let first = Instant::now();
    while watch.snapshot().report.tracks.is_empty() && first.elapsed() < Duration::from_secs(60) {
        thread::sleep(FRAME);
    }
    let mut frames = Frames::default();
    let (start, judge_before) = (Instant::now(), judge_seconds());
    frames.play(tracks, &watch, seconds / 2.0, |_, _| ());
    let elapsed = start.elapsed().as_secs_f64();
    let judge_core = judge_seconds().zip(judge_before).map(|(now, then)| (now - then) / elapsed);
    let (judged, drawn) = (frames.judged, std::mem::take(&mut frames.ns));
    let mut set = Vec::new();
    let mut waits: Option<(Instant, Option<Db>)> = None;
    frames.play(tracks, &watch, seconds / 2.0, |tracks, frame| {
        let trim = |snapshot: &Snapshot| snapshot.report.tracks.last().and_then(|track| track.trim_db);
        if let Some((since, before)) = waits
            && trim(&watch.snapshot()) != before
        {
            set.push(nanoseconds(since) * 1e-6);
            waits = None;
        }
        if frame % TRIM_EVERY == 0 && waits.is_none() {
            waits = Some((Instant::now(), trim(&watch.snapshot())));
            tracks.trim(tracks.len() - 1, 1.0 + 0.1 * (frame / TRIM_EVERY % 5 + 1) as f32);
            watch.ask();
        }
    });
    set.sort_unstable_by(f64::total_cmp);
    Played {
        frame_mean_ns: drawn.iter().sum::<f64>() / drawn.len() as f64,
        frame_worst_ns: drawn.iter().copied().fold(0.0, f64::max),
        judge_core,
        period_s: elapsed / f64::from(judged.max(1)),
        set_ms: if set.is_empty() { [f64::NAN; 2] } else { [percentile(&set, 0.5), percentile(&set, 1.0)] },
    }
}

/// The frames of a window.
#[derive(Debug, Default)]
struct Frames {
    ns: Vec<f64>,
    judged: u32,
    shown: Option<Arc<MixReport>>,
}

impl Frames {
    fn play(&mut self, tracks: &mut Tracks, watch: &Watch, seconds: f64, mut each: impl FnMut(&mut Tracks, usize)) {
        let (start, ids) = (Instant::now(), [tracks.id(0), tracks.id(tracks.len() - 1)]);
        let mut written = 0;
        for frame in 0.. {
            let now = start.elapsed();
            if now.as_secs_f64() >= seconds {
                break;
            }
            let due = (now.as_secs_f64() * 100.0) as i64;
            tracks.write(due - written);
            written = due;
            self.draw(watch, ids);
            each(tracks, frame);
            thread::sleep((FRAME * (frame as u32 + 1)).saturating_sub(start.elapsed()));
        }
    }

    fn draw(&mut self, watch: &Watch, ids: [TrackId; 2]) {
        let stopwatch = Stopwatch::start();
        let snapshot = watch.snapshot();
        black_box(ids.map(|id| snapshot.live(id)));
        self.ns.push(stopwatch.nanoseconds());
        let shown = self.shown.replace(Arc::clone(&snapshot.report));
        self.judged += u32::from(shown.is_some_and(|shown| !Arc::ptr_eq(&shown, &snapshot.report)));
    }
}

/// Seconds of processor time that the judge's thread has taken so far; `None` where the system does not report it.
fn judge_seconds() -> Option<f64> {
    let tasks = fs::read_dir("/proc/self/task").ok()?.flatten().map(|task| task.path());
    let is_judge =
        |task: &std::path::PathBuf| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "keel-judge");
    let times = fs::read_to_string(tasks.filter(is_judge).last()?.join("schedstat")).ok()?;
    times.split_whitespace().next()?.parse::<f64>().ok().map(|ns| ns * 1e-9)
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

    #[test]
    fn a_window_sees_new_judgements_and_what_is_set() {
        let mut tracks = Tracks::new(5);
        let played = played(&mut tracks, &Arc::new(Profile::guide()), 6.0);
        assert!(played.frame_mean_ns > 0.0 && played.frame_worst_ns >= played.frame_mean_ns);
        assert!(played.period_s.is_finite() && played.set_ms[0].is_finite(), "{played:?}");
    }
}
