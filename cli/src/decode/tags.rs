//! Tags that taggers put at the ends of any file: ID3v1, ID3v2, APEv2, Lyrics3.

use std::io::{Read, Result, Seek, SeekFrom};

/// More tags than this, one behind the other, nobody writes.
const MOST: usize = 16;

/// Where the content of a file of this length ends, ahead of the tags behind it; not before `from`.
pub(super) fn end_of_content<F: Read + Seek>(file: &mut F, from: u64, length: u64) -> Result<u64> {
    let mut end = length;
    for _ in 0..MOST {
        match tag_before(file, end)?.and_then(|tag| end.checked_sub(tag)) {
            Some(rest) if rest >= from => end = rest,
            _ => break,
        }
    }
    Ok(end)
}

/// Bytes of the tag that ends here.
fn tag_before<F: Read + Seek>(file: &mut F, end: u64) -> Result<Option<u64>> {
    let mut before = |bytes: u64| -> Result<Vec<u8>> {
        let mut read = Vec::new();
        if let Some(start) = end.checked_sub(bytes) {
            file.seek(SeekFrom::Start(start))?;
            Read::by_ref(file).take(bytes).read_to_end(&mut read)?;
        }
        Ok(read)
    };
    if before(128)?.starts_with(b"TAG") {
        return Ok(Some(128));
    }
    let foot = before(32)?;
    if foot.starts_with(b"APETAGEX") {
        let word = |at: usize| u64::from(u32::from_le_bytes([foot[at], foot[at + 1], foot[at + 2], foot[at + 3]]));
        // The size counts the foot, not the head.
        return Ok(Some(word(12).max(32) + if word(20) >> 31 == 1 { 32 } else { 0 }));
    }
    if let [b'3', b'D', b'I', _, _, _, size @ ..] = &before(10)?[..] {
        return Ok(Some(synchsafe(size) + 20));
    }
    let foot = before(15)?;
    let digits = foot.strip_suffix(b"LYRICS200").and_then(|digits| std::str::from_utf8(digits).ok());
    Ok(digits.and_then(|digits| digits.parse::<u64>().ok()).map(|size| size + 15))
}

/// Bytes of the ID3v2 tags that a file begins with.
pub(super) fn start_of_content<F: Read + Seek>(file: &mut F) -> Result<u64> {
    let mut start = 0;
    for _ in 0..MOST {
        let mut head = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        Read::by_ref(file).take(10).read_to_end(&mut head)?;
        let [b'I', b'D', b'3', _, _, flags, size @ ..] = &head[..] else { return Ok(start) };
        start += 10 + synchsafe(size) + if flags & 0x10 != 0 { 10 } else { 0 };
    }
    Ok(start)
}

/// Seven bits a byte.
fn synchsafe(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 7 | u64::from(byte & 0x7f))
}
