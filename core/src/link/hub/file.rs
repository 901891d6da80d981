//! Hub files on the disk: one's own to write, others' to read. Plain positioned reads and writes: whatever another program does
//! to a file, the worst is an error.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::file_layout::{FILE, HEAD, Head, LOG, LOG_AT, NoHead, TIP, TIPS_AT, Tip};

/// Ending of a hub file, and of one that is being made.
pub const ENDING: &str = "hub";
const UNFINISHED: &str = "new";
/// Where locks keep others from reading, a file beside the hub file bears the lock.
#[cfg(windows)]
const LOCK: &str = "lock";
/// Others may take a new file for a dead one in the moment before it is locked.
const TRIES: usize = 8;

/// This binary's own file, locked as long as it lives.
#[derive(Debug)]
pub struct Own {
    file: File,
    path: PathBuf,
    /// As it was written at the beginning.
    pub head: Vec<u8>,
    _lock: Option<File>,
}

impl Own {
    pub fn create(folder: &Path, head: Head) -> io::Result<Self> {
        let mut last = io::Error::other("no try");
        for _ in 0..TRIES {
            match Self::try_create(folder, head) {
                Ok(own) => return Ok(own),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn try_create(folder: &Path, head: Head) -> io::Result<Self> {
        let name = format!("{:016x}", head.token);
        let (unfinished, path) =
            (folder.join(&name).with_extension(UNFINISHED), folder.join(&name).with_extension(ENDING));
        let made = create(&unfinished).and_then(|file| {
            let lock = lock_of(&file, &path)?;
            let head = head.write();
            write_at(&file, &head, 0)?;
            fs::rename(&unfinished, &path)?;
            Ok(Self { file, path, head, _lock: lock })
        });
        if made.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        made
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        write_at(&self.file, bytes, at)
    }

    /// Writes into the ring at the log's byte `at`.
    pub fn write_log(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let start = (at % LOG as u64) as usize;
        let (head, rest) = bytes.split_at(bytes.len().min(LOG - start));
        write_at(&self.file, head, LOG_AT + start as u64)?;
        if rest.is_empty() { Ok(()) } else { write_at(&self.file, rest, LOG_AT) }
    }

    /// It was removed, replaced or swelled, or these bytes no longer stand where they were written.
    pub fn is_lost(&self, written: &[(u64, &[u8])]) -> bool {
        let fits = self.file.metadata().is_ok_and(|own| own.len() <= FILE);
        !fits || !is_at(&self.file, &self.path) || !written.iter().all(|(at, bytes)| self.holds(bytes, *at))
    }

    fn holds(&self, bytes: &[u8], at: u64) -> bool {
        let mut found = vec![0; bytes.len()];
        read_at(&self.file, &mut found, at).is_ok_and(|count| found[..count] == *bytes)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Another process' file.
#[derive(Debug)]
pub struct Other {
    file: File,
    path: PathBuf,
}

impl Other {
    /// A regular file of this user and of bearable size, or an error.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true);
        // Neither through a link nor waiting for the writer of a pipe.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
        let file = options.open(path)?;
        let found = file.metadata()?;
        if !found.is_file() || found.len() > FILE {
            return Err(io::Error::other("no hub file"));
        }
        #[cfg(unix)]
        if super::folder::user().is_some_and(|user| user != std::os::unix::fs::MetadataExt::uid(&found)) {
            return Err(io::Error::other("another user's file"));
        }
        Ok(Self { file, path: path.to_owned() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn head(&self) -> Result<Head, NoHead> {
        let mut bytes = [0; HEAD];
        let count = read_at(&self.file, &mut bytes, 0).map_err(|_| NoHead::Broken)?;
        Head::read(&bytes[..count])
    }

    /// The Keel that wrote it, of whatever layout.
    pub fn version(&self) -> Option<String> {
        let mut bytes = [0; HEAD];
        let count = read_at(&self.file, &mut bytes, 0).ok()?;
        Head::version(&bytes[..count])
    }

    pub fn tip(&self) -> Option<Tip> {
        let mut bytes = [0; 2 * TIP];
        let count = read_at(&self.file, &mut bytes, TIPS_AT).ok()?;
        Tip::newest(&bytes[..count])
    }

    /// Fills `bytes`; false where the file has not so many.
    pub fn read(&self, bytes: &mut [u8], at: u64) -> bool {
        read_at(&self.file, bytes, at).is_ok_and(|count| count == bytes.len())
    }

    /// Reads out of the ring at the log's byte `at`.
    pub fn read_log(&self, bytes: &mut [u8], at: u64) -> bool {
        let start = (at % LOG as u64) as usize;
        let (head, rest) = bytes.split_at_mut(bytes.len().min(LOG - start));
        self.read(head, LOG_AT + start as u64) && (rest.is_empty() || self.read(rest, LOG_AT))
    }

    /// No one holds it: its writer is gone, however it ended.
    pub fn is_dead(&self) -> bool {
        is_free(&self.file, &self.path)
    }

    /// Removes the file if its writer is gone.
    pub fn remove_if_dead(&self) -> bool {
        let dead = self.is_dead();
        if dead {
            remove(&self.path);
        }
        dead
    }
}

/// The number in the name of a hub file. Other files in the folder are not Keel's to open or remove.
pub fn token_of(path: &Path) -> Option<u64> {
    path.extension().filter(|ending| *ending == ENDING).and_then(|_| number(path))
}

/// Whether the name is of a hub file in the making.
pub fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == UNFINISHED) && number(path).is_some()
}

fn number(path: &Path) -> Option<u64> {
    let name = path.file_stem()?.to_str().filter(|name| name.len() == 16)?;
    u64::from_str_radix(name, 16).ok().filter(|number| format!("{number:016x}") == name)
}

/// Removes what a killed writer has left, at its birth or later.
pub fn remove_dead(path: &Path) {
    if let Ok(other) = Other::open(path) {
        other.remove_if_dead();
    }
}

fn remove(path: &Path) {
    let _ = fs::remove_file(path);
    #[cfg(windows)]
    let _ = fs::remove_file(path.with_extension(LOCK));
}

/// The path leads to this very file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |found: &fs::Metadata| (found.dev(), found.ino());
    matches!((file.metadata(), fs::symlink_metadata(path)), (Ok(own), Ok(found)) if place(&own) == place(&found))
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(not(windows))]
fn lock_of(file: &File, _path: &Path) -> io::Result<Option<File>> {
    file.try_lock()?;
    Ok(None)
}

#[cfg(not(windows))]
fn is_free(file: &File, _path: &Path) -> bool {
    file.try_lock_shared().is_ok()
}

#[cfg(windows)]
fn lock_of(_file: &File, path: &Path) -> io::Result<Option<File>> {
    let lock = create(&path.with_extension(LOCK))?;
    lock.try_lock()?;
    Ok(Some(lock))
}

#[cfg(windows)]
fn is_free(_file: &File, path: &Path) -> bool {
    File::open(path.with_extension(LOCK)).is_ok_and(|lock| lock.try_lock_shared().is_ok())
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        match std::os::unix::fs::FileExt::read_at(file, &mut bytes[done..], at + done as u64) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        match std::os::windows::fs::FileExt::seek_read(file, &mut bytes[done..], at + done as u64)? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        bytes = &bytes[count..];
        at += count as u64;
    }
    Ok(())
}
