//! The mix among its stems, where its name says so by its place alone: the song's title, with which the stems' names
//! begin, or that their folder has; or a folder for mixes.

use std::path::{Path, PathBuf};

use keel_core::mix::{Role, detect};

use super::Stem;
use crate::decode::track_name;

/// So many stems make a title.
const STEMS: usize = 3;

/// Takes as mix what lies where mixes do, though its name has no word for it, and says so in a sentence. Files whose
/// name or user gives them a role keep it.
pub(super) fn by_place(stems: &mut [Stem], roots: &[PathBuf]) -> Option<String> {
    let is_mix = |stem: &Stem| {
        let is_free = stem.role_from.is_guess() && stem.role == Role::Other && !stem.is_reference;
        is_free && detect(&track_name(&stem.path)).is_none() && (lies_among_mixes(stem, roots) || is_title(stem, stems))
    };
    let found: Vec<usize> = (0..stems.len()).filter(|&at| is_mix(&stems[at])).collect();
    if found.is_empty() || found.len() == stems.len() {
        return None;
    }
    for &at in &found {
        stems[at].role = Role::MixBus;
    }
    let names: Vec<&str> = found.iter().map(|&at| stems[at].name.as_str()).collect();
    Some(format!("Taken as the mix, by its place among the stems: {}. --role says otherwise.", names.join(", ")))
}

/// Its folder, below those that the user named, is called as mixes are.
fn lies_among_mixes(stem: &Stem, roots: &[PathBuf]) -> bool {
    let folder = stem.path.parent().filter(|folder| roots.iter().all(|root| folder != root));
    let is_below = roots.iter().any(|root| stem.path.starts_with(root));
    is_below && folder.and_then(Path::file_name).and_then(|name| detect(&name.to_string_lossy())) == Some(Role::MixBus)
}

/// It has the name that others go on from to an instrument, or that their folder has.
fn is_title(stem: &Stem, stems: &[Stem]) -> bool {
    let title = track_name(&stem.path).to_lowercase();
    let goes_on = |other: &&Stem| {
        let name = track_name(&other.path).to_lowercase();
        let rest = name.strip_prefix(&title).filter(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()));
        rest.and_then(detect).is_some_and(|role| !role.is_bus())
    };
    let folder = stem.path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().to_lowercase());
    let has_role = |other: &&Stem| other.role != Role::Other && !other.role.is_bus();
    stems.iter().filter(goes_on).count() >= STEMS
        || folder.is_some_and(|folder| folder == title) && stems.iter().filter(has_role).count() >= STEMS
}
