//! Where the sound of a file of chunks ends. What its header says is a hint: headers are written before the sound and
//! not always mended after it, wrap at 4 GiB, and are cut off with their recorder.

use std::io::{Read, Result, Seek, SeekFrom};

use super::tags;

/// Chunks are followed this far: no file makes the search endless.
const MAX_CHUNKS: usize = 64;
/// Bytes that are looked through at a time.
const PIECE: u64 = 1 << 16;
/// No sound is longer; a length beyond it is none.
const LONGEST: u64 = 1 << 48;

/// How a format writes the heads of its chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Name and 32 bits, the low byte first.
    Wave,
    /// Name and 32 bits, the high byte first.
    Aiff,
    /// Name and 64 bits, the high byte first.
    Caf,
}

impl Layout {
    pub fn head(self) -> u64 {
        if self == Self::Caf { 12 } else { 8 }
    }

    /// Name and length of the chunk at this place; none where the file ends before.
    pub fn chunk<F: Read + Seek>(self, file: &mut F, at: u64) -> Result<Option<([u8; 4], u64)>> {
        let mut head = Vec::new();
        if at > LONGEST {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(at))?;
        file.take(self.head()).read_to_end(&mut head)?;
        let length = match (self, &head[..]) {
            (Self::Wave, &[_, _, _, _, a, b, c, d]) => u64::from(u32::from_le_bytes([a, b, c, d])),
            (Self::Aiff, &[_, _, _, _, a, b, c, d]) => u64::from(u32::from_be_bytes([a, b, c, d])),
            (Self::Caf, &[_, _, _, _, a, b, c, d, e, f, g, h]) => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => return Ok(None),
        };
        Ok(Some(([head[0], head[1], head[2], head[3]], length)))
    }

    /// Where the next chunk begins behind a body that ends here.
    pub fn padded(self, end: u64) -> u64 {
        // Chunks begin at even places, but for CAF.
        if self == Self::Caf { end } else { end.saturating_add(end % 2) }
    }
}

/// What a header says of its sound.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub layout: Layout,
    /// Where the sound begins.
    pub from: u64,
    /// Its bytes; none where the header leaves that open.
    pub bytes: Option<u64>,
    /// Where it ends by other words of the same header.
    pub other_ends: Vec<u64>,
    /// Bytes of a frame.
    pub frame: u64,
}

/// Where the sound of a file lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub bytes: u64,
    /// The header was never finished.
    pub is_unfinished: bool,
}

impl Claim {
    /// Where the sound ends: where the header says, if that is in the file and no sound follows; else at the nearest
    /// other place where the sound can end; else where the file does.
    pub fn settle<F: Read + Seek>(&self, file: &mut F) -> Result<Extent> {
        let length = file.seek(SeekFrom::End(0))?;
        let end = tags::end_of_content(file, self.from, length)?;
        let to = |to: u64, is_unfinished| Extent { bytes: to.saturating_sub(self.from), is_unfinished };
        let Some(said) = self.bytes.filter(|&bytes| bytes < LONGEST) else {
            return Ok(to(end, self.bytes.is_some()));
        };
        let said_end = self.from.saturating_add(said);
        if said_end > length {
            return Ok(to(end, false));
        }
        if self.is_end(file, said_end, length)? {
            return Ok(to(said_end, false));
        }
        let mut ends = self.other_ends.clone();
        if self.layout != Layout::Caf {
            ends.extend((1..=length >> 32).map(|wraps| said_end.saturating_add(wraps << 32)));
        }
        ends.retain(|&place| said_end < place && place <= end);
        ends.sort_unstable();
        let mut found = end;
        for place in ends {
            if self.is_end(file, place, length)? {
                found = place;
                break;
            }
        }
        if said == 0 {
            return Ok(to(found, true));
        }
        let last = last_sound(file, said_end, found)?;
        let frames = last.saturating_sub(self.from).div_ceil(self.frame);
        // The last frame may end in zeros.
        Ok(Extent {
            bytes: frames.saturating_mul(self.frame).min(to(found.max(said_end), false).bytes),
            ..to(found, false)
        })
    }

    /// No sound follows this place, but chunks, tags, or nothing.
    fn is_end<F: Read + Seek>(&self, file: &mut F, at: u64, length: u64) -> Result<bool> {
        Ok(self.are_chunks(file, self.layout.padded(at), length)? || self.are_chunks(file, at, length)?)
    }

    fn are_chunks<F: Read + Seek>(&self, file: &mut F, mut at: u64, length: u64) -> Result<bool> {
        for count in 0..MAX_CHUNKS {
            if at >= length {
                return Ok(true);
            }
            let Some((name, bytes)) = self.layout.chunk(file, at)? else { return Ok(count > 0) };
            if is_known(name) {
                return Ok(true);
            }
            let is_name = name.iter().all(|&c| c.is_ascii_alphanumeric() || b" _-()".contains(&c));
            match at.checked_add(self.layout.head()).and_then(|body| body.checked_add(bytes)) {
                Some(next) if is_name && next <= length => at = self.layout.padded(next),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Names that begin no sound, whatever length stands behind them.
fn is_known(name: [u8; 4]) -> bool {
    const NAMES: [&[u8; 4]; 22] = [
        b"LIST", b"RIFF", b"FORM", b"bext", b"iXML", b"JUNK", b"junk", b"PAD ", b"FLLR", b"fact", b"PEAK", b"cue ",
        b"smpl", b"_PMX", b"id3 ", b"ID3 ", b"APPL", b"COMT", b"ANNO", b"info", b"free", b"APET",
    ];
    NAMES.contains(&&name) || name.starts_with(b"ID3") || name.starts_with(b"TAG")
}

/// Where the last byte that is not zero ends in `[from, to)`; `from` where all are: space kept free is no sound.
pub(super) fn last_sound<F: Read + Seek>(file: &mut F, from: u64, to: u64) -> Result<u64> {
    let (mut end, mut piece) = (to, Vec::new());
    while end > from {
        let start = from.max(end.saturating_sub(PIECE));
        piece.clear();
        file.seek(SeekFrom::Start(start))?;
        Read::by_ref(file).take(end - start).read_to_end(&mut piece)?;
        if let Some(last) = piece.iter().rposition(|&byte| byte != 0) {
            return Ok(start + last as u64 + 1);
        }
        end = start;
    }
    Ok(from)
}
