//! The hit gate's acceptance: a kick's level depends neither on how often it plays, nor on where it starts, nor on what
//! lies beside it.

use std::f64::consts::TAU;

use keel_core::dsp::{Cell, Hit};
use keel_core::units::{Dbfs, Lufs};

use super::weighting::filtered;
use super::{Case, Quantity, Reading, worst};
use crate::common::{Heard, Rng, amplitude, analyze};

pub const CASES: &[Case] = &[
    Case {
        test: "hits_of_a_short_kick_from_4_a_second_to_one_in_8_s",
        label: "short kick",
        signal: "−10 dBFS, falling in 60 ms; expected of the tables, over its 200 ms",
        read: |rate| periods(rate, 0.06),
    },
    Case {
        test: "hits_of_a_long_kick_from_4_a_second_to_one_in_8_s",
        label: "long kick",
        signal: "−10 dBFS, falling in 110 ms; expected of the tables, over its 200 ms",
        read: |rate| periods(rate, 0.11),
    },
    Case {
        test: "hits_6_db_louder_read_6_db_more",
        label: "gain",
        signal: "a kick each 0.5 s, and the same 6 dB louder",
        read: louder,
    },
    Case {
        test: "hits_may_start_anywhere_in_a_sub_block",
        label: "start",
        signal: "a kick each 0.5 s, from eight places in the first 10 ms: the worst",
        read: starts,
    },
    Case {
        test: "hits_under_noise_at_minus_60_dbfs",
        label: "noise",
        signal: "a kick each second, with and without noise at −60 dBFS",
        read: noise,
    },
    Case {
        test: "hits_with_ghosts_24_db_down",
        label: "ghosts",
        signal: "a kick each second, with and without ghost hits at −24 dB between",
        read: ghosts,
    },
];

const PERIODS: [(f64, f64, &str); 6] = [
    (0.25, 8.0, "each 0.25 s"),
    (0.5, 8.0, "each 0.5 s"),
    (1.0, 8.0, "each 1 s"),
    (2.0, 12.0, "each 2 s"),
    (4.0, 17.0, "each 4 s"),
    (8.0, 25.0, "each 8 s"),
];

/// Hit peak in dBFS and hit loudness in LUFS of a track.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    pub peak: f64,
    pub loudness: f64,
}

/// A synthesised kick at -10 dBFS peak that falls with the time constant `tau`.
pub fn kick(rate: f64, tau: f64) -> Vec<f32> {
    let wave = |k: usize| {
        let t = k as f64 / rate;
        (TAU * (48.0 * t + 3.6 * (1.0 - (-t / 0.03).exp()))).sin() * (-t / tau).exp()
    };
    let raw: Vec<f64> = (0..(0.9 * rate) as usize).map(wave).collect();
    let peak = raw.iter().fold(0.0, |peak: f64, x| peak.max(x.abs()));
    raw.iter().map(|x| (x / peak * amplitude(-10.0)) as f32).collect()
}

/// A kick each `step` frames, the first after `start`; each stops where the next begins.
pub fn pattern(kick: &[f32], step: usize, frames: usize, start: usize) -> Vec<f32> {
    let mut track = vec![0.0; frames];
    for from in (start..frames).step_by(step) {
        let length = kick.len().min(step).min(frames - from);
        track[from..from + length].copy_from_slice(&kick[..length]);
    }
    track
}

pub fn hits(heard: &Heard) -> Vec<Hit> {
    heard.cells.iter().filter_map(Cell::hit).collect()
}

