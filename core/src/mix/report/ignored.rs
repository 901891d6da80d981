//! Tracks that the session leaves out of judgement, in every window and process.

use std::collections::BTreeSet;

use super::{MixReport, ReferenceState, Verdict};
use crate::mix::roles::Role;
use crate::mix::{TrackId, TrackInput};

/// Beside the track, where its verdict would be explained.
const NOTE: &str = "ignored in this session: it counts for nothing until it is taken back";

impl MixReport {
    /// Says of each ignored track that it is; the inputs it was judged from had it out already.
    pub(crate) fn name_ignored(&mut self, tracks: &[TrackInput<'_>], ignored: &BTreeSet<TrackId>) {
        let mut names = Vec::new();
        for track in self.tracks.iter_mut().filter(|track| ignored.contains(&track.id)) {
            track.is_ignored = true;
            // Two tagged kicks are a conflict for all that take part.
            track.verdict = Verdict::NotJudged;
            track.note = Some(NOTE.into());
            names.push(track.name.clone());
        }
        if names.is_empty() {
            return;
        }
        let is_kick = |track: &&TrackInput<'_>| track.is_reference || track.role == Role::Kick;
        let kick = tracks.iter().filter(|track| ignored.contains(&track.id)).find(is_kick);
        if let Some(kick) = kick.filter(|_| self.reference.state == ReferenceState::None) {
            self.notes.push(format!(
                "{} would be the kick and is ignored in this session: take it back, or tag another track.",
                kick.name
            ));
        }
        self.notes.push(format!("Ignored in this session: {}.", names.join(", ")));
    }
}
