//! Split stereo: two mono files that are the sides of one track.

use std::path::Path;

use keel_core::mix::detect;

use super::Stem;
use crate::decode::{Reader, track_name};

/// Sides differ in length by less than this.
const ALIKE_S: f64 = 0.05;
/// What the names of the sides end in.
const SIDES: [(&str, &str); 4] = [(".l", ".r"), ("_l", "_r"), ("-l", "-r"), (" l", " r")];

/// Joins two mono files that differ by .L/.R, _L/_R, -L/-R or " L"/" R" and are alike in length and rate into one stem,
/// in the place of the left.
pub(super) fn join(stems: &mut Vec<Stem>) {
    let mut at = 0;
    while at < stems.len() {
        if let Some(right) = right_of(stems, at)
            && are_sides(&stems[at].path, &stems[right].path)
        {
            let right = stems.remove(right);
            at = stems.iter().position(|stem| is_left_of(stem, &right)).unwrap_or(at);
            let left = &mut stems[at];
            left.name.truncate(left.name.len() - 2);
            if left.role_from.is_guess() && !right.role_from.is_guess() {
                (left.role, left.role_from) = (right.role, right.role_from);
            } else if left.role_from.is_guess() {
                left.role = detect(&track_name(Path::new(&left.name))).unwrap_or(left.role);
            }
            left.is_reference |= right.is_reference;
            left.right = Some(right.path);
        }
        at += 1;
    }
}

/// The one other stem that is the right side by its name.
fn right_of(stems: &[Stem], left: usize) -> Option<usize> {
    let mut found = (0..stems.len()).filter(|&right| is_left_of(&stems[left], &stems[right]));
    found.next().filter(|_| found.next().is_none())
}

fn is_left_of(left: &Stem, right: &Stem) -> bool {
    let split = |name: &str| {
        let at = name.len().checked_sub(2)?;
        Some((name.get(..at)?.to_owned(), name.get(at..)?.to_ascii_lowercase()))
    };
    let (Some((left_base, l)), Some((right_base, r))) = (split(&left.name), split(&right.name)) else { return false };
    let is_free = left.right.is_none() && right.right.is_none();
    is_free && !left_base.is_empty() && left_base == right_base && SIDES.contains(&(l.as_str(), r.as_str()))
}

/// Two mono files of one rate and nearly one length. Whatever cannot be read is no side.
fn are_sides(left: &Path, right: &Path) -> bool {
    let facts = |path: &Path| {
        let reader = Reader::open(path).ok().filter(|reader| reader.channels() == 1)?;
        let rate = reader.sample_rate();
        Some((rate, reader.expected_frames()? as f64 / f64::from(rate)))
    };
    match (facts(left), facts(right)) {
        (Some((rate, seconds)), Some((other, others))) => rate == other && (seconds - others).abs() < ALIKE_S,
        _ => false,
    }
}
