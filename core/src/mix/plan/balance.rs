//! A session as the plan sees it: each unit's offset as a function of all moves.

use smallvec::SmallVec;

use super::mix_share::InMix;
use crate::mix::profile::{Target, TargetAgainst};
use crate::mix::roles::Role;
use crate::mix::verdicts::{
    Hierarchy, MixContext, Rivals, Unit, UnitVerdict, are_comparable, judge_offset, mix_shares, sits_by,
};
use crate::mix::{ReferenceState, Rules, Verdict, VerdictRules};
use crate::units::Db;

/// Roles in the order of the plan; what is not among them comes last.
const ORDER: [Role; 13] = [
    Role::Kick,
    Role::Sub808,
    Role::Bass,
    Role::Snare,
    Role::Hats,
    Role::Toms,
    Role::Percussion,
    Role::Cymbals,
    Role::Guitars,
    Role::Pads,
    Role::LeadVocal,
    Role::LeadSynth,
    Role::BackingVocals,
];

/// A move of each line, in steps.
pub(crate) type Steps = Vec<i32>;
/// Some moves of one unit, the smallest first.
pub(super) type Landings = SmallVec<[i32; 8]>;

/// What a unit's offset counts from. Offsets are those of a session in which nothing is moved.
#[derive(Clone, Debug)]
pub(super) enum Counts {
    /// Full scale: the kick's own level, for one.
    FullScale(f64),
    Kick(f64),
    /// The bed that it stands least over.
    Bed,
    /// The lead vocal that it stands least over.
    Vocal,
    /// No one sings: the loudest lead stands over the bed, the others under it.
    Lead,
    /// The mix that it is part of.
    Mix(InMix),
    /// It is not judged whatever is moved.
    Nothing,
}

/// One unit.
#[derive(Clone, Debug)]
pub(super) struct PlanLine {
    /// Its place among the units.
    pub unit: usize,
    pub role: Role,
    /// Its place in the order of all names.
    pub name: usize,
    pub counts: Counts,
    pub band: (Db, Db),
    /// That of the vocal's rule, for a lead that may take it.
    pub first_band: (Db, Db),
    /// By lines.
    pub rivals: Rivals,
    /// By which the loudest bed is found.
    pub lufs: f64,
    pub sees_fader: bool,
    pub is_reference: bool,
    /// Feeds the mix, so that it goes down with all others.
    pub is_fed: bool,
    /// Goes along with the others: it is not judged, and nothing is measured against it.
    pub goes_along: bool,
}

/// All units in the order of the plan.
#[derive(Clone, Debug)]
pub(crate) struct Balance {
    pub(super) lines: Vec<PlanLine>,
    /// The kick's line, where it is one and no stand-in.
    pub(super) kick: Option<usize>,
    /// A whole kit stands in for the kick: so near to its kick's lie its hits.
    pub(super) kit: Option<Db>,
    /// Someone sings.
    pub(super) sung: bool,
    /// Power ratios of all moves within reach, from the farthest pull on.
    ratios: Vec<f64>,
    pub(super) rules: Rules,
}

