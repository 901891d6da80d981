//! What to do, in the order of what matters.

use std::sync::Arc;

use super::findings::Findings;
use crate::mix::breaks::FoundBreak;
use crate::mix::roles::Role;
use crate::mix::verdicts::{Finding, MixContext, Unit, advice_for};
use crate::mix::{
    Advice, AdviceKind, Break, GainStaging, PanRule, PanVerdict, Plan, PlanStep, StepKind, Verdict, words,
};
use crate::units::Db;

/// The sentence on one unit's step, which hardly ever differs from that of the last judgement.
#[derive(Clone, Debug, Default)]
pub(crate) struct SentenceCache(Option<(PlanStep, Arc<Advice>)>);

impl SentenceCache {
    fn sentence(&mut self, step: &PlanStep, say: impl FnOnce() -> Advice) -> Arc<Advice> {
        let kept = self.0.take().filter(|(of, _)| of == step);
        let kept = self.0.insert(kept.unwrap_or_else(|| (step.clone(), say().into())));
        Arc::clone(&kept.1)
    }
}

/// The plan, in its order; what it does not land; what to ride after it; then one line a kind of all else. `sentences` are
/// the units'.
pub(crate) fn advice(
    found: &Findings<'_>,
    findings: &[Finding<'_>],
    plan: Option<&Plan>,
    breaks: &[FoundBreak],
    sentences: &mut [SentenceCache],
) -> Vec<Arc<Advice>> {
    let mut list = Vec::new();
    if let Some((plan, planned)) = plan.zip(found.planned) {
        list.extend(plan.together_db.map(|by| together(plan, by)));
        let units = planned.order.iter().map(|&unit| &found.mix.units[unit]);
        let mut steps = plan.steps.iter().peekable();
        for unit in units {
            // What shares the common move has been told.
            let step = steps.next_if(|step| is_of(step, found, unit));
            if let Some(step) = step.filter(|step| step.beside_together_db != Some(Db(0.0))) {
                list.push(sentences[unit.index].sentence(step, || say_step(found, unit, step)));
            }
        }
        list.extend(found.mix.units.iter().filter_map(|unit| stays_off(found, unit)).map(Arc::new));
    }
    list.extend(rides(found, breaks).map(Arc::new));
    list.extend(shared(found, findings).map(Arc::new));
    list.extend(findings.iter().filter_map(|finding| headroom(found.mix, finding)));
    list
}

fn is_of(step: &PlanStep, found: &Findings<'_>, unit: &Unit<'_>) -> bool {
    step.ids.iter().eq(unit.members.iter().map(|&index| &found.mix.tracks[index].id))
}

fn together(plan: &Plan, by: Db) -> Arc<Advice> {
    let tracks = plan.steps.iter().filter(|step| step.move_db.0 != 0.0).map(|step| step.track.clone()).collect();
    let text = words::together(by);
    let (track, kind, move_db) = (String::new(), AdviceKind::MoveFader, Some(by));
    Advice { track, tracks, kind, text, move_db, from_s: None, to_s: None }.into()
}

fn say_step(found: &Findings<'_>, unit: &Unit<'_>, step: &PlanStep) -> Advice {
    let by = step.beside_together_db.unwrap_or(step.move_db);
    let text =
        words::step(&step.track, step.kind, step.move_db, by, found.mix.profile.rules.verdict.check_over, &step.reason);
    let kind = if step.kind == StepKind::Gain { AdviceKind::GainStage } else { AdviceKind::MoveFader };
    Advice { move_db: Some(step.move_db), ..advice_for(unit, kind, text) }
}

/// A unit that is off and has no move: no move lands it, or those of others do.
fn stays_off(found: &Findings<'_>, unit: &Unit<'_>) -> Option<Advice> {
    let is_off = |verdict: Verdict| matches!(verdict, Verdict::Low | Verdict::High);
    let (now, after) = (&found.judged[unit.index], &found.after[unit.index]);
    let reach = found.mix.profile.rules.verdict.reach;
    if is_off(after.verdict) {
        let text = format!("{}: {}.", unit.name, words::not_landed(reach));
        return Some(advice_for(unit, AdviceKind::Role, text));
    }
    let is_left = is_off(now.verdict) && found.move_of(unit).is_none_or(|by| by.0 == 0.0);
    is_left.then(|| {
        let text = format!("Leave {}: it sits once the others are moved.", unit.name);
        advice_for(unit, AdviceKind::MoveFader, text)
    })
}

/// The breaks, near ones of a unit in one line.
fn rides<'a>(found: &'a Findings<'_>, breaks: &'a [FoundBreak]) -> impl Iterator<Item = Advice> + 'a {
    let lines = breaks.iter().map(|one| one.line).max().map_or(0, |last| last + 1);
    let mut by_line: Vec<Vec<&FoundBreak>> = vec![Vec::new(); lines];
    breaks.iter().for_each(|one| by_line[one.line].push(one));
    by_line.into_iter().filter_map(|mut line| {
        line.sort_by(|a, b| a.found.from_s.0.total_cmp(&b.found.from_s.0));
        let (first, last) = (line.first()?, line.last()?);
        let unit = &found.mix.units[first.unit];
        let moments: Vec<&Break> = line.iter().map(|one| &*one.found).collect();
        let text = words::ride(&moments, unit.placement.sees_fader());
        let same = moments.iter().all(|one| one.move_db == moments[0].move_db);
        Some(Advice {
            move_db: moments[0].move_db.filter(|_| same),
            from_s: Some(first.found.from_s),
            to_s: Some(last.found.to_s),
            ..advice_for(unit, AdviceKind::Automate, text)
        })
    })
}

