//! The audio files of a folder and of the folders in it, without what programs leave beside their work.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::Found;
use crate::decode::{is_audio, is_readable_format, way_out};
use crate::keel_toml::KeelToml;

/// Folders are followed this deep.
const DEEPEST: usize = 16;

/// Folders of by-products, in lower case: backups, undo and freeze files, pictures of waveforms, what systems leave.
const BY_PRODUCTS: [&str; 38] = [
    "__macosx",
    "$recycle.bin",
    "system volume information",
    "@eadir",
    "lost+found",
    "trash",
    "backup",
    "backups",
    "session file backups",
    "project backups",
    "auto save",
    "auto saves",
    "autosave",
    "autosaves",
    "auto-save",
    "auto-saves",
    "undo",
    "undo data",
    "undo history",
    "freeze",
    "freezes",
    "frozen",
    "freeze files",
    "frozen tracks",
    "freeze tracks",
    "peaks",
    "peak files",
    "waveforms",
    "wavecache",
    "cache",
    "caches",
    "render cache",
    "image files",
    "fade files",
    "fades",
    "ableton project info",
    "video files",
    "crash",
];

/// Every audio file under the folder that can be read, in the order of their names, a folder's own ahead of those of
/// the folders in it. Hidden files are not meant, nor what the settings ignore, nor by-products. Audio that cannot be
/// read is named in `found`.
pub(super) fn files_of(folder: &Path, settings: &KeelToml, found: &mut Found) -> Vec<PathBuf> {
    let mut walk = Walk { settings, found, seen: HashSet::new(), files: Vec::new(), ignored: Vec::new() };
    walk.enter(folder, 0);
    let Walk { files, ignored, .. } = walk;
    if !ignored.is_empty() {
        found.notes.push(format!("Ignored, as keel.toml asks: {}.", ignored.join(", ")));
    }
    files
}

struct Walk<'a> {
    settings: &'a KeelToml,
    found: &'a mut Found,
    /// Folders that were entered: links lead in circles.
    seen: HashSet<PathBuf>,
    files: Vec<PathBuf>,
    ignored: Vec<String>,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, depth: usize) {
        if depth > DEEPEST || !self.seen.insert(fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())) {
            return;
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.found.left_out.push(format!("{}: cannot be read: {error}", folder.display()));
                return;
            }
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| !name_of(path).starts_with('.'));
        paths.sort_by_cached_key(|path| (name_of(path).to_lowercase(), path.clone()));
        let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
        for file in files.into_iter().filter(|file| is_audio(file)) {
            self.take(file);
        }
        for folder in folders.iter().filter(|folder| !is_by_product(&name_of(folder))) {
            self.enter(folder, depth + 1);
        }
    }

    fn take(&mut self, file: PathBuf) {
        let name = name_of(&file);
        if self.settings.ignores(&name) {
            self.ignored.push(name);
        } else if is_readable_format(&file) {
            self.files.push(file);
        } else {
            let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            let sentence = format!("{}: .{ending} files cannot be read; {}", file.display(), way_out(&file));
            self.found.left_out.push(sentence);
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A program keeps here what is no stem.
fn is_by_product(folder: &str) -> bool {
    let name = folder.to_lowercase();
    let name = name.strip_suffix(".nosync").unwrap_or(&name);
    // Audacity cuts its recordings into blocks in a folder of this ending.
    BY_PRODUCTS.contains(&name) || name.ends_with("_data") || name.ends_with(".bak")
}

/// Names for these files: each its own without the ending, with as many of its folders ahead as tell it from others,
/// or with its ending where two lie in one folder.
pub(super) fn names(files: &[PathBuf]) -> Vec<String> {
    let plain = |path: &PathBuf| crate::decode::track_name(path);
    let mut names: Vec<String> = files.iter().map(plain).collect();
    for depth in 1..=DEEPEST {
        let again = used_again(&names);
        if again.is_empty() {
            return names;
        }
        for at in again {
            names[at] = under_folders(&files[at], depth);
        }
    }
    for at in used_again(&names) {
        names[at] = name_of(&files[at]);
    }
    names
}

/// Places of names that stand more than once.
fn used_again(names: &[String]) -> Vec<usize> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    names.iter().for_each(|name| *count.entry(name).or_default() += 1);
    (0..names.len()).filter(|&at| count[names[at].as_str()] > 1).collect()
}

/// A file's name without its ending, behind the last of its folders.
fn under_folders(file: &Path, depth: usize) -> String {
    let folders = file.parent().into_iter().flat_map(Path::components).filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let folders: Vec<String> = folders.collect();
    let shown = &folders[folders.len().saturating_sub(depth)..];
    shown.iter().cloned().chain([crate::decode::track_name(file)]).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(paths: &[&str]) -> Vec<String> {
        names(&paths.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn equal_names_are_told_apart_by_as_few_folders_as_it_takes() {
        assert_eq!(named(&["s/Kick.wav", "s/Drums/Snare.wav"]), ["Kick", "Snare"]);
        assert_eq!(named(&["s/A/Kick.wav", "s/B/Kick.wav", "s/Bass.wav"]), ["A/Kick", "B/Kick", "Bass"]);
        assert_eq!(named(&["s/1/A/Kick.wav", "s/2/A/Kick.wav", "s/B/Kick.wav"]), ["1/A/Kick", "2/A/Kick", "B/Kick"]);
        assert_eq!(named(&["s/Kick.wav", "s/Drums/Kick.wav"]), ["s/Kick", "Drums/Kick"]);
        assert_eq!(named(&["s/Kick.wav", "s/Kick.flac"]), ["Kick.wav", "Kick.flac"]);
    }

    #[test]
    fn by_products_are_known_by_their_folder() {
        for folder in ["Backup", "BACKUPS", "__MACOSX", "Freeze Files.nosync", "Undo Data.nosync", "song_data", "Peaks"]
        {
            assert!(is_by_product(folder), "{folder}");
        }
        for folder in ["Drums", "Backing Vocals", "Stems", "Audio Files", "Bounced Files", "Data", "Freestyle"] {
            assert!(!is_by_product(folder), "{folder}");
        }
    }
}
