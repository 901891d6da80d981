//! Files whose headers are at odds with what they hold, put right for the decoders: AIFF, CAF and MP4 whose sizes are
//! wrong, and tags around any format.

use std::io::{Read, Result, Seek, SeekFrom};

use super::extent::{Claim, Layout, last_sound};
use super::remark::Length;
use super::tags;
use super::view::{Patches, View};

/// Chunks are followed this far.
const MAX_CHUNKS: usize = 1024;
/// No chunk that is read here is longer.
const MAX_BODY: u64 = 64;

/// No packet of a CAF holds more frames.
const MOST_FRAMES: u32 = 1 << 14;

/// What was put right: bytes of sound as the header says, and as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mended {
    said: u64,
    there: u64,
    is_unfinished: bool,
    is_whole: bool,
}

impl Mended {
    /// The length that a decoder tells of a file put right, and what the file said.
    pub fn length(self, frames: Option<u64>) -> Length {
        let said = |frames: u64| {
            let said = u128::from(frames) * u128::from(self.said) / u128::from(self.there.max(1));
            u64::try_from(said).unwrap_or(u64::MAX)
        };
        Length {
            expected: frames,
            said: frames.map(said),
            slack: 0,
            is_unfinished: self.is_unfinished,
            is_whole: self.is_whole,
        }
    }
}

/// The file as a decoder should see it, and what was put right.
pub(super) fn view<F: Read + Seek>(mut file: F) -> Result<(View<F>, Option<Mended>)> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    Read::by_ref(&mut file).take(12).read_to_end(&mut head)?;
    let found = match (head.get(..4), head.get(8..)) {
        (Some(b"FORM"), Some(b"AIFF" | b"AIFC")) => aiff(&mut file, length)?,
        (Some(b"caff"), _) => caf(&mut file, length)?,
        _ => None,
    };
    if let Some((mended, end, patches)) = found {
        return Ok((View::new(file, 0, end.min(length), patches)?, Some(mended)));
    }
    if head.get(4..8) == Some(b"ftyp") {
        let (end, patches) = mp4(&mut file, length)?;
        return Ok((View::new(file, 0, end, patches)?, None));
    }
    let start = tags::start_of_content(&mut file)?;
    let mut end = tags::end_of_content(&mut file, start, length)?;
    if !is_flac(&mut file, start)? {
        // Tags ahead of other formats are the decoders' own.
        return Ok((View::new(file, 0, end, Vec::new())?, None));
    }
    let sound = last_sound(&mut file, start, end)?;
    // A checksum that ends in zeros is none that goes on for long.
    if end - sound > 8 {
        end = sound;
    }
    Ok((View::new(file, start, end, Vec::new())?, None))
}

/// What was put right, where the view ends, and the patches.
type Found = Option<(Mended, u64, Patches)>;

fn aiff<F: Read + Seek>(file: &mut F, length: u64) -> Result<Found> {
    let layout = Layout::Aiff;
    let form_end = layout.chunk(file, 0)?.map_or(0, |(_, form)| form + 8);
    let (mut at, mut common, mut sound) = (12, None, None);
    for _ in 0..MAX_CHUNKS {
        let Some((name, bytes)) = layout.chunk(file, at)? else { break };
        let (body, next) = (body(file, bytes)?, layout.padded((at + 8).saturating_add(bytes)));
        match &name {
            b"COMM" => common = frame_of_aiff(&body).map(|(frame, frames)| (frame, frames, next)),
            b"SSND" => sound = Some((at, bytes, word(&body, 0).map_or(0, u64::from))),
            _ => {}
        }
        if common.is_some() && sound.is_some() {
            break;
        }
        at = next;
    }
    let (Some((frame, frames, behind_common)), Some((at, bytes, offset))) = (common, sound) else { return Ok(None) };
    let (from, before) = (at + 16 + offset, 8 + offset);
    let said = bytes.saturating_sub(before);
    let extent = Claim { layout, from, bytes: Some(said), other_ends: vec![form_end], frame }.settle(file)?;
    let there = extent.bytes - extent.bytes % frame;
    let narrow = |length: u64| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    // What lies behind the sound is not needed, but for a description that comes so late.
    let end = (from + there).max(behind_common.min(length));
    let patches = vec![(4, narrow(end - 8)), (at + 4, narrow(there + before))];
    let is_whole = form_end > 12 && form_end <= length;
    // Of two words that differ some programs read the lesser.
    let said = if said > there { said } else { said.min(frames.saturating_mul(frame)) };
    Ok(Some((Mended { said, there, is_unfinished: extent.is_unfinished, is_whole }, end, patches)))
}

