//! Breaks of vocals and leads: their loudness over the sliding stretches against that of the beds, vocals or leads that
//! they stand over or under, where the kick is hitting.

use std::sync::Arc;

use super::edges::Edged;
use super::runs::Runs;
use super::side::side_of;
use super::sliding_stretches::SlidingStretches;
use super::unit_breaks::{describe, merged};
use crate::mix::levels::{Levels, gated};
use crate::mix::profile::{Target, TargetAgainst};
use crate::mix::roles::{Class, Role};
use crate::mix::song::CellSpan;
use crate::mix::verdicts::{MixContext, Unit, UnitVerdict, are_comparable};
use crate::mix::{Break, Verdict, words};

/// A unit's loudness over the sliding stretches before its gain, in LUFS; NaN where it does not sound.
#[derive(Debug, Default)]
pub(super) struct SlidingLoudness {
    levels: u64,
    seen_heard: u64,
    seen_steps: u64,
    lufs: Vec<f64>,
}

impl SlidingLoudness {
    /// Reads what is new; returns how much that was.
    pub fn update(&mut self, levels: &Levels, stretches: &SlidingStretches) -> u64 {
        let mut places = Vec::new();
        let follows = self.levels == levels.id()
            && levels.changes().since(self.seen_heard, |from, to| {
                places.push(stretches.touching(CellSpan { from, to }));
            })
            && stretches.changes().since(self.seen_steps, |from, to| places.push(from as usize..to as usize));
        if !follows {
            places.clear();
            places.push(0..stretches.len());
        }
        (self.levels, self.seen_heard) = (levels.id(), levels.changes().version());
        self.seen_steps = stretches.changes().version();
        self.lufs.resize(stretches.len(), f64::NAN);
        let mut work = 0;
        for step in merged(places, stretches.len()).into_iter().flatten() {
            self.lufs[step] = loudness(levels, stretches.span(step)).unwrap_or(f64::NAN);
            work += 1;
        }
        work
    }

    /// With today's gain; `None` where it does not sound.
    fn at(&self, step: usize, gain_db: f64) -> Option<f64> {
        self.lufs.get(step).filter(|lufs| !lufs.is_nan()).map(|lufs| lufs + gain_db)
    }

    pub fn heap_bytes(&self) -> usize {
        self.lufs.capacity() * size_of::<f64>()
    }
}

/// Gated loudness where a track sounds, before its gain; `None` where not all of the stretch was heard, or it sounds in less
/// than half of it.
fn loudness(levels: &Levels, span: CellSpan) -> Option<f64> {
    let (windows, limit) = (levels.windows_in(span), levels.sounding_from());
    if !levels.has_all(span) {
        return None;
    }
    let pairs = windows.powers.iter().zip(windows.k_powers);
    let sounding: Vec<f32> = pairs.filter(|(power, _)| **power >= limit).map(|(_, k_power)| *k_power).collect();
    // The tail of a phrase is none of it.
    if 2 * sounding.len() < windows.powers.len() { None } else { gated(&sounding, 1.0) }
}

/// What a unit is a voice against: the target, where that is a bed or a lead.
pub(super) fn voice_target(judged: &UnitVerdict) -> Option<Target> {
    judged.target.filter(|target| matches!(target.against, TargetAgainst::Bed | TargetAgainst::LeadVocal))
}

/// Who takes part: the voices, and whom they are read against.
pub(super) fn takes_part(unit: &Unit<'_>) -> bool {
    let roles = [Role::Guitars, Role::Pads, Role::LeadSynth, Role::LeadVocal, Role::BackingVocals];
    unit.is_counted() && roles.contains(&unit.role)
}

/// The breaks of one voice.
pub(super) fn breaks(
    mix: &MixContext<'_>,
    judged: &[UnitVerdict],
    unit: &Unit<'_>,
    target: Target,
    stretches: &SlidingStretches,
    all: &[SlidingLoudness],
) -> Vec<Arc<Break>> {
    let sung = mix.counted().any(|other| other.role == Role::LeadVocal);
    let is_rival = |other: &&Unit<'_>| {
        let is_bed = matches!(other.role, Role::Guitars | Role::Pads);
        let is_one = match (target.against, unit.role) {
            (TargetAgainst::Bed, Role::LeadSynth) => is_bed,
            (TargetAgainst::Bed, _) => is_bed || other.role == Role::LeadSynth,
            _ if sung => other.role == Role::LeadVocal,
            // Without a vocal it stands under the lead that has taken the vocal's rule.
            _ => {
                let own = judged[other.index].target.map(|target| target.against);
                other.role == Role::LeadSynth && own == Some(TargetAgainst::Bed)
            }
        };
        is_one && other.index != unit.index && are_comparable(unit.placement, other.placement)
    };
    let with_gain = |other: &Unit<'_>| Some((other.index, other.levels.gain_db()?));
    let rivals: Vec<(usize, f64)> = mix.counted().filter(is_rival).filter_map(with_gain).collect();
    let Some(gain) = unit.levels.gain_db() else { return Vec::new() };
    let against = |step: usize| {
        let levels = rivals.iter().filter_map(|(rival, gain)| all[*rival].at(step, *gain));
        levels.reduce(f64::max)
    };
    let offset = |step: usize| {
        let own = all[unit.index].at(step, gain).filter(|_| !stretches.kick(step).is_nan());
        own.and_then(|own| Some(own - against(step)?)).unwrap_or(f64::NAN)
    };
    let offsets: Vec<f64> = (0..stretches.len()).map(offset).collect();
    let side = |offset: f64| side_of(mix, offset, target);
    let mut runs = Runs::default();
    runs.resize(stretches.len(), side);
    runs.put(0..stretches.len(), &offsets, side);
    let found = runs.all.iter().filter_map(|run| {
        let rival_lufs = against((run.from + run.to) / 2);
        let edged = Edged { mix, unit, target, stretches, runs: &runs, run, shift_db: 0.0, kick_db: 0.0, rival_lufs };
        let edges = edged.edges(Class::Sustained)?;
        let mut one = describe(mix, unit, target, edges, run.median()?)?;
        let middle = (run.from + run.to) / 2;
        let beside = rivals.iter().filter(|(rival, gain)| all[*rival].at(middle, *gain).is_some());
        let beside = beside.map(|(rival, _)| (mix.units[*rival].role, Verdict::Sits));
        let is_borne_out = words::bears_out(unit.role, one.verdict, beside);
        one.cause = words::reason(unit.role, words::Reason::Off(one.verdict, is_borne_out));
        Some(Arc::new(one))
    });
    found.collect()
}
