//! Where in the song the balance breaks.
//!
//! Track and reference are read over the same sliding 2 bars. A stretch in which every such reading lies 3 dB or more
//! outside the band with the plan's moves done, for 2 bars or more and with the kick hitting, is a break: no fader mends
//! it. The readings are kept, and read again only where the track or the reference has changed.

mod edges;
mod lines;
mod runs;
mod side;
mod sliding_stretches;
mod unit_breaks;
mod voices;

use std::sync::Arc;

use self::sliding_stretches::SlidingStretches;
use self::unit_breaks::UnitBreaks;
use self::voices::SlidingLoudness;
use crate::mix::profile::{Measure, Target, TargetAgainst};
use crate::mix::verdicts::{MixContext, Unit, UnitVerdict};
use crate::mix::{Break, Verdict};

/// What the sliding readings found: all breaks of the song with the plan's moves done, the greatest harm first.
pub(crate) type Dynamics = Vec<FoundBreak>;

/// A break of a unit.
#[derive(Clone, Debug)]
pub(crate) struct FoundBreak {
    /// Index of the unit.
    pub unit: usize,
    pub found: Arc<Break>,
    /// The line of the list that it stands in.
    pub line: usize,
    /// Its harm counts twice.
    is_doubled: bool,
}

/// The sliding readings of a session, kept up to date.
#[derive(Debug)]
pub(crate) struct BreakFinder {
    reference: [SlidingStretches; 3],
    units: Vec<UnitBreaks>,
    /// Of what is a voice, or what voices are read against.
    voices: Vec<SlidingLoudness>,
    /// Each unit's place in the order of their names.
    ranks: Vec<usize>,
    work: u64,
}

impl Default for BreakFinder {
    fn default() -> Self {
        let reference = [Measure::Peak, Measure::Rms, Measure::Loudness].map(SlidingStretches::new);
        Self { reference, units: Vec::new(), voices: Vec::new(), ranks: Vec::new(), work: 0 }
    }
}

impl BreakFinder {
    /// Keeps of each unit what it has by its new place; `old` holds each one's old place.
    pub fn rearrange(&mut self, old: impl Iterator<Item = Option<usize>>) {
        let mut kept: Vec<Option<UnitBreaks>> = std::mem::take(&mut self.units).into_iter().map(Some).collect();
        let take = |place: Option<usize>| place.and_then(|place| kept.get_mut(place)?.take()).unwrap_or_default();
        self.units = old.map(take).collect();
        self.voices.clear();
        self.ranks.clear();
    }

    /// Reads what is new of the song; `judged` is what the units read with the plan done.
    pub fn read(&mut self, mix: &MixContext<'_>, judged: &[UnitVerdict]) -> Dynamics {
        self.units.resize_with(mix.units.len(), UnitBreaks::default);
        let mut found = Dynamics::default();
        let mut reference_is_read = [false; 3];
        for (unit, own) in mix.units.iter().zip(judged) {
            let Some((target, place)) = self.target(unit, own) else { continue };
            let stretches = &mut self.reference[place];
            if !std::mem::replace(&mut reference_is_read[place], true) {
                stretches.update(mix);
            }
            let kept = &mut self.units[unit.index];
            self.work += kept.update(mix, unit, own.class, target, stretches);
            found.extend(apart(mix, unit, kept.breaks()));
        }
        if judged.iter().any(|own| voices::voice_target(own).is_some()) && mix.reference.exists() {
            if !reference_is_read[0] {
                self.reference[0].update(mix);
            }
            found.extend(self.of_voices(mix, judged));
        }
        if self.ranks.len() != mix.units.len() {
            self.ranks = ranks(mix.units.iter().map(|unit| unit.name));
        }
        lines::arrange(mix, judged, &self.ranks, &mut found);
        found
    }

    /// The breaks of vocals and leads.
    fn of_voices(&mut self, mix: &MixContext<'_>, judged: &[UnitVerdict]) -> Vec<FoundBreak> {
        let stretches = &self.reference[0];
        self.voices.resize_with(mix.units.len(), SlidingLoudness::default);
        for unit in mix.units.iter().filter(|unit| voices::takes_part(unit)) {
            self.work += self.voices[unit.index].update(unit.levels, stretches);
        }
        let voices = mix.units.iter().filter(|unit| voices::takes_part(unit) && has_verdict(&judged[unit.index]));
        let breaks = voices.filter_map(|unit| {
            let target = voices::voice_target(&judged[unit.index])?;
            let found = voices::breaks(mix, judged, unit, target, stretches, &self.voices);
            Some(apart(mix, unit, found.into_iter()))
        });
        breaks.flatten().collect()
    }

    /// What a unit's breaks are judged by, and which readings of the reference; `None` where none are searched.
    fn target(&self, unit: &Unit<'_>, judged: &UnitVerdict) -> Option<(Target, usize)> {
        let is_judged = |target: &Target| target.against == TargetAgainst::Kick && !unit.is_reference;
        let target = judged.target.filter(is_judged).filter(|_| has_verdict(judged))?;
        let place = self.reference.iter().position(|stretches| stretches.measure() == target.measure)?;
        Some((target, place))
    }

    pub fn work(&self) -> u64 {
        self.work + self.reference.iter().map(SlidingStretches::work).sum::<u64>()
    }

    pub fn heap_bytes(&self) -> usize {
        let units: usize = self.units.iter().map(|kept| size_of::<UnitBreaks>() + kept.heap_bytes()).sum();
        let voices: usize = self.voices.iter().map(SlidingLoudness::heap_bytes).sum();
        units + voices + self.reference.iter().map(SlidingStretches::heap_bytes).sum::<usize>()
    }
}

/// A unit's breaks in song order, none over another.
fn apart(mix: &MixContext<'_>, unit: &Unit<'_>, found: impl Iterator<Item = Arc<Break>>) -> Vec<FoundBreak> {
    let is_doubled = lines::is_doubled(unit);
    let mut breaks: Vec<FoundBreak> =
        found.map(|found| FoundBreak { unit: unit.index, found, line: 0, is_doubled }).collect();
    breaks.sort_by(|a, b| a.found.from_s.0.total_cmp(&b.found.from_s.0));
    lines::part(mix, &mut breaks);
    breaks
}

/// The place of each name in their order; the same for the same names.
fn ranks<'a>(names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let names: Vec<&str> = names.collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    names.iter().map(|name| sorted.partition_point(|other| other < name)).collect()
}

/// What no move lands is off throughout: that is no moment.
fn has_verdict(judged: &UnitVerdict) -> bool {
    let never = [Verdict::Conflict, Verdict::NotJudged, Verdict::NoReference, Verdict::Low, Verdict::High];
    !never.contains(&judged.verdict)
}
