//! What one session's tracks share beside their sound: what the user set, and where the transport is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::names_heard::NamesHeard;
use super::session_transport::TransportFollower;
use crate::mix::{Assessor, ScopeKind, TrackId};

/// Monitor checks end by themselves, should one be forgotten.
const MONO_LIMIT: Duration = Duration::from_secs(600);

/// Tracks that a session may leave out of judgement.
pub(crate) const MOST_IGNORED: usize = 256;

/// What the user set for a session, the same in all its processes: the last writer wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SharedSettings {
    pub scope: Option<ScopeKind>,
    pub range_s: Option<(f64, f64)>,
    pub stand_in: Option<TrackId>,
    /// The mix bus is to monitor in mono.
    pub mono: bool,
    /// Name or path of the target profile; `None` where none was chosen: the guide's.
    pub profile: Option<String>,
    /// Tracks left out of judgement.
    pub ignored: BTreeSet<TrackId>,
    /// Links with all sessions of the same code.
    pub code: Option<String>,
    /// A logical clock, and who wrote: the greater wins. (0, 0) where nothing was set.
    pub stamp: (u64, u64),
}

/// What a project keeps of its session's shared settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredSettings {
    /// The session code.
    pub code: Option<String>,
    /// Name or path of the profile.
    pub profile: Option<String>,
    /// Tracks left out of judgement.
    pub ignored: BTreeSet<TrackId>,
}

/// One session in this binary.
#[derive(Debug, Default)]
pub(crate) struct SessionRecord {
    /// What was read of the session, for all its views. Locked after the tracks' `inbox`, and under no other lock.
    pub assessor: Arc<Mutex<Assessor>>,
    pub transport: TransportFollower,
    pub shared: SharedSettings,
    pub names: NamesHeard,
    mono_since: Option<Instant>,
}

impl SessionRecord {
    /// Changes the settings, later than all that was set before.
    pub fn change(&mut self, author: u64, change: impl FnOnce(&mut SharedSettings)) {
        let before = self.shared.clone();
        change(&mut self.shared);
        if self.shared != before {
            self.shared.stamp = (before.stamp.0 + 1, author);
            self.time_mono(Instant::now());
        }
    }

    /// Puts back what a project stored. Before anything was set it counts for less than any setting: who opens the
    /// project later, or opens it in another process, takes nothing back that was set meanwhile.
    pub fn restore(&mut self, author: u64, stored: StoredSettings) {
        let StoredSettings { code, profile, ignored } = stored;
        let is_fresh = self.shared.stamp.0 == 0;
        let change = |shared: &mut SharedSettings| {
            shared.code = shared.code.take().or(code);
            shared.profile = shared.profile.take().or(profile);
            if is_fresh {
                shared.ignored.extend(ignored.into_iter().take(MOST_IGNORED));
            }
        };
        if !is_fresh {
            return self.change(author, change);
        }
        let before = self.shared.clone();
        change(&mut self.shared);
        if self.shared != before {
            self.shared.stamp = (0, author);
        }
    }

    /// Takes in what was set elsewhere; true where that was later.
    pub fn learn(&mut self, shared: &SharedSettings) -> bool {
        let is_later = shared.stamp > self.shared.stamp;
        if is_later {
            self.shared = shared.clone();
            self.time_mono(Instant::now());
        }
        is_later
    }

    /// Ends a mono check that was forgotten; true where it did.
    pub fn end_mono(&mut self, now: Instant, author: u64) -> bool {
        let over = self.mono_since.is_some_and(|since| now.saturating_duration_since(since) >= MONO_LIMIT);
        if over {
            self.change(author, |shared| shared.mono = false);
        }
        over
    }

    fn time_mono(&mut self, now: Instant) {
        self.mono_since = self.shared.mono.then(|| self.mono_since.unwrap_or(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_writer_wins_wherever_it_is() {
        let (mut here, mut there) = (SessionRecord::default(), SessionRecord::default());
        here.change(1, |shared| shared.scope = Some(ScopeKind::Song));
        here.change(1, |shared| shared.scope = Some(ScopeKind::Loudest));
        there.change(2, |shared| shared.mono = true);
        assert!(there.learn(&here.shared) && !here.learn(&there.shared));
        assert_eq!((there.shared.scope, there.shared.mono), (Some(ScopeKind::Loudest), false));
        there.change(2, |shared| shared.mono = true);
        assert!(here.learn(&there.shared), "written after all that it had seen");
        assert_eq!(here.shared, there.shared);
        let (mut a, mut b) = (SessionRecord::default(), SessionRecord::default());
        a.change(1, |shared| shared.stand_in = Some(TrackId(1)));
        b.change(2, |shared| shared.stand_in = Some(TrackId(2)));
        let first = a.shared.clone();
        a.learn(&b.shared);
        b.learn(&first);
        assert_eq!(a.shared, b.shared, "two at once: both sides settle on the same");
        b.change(2, |_| ());
        assert_eq!(a.shared.stamp, b.shared.stamp, "nothing was changed");
    }

    #[test]
    fn what_a_project_stored_yields_to_every_wish() {
        let stored = |profile: &str, ignored: &[u64]| StoredSettings {
            profile: Some(profile.into()),
            ignored: ignored.iter().copied().map(TrackId).collect(),
            ..StoredSettings::default()
        };
        let (mut here, mut there) = (SessionRecord::default(), SessionRecord::default());
        here.restore(9, stored("loud", &[1, 2]));
        assert_eq!((here.shared.profile.as_deref(), here.shared.ignored.len()), (Some("loud"), 2));
        there.change(2, |shared| shared.ignored = [TrackId(3)].into());
        assert!(here.learn(&there.shared) && here.shared.ignored == [TrackId(3)].into());
        here.restore(9, stored("late", &[4]));
        assert_eq!(here.shared.ignored, [TrackId(3)].into(), "taken back by the user, it stays so");
        assert_eq!(here.shared.profile.as_deref(), Some("late"), "where none was chosen");
        here.restore(9, stored("later", &[]));
        assert_eq!(here.shared.profile.as_deref(), Some("late"));
        let mut fresh = SessionRecord::default();
        fresh.restore(5, stored("loud", &[]));
        assert!(there.learn(&here.shared) && !there.learn(&fresh.shared) && fresh.learn(&there.shared));
    }

    #[test]
    fn a_forgotten_mono_check_ends_after_ten_minutes() {
        let mut record = SessionRecord::default();
        record.change(1, |shared| shared.mono = true);
        assert!(!record.end_mono(Instant::now() + MONO_LIMIT - Duration::from_secs(1), 1));
        assert!(record.shared.mono);
        assert!(record.end_mono(Instant::now() + MONO_LIMIT, 1) && !record.shared.mono);
        assert!(!record.end_mono(Instant::now() + MONO_LIMIT * 2, 1));
    }
}
