//! What to do, in the order of what matters.

use std::sync::Arc;

use crate::mix::breaks::FoundBreak;
use crate::mix::roles::Role;
use crate::mix::verdicts::{Finding, MixContext, advice_for, judge_offset};
use crate::mix::{Advice, AdviceKind, GainStaging, PanRule, PanVerdict, Verdict, words};
use crate::units::Db;

/// The sentences on one unit, which hardly ever differ from those of the last judgement.
#[derive(Clone, Debug, Default)]
pub(crate) struct SentenceCache([Option<(Cause, Arc<Advice>)>; 4]);

/// What a sentence on a unit goes by, besides its name and role.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cause {
    Move(Db),
    Pan,
    Mono { disappears: bool },
    GainStage(GainStaging),
}

impl SentenceCache {
    fn sentence(&mut self, cause: Cause, say: impl FnOnce() -> Advice) -> Arc<Advice> {
        let place = match cause {
            Cause::Move(_) => 0,
            Cause::Pan => 1,
            Cause::Mono { .. } => 2,
            Cause::GainStage(_) => 3,
        };
        let kept = self.0[place].take().filter(|(of, _)| *of == cause);
        let kept = self.0[place].insert(kept.unwrap_or_else(|| (cause, say().into())));
        Arc::clone(&kept.1)
    }
}

/// Moves first, the farthest off before the others; then automation, pan, mono and gain staging. `sentences` are the units'.
pub(crate) fn advice(
    mix: &MixContext<'_>,
    findings: &[Finding<'_>],
    breaks: &[FoundBreak],
    sentences: &mut [SentenceCache],
) -> Vec<Arc<Advice>> {
    let mut moves: Vec<(f64, Arc<Advice>)> = Vec::new();
    let mut rides = Vec::new();
    let mut rest = Vec::new();
    let mut breaks_of: Vec<Vec<&FoundBreak>> = vec![Vec::new(); findings.len()];
    breaks.iter().for_each(|found| breaks_of[found.unit].push(found));
    let all = findings.iter().zip(breaks_of).zip(sentences);
    for ((finding, own), sentences) in all.filter(|((finding, _), _)| !finding.unit.is_out && !finding.unit.is_trigger)
    {
        let off = finding.judged.judgement.map(|judgement| judgement.move_by).filter(|off| off.0 != 0.0);
        match one_move(mix, finding, &own).or(off.filter(|_| own.is_empty())) {
            Some(move_by) => moves.push((distance(finding), move_fader(finding, move_by, mix, sentences))),
            None => rides.extend(own.iter().map(|found| found.ride(finding.unit))),
        }
        rest.extend(pan(mix, finding, sentences));
        rest.extend(mono(mix, finding, sentences));
        rest.extend(gain_stage(mix, finding, sentences));
        rest.extend(headroom(mix, finding));
    }
    moves.sort_by(|a, b| b.0.total_cmp(&a.0));
    moves.into_iter().map(|(_, advice)| advice).chain(rides).chain(rest).collect()
}

fn distance(finding: &Finding<'_>) -> f64 {
    finding.judged.judgement.map_or(0.0, |judgement| judgement.deviation.0.abs())
}

/// The single move after which the scope sits and no 2 bars of the song break; `None` where nothing is off, too.
fn one_move(mix: &MixContext<'_>, finding: &Finding<'_>, breaks: &[&FoundBreak]) -> Option<Db> {
    let (target, offset) = finding.judged.target.zip(finding.judged.offset)?;
    let judgement = finding.judged.judgement?;
    let rules = &mix.profile.rules;
    let outside = |offset: f64| judge_offset(offset, target.low_db, target.high_db, &rules.verdict);
    let fits = |offset: f64| outside(offset).deviation.0.abs() < rules.breaks.beyond.0;
    let mut moves = std::iter::once(judgement.move_by).chain(breaks.iter().map(|found| found.found.move_db));
    moves.find(|move_by| {
        move_by.0 != 0.0
            && outside(offset + move_by.0).verdict == Verdict::Sits
            && finding.extent.is_none_or(|(low, high)| fits(low + move_by.0) && fits(high + move_by.0))
    })
}

fn move_fader(finding: &Finding<'_>, move_by: Db, mix: &MixContext<'_>, sentences: &mut SentenceCache) -> Arc<Advice> {
    sentences.sentence(Cause::Move(move_by), || {
        let is_far = move_by.0.abs() > mix.profile.rules.verdict.check_over.0;
        let kind = if is_far { AdviceKind::Role } else { AdviceKind::MoveFader };
        let text = words::advise_move(finding.unit.name, finding.unit.role, move_by, is_far);
        Advice { move_db: Some(move_by), ..advice_for(finding.unit, kind, text) }
    })
}

fn pan(mix: &MixContext<'_>, finding: &Finding<'_>, sentences: &mut SentenceCache) -> Option<Arc<Advice>> {
    if finding.pan != PanVerdict::Off {
        return None;
    }
    let place = match mix.profile.role(finding.unit.role).pan {
        PanRule::Centre { .. } => "to the centre",
        PanRule::Slight { .. } => "slightly left or right",
        PanRule::Wide { .. } => "wide: a take on each side, or a wide stereo track",
        PanRule::LeftRight { .. } => "left and right",
        PanRule::Free => return None,
    };
    let say = || advice_for(finding.unit, AdviceKind::Pan, format!("Pan {} {place}.", finding.unit.name));
    Some(sentences.sentence(Cause::Pan, say))
}

fn mono(mix: &MixContext<'_>, finding: &Finding<'_>, sentences: &mut SentenceCache) -> Option<Arc<Advice>> {
    let losses = finding.summaries.iter().filter(|summary| summary.thin_in_mono);
    let worst = losses.filter_map(|summary| summary.phase_loss).min_by(|a, b| a.0.total_cmp(&b.0))?;
    let disappears = worst.0 <= -mix.profile.rules.mono.disappears.0;
    Some(sentences.sentence(Cause::Mono { disappears }, || {
        let what = if disappears { "disappears" } else { "is thinner" };
        let text = format!("{} {what} in mono: look for phase between its channels.", finding.unit.name);
        advice_for(finding.unit, AdviceKind::Mono, text)
    }))
}

fn gain_stage(mix: &MixContext<'_>, finding: &Finding<'_>, sentences: &mut SentenceCache) -> Option<Arc<Advice>> {
    let worst = finding.summaries.iter().filter_map(|summary| summary.gain_staging).max_by_key(|zone| *zone as u8)?;
    // A mix bus has limits of its own, see `headroom`; other buses only that one.
    let applies = match (finding.unit.role, worst) {
        (Role::MixBus, _) => false,
        (_, GainStaging::Clipping) => true,
        (role, GainStaging::Hot) => !role.is_bus(),
        _ => false,
    };
    applies.then(|| {
        sentences.sentence(Cause::GainStage(worst), || {
            let what = match worst {
                GainStaging::Clipping => "clips at Keel's input".into(),
                _ => format!("comes in over {} dBFS", words::short(mix.profile.rules.gain_staging.warm.0)),
            };
            let text = format!("{} {what}: lower it before Keel.", finding.unit.name);
            advice_for(finding.unit, AdviceKind::GainStage, text)
        })
    })
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
