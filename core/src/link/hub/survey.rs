//! What lies in the hub folder, for one who takes no part in the link. Nothing here changes anything.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::bytes::checksum;
use super::file::{self, Other};
use super::file_layout::{FILE, NoHead};
use super::folder;
use super::table::{LinkView, Table, TrackRow};
use crate::link::track::Format;
use crate::mix::Role;

/// So long a file is watched before its process counts as stopped: readers take no tracks from it after as long.
pub const PATIENCE: Duration = Duration::from_millis(2_500);
/// Time between two reads; writers write four times a second.
const LOOK: Duration = Duration::from_millis(50);
/// Entries of the folder that are read.
const MOST_ENTRIES: usize = 2_048;

/// The hub folder and what lies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Where the files lie.
    pub folder: PathBuf,
    /// False where no instance has made it yet.
    pub exists: bool,
    /// Why no instance uses this folder, in a sentence.
    pub fault: Option<String>,
    /// In the order of their names; none where the folder is at fault.
    pub files: Vec<HubFile>,
    /// Files that are not Keel's: they are left alone.
    pub strangers: usize,
}

/// One file of the folder: one loaded binary of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether a process writes it.
    pub state: FileState,
    /// The process that holds it, where the system reports it.
    pub owner: Option<Holder>,
    /// The same in all binaries of one process; 0 where unknown.
    pub process: u64,
    /// The same in all processes that are linked without a code; 0 where unknown.
    pub scope: u64,
    /// Keel's version that wrote it; empty where unknown.
    pub version: String,
    /// The tracks in it, where it can be read.
    pub tracks: Vec<SeenTrack>,
}

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The system's number of the process.
    pub id: u32,
    /// The name of its program.
    pub name: String,
}

/// What a file is worth to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Written at this moment.
    Live,
    /// Its process lives and does not write: it is stopped.
    Asleep,
    /// Its process ended without removing it: the next instance does.
    Stale,
    /// Of a Keel whose files this one does not read.
    OtherVersion,
    /// Its process lives, but no Keel can make sense of it.
    Unreadable,
    /// Nothing that a Keel made: why, in some words.
    Refused(String),
}

/// A track as its file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenTrack {
    /// The name that is shown.
    pub name: String,
    /// The role that it is judged by.
    pub role: Role,
    /// The session that it takes part in.
    pub session: u64,
    /// The code of that session, as it is compared.
    pub code: Option<String>,
    /// The plug-in format of its instance.
    pub format: Format,
    /// How its own instance sees the link; `None` where the file does not say.
    pub view: Option<LinkView>,
}

/// Reads the folder, for as long as `patience` where a file does not move; usually 240 ms.
pub fn survey(folder: &Path, patience: Duration) -> Survey {
    let exists = fs::symlink_metadata(folder).is_ok();
    let fault = if exists { folder::check(folder).err() } else { None };
    let mut survey = Survey { folder: folder.to_owned(), exists, fault, files: Vec::new(), strangers: 0 };
    if !exists || survey.fault.is_some() {
        return survey;
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().take(MOST_ENTRIES),
        Err(error) => {
            survey.fault = Some(format!("The folder {} cannot be read ({error}).", folder.display()));
            return survey;
        }
    };
    let (ours, strangers): (Vec<_>, Vec<_>) =
        entries.map(|entry| entry.path()).partition(|path| file::token_of(path).is_some() || file::is_unfinished(path));
    survey.strangers = strangers.len();
    let mut watched: Vec<WatchedFile> = ours.into_iter().map(WatchedFile::new).collect();
    let start = Instant::now();
    while watched.iter_mut().map(WatchedFile::read_again).fold(false, |more, one| more | one)
        && start.elapsed() < patience
    {
        thread::sleep(LOOK);
    }
    survey.files = watched.into_iter().filter_map(WatchedFile::found).collect();
    survey.files.sort_by(|a, b| a.path.cmp(&b.path));
    survey
}

/// A file under watch until it has moved.
struct WatchedFile {
    file: HubFile,
    other: Option<Other>,
    first: Option<u64>,
    is_settled: bool,
}

