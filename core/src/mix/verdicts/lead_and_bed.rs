//! Loudness of leads and vocals against each other and against the bed, and of any unit against the mix.

use std::cell::OnceCell;
use std::sync::OnceLock;

use smallvec::SmallVec;

use super::context::MixContext;
use super::mix_sum::{MixSum, is_family};
use super::unit::Unit;
use crate::mix::Placement;
use crate::mix::levels::{Levels, WINDOW, gated};
use crate::mix::profile::{Target, TargetAgainst};
use crate::mix::roles::Role;
use crate::mix::song::CellSpan;
use crate::units::LOUDNESS_OFFSET;

/// A track's loudness and that of what it is measured against, over the places where both count, in LUFS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LeadAndBed {
    pub own: f64,
    pub against: f64,
    /// Where on its channel the other is heard.
    pub placement: Placement,
}

/// Who may be measured against whom.
#[derive(Debug)]
pub(crate) struct Hierarchy<'a> {
    /// Beds and leads, each with its loudest window of the scope, loudest first.
    beds: Vec<Rival<'a>>,
    vocals: Vec<Rival<'a>>,
    synths: Vec<Rival<'a>>,
    /// Over which the order was made.
    span: CellSpan,
    /// The primary lead over that span.
    primary: Option<&'a Unit<'a>>,
    mix: &'a MixContext<'a>,
    /// All that count together over that span, once it was asked for.
    sum: OnceLock<MixSum>,
}

/// Whom a unit is measured against, by their indices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rivals {
    /// How far it stands over each bed or melodic part where it sounds, in LU.
    pub beds: Vec<(usize, f64)>,
    /// How far it stands over each lead vocal where both sound; without any over each lead.
    pub leads: Vec<(usize, f64)>,
    /// Without a vocal: the loudness of each lead, by which the first of them is found.
    pub levels: Vec<(usize, f64)>,
}

#[derive(Clone, Debug)]
struct Rival<'a> {
    unit: &'a Unit<'a>,
    /// No loudness over windows of the scope lies above this, LUFS.
    most: f64,
    /// Its loudness over all windows of the scope, once it was asked for.
    whole: OnceLock<Option<f64>>,
}

impl<'a> Rival<'a> {
    fn new(unit: &'a Unit<'a>, most: f64) -> Self {
        Self { unit, most, whole: OnceLock::new() }
    }
}

impl<'a> Hierarchy<'a> {
    pub fn new(mix: &'a MixContext<'a>) -> Self {
        let span = mix.scope.as_ref().map_or(CellSpan { from: 0, to: 0 }, |scope| scope.span);
        let rivals = |is_one: fn(Role) -> bool| {
            let counted = mix.counted().filter(|unit| is_one(unit.role));
            let mut rivals: Vec<Rival<'_>> =
                counted.map(|unit| Rival::new(unit, loudest_window(unit.levels, span))).collect();
            rivals.sort_by(|a, b| b.most.total_cmp(&a.most));
            rivals
        };
        let mut hierarchy = Self {
            beds: rivals(|role| matches!(role, Role::Guitars | Role::Pads | Role::LeadSynth)),
            vocals: rivals(|role| role == Role::LeadVocal),
            synths: rivals(|role| role == Role::LeadSynth),
            span,
            primary: None,
            mix,
            sum: OnceLock::new(),
        };
        hierarchy.primary = hierarchy.find_primary(span);
        hierarchy
    }

    /// The target of a unit. Without a vocal the loudest lead takes the vocal's rule.
    pub fn target(&self, mix: &MixContext<'_>, unit: &Unit<'_>, span: CellSpan) -> Option<Target> {
        let own = unit.asked(mix.profile).target;
        let takes_vocals_rule = unit.role == Role::LeadSynth
            && own.is_some_and(|target| target.against == TargetAgainst::LeadVocal)
            && self.primary_synth(span).is_some_and(|primary| primary.index == unit.index);
        if takes_vocals_rule { mix.profile.target(Role::LeadVocal) } else { own }
    }

