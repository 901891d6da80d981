//! A host of two tracks, the kick and the bass, which lets the bass sleep while it is silent.

use std::time::{Duration, Instant};

use keel_core::dsp::{Analyzer, Cell, Clock, ClockKind};
use keel_core::link::{Session, TrackConfig, TrackHandle, TrackWriter};
use keel_core::mix::{MixReport, Profile, Role, ScopeKind};
use serde_json::Value;

pub const SECOND: i64 = 48_000;
pub const BLOCK: usize = 512;
/// Numbers of two reports differ by so much at most, dB or seconds.
const TOLERANCE: f64 = 0.011;
/// After so long a machine is out of order.
const PATIENCE: Duration = Duration::from_secs(20);
/// Silent blocks after which a host lets a track sleep.
const DOZES: usize = 3;

/// The bass, and whether its host lets it sleep.
pub struct Part {
    pub sound: fn(i64) -> f32,
    pub sleeps: bool,
}

struct Instance {
    _handle: TrackHandle,
    writer: TrackWriter,
    analyzer: Analyzer,
}

impl Instance {
    fn process(&mut self, samples: &[f32], position: i64, playing: bool) {
        let beats = position as f64 / SECOND as f64 * 2.0;
        let clock = Clock {
            kind: ClockKind::Samples,
            position,
            playing,
            tempo: Some(120.0),
            bar: Some(beats / 4.0),
            quarters_per_bar: Some(4.0),
            gain: 1.0,
            ..Clock::default()
        };
        self.analyzer.process(samples, Some(samples), &clock, &mut self.writer);
    }
}

pub struct Host {
    session: Session,
    kick: Instance,
    bass: Instance,
    part: Part,
    position: i64,
    gain: f32,
    skips: bool,
    silent_blocks: usize,
    slept: usize,
}

fn kick(frame: i64) -> f32 {
    let since = (frame.rem_euclid(SECOND / 2)) as f64 / SECOND as f64;
    (0.28 * (-since * 30.0).exp() * (since * 60.0 * std::f64::consts::TAU).cos()) as f32 + 0.001
}

impl Host {
    pub fn new(part: Part) -> Self {
        let session = Session::new();
        let join = |name: &str, role| {
            let (handle, writer) =
                session.join(TrackConfig { name: name.into(), role: Some(role), ..TrackConfig::default() });
            Instance { _handle: handle, writer, analyzer: Analyzer::new(SECOND as f64, 2) }
        };
        let (kick, bass) = (join("Kick", Role::Kick), join("Bass", Role::Bass));
        Self { session, kick, bass, part, position: 0, gain: 1.0, skips: false, silent_blocks: 0, slept: 0 }
    }

    /// Rolls from one second to another.
    pub fn play(&mut self, from_s: f64, to_s: f64) {
        self.position = frame(from_s);
        self.go_on(to_s);
    }

    pub fn go_on(&mut self, to_s: f64) {
        while self.position < frame(to_s) {
            let frames = BLOCK.min((frame(to_s) - self.position) as usize);
            self.block(frames, true);
            self.position += frames as i64;
        }
        self.collect();
    }

    /// Stands, and calls on.
    pub fn stop(&mut self, seconds: f64) {
        for _ in 0..(seconds * SECOND as f64) as usize / BLOCK {
            self.kick.process(&[0.0; BLOCK], self.position, false);
            self.silent_blocks += 1;
            if !self.part.sleeps || self.silent_blocks <= DOZES {
                self.bass.process(&[0.0; BLOCK], self.position, false);
            }
        }
        self.collect();
    }

    /// Stands, and calls no track: what is measured so far is given out.
    pub fn rest(&mut self) {
        self.kick.analyzer.flush(&mut self.kick.writer);
        self.bass.analyzer.flush(&mut self.bass.writer);
        self.collect();
    }

    /// The kick alone, as fast as it goes.
    pub fn freeze_kick(&mut self, from_s: f64, to_s: f64) {
        let mut at = frame(from_s);
        while at < frame(to_s) {
            self.kick.process(&samples(kick, at, BLOCK, 1.0), at, true);
            at += BLOCK as i64;
        }
        self.kick.analyzer.flush(&mut self.kick.writer);
        self.collect();
    }

