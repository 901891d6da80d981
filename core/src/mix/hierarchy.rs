//! Loudness of leads and vocals against each other and against the bed (rules: "Roles and targets").

use super::heard::{CellSpan, Heard, Window};
use super::mixture::{Mixture, Unit};
use super::reading::sounding;
use super::{Placement, Profile, Role, Target, TargetAgainst};
use crate::dsp::gated_loudness;

/// A track's loudness and that of what it is measured against, over the places where both count, in LUFS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub own: f64,
    pub against: f64,
    /// Where on its channel the other is heard.
    pub placement: Placement,
}

/// The target of a unit. Without a vocal the loudest lead takes the vocal's rule.
pub(crate) fn target(mix: &Mixture<'_>, unit: &Unit, span: CellSpan) -> Option<Target> {
    let own = mix.profile.target(unit.role);
    let takes_vocals_rule = unit.role == Role::LeadSynth
        && own.is_some_and(|target| target.against == TargetAgainst::LeadVocal)
        && primary_synth(mix, span).is_some_and(|primary| std::ptr::eq(primary, unit));
    if takes_vocals_rule { mix.profile.target(Role::LeadVocal) } else { own }
}

/// The loudness of a unit against the bed, or against the lead.
pub(crate) fn pair(mix: &Mixture<'_>, unit: &Unit, against: TargetAgainst, span: CellSpan) -> Option<Pair> {
    match against {
        TargetAgainst::Bed => against_bed(mix, unit, span),
        TargetAgainst::LeadVocal => against_lead(mix, unit, span),
        TargetAgainst::Kick | TargetAgainst::FullScale => None,
    }
}

/// The loudest bed or melodic part, where the track sounds.
fn against_bed(mix: &Mixture<'_>, unit: &Unit, span: CellSpan) -> Option<Pair> {
    let here = places(&unit.heard, span, mix.profile);
    let is_bed = |role| match unit.role {
        // A lead that has taken the vocal's rule is not measured against the other leads: they are against it.
        Role::LeadSynth => matches!(role, Role::Guitars | Role::Pads),
        _ => matches!(role, Role::Guitars | Role::Pads | Role::LeadSynth),
    };
    let beds = mix.counted().filter(|other| !std::ptr::eq(*other, unit) && is_bed(other.role));
    let pairs = beds.filter_map(|bed| {
        let both: Vec<i32> = here.iter().copied().filter(|start| bed.heard.has_window(*start)).collect();
        Some(Pair { own: over(&both, &unit.heard)?, against: over(&both, &bed.heard)?, placement: bed.placement })
    });
    pairs.max_by(|a, b| a.against.total_cmp(&b.against))
}

/// The loudest lead vocal, or primary lead, where both sound.
fn against_lead(mix: &Mixture<'_>, unit: &Unit, span: CellSpan) -> Option<Pair> {
    let vocals: Vec<&Unit> = mix.counted().filter(|other| other.role == Role::LeadVocal).collect();
    let leads = if vocals.is_empty() && unit.role == Role::LeadSynth {
        primary_synth(mix, span).into_iter().collect()
    } else {
        vocals
    };
    let here = places(&unit.heard, span, mix.profile);
    let pairs = leads.into_iter().filter(|lead| !std::ptr::eq(*lead, unit)).filter_map(|lead| {
        let there = places(&lead.heard, span, mix.profile);
        let both: Vec<i32> = here.iter().copied().filter(|start| there.binary_search(start).is_ok()).collect();
        Some(Pair { own: over(&both, &unit.heard)?, against: over(&both, &lead.heard)?, placement: lead.placement })
    });
    pairs.max_by(|a, b| a.against.total_cmp(&b.against))
}

/// The loudest lead synth of a song without a vocal.
fn primary_synth<'a>(mix: &'a Mixture<'_>, span: CellSpan) -> Option<&'a Unit> {
    if mix.counted().any(|unit| unit.role == Role::LeadVocal) {
        return None;
    }
    let loudness = |unit: &Unit| gated_loudness(unit.heard.windows_in(span).map(|(_, window)| window.k_power));
    mix.counted()
        .filter(|unit| unit.role == Role::LeadSynth)
        .filter_map(|unit| Some((unit, loudness(unit)?)))
        .max_by(|a, b| a.1.0.total_cmp(&b.1.0))
        .map(|(unit, _)| unit)
}

/// Where a track sounds: the first cells of its sounding windows, rising.
fn places(heard: &Heard, span: CellSpan, profile: &Profile) -> Vec<i32> {
    let range = sounding(&profile.rules.level);
    heard.windows_in(span).filter(|(_, window)| heard.sounds(window, range)).map(|(start, _)| start).collect()
}

/// Gated loudness over these windows; `None` where the track makes no sound in them.
fn over(places: &[i32], heard: &Heard) -> Option<f64> {
    let window =
        |start: &i32| -> Option<&Window> { heard.windows.get(usize::try_from(start - heard.first).ok()?)?.as_ref() };
    gated_loudness(places.iter().filter_map(window).map(|window| window.k_power)).map(|loudness| loudness.0)
}
