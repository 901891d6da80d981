//! What may be asked of a track's hits.

use super::hits::end_of;
use super::{LevelHit, Levels};
use crate::mix::song::CellSpan;

/// Identifies some hits of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HitsMark {
    levels: u64,
    version: u64,
    from: usize,
    to: usize,
}

impl HitsMark {
    /// These hits begin with all of the others; returns how many those are.
    pub fn begins_with(&self, others: &Self) -> Option<usize> {
        let alike = (self.levels, self.version, self.from) == (others.levels, others.version, others.from);
        (alike && others.to <= self.to).then(|| others.to - others.from)
    }
}

impl Levels {
    /// Hits in song order, without the faint ones and the bleed of other drums; levels before the gain.
    pub fn hits(&self) -> &[LevelHit] {
        self.hits.counted()
    }

    pub fn hits_in(&self, span: CellSpan) -> &[LevelHit] {
        &self.hits()[self.places_of_hits(span)]
    }

    fn places_of_hits(&self, span: CellSpan) -> std::ops::Range<usize> {
        let (from, to) = (span.start_s() - 1e-9, span.end_s() - 1e-9);
        let end = end_of(self.hits(), |hit| hit.onset_s < to);
        end_of(&self.hits()[..end], |hit| hit.onset_s < from)..end
    }

    /// Names [`Self::hits_in`] a span: what is read of the same hits is the same.
    pub fn mark_of_hits(&self, span: CellSpan) -> HitsMark {
        let places = self.places_of_hits(span);
        HitsMark { levels: self.id, version: self.hits.version(), from: places.start, to: places.end }
    }

    /// Its hits and the bleed of other drums.
    pub fn struck(&self) -> &[LevelHit] {
        self.hits.struck()
    }

    /// Names [`Self::struck`].
    pub fn mark_of_struck(&self) -> HitsMark {
        HitsMark { levels: self.id, version: self.hits.struck_version(), from: 0, to: self.hits.struck().len() }
    }

    /// These of the struck hits are its own.
    pub fn set_own_hits(&mut self, is_own: &[bool]) {
        self.hits.set_own(is_own, &mut self.changes);
    }

    /// All hits that the gate let through: they show what kind of sound it is, if not how loud.
    pub fn onsets(&self) -> usize {
        self.hits.onsets()
    }
}
