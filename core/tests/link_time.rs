//! Tracks that hosts render at other times than each other: compared by song position, never by arrival.

#[allow(dead_code)] // shared with the hub's own tests
#[path = "link_hub/rig.rs"]
mod rig;

use keel_core::dsp::{Analyzer, Clock, ClockKind};
use keel_core::link::{Session, TrackHandle, TrackWriter};
use keel_core::mix::{Profile, ScopeKind};

use rig::joined;

const RATE: usize = 48_000;
const BLOCK: usize = 480;
const SECONDS: usize = 20;

/// A track with what it plays and how its host treats it.
struct Playing {
    track: (TrackHandle, TrackWriter),
    analyzer: Analyzer,
    audio: Vec<f32>,
    /// Frames that its blocks come before the others'.
    ahead: usize,
    kind: ClockKind,
}

impl Playing {
    fn new(session: &Session, name: &str, audio: Vec<f32>, ahead: usize, kind: ClockKind) -> Self {
        Self { track: joined(session, name), analyzer: Analyzer::new(RATE as f64, 1), audio, ahead, kind }
    }

    /// The block that this track plays while the others play the one at `now`.
    fn play(&mut self, now: usize, tempo: f64) {
        let at = now + self.ahead;
        let Some(block) = self.audio.get(at..at + BLOCK) else { return };
        let clock = Clock {
            kind: self.kind,
            position: at as i64,
            playing: true,
            tempo: Some(tempo),
            bar: Some(at as f64 / RATE as f64 / 2.0),
            quarters_per_bar: Some(4.0),
            gain: 1.0,
            ..Clock::default()
        };
        self.analyzer.process(block, None, &clock, &mut self.track.1);
    }
}

/// A hit each half second, `late` frames behind the beat.
fn drum(peak: f64, late: usize) -> Vec<f32> {
    let shape = |n: usize| {
        let t = ((n + RATE / 2 - late) % (RATE / 2)) as f64 / RATE as f64;
        (std::f64::consts::TAU * 60.0 * t).sin() * (-t / 0.04).exp() * peak
    };
    (0..SECONDS * RATE).map(|n| if n < late { 0.0 } else { shape(n) as f32 }).collect()
}

/// Louder in the second half of each four seconds, `late` frames behind.
fn pad(peak: f64, late: usize) -> Vec<f32> {
    let at = |n: usize| {
        let swell = if n % (4 * RATE) < 2 * RATE { 0.5 } else { 1.0 };
        (std::f64::consts::TAU * 440.0 * n as f64 / RATE as f64).sin() * peak * swell
    };
    (0..SECONDS * RATE).map(|n| n.checked_sub(late).map_or(0.0, at) as f32).collect()
}

/// Offsets of snare and pads in a session where some tracks come ahead or late.
fn offsets(ahead: usize, late: usize, tempo: impl Fn(usize) -> f64) -> [f64; 2] {
    let session = Session::new();
    let kind = ClockKind::Samples;
    let mut tracks = [
        Playing::new(&session, "Kick", drum(0.3, 0), 0, kind),
        Playing::new(&session, "Snare", drum(0.2, late), 0, kind),
        Playing::new(&session, "Pads", pad(0.1, 0), ahead, kind),
    ];
    // What comes ahead was rendered before the others began.
    (0..ahead).step_by(BLOCK).for_each(|at| {
        let pads = &mut tracks[2];
        pads.ahead = at;
        pads.play(0, tempo(0));
        pads.ahead = ahead;
    });
    for now in (0..SECONDS * RATE).step_by(BLOCK) {
        tracks.iter_mut().for_each(|track| track.play(now, tempo(now)));
        if now % RATE == 0 {
            session.view(|_, _| ());
        }
    }
    let report = session.report(&Profile::guide(), Some(ScopeKind::Song), None);
    [1, 2].map(|place| {
        let track = report.track(tracks[place].track.0.id()).expect("the track");
        track.offset_db.unwrap_or_else(|| panic!("{} has no offset: {:?}", track.name, track.verdict)).0
    })
}

#[test]
fn tracks_rendered_ahead_and_late_read_the_same() {
    let steady = |_| 120.0;
    let together = offsets(0, 0, steady);
    for (what, read) in [
        ("200 ms ahead", offsets(RATE / 5, 0, steady)),
        ("4096 samples late", offsets(0, 4096, steady)),
        ("both", offsets(RATE / 5, 4096, steady)),
        ("under a tempo that changes", offsets(RATE / 5, 4096, |now| 90.0 + (now / RATE) as f64 * 5.0)),
    ] {
        for (read, together) in read.iter().zip(together) {
            assert!((read - together).abs() <= 0.1, "{what}: {read} dB, together {together} dB");
        }
    }
}

#[test]
fn a_host_without_a_transport_is_judged_by_its_running_time() {
    let session = Session::new();
    let kind = ClockKind::FreeRunning;
    let mut tracks =
        [Playing::new(&session, "Kick", drum(0.3, 0), 0, kind), Playing::new(&session, "Snare", drum(0.2, 0), 0, kind)];
    for now in (0..SECONDS * RATE).step_by(BLOCK) {
        tracks.iter_mut().for_each(|track| track.play(now, 120.0));
        if now % RATE == 0 {
            session.view(|_, _| ());
        }
    }
    let report = session.report(&Profile::guide(), Some(ScopeKind::Song), None);
    let snare = report.track(tracks[1].track.0.id()).expect("the snare").offset_db.expect("an offset").0;
    let wanted = 20.0 * (0.2f64 / 0.3).log10();
    assert!((snare - wanted).abs() <= 0.1, "{snare} dB, expected {wanted}");
    assert!(report.notes.iter().any(|note| note.contains("no song position")), "{:?}", report.notes);
}
