//! What to do about what mono takes away band by band.

use std::sync::Arc;

use super::HearingFacts;
use crate::mix::roles::Role;
use crate::mix::verdicts::{Finding, MixContext, advice_for};
use crate::mix::{Advice, AdviceKind, PanVerdict, words};

/// The bus and the low end in mono.
pub(crate) fn advice(mix: &MixContext<'_>, findings: &[Finding<'_>], hearing: &HearingFacts) -> Vec<Arc<Advice>> {
    let low_ends = findings.iter().filter_map(|finding| low_end(mix, finding, hearing));
    thin_bus(mix, findings, hearing).into_iter().chain(low_ends).map(Arc::new).collect()
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
