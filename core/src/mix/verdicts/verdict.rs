//! One verdict a track: the first that applies.

use super::band::{Judgement, judge_offset, judge_offset_in_mix, sits_by};
use super::class::class_of;
use super::context::MixContext;
use super::lead_and_bed::Hierarchy;
use super::scope::{Loudest, own_loudest};
use super::spread::Spread;
use super::unit::Unit;
use crate::mix::input::ScopeKind;
use crate::mix::levels::{HitsMark, Levels, Reading, counted_hits, of_hits};
use crate::mix::profile::{Measure, Target, TargetAgainst};
use crate::mix::roles::{Class, Role};
use crate::mix::song::CellSpan;
use crate::mix::{LevelRules, Placement, ReferenceState, Verdict};
use crate::units::Db;

/// A unit's balance, before it is written into the report of each member.
#[derive(Clone, Debug)]
pub(crate) struct UnitVerdict {
    pub class: Class,
    pub class_fallback: bool,
    pub span: Option<CellSpan>,
    pub reading: Option<Reading>,
    pub offset: Option<f64>,
    pub loudness_offset: Option<f64>,
    /// Where on its channel that is heard which the offset counts from; `None` for full scale.
    pub counted_from: Option<Placement>,
    pub target: Option<Target>,
    pub verdict: Verdict,
    pub judgement: Option<Judgement>,
    pub loudness_verdict: Option<Verdict>,
    pub spread: Vec<(Db, f32)>,
    pub note: Option<String>,
}

const STALE_HERE: &str = "heard here before its level changed: play it again";

/// A verdict that stands before any level is compared, and why.
type Early = Option<(Verdict, Option<String>)>;

/// A unit's own loudest stretch, as long as it stands.
#[derive(Clone, Copy, Debug, Default)]
struct KeptStretch {
    /// The unit's and the reference's versions, and that of the stretches.
    went_by: [u64; 6],
    span: Option<CellSpan>,
}

/// What is kept of a unit between judgements.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeptReadings {
    stretch: KeptStretch,
    hits: KeptHits,
}

/// What a unit's hits in its scope say, as long as they are the same hits.
#[derive(Clone, Debug, Default)]
struct KeptHits {
    went_by: Option<(HitsMark, u8, LevelRules)>,
    /// Before the gain.
    reading: Option<Reading>,
    /// Of those that count.
    peaks_db: Vec<f64>,
}

impl KeptHits {
    fn update(&mut self, levels: &Levels, span: CellSpan, rules: &LevelRules) {
        let went_by = Some((levels.mark_of_hits(span), levels.channels, *rules));
        if self.went_by != went_by {
            let counted = counted_hits(levels.hits_in(span).iter(), rules);
            self.peaks_db.clear();
            self.peaks_db.extend(counted.iter().map(|hit| hit.peak_db));
            (self.went_by, self.reading) = (went_by, of_hits(levels, &counted));
        }
    }
}

pub(crate) fn judge_unit(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    hierarchy: &Hierarchy<'_>,
    loudest: &Loudest,
    own: &mut KeptReadings,
) -> UnitVerdict {
    let (class, class_fallback) = if unit.is_reference {
        (mix.reference.class, mix.reference.class_fallback)
    } else {
        class_of(unit.levels, unit.role.class(), &mix.profile.rules.level)
    };
    let span = mix.scope.as_ref().map(|scope| match hierarchy.plays_with_family(unit, scope.span) {
        true => scope.span,
        false => span_of(mix, unit, class, scope.span, loudest, &mut own.stretch),
    });
    let mut judged = UnitVerdict {
        class,
        class_fallback,
        span,
        reading: None,
        offset: None,
        loudness_offset: None,
        counted_from: None,
        target: None,
        verdict: Verdict::Waiting,
        judgement: None,
        loudness_verdict: None,
        spread: Vec::new(),
        note: None,
    };
    // Without a scope nothing that is judged was heard.
    let span = span.unwrap_or(CellSpan { from: 0, to: 0 });
    let (target, unjudged) = target_of(mix, unit, hierarchy, span);
    judged.target = target;
    measure(mix, unit, hierarchy, span, &mut own.hits, &mut judged);
    let early = conflict(mix, unit, target).or_else(|| not_judged(mix, unit, &judged, unjudged));
    let early = early.or_else(|| not_heard(mix, unit, span, &judged)).or_else(|| no_reference(mix, unit, &judged));
    match early {
        Some((verdict, note)) => (judged.verdict, judged.note) = (verdict, note),
        None => decide(mix, unit, &mut judged),
    }
    judged
}

