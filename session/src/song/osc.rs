//! Raw material: noise, band-limited waves, filters, envelopes, and the lane on which notes are laid.

use std::f64::consts::{PI, TAU};

/// White noise that is the same on every run (xorshift32).
#[derive(Clone, Debug)]
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9) | 1)
    }

    /// The next value in -1..1.
    pub fn next_value(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

/// A running phase in cycles.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phase(pub f64);

impl Phase {
    /// Moves on by one frame and returns the step.
    pub fn advance(&mut self, hz: f64, rate: f64) -> f64 {
        let step = hz / rate;
        self.0 = (self.0 + step).fract();
        step
    }

    pub fn sine(self) -> f64 {
        (self.0 * TAU).sin()
    }

    /// A saw, its edge rounded over two frames (polyBLEP) so that it does not alias.
    pub fn saw(self, step: f64) -> f64 {
        2.0 * self.0 - 1.0 - edge(self.0, step)
    }

    /// A pulse of the given duty cycle.
    pub fn pulse(self, step: f64, duty: f64) -> f64 {
        let fall = Self((self.0 + 1.0 - duty).fract());
        (self.saw(step) - fall.saw(step)) * 0.5 + duty - 0.5
    }
}

fn edge(phase: f64, step: f64) -> f64 {
    if phase < step {
        let t = phase / step;
        2.0 * t - t * t - 1.0
    } else if phase > 1.0 - step {
        let t = (phase - 1.0) / step;
        t * t + 2.0 * t + 1.0
    } else {
        0.0
    }
}

/// A state-variable filter (trapezoidal integrators): stays in tune at any rate and under modulation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    state: [f64; 2],
}

/// What comes out of a [`Filter`] for one frame.
#[derive(Clone, Copy, Debug)]
pub struct Filtered {
    pub low: f64,
    /// Unity gain at the centre.
    pub band: f64,
    pub high: f64,
}

impl Filter {
    pub fn run(&mut self, input: f64, hz: f64, q: f64, rate: f64) -> Filtered {
        let g = (PI * (hz / rate).min(0.49)).tan();
        let k = 1.0 / q;
        let a = 1.0 / (1.0 + g * (g + k));
        let v3 = input - self.state[1];
        let v1 = a * self.state[0] + a * g * v3;
        let v2 = self.state[1] + g * v1;
        self.state = [2.0 * v1 - self.state[0], 2.0 * v2 - self.state[1]];
        Filtered { low: v2, band: k * v1, high: input - k * v1 - v2 }
    }
}

/// Falls by 8.7 dB in each `tau`.
pub fn decay(t: f64, tau: f64) -> f64 {
    (-t / tau).exp()
}

/// Rises in `attack`, holds, and is silent again at `end`, having fallen for `release`: raised cosines, no clicks.
pub fn gate(t: f64, attack: f64, release: f64, end: f64) -> f64 {
    let ramp = |x: f64| 0.5 - 0.5 * (PI * x.clamp(0.0, 1.0)).cos();
    ramp(t / attack) * ramp((end - t) / release)
}

/// Frequency of a MIDI note, A4 = 69 = 440 Hz.
pub fn hz(midi: f64) -> f64 {
    440.0 * 2f64.powf((midi - 69.0) / 12.0)
}

/// Amplitude of a level in decibels.
pub fn amplitude(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// A sound of `seconds`, frame by frame from its time in seconds.
pub fn render(rate: f64, seconds: f64, mut frame: impl FnMut(f64) -> f64) -> Vec<f32> {
    let frames = (seconds * rate).round() as usize;
    (0..frames).map(|n| frame(n as f64 / rate) as f32).collect()
}

/// Largest magnitude.
pub fn peak(samples: &[f32]) -> f64 {
    samples.iter().fold(0.0, |top, x| top.max(f64::from(x.abs())))
}

pub fn scale(samples: &mut [f32], gain: f64) {
    samples.iter_mut().for_each(|x| *x = (f64::from(*x) * gain) as f32);
}

/// Brings the largest magnitude to 1, so that a hit's or note's level is the gain it is laid down with.
pub fn to_unit_peak(mut samples: Vec<f32>) -> Vec<f32> {
    let top = peak(&samples);
    if top > 0.0 {
        scale(&mut samples, 1.0 / top);
    }
    samples
}

/// One channel of a track being put together.
#[derive(Clone, Debug)]
pub struct Lane {
    rate: f64,
    pub samples: Vec<f32>,
}

impl Lane {
    pub fn new(rate: f64, seconds: f64) -> Self {
        Self { rate, samples: vec![0.0; (seconds * rate).round() as usize] }
    }

    /// Adds a sound; what reaches over the end is cut.
    pub fn add(&mut self, at_s: f64, sound: &[f32], gain: f64) {
        let start = (at_s * self.rate).round() as usize;
        let place = self.samples.iter_mut().skip(start);
        place.zip(sound).for_each(|(lane, x)| *lane += (f64::from(*x) * gain) as f32);
    }
}
