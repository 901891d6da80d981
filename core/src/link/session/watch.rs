//! A session under watch: its newest judgement, and what moves on the screen.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::Session;
use crate::link::lock::{lock, try_lock};
use crate::link::track::Track;
use crate::mix::{LiveMeters, MixReport, Profile, SessionState, TrackId, assess};

/// A judgement, and the tracks that it is about.
#[derive(Debug)]
pub struct Snapshot {
    /// What was found.
    pub report: Arc<MixReport>,
    /// In the order of the report's.
    pub(super) tracks: Vec<Arc<Track>>,
}

impl Snapshot {
    fn empty() -> Arc<Self> {
        let report = assess(&[], &Profile::guide(), &SessionState::default());
        Arc::new(Self { report: Arc::new(report), tracks: Vec::new() })
    }

    /// The same with one more note.
    pub(super) fn with_note(&self, note: &str) -> Self {
        let mut report = MixReport::clone(&self.report);
        if !report.notes.iter().any(|other| other == note) {
            report.notes.insert(0, note.to_owned());
        }
        Self { report: Arc::new(report), tracks: self.tracks.clone() }
    }

    /// The newest hops of a track, read; `None` where it is not there, or just being judged: what was shown stands.
    pub fn live(&self, track: TrackId) -> Option<LiveMeters> {
        let place = self.report.tracks.iter().position(|report| report.id == track)?;
        let track = self.tracks.get(place)?;
        let mut inbox = try_lock(&track.inbox)?;
        track.take_peak_reset(&mut inbox);
        inbox.collect();
        Some(LiveMeters::of(inbox.newest_hops(), inbox.held_peak()))
    }
}

/// What the judge knows of one who watches.
#[derive(Debug)]
pub(super) struct Watched {
    pub session: Session,
    profile: Mutex<Arc<Profile>>,
    snapshot: Mutex<Arc<Snapshot>>,
    is_asked: AtomicBool,
}

impl Watched {
    pub fn new(session: Session, profile: Arc<Profile>) -> Arc<Self> {
        let (snapshot, profile) = (Mutex::new(Snapshot::empty()), Mutex::new(profile));
        Arc::new(Self { session, profile, snapshot, is_asked: AtomicBool::new(false) })
    }

    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&lock(&self.profile))
    }

    pub fn take_asked(&self) -> bool {
        self.is_asked.swap(false, Ordering::Acquire)
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&lock(&self.snapshot))
    }

    pub fn publish(&self, snapshot: &Arc<Snapshot>) {
        *lock(&self.snapshot) = Arc::clone(snapshot);
    }
}

/// Keeps a session judged for as long as it lives: twice a second while it plays, at once when something is set. For
/// windows, which judge nothing themselves; no method waits for a judgement.
///
/// ```
/// use std::sync::Arc;
///
/// use keel_core::link::{Session, TrackConfig};
/// use keel_core::mix::Profile;
///
/// let session = Session::new();
/// let (kick, _writer) = session.join(TrackConfig::default());
/// let watch = kick.watch(Arc::new(Profile::guide()));
/// // In each frame of a window:
/// let snapshot = watch.snapshot();
/// let meters = snapshot.live(kick.id());
/// # let _ = meters;
/// ```
#[derive(Debug)]
pub struct Watch {
    watched: Arc<Watched>,
}

impl Watch {
    pub(super) fn new(session: Session, profile: Arc<Profile>) -> Self {
        let watched = Watched::new(session, profile);
        watched.session.binary.watch(&watched);
        Self { watched }
    }

    /// The newest judgement; empty until the first is made.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.watched.snapshot()
    }

    /// What to judge by from now on.
    pub fn set_profile(&self, profile: Arc<Profile>) {
        let before = std::mem::replace(&mut *lock(&self.watched.profile), Arc::clone(&profile));
        if !Arc::ptr_eq(&before, &profile) {
            self.ask();
        }
    }

    /// Something was set here: the next judgement is made now.
    pub fn ask(&self) {
        self.watched.is_asked.store(true, Ordering::Release);
        self.watched.session.binary.ask();
    }
}
