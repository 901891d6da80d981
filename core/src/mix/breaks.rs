//! Where in the song the balance breaks (rules: "Sections, static and dynamic").
//!
//! Track and anchor are read over the same sliding 2 bars. A stretch in which every such reading lies 3 dB or more
//! outside the band, for 2 bars or more and with the kick hitting, is a break.

use super::heard::{CELLS_PER_S, CellSpan, HeardHit};
use super::judge::Judged;
use super::mixture::{Mixture, Unit};
use super::reading::{counted_hits, percentile, sounding};
use super::verdict::{deviation, judge};
use super::{Break, Class, Measure, Target, TargetAgainst, Verdict, scope, words};
use crate::units::{Db, Seconds};

/// Cells between the starts of two sliding readings.
const STEP: usize = 2;
/// An edge is looked for this many cells around where the sliding readings put it.
const SNAP: i32 = 6;
/// Hits of the anchor in 2 bars that count as "the kick is hitting".
const KICK_HITS: usize = 2;

/// The anchor over each sliding stretch: the same for every track, so it is read once.
#[derive(Clone, Copy, Debug)]
struct Step {
    span: CellSpan,
    kick: f64,
}

/// A run of sliding readings on the same side of the band.
#[derive(Clone, Copy, Debug)]
struct Run<'a> {
    /// The readings, each with the track's offset; never empty.
    readings: &'a [(Step, f64)],
    side: Verdict,
    /// The reading before the run, and that after it, lie within the limit; else there is none to tell.
    starts_inside: bool,
    ends_inside: bool,
}

impl Run<'_> {
    fn first(&self) -> Step {
        self.readings[0].0
    }

    fn last(&self) -> Step {
        self.readings[self.readings.len() - 1].0
    }

    /// The offset of most of the run: its first and last readings reach over its edges.
    fn offset(&self) -> Option<f64> {
        percentile(&mut self.readings.iter().map(|(_, offset)| *offset).collect::<Vec<_>>(), 0.5)
    }

    /// The anchor over the 2 bars around a moment.
    fn kick_around(&self, second: f64) -> f64 {
        let after = self.readings.partition_point(|(step, _)| step.span.start_s() + step.span.end_s() < 2.0 * second);
        self.readings[after.min(self.readings.len() - 1)].0.kick
    }
}

/// What the sliding readings found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dynamics {
    /// All breaks of the song, in the order of their beginning, each with the index of its unit.
    pub breaks: Vec<(usize, Break)>,
    /// For each unit the lowest and the highest sliding offset, where there were any.
    pub extents: Vec<Option<(f64, f64)>>,
}

/// Reads the whole song for breaks.
pub(crate) fn dynamics(mix: &Mixture<'_>, judged: &[Judged]) -> Dynamics {
    let mut found = Dynamics { breaks: Vec::new(), extents: vec![None; mix.units.len()] };
    for measure in [Measure::Peak, Measure::Rms, Measure::Loudness] {
        let judged_in = |target: &Target| target.against == TargetAgainst::Kick && target.measure == measure;
        let units: Vec<(usize, Target)> = (0..mix.units.len())
            .filter(|&unit| !mix.units[unit].is_anchor && has_verdict(&judged[unit]))
            .filter_map(|unit| Some((unit, judged[unit].target.filter(judged_in)?)))
            .collect();
        if units.is_empty() {
            continue;
        }
        let steps = steps(mix, measure);
        for (unit, target) in units {
            let (breaks, extent) = of_unit(mix, &mix.units[unit], judged[unit].class, target, &steps);
            found.breaks.extend(breaks.into_iter().map(|found| (unit, found)));
            found.extents[unit] = extent;
        }
    }
    found.breaks.sort_by(|(_, a), (_, b)| a.from_s.0.total_cmp(&b.from_s.0).then_with(|| a.track.cmp(&b.track)));
    found
}

fn has_verdict(judged: &Judged) -> bool {
    !matches!(judged.verdict, Verdict::Conflict | Verdict::NotJudged | Verdict::NoReference | Verdict::Solo)
}

fn steps(mix: &Mixture<'_>, measure: Measure) -> Vec<Step> {
    let rules = &mix.profile.rules;
    let Some(scope) = &mix.scope else { return Vec::new() };
    let kick = &mix.reference.heard;
    let mut whole = kick.span();
    if scope.kind == super::ScopeKind::Range {
        whole = CellSpan { from: whole.from.max(scope.span.from), to: whole.to.min(scope.span.to) };
    }
    (whole.from..whole.to)
        .step_by(STEP)
        .map(|from| {
            let start = f64::from(from) / CELLS_PER_S;
            CellSpan::from_seconds(start, scope::after(&mix.bars, start, rules.breaks.bars, rules.breaks.seconds))
        })
        .take_while(|span| span.to <= whole.to)
        .filter(|span| mix.reference.class == Class::Sustained || kick.hits_in(*span).len() >= KICK_HITS)
        .filter_map(|span| Some(Step { span, kick: mix.reference.read(span, None, rules)?.value(measure) }))
        .collect()
}

