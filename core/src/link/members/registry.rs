//! Who is there, and what holds for each session: what a binary's tracks and its threads have in common.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use smallvec::SmallVec;

use super::hub_status::HubStatus;
use super::members::{Members, SessionMembers};
use super::names_heard;
use super::shared_settings::{SessionRecord, SharedSettings, StoredSettings};
use super::sleep::settle;
use crate::link::lock::{lock, try_lock};
use crate::link::track::{ASKED_AT_ONCE, Inbox, Pulse, SessionId, Track, TrackConfig, ask, new_number};
use crate::mix::{TrackId, guess};

/// Time between two rounds of the collector. The ring of hops lasts for 128 of them.
pub(crate) const TICK: Duration = Duration::from_millis(20);

/// Hosts name the tracks of a project one after the other: 10 s after the last name, guesses are settled.
const SETTLED_AFTER: u32 = (Duration::from_secs(10).as_millis() / TICK.as_millis()) as u32;

/// Locks are taken in the order of the fields; those of the tracks' `inbox` come before `records`, in the order of their
/// addresses, and never under `members`.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    members: Mutex<Members>,
    /// Of the sessions that this binary's tracks take part in.
    records: Mutex<BTreeMap<SessionId, SessionRecord>>,
    hub: Mutex<HubStatus>,
    /// Someone asked for the other instances since the collector last looked.
    is_wanted: AtomicBool,
    /// When the collector was last round.
    round: Mutex<Option<Instant>>,
    /// This binary, as it signs the changes that it makes to a record.
    author: u64,
}

impl Registry {
    pub fn new(is_linked: bool) -> Self {
        let state = if is_linked { HubStatus::default() } else { HubStatus::Off };
        Self { author: new_number(), hub: Mutex::new(state), ..Self::default() }
    }

    /// Puts a track among the others; true where its id was taken.
    pub fn add(&self, config: TrackConfig, inbox: Inbox) -> (Arc<Track>, bool) {
        let mut members = lock(&self.members);
        let (identity, is_taken) = members.identify(config.id, config.session);
        let track = Arc::new(Track::new(identity, members.free_number(), config, inbox));
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
        self.drop_records(&members);
        members.local.is_empty()
    }

    /// Forgets the tracks of other binaries.
    pub fn forget_remote(&self) {
        lock(&self.members).remote.clear();
    }

    fn drop_records(&self, members: &Members) {
        let sessions = members.own_sessions();
        lock(&self.records).retain(|session, _| sessions.contains(session));
    }

    /// Gives a track the id that its project stored, unless another open track has it.
    pub fn adopt_id(&self, track: &Track, stored: TrackId) -> bool {
        let members = lock(&self.members);
        let old = track.id();
        if stored == old {
            return true;
        }
        let is_adopted = members.adopt_id(track, stored);
        if is_adopted && let Some(record) = lock(&self.records).get_mut(&members.session_of(track)) {
            record.change(self.author, |shared| {
                shared.stand_in = shared.stand_in.map(|id| if id == old { stored } else { id });
                if shared.ignored.remove(&old) {
                    shared.ignored.insert(stored);
                }
            });
        }
        is_adopted
    }

    /// Puts a track into the session that its project stored.
    pub fn adopt_session(&self, track: &Track, stored: SessionId) {
        let members = lock(&self.members);
        track.identity.set_session(stored);
        self.drop_records(&members);
    }

    pub fn session_of(&self, track: &Track) -> SessionId {
        lock(&self.members).session_of(track)
    }

    /// The session as `who` sees it, or the first track.
    pub fn members(&self, who: Option<&Track>) -> Option<SessionMembers> {
        let members = lock(&self.members);
        members.members(who, &lock(&self.records))
    }

    /// Live tracks of this binary.
    pub fn len(&self) -> usize {
        lock(&self.members).local.len()
    }

    /// Reads or changes the record of a session.
    pub fn with_record<R>(&self, session: SessionId, change: impl FnOnce(&mut SessionRecord) -> R) -> R {
        change(lock(&self.records).entry(session).or_default())
    }

    /// Changes what is set for a session, for all that take part.
    pub fn change(&self, members: &SessionMembers, change: impl FnOnce(&mut SharedSettings)) {
        self.with_record(members.session, |record| record.change(self.author, change));
        self.spread_mono(members);
    }

    /// Puts back what a project stored of its session.
    pub fn restore(&self, session: SessionId, stored: StoredSettings) {
        self.with_record(session, |record| record.restore(self.author, stored));
    }

    /// Whether the mix bus is to monitor in mono. The audio thread may have taken that back.
    pub fn mono_wanted(&self, members: &SessionMembers) -> bool {
        let ended = |track: &Arc<Track>| track.mono_ended.swap(false, Ordering::Relaxed);
        if members.tracks.iter().filter(|track| ended(track)).count() > 0 {
            self.change(members, |shared| shared.mono = false);
        }
        self.with_record(members.session, |record| record.shared.mono)
    }

