//! Why a file cannot be analysed, in words for the person who named it.

use std::fmt;
use std::path::PathBuf;

use super::kind::way_out;

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
    /// Audio of a kind that cannot be read, as a noun.
    Unsupported(String),
    /// The header or all that follows breaks the format; why, as a clause.
    Malformed(String),
    Channels(usize),
    SampleRate(u32),
    /// A valid file of no samples.
    Empty,
    /// The decoder panicked.
    Crashed,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)?;
        match &self.problem {
            Problem::Unsupported(_) => write!(f, "; {}", way_out(&self.path)),
            Problem::Malformed(_) | Problem::Crashed => write!(f, ": copy or export it again"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::NotAudio => write!(f, "is not an audio file, whatever its name says: export it again, as WAV"),
            Self::Unsupported(what) => write!(f, "is {what}, which cannot be read here"),
            Self::Malformed(what) => write!(f, "is damaged ({what})"),
            Self::Channels(0) => write!(f, "has no channels that can be told: export it again, as WAV"),
            Self::Channels(n) => write!(f, "has {n} channels; stems are mono or stereo: export it in stereo"),
            Self::SampleRate(rate) => {
                write!(f, "has a sample rate of {rate} Hz; 8 to 768 kHz can be measured: export it at 48 kHz")
            }
            Self::Empty => write!(f, "holds no samples: export it again"),
            Self::Crashed => write!(f, "is damaged beyond reading"),
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
