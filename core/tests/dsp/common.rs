//! A sink that keeps everything, a clock that plays, and signals.

use std::f64::consts::TAU;

use keel_core::dsp::{Analyzer, BANDS, Bands, Cell, Clock, ClockKind, Hop, RecordWords, Sink};

/// All that an analyzer gave out.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub hops: Vec<Hop>,
    pub cells: Vec<Cell>,
    pub bands: Vec<Bands>,
}

/// Words of hops, cells and bands.
pub type Bits = (Vec<[u32; Hop::WORDS]>, Vec<[u32; Cell::WORDS]>, Vec<[u32; Bands::WORDS]>);

impl Sink for Heard {
    fn hop(&mut self, hop: &Hop) {
        self.hops.push(*hop);
    }

    fn cell(&mut self, cell: &Cell) {
        self.cells.push(*cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.bands.push(*bands);
    }
}

impl Heard {
    /// Every bit of every record, NaN included, to compare runs by.
    pub fn bits(&self) -> Bits {
        let hops = self.hops.iter().map(words);
        let cells = self.cells.iter().map(words);
        (hops.collect(), cells.collect(), self.bands.iter().map(words).collect())
    }

    /// Mean square of the left and right channel, and of their product, over everything.
    pub fn mean_powers(&self) -> [f64; 3] {
        let frames: f64 = self.hops.iter().map(|hop| f64::from(hop.frames)).sum();
        let mean = |value: fn(&Hop) -> f32| self.hops.iter().map(|hop| f64::from(value(hop))).sum::<f64>() / frames;
        [mean(|hop| hop.power[0]), mean(|hop| hop.power[1]), mean(|hop| hop.cross)]
    }

    /// LL, RR and LR of each band, over everything.
    pub fn band_powers(&self) -> [[f64; 3]; BANDS] {
        let frames: f64 = self.bands.iter().map(|bands| f64::from(bands.frames)).sum();
        std::array::from_fn(|band| {
            let mean = |value: &dyn Fn(&Bands) -> f64| {
                self.bands.iter().map(|bands| f64::from(bands.frames) * value(bands)).sum::<f64>() / frames
            };
            [mean(&|bands| bands.power(band)[0]), mean(&|bands| bands.power(band)[1]), mean(&|bands| bands.cross(band))]
        })
    }

    pub fn max_true_peak(&self) -> f32 {
        self.hops.iter().flat_map(|hop| hop.true_peak).fold(0.0, f32::max)
    }

    pub fn max_peak(&self) -> f32 {
        self.hops.iter().flat_map(|hop| hop.peak).fold(0.0, f32::max)
    }
}

fn words<const N: usize>(record: &impl RecordWords) -> [u32; N] {
    let mut words = [0; N];
    record.write(&mut words);
    words
}

/// A host that plays and counts samples.
pub fn playing_at(position: i64) -> Clock {
    Clock { kind: ClockKind::Samples, position, playing: true, gain: 1.0, ..Clock::default() }
}

/// Plays a signal from the song's start in blocks of 512, then flushes.
pub fn analyze(rate: f64, left: &[f32], right: Option<&[f32]>) -> Heard {
    analyze_from(0, rate, left, right)
}

/// The same from another frame of the song.
pub fn analyze_from(start: i64, rate: f64, left: &[f32], right: Option<&[f32]>) -> Heard {
    let mut heard = Heard::default();
    let mut analyzer = Analyzer::new(rate, if right.is_some() { 2 } else { 1 });
    for (block, left) in left.chunks(512).enumerate() {
        let at = block * 512;
        let right = right.map(|right| &right[at..at + left.len()]);
        analyzer.process(left, right, &playing_at(start + at as i64), &mut heard);
    }
    analyzer.flush(&mut heard);
    heard
}

/// A sine of so many frames.
pub fn sine(rate: f64, hz: f64, amplitude: f64, frames: usize) -> Vec<f32> {
    sine_from(0.0, rate, hz, amplitude, frames)
}

/// A sine from a phase in radians. Each sample turns the last, anew from the phase each 1,024 frames.
pub fn sine_from(phase: f64, rate: f64, hz: f64, amplitude: f64, frames: usize) -> Vec<f32> {
    let mut signal = Vec::with_capacity(frames);
    let (turn_sin, turn_cos) = (TAU * hz / rate).sin_cos();
    while signal.len() < frames {
        let cycles = (hz * signal.len() as f64 / rate).fract();
        let (mut sin, mut cos) = (TAU * cycles + phase).sin_cos();
        for _ in 0..1_024.min(frames - signal.len()) {
            signal.push((amplitude * sin) as f32);
            (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
        }
    }
    signal
}

pub fn amplitude(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// xorshift64*: the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Uniform in -1..1.
    pub fn noise(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// Uniform in `0..below`.
    pub fn below(&mut self, below: usize) -> usize {
        (self.bits() >> 33) as usize % below
    }
}

/// A stereo sketch of music: a kick each half second, a moving bass, and noise that differs left and right.
pub fn music(rate: f64, seconds: f64, seed: u64) -> [Vec<f32>; 2] {
    let mut rng = Rng::new(seed);
    let bass_hz = 41.2 * (1.0 + (seed % 5) as f64 * 0.5);
    let mut smooth = [0.0f64; 2];
    let mut out = [Vec::new(), Vec::new()];
    for k in 0..(rate * seconds) as usize {
        let t = k as f64 / rate;
        let beat = t % 0.5;
        let kick = (TAU * (50.0 * beat + 3.6 * (1.0 - (-beat / 0.03).exp()))).sin() * (-beat / 0.12).exp();
        let bass = 0.3 * (2.0 * ((t * bass_hz) % 1.0) - 1.0) * (0.6 + 0.4 * (TAU * 0.5 * t).sin());
        let hiss = 0.25 * (-(t % 0.25) / 0.03).exp() + 0.03;
        for (channel, smooth) in out.iter_mut().zip(&mut smooth) {
            *smooth += 0.3 * (f64::from(rng.noise()) - *smooth);
            channel.push((0.3 * (0.8 * (kick + bass) + hiss * *smooth)) as f32);
        }
    }
    out
}
