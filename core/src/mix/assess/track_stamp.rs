//! What a judgement goes by, so that it stands for as long as a new one would say the same.

use crate::mix::profile::Measure;
use crate::mix::song::CELLS_PER_S;
use crate::mix::{MixReport, SessionState, TrackInput};

/// What a report goes by in one track.
#[derive(Clone, Copy, Debug, PartialEq)]
struct TrackStamp {
    /// `None` where it is automated: each cell has its own.
    gain: Option<f32>,
    measure: Option<Measure>,
    /// Of the song, its bands, and cells counted as lost, which may happen without another cell.
    versions: [u64; 3],
}

impl TrackStamp {
    fn of(track: &TrackInput<'_>) -> Self {
        let song = track.song;
        Self {
            gain: Some(track.gain).filter(|_| !song.gain_is_automated()),
            measure: track.measure,
            versions: [song.changes().version(), song.bands_version(), song.missed().into()],
        }
    }
}

/// The last judgement.
#[derive(Debug)]
pub(super) struct Last {
    state: SessionState,
    stamps: Vec<TrackStamp>,
    pub report: MixReport,
}

impl Last {
    pub fn new(tracks: &[TrackInput<'_>], state: &SessionState, report: MixReport) -> Self {
        Self { state: *state, stamps: tracks.iter().map(TrackStamp::of).collect(), report }
    }

    /// A judgement of now would be the same.
    pub fn is_of(&self, tracks: &[TrackInput<'_>], state: &SessionState) -> bool {
        self.state == *state && self.stamps.iter().copied().eq(tracks.iter().map(TrackStamp::of))
    }
}

/// The state as the rules read it: a position counts by its cell.
pub(super) fn by_cells(state: &SessionState) -> SessionState {
    let mut state = *state;
    state.transport.position_s = (state.transport.position_s * CELLS_PER_S).floor() / CELLS_PER_S;
    state
}
