//! The way between binaries and processes: one small file for each, in a folder of the user's own.
//!
//! Each binary writes its own file and reads the others', on its collector thread, by plain reads and writes. A file
//! holds the tracks and their sessions' shared settings (a table), and a ring of what was heard since (the log). Who reads a log
//! says so in its own table; one that is not read is not written. Who comes late, or falls behind, asks for history: the
//! writer then sends its songs once around, beside what is new. So a file never grows, and a reader always gets
//! everything in the end.
//!
//! A writer lives as long as it holds its file's lock: hosts stop calling when idle, containers number processes as they
//! like, and clocks differ. A file without a lock is removed by the first that finds it.

mod backfill;
mod bytes;
mod file;
mod file_layout;
mod folder;
#[cfg(any(test, fuzzing))]
mod hostile;
mod log;
mod peer;
mod process_scope;
mod survey;
mod table;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use self::file_layout::Head;
pub use self::folder::FOLDER_VARIABLE;

#[cfg(fuzzing)]
pub use self::hostile::{seeds, take_in};
use self::peer::{Health, Peer};
use self::process_scope::ProcessScope;
pub use self::survey::{FileState, Holder, HubFile, PATIENCE, SeenTrack, Survey, survey};
pub use self::table::LinkView;
use self::table::{MOST_WANTED, Want};
use self::writer::HubWriter;
use crate::link::members::HubStatus;
use crate::link::members::Registry;
use crate::link::members::Remote;
use crate::link::track::{SessionId, new_number};

/// Ticks between two scans of the folder: 240 ms.
const SCAN_TICKS: u64 = 12;
/// Ticks between two reads of the others while no window of this binary is open: 100 ms.
const IDLE_TICKS: u64 = 5;
/// So long after a judgement a window still counts as open.
const STAYS_WANTED: Duration = Duration::from_secs(2);
/// Files in the folder that are read.
const MOST_FILES: usize = 256;
/// A folder that could not be used is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Where the hub files lie, and which processes belong together.
#[derive(Clone, Debug)]
pub struct HubConfig {
    folder: PathBuf,
    scope: ProcessScope,
}

impl HubConfig {
    /// The user's folder, and this process' program; `None` where the user switched the link off.
    pub fn of_user() -> Option<Self> {
        folder::folder().map(|folder| Self { folder, scope: ProcessScope::own() })
    }

    /// A folder of one's own, and numbers for the process and its program: for tests.
    pub fn apart(folder: &Path, process: u64, program: u64) -> Self {
        Self { folder: folder.to_owned(), scope: ProcessScope { process, program } }
    }

    /// Where the hub files lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn open(&self) -> Hub {
        Hub::new(self.clone())
    }
}

/// One binary's part in the link; lives on its collector thread.
#[derive(Debug)]
pub(super) struct Hub {
    config: HubConfig,
    token: u64,
    writer: Option<HubWriter>,
    peers: BTreeMap<PathBuf, Peer>,
    ticks: u64,
    wanted_at: Option<Instant>,
    failed: Option<(Instant, String)>,
    /// A file bears a hub file's name and is none that may be opened.
    refused: bool,
    /// What the last table said: the tracks, and whose logs are wanted.
    written: usize,
    wants: Vec<Want>,
}

impl Hub {
    fn new(config: HubConfig) -> Self {
        Self {
            config,
            token: 0,
            writer: None,
            peers: BTreeMap::new(),
            ticks: 0,
            wanted_at: None,
            failed: None,
            refused: false,
            written: 0,
            wants: Vec::new(),
        }
    }

    /// A round: reads what is new elsewhere, writes what is new here.
    pub fn tick(&mut self, registry: &Registry) {
        let now = Instant::now();
        if registry.take_wanted() {
            self.wanted_at = Some(now);
        }
        let is_scan = self.ticks.is_multiple_of(SCAN_TICKS);
        let is_wanted = self.wanted_at.is_some_and(|wanted_at| now.duration_since(wanted_at) < STAYS_WANTED);
        self.ticks += 1;
        if is_scan {
            self.scan(now);
            registry.set_hub_status(self.state());
        }
        if is_scan || is_wanted || self.ticks.is_multiple_of(IDLE_TICKS) {
            self.read(registry, now, is_scan);
        }
        self.write(registry, is_scan);
    }