    /// The kick, and the bass so far behind it.
    pub fn play_behind(&mut self, from_s: f64, to_s: f64, lag_s: f64) {
        let (first, end) = (frame(from_s), frame(to_s));
        let lag = frame(lag_s) / BLOCK as i64 * BLOCK as i64;
        for at in (first..end + lag).step_by(BLOCK) {
            let room = |at: i64| (end - at).clamp(0, BLOCK as i64) as usize;
            self.kick.process(&samples(kick, at, room(at), 1.0), at, true);
            if at >= first + lag {
                self.bass.process(&samples(self.part.sound, at - lag, room(at - lag), self.gain), at - lag, true);
            }
            if (at - first) / BLOCK as i64 % 40 == 0 {
                self.collect();
            }
        }
        self.position = end;
    }

    /// The bass gets so much louder before it comes to Keel.
    pub fn louder(&mut self, gain: f32) {
        self.gain = gain;
    }

    /// The bass is no longer called, whatever it plays.
    pub fn skip(&mut self, skips: bool) {
        self.skips = skips;
    }

    pub fn slept(&self) -> usize {
        self.slept
    }

    fn block(&mut self, frames: usize, playing: bool) {
        self.kick.process(&samples(kick, self.position, frames, 1.0), self.position, playing);
        let bass = samples(self.part.sound, self.position, frames, self.gain);
        self.silent_blocks = if bass.iter().all(|sample| *sample == 0.0) { self.silent_blocks + 1 } else { 0 };
        if self.skips || (self.part.sleeps && self.silent_blocks > DOZES) {
            self.slept += 1;
        } else {
            self.bass.process(&bass, self.position, playing);
        }
        if self.position / BLOCK as i64 % 40 == 0 {
            self.collect();
        }
    }

    fn collect(&self) {
        self.session.view(|_, _| ());
    }

    /// Waits until so many cells of the bass are known, or for long enough.
    pub fn until(&self, cells: usize) {
        let until = Instant::now() + PATIENCE;
        while self.cells().len() != cells && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn cells(&self) -> Vec<Cell> {
        let cell = |cell: &Cell| Cell { epoch: 0, ..*cell };
        self.session.view(|tracks, _| tracks[1].song.cells().map(cell).collect())
    }

    pub fn report(&self) -> MixReport {
        self.session.report(&Profile::guide(), Some(ScopeKind::Song), None)
    }
}

fn frame(second: f64) -> i64 {
    (second * SECOND as f64).round() as i64
}

fn samples(sound: impl Fn(i64) -> f32, from: i64, frames: usize, gain: f32) -> Vec<f32> {
    (from..from + frames as i64).map(|frame| gain * sound(frame)).collect()
}

/// Both report the same, field by field, once the collector has seen that no track is called any more.
pub fn alike(a: &Host, b: &Host) {
    b.until(a.cells().len());
    let json = |host: &Host| serde_json::from_str::<Value>(&host.report().to_json()).expect("a report");
    let mut off = Vec::new();
    compare("", &json(a), &json(b), &mut off);
    assert!(off.is_empty(), "{off:#?}");
}

fn compare(path: &str, a: &Value, b: &Value, off: &mut Vec<String>) {
    // Under -100 LUFS nothing is left but what filters ring.
    let quiet =
        |value: &Value| if value.as_f64().is_some_and(|level| level < -100.0) { Value::Null } else { value.clone() };
    let (a, b) = (&quiet(a), &quiet(b));
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            let fields = a.iter().filter(|(key, _)| *key != "id");
            fields.for_each(|(key, a)| compare(&format!("{path}/{key}"), a, &b[key], off));
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(at, (a, b))| compare(&format!("{path}/{at}"), a, b, off));
        }
        (Value::Number(a), Value::Number(b)) => {
            let by = a.as_f64().unwrap_or(0.0) - b.as_f64().unwrap_or(0.0);
            // Of a band's level under -60 dB, what a hop of a transform more or less makes is nothing to hear.
            let (tolerance, floor) = if of_bands(path) { (0.25, -60.0) } else { (TOLERANCE, f64::NEG_INFINITY) };
            if by.abs() > tolerance && a.as_f64() > Some(floor) {
                off.push(format!("{path}: {a} and {b}"));
            }
        }
        _ if a != b && !of_bands(path) => off.push(format!("{path}: {a} and {b}")),
        _ => {}
    }
}

/// Read from transforms of 85 ms, of which none reaches over a place where the track was not called.
fn of_bands(path: &str) -> bool {
    ["/bands/", "/masking/", "harshness_db", "/phon", "/loud/text"].iter().any(|part| path.contains(part))
}
