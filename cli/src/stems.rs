//! From what the user names to tracks: which files, under which name, in which role.

mod folders;
mod mixes;
mod pairs;
mod placed;

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use keel_core::mix::{Certainty, Guess, Role, RoleFrom, guess};

use crate::decode::track_name;
use crate::keel_toml::KeelToml;
use folders::{files_of, names};

/// A file, or the two sides of a split one, to be analysed as one track.
#[derive(Clone, Debug, PartialEq)]
pub struct Stem {
    pub path: PathBuf,
    /// The file of the right side, where the other holds the left alone.
    pub right: Option<PathBuf>,
    /// Where it begins, in seconds from the start of the set.
    pub start_s: f64,
    pub name: String,
    pub role: Role,
    /// Whose word the role is.
    pub role_from: RoleFrom,
    /// The user's word that this is the kick.
    pub is_reference: bool,
}

/// The user's word on one file's role: FILE=ROLE.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleChoice {
    pub file: String,
    pub role: Role,
}

/// What the user says of files on the command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    pub roles: Vec<RoleChoice>,
    /// Files that are the kick; two are a conflict, which the report names.
    pub references: Vec<String>,
}

impl Choices {
    /// The references of the command line, else that of the settings.
    fn references<'a>(&'a self, settings: &'a KeelToml) -> impl Iterator<Item = &'a str> {
        let written = settings.reference.iter().filter(|_| self.references.is_empty());
        self.references.iter().chain(written).map(String::as_str)
    }
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
        is_called(path, &self.file)
    }
}

/// A file is named by its path, its name, or its name without the ending, folders ahead of it or not.
fn is_called(path: &Path, by: &str) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let is_path = path.ends_with(by) || path.with_extension("").ends_with(by);
    is_path || name.is_some_and(|name| name == by) || track_name(path) == by
}

/// What the user said of a file that is not among the stems.
#[derive(Clone, Debug, PartialEq)]
pub enum NoSuchFile {
    /// `--role` names it.
    Role(String),
    /// `--reference` names it, or `reference` in this `keel.toml`.
    Reference(Option<PathBuf>, String),
}

impl NoSuchFile {
    /// The command line is wrong, rather than a file.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Role(_) | Self::Reference(None, _))
    }
}

impl fmt::Display for NoSuchFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(file) => write!(f, "--role names \"{file}\", which is not among the files"),
            Self::Reference(None, file) => write!(f, "--reference names \"{file}\", which is not among the files"),
            Self::Reference(Some(path), file) => {
                write!(f, "{}: reference = \"{file}\" is not among the files", path.display())
            }
        }
    }
}

/// What was found under the paths that the user named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub stems: Vec<Stem>,
    /// Files that were meant and cannot be used, a sentence each.
    pub left_out: Vec<String>,
    /// What else the report's reader must know of the choice of files, a sentence each.
    pub notes: Vec<String>,
}

/// Every audio file of the folders and of the folders in them, in the order of their names, and the files named. One
/// file alone is a mixdown unless its name or the user gives it a role. What the choices say goes over what the settings
/// say.
pub fn find(paths: &[PathBuf], choices: &Choices, settings: &KeelToml) -> Result<Found, NoSuchFile> {
    let mut found = Found::default();
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(files_of(path, settings, &mut found));
        } else {
            files.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    let is_there = |name: &str| files.iter().any(|file| is_called(file, name));
    if let Some(astray) = choices.roles.iter().find(|choice| !is_there(&choice.file)) {
        return Err(NoSuchFile::Role(astray.file.clone()));
    }
    if let Some(astray) = choices.references(settings).find(|reference| !is_there(reference)) {
        let from = choices.references.is_empty().then(|| settings.path.clone());
        return Err(NoSuchFile::Reference(from, astray.to_owned()));
    }
    let astray = settings.roles.keys().filter(|name| !is_there(name));
    found
        .notes
        .extend(astray.map(|name| format!("keel.toml gives a role to \"{name}\", which is not among the files.")));
    let nameless = if files.len() == 1 { Role::MixBus } else { Role::Other };
    let guesses: Vec<String> = files.iter().map(|path| track_name(path)).collect();
    let guesses = guess(&guesses.iter().map(String::as_str).collect::<Vec<_>>());
    let named = names(&files).into_iter().zip(files).zip(guesses);
    found.stems = named.map(|((name, path), guess)| stem(name, path, guess, choices, settings, nameless)).collect();
    pairs::join(&mut found.stems);
    found.notes.extend(mixes::by_place(&mut found.stems, paths));
    found.notes.extend(placed::place(&mut found.stems));
    Ok(found)
}

fn stem(name: String, path: PathBuf, guess: Guess, choices: &Choices, settings: &KeelToml, nameless: Role) -> Stem {
    let chosen = choices.roles.iter().rev().find(|choice| choice.is_for(&path)).map(|choice| choice.role);
    let written = || settings.roles.iter().find(|(file, _)| is_called(&path, file)).map(|(_, &role)| role);
    let is_reference = choices.references(settings).any(|reference| is_called(&path, reference));
    let said = chosen.or_else(written);
    // What the user calls the kick is one, unless its name says that it stands in for one.
    let nameless = if is_reference { Role::Kick } else { nameless };
    let role = said.or(guess.role).unwrap_or(nameless);
    let role_from = match guess.role {
        _ if said.is_some() => RoleFrom::User,
        // One file alone, or the user's kick.
        None if nameless != Role::Other => RoleFrom::Name(Certainty::Likely),
        _ => guess.source(),
    };
    Stem { path, right: None, start_s: 0.0, name, role, role_from, is_reference }
}