    fn state(&self) -> HubStatus {
        if let Some((_, why)) = &self.failed {
            return HubStatus::Unavailable(why.clone());
        }
        let healths = || self.peers.values().map(Peer::health);
        let version =
            healths().find_map(|health| if let Health::OtherVersion(version) = health { Some(version) } else { None });
        HubStatus::On {
            other_version: version.cloned(),
            unreadable: self.refused || healths().any(|health| *health == Health::Unreadable),
        }
    }

    /// Sees who is there, and whether one's own file still is.
    fn scan(&mut self, now: Instant) {
        if self.failed.as_ref().is_some_and(|(failed, _)| now.duration_since(*failed) < RETRY) {
            return;
        }
        self.failed = self.ensure_own().err().map(|why| (now, why));
        if self.failed.is_some() {
            self.peers.clear();
            return;
        }
        let own = self.writer.as_ref().map(|writer| writer.path().to_owned());
        self.refused = false;
        let files = fs::read_dir(&self.config.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_keels = |path: &PathBuf| file::token_of(path).is_some() || file::is_unfinished(path);
        for path in files.filter(is_keels).take(2 * MOST_FILES) {
            if file::is_unfinished(&path) || self.peers.len() == MOST_FILES {
                file::remove_dead(&path);
            } else if Some(&path) != own.as_ref() && !self.peers.contains_key(&path) {
                match Peer::open(&path, now) {
                    Ok(peer) => self.peers.extend(peer.map(|peer| (path, peer))),
                    Err(error) => self.refused |= error.kind() != io::ErrorKind::NotFound,
                }
            }
        }
        self.peers.retain(|_, peer| !peer.is_gone(now));
    }

    fn ensure_own(&mut self) -> Result<(), String> {
        folder::secure(&self.config.folder)?;
        if self.writer.as_ref().is_none_or(HubWriter::is_lost) {
            self.writer = None;
            self.token = new_number();
            let ProcessScope { process, program } = self.config.scope;
            let head = Head { process, scope: program, token: self.token };
            let shown = self.config.folder.display();
            let writer = HubWriter::create(&self.config.folder, head);
            self.writer = Some(writer.map_err(|error| format!("No file can be made in {shown} ({error})."))?);
        }
        Ok(())
    }

    fn read(&mut self, registry: &Registry, now: Instant, is_scan: bool) {
        // Of those that are not linked nothing can change but whether they are.
        for peer in self.peers.values_mut().filter(|peer| is_scan || peer.is_linked()) {
            peer.poll(now);
        }
        let program = self.config.scope.program;
        let remote: Vec<Remote> = self.peers.values().flat_map(|peer| peer.tracks(program)).collect();
        let linked: BTreeSet<u64> = registry.with_members(|peers, records| {
            peers.remote = remote;
            let linked = peers.linked_files(records);
            for peer in self.peers.values().filter(|peer| linked.contains(&peer.token())) {
                learn(peer, program, peers.sessions(), records);
            }
            if is_scan {
                peers.settle(records);
            }
            linked
        });
        for peer in self.peers.values_mut() {
            peer.link(linked.contains(&peer.token()));
            peer.read_log();
        }
    }

    fn write(&mut self, registry: &Registry, is_scan: bool) {
        let Some(writer) = &mut self.writer else { return };
        let is_wanted = |peer: &Peer| peer.wants(self.token).map(|want| (peer.token(), want.request));
        let readers: Vec<(u64, u32)> = self.peers.values().filter_map(is_wanted).collect();
        let wants: Vec<Want> = self.peers.values().filter_map(Peer::want).take(MOST_WANTED).collect();
        let is_idle = readers.is_empty() && !writer.is_read();
        if is_idle && !is_scan && wants == self.wants && registry.len() == self.written {
            return;
        }
        (self.written, self.wants) = (registry.len(), wants.clone());
        if let Err(error) = writer.tick(registry, &readers, wants) {
            self.failed = Some((Instant::now(), format!("The hub file cannot be written ({error}).")));
            self.writer = None;
        }
    }
}

/// Takes in a peer's shared settings of the sessions that it has in common with this binary.
fn learn(
    peer: &Peer,
    program: u64,
    sessions: BTreeSet<SessionId>,
    records: &mut BTreeMap<SessionId, crate::link::members::SessionRecord>,
) {
    let in_scope = peer.is_in_scope(program);
    for session in sessions {
        let song = records.entry(session).or_default();
        for (other, shared) in peer.shared() {
            let by_code = song.shared.code.is_some() && song.shared.code == shared.code;
            if by_code || (in_scope && other == session) {
                song.learn(shared);
            }
        }
    }
}
