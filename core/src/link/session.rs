//! The tracks of one session, and what they share.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use super::collector::Collector;
use super::heard::{Heard, Pulse};
use super::lock;
use super::track::{Track, TrackConfig, TrackHandle, TrackWriter};
use super::transport::Transport;
use crate::mix::{Anchor, MixReport, Profile, Role, ScopeKind, SessionState, TrackId, TrackInput, assess, timeline};

/// Monitor checks end by themselves, should somebody forget one.
const MONO_LIMIT: Duration = Duration::from_secs(600);

/// The session of this process: one for each loaded binary.
pub fn session() -> &'static Session {
    static SESSION: LazyLock<Session> = LazyLock::new(Session::new);
    &SESSION
}

/// Tracks that are judged together, in the order they joined. For every thread but the audio thread, which has its
/// [`TrackWriter`]. What the user wished of a session ends with its last track.
#[derive(Debug, Default)]
pub struct Session {
    shared: Arc<Shared>,
}

impl Session {
    /// A session apart from [`session`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a track. The first one starts the collector thread.
    pub fn join(&self, config: TrackConfig) -> (TrackHandle, TrackWriter) {
        TrackHandle::new(&self.shared, |heard| {
            let mut members = lock(&self.shared.members);
            let (id, taken) = members.peers.free_id(config.id);
            let track = Arc::new(Track::new(id, members.peers.free_number(), config, heard));
            if taken {
                track.settings.set_reference(false);
            }
            members.peers.local.push(Arc::clone(&track));
            if members.collector.is_none() {
                members.collector = Collector::start(Arc::clone(&self.shared));
            }
            (track, taken)
        })
    }

