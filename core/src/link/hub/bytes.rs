//! Numbers as little-endian bytes, read with a check at every step, and their checksum.

/// Bytes to come.
#[derive(Debug, Default)]
pub(super) struct Out(pub Vec<u8>);

impl Out {
    pub fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub fn u16(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    pub fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub fn words(&mut self, words: &[u32]) {
        let at = self.0.len();
        self.0.resize(at + size_of_val(words), 0);
        let (places, _) = self.0[at..].as_chunks_mut();
        places.iter_mut().zip(words).for_each(|(place, word)| *place = word.to_le_bytes());
    }

    pub fn f32(&mut self, value: f32) {
        self.u32(value.to_bits());
    }

    pub fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }

    /// A text with its length before it, cut at a character's border to `most` bytes.
    pub fn text(&mut self, text: &str, most: usize) {
        let cut = (0..=text.len().min(most)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        self.u16(cut as u16);
        self.0.extend(&text.as_bytes()[..cut]);
    }

    /// Zeros up to a multiple of `unit`.
    pub fn pad(&mut self, unit: usize) {
        self.0.resize(self.0.len().next_multiple_of(unit), 0);
    }

    /// Writes over what stands at `at`.
    pub fn set(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.0.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
}

/// Bytes from another process: what is not there is `None`.
#[derive(Clone, Copy, Debug)]
pub(super) struct In<'a>(pub &'a [u8]);

impl<'a> In<'a> {
    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub fn u8(&mut self) -> Option<u8> {
        Some(self.bytes(1)?[0])
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.bytes(2)?.try_into().ok()?))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    pub fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    pub fn f32(&mut self) -> Option<f32> {
        self.u32().map(f32::from_bits)
    }

    pub fn f64(&mut self) -> Option<f64> {
        self.u64().map(f64::from_bits)
    }

    /// A text of at most `most` bytes, without what could steer a terminal.
    pub fn text(&mut self, most: usize) -> Option<String> {
        let length = usize::from(self.u16()?);
        let text = std::str::from_utf8(self.bytes(length)?).ok()?;
        (length <= most && !text.chars().any(char::is_control)).then(|| text.to_owned())
    }
}

/// Distinguishes whole bytes from torn ones; no protection against intent. FNV-1a over words of eight bytes, with a rotation
/// so that the high bits reach the low ones.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    let (words, rest) = bytes.as_chunks::<8>();
    let sum =
        words.iter().fold(0xcbf2_9ce4_8422_2325 ^ bytes.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, &byte| mix(sum, u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_comes_in() {
        let mut out = Out::default();
        out.u8(7);
        out.u16(0x1234);
        out.u32(0x8765_4321);
        out.u64(u64::MAX - 1);
        out.f32(-0.5);
        out.f64(1e300);
        out.text("Bäß", 3);
        out.pad(8);
        assert_eq!(out.0.len() % 8, 0);
        let mut read = In(&out.0);
        assert_eq!(
            (read.u8(), read.u16(), read.u32(), read.u64()),
            (Some(7), Some(0x1234), Some(0x8765_4321), Some(u64::MAX - 1))
        );
        assert_eq!((read.f32(), read.f64()), (Some(-0.5), Some(1e300)));
        assert_eq!(read.text(16).as_deref(), Some("Bä"), "cut between characters");
        assert_eq!(In(&[1, 2]).u32(), None);
    }

    #[test]
    fn texts_that_are_too_long_broken_or_steer_are_refused() {
        for bytes in [&b"\x05\x00hello"[..], b"\x04\x00\xff\xfe\xfd\xfc", b"\x04\x00a\x1b[2", b"\x09\x00abc"] {
            assert_eq!(In(bytes).text(4), None, "{bytes:?}");
        }
        assert_eq!(In(b"\x04\x00four").text(4).as_deref(), Some("four"));
    }

    #[test]
    fn every_bit_counts() {
        let bytes: Vec<u8> = (0..61).collect();
        let sum = checksum(&bytes);
        for at in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[at / 8] ^= 1 << (at % 8);
            assert_ne!(checksum(&other), sum, "bit {at}");
        }
        assert_ne!(checksum(&bytes[..60]), sum);
        assert_ne!(checksum(&[0; 8]), checksum(&[0; 16]));
    }
}
