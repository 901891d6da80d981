//! Why a file cannot be analysed, in words for the person who named it.

use std::fmt;
use std::path::PathBuf;

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
    /// The content is no audio that is known here, whatever the ending says.
    NotAudio,
    /// Audio of a kind that cannot be read.
    Unsupported(String),
    /// The header or a packet breaks the format.
    Malformed(String),
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
            Self::NotAudio => write!(f, "is not an audio file, or of a kind unknown here"),
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

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Malformed("it ends inside its header".to_owned()),
            _ => Self::Unreadable(error.to_string()),
        }
    }
}
