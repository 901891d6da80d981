//! What changed since a reader's last update: places of the song, or of any other row, in the order of their change.

use std::collections::VecDeque;

/// Changes are kept over this many runs; who has missed more reads everything anew.
const KEPT: usize = 64;

/// Places `[from, to)` that changed one after the other.
#[derive(Clone, Copy, Debug)]
struct ChangedRun {
    /// The version before the first of them.
    before: u64,
    from: i32,
    to: i32,
}

/// A log of changed places. Its version grows by one with each place.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangeLog {
    version: u64,
    /// Readers of versions before this one have missed something that is no longer kept.
    forgotten: u64,
    runs: VecDeque<ChangedRun>,
}

impl ChangeLog {
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The places `[from, to)` are other than they were.
    pub fn note(&mut self, from: i32, to: i32) {
        if from >= to {
            return;
        }
        match self.runs.back_mut() {
            Some(last) if last.to == from => last.to = to,
            _ => self.runs.push_back(ChangedRun { before: self.version, from, to }),
        }
        self.version += (to - from) as u64;
        if self.runs.len() > KEPT {
            self.runs.pop_front();
            self.forgotten = self.runs.front().map_or(self.version, |run| run.before);
        }
    }

    /// Everything is other than it was.
    pub fn note_all(&mut self) {
        self.version += 1;
        self.forgotten = self.version;
        self.runs.clear();
    }

    /// Reports what changed after a version, oldest first; false where that is everything.
    pub fn since(&self, version: u64, mut report: impl FnMut(i32, i32)) -> bool {
        if version < self.forgotten || version > self.version {
            return false;
        }
        // Readers have seen all but the newest, as a rule.
        let first = self.runs.iter().rposition(|run| run.before <= version).unwrap_or(0);
        for run in self.runs.range(first..) {
            let seen = version.saturating_sub(run.before).min((run.to - run.from) as u64) as i32;
            if run.from + seen < run.to {
                report(run.from + seen, run.to);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(changes: &ChangeLog, version: u64) -> Option<Vec<(i32, i32)>> {
        let mut reported = Vec::new();
        changes.since(version, |from, to| reported.push((from, to))).then_some(reported)
    }

    #[test]
    fn a_reader_hears_of_what_came_after_its_version() {
        let mut changes = ChangeLog::default();
        changes.note(10, 11);
        changes.note(11, 14);
        let seen = changes.version();
        assert_eq!(since(&changes, 0), Some(vec![(10, 14)]));
        assert_eq!(since(&changes, 2), Some(vec![(12, 14)]), "in the middle of a run");
        changes.note(14, 15);
        changes.note(3, 5);
        assert_eq!(since(&changes, seen), Some(vec![(14, 15), (3, 5)]));
        assert_eq!(since(&changes, changes.version()), Some(vec![]));
        assert_eq!(since(&changes, changes.version() + 1), None, "another log's reader");
    }

    #[test]
    fn who_missed_too_much_reads_all() {
        let mut changes = ChangeLog::default();
        let mut versions = Vec::new();
        for place in 0..KEPT as i32 + 10 {
            versions.push(changes.version());
            changes.note(place * 5, place * 5 + 1);
        }
        assert_eq!(since(&changes, versions[9]), None);
        assert_eq!(since(&changes, versions[10]).map(|reported| reported.len()), Some(KEPT));
        changes.note_all();
        assert_eq!(since(&changes, changes.version() - 1), None);
        assert_eq!(since(&changes, changes.version()), Some(vec![]));
    }
}
