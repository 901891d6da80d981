//! Who takes part: this binary's tracks and those that the hub brings, sorted into sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shared_settings::SessionRecord;
use crate::link::track::{Identity, SessionId, Track, new_number};
use crate::mix::TrackId;

/// A track of another binary or process.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub track: Arc<Track>,
    /// The hub file that it came by.
    pub token: u64,
    /// Of a process that belongs to this one's program.
    pub in_scope: bool,
    /// The code that its session bears.
    pub code: Option<Arc<str>>,
}

#[derive(Debug, Default)]
pub(crate) struct Members {
    pub local: Vec<Arc<Track>>,
    pub remote: Vec<Remote>,
    /// Sessions of which two copies are open, until one of them goes.
    doubled: BTreeSet<SessionId>,
}

/// A session as one of its tracks sees it.
#[derive(Debug)]
pub(crate) struct SessionMembers {
    pub session: SessionId,
    /// In the order they joined, this binary's first.
    pub tracks: Vec<Arc<Track>>,
    /// How many of them are another binary's.
    pub remote: usize,
    /// Hub files that those came by.
    pub peers: usize,
    /// Two copies of the song are open: the tracks of the other one are left out.
    pub is_paused: bool,
}

impl SessionMembers {
    /// How many of its tracks are this binary's.
    pub fn local(&self) -> usize {
        self.tracks.len() - self.remote
    }
}

/// How many tracks of each session are there, in this process and those of its program.
struct Census(BTreeMap<SessionId, usize>);

impl Census {
    /// Of each track its session.
    fn new(sessions: impl Iterator<Item = SessionId>) -> Self {
        let mut counts = BTreeMap::new();
        let mut count = |run: Option<(SessionId, usize)>| {
            if let Some((session, tracks)) = run {
                *counts.entry(session).or_default() += tracks;
            }
        };
        let mut run = None;
        for session in sessions {
            run = match run {
                Some((of, tracks)) if of == session => Some((of, tracks + 1)),
                before => {
                    count(before);
                    Some((session, 1))
                }
            };
        }
        count(run);
        Self(counts)
    }

    /// A session of one track is none while there are others: the track comes from another project, or its process did
    /// not yet know of the rest when it began. It joins the largest, of equals the one with the smallest number.
    fn settled(&self, own: SessionId) -> SessionId {
        if self.0.get(&own).is_some_and(|&count| count > 1) {
            return own;
        }
        self.largest().unwrap_or(own)
    }

    /// [`Self::settled`] of each of these. Neighbours are of one session, as a rule.
    fn of(&self, tracks: &[Arc<Track>]) -> impl Iterator<Item = SessionId> {
        let mut last: Option<(SessionId, SessionId)> = None;
        tracks.iter().map(move |track| {
            let own = track.identity.session();
            let settled = match last {
                Some((of, settled)) if of == own => settled,
                _ => self.settled(own),
            };
            last = Some((own, settled));
            settled
        })
    }

    fn largest(&self) -> Option<SessionId> {
        let most = *self.0.values().max()?;
        self.0.iter().find(|(_, count)| **count == most).map(|(&session, _)| session)
    }
}

impl Members {
    /// Who a new track is: the stored id, or a new one where there is none or an open track has it (then true).
    pub fn identify(&self, id: Option<TrackId>, session: Option<SessionId>) -> (Identity, bool) {
        let stored = id.filter(|id| *id != TrackId::default());
        let is_taken = stored.is_some_and(|id| self.has(id));
        let id = stored.filter(|_| !is_taken).unwrap_or_else(|| TrackId(new_number()));
        let newest = self.local.last().map(|track| track.identity.session());
        let session = session.or(newest).or_else(|| self.census().largest());
        let session = session.unwrap_or_else(|| SessionId(new_number()));
        (Identity::new(new_number(), id, stored.unwrap_or(id), self.next_seniority(), session), is_taken)
    }

