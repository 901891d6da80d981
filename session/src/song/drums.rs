//! Drum hits, each brought to a peak of 1.

use super::osc::{Filter, Noise, Phase, decay, gate, render, to_unit_peak};

/// A bass drum: a sine that falls from the beater's pitch to the shell's, and a click.
#[derive(Clone, Copy, Debug)]
pub struct Kick {
    pub shell_hz: f64,
    pub beater_hz: f64,
    pub tau_s: f64,
    /// Level of the click against the shell.
    pub click: f64,
}

impl Default for Kick {
    fn default() -> Self {
        Self { shell_hz: 50.0, beater_hz: 210.0, tau_s: 0.1, click: 0.25 }
    }
}

impl Kick {
    pub fn hit(self, rate: f64) -> Vec<f32> {
        let mut phase = Phase::default();
        let mut noise = Noise::new(11);
        let mut bright = Filter::default();
        to_unit_peak(render(rate, 0.25, |t| {
            phase.advance(self.shell_hz + self.beater_hz * decay(t, 0.022), rate);
            let click = bright.run(noise.next_value(), 3_500.0, 0.8, rate).band * decay(t, 0.004);
            let shell = phase.sine() * decay(t, self.tau_s) * gate(t, 0.001, 0.08, 0.25);
            (1.4 * (shell + self.click * click)).tanh()
        }))
    }
}

/// A snare: two modes of the shell under the wires. Each stroke differs by its seed, as strokes do.
pub fn snare(rate: f64, seed: u32) -> Vec<f32> {
    let mut modes = [Phase::default(); 2];
    let mut noise = Noise::new(seed);
    let (mut wires, mut air) = (Filter::default(), Filter::default());
    to_unit_peak(render(rate, 0.4, |t| {
        modes[0].advance(186.0 + 60.0 * decay(t, 0.012), rate);
        modes[1].advance(331.0, rate);
        let shell = 0.9 * modes[0].sine() * decay(t, 0.055) + 0.45 * modes[1].sine() * decay(t, 0.035);
        let white = noise.next_value();
        let rattle = wires.run(white, 1_800.0, 0.6, rate).high * 0.5 + air.run(white, 4_200.0, 0.7, rate).band * 0.6;
        (shell + rattle * (0.75 * decay(t, 0.07) + 0.2 * decay(t, 0.16))) * gate(t, 0.0006, 0.08, 0.4)
    }))
}

/// A hi-hat that rings for `tau_s`: 0.025 closed, 0.12 open.
pub fn hat(rate: f64, tau_s: f64, seed: u32) -> Vec<f32> {
    const METAL_HZ: [f64; 6] = [3_170.0, 3_890.0, 4_670.0, 5_430.0, 6_410.0, 8_210.0];
    let mut metal = [Phase::default(); 6];
    let mut noise = Noise::new(seed);
    let mut bright = Filter::default();
    let length = (tau_s * 7.0).min(0.6);
    to_unit_peak(render(rate, length, |t| {
        let ring: f64 = metal
            .iter_mut()
            .zip(METAL_HZ)
            .map(|(phase, hz)| {
                phase.advance(hz, rate);
                phase.sine()
            })
            .sum();
        let raw = 0.11 * ring + 0.6 * noise.next_value();
        bright.run(raw, 7_000.0, 0.8, rate).high * decay(t, tau_s) * gate(t, 0.0005, 0.01, length)
    }))
}

/// A tom: a falling sine with skin noise.
pub fn tom(rate: f64, hz: f64, seed: u32) -> Vec<f32> {
    let mut phase = Phase::default();
    let mut noise = Noise::new(seed);
    let mut skin = Filter::default();
    to_unit_peak(render(rate, 0.7, |t| {
        phase.advance(hz * (1.0 + 0.5 * decay(t, 0.04)), rate);
        let slap = skin.run(noise.next_value(), 900.0, 0.7, rate).band * decay(t, 0.02);
        (phase.sine() * decay(t, 0.16) + 0.4 * slap) * gate(t, 0.001, 0.1, 0.7)
    }))
}
