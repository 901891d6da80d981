//! The way between processes: what a collector's ticks cost, and how late a hop arrives in another process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use keel_core::dsp::{Cell, CellFlags, Hop, Sink};
use keel_core::link::{HubConfig, Session, TrackConfig, TrackHandle, TrackWriter};
use keel_core::mix::TrackInput;
use serde::Serialize;

/// Names the folder to a process that this program starts as a peer of itself.
pub const PEER_VARIABLE: &str = "KEEL_BENCH_PEER";
/// Tracks of the process that is measured, and processes in all.
const CASES: [(usize, u64); 4] = [(8, 2), (64, 2), (256, 2), (64, 8)];
const HOP: Duration = Duration::from_millis(10);
/// Beginnings of the names of the tracks that play, and of those that only read.
const PLAYING: &str = "Track";
const READING: &str = "Onlooker";
/// The folder's name is the only thing that all agree on.
const PROGRAM: u64 = 1;

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Hub {
    pub tracks: usize,
    pub processes: u64,
    /// Of a core, for the collector of the process with all these tracks, in real time; the others have one each.
    pub tick_percent: Option<f64>,
    /// From the push into the ring to the view of another process.
    pub latency_p50_ms: Option<f64>,
    pub latency_p99_ms: Option<f64>,
    pub file_bytes: Option<u64>,
}

pub fn measure(seconds: f64) -> Vec<Hub> {
    CASES.map(|(tracks, processes)| measure_one(tracks, processes, seconds)).into()
}

fn joined(session: &Session, names: &str, count: usize) -> Vec<(TrackHandle, TrackWriter)> {
    (0..count).map(|k| session.join(TrackConfig { name: format!("{names} {k}"), ..TrackConfig::default() })).collect()
}

fn measure_one(count: usize, processes: u64, seconds: f64) -> Hub {
    let folder = std::env::temp_dir().join(format!("keel-bench-{}-{count}-{processes}", std::process::id()));
    let session = Session::linked(Some(HubConfig::apart(&folder, 1, PROGRAM)));
    let mut tracks = joined(&session, PLAYING, count);
    let peers: Vec<Child> = (2..=processes).filter_map(|process| start_peer(&folder, process)).collect();
    let wanted = count + peers.len();
    let begun = Instant::now();
    while session.view(|tracks, _| tracks.len()) < wanted && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(HOP);
    }
    play(&mut tracks, 0, 50);
    let (started, before) = (Instant::now(), collector_ns());
    play(&mut tracks, 50, (seconds / HOP.as_secs_f64()) as i64);
    let spent = before.zip(collector_ns()).map(|(before, after)| (after - before) as f64);
    let tick_percent = spent.map(|spent| spent / started.elapsed().as_nanos() as f64 * 100.0);
    let file_bytes = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let file_bytes = file_bytes.filter_map(|entry| Some(entry.metadata().ok()?.len())).max();
    let mut latencies: Vec<f64> = peers.into_iter().flat_map(latencies_of).collect();
    latencies.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| latencies.get((latencies.len() as f64 * share) as usize).copied();
    drop(tracks);
    let _ = std::fs::remove_dir_all(&folder);
    let (latency_p50_ms, latency_p99_ms) = (at(0.5), at(0.99));
    Hub { tracks: count, processes, tick_percent, latency_p50_ms, latency_p99_ms, file_bytes }
}

/// In real time, each hop with the time of its push for its onsets.
fn play(tracks: &mut [(TrackHandle, TrackWriter)], from: i64, hops: i64) {
    let begun = Instant::now();
    for k in 0..hops {
        let flags = CellFlags::PLAYING.with(CellFlags::COMPLETE, true);
        for (_, writer) in tracks.iter_mut() {
            let (index, onsets) = (from + k, micros());
            writer.hop(&Hop { index, onsets, frames: 480, peak: [0.5; 2], gain: 1.0, flags, ..Hop::default() });
            if k % 10 == 9 {
                let index = ((from + k) / 10) as i32;
                writer.cell(&Cell { index, frames: 4800, peak: [0.5; 2], gain: 1.0, flags, ..Cell::default() });
            }
        }
        std::thread::sleep((HOP * (k as u32 + 1)).saturating_sub(begun.elapsed()));
    }
}

/// As all processes see it; begins anew each 71 minutes.
fn micros() -> u32 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    now.as_micros() as u32
}

/// Time that this process' collectors have had a processor.
fn collector_ns() -> Option<u64> {
    let mut spent = None;
    for task in std::fs::read_dir("/proc/self/task").ok()?.flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if read("comm").trim() == "keel-collector" {
            spent = read("schedstat").split_whitespace().next()?.parse().ok();
        }
    }
    spent
}

fn start_peer(folder: &Path, process: u64) -> Option<Child> {
    let order = format!("{process} {}", folder.display());
    let program = std::env::current_exe().ok()?;
    let mut command = Command::new(program);
    command.env(PEER_VARIABLE, order).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()
}

/// Ends a peer and takes what it saw.
fn latencies_of(mut peer: Child) -> Vec<f64> {
    drop(peer.stdin.take());
    let lines = peer.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines());
    let seen = lines.map_while(Result::ok).filter_map(|line| line.parse().ok()).collect();
    let _ = peer.wait();
    seen
}

/// The other process: reads every millisecond, until its input ends, and prints the milliseconds that each hop took.
pub fn be_peer(order: &str) {
    let Some((process, folder)) = order.split_once(' ') else { return };
    let process: u64 = process.parse().unwrap_or(2);
    let session = Session::linked(Some(HubConfig::apart(&PathBuf::from(folder), process, PROGRAM)));
    let _own = joined(&session, READING, 1);
    let ended = std::thread::spawn(|| std::io::stdin().lines().count());
    let (mut last, mut seen) = (None, Vec::new());
    while !ended.is_finished() {
        // The other onlookers come in any order.
        let plays = |track: &&TrackInput<'_>| track.name.starts_with(PLAYING);
        let playing = session.view(|tracks, _| tracks.iter().find(plays).map(|track| track.id));
        let newest = playing.and_then(|id| session.newest_hops(id).last().copied());
        if let Some(hop) = newest.filter(|hop| last != Some(hop.index)) {
            last = Some(hop.index);
            seen.push(f64::from(micros().wrapping_sub(hop.onsets)) * 1e-3);
        }
        // One of the peers reads closely, the others as a window does.
        std::thread::sleep(Duration::from_millis(if process == 2 { 1 } else { 66 }));
    }
    if process == 2 {
        // The first second is the link's beginning.
        seen.iter().skip(50).for_each(|latency| println!("{latency}"));
    }
}
