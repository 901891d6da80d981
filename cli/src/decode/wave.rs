//! WAV in all its sizes: RIFF, and RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088) beyond 4 GiB; plain and extensible
//! formats; and streams whose writer could not go back to put the length in. Read front to back, so pipes will do.
//!
//! Kept apart from the other decoders because symphonia 0.6 refuses RF64, drops the last packet of a stream of unknown
//! length and stops at the first chunk it finds odd.

use std::io::{ErrorKind, Read, Seek};

use super::Blocks;
use super::extent::{Claim, Layout};
use super::pcm::Sample;
use super::problem::Problem;
use super::remark::Length;

/// Frames in a block: small enough for the cache, large enough that the calls cost nothing.
const BLOCK: usize = 4096;
/// Lengths this close under 2 or 4 GiB stand for "unknown": writers to a pipe put one there, less the header's own size.
const NEAR_LIMIT: u64 = 4096;
/// No format chunk is longer.
const MAX_FORMAT: u64 = 1 << 16;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// What follows the format's tag in the GUIDs of `WAVE_FORMAT_EXTENSIBLE`.
const GUID_REST: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/// The samples of a WAV file.
pub(super) struct Wave<R> {
    source: R,
    pub format: Format,
    length: Length,
    /// Where its project has it, in frames since midnight: the TimeReference of Broadcast WAV (EBU Tech 3285).
    pub time_reference: Option<u64>,
    /// Bytes of samples that are left to read.
    left: u64,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub sample: Sample,
    pub channels: usize,
    pub sample_rate: u32,
}

/// What stands ahead of the samples.
#[derive(Default)]
struct Head {
    /// Bytes that the file has by its own word.
    riff_length: u64,
    /// Bytes of samples by an RF64's wide length.
    wide: Option<u64>,
    format: Option<Format>,
    time_reference: Option<u64>,
}

impl<R: Read> Wave<R> {
    /// Reads up to the first sample. `file` is the same file once more, where it can be searched: it tells where the
    /// sound ends.
    pub fn open(source: R, file: Option<impl Read + Seek>) -> Result<Self, Problem> {
        let mut source = Counted { source, at: 0 };
        let [_riff, length, _wave] = words(&mut source)?;
        let mut head = Head { riff_length: u64::from(u32::from_le_bytes(length)), ..Head::default() };
        let mut next = Vec::new();
        loop {
            let Some((id, length)) = chunk(&mut source, &next)? else {
                return Err(malformed("it ends before its samples: export it again"));
            };
            if id == *b"data" {
                return head.into_wave(source, length, file);
            }
            let body = match &id {
                b"ds64" | b"fmt " | b"bext" => body(&mut source, length)?,
                _ => {
                    skip(&mut source, length)?;
                    Vec::new()
                }
            };
            match &id {
                b"ds64" => head.wide = wide(&body, 8),
                b"fmt " => head.format = Some(Format::parse(&body)?),
                b"bext" => head.time_reference = wide(&body, 338),
                _ => {}
            }
            next = padding(&mut source, length)?;
        }
    }
}

impl Head {
    fn into_wave<R: Read>(
        self,
        source: Counted<R>,
        length: u64,
        file: Option<impl Read + Seek>,
    ) -> Result<Wave<R>, Problem> {
        let format = self.format.ok_or_else(|| malformed("it does not say how its samples are written"))?;
        let (frame, from) = (format.frame() as u64, source.at);
        let wide_end = self.wide.filter(|&wide| wide != u64::MAX).map(|wide| from.saturating_add(wide));
        let riff_end = self.riff_length + 8;
        let named = match self.wide {
            Some(wide) if length == u64::from(u32::MAX) => Some(wide).filter(|&wide| wide != u64::MAX),
            _ => Some(length),
        };
        let is_open = self.wide.is_none() && is_unknown(length, self.riff_length);
        let mut facts = Length::default();
        let bytes = match file {
            Some(mut file) => {
                let there = file.seek(std::io::SeekFrom::End(0))?;
                let is_named = !(is_open && from + length > there);
                let claim = Claim {
                    layout: Layout::Wave,
                    from,
                    bytes: named.filter(|_| is_named),
                    other_ends: [Some(riff_end), wide_end].into_iter().flatten().collect(),
                    frame,
                };
                let extent = claim.settle(&mut file)?;
                facts.is_unfinished = extent.is_unfinished;
                facts.is_whole = self.wide.is_none() && riff_end > from && riff_end <= there;
                // Of two words that differ some programs read the lesser.
                let wide = self.wide.filter(|&bytes| from.saturating_add(bytes) <= there);
                let said = claim.bytes.map(|bytes| wide.map_or(bytes, |wide| bytes.min(wide)));
                facts.said = said.filter(|_| !extent.is_unfinished).map(|bytes| bytes / frame);
                facts.expected = Some(extent.bytes / frame);
                extent.bytes
            }
            None if is_open || named.is_none() => u64::MAX,
            None => {
                facts.said = named.map(|bytes| bytes / frame);
                facts.expected = facts.said;
                named.unwrap_or(u64::MAX)
            }
        };
        Ok(Wave {
            source: source.source,
            format,
            length: facts,
            time_reference: self.time_reference,
            left: bytes - bytes % frame,
            bytes: vec![0; BLOCK * format.frame()],
        })
    }
}

/// A source that knows how far it was read.
struct Counted<R> {
    source: R,
    at: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.source.read(buffer)?;
        self.at += got as u64;
        Ok(got)
    }
}

