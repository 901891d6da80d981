//! Where in the song the balance breaks (rules: "Sections, static and dynamic").
//!
//! Track and anchor are read over the same sliding 2 bars. A stretch in which every such reading lies 3 dB or more
//! outside the band, for 2 bars or more and with the kick hitting, is a break. The readings are kept, and read again
//! only where the track or the anchor has changed.

mod edges;
mod runs;
mod steps;

use std::sync::{Arc, OnceLock};

use self::edges::{Edged, Edges, SNAP};
use self::runs::{Run, Runs};
use self::steps::Steps;
use super::advice::automate;
use super::budget::Budget;
use super::heard::CellSpan;
use super::judge::Judged;
use super::mixture::{Mixture, Unit};
use super::reading::read_raw;
use super::verdict::{deviation, judge};
use super::{
    Advice, Break, BreakRules, Class, LevelRules, Measure, Placement, Role, Target, TargetAgainst, Verdict,
    VerdictRules, scope, words,
};
use crate::units::{Db, Seconds};

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

/// What a unit's readings go by; another one needs them all anew.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    heard: u64,
    class: Class,
    measure: Measure,
    /// The gain, where gates depend on it.
    scale: Option<f64>,
    level: LevelRules,
    breaks: BreakRules,
}

/// What the cut into runs goes by.
#[derive(Clone, Debug, PartialEq)]
struct Cut {
    shift_db: f64,
    target: Target,
    verdict: VerdictRules,
    role: Role,
    placement: Placement,
    name: String,
}

/// One unit's sliding readings.
#[derive(Debug, Default)]
struct Kept {
    key: Option<Key>,
    cut: Option<Cut>,
    runs: Runs,
    seen_heard: u64,
    seen_steps: u64,
    seen_kick: u64,
    seen_bars: u64,
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
        let is_judged = |target: &Target| target.against == TargetAgainst::Kick && !unit.is_anchor;
        let target = judged.target.filter(is_judged).filter(|_| has_verdict(judged));
        let steps = target.and_then(|target| self.anchor.iter().position(|steps| steps.measure() == target.measure));
        let Some((target, place)) = target.zip(steps) else {
            found.extents.push(None);
            return None;
        };
        let steps = &mut self.anchor[place];
        if !std::mem::replace(&mut anchor_is_read[place], true) {
            steps.update(mix);
        }
        let kept = &mut self.units[unit.index];
        let work = kept.update(mix, unit, judged.class, target, steps);
        self.work += work;
        found.breaks.extend(kept.breaks(unit.index));
        found.extents.push(kept.extent());
        Some(work)
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
        let units: usize = self.units.iter().map(|kept| size_of::<Kept>() + kept.runs.heap_bytes()).sum();
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

impl Kept {
    /// Reads what is new, and tells how much that was.
    fn update(&mut self, mix: &Mixture<'_>, unit: &Unit<'_>, class: Class, target: Target, steps: &Steps) -> u64 {
        let rules = &mix.profile.rules;
        let (Some(gain), Some(kick_gain)) = (unit.heard.gain_db(), mix.reference.heard.gain_db()) else {
            *self = Self::default();
            return 0;
        };
        let key = Key {
            heard: unit.heard.id(),
            class,
            measure: target.measure,
            scale: (target.measure == Measure::Loudness).then_some(unit.heard.scale()),
            level: rules.level,
            breaks: rules.breaks,
        };
        let kick_db = kick_gain + mix.reference.shift_db;
        let cut = Cut {
            shift_db: gain - kick_db,
            target,
            verdict: rules.verdict,
            role: unit.role,
            placement: unit.placement,
            name: unit.name.to_owned(),
        };
        let mut work = self.read(mix, unit, key, &cut, steps);
        let Self { runs, .. } = self;
        for place in 0..runs.all.len() {
            if runs.all[place].found.is_some() {
                continue;
            }
            work += 1;
            let run = &runs.all[place];
            let edged = Edged { mix, unit, target, steps, runs, run, shift_db: cut.shift_db, kick_db };
            let edges = edged.edges(class);
            let offset = run.median().map(|offset| offset + cut.shift_db);
            let found = edges.zip(offset).and_then(|(edges, offset)| describe(mix, unit, target, edges, offset));
            let found = found.map(|found| (Arc::new(found), Ride::default()));
            let rests_on = rests_on(mix, steps, run);
            (runs.all[place].found, runs.all[place].rests_on) = (Some(found), rests_on);
        }
        self.cut = Some(cut);
        work
    }

    /// Reads the offsets that are other than they were, and drops what was found of the runs on which that bears.
    fn read(&mut self, mix: &Mixture<'_>, unit: &Unit<'_>, key: Key, cut: &Cut, steps: &Steps) -> u64 {
        let mut places = Vec::new();
        let mut cells: Vec<CellSpan> = Vec::new();
        let mut note = |from, to| cells.push(CellSpan { from, to });
        let kick = mix.reference.heard;
        let follows = self.key == Some(key)
            && unit.heard.changes().since(self.seen_heard, &mut note)
            && steps.changes().since(self.seen_steps, |from, to| places.push(from as usize..to as usize));
        let own = cells.len();
        let is_near = kick.changes().since(self.seen_kick, |from, to| cells.push(CellSpan { from, to }))
            && mix.bars.changes().since(self.seen_bars, |from, _| cells.push(CellSpan { from, to: i32::MAX }));
        if !follows {
            (self.key, self.cut, self.runs) = (Some(key), None, Runs::default());
            places.push(0..steps.len());
        } else {
            places.extend(cells[..own].iter().map(|span| steps.touching(*span)));
        }
        (self.seen_heard, self.seen_steps) = (unit.heard.changes().version(), steps.changes().version());
        (self.seen_kick, self.seen_bars) = (kick.changes().version(), mix.bars.changes().version());
        let side = |offset: f64| side_of(mix, offset + cut.shift_db, cut.target);
        let mut work = 0;
        if self.cut.as_ref() != Some(cut) {
            work += self.runs.recut(side) as u64;
        }
        self.runs.resize(steps.len(), side);
        for place in merged(places, steps.len()) {
            let offsets: Vec<f64> = place.clone().map(|step| offset(mix, unit, key, steps, step)).collect();
            work += offsets.len() as u64;
            self.runs.put(place, &offsets, side);
        }
        for run in &mut self.runs.all {
            let bears = |span: &CellSpan| span.from < run.rests_on.to && span.to > run.rests_on.from;
            if !is_near || cells.iter().any(bears) {
                run.found = None;
            }
        }
        work
    }

