//! Where in the song the balance breaks (rules: "Sections, static and dynamic").
//!
//! Track and anchor are read over the same sliding 2 bars. A stretch in which every such reading lies 3 dB or more
//! outside the band, for 2 bars or more and with the kick hitting, is a break. The readings are kept, and read again
//! only where the track or the anchor has changed.

mod edges;

mod runs;
mod sliding_stretches;
mod unit_breaks;

use std::sync::{Arc, OnceLock};

use self::sliding_stretches::Steps;
use self::unit_breaks::Kept;
use crate::mix::profile::{Measure, Target, TargetAgainst};
use crate::mix::verdicts::{Judged, Mixture, Unit, automate};
use crate::mix::work::{Budget, parallel};
use crate::mix::{Advice, Break, Verdict};

/// Work to read what is new of one unit, and for each stretch that is.
const READ: u32 = 8;
const READ_STRETCH: u32 = 2;

/// What the sliding readings found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dynamics {
    /// All breaks of the song; [`Sliding::sort`] puts them in the order of their beginning.
    pub breaks: Vec<Found>,
    /// For each unit the lowest and the highest sliding offset, where there were any. Units that are not read yet have
    /// no entry.
    pub extents: Vec<Option<(f64, f64)>>,
}

impl Dynamics {
    pub fn clear(&mut self) {
        self.breaks.clear();
        self.extents.clear();
    }
}

/// A break of a unit.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Index of the unit.
    pub unit: usize,
    pub found: Arc<Break>,
    ride: Ride,
}

/// The advice to ride the fader through a break, written once it is wanted.
type Ride = Arc<OnceLock<Arc<Advice>>>;

impl Found {
    pub fn ride(&self, unit: &Unit<'_>) -> Arc<Advice> {
        Arc::clone(self.ride.get_or_init(|| automate(unit, &self.found).into()))
    }
}

/// The sliding readings of a session, kept up to date.
#[derive(Debug)]
pub(crate) struct Sliding {
    anchor: [Steps; 3],
    units: Vec<Kept>,
    /// Each unit's place in the order of their names.
    ranks: Vec<usize>,
    work: u64,
}

impl Default for Sliding {
    fn default() -> Self {
        let anchor = [Measure::Peak, Measure::Rms, Measure::Loudness].map(Steps::new);
        Self { anchor, units: Vec::new(), ranks: Vec::new(), work: 0 }
    }
}

impl Sliding {
    /// Keeps of each unit what it has by its new place; `old` tells each one's old place.
    pub fn rearrange(&mut self, old: impl Iterator<Item = Option<usize>>) {
        let mut kept: Vec<Option<Kept>> = std::mem::take(&mut self.units).into_iter().map(Some).collect();
        let take = |place: Option<usize>| place.and_then(|place| kept.get_mut(place)?.take()).unwrap_or_default();
        self.units = old.map(take).collect();
        self.ranks.clear();
    }

    /// Reads what is new of the song, unit by unit; true once all of them are read.
    pub fn read(&mut self, mix: &Mixture<'_>, judged: &[Judged], budget: &mut Budget, found: &mut Dynamics) -> bool {
        let mut anchor_is_read = [false; 3];
        if budget.is_unlimited() && found.extents.is_empty() {
            self.read_all(mix, judged, found);
        }
        for (unit, judged) in mix.units.iter().zip(judged).skip(found.extents.len()) {
            if !budget.is_left() {
                return false;
            }
            let work = self.read_unit(mix, unit, judged, &mut anchor_is_read, found);
            // Peaks of a part are read of its members, too.
            let read = READ_STRETCH * unit.members.len() as u32;
            budget.take(work.map_or(0, |work| READ + read * work as u32));
        }
        true
    }

    /// Reads some units again, of which something is other than it was.
    pub fn read_again(&mut self, mix: &Mixture<'_>, judged: &[Judged], units: &[usize], found: &mut Dynamics) {
        found.breaks.retain(|found| !units.contains(&found.unit));
        let mut anchor_is_read = [false; 3];
        for &unit in units {
            self.read_unit(mix, &mix.units[unit], &judged[unit], &mut anchor_is_read, found);
            found.extents.swap_remove(unit);
        }
    }

