//! WAV and FLAC files as channels of f32, block by block or whole. Whatever is wrong with a file is a [`DecodeError`]
//! that names it: no file, however broken, takes the others of a session with it.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;

/// Rates that the meters are built for.
const SAMPLE_RATES: std::ops::RangeInclusive<u32> = 8_000..=768_000;

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

/// The file's ending names a format that [`Reader`] reads.
pub fn is_readable_format(path: &Path) -> bool {
    has_ending(path, &["wav", "wave", "flac"])
}

/// The file's ending names audio, readable here or not.
pub fn is_audio(path: &Path) -> bool {
    is_readable_format(path)
        || has_ending(
            path,
            &["aif", "aiff", "aifc", "caf", "mp3", "ogg", "oga", "opus", "m4a", "mp4", "aac", "wma", "wv"],
        )
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// Why a file cannot be analysed.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeError {
    pub path: PathBuf,
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The system does not let it be read: absent, no permission, a failing disk.
    Unreadable(String),
    /// The content is neither WAV nor FLAC, whatever the ending says.
    NotAudio,
    /// A WAV or FLAC file of a kind that cannot be read.
    Unsupported(&'static str),
    /// The header or a packet breaks the format.
    Malformed(&'static str),
    Channels(usize),
    SampleRate(u32),
    /// A valid file of no samples.
    Empty,
    /// Ends before the length its header names, or lost packets on the way.
    CutShort {
        seconds: f64,
        of_seconds: f64,
    },
    /// The decoder panicked.
    Crashed,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::NotAudio => write!(f, "is not a WAV or FLAC file"),
            Self::Unsupported(what) => write!(f, "is of a kind that cannot be read ({what})"),
            Self::Malformed(what) => write!(f, "is damaged ({what})"),
            Self::Channels(n) => write!(f, "has {n} channels; stems are mono or stereo"),
            Self::SampleRate(rate) => write!(f, "has a sample rate of {rate} Hz; 8 to 768 kHz can be measured"),
            Self::Empty => write!(f, "holds no samples"),
            Self::CutShort { seconds, of_seconds } => {
                write!(f, "is cut short or damaged: {seconds:.1} of {of_seconds:.1} s can be read")
            }
            Self::Crashed => write!(f, "is so damaged that the decoder failed on it"),
        }
    }
}

/// Reads a file block by block.
pub struct Reader {
    path: PathBuf,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
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

    /// The next frames, one slice of equal length for each channel; `None` at the end of a whole and sound file.
    pub fn next_block(&mut self) -> Result<Option<&[Vec<f32>]>, DecodeError> {
        match guarded(|| self.fill_block()) {
            Ok(true) => Ok(Some(&self.block)),
            Ok(false) => Ok(None),
            Err(problem) => Err(DecodeError { path: self.path.clone(), problem }),
        }
    }

    fn fill_block(&mut self) -> Result<bool, Problem> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return self.at_end().map(|()| false),
                // How some containers end where the file does.
                Err(SymphoniaError::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return self.at_end().map(|()| false);
                }
                Err(error) => return Err(problem_of(error)),
            };
            if packet.track_id != self.track_id {
                continue;
            }
            let decoded = self.decoder.decode(&packet).map_err(problem_of)?;
            if decoded.num_planes() != self.channels || decoded.spec().rate() != self.sample_rate {
                return Err(Problem::Malformed("the channels or the sample rate change on the way"));
            }
            if decoded.frames() > 0 {
                self.frames += decoded.frames() as u64;
                decoded.copy_to_vecs_planar(&mut self.block);
                return Ok(true);
            }
        }
    }

    /// Tells a whole file from one that ends early.
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
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Problem::Unreadable("it is a folder".to_owned()));
    }
    if metadata.len() == 0 {
        return Err(Problem::Empty);
    }
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut hint = Hint::new();
    if let Some(ending) = path.extension().and_then(|ending| ending.to_str()) {
        hint.with_extension(ending);
    }
    let probe = symphonia::default::get_probe();
    let format = probe.probe(&hint, stream, Default::default(), Default::default()).map_err(|error| match error {
        // The probe's way of saying that it found no known format.
        SymphoniaError::Unsupported(what) if what.starts_with("core (probe)") => Problem::NotAudio,
        SymphoniaError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Problem::NotAudio,
        error => problem_of(error),
    })?;
    let track = format.default_track(TrackType::Audio).ok_or(Problem::NotAudio)?;
    let (track_id, declared) = (track.id, track.num_frames);
    let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or(Problem::NotAudio)?;
    let channels = params.channels.as_ref().map_or(0, |channels| channels.count());
    let sample_rate = params.sample_rate.unwrap_or(0);
    if !(1..=2).contains(&channels) {
        return Err(Problem::Channels(channels));
    }
    if !SAMPLE_RATES.contains(&sample_rate) {
        return Err(Problem::SampleRate(sample_rate));
    }
    let options = AudioDecoderOptions::default();
    let decoder = symphonia::default::get_codecs().make_audio_decoder(params, &options).map_err(problem_of)?;
    let (path, block) = (path.to_owned(), vec![Vec::new(); channels]);
    Ok(Reader { path, format, decoder, track_id, sample_rate, channels, declared, frames: 0, block })
}

fn problem_of(error: SymphoniaError) -> Problem {
    match error {
        SymphoniaError::IoError(error) => Problem::Unreadable(error.to_string()),
        SymphoniaError::DecodeError(what) => Problem::Malformed(what),
        SymphoniaError::Unsupported(what) => Problem::Unsupported(what),
        SymphoniaError::LimitError(what) => Problem::Malformed(what),
        SymphoniaError::SeekError(_) | SymphoniaError::ResetRequired => {
            Problem::Malformed("the stream changes on the way")
        }
        _ => Problem::Malformed("unknown to the decoder"),
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
