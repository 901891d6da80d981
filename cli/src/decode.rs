//! Audio files as channels of f32, block by block or whole. Whatever is wrong with a file is a [`DecodeError`] that names
//! it: no file, however broken, takes the others of a session with it.

mod edits;
mod extent;
mod kind;
mod packets;
mod pcm;
mod problem;
mod remark;
mod repair;
mod tags;
mod view;
mod wave;

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::io::ReadOnlySource;

use self::kind::Kind;
pub use self::kind::{is_audio, is_readable_format, way_out, work_of};
use self::packets::Packets;
pub use self::problem::{DecodeError, Problem};
use self::remark::Length;
pub use self::remark::Remark;
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

    /// What the file says of its length.
    fn length(&self) -> Length;

    /// What is to be remarked of what was read.
    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }

    /// What was wrong, where nothing could be read.
    fn fault(&self) -> Option<Problem> {
        None
    }
}

/// Reads a file block by block.
pub struct Reader {
    path: PathBuf,
    blocks: Box<dyn Blocks>,
    sample_rate: u32,
    channels: usize,
    time_reference: Option<u64>,
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

    /// Frames that are there, as far as can be told ahead.
    pub fn expected_frames(&self) -> Option<u64> {
        self.blocks.length().expected
    }

    /// Where the file's project has its first sample, in seconds since midnight, where the file says.
    pub fn time_reference(&self) -> Option<f64> {
        self.time_reference.map(|frames| frames as f64 / f64::from(self.sample_rate))
    }

    /// How what was read differs from what the file says of itself. To be asked at the end.
    pub fn remarks(&self) -> Vec<Remark> {
        let of_length = self.blocks.length().remark(self.frames, f64::from(self.sample_rate));
        of_length.into_iter().chain(self.blocks.remarks()).collect()
    }

    /// The next frames, one slice of equal length for each channel; `None` at the end. An error where nothing at all can be read.
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
        match self.frames {
            0 if self.blocks.length().said.is_some_and(|frames| frames > 0) => {
                Err(Problem::Malformed("it ends before its sound".to_owned()))
            }
            0 => Err(self.blocks.fault().unwrap_or(Problem::Empty)),
            _ => Ok(false),
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
        Kind::Unknown => {
            return Err(kind::known_name(&head).map_or(Problem::NotAudio, |name| Problem::Unsupported(name.to_owned())));
        }
        known => known,
    };
    if metadata.is_file() {
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        head.clear();
    }
    if kind == Kind::Wave {
        let again = if metadata.is_file() { Some(File::open(path).map_err(unreadable)?) } else { None };
        let source = BufReader::with_capacity(READ_AHEAD, Cursor::new(head).chain(file));
        let wave = Wave::open(source, again)?;
        let (format, time_reference) = (wave.format, wave.time_reference);
        let reader = Reader::new(path, Box::new(wave), format.sample_rate, format.channels)?;
        return Ok(Reader { time_reference, ..reader });
    }
    let packets = if metadata.is_file() {
        let edit = edits::of(&mut file)?;
        let (view, mended) = repair::view(file)?;
        Packets::open(Box::new(view), path, edit, mended)?
    } else {
        Packets::open(Box::new(ReadOnlySource::new(Cursor::new(head).chain(file))), path, None, None)?
    };
    let (sample_rate, channels) = (packets.sample_rate, packets.channels);
    Reader::new(path, Box::new(packets), sample_rate, channels)
}

impl Reader {
    fn new(path: &Path, blocks: Box<dyn Blocks>, sample_rate: u32, channels: usize) -> Result<Self, Problem> {
        if !(1..=2).contains(&channels) {
            return Err(Problem::Channels(channels));
        }
        if !SAMPLE_RATES.contains(&sample_rate) {
            return Err(Problem::SampleRate(sample_rate));
        }
        let block = vec![Vec::new(); channels];
        let path = path.to_owned();
        Ok(Self { path, blocks, sample_rate, channels, time_reference: None, frames: 0, block })
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
