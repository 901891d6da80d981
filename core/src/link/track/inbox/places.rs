//! Which records have a place in the song, and where those lay that were lost.

use std::ops::Range;

use crate::dsp::CellFlags;
use crate::mix::SongMap;

/// Where cells lay that were overwritten unread: in front of the next one, to which the song ran on; after the one before
/// where the transport stood by then. Of a stopped transport they had no place.
pub(super) fn lost_places(lost: u64, before: Option<i32>, next: Option<i32>) -> Option<Range<i32>> {
    let lost = i32::try_from(lost).unwrap_or(i32::MAX);
    let places = match (before, next) {
        // What ran on to a place of the song began in it, too, not in its pre-roll.
        (_, Some(next)) => next.saturating_sub(lost).max(if next < 0 { i32::MIN } else { 0 })..next,
        (Some(before), None) => before.saturating_add(1)..before.saturating_add(1).saturating_add(lost),
        (None, None) => return None,
    };
    (lost > 0).then_some(places)
}

/// Says whether a record has a place on the map. Positions of different clocks are never compared: a better clock starts
/// the map anew, and a worse one no longer gets in.
pub(super) fn has_place(song: &mut SongMap, song_rank: &mut u8, flags: CellFlags) -> bool {
    if !flags.has(CellFlags::PLAYING) {
        return false;
    }
    let rank = clock_rank(flags);
    if rank > *song_rank {
        *song = SongMap::new();
        *song_rank = rank;
    }
    rank == *song_rank
}

/// Time since processing began, beats over tempo, samples: the better clock has the higher rank.
fn clock_rank(flags: CellFlags) -> u8 {
    if flags.has(CellFlags::FREE_RUNNING) {
        0
    } else if flags.has(CellFlags::FROM_BEATS) {
        1
    } else {
        2
    }
}
