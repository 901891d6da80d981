//! A track's hits: as they ended, cell by cell, and in song order without the faint ones. Levels before the gain.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::HIT_RANGE;
use crate::dsp::Cell;
use crate::mix::song::{CELLS_PER_S, CellSpan, ChangeLog};
use crate::units::Db;

/// Hits of several tracks that lie this close are one, in seconds.
const TOGETHER_S: f64 = 0.05;

/// One hit; powers are mean squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LevelHit {
    pub onset_s: f64,
    /// Minus infinity for silence.
    pub peak_db: f64,
    pub power: f64,
    pub k_power: f64,
    /// The cell in which its window ended.
    ends_in: i32,
}

impl LevelHit {
    /// The hit that ended in a cell; after the cell's gain where it has its own.
    pub fn new(cell: &Cell, automated: bool) -> Option<Self> {
        let hit = cell.hit()?;
        let gain = if automated { f64::from(cell.gain) } else { 1.0 };
        Some(Self {
            onset_s: hit.onset as f64 / 100.0,
            peak_db: Db::from_amplitude(f64::from(hit.peak) * gain).map_or(f64::NEG_INFINITY, |db| db.0),
            power: f64::from(hit.power) * gain * gain,
            k_power: f64::from(hit.k_power) * gain * gain,
            ends_in: cell.index,
        })
    }

    /// The cell of the onset.
    pub fn cell(&self) -> i32 {
        (self.onset_s * CELLS_PER_S).floor() as i32
    }

    /// After a gain.
    pub fn amplified(&self, gain: f64) -> Self {
        Self {
            peak_db: self.peak_db + 20.0 * gain.log10(),
            power: self.power * gain * gain,
            k_power: self.k_power * gain * gain,
            ..*self
        }
    }

    /// One channel as it is heard from two.
    fn on_both_sides(self) -> Self {
        Self { power: 2.0 * self.power, k_power: 2.0 * self.k_power, ..self }
    }

    fn order(&self, other: &Self) -> Ordering {
        self.onset_s.total_cmp(&other.onset_s).then(self.ends_in.cmp(&other.ends_in))
    }
}

/// A member's hits on their way into a part.
#[derive(Clone, Copy, Debug)]
pub(super) struct MemberHits<'a> {
    pub hits: &'a [LevelHit],
    pub gain: f64,
    /// Its one channel is heard from both sides of the part.
    pub is_doubled: bool,
}

/// `partition_point`, searched from the end: readers mostly ask for what was heard last, and what lies farther back is not in
/// the processor's caches.
pub(super) fn end_of<T>(row: &[T], is_before: impl Fn(&T) -> bool) -> usize {
    let (mut step, mut to) = (1, row.len());
    while step <= to && !is_before(&row[to - step]) {
        to -= step;
        step *= 2;
    }
    let from = to.saturating_sub(step);
    from + row[from..to].partition_point(is_before)
}

/// The hits of a track, or of a part.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    /// All, by the cell in which they ended.
    all: Vec<LevelHit>,
    /// In song order, without what the gate took for hits only because nothing louder had come yet: bleed before a tom's
    /// first fill. A second pass over the song would not hear it either.
    struck: Vec<LevelHit>,
    /// Those that are no bleed of another drum, where bleed is searched; else all.
    own: Option<Vec<LevelHit>>,
    loudest: f64,
    onsets: usize,
    /// Grows with each change of those that were struck but for another one behind them all; and the same of its own.
    version: u64,
    own_version: u64,
}

impl Hits {
    /// None, but a version of their own.
    pub fn emptied(&self) -> Self {
        Self { version: self.version + 1, own_version: self.own_version, ..Self::default() }
    }

    /// Puts what ended in these cells in the place of what had.
    pub fn overwrite(&mut self, span: CellSpan, new: impl Iterator<Item = LevelHit>, changes: &mut ChangeLog) {
        let start = end_of(&self.all, |hit| hit.ends_in < span.from);
        let end = start + self.all[start..].partition_point(|hit| hit.ends_in < span.to);
        let new: SmallVec<[LevelHit; 4]> = new.collect();
        if self.all[start..end] == new[..] {
            return;
        }
        let old: Vec<LevelHit> = self.all.splice(start..end, new.iter().copied()).collect();
        self.onsets = self.all.len();
        let loudest_of = |hits: &[LevelHit]| hits.iter().map(|hit| hit.power).fold(0.0, f64::max);
        let loudest =
            if loudest_of(&old) >= self.loudest { loudest_of(&self.all) } else { self.loudest.max(loudest_of(&new)) };
        if loudest != self.loudest {
            self.loudest = loudest;
            self.version += 1;
            self.recount(changes);
            return;
        }
        let counts = |hit: &&LevelHit| hit.power >= loudest * HIT_RANGE;
        for hit in old.iter().filter(counts) {
            if let Ok(place) = self.struck.binary_search_by(|other| other.order(hit)) {
                self.struck.remove(place);
                self.version += 1;
                changes.note(hit.cell(), hit.cell() + 1);
            }
        }
        for hit in new.iter().filter(counts) {
            let place = end_of(&self.struck, |other| other.order(hit).is_lt());
            self.version += u64::from(place < self.struck.len());
            self.struck.insert(place, *hit);
            changes.note(hit.cell(), hit.cell() + 1);
        }
    }

    /// Finds those that count anew.
    fn recount(&mut self, changes: &mut ChangeLog) {
        let mut struck = self.all.clone();
        struck.retain(|hit| hit.power >= self.loudest * HIT_RANGE);
        struck.sort_by(LevelHit::order);
        let old = std::mem::replace(&mut self.struck, struck);
        note_differences(&old, &self.struck, changes);
    }

