//! Pitched sounds, each note or chord brought to a peak of 1.

use super::osc::{Filter, Noise, Phase, decay, gate, hz, peak, render, scale, to_unit_peak};

/// A bass guitar by subtraction: saw and sub through a closing low-pass.
pub fn bass(rate: f64, midi: f64, seconds: f64) -> Vec<f32> {
    let (mut saw, mut sub) = (Phase::default(), Phase::default());
    let mut tone = Filter::default();
    let pitch = hz(midi);
    to_unit_peak(render(rate, seconds, |t| {
        let step = saw.advance(pitch, rate);
        sub.advance(pitch, rate);
        let cutoff = 220.0 + 1_100.0 * decay(t, 0.09);
        let body = tone.run(saw.saw(step), cutoff, 0.9, rate).low;
        (1.2 * (0.7 * body + 0.6 * sub.sine())).tanh() * gate(t, 0.004, 0.03, seconds) * (0.7 + 0.3 * decay(t, 0.25))
    }))
}

/// An 808: a long sine with a falling start, driven a little.
pub fn sub_808(rate: f64, midi: f64, seconds: f64) -> Vec<f32> {
    let mut phase = Phase::default();
    to_unit_peak(render(rate, seconds, |t| {
        phase.advance(hz(midi) * (1.0 + 1.6 * decay(t, 0.018)), rate);
        (1.6 * phase.sine() * decay(t, 0.45)).tanh() * gate(t, 0.001, 0.05, seconds)
    }))
}

/// A plucked string (Karplus and Strong, 1983) that rings down by 60 dB in `t60_s`.
fn string(rate: f64, pitch_hz: f64, seconds: f64, t60_s: f64, noise: &mut Noise) -> Vec<f64> {
    let period = rate / pitch_hz;
    let mut soft = Filter::default();
    // The pick: one period of noise, dulled as a plectrum is.
    let mut line: Vec<f64> =
        (0..period.ceil() as usize + 2).map(|_| soft.run(noise.next_value(), 3_400.0, 0.6, rate).low).collect();
    let (length, loss) = (line.len(), 10f64.powf(-3.0 / (pitch_hz * t60_s)));
    // The mean of two neighbours below reads half a frame late.
    let delay = period + 0.5;
    let mut write = 0;
    (0..(seconds * rate).round() as usize)
        .map(|_| {
            let read = write as f64 + length as f64 - delay;
            let (whole, part) = (read.floor() as usize, read.fract());
            let at = |k: usize| line[(whole + k) % length];
            let now = at(0) + part * (at(1) - at(0));
            let next = at(1) + part * (at(2) - at(1));
            let value = loss * 0.5 * (now + next);
            line[write] = value;
            write = (write + 1) % length;
            value
        })
        .collect()
}

/// How a guitar chord is struck.
#[derive(Clone, Copy, Debug)]
pub struct Strum {
    pub seconds: f64,
    pub t60_s: f64,
    /// From one string to the next.
    pub stagger_s: f64,
    pub drive: f64,
    /// Another seed is another performance, as in a double.
    pub seed: u32,
}

/// A driven electric guitar through a cabinet's roll-off.
pub fn guitar(rate: f64, chord: &[f64], strum: Strum) -> Vec<f32> {
    let mut noise = Noise::new(strum.seed);
    let frames = (strum.seconds * rate).round() as usize;
    let mut sum = vec![0.0; frames];
    for (k, midi) in chord.iter().enumerate() {
        let start = (k as f64 * strum.stagger_s * rate) as usize;
        let detune = 1.0 + 0.0008 * noise.next_value();
        let tone = string(rate, hz(*midi) * detune, strum.seconds, strum.t60_s, &mut noise);
        sum.iter_mut().skip(start).zip(tone).for_each(|(x, y)| *x += y);
    }
    let (mut cabinet, mut rumble) = (Filter::default(), Filter::default());
    let mut n = 0;
    to_unit_peak(render(rate, strum.seconds, |t| {
        let driven = (strum.drive * sum[n]).tanh();
        n += 1;
        let thin = rumble.run(driven, 110.0, 0.7, rate).high;
        cabinet.run(thin, 4_200.0, 0.8, rate).low * gate(t, 0.001, 0.012, strum.seconds)
    }))
}

/// A wide pad, left and right: detuned saws, different on each side, under a slow low-pass.
pub fn pad(rate: f64, chord: &[f64], seconds: f64, seed: u32) -> [Vec<f32>; 2] {
    let mut sides = [0, 1].map(|side| pad_side(rate, chord, seconds, seed * 2 + side));
    let top = peak(&sides[0]).max(peak(&sides[1]));
    sides.iter_mut().for_each(|side| scale(side, 1.0 / top));
    sides
}

fn pad_side(rate: f64, chord: &[f64], seconds: f64, seed: u32) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    let mut voices: Vec<(Phase, f64)> = chord
        .iter()
        .flat_map(|midi| [-0.09, 0.0, 0.08].map(|cents| (*midi, cents)))
        .map(|(midi, detune)| (Phase(0.5 + 0.5 * noise.next_value()), hz(midi + detune + 0.02 * noise.next_value())))
        .collect();
    let (mut first, mut second) = (Filter::default(), Filter::default());
    render(rate, seconds, |t| {
        let raw: f64 = voices
            .iter_mut()
            .map(|(phase, pitch)| {
                let step = phase.advance(*pitch, rate);
                phase.saw(step)
            })
            .sum();
        let cutoff = 1_500.0 - 500.0 * (t / seconds * 3.0).cos();
        let dark = first.run(raw, cutoff, 0.7, rate).low;
        second.run(dark, 180.0, 0.7, rate).high * gate(t, 0.12, 0.12, seconds)
    })
}

/// A synth lead: two pulses through a plucked filter.
pub fn lead(rate: f64, midi: f64, seconds: f64) -> Vec<f32> {
    let (mut low, mut high) = (Phase::default(), Phase(0.3));
    let mut tone = Filter::default();
    to_unit_peak(render(rate, seconds, |t| {
        let vibrato = 0.12 * (t * 5.6 * std::f64::consts::TAU).sin() * (t * 3.0 - 0.6).clamp(0.0, 1.0);
        let step = low.advance(hz(midi + vibrato - 0.05), rate);
        let other = high.advance(hz(midi + vibrato + 0.05), rate);
        let raw = low.pulse(step, 0.35) + high.saw(other) * 0.6;
        let cutoff = 1_400.0 + 3_600.0 * decay(t, 0.11);
        tone.run(raw, cutoff, 1.3, rate).low * gate(t, 0.004, 0.05, seconds) * (0.6 + 0.4 * decay(t, 0.2))
    }))
}