impl<R: Read> Blocks for Wave<R> {
    fn fill(&mut self, block: &mut Vec<Vec<f32>>) -> Result<bool, Problem> {
        let wanted = self.left.min(self.bytes.len() as u64) as usize;
        let got = read_up_to(&mut self.source, &mut self.bytes[..wanted])?;
        self.left -= got as u64;
        self.format.sample.unpack(&self.bytes[..got], block);
        Ok(got >= self.format.frame())
    }

    fn length(&self) -> Length {
        self.length
    }
}

impl Format {
    fn frame(self) -> usize {
        self.sample.bytes() * self.channels
    }

    fn parse(chunk: &[u8]) -> Result<Self, Problem> {
        let half = |at: usize| chunk.get(at..at + 2).map(|half| u16::from_le_bytes([half[0], half[1]]));
        let word = |at: usize| half(at).zip(half(at + 2)).map(|(low, high)| u32::from(low) | u32::from(high) << 16);
        let short = || malformed("its format chunk is too short");
        let (tag, channels) = half(0).zip(half(2)).ok_or_else(short)?;
        let (sample_rate, align) = word(4).zip(half(12)).ok_or_else(short)?;
        let bits = half(14).ok_or_else(short)?;
        let tag = match tag {
            EXTENSIBLE if chunk.get(26..40) == Some(&GUID_REST) => half(24).ok_or_else(short)?,
            tag => tag,
        };
        if !(1..=2).contains(&channels) {
            return Err(Problem::Channels(usize::from(channels)));
        }
        // The room a sample takes may be larger than its bits, which then stand at the top.
        let room = if align % channels == 0 { align / channels } else { 0 };
        let bytes = if room >= bits.div_ceil(8) && room <= 8 { room } else { bits.div_ceil(8) };
        let sample = match (tag, bytes) {
            (PCM, 1) => Sample::U8,
            (PCM, 2) => Sample::I16,
            (PCM, 3) => Sample::I24,
            (PCM, 4) => Sample::I32,
            (FLOAT, 4) => Sample::F32,
            (FLOAT, 8) => Sample::F64,
            (PCM | FLOAT, _) => return Err(Problem::Unsupported(format!("WAV of {bits} bits"))),
            _ => return Err(Problem::Unsupported(format!("WAV {}", coding(tag)))),
        };
        Ok(Self { sample, channels: usize::from(channels), sample_rate })
    }
}

/// What a WAV that is no plain one holds.
fn coding(tag: u16) -> String {
    match tag {
        0x0002 | 0x0011 => "compressed as ADPCM".to_owned(),
        0x0006 | 0x0007 => "compressed as for telephones".to_owned(),
        0x0050 | 0x0055 => "with MP3 inside".to_owned(),
        0x0092 | 0x2000 | 0x2001 => "with a film's surround sound inside".to_owned(),
        0x00ff | 0x1600 | 0x1601 | 0x1602 | 0x1610 => "with AAC inside".to_owned(),
        0x674f..=0x6771 => "with OGG Vorbis inside".to_owned(),
        tag => format!("in a coding of its own (number {tag})"),
    }
}

/// The length stands for "written to a pipe" or "never finished", rather than for a number of bytes.
fn is_unknown(length: u64, riff_length: u64) -> bool {
    let near = |limit: u64| (limit - NEAR_LIMIT..limit).contains(&length);
    let unfinished = length == 0 && (riff_length == 0 || riff_length >= u64::from(u32::MAX) - NEAR_LIMIT);
    near(1 << 32) || near(1 << 31) || unfinished
}

/// 64 bits out of a chunk's body.
fn wide(body: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(body.get(at..at + 8)?.try_into().ok()?))
}

fn words<const N: usize>(source: &mut impl Read) -> Result<[[u8; 4]; N], Problem> {
    let mut words = [[0; 4]; N];
    source.read_exact(words.as_flattened_mut())?;
    Ok(words)
}

/// The next chunk's name and length; none at the end of the file. `begun` is what of it was read already.
fn chunk(source: &mut impl Read, begun: &[u8]) -> Result<Option<([u8; 4], u64)>, Problem> {
    let mut head = [0; 8];
    head[..begun.len()].copy_from_slice(begun);
    let got = begun.len() + read_up_to(source, &mut head[begun.len()..])?;
    let [a, b, c, d, length @ ..] = head;
    Ok((got == head.len()).then(|| ([a, b, c, d], u64::from(u32::from_le_bytes(length)))))
}

fn body(source: &mut impl Read, length: u64) -> Result<Vec<u8>, Problem> {
    let mut body = vec![0; length.min(MAX_FORMAT) as usize];
    source.read_exact(&mut body)?;
    skip(source, length - body.len() as u64)?;
    Ok(body)
}

/// Chunks begin at even places: the byte between two, unless a writer forgot it and this is the next one's first.
fn padding(source: &mut impl Read, length: u64) -> Result<Vec<u8>, Problem> {
    let mut byte = [0];
    let got = if length % 2 == 1 { read_up_to(source, &mut byte)? } else { 0 };
    Ok(byte[..got].iter().copied().filter(u8::is_ascii_graphic).collect())
}

fn skip(source: &mut impl Read, bytes: u64) -> Result<(), Problem> {
    std::io::copy(&mut source.take(bytes), &mut std::io::sink())?;
    Ok(())
}

/// Fills the buffer, or as much of it as there is.
fn read_up_to(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Problem> {
    let mut got = 0;
    while got < buffer.len() {
        match source.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(got)
}

fn malformed(what: &str) -> Problem {
    Problem::Malformed(what.to_owned())
}
