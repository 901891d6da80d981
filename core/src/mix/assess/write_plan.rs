//! From the plan by units to the plan that is reported, and what each track reads with it done.

use super::findings::Findings;
use crate::mix::plan::{Planned, is_gain};
use crate::mix::verdicts::Unit;
use crate::mix::words::{self, MoveReason};
use crate::mix::{NotLanded, Plan, PlanStep, StepKind, TargetAgainst, TrackAfter, Verdict};
use crate::units::{Db, Dbtp};

/// The plan, and each track after it; nothing where no plan can be made.
pub(super) fn plan_report(found: &Findings<'_>) -> (Option<Plan>, Vec<TrackAfter>) {
    let Some(planned) = found.planned else { return (None, Vec::new()) };
    let step = found.mix.profile.rules.verdict.step.0;
    let db = |steps: i32| Db(f64::from(steps) * step);
    let together = planned.together.then(|| db(planned.rest));
    let units = planned.order.iter().map(|&unit| &found.mix.units[unit]);
    let is_fed = |unit: &&Unit<'_>| unit.is_counted() || planned.steps[unit.index] != 0;
    let moved = units.filter(is_fed).filter_map(|unit| {
        let own = db(planned.steps[unit.index]);
        let beside = together.map(|together| Db(own.0 - together.0));
        (own.0 != 0.0 || beside.is_some_and(|beside| beside.0 != 0.0))
            .then(|| plan_step(found, planned, unit, own, beside))
    });
    let rules = &found.mix.profile.rules;
    let is_off = |verdict: Verdict| matches!(verdict, Verdict::Low | Verdict::High);
    let left = found.mix.units.iter().filter(|unit| is_off(found.after[unit.index].verdict));
    let plan = Plan {
        steps: moved.collect(),
        together_db: together,
        unjudged_db: db(planned.rest),
        lowered_db: found.peak.map(|_| db(planned.lowered)),
        true_peak_dbtp: found.peak.map(|peak| Dbtp(peak.0 + db(planned.lowered).0)),
        not_landed: left
            .map(|unit| NotLanded { track: unit.name.to_owned(), reason: words::not_landed(rules.verdict.reach) })
            .collect(),
    };
    let after = (0..found.mix.tracks.len()).map(|index| track_after(found, index)).collect();
    (Some(plan), after)
}

fn plan_step(found: &Findings<'_>, planned: &Planned, unit: &Unit<'_>, move_db: Db, beside: Option<Db>) -> PlanStep {
    let tracks = || unit.members.iter().map(|&index| &found.mix.tracks[index]);
    let is_gain = is_gain(move_db.0, &found.mix.profile.rules.verdict);
    PlanStep {
        track: unit.name.to_owned(),
        tracks: tracks().map(|track| track.name.to_owned()).collect(),
        ids: tracks().map(|track| track.id).collect(),
        kind: if is_gain { StepKind::Gain } else { StepKind::Fader },
        move_db,
        beside_together_db: beside,
        reason: words::reason(found.role(unit), reason(found, planned, unit, move_db)),
        lands_at_db: found.after[unit.index].offset.filter(|_| found.after[unit.index].judgement.is_some()).map(Db),
    }
}

fn reason(found: &Findings<'_>, planned: &Planned, unit: &Unit<'_>, move_db: Db) -> MoveReason {
    let now = &found.judged[unit.index];
    let by_kick = found.mix.units.iter().find(|unit| unit.is_reference).map(|kick| planned.steps[kick.index]);
    let by_kick = by_kick.filter(|steps| *steps != 0 && !unit.is_reference);
    let mends = match now.verdict {
        Verdict::High => move_db.0 < 0.0,
        Verdict::Low => move_db.0 > 0.0,
        _ => false,
    };
    let counts_from_kick = now.target.is_some_and(|target| target.against == TargetAgainst::Kick);
    match by_kick {
        _ if move_db.0 == 0.0 => MoveReason::Stays,
        _ if now.judgement.is_none() && !unit.is_reference => MoveReason::Along,
        _ if mends => MoveReason::Off(now.verdict, found.bears_out(unit)),
        Some(steps) if counts_from_kick => {
            MoveReason::Kick(Db(f64::from(steps) * found.mix.profile.rules.verdict.step.0))
        }
        _ => MoveReason::Others,
    }
}

fn track_after(found: &Findings<'_>, index: usize) -> TrackAfter {
    let read = &found.after[found.unit_of[index]];
    TrackAfter {
        name: found.mix.tracks[index].name.to_owned(),
        verdict: read.verdict,
        edge: read.judgement.is_some_and(|judgement| judgement.edge),
        offset_db: read.offset.map(Db),
        deviation_db: read.judgement.map(|judgement| judgement.deviation),
    }
}
