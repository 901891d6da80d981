//! Which part of the song is judged.

mod loudest_section;

pub(crate) use self::loudest_section::{Loudest, own_loudest};
use super::unit::Unit;
use crate::mix::input::ScopeKind;
use crate::mix::levels::Levels;
use crate::mix::song::{BarMap, CELLS_PER_S, CellSpan};
use crate::mix::{Rules, SessionState};
use crate::units::Seconds;

/// What the whole session is judged over.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub span: CellSpan,
    /// It moves along with the song, cell by cell.
    pub slides: bool,
}

/// Chooses the scope among the units that count, and the kick.
pub(crate) fn choose(
    units: &[Unit<'_>],
    kick: Option<&Levels>,
    bars: &BarMap,
    loudest: &mut Loudest,
    state: &SessionState,
    rules: &Rules,
) -> Option<Scope> {
    let counted = units.iter().filter(|unit| unit.is_counted()).map(|unit| unit.levels);
    let Some(whole) = whole_song(counted.chain(kick)) else { return buses_alone(units, state) };
    let kind = kind(state);
    let mut slides = false;
    let span = match kind {
        ScopeKind::Song => whole,
        ScopeKind::Range => {
            let (from, to) = state.range_s.unwrap_or((whole.start_s(), whole.end_s()));
            CellSpan::from_seconds(from, to)
        }
        ScopeKind::Playing => {
            let looped = loop_span(bars, state, rules);
            slides = looped.is_none();
            looped.unwrap_or_else(|| last_bars(bars, state, whole, rules))
        }
        ScopeKind::Loudest => {
            // Found in any case: tracks that are silent in a section that is given have stretches of their own.
            let found = loudest.choose(units, kick, bars, whole, rules);
            let given = state.section_s.map(|(from, to)| CellSpan::from_seconds(from, to));
            given.or(found).unwrap_or(whole)
        }
    };
    Some(Scope { kind, span, slides })
}

/// A mix without its tracks has facts, but no loudest section: that is one of the tracks'.
fn buses_alone(units: &[Unit<'_>], state: &SessionState) -> Option<Scope> {
    let whole = whole_song(units.iter().map(|unit| unit.levels))?;
    let range = state.range_s.filter(|_| state.scope == Some(ScopeKind::Range));
    let (kind, span) = match range {
        Some((from, to)) => (ScopeKind::Range, CellSpan::from_seconds(from, to)),
        None => (ScopeKind::Song, whole),
    };
    Some(Scope { kind, span, slides: false })
}

/// The scope that was chosen, else what plays, or the loudest section.
pub(crate) fn kind(state: &SessionState) -> ScopeKind {
    state.scope.unwrap_or(if state.transport.playing { ScopeKind::Playing } else { ScopeKind::Loudest })
}

fn whole_song<'a>(levels: impl Iterator<Item = &'a Levels>) -> Option<CellSpan> {
    levels
        .filter(|levels| !levels.is_empty())
        .map(Levels::span)
        .reduce(|a, b| CellSpan { from: a.from.min(b.from), to: a.to.max(b.to) })
}

/// The host's loop if it is 2 bars or more.
fn loop_span(bars: &BarMap, state: &SessionState, rules: &Rules) -> Option<CellSpan> {
    let (from, to) = state.transport.loop_s?;
    let long_enough = match (bars.at(from), bars.at(to)) {
        (Some(first), Some(last)) => last - first >= rules.scope.loop_bars - 0.01,
        _ => to - from >= rules.scope.seconds.0 * rules.scope.loop_bars / rules.scope.bars - 0.01,
    };
    long_enough.then(|| CellSpan::from_seconds(from, to))
}

/// The last 8 bars.
fn last_bars(bars: &BarMap, state: &SessionState, whole: CellSpan, rules: &Rules) -> CellSpan {
    // A position without any sound of the song (before its start, after a jump) judges what was heard last.
    let end = (state.transport.position_s * CELLS_PER_S).floor() as i32;
    let to = if end <= whole.from { whole.to } else { end.min(whole.to) };
    let to_s = f64::from(to) / CELLS_PER_S;
    CellSpan { to, ..CellSpan::from_seconds(before(bars, to_s, rules.scope.bars, rules.scope.seconds), to_s) }
}

/// The second that lies some bars before another, or some seconds where there is no tempo.
pub(crate) fn before(bars: &BarMap, second: f64, count: f64, without_tempo: Seconds) -> f64 {
    bars.at(second).and_then(|bar| bars.second(bar - count)).unwrap_or(second - without_tempo.0)
}

/// The second that lies some bars after another, or some seconds where there is no tempo.
pub(crate) fn after(bars: &BarMap, second: f64, count: f64, without_tempo: Seconds) -> f64 {
    bars.at(second).and_then(|bar| bars.second(bar + count)).unwrap_or(second + without_tempo.0)
}

/// All stretches of 8 bars, a bar apart (16 s, a second apart); the whole song where it is shorter.
fn stretches(bars: &BarMap, whole: CellSpan, rules: &Rules) -> Vec<CellSpan> {
    let spans: Vec<CellSpan> = if bars.is_empty() {
        let first = whole.start_s().ceil() as i64;
        (first..)
            .map(|start| CellSpan::from_seconds(start as f64, start as f64 + rules.scope.seconds.0))
            .take_while(|span| span.to <= whole.to)
            .collect()
    } else {
        let end = |start| after(bars, start, rules.scope.bars, rules.scope.seconds);
        bars.starts(whole.start_s(), whole.end_s())
            .into_iter()
            .map(|start| CellSpan::from_seconds(start, end(start)))
            .filter(|span| span.from >= whole.from && span.to <= whole.to)
            .collect()
    };
    if spans.is_empty() { vec![whole] } else { spans }
}
