//! Who is there, and what holds for each session: what a binary's tracks and its threads have in common.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use smallvec::SmallVec;

use super::hub_status::HubState;
use super::members::{Circle, Peers};
use super::shared_settings::{Song, Stored, Wishes};
use super::sleep::settle;
use crate::link::lock::{lock, try_lock};
use crate::link::track::{ASKED_AT_ONCE, Heard, Pulse, SessionId, Track, TrackConfig, ask, new_number};
use crate::mix::TrackId;

/// Time between two rounds of the collector. The ring of hops lasts for 128 of them.
pub(crate) const TICK: Duration = Duration::from_millis(20);

/// Locks are taken in the order of the fields; those of the tracks' `heard` come before `songs`, in the order of the
/// circle, and never under `members`.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    members: Mutex<Peers>,
    /// Of the sessions that this binary's tracks take part in.
    songs: Mutex<BTreeMap<SessionId, Song>>,
    hub: Mutex<HubState>,
    /// Somebody looked since the collector's last round.
    looked: AtomicBool,
    /// Whose wish it was.
    author: u64,
}

impl Shared {
    pub fn new(is_linked: bool) -> Self {
        let state = if is_linked { HubState::default() } else { HubState::Off };
        Self { author: new_number(), hub: Mutex::new(state), ..Self::default() }
    }

    /// Puts a track among the others; true where its id was taken.
    pub fn add(&self, config: TrackConfig, heard: Heard) -> (Arc<Track>, bool) {
        let mut members = lock(&self.members);
        let (identity, is_taken) = members.identify(config.id, config.session);
        let track = Arc::new(Track::new(identity, members.free_number(), config, heard));
        if is_taken {
            track.settings.set_reference(false);
        }
        members.local.push(Arc::clone(&track));
        (track, is_taken)
    }

    /// Takes a track out; true where it was the last one. With the last one of a session its settings end.
    pub fn remove(&self, track: &Arc<Track>) -> bool {
        let mut members = lock(&self.members);
        members.local.retain(|other| !Arc::ptr_eq(other, track));
        track.mono.store(false, Ordering::Relaxed);
        self.drop_songs(&members);
        members.local.is_empty()
    }

    /// Forgets the tracks of other binaries.
    pub fn forget_remote(&self) {
        lock(&self.members).remote.clear();
    }

    fn drop_songs(&self, peers: &Peers) {
        let sessions = peers.own_sessions();
        lock(&self.songs).retain(|session, _| sessions.contains(session));
    }

    /// Gives a track the id that its project stored, unless another open track has it.
    pub fn adopt_id(&self, track: &Track, stored: TrackId) -> bool {
        let members = lock(&self.members);
        let old = track.id();
        if stored == old {
            return true;
        }
        let is_adopted = members.adopt_id(track, stored);
        if is_adopted && let Some(song) = lock(&self.songs).get_mut(&members.session_of(track)) {
            song.wish(self.author, |wishes| {
                wishes.anchor = wishes.anchor.map(|id| if id == old { stored } else { id });
                if wishes.ignored.remove(&old) {
                    wishes.ignored.insert(stored);
                }
            });
        }
        is_adopted
    }

    /// Puts a track into the session that its project stored.
    pub fn adopt_session(&self, track: &Track, stored: SessionId) {
        let members = lock(&self.members);
        track.identity.set_session(stored);
        self.drop_songs(&members);
    }

    pub fn session_of(&self, track: &Track) -> SessionId {
        lock(&self.members).session_of(track)
    }

    /// The session as `who` sees it, or the first track.
    pub fn circle(&self, who: Option<&Track>) -> Option<Circle> {
        let members = lock(&self.members);
        members.circle(who, &lock(&self.songs))
    }

    /// Live tracks of this binary.
    pub fn len(&self) -> usize {
        lock(&self.members).local.len()
    }

    /// Reads or changes a session's song.
    pub fn with_song<R>(&self, session: SessionId, change: impl FnOnce(&mut Song) -> R) -> R {
        change(lock(&self.songs).entry(session).or_default())
    }