/// Bytes of a frame and the number of frames, by an AIFF's description; none where it describes other than plain samples.
fn frame_of_aiff(common: &[u8]) -> Option<(u64, u64)> {
    let half = |at: usize| common.get(at..at + 2).map(|half| u64::from(u16::from_be_bytes([half[0], half[1]])));
    let bytes = match common.get(18..22) {
        None
        | Some(b"NONE" | b"sowt" | b"twos" | b"in24" | b"in32" | b"23ni" | b"fl32" | b"FL32" | b"fl64" | b"FL64") => {
            half(6)?.div_ceil(8)
        }
        Some(b"ulaw" | b"ULAW" | b"alaw" | b"ALAW") => 1,
        Some(_) => return None,
    };
    let frame = Some(half(0)? * bytes).filter(|&frame| frame > 0)?;
    Some((frame, word(common, 2)?.into()))
}

fn caf<F: Read + Seek>(file: &mut F, length: u64) -> Result<Found> {
    let layout = Layout::Caf;
    let (mut at, mut frame, mut patches) = (8, None, Vec::new());
    for _ in 0..MAX_CHUNKS {
        let Some((name, bytes)) = layout.chunk(file, at)? else { break };
        let body = body(file, bytes)?;
        if name == *b"desc" {
            frame = word(&body, 16).filter(|&bytes| bytes > 0).map(u64::from);
            // Decoders make room for a packet of as many frames; of plain samples each is one.
            let is_plain = body.get(8..12) == Some(b"lpcm");
            if is_plain || word(&body, 20).is_some_and(|frames| frames > MOST_FRAMES) {
                let frames = if is_plain { 1 } else { MOST_FRAMES };
                patches.push((at + 12 + 20, frames.to_be_bytes().to_vec()));
            }
        }
        if name == *b"data" {
            // Four bytes, a count of edits, come ahead of the sound; -1 stands for "to the end of the file".
            let from = at + 16;
            let said =
                (bytes != u64::MAX).then(|| if bytes > i64::MAX as u64 { bytes } else { bytes.saturating_sub(4) });
            // What describes packets of their own sizes comes behind them; plain samples need nothing more.
            let (frame, is_plain) = (frame.unwrap_or(1), frame.is_some());
            let extent = Claim { layout, from, bytes: said, other_ends: Vec::new(), frame }.settle(file)?;
            let there = extent.bytes - extent.bytes % frame;
            let end = if is_plain { from + there } else { length };
            let mended =
                Mended { said: said.unwrap_or(there), there, is_unfinished: extent.is_unfinished, is_whole: false };
            patches.push((at + 4, (there + 4).to_be_bytes().to_vec()));
            return Ok(Some((mended, end, patches)));
        }
        at = (at + 12).saturating_add(bytes);
    }
    Ok(None)
}

/// Where the boxes of an MP4 end, and the size of the last one where it claims more than there is: a copy that broke off.
fn mp4<F: Read + Seek>(file: &mut F, length: u64) -> Result<(u64, Patches)> {
    let mut at = 0;
    for _ in 0..MAX_CHUNKS {
        file.seek(SeekFrom::Start(at))?;
        let head = body(file, 16)?;
        let Some(size) = word(&head, 0) else { return Ok((at, Vec::new())) };
        let size = match size {
            0 => break,
            1 => word(&head, 8).zip(word(&head, 12)).map_or(0, |(high, low)| u64::from(high) << 32 | u64::from(low)),
            size => u64::from(size),
        };
        let left = length - at;
        if size > left && head.get(4..8) == Some(b"mdat") {
            let patch = match word(&head, 0) {
                Some(1) => (at + 8, left.to_be_bytes().to_vec()),
                // Zero stands for "to the end of the file".
                _ => (at, u32::try_from(left).unwrap_or(0).to_be_bytes().to_vec()),
            };
            return Ok((length, vec![patch]));
        }
        if size < 8 || size > left {
            break;
        }
        at += size;
    }
    Ok((length, Vec::new()))
}

/// The bytes at the file's place, as many as are looked at.
fn body<F: Read>(file: &mut F, length: u64) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    file.take(length.min(MAX_BODY)).read_to_end(&mut body)?;
    Ok(body)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// A FLAC begins here.
fn is_flac<F: Read + Seek>(file: &mut F, at: u64) -> Result<bool> {
    file.seek(SeekFrom::Start(at))?;
    Ok(body(file, 4)? == b"fLaC")
}