impl Balance {
    /// Reads a judgement with the units moved by these steps; none where there are no steps. `printed`: the tracks are files,
    /// so that what a return plays is a track like any other.
    pub fn read(
        mix: &MixContext<'_>,
        judged: &[UnitVerdict],
        hierarchy: &Hierarchy<'_>,
        steps: &[i32],
        printed: bool,
    ) -> Self {
        let rules = mix.profile.rules;
        let moved = |unit: usize| f64::from(steps.get(unit).copied().unwrap_or(0)) * rules.verdict.step.0;
        let kick =
            mix.units.iter().position(|unit| unit.is_reference && mix.reference.state != ReferenceState::Virtual);
        let kick = kick.filter(|&unit| mix.units[unit].role != Role::Sub808);
        let by_kick = kick.map_or(0.0, moved);
        let mut order: Vec<&Unit<'_>> = mix.units.iter().collect();
        let place = |unit: &Unit<'_>| {
            let role = if kick == Some(unit.index) { Role::Kick } else { unit.role };
            ORDER.iter().position(|other| *other == role).unwrap_or(ORDER.len())
        };
        order.sort_by(|a, b| place(a).cmp(&place(b)).then(a.name.cmp(b.name)).then(a.index.cmp(&b.index)));
        let mut names: Vec<&str> = order.iter().map(|unit| unit.name).collect();
        names.sort_unstable();
        let mut line_of = vec![0; order.len()];
        order.iter().enumerate().for_each(|(line, unit)| line_of[unit.index] = line);
        let line = |unit: &&Unit<'_>| {
            let own = &judged[unit.index];
            let counts = match in_mix(mix, own, unit, &moved, &line_of) {
                Some(in_mix) => Counts::Mix(in_mix),
                None => counts(mix, own, unit, hierarchy, moved(unit.index), by_kick),
            };
            let mut rivals = match (&counts, own.span) {
                (Counts::Bed | Counts::Vocal | Counts::Lead, Some(span)) => hierarchy.rivals(unit, span),
                _ => Rivals::default(),
            };
            for (other, over) in rivals.beds.iter_mut().chain(&mut rivals.leads) {
                *over += moved(*other) - moved(unit.index);
                *other = line_of[*other];
            }
            for (other, level) in &mut rivals.levels {
                *level -= moved(*other);
                *other = line_of[*other];
            }
            let band = |target: Option<Target>| target.map_or((Db(0.0), Db(0.0)), |band| (band.low_db, band.high_db));
            let own_target = if matches!(counts, Counts::Lead) { mix.profile.target(unit.role) } else { own.target };
            PlanLine {
                unit: unit.index,
                role: unit.role,
                name: names.partition_point(|name| *name < unit.name),
                counts,
                band: band(own_target),
                first_band: band(mix.profile.target(Role::LeadVocal)),
                rivals,
                lufs: own.reading.map_or(f64::NEG_INFINITY, |reading| reading.lufs) - moved(unit.index),
                sees_fader: unit.placement.sees_fader(),
                is_reference: unit.is_reference,
                is_fed: is_fed(unit, printed),
                goes_along: !unit.is_reference && (own.target.is_none() || own.verdict == Verdict::Silent),
            }
        };
        let mut lines: Vec<PlanLine> = order.iter().map(line).collect();
        let rivals = lines.iter().flat_map(|line| line.rivals.beds.iter().chain(&line.rivals.leads));
        let of_mix =
            lines.iter().filter_map(|line| if let Counts::Mix(in_mix) = &line.counts { Some(in_mix) } else { None });
        let of_mix = of_mix.flat_map(|in_mix| in_mix.shares.iter().map(|(other, ..)| *other));
        let rivals: Vec<usize> = rivals.map(|(other, _)| *other).chain(of_mix).collect();
        rivals.into_iter().for_each(|other| lines[other].goes_along = false);
        let kit = mix.units.iter().any(|unit| unit.is_reference && unit.is_kit).then_some(rules.reference.kit_within);
        let reach = (rules.verdict.reach.0 / rules.verdict.step.0 + 1e-9) as i32;
        let ratios = (-reach..=reach).map(|steps| 10f64.powf(f64::from(steps) * rules.verdict.step.0 / 10.0)).collect();
        Self { lines, kick: kick.map(|unit| line_of[unit]), kit, sung: hierarchy.has_vocals(), ratios, rules }
    }

    /// A move in decibels.
    pub fn db(&self, steps: i32) -> f64 {
        f64::from(steps) * self.rules.verdict.step.0
    }

    /// A move as a ratio of power.
    fn ratio(&self, steps: i32) -> f64 {
        let place = usize::try_from(steps + self.reach()).ok();
        place.and_then(|place| self.ratios.get(place).copied()).unwrap_or_else(|| 10f64.powf(self.db(steps) / 10.0))
    }

    /// The farthest move, in steps.
    pub(super) fn reach(&self) -> i32 {
        (self.rules.verdict.reach.0 / self.rules.verdict.step.0 + 1e-9) as i32
    }

    /// Steps of the kick.
    pub(super) fn kick_steps(&self, steps: &[i32]) -> i32 {
        self.kick.map_or(0, |kick| steps[kick])
    }

    /// The offset of a line before its own move, and the band that it is held against; `None` where it is not judged.
    pub(super) fn offset(&self, at: usize, steps: &[i32]) -> Option<(f64, (Db, Db))> {
        let line = &self.lines[at];
        let offset = match line.counts {
            Counts::FullScale(offset) => Some(offset),
            Counts::Kick(offset) => Some(offset - self.db(self.kick_steps(steps))),
            Counts::Bed => self.least_over(&line.rivals.beds, steps, |_| true),
            Counts::Vocal => self.least_over(&line.rivals.leads, steps, |_| true),
            Counts::Lead => {
                let first = self.first_lead(line, steps)?;
                if first == at {
                    let offset = self.least_over(&line.rivals.beds, steps, |other| !self.is_lead(other));
                    return offset.map(|offset| (offset, line.first_band));
                }
                self.least_over(&line.rivals.leads, steps, |other| other == first)
            }
            Counts::Mix(ref in_mix) => Some(in_mix.offset(|line| self.ratio(steps[line])) - self.db(steps[at])),
            Counts::Nothing => None,
        };
        offset.map(|offset| (offset, line.band))
    }

    pub(super) fn is_lead(&self, at: usize) -> bool {
        self.lines[at].role == Role::LeadSynth
    }

    /// How far over the rival that it stands least over.
    pub(super) fn least_over(
        &self,
        rivals: &[(usize, f64)],
        steps: &[i32],
        is_one: impl Fn(usize) -> bool,
    ) -> Option<f64> {
        let rivals = rivals.iter().filter(|(other, _)| is_one(*other));
        rivals.map(|(other, over)| over - self.db(steps[*other])).reduce(f64::min)
    }

    /// The loudest lead where this one is read.
    fn first_lead(&self, line: &PlanLine, steps: &[i32]) -> Option<usize> {
        let levels = line.rivals.levels.iter().map(|(other, level)| (*other, level + self.db(steps[*other])));
        let round = |level: f64| (level * 1e6).round();
        let louder = |a: &(usize, f64), b: &(usize, f64)| {
            round(a.1).total_cmp(&round(b.1)).then(self.lines[a.0].name.cmp(&self.lines[b.0].name))
        };
        levels.max_by(louder).map(|(other, _)| other)
    }

    /// What a line is judged by: a stand-in's doubt moves no fader.
    pub(super) fn rules_of(&self, at: usize) -> VerdictRules {
        let mut rules = self.rules.verdict;
        if let (Counts::Kick(_), Some(within)) = (&self.lines[at].counts, self.kit) {
            rules.edge.0 = rules.edge.0.max(within.0);
        }
        rules
    }

    /// All moves that land an offset in a band, the smallest first; none where none within reach does.
    pub(super) fn landings(&self, offset: f64, band: (Db, Db)) -> Landings {
        self.landings_by(offset, band, &self.rules.verdict)
    }

    pub(super) fn landings_by(&self, offset: f64, (low, high): (Db, Db), rules: &VerdictRules) -> Landings {
        let (step, reach) = (rules.step.0, self.reach());
        let margin = rules.edge.0 + 0.1;
        // In floating point first, then by the rule, which works in tenths.
        let from = ((low.0 - margin - offset) / step).ceil().clamp(f64::from(-reach), f64::from(reach)) as i32;
        let to = ((high.0 + margin - offset) / step).floor().clamp(f64::from(-reach), f64::from(reach)) as i32;
        let lands = |steps: &i32| judge_offset(offset + self.db(*steps), low, high, rules).verdict == Verdict::Sits;
        let mut landings: Landings = (from..=to).filter(lands).collect();
        landings.sort_unstable_by_key(|steps| (steps.abs(), *steps));
        landings
    }

    /// The moves that land a line beside these others'; the whole reach where it has nothing to land against.
    pub(super) fn all_moves(&self) -> Landings {
        let mut all: Landings = (-self.reach()..=self.reach()).collect();
        all.sort_unstable_by_key(|steps| (steps.abs(), *steps));
        all
    }

    /// What a line reads with these moves: low, sits or high; `None` where it is not judged.
    pub(super) fn verdict(&self, at: usize, steps: &[i32]) -> Option<Verdict> {
        let (offset, (low, high)) = self.offset(at, steps)?;
        let judgement = judge_offset(offset + self.db(steps[at]), low, high, &self.rules_of(at));
        let is_kick = self.lines[at].is_reference && matches!(self.lines[at].counts, Counts::FullScale(_));
        Some(if is_kick && sits_by(judgement.deviation, self.rules.reference.edge) {
            Verdict::Sits
        } else {
            judgement.verdict
        })
    }
}

