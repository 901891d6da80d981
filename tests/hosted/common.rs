//! Instances to play, signals to play through them, and reports to read.

#[path = "../pacing/mod.rs"]
#[allow(clippy::duplicate_mod)] // A test may be a host of both formats.
mod pacing;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use keel_session::host::{Instance, PluginFile, Processor, Track, Transport};
use keel_session::player::{Pace, Player};
use keel_session::stems::{Stem, StemSet};
#[allow(unused_imports)] // The window's tests have no use for it.
pub use pacing::{Pacing, SETTLED_S};
use serde_json::Value;

pub const RATE: u32 = 48_000;

/// The library that was built for this test.
pub fn plugin() -> &'static PluginFile {
    static FILE: OnceLock<PluginFile> = OnceLock::new();
    FILE.get_or_init(|| PluginFile::beside_executable().unwrap_or_else(|error| panic!("{error}")))
}

/// All instances of a process share one session: tests take turns.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn instance(name: &str, channels: u32) -> Instance {
    Instance::new(plugin(), &Track::stem(name, channels)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Runs the audio through in blocks of the given sizes, over and over, from the song's start.
pub fn run(processor: &mut Processor, input: &[Vec<f32>], blocks: &[usize]) -> Vec<Vec<f32>> {
    run_from(processor, input, blocks, Transport::new(f64::from(RATE), Some(120.0)))
}

/// As fast as it goes.
pub fn run_from(processor: &mut Processor, input: &[Vec<f32>], blocks: &[usize], start: Transport) -> Vec<Vec<f32>> {
    process(processor, input, blocks, start, &Pacing::default())
}

/// As it is played.
pub fn play_from(processor: &mut Processor, input: &[Vec<f32>], blocks: &[usize], start: Transport) -> Vec<Vec<f32>> {
    let pacing = Pacing::default();
    pacing.play(true);
    process(processor, input, blocks, start, &pacing)
}

fn process(
    processor: &mut Processor,
    input: &[Vec<f32>],
    blocks: &[usize],
    start: Transport,
    pacing: &Pacing,
) -> Vec<Vec<f32>> {
    let mut output: Vec<Vec<f32>> = input.iter().map(|channel| vec![9.0; channel.len()]).collect();
    let (mut at, mut sizes) = (0, blocks.iter().cycle());
    while at < input[0].len() {
        let end = input[0].len().min(at + sizes.next().expect("a size"));
        let from: Vec<&[f32]> = input.iter().map(|channel| &channel[at..end]).collect();
        let mut to: Vec<&mut [f32]> = output.iter_mut().map(|channel| &mut channel[at..end]).collect();
        let transport = start.at(start.position + at as u64);
        processor.process(&from, &mut to, Some(&transport)).unwrap_or_else(|error| panic!("at {at}: {error}"));
        pacing.after(end - at, f64::from(RATE));
        at = end;
    }
    output
}

pub fn bits(audio: &[Vec<f32>]) -> Vec<Vec<u32>> {
    audio.iter().map(|channel| channel.iter().map(|sample| sample.to_bits()).collect()).collect()
}

/// Noise of full range that a compiler cannot guess: a linear congruential generator.
pub fn noise(frames: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..frames).map(|_| next()).collect()
}

pub fn sine(hz: f64, dbfs: f64, seconds: f64) -> Vec<f32> {
    let peak = 10f64.powf(dbfs / 20.0);
    let step = std::f64::consts::TAU * hz / f64::from(RATE);
    (0..(seconds * f64::from(RATE)) as usize).map(|n| (peak * (step * n as f64).sin()) as f32).collect()
}

/// A drum of this peak every half second: each beat at 120 bpm.
pub fn beats(hz: f64, dbfs: f64, seconds: f64) -> Vec<f32> {
    let beat = RATE as usize / 2;
    let shape = |n: usize| {
        let t = (n % beat) as f64 / f64::from(RATE);
        (std::f64::consts::TAU * hz * t).sin() * (-t / 0.04).exp()
    };
    let loudest = (0..beat).map(|n| shape(n).abs()).fold(0.0, f64::max);
    let scale = 10f64.powf(dbfs / 20.0) / loudest;
    (0..(seconds * f64::from(RATE)) as usize).map(|n| (shape(n) * scale) as f32).collect()
}

pub fn stem(name: &str, channels: Vec<Vec<f32>>) -> Stem {
    Stem { name: name.into(), channels }
}

/// A session that is being played in portions.
pub fn session(stems: Vec<Stem>) -> Player {
    let set = Arc::new(StemSet { sample_rate: RATE, tempo: Some(120.0), stems });
    let mut player = Player::new(plugin(), set, u64::MAX).unwrap_or_else(|error| panic!("{error}"));
    player.start(512, Pace::Granted).unwrap_or_else(|error| panic!("{error}"));
    player
}

/// A kick on every beat and what else there is, over 20 seconds.
pub fn with_kick(others: Vec<Stem>) -> Vec<Stem> {
    let mut stems = vec![stem("Kick", vec![beats(60.0, -11.0, 20.0)])];
    stems.extend(others);
    stems
}

/// Plays seconds on, in portions that leave the meters time to follow.
pub fn play(player: &mut Player, seconds: f64) {
    let (mut left, portion) = ((seconds * f64::from(RATE)) as u64, u64::from(RATE) / 4);
    while left > 0 {
        player.play_on(left.min(portion));
        left = left.saturating_sub(portion);
    }
}

pub fn report(player: &mut Player, scope: Option<&str>) -> Value {
    parse(&player.report(scope).unwrap_or_else(|error| panic!("{error}")))
}

pub fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

pub fn track<'r>(report: &'r Value, name: &str) -> &'r Value {
    let tracks = report["tracks"].as_array().expect("tracks");
    tracks.iter().find(|track| track["name"] == name).unwrap_or_else(|| panic!("no track {name} in {report}"))
}

pub fn number(value: &Value, key: &str) -> f64 {
    value[key].as_f64().unwrap_or_else(|| panic!("no number {key} in {value}"))
}

#[track_caller]
pub fn near(what: &str, got: f64, wanted: f64, tolerance: f64) {
    assert!((got - wanted).abs() <= tolerance, "{what}: read {got}, expected {wanted} within {tolerance}");
}
