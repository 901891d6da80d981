//! A whole drum kit in one track: "Drums", "Drum Bus", "Schlagzeug".

use super::guess::detect;
use super::role::Role;
use super::words::words;

/// A kit, in four languages; a plural's -s apart.
const KIT: [&str; 12] = [
    "drum",
    "drumkit",
    "drumset",
    "kit",
    "drm",
    "drumstem",
    "drumbus",
    "drummix",
    "schlagzeug",
    "drumcomputer",
    "bateria",
    "batterie",
];
/// With one of these it is a part of a kit, a copy of it, or what is left without it.
const NOT_WHOLE: [&str; 22] = [
    "parallel",
    "paralelo",
    "parallele",
    "ny",
    "york",
    "crush",
    "crushed",
    "smash",
    "smashed",
    "comp",
    "compressed",
    "dirty",
    "dist",
    "distorted",
    "fx",
    "no",
    "non",
    "without",
    "minus",
    "ohne",
    "sin",
    "sans",
];

/// The name says a whole kit, and nothing of one of its drums or of another instrument.
pub(crate) fn is_whole_kit(name: &str) -> bool {
    let words: Vec<String> = words(name).into_iter().map(|word| word.folded).collect();
    let is_in =
        |list: &[&str], word: &String| list.iter().any(|known| *known == word.strip_suffix('s').unwrap_or(word));
    // "Drums and Bass" is a group of more than the kit.
    let is_other = |word: &String| !is_in(&KIT, word) && detect(word).is_some_and(|role| !role.is_bus());
    detect(name) == Some(Role::Group)
        && !words.iter().any(is_other)
        && words.iter().any(|word| is_in(&KIT, word))
        && !words.iter().any(|word| is_in(&NOT_WHOLE, word) || NOT_WHOLE.contains(&word.as_str()))
}

/// A drum that a kit is made of.
pub(crate) fn is_of_kit(role: Role) -> bool {
    matches!(role, Role::Kick | Role::Snare | Role::Hats | Role::Toms | Role::Cymbals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_kits_are_known_by_name() {
        for name in
            ["drums", "Drums", "02 DRUMS", "Drum Bus", "Night Drive - drums", "Drum Kit", "Schlagzeug", "Batería"]
        {
            assert!(is_whole_kit(name), "{name}");
        }
    }

    #[test]
    fn parts_copies_and_what_is_left_of_a_kit_are_none() {
        for name in [
            "Kick",
            "Snare Drum",
            "Drum Room",
            "Drum Crush",
            "Parallel Drums",
            "Drums NY",
            "Drum Verb",
            "no_drums",
            "Kick & Snare",
            "Gtr Bus",
            "Drum Loop",
            "Drums and Bass",
            "bass",
            "Vox Group",
        ] {
            assert!(!is_whole_kit(name), "{name}");
        }
    }
}
