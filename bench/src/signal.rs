//! The sound that all meters are given: a tone and noise in both channels, partly alike, struck anew each 85 ms.

use std::f32::consts::TAU;

pub const SAMPLE_RATE: f64 = 48_000.0;
/// Frames before it repeats: both channels stay in the first-level cache, so that meters are timed and not memory.
pub const FRAMES: usize = 4096;

/// One round of the sound, by channel and interleaved.
#[derive(Clone, Debug)]
pub struct Signal {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
    pub interleaved: Vec<f32>,
}

impl Default for Signal {
    fn default() -> Self {
        Self::new()
    }
}

impl Signal {
    pub fn new() -> Self {
        let mut random = 0x2545_f491u32;
        let mut noise = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) as f32 / (1u32 << 23) as f32 - 1.0
        };
        let (mut left, mut right) = (Vec::with_capacity(FRAMES), Vec::with_capacity(FRAMES));
        for n in 0..FRAMES {
            let decay = (-3.0 * n as f32 / FRAMES as f32).exp();
            let tone = 0.3 * (TAU * 5.0 * n as f32 / FRAMES as f32).sin();
            let common = tone + 0.2 * noise();
            left.push(decay * (common + 0.1 * noise()));
            right.push(decay * (common + 0.1 * noise()));
        }
        let interleaved = left.iter().zip(&right).flat_map(|(&left, &right)| [left, right]).collect();
        Self { left, right, interleaved }
    }

    /// Block `k` of so many frames; blocks divide [`FRAMES`].
    pub fn block(&self, k: usize, frames: usize) -> (&[f32], &[f32]) {
        let at = k * frames % FRAMES;
        (&self.left[at..at + frames], &self.right[at..at + frames])
    }

    pub fn interleaved_block(&self, k: usize, frames: usize) -> &[f32] {
        let at = k * frames % FRAMES;
        &self.interleaved[2 * at..2 * (at + frames)]
    }
}
