//! Where profiles lie: some in Keel itself, the user's own in a folder, any other by its path.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use etcetera::{BaseStrategy, choose_base_strategy};

use super::built_in;
use super::{GUIDE, Profile, ProfileError};

/// Far more than any profile: the guide has 9 kB.
const MAX_FILE_BYTES: u64 = 1 << 20;

impl Profile {
    /// A profile by its name, looked up in the targets folder, or by the path of its file.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        Self::load_from(name_or_path, Self::config_dir().as_deref())
    }

    /// The names that [`Self::load`] knows: the guide, the other built-in ones, then the user's own in the order of the
    /// alphabet.
    pub fn list() -> Vec<String> {
        Self::list_from(Self::config_dir().as_deref())
    }

    /// Keel brings along a profile of this name.
    pub fn is_built_in(name: &str) -> bool {
        built_in::text(name).is_some()
    }

    /// The folder of the user's own profiles, whether it exists or not.
    pub fn config_dir() -> Option<PathBuf> {
        choose_base_strategy().ok().map(|base| base.config_dir().join("keel").join("targets"))
    }

    /// Distinguishes one state of a profile's file from another; `None` of a built-in one, and where there is no file.
    pub fn file_version(name_or_path: &str) -> Option<FileVersion> {
        let path = path_of(name_or_path, Self::config_dir().as_deref()).filter(|_| name_or_path != GUIDE)?;
        let metadata = std::fs::metadata(path).ok()?;
        Some(FileVersion { written: metadata.modified().ok(), bytes: metadata.len() })
    }

    pub(super) fn load_from(name_or_path: &str, folder: Option<&Path>) -> Result<Self, ProfileError> {
        if name_or_path == GUIDE {
            return Ok(Self::guide());
        }
        let own = path_of(name_or_path, folder);
        // A file of the user's goes before a built-in profile of its name: projects may have named it before that was.
        if let Some(text) = built_in::text(name_or_path).filter(|_| !own.is_some_and(|path| path.exists())) {
            return Self::parse_built_in(name_or_path, text);
        }
        let no_home = || ProfileError::unread(name_or_path, "there is no home folder to look for it in");
        let path = path_of(name_or_path, folder).ok_or_else(no_home)?;
        let name = path.file_stem().map_or_else(|| name_or_path.to_owned(), |stem| stem.to_string_lossy().into_owned());
        let bytes = read_file(&path).map_err(|error| {
            let known = Self::list_from(folder).join(", ");
            let shown = path.display();
            ProfileError::unread(&name, &format!("cannot read {shown} ({error}); profiles found: {known}"))
        })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| ProfileError::unread(&name, "the file is not UTF-8 text: save it as plain text"))?;
        Self::parse(&name, &text)
    }

    pub(super) fn list_from(folder: Option<&Path>) -> Vec<String> {
        let files = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
        let mut names: Vec<String> = files
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .filter(|name| built_in::text(name).is_none())
            .collect();
        names.sort();
        built_in::names().map(str::to_owned).chain(names).collect()
    }
}

/// A profile's file at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileVersion {
    written: Option<SystemTime>,
    bytes: u64,
}

/// Where a profile's file would lie; `None` where there is no home to look for its name in.
fn path_of(name_or_path: &str, folder: Option<&Path>) -> Option<PathBuf> {
    let is_path = name_or_path.ends_with(".toml") || name_or_path.contains(['/', '\\']);
    if is_path { Some(name_or_path.into()) } else { folder.map(|folder| folder.join(format!("{name_or_path}.toml"))) }
}

/// A whole file of a sensible size. Projects name profiles: a device or a pipe must not hang or fill the host.
fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(std::io::Error::other("it is too large for a profile"));
    }
    std::fs::read(path)
}