    fn extent(&self) -> Option<(f64, f64)> {
        let shift_db = self.cut.as_ref()?.shift_db;
        self.runs.extent().map(|(low, high)| (low + shift_db, high + shift_db))
    }

    fn breaks(&self, unit: usize) -> impl Iterator<Item = Found> {
        let found = self.runs.all.iter().filter_map(|run| run.found.as_ref()?.as_ref());
        found.map(move |(found, ride)| Found { unit, found: Arc::clone(found), ride: Arc::clone(ride) })
    }
}

/// The cells on which a run's edges depend: its own, and those in which its kick hits are looked for.
fn rests_on(mix: &Mixture<'_>, steps: &Steps, run: &Run) -> CellSpan {
    let (first, last) = (steps.span(run.from), steps.span(run.to - 1));
    // A kick's gap is no longer than the stretch in which it hits twice.
    let longest = (last.to - last.from).max(first.to - first.from);
    let bars = scope::after(mix.bars, last.end_s(), mix.profile.rules.breaks.bars, mix.profile.rules.breaks.seconds);
    let to = CellSpan::from_seconds(0.0, bars).to.max(last.to) + SNAP;
    CellSpan { from: first.from - longest - SNAP, to: to + 1 }
}

/// Ranges in rising order, those that touch as one.
fn merged(mut places: Vec<std::ops::Range<usize>>, len: usize) -> Vec<std::ops::Range<usize>> {
    places.sort_by_key(|place| place.start);
    let mut merged: Vec<std::ops::Range<usize>> = Vec::with_capacity(places.len());
    for place in places.into_iter().map(|place| place.start.min(len)..place.end.min(len)) {
        match merged.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ if place.is_empty() => {}
            _ => merged.push(place),
        }
    }
    merged
}

/// The unit against the anchor over a stretch, before any gain; NaN where not all of it was heard, or too little sounds.
fn offset(mix: &Mixture<'_>, unit: &Unit<'_>, key: Key, steps: &Steps, step: usize) -> f64 {
    let (span, kick) = (steps.span(step), steps.kick(step));
    if kick.is_nan() || !unit.heard.has_all(span) {
        return f64::NAN;
    }
    let read = |heard| read_raw(heard, key.class, span, key.measure, &key.level);
    let Some((mut level, hits)) = read(unit.heard) else { return f64::NAN };
    if key.class == Class::Hits && hits < key.breaks.hits {
        return f64::NAN;
    }
    if unit.members.len() > 1 && key.measure == Measure::Peak {
        // A part is as loud in peaks as its loudest member.
        let members = unit.members.iter().map(|&index| mix.heard[index]);
        let levels = members.filter_map(|heard| Some(read(heard)?.0 + heard.gain_db()?));
        level = levels.reduce(f64::max).unwrap_or(level);
    }
    level - kick
}

/// The side of the band on which an offset lies too far out.
fn side_of(mix: &Mixture<'_>, offset: f64, target: Target) -> Option<Verdict> {
    beyond(offset, target, mix.profile.rules.breaks.beyond)
}

/// The side on which an offset lies by `beyond` or more, in whole tenths.
fn beyond(offset: f64, target: Target, beyond: Db) -> Option<Verdict> {
    let deviation = deviation(offset, target.low_db, target.high_db);
    if deviation == 0.0 {
        return None;
    }
    let (tenths, limit) = ((deviation * 10.0).round(), (beyond.0 * 10.0).round());
    if tenths != 0.0 && tenths >= limit {
        Some(Verdict::High)
    } else if tenths != 0.0 && tenths <= -limit {
        Some(Verdict::Low)
    } else {
        None
    }
}

fn describe(mix: &Mixture<'_>, unit: &Unit<'_>, target: Target, edges: Edges, offset: f64) -> Option<Break> {
    let rules = &mix.profile.rules;
    let Edges { from_s, to_s, end_s } = edges;
    let shortest = scope::after(mix.bars, from_s, rules.breaks.bars, rules.breaks.seconds) - from_s;
    if end_s - from_s < shortest - rules.breaks.edge_seconds.0 {
        return None;
    }
    let judgement = judge(offset, target.low_db, target.high_db, &rules.verdict);
    Some(Break {
        track: unit.name.to_owned(),
        from_s: Seconds(from_s),
        to_s: Seconds(to_s),
        from_bar: mix.bars.number(from_s),
        to_bar: mix.bars.number(to_s),
        offset_db: Db(offset),
        verdict: judgement.verdict,
        move_db: judgement.move_by,
        cause: words::cause(unit.role, judgement.verdict).to_owned(),
    })
}
