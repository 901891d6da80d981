//! What a report says of stale cells: heard before the track's level changed, and left out.

use serde::Serialize;

use crate::mix::song::CELLS_PER_S;
use crate::mix::{SongMap, Span};
use crate::units::{Db, Seconds};

/// What was heard of a track before its level changed, and not since. It is left out of everything else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StaleReport {
    /// Length of it all.
    pub seconds: Seconds,
    /// The newest change of level that a second pass showed, at the same gain.
    pub changed_by_db: Db,
    /// Where it lies, in song order.
    pub spans: Vec<Span>,
    /// Where the track was heard since, for a view to draw beside it.
    #[serde(skip)]
    pub heard: Vec<Span>,
}

impl StaleReport {
    /// `None` where nothing is stale.
    pub(crate) fn of(song: &SongMap) -> Option<Self> {
        let changed_by_db = song.changed_by()?;
        Some(Self {
            seconds: seconds(song.stale_count() as f64),
            changed_by_db,
            spans: spans(song.stale_spans()),
            heard: spans(song.fresh_spans()),
        })
    }
}

fn seconds(cells: f64) -> Seconds {
    Seconds(cells / CELLS_PER_S)
}

fn spans(cells: Vec<(i32, i32)>) -> Vec<Span> {
    cells.into_iter().map(|(from, to)| Span { from_s: seconds(from.into()), to_s: seconds(to.into()) }).collect()
}
