//! A folder of finished songs, which are no stems of one mix: they share no length, and each fills the whole hearing
//! range up to full scale.

use keel_core::mix::{Role, density};

use super::{Track, input};
use crate::stems::Stem;

/// Songs differ in length by more than this.
const APART_S: f64 = 1.0;
/// A finished song's largest sample.
const LEAST_PEAK: f32 = 0.5;
/// The share of bands that sound in it, within 40 dB of the loudest, most of the time.
const LEAST_BANDS: f64 = 0.6;

/// What the tracks are taken as: as they are, or each as a mix, where all of them are finished songs, which a sentence
/// says. A role by the user's word is one of a stem.
pub(super) fn of_an_album(tracks: &[(&Stem, Track)], lengths: &[f64]) -> (Vec<Stem>, Option<String>) {
    let stems = || tracks.iter().map(|(stem, _)| (*stem).clone());
    let is_album = tracks.len() > 1
        && are_apart(lengths)
        && tracks.iter().all(|(stem, track)| stem.role_from.is_guess() && !stem.is_reference && is_song(stem, track));
    if !is_album {
        return (stems().collect(), None);
    }
    let note = "These files are finished songs, not stems of one mix: each is measured as a mixdown, and none is judged \
                against another. --role makes stems of them.";
    (stems().map(|stem| Stem { role: Role::MixBus, ..stem }).collect(), Some(note.to_owned()))
}

fn are_apart(lengths: &[f64]) -> bool {
    let mut lengths = lengths.to_vec();
    lengths.sort_by(f64::total_cmp);
    lengths.windows(2).all(|pair| pair[1] - pair[0] > APART_S)
}

fn is_song(stem: &Stem, track: &Track) -> bool {
    let peak = track.song().cells().map(|cell| cell.max_peak()).fold(0.0, f32::max);
    let steps = density(&input(Default::default(), stem, track.song())).map_or_else(Vec::new, |density| density.steps);
    let mut shares: Vec<f64> = steps.iter().map(|step| step.bands.unwrap_or(0.0)).collect();
    shares.sort_by(f64::total_cmp);
    let middle = shares.get(shares.len() / 2).copied().unwrap_or(0.0);
    track.channels() == 2 && peak >= LEAST_PEAK && middle >= LEAST_BANDS
}
