//! Whether a unit is read by its hits, or as sustained sound.

use crate::mix::LevelRules;
use crate::mix::levels::Levels;
use crate::mix::roles::Class;

/// How a track is read, and whether that differs from its role for want of hits: fewer than 8 in 16 s of sound. Sound is
/// what lies within the 20 dB in which onsets are searched: bleed between a tom's few fills makes it no sustained sound.
pub(crate) fn class_of(levels: &Levels, class: Class, rules: &LevelRules) -> (Class, bool) {
    if class == Class::Sustained {
        return (class, false);
    }
    let sounding_s = levels.striking_s();
    let wanted = rules.min_hits as f64 * sounding_s / rules.min_hits_seconds.0;
    // Without a single hit there is nothing to wait for once some seconds have sounded.
    let none = levels.onsets() == 0 && sounding_s >= rules.min_hits_seconds.0 / 4.0;
    let few = sounding_s >= rules.min_hits_seconds.0 && (levels.onsets() as f64) < wanted;
    if none || few { (Class::Sustained, true) } else { (class, false) }
}

/// Hits roles show too few hits: said beside the level.
pub(crate) fn fallback_note(class: Class, fallback: bool) -> Option<&'static str> {
    (class == Class::Sustained && fallback).then_some("too few hits: read as sustained sound")
}
