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

    /// The loudest bed or melodic part, where the track sounds.
    fn against_bed(&self, unit: &Unit<'_>, span: CellSpan) -> Option<LeadAndBed> {
        let is_bed = |role| match unit.role {
            // A lead that has taken the vocal's rule is not measured against the other leads: they are against it.
            Role::LeadSynth => matches!(role, Role::Guitars | Role::Pads),
            _ => true,
        };
        let here = places(unit.levels, span);
        self.loudest(&self.beds, unit, span, |other| is_bed(other.role).then(|| here.with(other.levels)))
    }

    /// The loudest lead vocal, or primary lead, where both sound.
    fn against_lead(&self, unit: &Unit<'_>, span: CellSpan) -> Option<LeadAndBed> {
        let here = places(unit.levels, span);
        if self.vocals.is_empty() && unit.role == Role::LeadSynth {
            let primary = self.primary_synth(span)?;
            let lead = Rival::new(primary, f64::INFINITY);
            return self.loudest(&[lead], unit, span, |other| Some(here.and(&places(other.levels, span))));
        }
        self.loudest(&self.vocals, unit, span, |other| Some(here.and(&places(other.levels, span))))
    }

    /// The loudest of the rivals over the places that count for both; those that cannot be it are left out.
    fn loudest(
        &self,
        rivals: &[Rival<'_>],
        unit: &Unit<'_>,
        span: CellSpan,
        both: impl Fn(&Unit<'_>) -> Option<Places>,
    ) -> Option<LeadAndBed> {
        let mut best: Option<(LeadAndBed, Places, usize)> = None;
        // Wherever both sound throughout, the unit's own loudness is the same.
        let throughout = OnceCell::new();
        for rival in rivals.iter().filter(|rival| rival.unit.index != unit.index) {
            let is_bound = span == self.span;
            if is_bound && best.as_ref().is_some_and(|(best, ..)| rival.most < best.against) {
                break;
            }
            let Some(both) = both(rival.unit) else { continue };
            let against = if both.is_all && is_bound {
                *rival.whole.get_or_init(|| over(&both, rival.unit.levels))
            } else {
                over(&both, rival.unit.levels)
            };
            let Some(against) = against else { continue };
            let is_louder = |(best, _, index): &(LeadAndBed, Places, usize)| {
                against > best.against || (against == best.against && rival.unit.index > *index)
            };
            if best.as_ref().is_none_or(is_louder)
                && let Some(own) = match both.is_all {
                    true => *throughout.get_or_init(|| over(&both, unit.levels)),
                    false => over(&both, unit.levels),
                }
            {
                best = Some((LeadAndBed { own, against, placement: rival.unit.placement }, both, rival.unit.index));
            }
        }
        best.map(|(pair, ..)| pair)
    }

    fn primary_synth(&self, span: CellSpan) -> Option<&'a Unit<'a>> {
        if span == self.span { self.primary } else { self.find_primary(span) }
    }

    /// The loudest lead synth of a song without a vocal.
    fn find_primary(&self, span: CellSpan) -> Option<&'a Unit<'a>> {
        if !self.vocals.is_empty() {
            return None;
        }
        let all = Places::all(span);
        let loudest = self.synths.iter().filter_map(|rival| Some((rival.unit, over(&all, rival.unit.levels)?)));
        let loudest = loudest.max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.index.cmp(&b.0.index)));
        loudest.map(|(unit, _)| unit)
    }
}

/// An upper limit of a track's loudness over any windows of a span.
fn loudest_window(levels: &Levels, span: CellSpan) -> f64 {
    let most = levels.windows_in(span).k_powers.iter().copied().fold(0.0, f32::max);
    // A hair above, for what rounding does to a mean of equals.
    LOUDNESS_OFFSET + 10.0 * (f64::from(most) * levels.scale()).log10() + 1e-6
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
    let loudness = |k_powers: &[f32]| Some(gated(k_powers, levels.scale())? + levels.gain_db()?);
    if places.is_all {
        return loudness(windows.k_powers);
    }
    let before = ((places.start - windows.start).max(0) as usize).min(windows.k_powers.len());
    let pairs = windows.k_powers[before..].iter().zip(places.from(windows.start));
    loudness(&pairs.map(|(power, flag)| if *flag { *power } else { 0.0 }).collect::<SmallVec<[f32; 256]>>())
}