    /// The loudness of a unit against the bed, the lead or the mix.
    pub fn pair(&self, unit: &Unit<'_>, target: &Target, span: CellSpan) -> Option<LeadAndBed> {
        match target.against {
            TargetAgainst::Bed => self.against_bed(unit, span),
            TargetAgainst::LeadVocal => self.against_lead(unit, span),
            TargetAgainst::Mix => self.against_mix(unit, target.together, span),
            TargetAgainst::Kick | TargetAgainst::FullScale => None,
        }
    }

    /// All that the plan must know of whom a unit is measured against, as the faders stand.
    pub fn rivals(&self, unit: &Unit<'_>, span: CellSpan) -> Rivals {
        let here = places(unit.levels, span);
        let over = |other: &Unit<'_>, both: Places| {
            let (own, against) = (over(&both, unit.levels)?, over(&both, other.levels)?);
            Some((other.index, own - against))
        };
        let others = |rivals: &[Rival<'a>]| -> Vec<&'a Unit<'a>> {
            let others = rivals.iter().map(|rival| rival.unit).filter(|other| other.index != unit.index);
            others.filter(|other| are_comparable(unit.placement, other.placement)).collect()
        };
        let meets = |bed: &&Unit<'_>| here.and(&places(bed.levels, span)).any();
        let beds = others(&self.beds).into_iter().filter(meets).filter_map(|bed| over(bed, here.with(bed.levels)));
        let is_led_by_synths = !self.has_vocals() && unit.role == Role::LeadSynth;
        let leads = others(if is_led_by_synths { &self.synths } else { &self.vocals });
        let leads = leads.into_iter().filter_map(|lead| over(lead, here.and(&places(lead.levels, span))));
        let levels = if is_led_by_synths { self.synth_levels(span).collect() } else { Vec::new() };
        Rivals { beds: beds.collect(), leads: leads.collect(), levels }
    }

    /// Someone sings.
    pub fn has_vocals(&self) -> bool {
        !self.vocals.is_empty()
    }

    /// Others that count as one with the unit sound in the span: it is judged there, or is silent there.
    pub fn plays_with_family(&self, unit: &Unit<'_>, span: CellSpan) -> bool {
        let is_other = |other: &&Unit<'_>| other.index != unit.index && is_family(unit.role, other.role);
        let is_together = unit.asked(self.mix.profile).target.is_some_and(|target| target.together);
        is_together && self.mix.counted().filter(is_other).any(|other| !other.levels.is_silent_in(span))
    }

    /// The sum of all that count, where the unit, or all of its family, sounds; `None` where it or all else is silent.
    fn against_mix(&self, unit: &Unit<'_>, together: bool, span: CellSpan) -> Option<LeadAndBed> {
        let is_own = |other: &Unit<'_>| {
            other.index == unit.index || (together && unit.is_counted() && is_family(unit.role, other.role))
        };
        let (own, others): (Vec<&Unit<'_>>, Vec<&Unit<'_>>) = self.mix.counted().partition(|other| is_own(other));
        let own = if own.is_empty() { MixSum::of([unit].into_iter(), span) } else { MixSum::of(own.into_iter(), span) };
        let is_silent = |unit: &&Unit<'_>| unit.levels.is_silent_in(span);
        if is_silent(&unit) || others.iter().all(is_silent) {
            return None;
        }
        let (own, against) = match span == self.span {
            true => own.beside(self.sum.get_or_init(|| MixSum::of(self.mix.counted(), span)))?,
            false => own.beside(&MixSum::of(self.mix.counted(), span))?,
        };
        // One track on the other side of the fader makes the sum no sum.
        let differs = others.iter().find(|other| other.placement.sees_fader() != unit.placement.sees_fader());
        let placement = differs.map_or(unit.placement, |other| other.placement);
        Some(LeadAndBed { own, against, placement })
    }

    /// The bed or melodic part that the track stands least over, where the track sounds; one that rests there is none.
    fn against_bed(&self, unit: &Unit<'_>, span: CellSpan) -> Option<LeadAndBed> {
        let is_bed = |role| match unit.role {
            // A lead that has taken the vocal's rule is not measured against the other leads: they are against it.
            Role::LeadSynth => matches!(role, Role::Guitars | Role::Pads),
            _ => true,
        };
        let here = places(unit.levels, span);
        let meets = |other: &Unit<'_>| is_bed(other.role) && here.and(&places(other.levels, span)).any();
        self.least_over(&self.beds, unit, span, &here, |other| meets(other).then(|| here.with(other.levels)))
    }

    /// The lead vocal, or primary lead, that the track stands least over, where both sound.
    fn against_lead(&self, unit: &Unit<'_>, span: CellSpan) -> Option<LeadAndBed> {
        let here = places(unit.levels, span);
        let both = |other: &Unit<'_>| Some(here.and(&places(other.levels, span)));
        if self.vocals.is_empty() && unit.role == Role::LeadSynth {
            let primary = Rival::new(self.primary_synth(span)?, f64::INFINITY);
            return self.least_over(&[primary], unit, span, &here, both);
        }
        self.least_over(&self.vocals, unit, span, &here, both)
    }

    /// The rival that the unit stands least over, among those on its side of the fader, else among the others; rivals
    /// that cannot be it are passed over.
    fn least_over(
        &self,
        rivals: &[Rival<'_>],
        unit: &Unit<'_>,
        span: CellSpan,
        here: &Places,
        both: impl Fn(&Unit<'_>) -> Option<Places>,
    ) -> Option<LeadAndBed> {
        let is_bound = span == self.span;
        // Nowhere does the unit sound fainter than this.
        let least = if is_bound { faintest_window(here, unit.levels) } else { f64::NEG_INFINITY };
        // Wherever both sound throughout, the unit's own loudness is the same.
        let throughout = OnceCell::new();
        let among = |is_one: &dyn Fn(&Unit<'_>) -> bool| {
            let mut best: Option<LeadAndBed> = None;
            for rival in rivals.iter().filter(|rival| rival.unit.index != unit.index && is_one(rival.unit)) {
                if best.is_some_and(|best| least - rival.most > best.own - best.against) {
                    break;
                }
                let Some(both) = both(rival.unit) else { continue };
                let against = if both.is_all && is_bound {
                    *rival.whole.get_or_init(|| over(&both, rival.unit.levels))
                } else {
                    over(&both, rival.unit.levels)
                };
                let own = match both.is_all {
                    true => *throughout.get_or_init(|| over(&both, unit.levels)),
                    false => over(&both, unit.levels),
                };
                let Some((own, against)) = own.zip(against) else { continue };
                let pair = LeadAndBed { own, against, placement: rival.unit.placement };
                if best.is_none_or(|best| own - against < best.own - best.against) {
                    best = Some(pair);
                }
            }
            best
        };
        let is_beside = |other: &Unit<'_>| are_comparable(unit.placement, other.placement);
        among(&is_beside).or_else(|| among(&|other| !is_beside(other)))
    }

    fn primary_synth(&self, span: CellSpan) -> Option<&'a Unit<'a>> {
        if span == self.span { self.primary } else { self.find_primary(span) }
    }

    /// The loudest lead synth of a song without a vocal.
    fn find_primary(&self, span: CellSpan) -> Option<&'a Unit<'a>> {
        if !self.vocals.is_empty() {
            return None;
        }
        let name =
            |index: usize| self.synths.iter().find(|synth| synth.unit.index == index).map(|synth| synth.unit.name);
        let loudest =
            self.synth_levels(span).max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| name(a.0).cmp(&name(b.0))));
        let unit = |index: usize| self.synths.iter().map(|synth| synth.unit).find(|unit| unit.index == index);
        loudest.and_then(|(index, _)| unit(index))
    }

    /// Each lead synth's index and loudness over a span.
    fn synth_levels(&self, span: CellSpan) -> impl Iterator<Item = (usize, f64)> {
        let all = Places::all(span);
        self.synths.iter().filter_map(move |rival| Some((rival.unit.index, over(&all, rival.unit.levels)?)))
    }
}

