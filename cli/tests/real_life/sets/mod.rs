//! Synthesised sessions with what must be read of each, written down from the rules before anything was read.

pub mod channels;
pub mod kit;
pub mod rests;
pub mod sparse;

use crate::synth::Signal;

/// A stem: its file's name without the ending, and one channel or two.
#[derive(Clone, Debug)]
pub struct Track {
    pub name: &'static str,
    pub channels: Vec<Signal>,
}

/// What must be said of a track.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub track: &'static str,
    pub verdict: &'static str,
    /// In the measure of the role's target: dB under the kick, LU over the bed, dBFS of the kick itself.
    pub offset_db: f64,
    pub within_db: f64,
}

/// A session, and its table. Beside the table it is expected that no moment breaks the balance, that the kick is live, and
/// that nobody is told to touch the fader of a track that sits.
#[derive(Clone, Debug)]
pub struct Set {
    pub tracks: Vec<Track>,
    pub expected: Vec<Expected>,
}

pub fn track(name: &'static str, channels: Vec<Signal>) -> Track {
    Track { name, channels }
}

pub fn sits(track: &'static str, offset_db: f64, within_db: f64) -> Expected {
    Expected { track, verdict: "sits", offset_db, within_db }
}