impl WatchedFile {
    fn new(path: PathBuf) -> Self {
        let nobody = |state| HubFile {
            path: path.clone(),
            state,
            owner: None,
            process: 0,
            scope: 0,
            version: String::new(),
            tracks: Vec::new(),
        };
        let refused =
            |why: String| Self { file: nobody(FileState::Refused(why)), other: None, first: None, is_settled: true };
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found,
            Err(error) => return refused(error.to_string()),
        };
        if let Some(why) = why_not(&found) {
            return refused(why.into());
        }
        match Other::open(&path) {
            Ok(other) => {
                let mut watched = Self { file: nobody(FileState::Stale), other: None, first: None, is_settled: true };
                if !other.is_dead() {
                    watched.begin(&other, &found);
                    watched.other = Some(other);
                }
                watched
            }
            Err(error) => refused(error.to_string()),
        }
    }

    fn begin(&mut self, other: &Other, found: &Metadata) {
        self.file.owner = owner(found);
        self.is_settled = true;
        let head = other.head();
        self.file.version = other.version().unwrap_or_default();
        match head {
            Ok(head) if file::token_of(&self.file.path) == Some(head.token) => {
                (self.file.process, self.file.scope) = (head.process, head.scope);
                self.file.state = FileState::Unreadable;
                self.is_settled = false;
            }
            Err(NoHead::Version(_)) => self.file.state = FileState::OtherVersion,
            Ok(_) | Err(NoHead::Broken) => self.file.state = FileState::Unreadable,
        }
    }

    /// Reads again; true where another read may show more.
    fn read_again(&mut self) -> bool {
        let Some(other) = self.other.as_ref().filter(|_| !self.is_settled) else { return false };
        let Some(tip) = other.tip() else { return true };
        let mut bytes = vec![0; tip.table_len as usize];
        let is_whole = other.read(&mut bytes, tip.table_place()) && checksum(&bytes) == tip.table_sum;
        let Some(table) = Table::read(&bytes).filter(|_| is_whole) else { return true };
        let song = |song| table.records.iter().find(|row| row.session == song);
        let seen = |row: &TrackRow| SeenTrack {
            name: row.name.clone(),
            role: row.role,
            session: row.song,
            code: song(row.song).and_then(|row| row.shared.code.clone()),
            format: row.format,
            view: song(row.song).map(|row| row.view),
        };
        self.file.tracks = table.tracks.iter().map(seen).collect();
        self.is_settled = *self.first.get_or_insert(tip.generation) != tip.generation;
        self.file.state = if self.is_settled { FileState::Live } else { FileState::Asleep };
        !self.is_settled
    }

    /// `None` where the file went in the meantime, as it should.
    fn found(self) -> Option<HubFile> {
        let is_gone = self.file.path.symlink_metadata().is_err();
        (!is_gone).then_some(self.file)
    }
}

/// Why readers do not open it.
fn why_not(found: &Metadata) -> Option<&'static str> {
    #[cfg(unix)]
    if folder::user().is_some_and(|user| user != std::os::unix::fs::MetadataExt::uid(found)) {
        return Some("it belongs to another user");
    }
    if found.is_symlink() {
        Some("it is a link")
    } else if found.is_dir() {
        Some("it is a folder")
    } else if !found.is_file() {
        Some("it is no plain file")
    } else if found.len() > FILE {
        Some("it is too large")
    } else {
        None
    }
}

/// Who holds the file's lock, by the system's list of locks.
#[cfg(target_os = "linux")]
fn owner(found: &Metadata) -> Option<Holder> {
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let inode = std::os::unix::fs::MetadataExt::ino(found);
    let id = locks.lines().find_map(|line| holder(line, inode))?;
    let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
    let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
    Some(Holder { id, name })
}

/// The process in a line of proc_locks(5) that writes this file.
#[cfg(any(target_os = "linux", test))]
fn holder(line: &str, inode: u64) -> Option<u32> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, "FLOCK", _, "WRITE", id, place, ..] = fields[..] else { return None };
    let is_it = place.rsplit(':').next()?.parse() == Ok(inode);
    if is_it { id.parse().ok().filter(|&id| id > 0) } else { None }
}

#[cfg(not(target_os = "linux"))]
fn owner(_found: &Metadata) -> Option<Holder> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_lock_is_found_by_its_file() {
        let line = "12: FLOCK  ADVISORY  WRITE 4711 00:2e:77 0 EOF";
        assert_eq!(holder(line, 77), Some(4711));
        for (line, inode) in [
            (line, 7),
            ("12: -> FLOCK  ADVISORY  WRITE 4711 00:2e:77 0 EOF", 77),
            ("12: POSIX  ADVISORY  WRITE 4711 00:2e:77 0 EOF", 77),
            ("12: FLOCK  ADVISORY  WRITE -1 00:2e:77 0 EOF", 77),
            ("", 77),
        ] {
            assert_eq!(holder(line, inode), None, "{line}");
        }
    }
}
