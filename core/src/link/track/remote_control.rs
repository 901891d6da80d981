//! Setting what belongs to another instance.

use std::fmt;

use crate::units::Db;

/// An instance that lets others set its parameters.
pub trait RemoteControl: Send + Sync {
    /// Sets the trim as its own window would, and lets its host know. Main thread or a window's.
    fn set_trim(&self, trim: Db) -> Result<(), Refused>;
}

/// Why another instance's parameter was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such track is open.
    Gone,
    /// It lives in another process or plug-in format.
    Elsewhere,
    /// Its host takes no such change.
    Host,
    /// Beyond the range of the trim.
    Range,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "This track is no longer open.",
            Self::Elsewhere => "This track lives in another process or plug-in format: set its trim in its own window.",
            Self::Host => "The host of this track takes changes from the track's own window only: set its trim there.",
            Self::Range => "Trim goes from -24 to +24 dB.",
        })
    }
}

impl std::error::Error for Refused {}