/// The scope; for a track that is silent in the loudest section, its own loudest stretch.
fn span_of(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    class: Class,
    scope: CellSpan,
    loudest: &Loudest,
    own: &mut KeptStretch,
) -> CellSpan {
    let plays_in = |span: CellSpan| match class {
        Class::Hits => !unit.levels.hits_in(span).is_empty(),
        Class::Sustained => !unit.levels.is_silent_in(span),
    };
    let seeks = mix.scope.as_ref().is_some_and(|chosen| chosen.kind == ScopeKind::Loudest);
    if !seeks || plays_in(scope) {
        return scope;
    }
    let kick = mix.reference.exists().then_some(mix.reference.levels);
    let version = |levels: Option<&Levels>| levels.map_or([0; 2], |levels| [levels.id(), levels.changes().version()]);
    let [[id, at], [kick_id, kick_at]] = [version(Some(unit.levels)), version(kick)];
    let went_by = [id, at, kick_id, kick_at, loudest.stretches_version, 1 + u64::from(class == Class::Hits)];
    if own.went_by != went_by {
        let with_sound: Vec<CellSpan> = loudest.stretches.iter().copied().filter(|span| plays_in(*span)).collect();
        *own = KeptStretch { went_by, span: own_loudest(&with_sound, unit.levels, kick, &mix.profile.rules) };
    }
    own.span.unwrap_or(scope)
}

/// The band to judge by, and why there is none.
fn target_of(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    hierarchy: &Hierarchy<'_>,
    span: CellSpan,
) -> (Option<Target>, Option<String>) {
    let own = unit.asked(mix.profile).target.filter(|target| !counts_from_kick(target));
    if unit.is_reference && (mix.reference.state == ReferenceState::Virtual || unit.role == Role::Sub808) {
        return match own {
            Some(target) => (Some(target), None),
            None => (None, Some("reference: stands in for the kick".into())),
        };
    }
    let target = if unit.is_reference { mix.profile.target(Role::Kick) } else { hierarchy.target(mix, unit, span) };
    let chosen = unit.members.iter().find_map(|&index| mix.tracks[index].measure);
    match (target, chosen) {
        (Some(target), Some(measure)) if measure != target.measure => {
            let from_kick = target.against == TargetAgainst::Kick && measure == Measure::Loudness;
            match unit.asked(mix.profile).loudness.filter(|_| from_kick) {
                Some(band) => (Some(Target { measure, low_db: band.low, high_db: band.high, ..target }), None),
                None => (Some(target), Some("shown, not judged: the target has another measure".into())),
            }
        }
        (target, _) => (target, None),
    }
}

/// A target that has no meaning for what stands in for the kick.
fn counts_from_kick(target: &Target) -> bool {
    matches!(target.against, TargetAgainst::Kick | TargetAgainst::FullScale)
}

/// Reads the unit and what it is measured against.
fn measure(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    hierarchy: &Hierarchy<'_>,
    span: CellSpan,
    hits: &mut KeptHits,
    judged: &mut UnitVerdict,
) {
    if judged.class == Class::Hits {
        hits.update(unit.levels, span, &mix.profile.rules.level);
    }
    judged.reading = if judged.class == Class::Hits && unit.members.len() == 1 {
        hits.reading.zip(unit.levels.gain_db()).map(|(reading, gain)| reading.shifted(gain))
    } else {
        mix.read(unit, judged.class, span, None)
    };
    let chosen = unit.members.iter().find_map(|&index| mix.tracks[index].measure);
    let measure = chosen.or(judged.target.map(|target| target.measure)).unwrap_or(Measure::Peak);
    let against = judged.target.map_or(TargetAgainst::Kick, |target| target.against);
    let kick = kick_beside(mix, unit, span);
    let own = match common(mix).filter(|reference| !reference.has_all(span)) {
        Some(reference) => kick.and_then(|_| mix.read(unit, judged.class, span, Some(reference))),
        // Wherever the unit was heard, the reference was, too.
        None => kick.and(judged.reading),
    };
    if !unit.is_reference {
        judged.loudness_offset = kick.zip(own).map(|(kick, own)| own.lufs - kick.lufs);
    }
    let pair = judged.target.and_then(|target| hierarchy.pair(unit, &target, span));
    (judged.offset, judged.counted_from) = match against {
        TargetAgainst::FullScale => (judged.reading.map(|reading| reading.value(measure)), None),
        TargetAgainst::Kick => {
            let offset = kick.zip(own).map(|(kick, own)| own.value(measure) - kick.value(measure));
            (offset, mix.reference.members.first().map(|&index| mix.tracks[index].placement))
        }
        TargetAgainst::Bed | TargetAgainst::LeadVocal | TargetAgainst::Mix => {
            (pair.map(|pair| pair.own - pair.against), pair.map(|pair| pair.placement))
        }
    };
    if let (Some(reading), Some(offset)) = (judged.reading, judged.offset) {
        judged.spread = spread(unit.levels, span, judged.class, hits, offset - reading.value(Measure::Peak));
    }
}

