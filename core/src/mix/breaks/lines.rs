//! Breaks as a list: never two of a unit over each other, near ones as one line, in the order of harm.

use std::sync::Arc;

use super::FoundBreak;
use crate::mix::Break;
use crate::mix::levels::WINDOW;
use crate::mix::roles::{Class, Role};
use crate::mix::song::{CELLS_PER_S, CellSpan};
use crate::mix::verdicts::{MixContext, Unit, UnitVerdict, scope};
use crate::units::Seconds;

/// Seconds that stand for a bar where there is no tempo.
const BAR_S: f64 = 2.0;

/// Cuts what reaches into the break before it, and drops what is too short then. `breaks` are one unit's in song order.
pub(super) fn part(mix: &MixContext<'_>, breaks: &mut Vec<FoundBreak>) {
    let mut kept: Vec<FoundBreak> = Vec::with_capacity(breaks.len());
    for mut next in breaks.drain(..) {
        let end = kept.last().map_or(f64::NEG_INFINITY, |last: &FoundBreak| last.found.to_s.0);
        let is_cut = next.found.from_s.0 < end;
        if is_cut {
            let cut = Arc::make_mut(&mut next.found);
            cut.from_s = Seconds(end);
            cut.from_bar = mix.bars.number(end);
            cut.harm = harm(cut, next.is_doubled);
        }
        if !is_cut || next.found.to_s.0 - end >= shortest(mix, end) {
            kept.push(next);
        }
    }
    *breaks = kept;
}

/// The least that a break lasts where it begins.
pub(super) fn shortest(mix: &MixContext<'_>, from_s: f64) -> f64 {
    let rules = &mix.profile.rules.breaks;
    scope::after(mix.bars, from_s, rules.bars, rules.seconds) - from_s - rules.edge_seconds.0
}

/// Decibels beyond the band times bars.
pub(super) fn harm(found: &Break, is_doubled: bool) -> f64 {
    let bars = found.from_bar.zip(found.to_bar).map(|(from, to)| to - from);
    let bars = bars.unwrap_or((found.to_s.0 - found.from_s.0) / BAR_S);
    (found.beyond_db.0 * bars * if is_doubled { 2.0 } else { 1.0 } * 100.0).round() / 100.0
}

/// What counts twice.
pub(super) fn is_doubled(unit: &Unit<'_>) -> bool {
    unit.is_reference || unit.role == Role::LeadVocal
}

/// Puts the breaks in the order of harm, equals in that of place and name, and numbers the lines of the list.
pub(super) fn arrange(mix: &MixContext<'_>, judged: &[UnitVerdict], ranks: &[usize], breaks: &mut [FoundBreak]) {
    breaks.sort_by(|a, b| a.unit.cmp(&b.unit).then(a.found.from_s.0.total_cmp(&b.found.from_s.0)));
    let mut line = 0;
    for at in 0..breaks.len() {
        let is_near = at > 0 && breaks[at - 1].unit == breaks[at].unit && {
            let unit = &mix.units[breaks[at].unit];
            let (last, next) = (breaks[at - 1].found.to_s.0, breaks[at].found.from_s.0);
            let rules = &mix.profile.rules.breaks;
            let near = scope::after(mix.bars, last, rules.near_bars, rules.near_seconds) - last;
            playing_s(mix, unit, judged[unit.index].class, last, next) < near
        };
        line += usize::from(!is_near && at > 0);
        breaks[at].line = line;
    }
    let by_harm = |a: &FoundBreak, b: &FoundBreak| {
        let by_place = a.found.from_s.0.total_cmp(&b.found.from_s.0);
        b.found.harm.total_cmp(&a.found.harm).then(by_place).then(ranks[a.unit].cmp(&ranks[b.unit]))
    };
    breaks.sort_by(by_harm);
    // Lines in the order in which the list has them.
    let mut order = vec![usize::MAX; line + 1];
    let mut next = 0;
    for found in breaks {
        if order[found.line] == usize::MAX {
            order[found.line] = next;
            next += 1;
        }
        found.line = order[found.line];
        if found.found.line != found.line {
            Arc::make_mut(&mut found.found).line = found.line;
        }
    }
}

/// Seconds between two moments in which a unit plays.
fn playing_s(mix: &MixContext<'_>, unit: &Unit<'_>, class: Class, from_s: f64, to_s: f64) -> f64 {
    let span = CellSpan::from_seconds(from_s, to_s);
    let levels = unit.levels;
    if class == Class::Sustained {
        let limit = levels.sounding_from();
        let windows = levels.windows_in(CellSpan { to: span.to + WINDOW as i32 - 1, ..span });
        return windows.powers.iter().filter(|power| **power >= limit).count() as f64 / CELLS_PER_S;
    }
    // A drum plays for two bars after each of its hits.
    let rules = &mix.profile.rules.breaks;
    let (mut sum, mut last) = (0.0, from_s);
    for onset_s in levels.hits_in(span).iter().map(|hit| hit.onset_s).chain([to_s]) {
        let longest = scope::after(mix.bars, last, rules.bars, rules.seconds) - last;
        sum += (onset_s - last).min(longest).max(0.0);
        last = onset_s;
    }
    sum
}