/// Medians over the hits whose peaks lie within 8 dB of their 90th percentile.
pub fn level(rate: f64, track: &[f32]) -> Option<Level> {
    let mut levels = Vec::new();
    for hit in hits(&analyze(rate, track, Some(track))) {
        levels.push((Dbfs::from_peak(f64::from(hit.peak))?.0, Lufs::from_power(f64::from(hit.k_power))?.0));
    }
    let peaks: Vec<f64> = levels.iter().map(|level| level.0).collect();
    let floor = percentile(&peaks, 0.9)? - 8.0;
    levels.retain(|level| level.0 >= floor);
    let median = |of: fn(&(f64, f64)) -> f64| percentile(&levels.iter().map(of).collect::<Vec<_>>(), 0.5);
    Some(Level { peak: median(|level| level.0)?, loudness: median(|level| level.1)? })
}

fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = part * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

/// How much louder a track's hits read than another's, in peak and in loudness.
fn more(rate: f64, track: &[f32], than: &[f32], expected: f64, margin: f64) -> [Reading; 2] {
    let (read, than) = (level(rate, track), level(rate, than));
    let reading = |what, of: fn(Level) -> f64| {
        let read = read.zip(than).map(|(read, than)| of(read) - of(than));
        Reading::new(Quantity::Hits, what, expected, read).within(margin)
    };
    [reading("peak change", |level| level.peak), reading("K change", |level| level.loudness)]
}

fn periods(rate: f64, tau: f64) -> Vec<Reading> {
    let by_tables: Vec<f64> = kick(48_000.0, tau).iter().map(|&sample| f64::from(sample)).collect();
    let power = filtered(&by_tables)[..9_600].iter().map(|x| 2.0 * x * x).sum::<f64>() / 9_600.0;
    let expected = -0.691 + 10.0 * power.log10();
    let kick = kick(rate, tau);
    let mut peaks = Vec::new();
    let mut readings = Vec::new();
    for (period, seconds, what) in PERIODS {
        let read = level(rate, &pattern(&kick, (period * rate) as usize, (seconds * rate) as usize, 0));
        readings.push(Reading::new(Quantity::Hits, what, expected, read.map(|level| level.loudness)));
        peaks.push(Reading::new(Quantity::Hits, "peak, worst", -10.0, read.map(|level| level.peak)));
    }
    readings.push(worst(peaks));
    readings
}

fn louder(rate: f64) -> Vec<Reading> {
    let track = pattern(&kick(rate, 0.11), rate as usize / 2, rate as usize * 8, 0);
    let gain = amplitude(6.0) as f32;
    let louder: Vec<f32> = track.iter().map(|sample| gain * sample).collect();
    more(rate, &louder, &track, 6.0, 0.005).to_vec()
}

fn starts(rate: f64) -> Vec<Reading> {
    let kick = kick(rate, 0.11);
    let from = |start| pattern(&kick, rate as usize / 2, rate as usize * 4, start);
    let hop = rate as usize / 100;
    let places = [1, hop / 8, hop / 4, hop * 3 / 8, hop / 2, hop * 3 / 4, hop * 7 / 8, hop - 1];
    let read = places.map(|start| more(rate, &from(start), &from(0), 0.0, 0.02));
    vec![worst(read.map(|[peak, _]| peak)), worst(read.map(|[_, loudness]| loudness))]
}

fn noise(rate: f64) -> Vec<Reading> {
    let mut rng = Rng::new(7);
    let clean = pattern(&kick(rate, 0.11), rate as usize, rate as usize * 16, rate as usize / 2);
    let floor = amplitude(-60.0) as f32;
    let noisy: Vec<f32> = clean.iter().map(|sample| sample + floor * rng.noise()).collect();
    more(rate, &noisy, &clean, 0.0, 0.04).to_vec()
}

fn ghosts(rate: f64) -> Vec<Reading> {
    let kick = kick(rate, 0.11);
    let hits = |start| pattern(&kick, rate as usize, rate as usize * 16, start);
    let gain = amplitude(-24.0) as f32;
    let clean = hits(0);
    let both: Vec<f32> = clean.iter().zip(hits(rate as usize / 2)).map(|(a, b)| a + gain * b).collect();
    more(rate, &both, &clean, 0.0, 0.05).to_vec()
}
