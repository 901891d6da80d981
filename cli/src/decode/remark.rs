//! What is to be remarked of a file that was read: where it is not what it says of itself.

use std::fmt;

/// A file that lacks more than this is not the one that was meant.
const LOSS_S: f64 = 1.0;

/// How a file that was read differs from what it says of itself. Its sound up to there is read.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// It ends before the length that it names.
    EndsEarly { seconds: f64, of_seconds: f64 },
    /// The sound's length is too large by its own header, and nothing is missing.
    LengthTooLong,
    /// It holds more sound than it says; all of it is read.
    Longer { seconds: f64, of_seconds: f64 },
    /// It names no length, as a recorder leaves it that was cut off; it is read to its end.
    Unfinished,
    /// Damaged places that are silent now.
    Damaged { seconds: f64 },
    /// Another recording follows, of other channels or another rate, which is not read.
    OtherBehind,
}

impl Remark {
    /// So much is missing that the file should be had again.
    pub fn is_loss(&self) -> bool {
        match self {
            Self::EndsEarly { seconds, of_seconds } => of_seconds - seconds > LOSS_S,
            Self::Damaged { seconds } => *seconds > LOSS_S,
            Self::OtherBehind => true,
            Self::LengthTooLong | Self::Longer { .. } | Self::Unfinished => false,
        }
    }

    /// The same of several files, without figures.
    pub(crate) fn of_several(&self) -> &'static str {
        match self {
            Self::EndsEarly { .. } => "end before the length they name; all that is there was read",
            Self::LengthTooLong => "name a length beyond their own end; all that is there was read",
            Self::Longer { .. } => "hold more than they say; all that is there was read",
            Self::Unfinished => "name no length, as if their recorder was cut off; they were read to their ends",
            Self::Damaged { .. } => "are damaged, and silent where they are",
            Self::OtherBehind => "hold a second recording of another kind, which was left out",
        }
    }
}

/// What follows a file's name.
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndsEarly { seconds, of_seconds } if self.is_loss() => {
                write!(f, "ends early: {seconds:.1} of {of_seconds:.1} s are there and judged; copy or export it again")
            }
            Self::EndsEarly { seconds, of_seconds } => {
                write!(f, "ends {:.3} s before the length it names; all that is there was read", of_seconds - seconds)
            }
            Self::LengthTooLong => write!(f, "names a length beyond its own end; all that is there was read"),
            Self::Longer { seconds, of_seconds } => {
                write!(f, "holds {:.3} s more than it says; all that is there was read", seconds - of_seconds)
            }
            Self::Unfinished => write!(f, "names no length, as if its recorder was cut off; it was read to its end"),
            Self::Damaged { seconds } if self.is_loss() => {
                write!(f, "is damaged: {seconds:.1} s are read as silence; copy or export it again")
            }
            Self::Damaged { seconds } => write!(f, "is damaged: {seconds:.3} s are read as silence"),
            Self::OtherBehind => {
                write!(f, "holds a second recording of another rate or width, which was left out; split the file")
            }
        }
    }
}

/// What a file says of its length, in frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Length {
    /// Frames to be expected, where that is known.
    pub expected: Option<u64>,
    /// Frames that it names.
    pub said: Option<u64>,
    /// Differences up to this say nothing: lossy codecs pad.
    pub slack: u64,
    /// It was never finished.
    pub is_unfinished: bool,
    /// The container is as long as it says: nothing is missing.
    pub is_whole: bool,
}

impl Length {
    /// What is to be remarked once so many frames were read.
    pub fn remark(&self, frames: u64, rate: f64) -> Option<Remark> {
        let seconds = |frames: u64| frames as f64 / rate;
        let said = self.said.unwrap_or(frames);
        if self.is_unfinished {
            return Some(Remark::Unfinished);
        }
        if frames + self.slack < said && self.is_whole {
            return Some(Remark::LengthTooLong);
        }
        let (read, of) = (seconds(frames), seconds(said));
        match () {
            () if frames.saturating_add(self.slack) < said => Some(Remark::EndsEarly { seconds: read, of_seconds: of }),
            () if frames > said.saturating_add(self.slack) => Some(Remark::Longer { seconds: read, of_seconds: of }),
            () => None,
        }
    }
}
