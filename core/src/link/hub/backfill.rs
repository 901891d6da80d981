//! The songs as they stand, sent once around to those who came late.

use std::sync::Arc;

use super::log::{Batch, Record};
use crate::link::lock::try_lock;
use crate::link::track::Track;
use crate::mix::SongMap;

/// Bytes of history in one tick: 5 minutes of 64 tracks go in 3 s, without a reader falling behind.
const A_TICK: usize = 128 * 1024;
/// A place in the songs: a track by its number, and a cell.
type Place = (u64, i32);

/// Goes through all songs, track by track, for as long as anyone asks.
#[derive(Debug, Default)]
pub struct Backfill {
    at: Option<Place>,
    /// Where it began, and whether it has passed the last track since.
    round: Option<(Place, bool)>,
}

const START: Place = (0, i32::MIN);

impl Backfill {
    /// Goes around once more from here.
    pub fn ask(&mut self) {
        let at = *self.at.get_or_insert(START);
        self.round = Some((at, false));
    }

    /// Puts the next piece into the batch. A track that is just being judged is waited for.
    pub fn send(&mut self, tracks: &[Arc<Track>], batch: &mut Batch) {
        let mut tracks: Vec<&Arc<Track>> = tracks.iter().collect();
        tracks.sort_by_key(|track| track.identity.uid);
        let limit = batch.len() + A_TICK;
        while batch.len() < limit
            && let Some((start, wrapped)) = self.round
        {
            let (uid, index) = self.at.unwrap_or(START);
            let Some(track) = tracks.iter().find(|track| track.identity.uid >= uid) else {
                self.at = Some(START);
                self.round = (!wrapped && !tracks.is_empty()).then_some((start, true));
                continue;
            };
            let index = if track.identity.uid == uid { index } else { i32::MIN };
            let Some(next) = send_step(track, index, batch) else { return };
            let next = next.map_or((track.identity.uid.saturating_add(1), i32::MIN), |next| (track.identity.uid, next));
            self.at = Some(next);
            if wrapped && next >= start {
                self.round = None;
            }
        }
    }
}

/// Sends some cells of a track from `index` on. `None` while it is being judged, else the cell to go on from, if there
/// is one.
fn send_step(track: &Track, index: i32, batch: &mut Batch) -> Option<Option<i32>> {
    let mut inbox = try_lock(&track.inbox)?;
    // What comes after this step must not fall between history and news.
    inbox.outbox()?;
    let song = inbox.song();
    let Some((first, last)) = song.extent() else { return Some(None) };
    let from = index.max(first);
    // A page at once, with what holds of it: what is stale is never taken for anything else in between.
    let to = SongMap::next_page(from).min(last.saturating_add(1));
    let uid = track.identity.uid;
    song.all(from, to).for_each(|(cell, _)| batch.put(uid, &Record::History(*cell)));
    song.all_bands(from, to).for_each(|(bands, _)| batch.put(uid, &Record::Bands(*bands)));
    song.states(from, to).for_each(|state| batch.put(uid, &Record::State(state)));
    Some((to <= last).then_some(to))
}
