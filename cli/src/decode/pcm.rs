//! Samples of PCM files from interleaved little-endian bytes to channels of f32. These loops run over every sample of
//! a session, so each works on whole arrays that the compiler can widen.

/// How one sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// Unsigned, the way of 8-bit WAV.
    U8,
    I16,
    I24,
    I32,
    F32,
    F64,
}

impl Sample {
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Fills one or two channels with the frames of `bytes`; a frame that is not whole at the end is left out.
    pub fn unpack(self, bytes: &[u8], channels: &mut [Vec<f32>]) {
        match self {
            Self::U8 => planes::<1>(bytes, channels, |[byte]| (f32::from(byte) - 128.0) / 128.0),
            Self::I16 => planes::<2>(bytes, channels, |bytes| f32::from(i16::from_le_bytes(bytes)) / 32_768.0),
            Self::I24 => planes::<3>(bytes, channels, |[low, middle, high]| {
                i32::from_le_bytes([0, low, middle, high]) as f32 / FULL_SCALE
            }),
            Self::I32 => planes::<4>(bytes, channels, |bytes| i32::from_le_bytes(bytes) as f32 / FULL_SCALE),
            Self::F32 => planes::<4>(bytes, channels, f32::from_le_bytes),
            Self::F64 => planes::<8>(bytes, channels, |bytes| f64::from_le_bytes(bytes) as f32),
        }
    }
}

/// Of 32-bit integers; a power of two, so that the division is exact and a multiplication to the compiler.
const FULL_SCALE: f32 = 2_147_483_648.0;

fn planes<const BYTES: usize>(bytes: &[u8], channels: &mut [Vec<f32>], read: impl Fn([u8; BYTES]) -> f32) {
    let (samples, _) = bytes.as_chunks::<BYTES>();
    match channels {
        [one] => {
            one.clear();
            one.extend(samples.iter().map(|&sample| read(sample)));
        }
        [left, right] => {
            let (frames, _) = samples.as_chunks::<2>();
            left.resize(frames.len(), 0.0);
            right.resize(frames.len(), 0.0);
            for ((left, right), &[l, r]) in left.iter_mut().zip(right.iter_mut()).zip(frames) {
                (*left, *right) = (read(l), read(r));
            }
        }
        _ => debug_assert!(false, "one or two channels"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(sample: Sample, bytes: &[u8], channels: usize) -> Vec<Vec<f32>> {
        let mut planes = vec![vec![9.0; 5]; channels];
        sample.unpack(bytes, &mut planes);
        planes
    }

    #[test]
    fn full_scale_is_one_in_every_width() {
        assert_eq!(unpacked(Sample::U8, &[0, 128, 192], 1), [[-1.0, 0.0, 0.5]]);
        assert_eq!(unpacked(Sample::I16, &[0, 0x80, 0, 0x40], 1), [[-1.0, 0.5]]);
        assert_eq!(unpacked(Sample::I24, &[0, 0, 0x80, 0, 0, 0x40], 2), [[-1.0], [0.5]]);
        assert_eq!(unpacked(Sample::I32, &[0, 0, 0, 0x80, 0, 0, 0, 0x40], 2), [[-1.0], [0.5]]);
        assert_eq!(unpacked(Sample::F32, &2.5f32.to_le_bytes(), 1), [[2.5]]);
        assert_eq!(unpacked(Sample::F64, &(-2.5f64).to_le_bytes(), 1), [[-2.5]]);
    }

    #[test]
    fn a_frame_that_is_not_whole_is_left_out() {
        assert_eq!(unpacked(Sample::I24, &[0, 0, 0x40, 1, 2], 1), [[0.5]]);
        assert_eq!(unpacked(Sample::I16, &[0, 0x40, 0, 0x40, 0, 0x40, 7], 2), [[0.5], [0.5]]);
    }
}
