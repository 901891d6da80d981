//! What to do about what is not heard, and about what mono takes away band by band.

use std::sync::Arc;

use super::HearingFacts;
use crate::mix::roles::Role;
use crate::mix::verdicts::{Finding, MixContext, Unit};
use crate::mix::{Advice, AdviceKind, Masking, PanVerdict, Verdict, words};

/// A unit that others cover, and what to say of it.
#[derive(Clone, Debug)]
pub(crate) struct Masked {
    /// Units: who is covered, and by whom.
    unit: usize,
    masker: Option<usize>,
    advice: Arc<Advice>,
}

/// Masked tracks, then the bus and the low end in mono.
pub(crate) fn advice(mix: &MixContext<'_>, findings: &[Finding<'_>], hearing: &HearingFacts) -> Vec<Arc<Advice>> {
    // What a fader's own advice sees to is not said twice: a track that is too loud, or covered by one that is.
    let is_pulled = |unit: usize| findings[unit].judged.verdict == Verdict::High;
    let left = hearing.masked.iter().filter(|of| !is_pulled(of.unit) && !of.masker.is_some_and(is_pulled));
    let masked = left.map(|of| Arc::clone(&of.advice));
    let low_ends = findings.iter().filter_map(|finding| low_end(mix, finding, hearing));
    masked.chain(thin_bus(mix, findings, hearing).into_iter().chain(low_ends).map(Arc::new)).collect()
}

fn advice_for(unit: &Unit<'_>, kind: AdviceKind, text: String) -> Advice {
    Advice { track: unit.name.to_owned(), kind, text, move_db: None, from_s: None, to_s: None }
}

/// Of tracks that have a place in the balance: an effect may well hide.
pub(super) fn masked(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    masking: &Masking,
    masker: Option<usize>,
) -> Option<Masked> {
    unit.asked(mix.profile).target.filter(|_| masking.at_risk)?;
    let limit = mix.profile.rules.hearing.masked;
    let by_kick = masking.by_kick.is_some_and(|ratio| ratio <= limit);
    let kick = mix.reference.members.first().filter(|_| by_kick);
    // A kick that does not count in sums still masks.
    let kick_unit = kick.and_then(|kick| mix.units.iter().position(|unit| unit.members.contains(kick)));
    let name = match kick {
        Some(&index) => Some((mix.tracks[index].name, Role::Kick)),
        None => masker.map(|masker| (mix.units[masker].name, mix.units[masker].role)),
    };
    let text = words::masked(unit.name, unit.role, name, masking.band_hz);
    let advice = advice_for(unit, AdviceKind::Mask, text).into();
    Some(Masked { unit: unit.index, masker: kick_unit.or(masker), advice })
}

/// Bands of the bus that fade in mono, one sentence for all.
fn thin_bus(mix: &MixContext<'_>, findings: &[Finding<'_>], hearing: &HearingFacts) -> Option<Advice> {
    let bus = findings.iter().find(|finding| finding.unit.role == Role::MixBus && !finding.unit.is_out)?;
    let worst = hearing.bus.thin_bands.iter().min_by(|a, b| a.loss_db.0.total_cmp(&b.loss_db.0))?;
    let disappears = worst.loss_db.0 <= -mix.profile.rules.mono.disappears.0;
    Some(advice_for(bus.unit, AdviceKind::Mono, words::thin_bands(bus.unit.name, &hearing.bus.thin_bands, disappears)))
}

/// The side signal under 120 Hz, on the bus and on the tracks whose place is down there.
fn low_end(mix: &MixContext<'_>, finding: &Finding<'_>, hearing: &HearingFacts) -> Option<Advice> {
    let is_low = matches!(finding.unit.role, Role::Kick | Role::Bass | Role::Sub808 | Role::MixBus);
    // What is off centre as a whole is said to be so already.
    let may = is_low && !finding.unit.is_out && finding.pan != PanVerdict::Off && finding.unit.members.len() == 1;
    let side = hearing.tracks[*finding.unit.members.first()?].low_side_db.filter(|_| may)?;
    let limit = mix.profile.rules.mono.low_side;
    let over = (side.0 * 10.0).round() > (limit.0 * 10.0).round();
    over.then(|| advice_for(finding.unit, AdviceKind::Mono, words::low_side(finding.unit.name, side, limit)))
}