    /// Changes what a session wishes, for all that take part.
    pub fn wish(&self, circle: &Circle, change: impl FnOnce(&mut Wishes)) {
        self.with_song(circle.session, |song| song.wish(self.author, change));
        self.spread_mono(circle);
    }

    /// Puts back what a project stored of its session.
    pub fn restore(&self, session: SessionId, stored: Stored) {
        self.with_song(session, |song| song.restore(self.author, stored));
    }

    /// Whether the mix bus is to monitor in mono. The audio thread may have taken that back.
    pub fn mono_wanted(&self, circle: &Circle) -> bool {
        let ended = |track: &Arc<Track>| track.mono_ended.swap(false, Ordering::Relaxed);
        if circle.tracks.iter().filter(|track| ended(track)).count() > 0 {
            self.wish(circle, |wishes| wishes.mono = false);
        }
        self.with_song(circle.session, |song| song.wishes.mono)
    }

    fn spread_mono(&self, circle: &Circle) {
        let mono = self.with_song(circle.session, |song| song.wishes.mono);
        circle.tracks.iter().for_each(|track| track.mono.store(mono, Ordering::Relaxed));
    }

    /// Somebody looks: what other processes tell is wanted fresh.
    pub fn look(&self) {
        self.looked.store(true, Ordering::Relaxed);
    }

    pub fn take_look(&self) -> bool {
        self.looked.swap(false, Ordering::Relaxed)
    }

    pub fn hub_state(&self) -> HubState {
        lock(&self.hub).clone()
    }

    pub fn set_hub_state(&self, state: HubState) {
        *lock(&self.hub) = state;
    }

    /// Grows with every wish of any session, here or learnt.
    pub fn wishes_made(&self) -> u64 {
        lock(&self.songs).values().map(|song| song.wishes.stamp.0).sum()
    }

    /// For the hub: who takes part, and what they wish.
    pub fn with_peers<R>(&self, change: impl FnOnce(&mut Peers, &mut BTreeMap<SessionId, Song>) -> R) -> R {
        let mut members = lock(&self.members);
        change(&mut members, &mut lock(&self.songs))
    }

    pub fn local(&self) -> Vec<Arc<Track>> {
        lock(&self.members).local.clone()
    }

    /// A round of the collector. A track in somebody's view is left for the next one, so that this never waits.
    pub fn tick(&self) {
        let everybody: Vec<_> = {
            let members = lock(&self.members);
            let remote = members.remote.iter().map(|remote| &remote.track);
            members.local.iter().chain(remote).cloned().collect()
        };
        for some in everybody.chunks(ASKED_AT_ONCE) {
            let mut heard: SmallVec<[_; ASKED_AT_ONCE]> =
                some.iter().filter_map(|track| try_lock(&track.heard)).collect();
            ask(&heard);
            heard.iter_mut().for_each(|heard| heard.tick());
        }
        let circles = self.with_peers(|peers, songs| {
            let sessions = peers.own_sessions();
            songs.retain(|session, _| sessions.contains(session));
            peers.circles(songs)
        });
        for circle in circles {
            self.tick_song(&circle);
        }
    }

    fn tick_song(&self, circle: &Circle) {
        let mut heard = Vec::with_capacity(circle.tracks.len());
        heard.extend(circle.tracks.iter().filter_map(|track| try_lock(&track.heard)));
        if heard.len() == circle.tracks.len() {
            settle(&mut heard[..circle.local()], Instant::now());
            self.update_transport(circle.session, circle.tracks.iter().zip(&heard));
        }
        drop(heard);
        self.mono_wanted(circle);
        self.with_song(circle.session, |song| song.end_mono(Instant::now(), self.author));
        self.spread_mono(circle);
    }

    pub fn update_transport<'a>(
        &self,
        session: SessionId,
        heard: impl Iterator<Item = (&'a Arc<Track>, &'a MutexGuard<'a, Heard>)>,
    ) {
        let mut pulses: Vec<(TrackId, Pulse<'_>)> = Vec::with_capacity(heard.size_hint().1.unwrap_or(0));
        pulses.extend(heard.filter_map(|(track, heard)| Some((track.id(), heard.pulse()?))));
        self.with_song(session, |song| song.transport.update(&pulses));
    }
}
