//! Another binary's hub file, read with suspicion.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bytes::checksum;
use super::file::{self, Other};
use super::file_layout::{Head, LOG, MOST_A_TICK, NoHead, Tip};
use super::log::{self, LogFault, Record};
use super::table::{Table, TrackRow, Want};
use crate::link::lock::try_lock;
use crate::link::members::{Remote, SharedSettings};
use crate::link::track::{Identity, Inbox, SessionId, Track, TrackConfig};

/// A writer that has not moved for so long may be gone: its lock says so.
const SUSPECT: Duration = Duration::from_millis(500);
/// A writer that holds its lock and does not move: its process is stopped, and what it says is old.
const ASLEEP: Duration = Duration::from_secs(2);
/// A file is written again and again: what is torn so often in a row is broken.
const MOST_TEARS: u32 = 25;

/// What a file is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    Good,
    /// No tracks: its process is stopped.
    Asleep,
    Unreadable,
    OtherVersion(String),
}

#[derive(Debug)]
pub struct Peer {
    other: Other,
    head: Head,
    health: Health,
    tip: Tip,
    moved: Instant,
    checked: Instant,
    table: Table,
    tracks: BTreeMap<u64, Arc<Track>>,
    /// Bytes of its log that were read; `None` while it is not linked.
    cursor: Option<u64>,
    /// The table whose facts its tracks know.
    known: u64,
    /// How often its history was asked for.
    requests: u32,
    tears: u32,
    log_tears: u32,
    buffer: Vec<u8>,
}

impl Peer {
    /// `None` for a file whose writer is gone, an error for what is no file to be opened.
    pub fn open(path: &Path, now: Instant) -> io::Result<Option<Self>> {
        let other = Other::open(path)?;
        if other.remove_if_dead() {
            return Ok(None);
        }
        let nobody = Head { process: 0, scope: 0, token: 0 };
        let (head, health) = match other.head() {
            Ok(head) if file::token_of(path) == Some(head.token) => (head, Health::Good),
            // A copy of another's.
            Ok(_) => (nobody, Health::Unreadable),
            Err(NoHead::Version(version)) => (nobody, Health::OtherVersion(version)),
            Err(NoHead::Broken) => (nobody, Health::Unreadable),
        };
        Ok(Some(Self {
            other,
            head,
            health,
            tip: Tip::default(),
            moved: now,
            checked: now,
            table: Table::default(),
            tracks: BTreeMap::new(),
            cursor: None,
            known: 0,
            requests: 0,
            tears: 0,
            log_tears: 0,
            buffer: Vec::new(),
        }))
    }

    pub fn health(&self) -> &Health {
        &self.health
    }

    pub fn token(&self) -> u64 {
        self.head.token
    }

    pub fn is_in_scope(&self, program: u64) -> bool {
        self.head.scope == program
    }

    pub fn is_linked(&self) -> bool {
        self.cursor.is_some()
    }

    /// The writer is gone, and its file with it. Asked at every scan of the folder.
    pub fn is_gone(&mut self, now: Instant) -> bool {
        let is_suspect = now.duration_since(self.moved) > SUSPECT && now.duration_since(self.checked) > SUSPECT;
        if !self.other.path().exists() {
            return true;
        }
        if is_suspect || self.health != Health::Good {
            self.checked = now;
            return self.other.remove_if_dead();
        }
        false
    }

    /// Sees whether the writer moved, and reads its table where that changed.
    pub fn poll(&mut self, now: Instant) {
        if matches!(self.health, Health::Unreadable | Health::OtherVersion(_)) {
            return;
        }
        let Some(tip) = self.other.tip() else { return self.tear() };
        if tip.generation != self.tip.generation {
            self.moved = now;
        }
        self.health = if now.duration_since(self.moved) > ASLEEP { Health::Asleep } else { Health::Good };
        if tip.table != self.tip.table && !self.read_table(&tip) {
            return self.tear();
        }
        self.tears = 0;
        self.tip = tip;
    }

    /// Another read may find it whole.
    fn tear(&mut self) {
        self.tears += 1;
        if self.tears > MOST_TEARS {
            self.give_up();
        }
    }

    /// Nothing that a Keel writes: nothing of it counts.
    fn give_up(&mut self) {
        self.health = Health::Unreadable;
        self.table = Table::default();
        self.tracks.clear();
        self.cursor = None;
    }

    /// False where the table was torn.
    fn read_table(&mut self, tip: &Tip) -> bool {
        self.buffer.resize(tip.table_len as usize, 0);
        if !self.other.read(&mut self.buffer, tip.table_place()) || checksum(&self.buffer) != tip.table_sum {
            return false;
        }
        let Some(table) = Table::read(&self.buffer) else {
            self.give_up();
            return true;
        };
        self.tracks.retain(|uid, _| table.tracks.iter().any(|row| row.uid == *uid));
        for row in &table.tracks {
            let track = self.tracks.entry(row.uid).or_insert_with(|| born(row));
            update_track(track, row);
        }
        self.table = table;
        true
    }