    /// Reads what is new of all units.
    fn read_all(&mut self, mix: &Mixture<'_>, judged: &[Judged], found: &mut Dynamics) {
        self.units.resize_with(mix.units.len(), Kept::default);
        let targets: Vec<_> = mix.units.iter().zip(judged).map(|(unit, judged)| self.target(unit, judged)).collect();
        for (place, steps) in self.anchor.iter_mut().enumerate() {
            if targets.iter().flatten().any(|(_, other)| *other == place) {
                steps.update(mix);
            }
        }
        let anchor = &self.anchor;
        let work = parallel::each(&mut self.units, |unit, kept| {
            let (target, place) = targets[unit]?;
            Some(kept.update(mix, &mix.units[unit], judged[unit].class, target, &anchor[place]))
        });
        work.into_iter().enumerate().for_each(|(unit, work)| self.tell(unit, work, found));
    }

    /// Reads what is new of one unit, and of the anchor where that is not read yet; adds what it found, and tells how many
    /// stretches it read; none where no breaks are looked for.
    fn read_unit(
        &mut self,
        mix: &Mixture<'_>,
        unit: &Unit<'_>,
        judged: &Judged,
        anchor_is_read: &mut [bool; 3],
        found: &mut Dynamics,
    ) -> Option<u64> {
        self.units.resize_with(mix.units.len(), Kept::default);
        let work = self.target(unit, judged).map(|(target, place)| {
            let steps = &mut self.anchor[place];
            if !std::mem::replace(&mut anchor_is_read[place], true) {
                steps.update(mix);
            }
            self.units[unit.index].update(mix, unit, judged.class, target, steps)
        });
        self.tell(unit.index, work, found);
        work
    }

    /// What a unit's breaks are judged by, and which readings of the anchor; `None` where none are looked for.
    fn target(&self, unit: &Unit<'_>, judged: &Judged) -> Option<(Target, usize)> {
        let is_judged = |target: &Target| target.against == TargetAgainst::Kick && !unit.is_anchor;
        let target = judged.target.filter(is_judged).filter(|_| has_verdict(judged))?;
        let place = self.anchor.iter().position(|steps| steps.measure() == target.measure)?;
        Some((target, place))
    }

    /// Adds what was found of a unit, if it was read.
    fn tell(&mut self, unit: usize, work: Option<u64>, found: &mut Dynamics) {
        self.work += work.unwrap_or(0);
        let kept = work.map(|_| &self.units[unit]);
        found.breaks.extend(kept.into_iter().flat_map(|kept| kept.breaks(unit)));
        found.extents.push(kept.and_then(Kept::extent));
    }

    /// Puts breaks in the order of their beginning, those that begin together in that of their units' names.
    pub fn sort(&mut self, mix: &Mixture<'_>, breaks: &mut [Found]) {
        if self.ranks.len() != mix.units.len() {
            self.ranks = ranks(mix.units.iter().map(|unit| unit.name));
        }
        let rank = |found: &Found| self.ranks[found.unit];
        breaks.sort_by(|a, b| a.found.from_s.0.total_cmp(&b.found.from_s.0).then(rank(a).cmp(&rank(b))));
    }

    pub fn work(&self) -> u64 {
        self.work + self.anchor.iter().map(Steps::work).sum::<u64>()
    }

    pub fn heap_bytes(&self) -> usize {
        let units: usize = self.units.iter().map(|kept| size_of::<Kept>() + kept.heap_bytes()).sum();
        units + self.anchor.iter().map(Steps::heap_bytes).sum::<usize>()
    }
}

/// The place of each name in their order; the same for the same names.
fn ranks<'a>(names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let names: Vec<&str> = names.collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    names.iter().map(|name| sorted.partition_point(|other| other < name)).collect()
}

fn has_verdict(judged: &Judged) -> bool {
    !matches!(judged.verdict, Verdict::Conflict | Verdict::NotJudged | Verdict::NoReference | Verdict::Solo)
}
