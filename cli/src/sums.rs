//! Files that are sums of others: a mix among its stems, a group beside its members. A file is one where gains that are
//! not negative leave a residual 20 dB under it, whatever its name says: it is a bus then, and counts in no sum.

mod fit;
mod proof;
mod sketch;

use keel_core::mix::{Role, RoleFrom, detect};

use self::proof::{Files, Sum};
pub use self::sketch::Sketch;
use crate::stems::Stem;

/// Names of members that a note tells before it counts.
const NAMED: usize = 5;

/// A file to look for sums among.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub stem: &'a Stem,
    pub sketch: &'a Sketch,
    pub sample_rate: f64,
}

/// The stems with those that are sums of others as buses, and a sentence for each of them. The user's word on a role
/// stands, and what the user calls the kick is no bus.
pub fn take_as_buses(files: &[File<'_>]) -> (Vec<Stem>, Vec<String>) {
    let sums = find(files);
    let has_mix = sums.iter().any(|(_, sum)| sum.is_whole);
    let mut stems: Vec<Stem> = files.iter().map(|file| file.stem.clone()).collect();
    let mut notes = Vec::new();
    for (index, sum) in &sums {
        let stem = &mut stems[*index];
        let role = match stem.role {
            _ if sum.is_whole => Role::MixBus,
            Role::MixBus if has_mix => Role::Group,
            role if role.is_bus() => role,
            _ => Role::Group,
        };
        if role != stem.role {
            notes.push(note(files, *index, sum, role));
            (stem.role, stem.role_from) = (role, RoleFrom::User);
        }
    }
    (stems, notes)
}

/// "Night Drive.wav is the sum of the others: taken as the mix."
fn note(files: &[File<'_>], index: usize, sum: &Sum, role: Role) -> String {
    let path = &files[index].stem.path;
    let file = path.file_name().map_or_else(|| files[index].stem.name.clone().into(), |name| name.to_string_lossy());
    if role == Role::MixBus {
        return format!("{file} is the sum of the others: taken as the mix.");
    }
    let names: Vec<&str> = sum.members.iter().map(|&member| files[member].stem.name.as_str()).collect();
    let members = match names.as_slice() {
        [most @ .., last] if names.len() <= NAMED => format!("{} and {last}", most.join(", ")),
        _ => format!("{} and {} others", names[..NAMED - 1].join(", "), names.len() + 1 - NAMED),
    };
    format!("{file} is the sum of {members}: taken as a group.")
}

/// The sums among the files, by their places. Files of different rates have no samples in common, and are not compared.
fn find(files: &[File<'_>]) -> Vec<(usize, Sum)> {
    let grid = |file: &File<'_>| (file.sample_rate as u64, file.sketch.stride());
    let mut grids: Vec<_> = files.iter().map(grid).collect();
    grids.sort_unstable();
    grids.dedup();
    let mut sums = Vec::new();
    for (rate, stride) in grids {
        let alike: Vec<usize> = (0..files.len()).filter(|&file| grid(&files[file]) == (rate, stride)).collect();
        // Two others at least, or there is no sum.
        if alike.len() > 2 {
            let of_alike = Files::new(alike.iter().map(|&file| files[file].sketch).collect(), rate);
            let may_be_sum = |file: usize| may_be_sum(files[alike[file]].stem);
            let must_be_in = |file: usize| is_part_of_a_mix(files[alike[file]].stem);
            for (file, sum) in of_alike.sums(may_be_sum, must_be_in) {
                let members = sum.members.iter().map(|&member| alike[member]).collect();
                sums.push((alike[file], Sum { members, ..sum }));
            }
        }
    }
    sums.sort_by_key(|(file, _)| *file);
    sums
}

fn may_be_sum(stem: &Stem) -> bool {
    stem.role_from.is_guess() && !stem.is_reference
}

/// A mix has all tracks in it; a name that says trigger, click or effect promises nothing.
fn is_part_of_a_mix(stem: &Stem) -> bool {
    !stem.role.is_bus() && detect(&stem.name) != Some(Role::Other)
}