    /// The tracks that others may see.
    pub fn tracks(&self, program: u64) -> impl Iterator<Item = Remote> {
        let in_scope = self.is_in_scope(program);
        let rows = self.table.tracks.iter().filter(|_| self.health == Health::Good);
        rows.filter_map(move |row| {
            let track = Arc::clone(self.tracks.get(&row.uid)?);
            Some(Remote { track, token: self.head.token, in_scope, code: self.code_of(row.song).map(Arc::from) })
        })
    }

    fn code_of(&self, session: u64) -> Option<&str> {
        self.table.records.iter().find(|song| song.session == session)?.shared.code.as_deref()
    }

    pub fn shared(&self) -> impl Iterator<Item = (SessionId, &SharedSettings)> {
        self.table.records.iter().map(|song| (SessionId(song.session), &song.shared))
    }

    /// What it wants of the file with this token.
    pub fn wants(&self, token: u64) -> Option<&Want> {
        self.table.wants.iter().find(|want| want.token == token)
    }

    /// What this binary wants of it.
    pub fn want(&self) -> Option<Want> {
        self.cursor.map(|_| Want { token: self.head.token, request: self.requests })
    }

    /// Begins or ends to read its log.
    pub fn link(&mut self, on: bool) {
        if !on || self.health == Health::Unreadable {
            self.cursor = None;
        } else if self.cursor.is_none() {
            self.restart();
        }
    }

    /// Goes on from the newest, and asks for what it missed.
    fn restart(&mut self) {
        self.cursor = Some(self.tip.log);
        self.requests = self.requests.wrapping_add(1);
        self.tears = 0;
        self.log_tears = 0;
    }

    /// Takes in what was written since. A track that is just being judged is left: then nothing is read now.
    pub fn read_log(&mut self) {
        let is_new = |cursor: &u64| *cursor != self.tip.log || self.known != self.tip.table;
        let Some(cursor) = self.cursor.filter(is_new) else { return };
        let Some(waiting) = self.tip.log.checked_sub(cursor) else { return self.restart() };
        // What the writer may be about to write over is not read.
        if waiting > (LOG - MOST_A_TICK) as u64 {
            return self.restart();
        }
        let tracks: Vec<Arc<Track>> = self.tracks.values().cloned().collect();
        let inbox: Option<Vec<_>> = tracks.iter().map(|track| try_lock(&track.inbox)).collect();
        let Some(inbox) = inbox else { return };
        let mut inbox: BTreeMap<u64, _> = self.tracks.keys().copied().zip(inbox).collect();
        self.buffer.resize(waiting as usize, 0);
        let read = if self.other.read_log(&mut self.buffer, cursor) {
            log::read(&self.buffer, cursor, |uid, record| {
                if let Some(inbox) = inbox.get_mut(&uid) {
                    take_record(inbox, record);
                }
            })
        } else {
            Err(LogFault::Torn)
        };
        for row in &self.table.tracks {
            if let Some(inbox) = inbox.get_mut(&row.uid) {
                inbox.take_facts(row.held_peak, row.automated, row.missed);
            }
        }
        self.known = self.tip.table;
        drop(inbox);
        match read {
            Ok(()) => (self.cursor, self.log_tears) = (Some(self.tip.log), 0),
            // A damaged log stays so: what it held is asked for anew.
            Err(LogFault::Torn) if self.log_tears == MOST_TEARS => self.restart(),
            Err(LogFault::Torn) => self.log_tears += 1,
            Err(LogFault::Nonsense) => self.give_up(),
        }
    }
}

pub(super) fn take_record(inbox: &mut Inbox, record: Record) {
    match record {
        Record::Hop(hop) => inbox.take_hop(hop),
        Record::Cell(cell) => inbox.take_cell(&cell),
        Record::History(cell) => inbox.take_history(&cell),
        Record::Bands(bands) => inbox.take_bands(&bands),
        Record::Stale(list) => inbox.take_stale(&list),
    }
}

pub(super) fn born(row: &TrackRow) -> Arc<Track> {
    let identity = Identity::new(row.uid, row.id, row.claims, row.seniority, SessionId(row.session));
    Arc::new(Track::new(identity, 0, TrackConfig::default(), Inbox::remote()))
}

pub(super) fn update_track(track: &Track, row: &TrackRow) {
    track.identity.set(row.id, row.claims, row.seniority);
    track.identity.set_session(SessionId(row.session));
    track.set_shown_name(&row.name);
    track.set_remote_role(row.role, row.role_from);
    track.settings.set_reference(row.reference);
    track.settings.set_out(row.out);
    track.settings.set_measure(row.measure);
    track.settings.set_placement(row.placement);
    track.settings.set_gain(row.gain);
    track.settings.set_format(row.format);
}
