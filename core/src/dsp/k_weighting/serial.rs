//! Frame by frame, left and right side by side in two lanes of f64.

use super::flush;
use crate::dsp::k_design::Coefficients;

/// Both filters in transposed direct form II, each divided by its first coefficient, which the energy gets back.
///
/// The state's own feedback is written out, `s0' = (b1 - a1) x + s1 - a1 s0` for `s0' = b1 x + s1 - a1 (x + s0)`: a frame
/// waits for one product and one sum of the frame before, not for two of each.
#[derive(Clone, Debug)]
pub(in super::super) struct Serial {
    shelf: Section,
    high_pass: Section,
    /// Of the output's square.
    gain: f64,
    /// Left and right in a pair: two of the shelf, two of the high-pass.
    state: [[f64; 2]; 4],
    energy: [f64; 2],
}

/// What the input adds to the two states, and what the first state adds.
#[derive(Clone, Copy, Debug)]
struct Section {
    input: [f64; 2],
    feedback: [f64; 2],
}

impl Section {
    fn new([b0, b1, b2, a1, a2]: [f64; 5]) -> Self {
        Self { input: [b1 / b0 - a1, b2 / b0 - a2], feedback: [-a1, -a2] }
    }
}

impl Serial {
    pub fn new(coefficients: &Coefficients) -> Self {
        Self {
            shelf: Section::new(coefficients.shelf),
            high_pass: Section::new(coefficients.high_pass),
            gain: (coefficients.shelf[0] * coefficients.high_pass[0]).powi(2),
            state: [[0.0; 2]; 4],
            energy: [0.0; 2],
        }
    }

    #[cfg(test)]
    pub fn is_at_rest(&self) -> bool {
        self.state == [[0.0; 2]; 4]
    }

    pub fn reset(&mut self) {
        self.state = [[0.0; 2]; 4];
        self.energy = [0.0; 2];
    }

    /// Filters equally many frames of two channels, or of the left alone.
    #[inline(always)]
    pub fn process<const CHANNELS: usize>(&mut self, left: &[f32], right: &[f32]) {
        let (shelf, high_pass) = (self.shelf, self.high_pass);
        let [mut s0, mut s1, mut h0, mut h1] = self.state;
        let mut energy = self.energy;
        for (&left, &right) in left.iter().zip(right) {
            let frame = [f64::from(left), f64::from(right)];
            for c in 0..CHANNELS {
                let x = frame[c];
                let y = x + s0[c];
                (s0[c], s1[c]) = (
                    shelf.input[0] * x + s1[c] + shelf.feedback[0] * s0[c],
                    shelf.input[1] * x + shelf.feedback[1] * s0[c],
                );
                let z = y + h0[c];
                (h0[c], h1[c]) = (
                    high_pass.input[0] * y + h1[c] + high_pass.feedback[0] * h0[c],
                    high_pass.input[1] * y + high_pass.feedback[1] * h0[c],
                );
                energy[c] += z * z;
            }
        }
        self.state = [s0, s1, h0, h1];
        self.energy = energy;
    }

    pub fn take(&mut self) -> f64 {
        self.state = self.state.map(|pair| pair.map(flush));
        let [left, right] = std::mem::take(&mut self.energy);
        self.gain * (left + right)
    }
}
