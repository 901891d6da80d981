//! What is kept of one unit: its offsets from the reference over the sliding stretches, and the breaks found in them.

use std::sync::Arc;

use super::edges::{Edged, Edges, SNAP};
use super::lines::{harm, is_doubled, shortest};
use super::runs::{Run, Runs};
use super::side::side_of;
use super::sliding_stretches::SlidingStretches;
use crate::mix::levels::{Levels, read_raw};
use crate::mix::profile::{Measure, Target};
use crate::mix::roles::{Class, Role};
use crate::mix::song::CellSpan;
use crate::mix::verdicts::{MixContext, Unit, judge_offset, scope};
use crate::mix::{Break, BreakRules, LevelRules, Placement, VerdictRules, words};
use crate::units::{Db, Seconds};

/// What a unit's readings go by; another one needs them all anew.
#[derive(Clone, Copy, Debug, PartialEq)]
struct OffsetKey {
    levels: u64,
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
pub(super) struct UnitBreaks {
    key: Option<OffsetKey>,
    cut: Option<Cut>,
    runs: Runs,
    seen_heard: u64,
    seen_steps: u64,
    seen_kick: u64,
    seen_bars: u64,
}

impl UnitBreaks {
    /// Reads what is new; returns how much that was.
    pub fn update(
        &mut self,
        mix: &MixContext<'_>,
        unit: &Unit<'_>,
        class: Class,
        target: Target,
        stretches: &SlidingStretches,
    ) -> u64 {
        let rules = &mix.profile.rules;
        let (Some(gain), Some(kick_gain)) = (unit.levels.gain_db(), mix.reference.levels.gain_db()) else {
            *self = Self::default();
            return 0;
        };
        let key = OffsetKey {
            levels: unit.levels.id(),
            class,
            measure: target.measure,
            scale: (target.measure == Measure::Loudness).then_some(unit.levels.scale()),
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
        let mut work = self.read(mix, unit, key, &cut, stretches);
        let Self { runs, .. } = self;
        for place in 0..runs.all.len() {
            if runs.all[place].found.is_some() {
                continue;
            }
            work += 1;
            let run = &runs.all[place];
            let shift_db = cut.shift_db;
            let edged = Edged { mix, unit, target, stretches, runs, run, shift_db, kick_db, rival_lufs: None };
            let edges = edged.edges(class);
            let offset = run.median().map(|offset| offset + cut.shift_db);
            let found = edges.zip(offset).and_then(|(edges, offset)| describe(mix, unit, target, edges, offset));
            let found = found.map(Arc::new);
            let rests_on = rests_on(mix, stretches, run);
            (runs.all[place].found, runs.all[place].rests_on) = (Some(found), rests_on);
        }
        self.cut = Some(cut);
        work
    }

    /// Reads the offsets that are other than they were, and drops what was found of the runs on which that bears.
    fn read(
        &mut self,
        mix: &MixContext<'_>,
        unit: &Unit<'_>,
        key: OffsetKey,
        cut: &Cut,
        stretches: &SlidingStretches,
    ) -> u64 {
        let mut places = Vec::new();
        let mut cells: Vec<CellSpan> = Vec::new();
        let mut note = |from, to| cells.push(CellSpan { from, to });
        let kick = mix.reference.levels;
        let follows = self.key == Some(key)
            && unit.levels.changes().since(self.seen_heard, &mut note)
            && stretches.changes().since(self.seen_steps, |from, to| places.push(from as usize..to as usize));
        let own = cells.len();
        let is_near = kick.changes().since(self.seen_kick, |from, to| cells.push(CellSpan { from, to }))
            && mix.bars.changes().since(self.seen_bars, |from, _| cells.push(CellSpan { from, to: i32::MAX }));
        if !follows {
            (self.key, self.cut, self.runs) = (Some(key), None, Runs::default());
            places.push(0..stretches.len());
        } else {
            places.extend(cells[..own].iter().map(|span| stretches.touching(*span)));
        }
        (self.seen_heard, self.seen_steps) = (unit.levels.changes().version(), stretches.changes().version());
        (self.seen_kick, self.seen_bars) = (kick.changes().version(), mix.bars.changes().version());
        let side = |offset: f64| side_of(mix, offset + cut.shift_db, cut.target);
        let mut work = 0;
        if self.cut.as_ref() != Some(cut) {
            work += self.runs.recut(side) as u64;
        }
        self.runs.resize(stretches.len(), side);
        for place in merged(places, stretches.len()) {
            let offsets: Vec<f64> = place.clone().map(|step| offset(mix, unit, key, stretches, step)).collect();
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

    pub fn heap_bytes(&self) -> usize {
        self.runs.heap_bytes()
    }

    pub fn breaks(&self) -> impl Iterator<Item = Arc<Break>> {
        self.runs.all.iter().filter_map(|run| run.found.clone()?)
    }
}

/// The cells on which a run's edges depend: its own, and those in which its kick hits are searched.
fn rests_on(mix: &MixContext<'_>, stretches: &SlidingStretches, run: &Run) -> CellSpan {
    let (first, last) = (stretches.span(run.from), stretches.span(run.to - 1));
    // A kick's gap is no longer than the stretch in which it hits twice.
    let longest = (last.to - last.from).max(first.to - first.from);
    let bars = scope::after(mix.bars, last.end_s(), mix.profile.rules.breaks.bars, mix.profile.rules.breaks.seconds);
    let to = CellSpan::from_seconds(0.0, bars).to.max(last.to) + SNAP;
    CellSpan { from: first.from - longest - SNAP, to: to + 1 }
}

/// Ranges in rising order, those that touch as one.
pub(super) fn merged(mut places: Vec<std::ops::Range<usize>>, len: usize) -> Vec<std::ops::Range<usize>> {
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

/// The unit against the reference over a stretch, before any gain; NaN where not all of it was heard, or too little sounds.
fn offset(mix: &MixContext<'_>, unit: &Unit<'_>, key: OffsetKey, stretches: &SlidingStretches, step: usize) -> f64 {
    let (span, kick) = (stretches.span(step), stretches.kick(step));
    if kick.is_nan() || !unit.levels.has_all(span) {
        return f64::NAN;
    }
    let read = |levels| read_raw(levels, key.class, span, key.measure, &key.level);
    let Some((mut level, hits)) = read(unit.levels) else { return f64::NAN };
    if key.class == Class::Hits && hits < key.breaks.hits {
        return f64::NAN;
    }
    if unit.members.len() > 1 && key.measure == Measure::Peak {
        // A part is as loud in peaks as its loudest member.
        let members = unit.members.iter().map(|&index| mix.levels[index]);
        let over = |levels: &Levels| Db::from_amplitude(levels.gain_over(unit.levels)).map(|db| db.0);
        let levels = members.filter_map(|levels| Some(read(levels)?.0 + over(levels)?));
        level = levels.reduce(f64::max).unwrap_or(level);
    }
    level - kick
}

pub(super) fn describe(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    target: Target,
    edges: Edges,
    offset: f64,
) -> Option<Break> {
    let rules = &mix.profile.rules;
    let Edges { from_s, to_s, end_s } = edges;
    if end_s - from_s < shortest(mix, from_s) {
        return None;
    }
    let judgement = judge_offset(offset, target.low_db, target.high_db, &rules.verdict);
    let ride = judgement.move_by;
    let mut found = Break {
        track: unit.name.to_owned(),
        from_s: Seconds(from_s),
        to_s: Seconds(to_s),
        from_bar: mix.bars.number(from_s),
        to_bar: mix.bars.number(to_s),
        offset_db: Db(offset),
        verdict: judgement.verdict,
        beyond_db: Db(judgement.deviation.0.abs()),
        move_db: (ride.0.abs() <= rules.breaks.ride.0).then_some(ride),
        harm: 0.0,
        line: 0,
        cause: words::reason(unit.role, words::MoveReason::Off(judgement.verdict, true)),
    };
    found.harm = harm(&found, is_doubled(unit));
    Some(found)
}