/// A level read before its fader says nothing against one read after.
pub(crate) fn are_comparable(a: Placement, b: Placement) -> bool {
    !matches!((a, b), (Placement::Pre, Placement::Post) | (Placement::Post, Placement::Pre))
}

/// A lower limit of a track's loudness over any of these windows.
fn faintest_window(places: &Places, levels: &Levels) -> f64 {
    let windows = levels.windows_in(places.span);
    let before = ((places.start - windows.start).max(0) as usize).min(windows.k_powers.len());
    let flags = if places.is_all { &[][..] } else { places.from(windows.start) };
    let counts = |at: usize| places.is_all || flags.get(at).is_some_and(|flag| *flag);
    let powers = windows.k_powers[before..].iter().enumerate().filter(|(at, _)| counts(*at));
    let least = powers.map(|(_, power)| *power).fold(f32::INFINITY, f32::min);
    // A hair below, for what rounding does to a mean of equals.
    LOUDNESS_OFFSET + 10.0 * (f64::from(least) * levels.k_scale()).log10() - 1e-6
}

/// An upper limit of a track's loudness over any windows of a span.
fn loudest_window(levels: &Levels, span: CellSpan) -> f64 {
    let most = levels.windows_in(span).k_powers.iter().copied().fold(0.0, f32::max);
    // A hair above, for what rounding does to a mean of equals.
    LOUDNESS_OFFSET + 10.0 * (f64::from(most) * levels.k_scale()).log10() + 1e-6
}

