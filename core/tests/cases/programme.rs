//! Programmes of steady tones, in phase in both channels, and a loudness meter behind the analyzer.

use keel_core::dsp::{Analyzer, Cell, Hop, Loudness, Sink};
use keel_core::units::Lufs;

use crate::common::{amplitude, playing_at, sine};

/// Silence, as a level.
pub const SILENT: f64 = f64::NEG_INFINITY;

/// A meter, and the extremes that it showed from a given time on.
#[derive(Debug)]
pub struct Meter {
    pub loudness: Loudness,
    hops: usize,
    watched_from: usize,
    momentary: Extremes,
    short_term: Extremes,
}

#[derive(Clone, Copy, Debug)]
struct Extremes {
    low: f64,
    high: f64,
}

impl Extremes {
    const NONE: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    fn widen(&mut self, level: Option<Lufs>) {
        if let Some(Lufs(level)) = level {
            self.low = self.low.min(level);
            self.high = self.high.max(level);
        }
    }

    /// The one further from a level.
    fn further(self, level: f64) -> Option<f64> {
        let further = if level - self.low > self.high - level { self.low } else { self.high };
        further.is_finite().then_some(further)
    }
}

impl Meter {
    /// The momentary loudness furthest from a level while the meter was watched.
    pub fn momentary_off(&self, level: f64) -> Option<f64> {
        self.momentary.further(level)
    }

    /// The short-term loudness furthest from a level while the meter was watched.
    pub fn short_term_off(&self, level: f64) -> Option<f64> {
        self.short_term.further(level)
    }

    pub fn integrated(&self) -> Option<f64> {
        self.loudness.integrated().map(|level| level.0)
    }

    pub fn max_momentary(&self) -> Option<f64> {
        self.loudness.max_momentary().map(|level| level.0)
    }

    pub fn max_short_term(&self) -> Option<f64> {
        self.loudness.max_short_term().map(|level| level.0)
    }
}

impl Sink for Meter {
    fn hop(&mut self, hop: &Hop) {
        self.loudness.push(hop);
        self.hops += 1;
        if self.hops >= self.watched_from {
            self.momentary.widen(self.loudness.momentary());
            self.short_term.widen(self.loudness.short_term());
        }
    }

    fn cell(&mut self, _: &Cell) {}
}

/// Plays a 1 kHz sine.
#[derive(Debug)]
pub struct Player {
    analyzer: Analyzer,
    pub meter: Meter,
    /// 10 ms hold ten whole cycles at each of the rates.
    cycles: Vec<f32>,
    block: Vec<f32>,
    position: i64,
}

impl Player {
    /// The first frame lies `start` frames into the song; the meter's extremes are watched from `from_s` on.
    pub fn new(rate: f64, from_s: f64, start: i64) -> Self {
        let watched_from = (from_s * 100.0).round() as usize;
        let cycles = sine(rate, 1_000.0, 1.0, (rate / 100.0) as usize);
        let (momentary, short_term) = (Extremes::NONE, Extremes::NONE);
        Self {
            analyzer: Analyzer::new(rate, 2),
            meter: Meter { loudness: Loudness::new(), hops: 0, watched_from, momentary, short_term },
            block: cycles.clone(),
            cycles,
            position: start,
        }
    }

    /// Plays so many seconds, to the nearest millisecond, at a level in dBFS.
    pub fn play(&mut self, seconds: f64, level: f64) {
        let gain = amplitude(level) as f32;
        self.block.iter_mut().zip(&self.cycles).for_each(|(to, sample)| *to = gain * sample);
        let mut frames = ((seconds * 1_000.0).round() / 1_000.0 * self.cycles.len() as f64 * 100.0).round() as usize;
        while frames > 0 {
            let block = &self.block[..frames.min(self.block.len())];
            self.analyzer.process(block, Some(block), &playing_at(self.position), &mut self.meter);
            self.position += block.len() as i64;
            frames -= block.len();
        }
    }
}

/// Plays through steps of seconds and dBFS to the end.
pub fn play(rate: f64, steps: &[(f64, f64)], from_s: f64, start: i64) -> Meter {
    let mut player = Player::new(rate, from_s, start);
    steps.iter().for_each(|&(seconds, level)| player.play(seconds, level));
    player.analyzer.flush(&mut player.meter);
    player.meter
}