/// Places that the reference has too; a held reference is compared wherever the track sounds.
fn common<'a>(mix: &'a MixContext<'_>) -> Option<&'a Levels> {
    (!mix.is_held()).then_some(mix.reference.levels)
}

/// The reference's level at the places that the unit has too.
fn kick_beside(mix: &MixContext<'_>, unit: &Unit<'_>, span: CellSpan) -> Option<Reading> {
    if !mix.reference.exists() || mix.is_held() {
        return mix.reference_reading;
    }
    let is_scope = mix.scope.as_ref().is_some_and(|scope| scope.span == span);
    if is_scope && unit.levels.has_all(span) {
        return mix.reference_reading;
    }
    mix.reference.read(span, Some(unit.levels), &mix.profile.rules)
}

/// How the peaks of the hits or windows that count spread about the offset, in steps of half a decibel.
fn spread(levels: &Levels, span: CellSpan, class: Class, hits: &KeptHits, shift: f64) -> Vec<(Db, f32)> {
    let Some(shift) = levels.gain_db().map(|gain| gain + shift) else { return Vec::new() };
    let mut spread = Spread::default();
    match class {
        Class::Hits => hits.peaks_db.iter().for_each(|peak| spread.add((peak + shift) as f32)),
        Class::Sustained => {
            let (windows, limit) = (levels.windows_in(span), levels.sounding_from());
            let pairs = windows.powers.iter().zip(windows.peaks_db);
            let shift = shift as f32;
            pairs.filter(|(power, _)| **power >= limit).for_each(|(_, peak)| spread.add(*peak + shift));
        }
    }
    spread.shares()
}

/// Two tracks claim to be the reference: nothing that counts from the kick can be judged.
fn conflict(mix: &MixContext<'_>, unit: &Unit<'_>, target: Option<Target>) -> Early {
    let from_kick = target.is_some_and(|target| target.against == TargetAgainst::Kick);
    let claims = unit.members.iter().any(|index| mix.reference.claimed_by.contains(index));
    let applies = mix.reference.state == ReferenceState::Conflict && (from_kick || claims || unit.role == Role::Kick);
    applies.then(|| {
        let names: Vec<&str> = mix.reference.claimed_by.iter().map(|&index| mix.tracks[index].name).collect();
        (Verdict::Conflict, Some(format!("two kicks are tagged: {}. Untag one", names.join(", "))))
    })
}

fn not_judged(mix: &MixContext<'_>, unit: &Unit<'_>, judged: &UnitVerdict, unjudged: Option<String>) -> Early {
    let target = judged.target;
    let because = |note: String| Some((Verdict::NotJudged, Some(note)));
    if unit.is_out {
        return because("out: muted, or switched out of the judgement".into());
    }
    if unit.is_trigger {
        return because("by its name a sidechain's trigger beside the kick: it counts nowhere".into());
    }
    let own_level = target.is_some_and(|target| target.against == TargetAgainst::FullScale);
    if unit.is_reference && own_level && !unit.placement.sees_fader() {
        return because("reference: its own level is judged only after the fader".into());
    }
    if let Some(note) = unjudged {
        return because(note);
    }
    if target.is_none() {
        // A bus is expected to have none.
        return Some((Verdict::NotJudged, (!unit.is_bus()).then(|| "this role has no target".into())));
    }
    if unit.role == Role::Kick && !unit.is_reference && mix.reference.exists() {
        return because("part of the kick: the tagged track is the reference".into());
    }
    let other = match target.map(|target| target.against) {
        Some(TargetAgainst::Bed) => "the bed",
        Some(TargetAgainst::LeadVocal) => "the lead",
        Some(TargetAgainst::Mix) => "others of the mix",
        _ => "the kick",
    };
    match (unit.placement, judged.counted_from) {
        (Placement::Pre, Some(from)) if from.sees_fader() => {
            because(format!("this track is read before its fader, {other} after: put both alike"))
        }
        (own, Some(Placement::Pre)) if own.sees_fader() => {
            because(format!("this track is read after its fader, {other} before: put both alike"))
        }
        _ => None,
    }
}