    /// These of the struck hits are the track's own, the others bleed.
    pub fn set_own(&mut self, is_own: &[bool], changes: &mut ChangeLog) {
        let has_bleed = is_own.contains(&false);
        if !has_bleed && self.own.is_none() {
            return;
        }
        let own = self.struck.iter().zip(is_own).filter(|(_, own)| **own).map(|(hit, _)| *hit);
        let new: Vec<LevelHit> = own.collect();
        let old = self.own.as_deref().unwrap_or(&self.struck);
        note_differences(old, &new, changes);
        let goes_on = self.own.is_some() && has_bleed && new.starts_with(old);
        self.own_version += u64::from(!goes_on);
        self.own = has_bleed.then_some(new);
    }

    /// Joins the members' hits in these seconds: those within 50 ms are one, whose peak is the loudest member's, and whose
    /// powers add. The seconds begin and end where there is nothing to join.
    pub fn join(&mut self, members: &[MemberHits<'_>], from_s: f64, to_s: f64, changes: &mut ChangeLog) {
        let mut hits: Vec<LevelHit> = Vec::new();
        for MemberHits { hits: all, gain, is_doubled } in members {
            let start = all.partition_point(|hit| hit.onset_s < from_s);
            let end = start + all[start..].partition_point(|hit| hit.onset_s <= to_s);
            let heard = |hit: LevelHit| if *is_doubled { hit.on_both_sides() } else { hit };
            hits.extend(all[start..end].iter().map(|hit| heard(hit.amplified(*gain))));
        }
        hits.sort_by(|a, b| a.onset_s.total_cmp(&b.onset_s));
        let mut joined: Vec<LevelHit> = Vec::with_capacity(hits.len());
        for hit in hits {
            match joined.last_mut() {
                Some(last) if hit.onset_s - last.onset_s <= TOGETHER_S => {
                    last.peak_db = last.peak_db.max(hit.peak_db);
                    last.power += hit.power;
                    last.k_power += hit.k_power;
                }
                _ => joined.push(hit),
            }
        }
        let start = self.struck.partition_point(|hit| hit.onset_s < from_s);
        let end = start + self.struck[start..].partition_point(|hit| hit.onset_s <= to_s);
        let old: Vec<LevelHit> = self.struck.splice(start..end, joined.iter().copied()).collect();
        if old != joined {
            let is_behind_all = old.is_empty() && start + joined.len() == self.struck.len();
            self.version += u64::from(!is_behind_all);
            let cells = || old.iter().chain(&joined).map(LevelHit::cell);
            if let (Some(from), Some(to)) = (cells().min(), cells().max()) {
                changes.note(from, to + 1);
            }
        }
    }

    /// These seconds, drawn out until no hit within reach of them is left outside.
    pub fn reach(members: &[MemberHits<'_>], mut from_s: f64, mut to_s: f64) -> (f64, f64) {
        let before = |limit: f64| {
            let last =
                |all: &[LevelHit]| all[..all.partition_point(|hit| hit.onset_s < limit)].last().map(|hit| hit.onset_s);
            members.iter().filter_map(|member| last(member.hits)).max_by(f64::total_cmp)
        };
        let after = |limit: f64| {
            let next =
                |all: &[LevelHit]| all.get(all.partition_point(|hit| hit.onset_s <= limit)).map(|hit| hit.onset_s);
            members.iter().filter_map(|member| next(member.hits)).min_by(f64::total_cmp)
        };
        while let Some(onset_s) = before(from_s).filter(|onset_s| from_s - onset_s <= 2.0 * TOGETHER_S) {
            from_s = onset_s;
        }
        while let Some(onset_s) = after(to_s).filter(|onset_s| onset_s - to_s <= 2.0 * TOGETHER_S) {
            to_s = onset_s;
        }
        (from_s, to_s)
    }

    pub fn set_onsets(&mut self, onsets: usize) {
        self.onsets = onsets;
    }

    /// The track's own, without the faint ones.
    pub fn counted(&self) -> &[LevelHit] {
        self.own.as_deref().unwrap_or(&self.struck)
    }

    /// Those and the bleed of other drums.
    pub fn struck(&self) -> &[LevelHit] {
        &self.struck
    }

    pub fn onsets(&self) -> usize {
        self.onsets
    }

    /// Of [`Self::counted`].
    pub fn version(&self) -> u64 {
        self.version + self.own_version
    }

    /// Of [`Self::struck`].
    pub fn struck_version(&self) -> u64 {
        self.version
    }

    pub fn heap_bytes(&self) -> usize {
        let own = self.own.as_ref().map_or(0, Vec::capacity);
        (self.all.capacity() + self.struck.capacity() + own) * size_of::<LevelHit>()
    }
}

/// Notes the cells between the first and the last hit that is not in both.
fn note_differences(old: &[LevelHit], new: &[LevelHit], changes: &mut ChangeLog) {
    let alike = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[alike..], &new[alike..]);
    let alike = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let differ = || old[..old.len() - alike].iter().chain(&new[..new.len() - alike]).map(LevelHit::cell);
    if let (Some(from), Some(to)) = (differ().min(), differ().max()) {
        changes.note(from, to + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn looked_for_from_the_end_the_place_is_the_same() {
        for len in [0, 1, 2, 3, 7, 8, 100] {
            let row: Vec<i32> = (0..len).map(|k| k / 2).collect();
            for limit in -1..=len {
                let expected = row.partition_point(|value| *value < limit);
                assert_eq!(end_of(&row, |value| *value < limit), expected, "{limit} of {len}");
            }
        }
    }
}