    /// Gives a track the id that its project stored, unless another open track has it.
    pub fn adopt_id(&self, track: &Track, stored: TrackId) -> bool {
        let is_free = stored != TrackId::default() && !self.has(stored);
        let id = if is_free { stored } else { track.id() };
        let claims = if stored == TrackId::default() { id } else { stored };
        track.identity.set(id, claims, self.next_seniority());
        is_free
    }

    /// The smallest number that names no track of this binary.
    pub fn free_number(&self) -> usize {
        let taken: Vec<_> = self.local.iter().map(|track| track.number()).collect();
        (1..).find(|number| !taken.contains(number)).unwrap_or(1)
    }

    fn has(&self, id: TrackId) -> bool {
        self.near().any(|track| track.id() == id)
    }

    /// One more than that of any track in sight.
    fn next_seniority(&self) -> u64 {
        let highest = self.all().map(|track| track.identity.seniority()).max().unwrap_or(0);
        highest.saturating_add(1)
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Track>> {
        self.local.iter().chain(self.remote.iter().map(|remote| &remote.track))
    }

    /// Of this process and those of its program.
    fn near(&self) -> impl Iterator<Item = &Arc<Track>> {
        let remote = self.remote.iter().filter(|remote| remote.in_scope);
        self.local.iter().chain(remote.map(|remote| &remote.track))
    }

    fn census(&self) -> Census {
        Census::new(self.near().map(|track| track.identity.session()))
    }

    /// The session that a track takes part in: its own, unless it is alone in that.
    pub fn session_of(&self, track: &Track) -> SessionId {
        self.census().settled(track.identity.session())
    }

    /// [`Self::session_of`] each of this binary's tracks, in their order.
    pub fn settled(&self) -> Vec<SessionId> {
        self.census().of(&self.local).collect()
    }

    /// Sessions of this binary's tracks.
    pub fn sessions(&self) -> BTreeSet<SessionId> {
        distinct(self.census().of(&self.local))
    }

    /// [`Self::sessions`], and those that tracks were stored with: while a project opens, its first track is alone there.
    pub fn own_sessions(&self) -> BTreeSet<SessionId> {
        let stored = self.local.iter().map(|track| track.identity.session());
        distinct(self.census().of(&self.local).chain(stored))
    }

    /// The session of each of this binary's tracks, as the first of them sees it.
    pub fn by_session(&self, records: &BTreeMap<SessionId, SessionRecord>) -> Vec<SessionMembers> {
        let (census, mut seen) = (self.census(), BTreeSet::new());
        let firsts = self.local.iter().zip(census.of(&self.local)).filter(|(_, session)| seen.insert(*session));
        firsts.map(|(track, _)| self.members_by(&census, track, records)).collect()
    }

    /// Whether a remote track belongs to a session with this code.
    fn is_linked(census: &Census, remote: &Remote, session: SessionId, code: Option<&str>) -> bool {
        let by_code = code.is_some() && remote.code.as_deref() == code;
        by_code || (remote.in_scope && census.settled(remote.track.identity.session()) == session)
    }

    /// The session as `who` sees it, or the first track of this binary.
    pub fn members(&self, who: Option<&Track>, records: &BTreeMap<SessionId, SessionRecord>) -> Option<SessionMembers> {
        let who = who.or(self.local.first().map(|track| &**track))?;
        Some(self.members_by(&self.census(), who, records))
    }

    fn members_by(&self, census: &Census, who: &Track, records: &BTreeMap<SessionId, SessionRecord>) -> SessionMembers {
        let session = census.settled(who.identity.session());
        let code = records.get(&session).and_then(|record| record.shared.code.as_deref());
        let local = self.local.iter().zip(census.of(&self.local)).filter(|(_, other)| *other == session);
        let mut tracks = Vec::with_capacity(self.local.len() + self.remote.len());
        tracks.extend(local.map(|(track, _)| Arc::clone(track)));
        let linked = self.remote.iter().filter(|remote| Self::is_linked(census, remote, session, code));
        let is_paused = self.doubled.contains(&session);
        if is_paused {
            let copies = tracks.clone();
            if doubles(copies.iter()).0 > 0 {
                tracks.retain(|track| track.identity.is_copy() == who.identity.is_copy());
            }
            return SessionMembers { session, tracks, remote: 0, peers: 0, is_paused };
        }
        let own = tracks.len();
        let mut files = BTreeSet::new();
        for remote in linked {
            files.insert(remote.token);
            tracks.push(Arc::clone(&remote.track));
        }
        SessionMembers { session, remote: tracks.len() - own, tracks, peers: files.len(), is_paused }
    }

    /// Files with tracks that a session of this binary sees.
    pub fn linked_files(&self, records: &BTreeMap<SessionId, SessionRecord>) -> BTreeSet<u64> {
        let census = self.census();
        let sessions = distinct(census.of(&self.local));
        let code = |session| records.get(session).and_then(|record: &SessionRecord| record.shared.code.as_deref());
        let is_linked =
            |remote: &&Remote| sessions.iter().any(|session| Self::is_linked(&census, remote, *session, code(session)));
        self.remote.iter().filter(is_linked).map(|remote| remote.token).collect()
    }

    /// Settles who is a copy of whom, and which sessions are open twice. Returns the tracks that became copies.
    pub fn settle(&mut self, records: &BTreeMap<SessionId, SessionRecord>) -> Vec<Arc<Track>> {
        let mut copies = Vec::new();
        let sessions = self.sessions();
        for &session in &sessions {
            let members = self.all_members(session, records);
            copies.extend(self.newcomers(&members));
            let (doubled, claimed) = doubles(members.iter());
            if doubled == 0 {
                self.doubled.remove(&session);
            } else if doubled >= 2 && doubled * 4 >= claimed * 3 {
                self.doubled.insert(session);
            }
        }
        self.doubled.retain(|session| sessions.contains(session));
        copies
    }

    /// All tracks of a session, whether paused or not.
    fn all_members(&self, session: SessionId, records: &BTreeMap<SessionId, SessionRecord>) -> Vec<Arc<Track>> {
        let census = self.census();
        let code = records.get(&session).and_then(|record| record.shared.code.as_deref());
        let local = self.local.iter().filter(|track| census.settled(track.identity.session()) == session);
        let linked = self.remote.iter().filter(|remote| Self::is_linked(&census, remote, session, code));
        local.chain(linked.map(|remote| &remote.track)).cloned().collect()
    }

    /// Gives new ids to this binary's tracks whose id an older one has.
    fn newcomers(&self, members: &[Arc<Track>]) -> Vec<Arc<Track>> {
        let age = |track: &Track| (track.identity.seniority(), track.identity.uid);
        let is_mine = |track: &Arc<Track>| self.local.iter().any(|local| Arc::ptr_eq(local, track));
        let is_newcomer =
            |track: &Arc<Track>| members.iter().any(|other| other.id() == track.id() && age(other) < age(track));
        let copies: Vec<_> = members.iter().filter(|track| is_mine(track) && is_newcomer(track)).cloned().collect();
        for copy in &copies {
            let identity = &copy.identity;
            identity.set(TrackId(new_number()), identity.claims(), identity.seniority());
            copy.settings.set_copied();
        }
        copies
    }
}

/// Each of these once, without a list of all of them.
fn distinct(sessions: impl Iterator<Item = SessionId>) -> BTreeSet<SessionId> {
    let (mut distinct, mut last) = (BTreeSet::new(), None);
    for session in sessions {
        if last.replace(session) != Some(session) {
            distinct.insert(session);
        }
    }
    distinct
}

/// How many stored ids two tracks claim, and how many are claimed at all.
fn doubles<'a>(tracks: impl Iterator<Item = &'a Arc<Track>>) -> (usize, usize) {
    let mut claims: BTreeMap<TrackId, usize> = BTreeMap::new();
    tracks.for_each(|track| *claims.entry(track.identity.claims()).or_default() += 1);
    (claims.values().filter(|&&count| count > 1).count(), claims.len())
}