fn not_heard(mix: &MixContext<'_>, unit: &Unit<'_>, span: CellSpan, judged: &UnitVerdict) -> Early {
    let levels = unit.levels;
    if !levels.has_windows() {
        return Some((Verdict::Waiting, Some("nothing heard yet".into())));
    }
    let is_stale = |&index: &usize| mix.tracks[index].song.stale_range(span.from, span.to).next().is_some();
    if judged.reading.is_none() && unit.members.iter().any(is_stale) {
        return Some((Verdict::Waiting, Some(STALE_HERE.into())));
    }
    let here = levels.windows_in(span).any();
    if here && judged.class == Class::Hits && judged.reading.is_none() {
        return Some((Verdict::Silent, Some("no hits of its own here".into())));
    }
    if here && judged.class == Class::Sustained && levels.is_silent_in(span) {
        return Some((Verdict::Silent, Some("this track rests here".into())));
    }
    let waits = judged.reading.is_none();
    waits.then(|| (Verdict::Waiting, Some("not enough heard here yet".into())))
}

fn no_reference(mix: &MixContext<'_>, unit: &Unit<'_>, judged: &UnitVerdict) -> Early {
    let against = judged.target.map(|target| target.against)?;
    match against {
        TargetAgainst::FullScale => None,
        TargetAgainst::Bed if judged.offset.is_none() => {
            Some((Verdict::NoReference, Some("no bed or melodic part sounds with it here".into())))
        }
        TargetAgainst::LeadVocal if judged.offset.is_none() => {
            Some((Verdict::NoReference, Some("no lead sounds with it here".into())))
        }
        TargetAgainst::Mix if judged.offset.is_none() => {
            Some((Verdict::NoReference, Some("nothing else of the mix sounds with it here".into())))
        }
        TargetAgainst::Kick if !mix.reference.exists() => {
            Some((Verdict::NoReference, Some("no kick yet: tag a track as the kick, or pick a stand-in".into())))
        }
        TargetAgainst::Kick if mix.reference_reading.is_none() => {
            Some((Verdict::NoReference, Some("the kick has not hit yet".into())))
        }
        TargetAgainst::Kick if judged.offset.is_none() && !unit.is_reference => {
            Some((Verdict::NoReference, Some("not heard at the same place as the kick".into())))
        }
        // A stretch without the kick is balanced otherwise on purpose: no moves there, not even between vocal and bed.
        TargetAgainst::Kick | TargetAgainst::Bed | TargetAgainst::LeadVocal | TargetAgainst::Mix => {
            mix.is_held().then_some((Verdict::Held, None))
        }
    }
}

fn decide(mix: &MixContext<'_>, unit: &Unit<'_>, judged: &mut UnitVerdict) {
    let (Some(target), Some(offset)) = (judged.target, judged.offset) else { return };
    let mut rules = mix.profile.rules.verdict;
    if target.against == TargetAgainst::Kick && mix.units.iter().any(|unit| unit.is_reference && unit.is_kit) {
        rules.edge.0 = rules.edge.0.max(mix.profile.rules.reference.kit_within.0);
    }
    let rules = &rules;
    let judge = if target.against == TargetAgainst::Mix { judge_offset_in_mix } else { judge_offset };
    let mut judgement = judge(offset, target.low_db, target.high_db, rules);
    if unit.is_reference && target.against == TargetAgainst::FullScale {
        judged.note = kick_gives_way(mix, &judgement);
        // The kick's own level is headroom, not balance.
        if judged.note.is_some() || sits_by(judgement.deviation, mix.profile.rules.reference.edge) {
            let edge = judgement.deviation.0 != 0.0;
            judgement = Judgement { verdict: Verdict::Sits, edge, move_by: Db(0.0), ..judgement };
        }
    }
    judged.verdict = judgement.verdict;
    judged.judgement = Some(judgement);
    let loudness = unit.asked(mix.profile).loudness.filter(|_| target.measure != Measure::Loudness);
    if let (Some(band), Some(offset)) = (loudness, judged.loudness_offset) {
        let second = judge_offset(offset, band.low, band.high, rules).verdict;
        judged.loudness_verdict = (second != judgement.verdict).then_some(second);
    }
}

/// A kick is not called too quiet where the sum has no room for what it lacks.
fn kick_gives_way(mix: &MixContext<'_>, judgement: &Judgement) -> Option<String> {
    let lacks = -judgement.deviation.0;
    let limit = mix.profile.rules.bus.true_peak.0;
    let peak = mix.bus_peak.filter(|_| judgement.verdict == Verdict::Low)?;
    let is_full = ((peak.0 + lacks) * 10.0).round() > (limit * 10.0).round();
    is_full
        .then(|| format!("{lacks:.1} dB under its band, but with all raised by that the mix would pass {limit} dBTP"))
}
