//! An analyzer that is fed the same sound block by block.

use std::hint::black_box;

use keel_core::dsp::{Analyzer, Bands, Cell, Clock, Hop, Loudness, Simd, Sink};

const SAMPLE_RATE: usize = 48_000;
/// In frames: blocks of 64 and 512 divide it.
pub const TWO_SECONDS: usize = 96_256;
/// Frames before the sound repeats.
const ROUND: usize = 4096;

/// An analyzer in the middle of its song.
#[derive(Clone, Debug)]
pub struct Feed {
    analyzer: Analyzer,
    pub frames: usize,
    position: usize,
    sound: [Vec<f32>; 2],
    out: Out,
}

/// Takes what an analyzer gives out as a meter of loudness does.
#[derive(Clone, Debug, Default)]
struct Out {
    loudness: Loudness,
    bands: usize,
}

impl Sink for Out {
    fn hop(&mut self, hop: &Hop) {
        self.loudness.push(hop);
    }

    fn cell(&mut self, cell: &Cell) {
        black_box(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.bands += 1;
        black_box(bands);
    }
}

impl Feed {
    fn new(simd: Simd, frames: usize) -> Self {
        let analyzer = Analyzer::new(SAMPLE_RATE as f64, 2).with_simd(simd);
        Self { analyzer, frames, position: 0, sound: [sound(1), sound(2)], out: Out::default() }
    }

    pub fn blocks(&mut self, count: usize) {
        for _ in 0..count {
            let place = self.position % ROUND..self.position % ROUND + self.frames;
            let [left, right] = &self.sound;
            let clock = Clock { position: self.position as i64, playing: true, gain: 1.0, ..Clock::default() };
            self.analyzer.process(&left[place.clone()], Some(&right[place]), &clock, &mut self.out);
            self.position += self.frames;
        }
    }
}

/// Noise that decays over the round, so that there are hits.
fn sound(seed: u32) -> Vec<f32> {
    let mut random = seed;
    let sample = |n: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (random >> 8) as f32 / (1u32 << 23) as f32 - 1.0;
        0.5 * noise * (-3.0 * n as f32 / ROUND as f32).exp()
    };
    (0..ROUND).map(sample).collect()
}

/// Two seconds in.
pub fn fed(simd: Simd, frames: usize) -> Feed {
    let mut feed = Feed::new(simd, frames);
    feed.blocks(TWO_SECONDS / frames);
    feed
}

/// Right before the block that gives out a record of bands: in it the second channel's transform ends, its bins are
/// summed and the record is written, beside all that each block does.
pub fn fed_to_the_worst(simd: Simd, frames: usize) -> Feed {
    let mut feed = fed(simd, frames);
    loop {
        let before = feed.clone();
        feed.blocks(1);
        if feed.out.bands > before.out.bands {
            return before;
        }
    }
}
