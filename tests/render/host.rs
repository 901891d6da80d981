//! A host that renders five minutes of several tracks at once, as fast as it may.

use std::time::{Duration, Instant};

use keel_session::host::{Processor, Transport};
use serde_json::Value;

use super::plugin::Plugin;

pub const SECONDS: usize = 300;
const RATE: usize = 48_000;
/// Times real time that no track goes beyond.
const FASTEST: u32 = 500;
/// Seconds after which the sound begins anew.
const PERIOD: usize = 8;
/// The largest block: so much of the sound's beginning is repeated at its end.
pub const LARGEST: usize = 8192;
/// Threads that process tracks, as hosts have them.
const WORKERS: usize = 2;
/// Seconds of song after which the collector must have come round: a quarter of what its ring holds. Half a tick at this
/// speed, but a loaded machine may give it none for long.
const LEAD: usize = 25;

/// A tone whose level is another in each second.
#[derive(Debug)]
pub struct Sound {
    samples: Vec<f32>,
}

impl Sound {
    /// The sound of track `number`.
    pub fn of(number: usize) -> Self {
        let step = std::f64::consts::TAU * 997.0 / RATE as f64;
        let sample = |n: usize| 10f64.powf(level(n / RATE, number) / 20.0) * (step * (n % RATE) as f64).sin();
        let samples = (0..PERIOD * RATE + LARGEST).map(|n| sample(n) as f32).collect();
        Self { samples }
    }

    fn block(&self, at: usize, frames: usize) -> &[f32] {
        let start = at % (PERIOD * RATE);
        &self.samples[start..start + frames]
    }
}

/// Its peak in dBFS: in both channels, the loudness, too.
fn level(second: usize, number: usize) -> f64 {
    -36.0 + 3.0 * ((second + number) % PERIOD) as f64
}

/// What a track is processed by.
pub enum Track<'a> {
    Clap(Box<Processor>),
    Vst3(&'a Plugin),
}

/// A track that is being rendered.
pub struct Lane<'a> {
    pub track: Track<'a>,
    pub block: usize,
    pub sound: Sound,
    at: usize,
}

impl<'a> Lane<'a> {
    pub fn new(track: Track<'a>, block: usize, number: usize) -> Self {
        Self { track, block, sound: Sound::of(number), at: 0 }
    }

    /// Renders on to this frame or a little beyond.
    fn run_to(&mut self, end: usize) {
        let song = Transport::new(RATE as f64, Some(120.0));
        while self.at < end {
            let frames = self.block.min(SECONDS * RATE - self.at);
            let input = self.sound.block(self.at, frames);
            let mut output = [[0.0f32; LARGEST]; 2];
            let [left, right] = output.each_mut().map(|channel| &mut channel[..frames]);
            match &mut self.track {
                Track::Clap(processor) => {
                    let place = song.at(self.at as u64);
                    processor.process(&[input, input], &mut [left, right], Some(&place)).expect("a block");
                }
                Track::Vst3(plugin) => {
                    let mut input = [input.to_vec(), input.to_vec()];
                    let mut inputs = input.each_mut().map(Vec::as_mut_ptr);
                    let mut outputs = [left.as_mut_ptr(), right.as_mut_ptr()];
                    plugin.process(Some(&mut inputs), Some(&mut outputs), frames, self.at, &[]);
                }
            }
            self.at += frames;
        }
    }
}

/// Renders all of them side by side. `gated` waits for a collector that the machine gives no turn, which no host does.
pub fn render(lanes: &mut [Lane<'_>], gated: bool) {
    let (begun, tracks) = (Instant::now(), lanes.len());
    let share = tracks.div_ceil(WORKERS);
    std::thread::scope(|scope| {
        for lanes in lanes.chunks_mut(share) {
            scope.spawn(move || {
                let mut gate = Gate { turns: None };
                for second in 0..SECONDS {
                    if gated && second.is_multiple_of(LEAD) {
                        gate.wait();
                    }
                    let started = Instant::now();
                    lanes.iter_mut().for_each(|lane| lane.run_to((second + 1) * RATE));
                    std::thread::sleep((Duration::from_secs(1) / FASTEST).saturating_sub(started.elapsed()));
                }
            });
        }
    });
    println!("{tracks} tracks at {:.0} times real time", SECONDS as f64 / begun.elapsed().as_secs_f64());
}

/// Lets a render go on when every collector of this process has come round since the last time.
struct Gate {
    turns: Option<Vec<(String, u64)>>,
}

impl Gate {
    fn wait(&mut self) {
        let begun = Instant::now();
        loop {
            let now = turns();
            let has_turned =
                |(task, before): &(String, u64)| now.iter().all(|(name, turns)| name != task || turns > before);
            if self.turns.as_ref().is_none_or(|before| before.iter().all(has_turned)) {
                self.turns = Some(now);
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "waited 60 s for the collector's round");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// How often each collector has gone to sleep, as it does after each round; nothing where the system does not report it.
fn turns() -> Vec<(String, u64)> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let turns = tasks.filter_map(|task| {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        let status = read("status");
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        let is_collector = read("comm").trim() == "keel-collector";
        is_collector.then(|| Some((task.file_name().into_string().ok()?, count.trim().parse().ok()?)))?
    });
    turns.collect()
}

/// Every tenth of a second of the track is in the report, at its own level.
pub fn assert_whole(report: &Value, name: &str, number: usize) {
    assert_eq!(fault(report, name, number), None);
}

/// What of that is not so.
pub fn fault(report: &Value, name: &str, number: usize) -> Option<String> {
    let tracks = report["tracks"].as_array().expect("tracks");
    let Some(track) = tracks.iter().find(|track| track["name"] == name) else {
        return Some(format!("no {name} in {report}"));
    };
    let cells = (&track["heard_cells"], &track["missed_cells"]);
    if cells != (&(SECONDS * 10).into(), &0.into()) {
        return Some(format!("{name}: {} cells came, {} missed", cells.0, cells.1));
    }
    let lanes = report["timeline"]["lanes"].as_array().expect("lanes");
    let lane = lanes.iter().find(|lane| lane["track"] == name).expect("a lane");
    let read: Vec<Option<f64>> = lane["lufs"].as_array().expect("levels").iter().map(Value::as_f64).collect();
    assert_eq!((&report["timeline"]["step_s"], read.len()), (&1.0.into(), SECONDS), "{name}");
    let wrong =
        (0..SECONDS).find(|&second| !read[second].is_some_and(|lufs| (lufs - level(second, number)).abs() < 0.3));
    wrong.map(|second| format!("{name} at {second} s: {:?}, not {}", read[second], level(second, number)))
}
