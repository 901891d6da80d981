//! What one session's tracks share beside their sound: what the user wished, and where the transport is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::session_transport::Transport;
use crate::mix::{Assessor, ScopeKind, TrackId};

/// Monitor checks end by themselves, should somebody forget one.
const MONO_LIMIT: Duration = Duration::from_secs(600);

/// Tracks that a session may leave out of judgement.
pub(crate) const MOST_IGNORED: usize = 256;

/// What the user wished of a session, the same in all its processes: the last writer wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wishes {
    pub scope: Option<ScopeKind>,
    pub range_s: Option<(f64, f64)>,
    pub anchor: Option<TrackId>,
    /// The mix bus is to monitor in mono.
    pub mono: bool,
    /// Name or path of the target profile; `None` where nobody chose one: the guide's.
    pub profile: Option<String>,
    /// Tracks left out of judgement.
    pub ignored: BTreeSet<TrackId>,
    /// Links with everybody who typed the same.
    pub code: Option<String>,
    /// A logical clock, and who wrote: the greater wins. (0, 0) where nobody wished anything.
    pub stamp: (u64, u64),
}

/// What a project keeps of its session's wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub code: Option<String>,
    pub profile: Option<String>,
    pub ignored: BTreeSet<TrackId>,
}

/// One session in this binary.
#[derive(Debug, Default)]
pub(crate) struct Song {
    /// What was read of the session, for all its views. Locked after the tracks' `heard`, and under no other lock.
    pub assessor: Arc<Mutex<Assessor>>,
    pub transport: Transport,
    pub wishes: Wishes,
    mono_since: Option<Instant>,
}

impl Song {
    /// Changes the wishes, later than all that was wished before.
    pub fn wish(&mut self, author: u64, change: impl FnOnce(&mut Wishes)) {
        let before = self.wishes.clone();
        change(&mut self.wishes);
        if self.wishes != before {
            self.wishes.stamp = (before.stamp.0 + 1, author);
            self.time_mono(Instant::now());
        }
    }

    /// Puts back what a project stored. Before anybody wished anything it counts for less than any wish: who opens the
    /// project later, or opens it in another process, takes nothing back that was wished meanwhile.
    pub fn restore(&mut self, author: u64, stored: Stored) {
        let Stored { code, profile, ignored } = stored;
        let is_fresh = self.wishes.stamp.0 == 0;
        let change = |wishes: &mut Wishes| {
            wishes.code = wishes.code.take().or(code);
            wishes.profile = wishes.profile.take().or(profile);
            if is_fresh {
                wishes.ignored.extend(ignored.into_iter().take(MOST_IGNORED));
            }
        };
        if !is_fresh {
            return self.wish(author, change);
        }
        let before = self.wishes.clone();
        change(&mut self.wishes);
        if self.wishes != before {
            self.wishes.stamp = (0, author);
        }
    }

    /// Takes in what was wished elsewhere; true where that was later.
    pub fn learn(&mut self, wishes: &Wishes) -> bool {
        let is_later = wishes.stamp > self.wishes.stamp;
        if is_later {
            self.wishes = wishes.clone();
            self.time_mono(Instant::now());
        }
        is_later
    }

    /// Ends a mono check that somebody forgot; true where it did.
    pub fn end_mono(&mut self, now: Instant, author: u64) -> bool {
        let over = self.mono_since.is_some_and(|since| now.saturating_duration_since(since) >= MONO_LIMIT);
        if over {
            self.wish(author, |wishes| wishes.mono = false);
        }
        over
    }

    fn time_mono(&mut self, now: Instant) {
        self.mono_since = self.wishes.mono.then(|| self.mono_since.unwrap_or(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_writer_wins_wherever_it_is() {
        let (mut here, mut there) = (Song::default(), Song::default());
        here.wish(1, |wishes| wishes.scope = Some(ScopeKind::Song));
        here.wish(1, |wishes| wishes.scope = Some(ScopeKind::Loudest));
        there.wish(2, |wishes| wishes.mono = true);
        assert!(there.learn(&here.wishes) && !here.learn(&there.wishes));
        assert_eq!((there.wishes.scope, there.wishes.mono), (Some(ScopeKind::Loudest), false));
        there.wish(2, |wishes| wishes.mono = true);
        assert!(here.learn(&there.wishes), "written after all that it had seen");
        assert_eq!(here.wishes, there.wishes);
        let (mut a, mut b) = (Song::default(), Song::default());
        a.wish(1, |wishes| wishes.anchor = Some(TrackId(1)));
        b.wish(2, |wishes| wishes.anchor = Some(TrackId(2)));
        let first = a.wishes.clone();
        a.learn(&b.wishes);
        b.learn(&first);
        assert_eq!(a.wishes, b.wishes, "two at once: both sides settle on the same");
        b.wish(2, |_| ());
        assert_eq!(a.wishes.stamp, b.wishes.stamp, "no change is no wish");
    }

    #[test]
    fn what_a_project_stored_yields_to_every_wish() {
        let stored = |profile: &str, ignored: &[u64]| Stored {
            profile: Some(profile.into()),
            ignored: ignored.iter().copied().map(TrackId).collect(),
            ..Stored::default()
        };
        let (mut here, mut there) = (Song::default(), Song::default());
        here.restore(9, stored("loud", &[1, 2]));
        assert_eq!((here.wishes.profile.as_deref(), here.wishes.ignored.len()), (Some("loud"), 2));
        there.wish(2, |wishes| wishes.ignored = [TrackId(3)].into());
        assert!(here.learn(&there.wishes) && here.wishes.ignored == [TrackId(3)].into());
        here.restore(9, stored("late", &[4]));
        assert_eq!(here.wishes.ignored, [TrackId(3)].into(), "taken back by somebody, it stays so");
        assert_eq!(here.wishes.profile.as_deref(), Some("late"), "where nobody chose one");
        here.restore(9, stored("later", &[]));
        assert_eq!(here.wishes.profile.as_deref(), Some("late"));
        let mut fresh = Song::default();
        fresh.restore(5, stored("loud", &[]));
        assert!(there.learn(&here.wishes) && !there.learn(&fresh.wishes) && fresh.learn(&there.wishes));
    }

    #[test]
    fn a_forgotten_mono_check_ends_after_ten_minutes() {
        let mut song = Song::default();
        song.wish(1, |wishes| wishes.mono = true);
        assert!(!song.end_mono(Instant::now() + MONO_LIMIT - Duration::from_secs(1), 1));
        assert!(song.wishes.mono);
        assert!(song.end_mono(Instant::now() + MONO_LIMIT, 1) && !song.wishes.mono);
        assert!(!song.end_mono(Instant::now() + MONO_LIMIT * 2, 1));
    }
}