    fn spread_mono(&self, members: &SessionMembers) {
        let mono = self.with_record(members.session, |record| record.shared.mono);
        members.tracks.iter().for_each(|track| track.mono.store(mono, Ordering::Relaxed));
    }

    /// A judgement is made: what other processes send is wanted fresh.
    pub fn want_fresh(&self) {
        self.is_wanted.store(true, Ordering::Relaxed);
    }

    pub fn take_wanted(&self) -> bool {
        self.is_wanted.swap(false, Ordering::Relaxed)
    }

    pub fn hub_status(&self) -> HubStatus {
        lock(&self.hub).clone()
    }

    pub fn set_hub_status(&self, state: HubStatus) {
        *lock(&self.hub) = state;
    }

    /// Grows with every setting of any session, here or learnt.
    pub fn changes_made(&self) -> u64 {
        lock(&self.records).values().map(|record| record.shared.stamp.0).sum()
    }

    /// For the hub: who takes part, and what is set for each session.
    pub fn with_members<R>(
        &self,
        change: impl FnOnce(&mut Members, &mut BTreeMap<SessionId, SessionRecord>) -> R,
    ) -> R {
        let mut members = lock(&self.members);
        change(&mut members, &mut lock(&self.records))
    }

    pub fn local(&self) -> Vec<Arc<Track>> {
        lock(&self.members).local.clone()
    }

    /// A round of the collector. A track that is just being judged is left for the next one, so that this never waits.
    pub fn tick(&self) {
        let everybody: Vec<_> = {
            let members = lock(&self.members);
            let remote = members.remote.iter().map(|remote| &remote.track);
            members.local.iter().chain(remote).cloned().collect()
        };
        for some in everybody.chunks(ASKED_AT_ONCE) {
            let free = some.iter().filter_map(|track| Some((track, try_lock(&track.inbox)?)));
            let mut inbox: SmallVec<[_; ASKED_AT_ONCE]> = free
                .map(|(track, mut inbox)| {
                    track.take_peak_reset(&mut inbox);
                    inbox
                })
                .collect();
            ask(&inbox);
            inbox.iter_mut().for_each(|inbox| inbox.tick());
        }
        *lock(&self.round) = Some(Instant::now());
        let by_session = self.with_members(|members, records| {
            let sessions = members.own_sessions();
            records.retain(|session, _| sessions.contains(session));
            members.by_session(records)
        });
        for members in by_session {
            self.tick_session(&members);
        }
    }

    /// The collector has missed three rounds: a machine under load, a disk that does not answer, or no thread at all.
    pub fn is_late(&self, now: Instant) -> bool {
        lock(&self.round).is_none_or(|round| now.saturating_duration_since(round) > 3 * TICK)
    }

    /// Reads the session's names together where one has come since; what a guess says that is not settled follows.
    pub fn read_names(&self, members: &SessionMembers) {
        let stamp = names_heard::stamp(&members.tracks);
        if self.with_record(members.session, |record| record.names.is_new(stamp)) {
            let names: Vec<_> = members.tracks.iter().map(|track| track.name()).collect();
            let names: Vec<&str> = names.iter().map(|name| &**name).collect();
            for ((track, name), guess) in members.tracks.iter().zip(&names).zip(guess(&names)).take(members.local()) {
                track.take_guess(name, guess);
            }
            // Whoever asks meanwhile reads them, too, and finds the same.
            self.with_record(members.session, |record| record.names.mark_read(stamp));
        }
    }

    /// Guesses settle once no name has come for a while, and where the user has chosen.
    fn settle_guesses(&self, members: &SessionMembers) {
        self.read_names(members);
        let stamp = names_heard::stamp(&members.tracks);
        let is_quiet = self.with_record(members.session, |record| record.names.tick(stamp)) >= SETTLED_AFTER;
        let local = &members.tracks[..members.local()];
        let settled = local.iter().filter(|track| is_quiet || track.settings.role().is_some());
        settled.for_each(|track| track.settle_guess());
    }

    fn tick_session(&self, members: &SessionMembers) {
        self.settle_guesses(members);
        let mut inbox = Vec::with_capacity(members.tracks.len());
        inbox.extend(members.tracks.iter().filter_map(|track| try_lock(&track.inbox)));
        if inbox.len() == members.tracks.len() {
            settle(&mut inbox[..members.local()], Instant::now());
            self.update_transport(members.session, members.tracks.iter().zip(&inbox));
        }
        drop(inbox);
        self.mono_wanted(members);
        self.with_record(members.session, |record| record.end_mono(Instant::now(), self.author));
        self.spread_mono(members);
    }

    pub fn update_transport<'a>(
        &self,
        session: SessionId,
        inbox: impl Iterator<Item = (&'a Arc<Track>, &'a MutexGuard<'a, Inbox>)>,
    ) {
        let mut pulses: Vec<(TrackId, Pulse<'_>)> = Vec::with_capacity(inbox.size_hint().1.unwrap_or(0));
        pulses.extend(inbox.filter_map(|(track, inbox)| Some((track.id(), inbox.pulse()?))));
        self.with_record(session, |record| record.transport.update(&pulses));
    }
}

#[cfg(test)]
mod tests;