/// Windows of a span by their first cells, one flag each.
#[derive(Clone, Debug)]
struct Places {
    span: CellSpan,
    start: i32,
    flags: SmallVec<[bool; 256]>,
    is_all: bool,
}

impl Places {
    fn all(span: CellSpan) -> Self {
        Self { span, start: span.from, flags: SmallVec::new(), is_all: true }
    }

    /// Those that another track was heard at.
    fn with(&self, other: &Levels) -> Self {
        if other.has_all(self.span) {
            return self.clone();
        }
        let (mut here, start) = (self.flags.clone(), self.start);
        if self.is_all {
            let count = self.span.to - self.span.from - (WINDOW as i32 - 1);
            here = SmallVec::from_elem(true, count.max(0) as usize);
        }
        let flags = (start..).zip(&here).map(|(start, flag)| *flag && other.has_window(start)).collect();
        Self { flags, is_all: false, ..*self }
    }

    /// Those that are in both.
    fn and(&self, other: &Self) -> Self {
        if other.is_all {
            return self.clone();
        }
        if self.is_all {
            return other.clone();
        }
        let start = self.start.max(other.start);
        let pairs = self.from(start).iter().zip(other.from(start));
        Self { start, flags: pairs.map(|(own, other)| *own && *other).collect(), ..*self }
    }

    fn any(&self) -> bool {
        self.is_all || self.flags.contains(&true)
    }

    /// The flags from a window on; none before the first.
    fn from(&self, start: i32) -> &[bool] {
        &self.flags[((start - self.start).max(0) as usize).min(self.flags.len())..]
    }
}

/// Where a track sounds.
fn places(levels: &Levels, span: CellSpan) -> Places {
    let (windows, limit) = (levels.windows_in(span), levels.sounding_from());
    if levels.has_all(span) && windows.powers.iter().all(|power| *power >= limit) {
        return Places::all(span);
    }
    let flags = windows.powers.iter().map(|power| *power >= limit).collect();
    Places { span, start: windows.start, flags, is_all: false }
}

/// Gated loudness over these windows; `None` where the track makes no sound in them.
fn over(places: &Places, levels: &Levels) -> Option<f64> {
    let windows = levels.windows_in(places.span);
    let loudness = |k_powers: &[f32]| Some(gated(levels, k_powers)? + levels.gain_db()?);
    if places.is_all {
        return loudness(windows.k_powers);
    }
    let before = ((places.start - windows.start).max(0) as usize).min(windows.k_powers.len());
    let pairs = windows.k_powers[before..].iter().zip(places.from(windows.start));
    loudness(&pairs.map(|(power, flag)| if *flag { *power } else { 0.0 }).collect::<SmallVec<[f32; 256]>>())
}