fn counts(
    mix: &MixContext<'_>,
    own: &UnitVerdict,
    unit: &Unit<'_>,
    hierarchy: &Hierarchy<'_>,
    moved: f64,
    by_kick: f64,
) -> Counts {
    // Whom it is measured against depends on the moves; so may whether there is anyone.
    let is_apart = !unit.is_out && own.counted_from.is_some_and(|from| !are_comparable(unit.placement, from));
    let is_open = own.judgement.is_some() || own.verdict == Verdict::NoReference || is_apart;
    let profile = mix.profile.target(unit.role).map(|target| target.against);
    match (own.target.map(|target| target.against), own.offset) {
        (Some(_), _) if is_open && is_lead_alone(unit, hierarchy, profile) => Counts::Lead,
        (Some(TargetAgainst::FullScale), Some(offset)) if own.judgement.is_some() => Counts::FullScale(offset - moved),
        (Some(TargetAgainst::Kick), Some(offset)) if own.judgement.is_some() => Counts::Kick(offset - moved + by_kick),
        (Some(TargetAgainst::Bed), _) if is_open => Counts::Bed,
        (Some(TargetAgainst::LeadVocal), _) if is_open => Counts::Vocal,
        _ => Counts::Nothing,
    }
}

/// Of a unit that counts from the mix.
fn in_mix(
    mix: &MixContext<'_>,
    own: &UnitVerdict,
    unit: &Unit<'_>,
    moved: &impl Fn(usize) -> f64,
    line_of: &[usize],
) -> Option<InMix> {
    let target = own.target.filter(|target| target.against == TargetAgainst::Mix)?;
    let (offset, span, _) = (own.offset?, own.span?, own.judgement?);
    let unmoved =
        |(other, power, is_own): (usize, f64, bool)| (line_of[other], power * 10f64.powf(-moved(other) / 10.0), is_own);
    let shares = mix_shares(mix, unit, target.together, span).into_iter().map(unmoved).collect();
    let mut found = InMix { shares, gates_lu: 0.0 };
    let unit_of = |line: usize| line_of.iter().position(|of| *of == line).unwrap_or(line);
    found.gates_lu = offset - found.offset(|line| 10f64.powf(moved(unit_of(line)) / 10.0));
    found.gates_lu.is_finite().then_some(found)
}

fn is_fed(unit: &Unit<'_>, printed: bool) -> bool {
    unit.is_counted() || (!unit.is_out && (unit.is_reference || printed && unit.role == Role::Return))
}

fn is_lead_alone(unit: &Unit<'_>, hierarchy: &Hierarchy<'_>, against: Option<TargetAgainst>) -> bool {
    unit.role == Role::LeadSynth && against == Some(TargetAgainst::LeadVocal) && !hierarchy.has_vocals()
}
