//! From what the user names to tracks: which files, under which name, in which role.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use keel_core::mix::{Role, detect};

use crate::decode::{is_audio, is_readable_format, track_name};

/// A file to be analysed as one track.
#[derive(Clone, Debug, PartialEq)]
pub struct Stem {
    pub path: PathBuf,
    pub name: String,
    pub role: Role,
    /// The role comes from the name, not from the user.
    pub role_is_guess: bool,
}

/// The user's word on one file's role: FILE=ROLE.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleChoice {
    pub file: String,
    pub role: Role,
}

impl std::str::FromStr for RoleChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, role) = text.rsplit_once('=').ok_or("write it as FILE=ROLE, as in \"Audio 07=bass\"")?;
        match Role::from_id(&role.trim().to_lowercase()) {
            Some(role) if !file.is_empty() => Ok(Self { file: file.to_owned(), role }),
            Some(_) => Err("names no file".to_owned()),
            None => {
                let roles: Vec<_> = Role::ALL.iter().map(|role| role.id()).collect();
                Err(format!("there is no role \"{role}\"; roles are {}", roles.join(", ")))
            }
        }
    }
}

impl RoleChoice {
    /// The choice names a file by its path, its name, or its name without the ending.
    fn is_for(&self, path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy());
        path == Path::new(&self.file) || name.is_some_and(|name| name == self.file) || track_name(path) == self.file
    }
}

/// A role was chosen for a file that is not among the stems.
#[derive(Clone, Debug, PartialEq)]
pub struct NoSuchFile(pub String);

impl fmt::Display for NoSuchFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--role names \"{}\", which is not among the files", self.0)
    }
}

/// What was found under the paths that the user named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub stems: Vec<Stem>,
    /// Files that were meant and cannot be used, a sentence each.
    pub left_out: Vec<String>,
}

/// Every audio file of the folders, in the order of their names, and the files named. One file alone is a mixdown
/// unless its name or the user gives it a role.
pub fn find(paths: &[PathBuf], choices: &[RoleChoice]) -> Result<Found, NoSuchFile> {
    let mut found = Found::default();
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(files_of(path, &mut found.left_out));
        } else {
            files.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    if let Some(astray) = choices.iter().find(|choice| !files.iter().any(|file| choice.is_for(file))) {
        return Err(NoSuchFile(astray.file.clone()));
    }
    let is_alone = files.len() == 1;
    let nameless = if is_alone { Role::MixBus } else { Role::Other };
    found.stems = files.into_iter().map(|path| stem(path, choices, nameless)).collect();
    Ok(found)
}

fn stem(path: PathBuf, choices: &[RoleChoice], nameless: Role) -> Stem {
    let name = track_name(&path);
    let choice = choices.iter().rev().find(|choice| choice.is_for(&path)).map(|choice| choice.role);
    let role = choice.or_else(|| detect(&name)).unwrap_or(nameless);
    Stem { path, name, role, role_is_guess: choice.is_none() }
}

/// The audio files of a folder, not of the folders in it; hidden files are not meant.
fn files_of(folder: &Path, left_out: &mut Vec<String>) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            left_out.push(format!("{}: cannot be read: {error}", folder.display()));
            return Vec::new();
        }
    };
    let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| !is_hidden(path) && is_audio(path) && !path.is_dir());
    files.sort_by_cached_key(|path| (path.file_name().map(|name| name.to_string_lossy().to_lowercase()), path.clone()));
    let (readable, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|path| is_readable_format(path));
    left_out.extend(
        others.iter().map(|path| format!("{}: this format cannot be read; convert it to WAV or FLAC", path.display())),
    );
    readable
}