/// Where a break lies.
#[derive(Clone, Copy, Debug)]
struct Edges {
    from_s: f64,
    /// For hits the last affected one.
    to_s: f64,
    /// When the last affected hit gives way to the next; else as `to_s`.
    end_s: f64,
}

type Extent = Option<(f64, f64)>;

fn of_unit(mix: &Mixture<'_>, unit: &Unit, class: Class, target: Target, steps: &[Step]) -> (Vec<Break>, Extent) {
    let offsets: Vec<(Step, f64)> =
        steps.iter().filter_map(|step| Some((*step, offset(mix, unit, class, target, step)?))).collect();
    let extent = offsets.iter().fold(None, |extent: Extent, (_, offset)| {
        let (low, high) = extent.unwrap_or((*offset, *offset));
        Some((low.min(*offset), high.max(*offset)))
    });
    let describe = |run: &Run<'_>| {
        let edges = match class {
            Class::Sustained => sustained_edges(mix, unit, target, run),
            Class::Hits => hit_edges(mix, unit, target, run),
        }?;
        describe(mix, unit, target, edges, run.offset()?)
    };
    let runs = runs(&offsets, target, mix.profile.rules.breaks.beyond);
    (runs.iter().filter_map(describe).collect(), extent)
}

fn runs(offsets: &[(Step, f64)], target: Target, limit: Db) -> Vec<Run<'_>> {
    let side = |reading: &(Step, f64)| beyond(reading.1, target, limit);
    let adjoin = |a: &(Step, f64), b: &(Step, f64)| b.0.span.from - a.0.span.from <= STEP as i32;
    let mut start = 0;
    let mut found = Vec::new();
    for readings in offsets.chunk_by(|a, b| adjoin(a, b) && side(a) == side(b)) {
        let end = start + readings.len();
        let is_inside = |a: usize, b: usize, inner: usize| {
            b < offsets.len() && adjoin(&offsets[a], &offsets[b]) && side(&offsets[inner]).is_none()
        };
        if let Some(side) = side(&readings[0]) {
            let starts_inside = start > 0 && is_inside(start - 1, start, start - 1);
            found.push(Run { readings, side, starts_inside, ends_inside: is_inside(end - 1, end, end) });
        }
        start = end;
    }
    found
}

/// The unit against the anchor over this stretch; `None` where not all of it was heard, or too little sounds.
fn offset(mix: &Mixture<'_>, unit: &Unit, class: Class, target: Target, step: &Step) -> Option<f64> {
    let rules = &mix.profile.rules;
    let cells = unit.heard.cells_in(step.span);
    if cells.len() < (step.span.to - step.span.from) as usize || cells.iter().any(|cell| cell.frames == 0) {
        return None;
    }
    let read = mix.read(unit, class, step.span, None)?;
    let enough = class == Class::Sustained || read.hits >= rules.breaks.hits;
    enough.then(|| read.value(target.measure) - step.kick)
}

/// The side on which an offset lies by `beyond` or more, in whole tenths.
fn beyond(offset: f64, target: Target, beyond: Db) -> Option<Verdict> {
    let tenths = (deviation(offset, target.low_db, target.high_db) * 10.0).round();
    let limit = (beyond.0 * 10.0).round();
    if tenths != 0.0 && tenths >= limit {
        Some(Verdict::High)
    } else if tenths != 0.0 && tenths <= -limit {
        Some(Verdict::Low)
    } else {
        None
    }
}

/// Edges for continuous sound. A loud stretch shows in every reading that touches it, so it is where all readings of
/// the run overlap; a quiet one shows only in readings that lie within it, so it is their union. An end without a
/// reading beyond it, as at the song's own, has nothing to overlap with.
fn sustained_edges(mix: &Mixture<'_>, unit: &Unit, target: Target, run: &Run<'_>) -> Option<Edges> {
    let (first, last) = (run.first().span, run.last().span);
    let rough = match run.side {
        Verdict::High => CellSpan {
            from: if run.starts_inside { first.to } else { first.from },
            to: if run.ends_inside { last.from } else { last.to },
        },
        _ => CellSpan { from: first.from, to: last.to },
    };
    let snapped = if target.measure == Measure::Peak { snap(mix, unit, target, run, rough) } else { rough };
    // By cells: a window that sounds may end in up to 300 ms of silence.
    let range = sounding(&mix.profile.rules.level);
    let sounds = |cell: &i32| unit.heard.cell(*cell).is_some_and(|cell| unit.heard.is_audible(cell.power(), range));
    let from = (snapped.from..snapped.to).find(sounds)?;
    let to = (snapped.from..snapped.to).rev().find(sounds)? + 1;
    let (from_s, to_s) = clip_to_kick(mix, f64::from(from) / CELLS_PER_S, f64::from(to) / CELLS_PER_S)?;
    Some(Edges { from_s, to_s, end_s: to_s })
}