    /// Collects what waits in the rings, so that a render is complete, then shows every track to `look`. Views wait for
    /// each other: `look` must not begin another, nor reset a held peak. It may drop handles and change settings.
    pub fn view<R>(&self, look: impl FnOnce(&[TrackInput<'_>], &SessionState) -> R) -> R {
        let tracks = self.shared.tracks();
        let mut heard: Vec<_> = tracks.iter().map(|track| lock(&track.heard)).collect();
        for heard in &mut heard {
            heard.collect();
            heard.straighten();
        }
        self.shared.update_transport(tracks.iter().zip(&heard));
        let names: Vec<_> = tracks.iter().map(|track| track.name()).collect();
        let inputs = tracks.iter().zip(&names).zip(&heard);
        let inputs: Vec<_> = inputs.map(|((track, name), heard)| input(track, name, heard)).collect();
        look(&inputs, &self.state())
    }

    /// Judges the session as it stands; a scope given here goes over the user's choice.
    pub fn report(&self, profile: &Profile, scope: Option<ScopeKind>, range_s: Option<(f64, f64)>) -> MixReport {
        self.view(|tracks, state| {
            let state = SessionState { scope: scope.or(state.scope), range_s: range_s.or(state.range_s), ..*state };
            let mut report = assess(tracks, profile, &state);
            report.timeline = timeline(tracks);
            report
        })
    }

    /// What holds for the whole session.
    pub fn state(&self) -> SessionState {
        let wishes = *lock(&self.shared.wishes);
        SessionState {
            transport: lock(&self.shared.transport).now(),
            scope: wishes.scope,
            range_s: wishes.range_s,
            anchor: wishes.anchor,
        }
    }

    /// The user's choice of scope; `None` follows the transport.
    pub fn set_scope(&self, scope: Option<ScopeKind>) {
        lock(&self.shared.wishes).scope = scope;
    }

    /// The range for [`ScopeKind::Range`], in seconds of song time.
    pub fn set_range(&self, range_s: Option<(f64, f64)>) {
        lock(&self.shared.wishes).range_s = range_s;
    }

    /// The track that stands in for an absent kick.
    pub fn set_anchor(&self, anchor: Option<TrackId>) {
        lock(&self.shared.wishes).anchor = anchor.map(Anchor);
    }

    /// Asks the mix bus to monitor in mono, for ten minutes at most.
    pub fn set_bus_mono(&self, on: bool) {
        let mut wishes = lock(&self.shared.wishes);
        wishes.mono_since = on.then(Instant::now);
        self.shared.bus_mono.store(on, Ordering::Relaxed);
    }

    pub fn bus_mono(&self) -> bool {
        self.shared.bus_mono_wanted()
    }

    /// A mix bus is there to do what the session asks of it.
    pub fn has_mix_bus(&self) -> bool {
        self.shared.tracks().iter().any(|track| track.role().0 == Role::MixBus)
    }

    /// Live tracks.
    pub fn len(&self) -> usize {
        lock(&self.shared.members).peers.local.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn input<'a>(track: &Track, name: &'a str, heard: &'a Heard) -> TrackInput<'a> {
    let (role, role_is_guess) = track.role();
    TrackInput {
        id: track.id(),
        name,
        role,
        role_is_guess,
        is_reference: track.settings.is_reference(),
        is_out: track.settings.is_out(),
        placement: track.settings.placement(),
        measure: track.settings.measure(),
        gain: track.settings.gain(),
        song: heard.song(),
        hops: heard.newest_hops(),
        held_peak: heard.held_peak(),
    }
}

/// What a session's tracks and its collector hold in common. Locks are taken in the order of the fields; those of the
/// tracks' `heard` come before `transport`, in join order, and never under `members`.
#[derive(Debug, Default)]
pub(super) struct Shared {
    members: Mutex<Members>,
    transport: Mutex<Transport>,
    wishes: Mutex<Wishes>,
    /// Apart from the other wishes, for the audio thread.
    bus_mono: AtomicBool,
}

#[derive(Debug, Default)]
struct Members {
    peers: Peers,
    collector: Option<Collector>,
}

/// What the user wished of the session.
#[derive(Clone, Copy, Debug, Default)]
struct Wishes {
    scope: Option<ScopeKind>,
    range_s: Option<(f64, f64)>,
    anchor: Option<Anchor>,
    mono_since: Option<Instant>,
}

/// Who takes part. Tracks of other binaries and processes would be [`Track`]s of the same kind in a list beside this
/// one, their [`TrackWriter`]s held by whoever reads the other side's hub file.
#[derive(Debug, Default)]
struct Peers {
    local: Vec<Arc<Track>>,
}

impl Peers {
    /// The stored id, or a new one where there is none or a live track has it (then true).
    fn free_id(&self, stored: Option<TrackId>) -> (TrackId, bool) {
        let stored = stored.filter(|id| *id != TrackId::default());
        match stored {
            Some(id) if !self.has(id) => (id, false),
            _ => (new_id(), stored.is_some()),
        }
    }

    /// The smallest number that names no live track.
    fn free_number(&self) -> usize {
        let taken: Vec<_> = self.local.iter().map(|track| track.number()).collect();
        (1..).find(|number| !taken.contains(number)).unwrap_or(1)
    }

    fn has(&self, id: TrackId) -> bool {
        self.local.iter().any(|track| track.id() == id)
    }
}

/// An id that no track of this process had, and by all odds none of another.
fn new_id() -> TrackId {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static RANDOM: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let mut hasher = RANDOM.build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    TrackId(hasher.finish().max(1))
}

impl Shared {
    /// Takes a track out. With the last one the wishes end and the collector thread does, too.
    pub fn leave(&self, track: &Arc<Track>) {
        let collector = {
            let mut members = lock(&self.members);
            members.peers.local.retain(|other| !Arc::ptr_eq(other, track));
            if !members.peers.local.is_empty() {
                return;
            }
            *lock(&self.transport) = Transport::default();
            *lock(&self.wishes) = Wishes::default();
            self.bus_mono.store(false, Ordering::Relaxed);
            members.collector.take()
        };
        // Outside the lock: the collector's last round may still want it.
        if let Some(collector) = collector {
            collector.stop();
        }
    }

    /// Gives a track the id that its project stored, unless another live track has it.
    pub fn adopt_id(&self, track: &Track, stored: TrackId) -> bool {
        let members = lock(&self.members);
        let old = track.id();
        if stored == old {
            return true;
        }
        if stored == TrackId::default() || members.peers.has(stored) {
            return false;
        }
        track.set_id(stored);
        let mut wishes = lock(&self.wishes);
        if wishes.anchor == Some(Anchor(old)) {
            wishes.anchor = Some(Anchor(stored));
        }
        true
    }

    /// A round of the collector. A track in somebody's view is left to that view, so that this never waits for one.
    pub fn tick(&self) {
        let tracks = self.tracks();
        let mut heard: Vec<_> = tracks.iter().filter_map(|track| try_lock(&track.heard)).collect();
        heard.iter_mut().for_each(|heard| heard.tick());
        if heard.len() == tracks.len() {
            self.update_transport(tracks.iter().zip(&heard));
        }
        self.end_mono_check(Instant::now());
    }

    pub fn end_bus_mono(&self) {
        self.bus_mono.store(false, Ordering::Relaxed);
    }

    pub fn bus_mono_wanted(&self) -> bool {
        self.bus_mono.load(Ordering::Relaxed)
    }

    fn tracks(&self) -> Vec<Arc<Track>> {
        lock(&self.members).peers.local.clone()
    }

    fn update_transport<'a>(&self, heard: impl Iterator<Item = (&'a Arc<Track>, &'a MutexGuard<'a, Heard>)>) {
        let pulses: Vec<(TrackId, Pulse)> =
            heard.filter_map(|(track, heard)| Some((track.id(), heard.pulse()?))).collect();
        lock(&self.transport).update(&pulses);
    }

    fn end_mono_check(&self, now: Instant) {
        let mut wishes = lock(&self.wishes);
        if wishes.mono_since.is_some_and(|since| now.saturating_duration_since(since) >= MONO_LIMIT) {
            wishes.mono_since = None;
            self.bus_mono.store(false, Ordering::Relaxed);
        }
    }
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgotten_mono_check_ends_after_ten_minutes() {
        let session = Session::new();
        let start = Instant::now();
        session.set_bus_mono(true);
        session.shared.end_mono_check(start + MONO_LIMIT - Duration::from_secs(1));
        assert!(session.bus_mono());
        session.shared.end_mono_check(Instant::now() + MONO_LIMIT);
        assert!(!session.bus_mono());
    }
}
