//! WAV in all its sizes: RIFF, and RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088) beyond 4 GiB; plain and extensible
//! formats; and streams whose writer could not go back to put the length in. Read front to back, so pipes will do.
//!
//! Kept apart from the other decoders because symphonia 0.6 refuses RF64, drops the last packet of a stream of unknown
//! length and stops at the first chunk it finds odd.

use std::io::{ErrorKind, Read};

use super::Blocks;
use super::pcm::Sample;
use super::problem::Problem;

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
    /// Frames that the header names, where it knows.
    pub declared: Option<u64>,
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

impl<R: Read> Wave<R> {
    /// Reads up to the first sample.
    pub fn open(mut source: R) -> Result<Self, Problem> {
        let [riff, length, _wave] = words(&mut source)?;
        let has_wide_lengths = riff != *b"RIFF";
        let riff_length = u64::from(u32::from_le_bytes(length));
        let mut wide_length = None;
        let mut format = None;
        loop {
            let Some((id, length)) = chunk(&mut source)? else {
                return Err(malformed("it has no samples' chunk"));
            };
            match &id {
                b"ds64" => wide_length = data_length(&body(&mut source, length)?),
                b"fmt " => format = Some(Format::parse(&body(&mut source, length)?)?),
                b"data" => {
                    let format = format.ok_or_else(|| malformed("it does not say how its samples are written"))?;
                    let length = match wide_length {
                        Some(wide) if has_wide_lengths && length == u64::from(u32::MAX) => Some(wide),
                        _ if is_unknown(length, riff_length) => None,
                        _ => Some(length),
                    };
                    return Ok(Self::at_data(source, format, length));
                }
                _ => skip(&mut source, padded(length))?,
            }
        }
    }

    fn at_data(source: R, format: Format, length: Option<u64>) -> Self {
        let frame = format.frame() as u64;
        let left = length.map_or(u64::MAX, |length| length - length % frame);
        let declared = length.map(|length| length / frame);
        Self { source, format, declared, left, bytes: vec![0; BLOCK * format.frame()] }
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
            _ => return Err(Problem::Unsupported(format!("WAV in format {tag:#06x}"))),
        };
        Ok(Self { sample, channels: usize::from(channels), sample_rate })
    }
}

/// The length stands for "written to a pipe" or "never finished", rather than for a number of bytes.
fn is_unknown(length: u64, riff_length: u64) -> bool {
    let near = |limit: u64| (limit - NEAR_LIMIT..limit).contains(&length);
    let unfinished = length == 0 && (riff_length == 0 || riff_length >= u64::from(u32::MAX) - NEAR_LIMIT);
    near(1 << 32) || near(1 << 31) || unfinished
}

/// The length of the samples out of a `ds64` chunk.
fn data_length(ds64: &[u8]) -> Option<u64> {
    let bytes: [u8; 8] = ds64.get(8..16)?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes))
}

fn words<const N: usize>(source: &mut impl Read) -> Result<[[u8; 4]; N], Problem> {
    let mut words = [[0; 4]; N];
    source.read_exact(words.as_flattened_mut())?;
    Ok(words)
}

/// The next chunk's name and length; none at the end of the file.
fn chunk(source: &mut impl Read) -> Result<Option<([u8; 4], u64)>, Problem> {
    let mut head = [0; 8];
    let got = read_up_to(source, &mut head)?;
    let [a, b, c, d, length @ ..] = head;
    Ok((got == head.len()).then(|| ([a, b, c, d], u64::from(u32::from_le_bytes(length)))))
}

fn body(source: &mut impl Read, length: u64) -> Result<Vec<u8>, Problem> {
    let mut body = vec![0; length.min(MAX_FORMAT) as usize];
    source.read_exact(&mut body)?;
    skip(source, padded(length) - body.len() as u64)?;
    Ok(body)
}

/// Chunks begin at even places.
fn padded(length: u64) -> u64 {
    length + length % 2
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