/// Moves the edges to the cell where the peaks cross the limit.
fn snap(mix: &Mixture<'_>, unit: &Unit, target: Target, run: &Run<'_>, rough: CellSpan) -> CellSpan {
    let beyond = mix.profile.rules.breaks.beyond.0;
    let is_loud = run.side == Verdict::High;
    let limit_db = if is_loud { target.high_db.0 + beyond } else { target.low_db.0 - beyond };
    let limit = |kick: f64| Db(kick + limit_db - 0.05).amplitude();
    let over = |cell: i32, limit: f64| unit.heard.cell(cell).is_some_and(|cell| cell.peak >= limit);
    let around = |edge: i32| edge - SNAP..edge + SNAP;
    let (start, end) = (limit(run.first().kick), limit(run.last().kick));
    let (from, to) = if is_loud {
        (around(rough.from).find(|cell| over(*cell, start)), around(rough.to).rev().find(|cell| over(*cell, end)))
    } else {
        let before = around(rough.from).rev().find(|cell| over(*cell, start));
        (before.map(|cell| cell + 1), around(rough.to).find(|cell| over(*cell, end)).map(|cell| cell - 1))
    };
    CellSpan { from: from.unwrap_or(rough.from), to: to.map_or(rough.to, |cell| cell + 1) }
}

/// Edges for hits: the first and the last that lies beyond the limit.
fn hit_edges(mix: &Mixture<'_>, unit: &Unit, target: Target, run: &Run<'_>) -> Option<Edges> {
    let rules = &mix.profile.rules;
    let span = CellSpan { from: run.first().span.from, to: run.last().span.to };
    let counted = counted_hits(unit.heard.hits_in(span).iter(), &rules.level);
    let is_affected = |hit: &&HeardHit| {
        let level = Db::from_amplitude(hit.peak);
        level.is_some_and(|level| {
            beyond(level.0 - run.kick_around(hit.onset_s), target, rules.breaks.beyond) == Some(run.side)
        })
    };
    let affected: Vec<f64> = counted.into_iter().filter(is_affected).map(|hit| hit.onset_s).collect();
    let (first, last) = (*affected.first()?, *affected.last()?);
    let (from_s, end_s) = clip_to_kick(mix, first, last + typical_gap(&affected))?;
    let mut clipped = affected.into_iter().filter(|onset_s| (from_s..end_s).contains(onset_s));
    let from_s = clipped.next()?;
    Some(Edges { from_s, to_s: clipped.next_back().unwrap_or(from_s), end_s })
}

/// The middle of the gaps between onsets: what the last of them lasts.
fn typical_gap(onsets: &[f64]) -> f64 {
    let mut gaps: Vec<f64> = onsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    percentile(&mut gaps, 0.5).unwrap_or(0.0)
}

/// A break is only where the kick is hitting: from a hit on, and no longer after one than hits usually lie apart.
fn clip_to_kick(mix: &Mixture<'_>, from_s: f64, to_s: f64) -> Option<(f64, f64)> {
    if mix.reference.class == Class::Sustained {
        return Some((from_s, to_s));
    }
    let kick = &mix.reference.heard;
    let onsets_in = |from_s: f64, to_s: f64| -> Vec<f64> {
        kick.hits_in(CellSpan::from_seconds(from_s, to_s)).iter().map(|hit| hit.onset_s).collect()
    };
    let onsets = onsets_in(from_s, to_s);
    let gap = typical_gap(&onsets);
    let (first, last) = (onsets.first()?, onsets.last()?);
    let hits_before = !onsets_in(from_s - gap, from_s).is_empty();
    let starts = if hits_before { from_s } else { from_s.max(*first) };
    Some((starts, to_s.min(last + gap).min(kick.span().end_s())))
}

fn describe(mix: &Mixture<'_>, unit: &Unit, target: Target, edges: Edges, offset: f64) -> Option<Break> {
    let rules = &mix.profile.rules;
    let Edges { from_s, to_s, end_s } = edges;
    let shortest = scope::after(&mix.bars, from_s, rules.breaks.bars, rules.breaks.seconds) - from_s;
    if end_s - from_s < shortest - rules.breaks.edge_seconds.0 {
        return None;
    }
    let judgement = judge(offset, target.low_db, target.high_db, &rules.verdict);
    let name = unit.part.clone().unwrap_or_else(|| mix.tracks[unit.members[0]].name.to_owned());
    Some(Break {
        track: name,
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
