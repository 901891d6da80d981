//! When the last name of a session came: until a while after it what the names say may change.

use std::sync::Arc;

use crate::link::track::Track;

/// What was read of a session's names, and since when it is all.
#[derive(Debug, Default)]
pub(crate) struct NamesHeard {
    /// The names that were read last.
    read: u64,
    /// The names at the last round of the collector, and rounds since they changed.
    last: u64,
    quiet: u32,
}

impl NamesHeard {
    /// These names have not been read yet.
    pub fn is_new(&self, stamp: u64) -> bool {
        self.read != stamp
    }

    /// These names have been read.
    pub fn mark_read(&mut self, stamp: u64) {
        self.read = stamp;
    }

    /// A round of the collector. Returns the rounds since these names changed.
    pub fn tick(&mut self, stamp: u64) -> u32 {
        self.quiet = if std::mem::replace(&mut self.last, stamp) == stamp { self.quiet.saturating_add(1) } else { 0 };
        self.quiet
    }
}

/// Changes with every track that comes or goes and every name that one shows.
pub(crate) fn stamp(tracks: &[Arc<Track>]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let one = |track: &Arc<Track>| {
        let mixed = track.identity.uid.wrapping_add(track.names_shown().wrapping_mul(ODD));
        (mixed ^ (mixed >> 29)).wrapping_mul(ODD)
    };
    tracks.iter().map(one).fold(1, u64::wrapping_add)
}