/// What several units share in one line: where to pan them, what mono takes away, what comes in too hot.
fn shared<'a>(found: &'a Findings<'_>, findings: &'a [Finding<'_>]) -> impl Iterator<Item = Advice> + 'a {
    let mut lines: Vec<(SharedLine, Vec<&Unit<'_>>)> = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.unit.is_out && !finding.unit.is_trigger) {
        let kinds = [pan(found.mix, finding), mono(found.mix, finding), gain_stage(finding)];
        for kind in kinds.into_iter().flatten() {
            match lines.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, units)) => units.push(finding.unit),
                None => lines.push((kind, vec![finding.unit])),
            }
        }
    }
    lines.sort_by_key(|(kind, _)| *kind);
    lines.into_iter().filter_map(|(kind, units)| {
        let tracks: Vec<String> = units.iter().map(|unit| unit.name.to_owned()).collect();
        let text = kind.text(&tracks, found.printed, found.mix.profile.rules.gain_staging.warm.0);
        let first = advice_for(units.first()?, kind.kind(), text);
        let track = if tracks.len() == 1 { first.track } else { String::new() };
        Some(Advice { track, tracks, ..first })
    })
}

/// What several units may have in common, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SharedLine {
    Clipping,
    Disappears,
    Pan(&'static str),
    Thinner,
    Hot,
}

impl SharedLine {
    fn kind(self) -> AdviceKind {
        match self {
            Self::Clipping | Self::Hot => AdviceKind::GainStage,
            Self::Disappears | Self::Thinner => AdviceKind::Mono,
            Self::Pan(_) => AdviceKind::Pan,
        }
    }

    /// "Seven files come in over −6 dBFS: lower them before Keel: Kick, Snare ..."
    fn text(self, names: &[String], printed: bool, warm: f64) -> String {
        let (one, all) = (names.len() == 1, words::list(names));
        let many = words::count(names.len(), if printed { "files" } else { "tracks" });
        let (what, they) = match self {
            Self::Clipping => {
                ("clips at Keel's input: lower it before Keel".to_owned(), "clip at Keel's input".to_owned())
            }
            Self::Hot => {
                let over = format!("in over {} dBFS", words::short(warm));
                (format!("comes {over}: lower it before Keel"), format!("come {over}"))
            }
            Self::Disappears => {
                ("disappears in mono: look for phase between its channels".into(), "disappear in mono".into())
            }
            Self::Thinner => {
                ("is thinner in mono: look for phase between its channels".into(), "are thinner in mono".into())
            }
            Self::Pan(place) => return format!("Pan {all} {place}."),
        };
        if one { format!("{all} {what}.") } else { format!("{many} {they}: {all}.") }
    }
}

fn pan(mix: &MixContext<'_>, finding: &Finding<'_>) -> Option<SharedLine> {
    // Where one channel lies is the pan knob's affair.
    let is_mono = |&index: &usize| mix.levels[index].channels == 1;
    if finding.pan != PanVerdict::Off || finding.unit.members.iter().all(is_mono) {
        return None;
    }
    Some(SharedLine::Pan(match finding.unit.asked(mix.profile).pan {
        PanRule::Centre { .. } => "to the centre",
        PanRule::Slight { .. } => "slightly left or right",
        PanRule::Wide { .. } => "wide: a take on each side, or a wide stereo track",
        PanRule::LeftRight { .. } => "left and right",
        PanRule::Free => return None,
    }))
}

fn mono(mix: &MixContext<'_>, finding: &Finding<'_>) -> Option<SharedLine> {
    let losses = finding.summaries.iter().filter(|summary| summary.thin_in_mono);
    let worst = losses.filter_map(|summary| summary.phase_loss).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let disappears = worst.0 <= -mix.profile.rules.mono.disappears.0;
    Some(if disappears { SharedLine::Disappears } else { SharedLine::Thinner })
}

fn gain_stage(finding: &Finding<'_>) -> Option<SharedLine> {
    let worst = finding.summaries.iter().filter_map(|summary| summary.gain_staging).max_by_key(|zone| *zone as u8)?;
    // A mix bus has limits of its own, see `headroom`; other buses only that one.
    match (finding.unit.role, worst) {
        (Role::MixBus, _) => None,
        (_, GainStaging::Clipping) => Some(SharedLine::Clipping),
        (_, GainStaging::Hot) if !finding.unit.is_bus() => Some(SharedLine::Hot),
        _ => None,
    }
}

/// The limits of the mix bus.
fn headroom(mix: &MixContext<'_>, finding: &Finding<'_>) -> Option<Arc<Advice>> {
    if finding.unit.role != Role::MixBus {
        return None;
    }
    let (own, rules) = (finding.summaries.first()?, &mix.profile.rules.bus);
    let over = |level: f64, limit: f64| (level * 10.0).round() > (limit * 10.0).round();
    let text = if let Some(peak) = own.true_peak.filter(|peak| over(peak.0, rules.true_peak.0)) {
        let (peak, limit) = (words::level(peak.0), words::short(rules.true_peak.0));
        format!("{} reaches {peak} dBTP, over {limit}: lower all tracks alike.", finding.unit.name)
    } else {
        let peak = own.sample_peak.filter(|peak| over(peak.0, rules.headroom.0))?;
        let (peak, limit) = (words::level(peak.0), words::short(rules.headroom.0));
        format!("{} peaks at {peak} dBFS, over {limit}: little headroom is left for mastering.", finding.unit.name)
    };
    Some(advice_for(finding.unit, AdviceKind::GainStage, text).into())
}
