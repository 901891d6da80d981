//! A file in few samples, at the same places as in every other file of its rate: enough to find sums, which hold sample
//! by sample, without a second decoding.

/// Frames in a bucket of the finest sketch; of each bucket one frame is kept.
const FINEST: u64 = 16;
/// Buckets at which a sketch is made twice as coarse. Of four minutes at 48 kHz every 256th frame is left, and no sketch
/// takes more than 512 KiB.
const FULL: usize = 1 << 16;

/// A file in few samples. Kept frames lie at random places of buckets of equal length, so that no rhythm or tone of the
/// music falls in with them.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    /// A bucket has `FINEST << level` frames.
    level: u32,
    /// Frames taken so far.
    frames: u64,
    /// One or two channels of equal length.
    channels: Vec<Vec<f32>>,
}

impl Sketch {
    pub fn new(channels: usize) -> Self {
        Self { channels: vec![Vec::new(); channels], ..Self::default() }
    }

    /// Takes the file's next frames; what is no number counts as silence, as in the meters. A file of one channel has no
    /// right.
    pub fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        let end = self.frames + left.len() as u64;
        loop {
            let place = place(self.len() as u64, self.level);
            if place >= end {
                break;
            }
            let at = (place - self.frames) as usize;
            for (kept, block) in self.channels.iter_mut().zip([Some(left), right]) {
                kept.push(block.map(|block| block[at]).filter(|sample| sample.is_finite()).unwrap_or(0.0));
            }
            if self.len() == FULL {
                self.halve();
            }
        }
        self.frames = end;
    }

    /// Buckets are joined by two; one of their frames stays.
    fn halve(&mut self) {
        let level = self.level + 1;
        for kept in &mut self.channels {
            *kept = (0..kept.len() / 2).map(|bucket| kept[half(bucket as u64, level) as usize]).collect();
        }
        self.level = level;
    }

    /// Frames kept.
    pub fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// One slice for each channel.
    pub fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    /// Frames of the file for each that is kept. Two sketches can be compared where these are equal.
    pub fn stride(&self) -> u64 {
        FINEST << self.level
    }
}

/// Which frame of the file is kept of a bucket.
fn place(bucket: u64, level: u32) -> u64 {
    let finest = (1..=level).rev().fold(bucket, half);
    finest * FINEST + mixed(finest, 0) % FINEST
}

/// Which bucket of the level below this one's frame comes from.
fn half(bucket: u64, level: u32) -> u64 {
    2 * bucket + mixed(bucket, level) % 2
}

/// A number with its bits well mixed (splitmix64).
fn mixed(number: u64, level: u32) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(level) << 56;
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every frame holds its own number.
    fn counted(frames: usize, block: usize) -> Sketch {
        let mut sketch = Sketch::new(1);
        let numbers: Vec<f32> = (0..frames).map(|frame| frame as f32).collect();
        numbers.chunks(block).for_each(|block| sketch.push(block, None));
        sketch
    }

    #[test]
    fn kept_frames_do_not_depend_on_blocks_or_on_when_the_sketch_grew_coarse() {
        let frames = 5 * FULL * FINEST as usize;
        let whole = counted(frames, frames);
        assert_eq!(whole.channels(), counted(frames, 999).channels());
        assert_eq!(whole.stride(), 8 * FINEST);
        for (bucket, frame) in whole.channels()[0].iter().enumerate() {
            assert_eq!(*frame as u64, place(bucket as u64, 3), "numbers under 2^24 are exact in f32");
        }
    }

    #[test]
    fn each_bucket_has_one_frame_and_no_sketch_outgrows_its_size() {
        let sketch = counted(300_000, 4096);
        assert_eq!(sketch.len(), 300_000_usize.div_ceil(16), "of the last bucket as well");
        for (bucket, frame) in sketch.channels()[0].iter().enumerate() {
            assert_eq!(*frame as usize / 16, bucket);
        }
        assert!(counted(FULL * 40, 4096).len() < FULL);
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let mut sketch = Sketch::new(2);
        sketch.push(&[f32::NAN; 64], Some(&[f32::INFINITY; 64]));
        assert_eq!(sketch.channels(), [[0.0; 4], [0.0; 4]]);
    }
}
