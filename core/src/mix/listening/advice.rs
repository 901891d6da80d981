//! What to do about what is not heard, and about what mono takes away band by band.

use super::Listening;
use crate::mix::advice::Finding;
use crate::mix::mixture::Mixture;
use crate::mix::{Advice, AdviceKind, PanVerdict, Role, Verdict, words};

/// Masked tracks, then the bus and the low end in mono.
pub(crate) fn advice(mix: &Mixture<'_>, findings: &[Finding<'_>], listening: &Listening) -> Vec<Advice> {
    let masked = findings.iter().filter_map(|finding| mask(mix, findings, finding, listening));
    let low_ends = findings.iter().filter_map(|finding| low_end(mix, finding, listening));
    masked.chain(thin_bus(mix, findings, listening)).chain(low_ends).collect()
}

fn advice_for(finding: &Finding<'_>, kind: AdviceKind, text: String) -> Advice {
    Advice { track: finding.name.to_owned(), kind, text, move_db: None, from_s: None, to_s: None }
}

/// Of tracks that have a place in the balance: an effect may well hide. What a fader's own advice sees to is not told
/// twice: a track that is too loud, or covered by one that is.
fn mask(mix: &Mixture<'_>, findings: &[Finding<'_>], finding: &Finding<'_>, listening: &Listening) -> Option<Advice> {
    let first = *finding.unit.members.first()?;
    let masking = listening.tracks[first].masking.as_ref().filter(|masking| masking.at_risk)?;
    mix.profile.target(finding.unit.role).filter(|_| !finding.unit.is_out)?;
    let limit = mix.profile.rules.hearing.masked;
    let by_kick = masking.by_kick.is_some_and(|ratio| ratio <= limit);
    let kick = by_kick.then(|| mix.reference.members.first().copied()).flatten();
    let named = |index: &usize| Some(mix.tracks[*index].name) == masking.masker.as_deref();
    let masker = kick.or_else(|| (0..mix.tracks.len()).find(named));
    let is_pulled = |index: usize| findings.iter().any(|of| of.unit.members.contains(&index) && is_too_loud(of));
    if is_too_loud(finding) || masker.is_some_and(is_pulled) {
        return None;
    }
    let name = match kick {
        Some(index) => Some(mix.tracks[index].name),
        None => masking.masker.as_deref(),
    };
    let role = masker.map(|index| if kick.is_some() { Role::Kick } else { mix.tracks[index].role });
    let text = words::masked(finding.name, finding.unit.role, name.zip(role), masking.band_hz);
    Some(advice_for(finding, AdviceKind::Mask, text))
}

fn is_too_loud(finding: &Finding<'_>) -> bool {
    finding.judged.verdict == Verdict::High
}

/// Bands of the bus that fade in mono, one sentence for all.
fn thin_bus(mix: &Mixture<'_>, findings: &[Finding<'_>], listening: &Listening) -> Option<Advice> {
    let bus = findings.iter().find(|finding| finding.unit.role == Role::MixBus && !finding.unit.is_out)?;
    let worst = listening.bus.thin_bands.iter().min_by(|a, b| a.loss_db.0.total_cmp(&b.loss_db.0))?;
    let disappears = worst.loss_db.0 <= -mix.profile.rules.mono.disappears.0;
    Some(advice_for(bus, AdviceKind::Mono, words::thin_bands(bus.name, &listening.bus.thin_bands, disappears)))
}

/// The side signal under 120 Hz, on the bus and on the tracks whose place is down there.
fn low_end(mix: &Mixture<'_>, finding: &Finding<'_>, listening: &Listening) -> Option<Advice> {
    let is_low = matches!(finding.unit.role, Role::Kick | Role::Bass | Role::Sub808 | Role::MixBus);
    // What is off centre as a whole is told so already.
    let may = is_low && !finding.unit.is_out && finding.pan != PanVerdict::Off && finding.unit.members.len() == 1;
    let side = listening.tracks[*finding.unit.members.first()?].low_side_db.filter(|_| may)?;
    let limit = mix.profile.rules.mono.low_side;
    let over = (side.0 * 10.0).round() > (limit.0 * 10.0).round();
    over.then(|| advice_for(finding, AdviceKind::Mono, words::low_side(finding.name, side, limit)))
}
