//! Audio files as channels of f32, block by block or whole. Whatever is wrong with a file is a [`DecodeError`] that names
//! it: no file, however broken, takes the others of a session with it.

mod edits;
mod kind;
mod packets;
mod pcm;
mod problem;
mod wave;

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::io::ReadOnlySource;

use self::kind::Kind;
pub use self::kind::{is_audio, is_readable_format, work_of};
use self::packets::Packets;
pub use self::problem::{DecodeError, Problem};
use self::wave::Wave;

/// Rates that the meters are built for.
const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 8_000..=768_000;
/// Bytes that a WAV is read by, whatever its blocks.
const READ_AHEAD: usize = 1 << 18;

/// A whole file in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    /// The file's name without its ending.
    pub name: String,
    pub sample_rate: u32,
    /// One or two channels of equal length.
    pub channels: Vec<Vec<f32>>,
}

impl Audio {
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
}

/// Decodes a whole file. For files that need not be in memory at once see [`Reader`].
pub fn decode(path: &Path) -> Result<Audio, DecodeError> {
    let mut reader = Reader::open(path)?;
    let mut channels = vec![Vec::new(); reader.channels()];
    while let Some(block) = reader.next_block()? {
        for (channel, samples) in channels.iter_mut().zip(block) {
            channel.extend_from_slice(samples);
        }
    }
    Ok(Audio { name: track_name(path), sample_rate: reader.sample_rate(), channels })
}

/// The file's name without its ending, as tracks are called in the report. Bytes that are no UTF-8 become U+FFFD.
pub fn track_name(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What gives out a file's samples, whatever the format.
trait Blocks {
    /// Fills one vector for each channel with the next frames, equally many; false at the end.
    fn fill(&mut self, block: &mut Vec<Vec<f32>>) -> Result<bool, Problem>;
}

/// Reads a file block by block.
pub struct Reader {
    path: PathBuf,
    blocks: Box<dyn Blocks>,
    sample_rate: u32,
    channels: usize,
    /// Frames that the header names.
    declared: Option<u64>,
    frames: u64,
    block: Vec<Vec<f32>>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("path", &self.path).field("frames", &self.frames).finish_non_exhaustive()
    }
}

impl Reader {
    pub fn open(path: &Path) -> Result<Self, DecodeError> {
        guarded(|| open(path)).map_err(|problem| DecodeError { path: path.to_owned(), problem })
    }

    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// One or two.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Frames read so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Frames that the header promises, where it says.
    pub fn expected_frames(&self) -> Option<u64> {
        self.declared
    }

    /// The next frames, one slice of equal length for each channel; `None` at the end of a whole and sound file.
    pub fn next_block(&mut self) -> Result<Option<&[Vec<f32>]>, DecodeError> {
        match guarded(|| self.fill_block()) {
            Ok(true) => Ok(Some(&self.block)),
            Ok(false) => Ok(None),
            Err(problem) => Err(DecodeError { path: self.path.clone(), problem }),
        }
    }

    fn fill_block(&mut self) -> Result<bool, Problem> {
        if self.blocks.fill(&mut self.block)? {
            self.frames += self.block[0].len() as u64;
            return Ok(true);
        }
        self.at_end().map(|()| false)
    }

    /// Knows a whole file from one that ends early.
    fn at_end(&self) -> Result<(), Problem> {
        match self.declared {
            Some(declared) if self.frames < declared => {
                let rate = f64::from(self.sample_rate);
                Err(Problem::CutShort { seconds: self.frames as f64 / rate, of_seconds: declared as f64 / rate })
            }
            _ if self.frames == 0 => Err(Problem::Empty),
            _ => Ok(()),
        }
    }
}

fn open(path: &Path) -> Result<Reader, Problem> {
    let unreadable = |error: std::io::Error| Problem::Unreadable(error.to_string());
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Problem::Unreadable("it is a folder".to_owned()));
    }
    let mut head = Vec::with_capacity(kind::HEAD);
    Read::by_ref(&mut file).take(kind::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    let kind = match Kind::of(&head, path) {
        _ if head.is_empty() => return Err(Problem::Empty),
        Kind::Unknown => return Err(Problem::NotAudio),
        known => known,
    };
    if metadata.is_file() {
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        head.clear();
    }
    if kind == Kind::Wave {
        let source = BufReader::with_capacity(READ_AHEAD, Cursor::new(head).chain(file));
        let wave = Wave::open(source)?;
        let (format, declared) = (wave.format, wave.declared);
        return Reader::new(path, Box::new(wave), format.sample_rate, format.channels, declared);
    }
    let packets = if metadata.is_file() {
        let edit = edits::of(&mut file)?;
        Packets::open(Box::new(file), path, edit)?
    } else {
        Packets::open(Box::new(ReadOnlySource::new(Cursor::new(head).chain(file))), path, None)?
    };
    let (sample_rate, channels, declared) = (packets.sample_rate, packets.channels, packets.declared);
    Reader::new(path, Box::new(packets), sample_rate, channels, declared)
}

impl Reader {
    fn new(
        path: &Path,
        blocks: Box<dyn Blocks>,
        sample_rate: u32,
        channels: usize,
        declared: Option<u64>,
    ) -> Result<Self, Problem> {
        if !(1..=2).contains(&channels) {
            return Err(Problem::Channels(channels));
        }
        if !SAMPLE_RATES.contains(&sample_rate) {
            return Err(Problem::SampleRate(sample_rate));
        }
        let block = vec![Vec::new(); channels];
        Ok(Self { path: path.to_owned(), blocks, sample_rate, channels, declared, frames: 0, block })
    }
}

thread_local! {
    static IN_DECODER: Cell<bool> = const { Cell::new(false) };
}

/// This thread is inside a decoder, whose panics become a [`Problem::Crashed`]: a panic hook may keep quiet.
pub fn in_decoder() -> bool {
    IN_DECODER.get()
}

/// Runs a decoder's code and turns its panics into a problem of the file at hand.
fn guarded<R>(decode: impl FnOnce() -> Result<R, Problem>) -> Result<R, Problem> {
    IN_DECODER.set(true);
    // Unwind safe: a reader that failed is only dropped.
    let result = catch_unwind(AssertUnwindSafe(decode));
    IN_DECODER.set(false);
    result.unwrap_or(Err(Problem::Crashed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_a_decoder_is_a_problem_of_its_file() {
        let crash = guarded(|| -> Result<(), Problem> {
            assert!(in_decoder());
            panic!("as a decoder might")
        });
        assert_eq!(crash, Err(Problem::Crashed));
        assert!(!in_decoder());
    }
}
