//! K-weighting (BS.1770-5, Annex 1): a high shelf for the head, then the RLB high-pass.

use super::group::GROUP;
use super::k_design::Coefficients;

/// Filter state or energy smaller than this is nothing: it would be denormal, and slow, seconds after the sound ends.
const SILENCE: f64 = 1e-30;

/// The filter of both channels, and the energy of what came out since the last [`KWeighting::take`].
#[derive(Clone, Debug)]
pub(super) struct KWeighting {
    coefficients: Coefficients,
    /// Transposed direct form II, left and right in a pair: two of the shelf, two of the high-pass.
    state: [[f64; 2]; 4],
    energy: [f64; 2],
}

impl KWeighting {
    pub fn new(sample_rate: f64) -> Self {
        Self { coefficients: Coefficients::new(sample_rate), state: [[0.0; 2]; 4], energy: [0.0; 2] }
    }

    pub fn reset(&mut self) {
        self.state = [[0.0; 2]; 4];
        self.energy = [0.0; 2];
    }

    /// Filters the first `frames` of a group in the first `CHANNELS` channels.
    pub fn process<const CHANNELS: usize>(&mut self, samples: &[[f32; GROUP]; 2], frames: usize) {
        let [b0, b1, b2, a1, a2] = self.coefficients.shelf;
        let [c0, c1, c2, d1, d2] = self.coefficients.high_pass;
        let [mut s0, mut s1, mut h0, mut h1] = self.state;
        let mut energy = self.energy;
        for (&left, &right) in samples[0].iter().zip(&samples[1]).take(frames) {
            let frame = [f64::from(left), f64::from(right)];
            for c in 0..CHANNELS {
                let x = frame[c];
                let y = b0 * x + s0[c];
                s0[c] = b1 * x - a1 * y + s1[c];
                s1[c] = b2 * x - a2 * y;
                let z = c0 * y + h0[c];
                h0[c] = c1 * y - d1 * z + h1[c];
                h1[c] = c2 * y - d2 * z;
                energy[c] += z * z;
            }
        }
        self.state = [s0, s1, h0, h1].map(|pair| pair.map(flush));
        self.energy = energy;
    }

    /// Sum of squares over the channels since the last call (BS.1770-5, Annex 1, equation 1 without its mean).
    pub fn take(&mut self) -> f64 {
        let [left, right] = std::mem::take(&mut self.energy);
        flush(left + right)
    }
}

/// Zero for what is too small to matter and too small to be fast.
fn flush(value: f64) -> f64 {
    if value.abs() < SILENCE { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_comes_to_rest_after_sound() {
        for rate in [8_000.0, 48_000.0, 768_000.0] {
            let mut filter = KWeighting::new(rate);
            filter.process::<2>(&[[1.0; GROUP], [-0.5; GROUP]], GROUP);
            for _ in 0..rate as usize * 2 / GROUP {
                filter.process::<2>(&[[0.0; GROUP]; 2], GROUP);
            }
            assert_eq!(filter.state, [[0.0; 2]; 4], "at {rate} Hz");
        }
    }
}
