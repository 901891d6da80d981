//! Which part of the song is judged (rules: "Scope").

use super::bars::Bars;
use super::heard::{CELLS_PER_S, CellSpan, Heard};
use super::reading::sounding;
use super::{Rules, ScopeKind, SessionState};
use crate::units::Seconds;

/// What the whole session is judged over.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    pub span: CellSpan,
    /// All stretches among which the loudest was chosen; empty for other kinds.
    pub stretches: Vec<CellSpan>,
}

/// Chooses the scope. `units` are the tracks that count in sums (no buses, nothing switched out).
pub(crate) fn choose(
    units: &[&Heard],
    kick: Option<&Heard>,
    bars: &Bars,
    state: &SessionState,
    rules: &Rules,
) -> Option<Scope> {
    let whole = whole_song(units.iter().copied().chain(kick))?;
    let playing = state.transport.playing;
    let kind = state.scope.unwrap_or(if playing { ScopeKind::Playing } else { ScopeKind::Loudest });
    let plain = |span| Some(Scope { kind, span, stretches: Vec::new() });
    match kind {
        ScopeKind::Song => plain(whole),
        ScopeKind::Range => {
            let (from, to) = state.range_s.unwrap_or((whole.start_s(), whole.end_s()));
            plain(CellSpan::from_seconds(from, to))
        }
        ScopeKind::Playing => plain(playing_span(bars, state, whole, rules)),
        ScopeKind::Loudest => {
            let stretches = stretches(bars, whole, rules);
            let span = loudest(&stretches, units, kick, rules).unwrap_or(whole);
            Some(Scope { kind, span, stretches })
        }
    }
}

fn whole_song<'a>(heard: impl Iterator<Item = &'a Heard>) -> Option<CellSpan> {
    heard
        .filter(|heard| !heard.cells.is_empty())
        .map(Heard::span)
        .reduce(|a, b| CellSpan { from: a.from.min(b.from), to: a.to.max(b.to) })
}

/// The host's loop if it is 2 bars or more, else the last 8 bars.
fn playing_span(bars: &Bars, state: &SessionState, whole: CellSpan, rules: &Rules) -> CellSpan {
    let transport = &state.transport;
    if let Some((from, to)) = transport.loop_s {
        let long_enough = match (bars.at(from), bars.at(to)) {
            (Some(first), Some(last)) => last - first >= rules.scope.loop_bars - 0.01,
            _ => to - from >= rules.scope.seconds.0 * rules.scope.loop_bars / rules.scope.bars - 0.01,
        };
        if long_enough {
            return CellSpan::from_seconds(from, to);
        }
    }
    // A position without any sound of the song (before its start, after a jump) judges what was heard last.
    let end = (transport.position_s * CELLS_PER_S).floor() as i32;
    let to = if end <= whole.from { whole.to } else { end.min(whole.to) };
    let to_s = f64::from(to) / CELLS_PER_S;
    CellSpan { to, ..CellSpan::from_seconds(before(bars, to_s, rules.scope.bars, rules.scope.seconds), to_s) }
}

/// The second that lies some bars before another, or some seconds where there is no tempo.
pub(crate) fn before(bars: &Bars, second: f64, count: f64, without_tempo: Seconds) -> f64 {
    bars.at(second).and_then(|bar| bars.second(bar - count)).unwrap_or(second - without_tempo.0)
}

/// The second that lies some bars after another, or some seconds where there is no tempo.
pub(crate) fn after(bars: &Bars, second: f64, count: f64, without_tempo: Seconds) -> f64 {
    bars.at(second).and_then(|bar| bars.second(bar + count)).unwrap_or(second + without_tempo.0)
}

/// All stretches of 8 bars, a bar apart (16 s, a second apart); the whole song where it is shorter.
fn stretches(bars: &Bars, whole: CellSpan, rules: &Rules) -> Vec<CellSpan> {
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

/// The loudest stretch that holds the kick, by the sum of K-weighted power; the earliest of equals.
/// Where none holds 8 kick hits, those with the most hits are compared.
pub(crate) fn loudest(
    stretches: &[CellSpan],
    units: &[&Heard],
    kick: Option<&Heard>,
    rules: &Rules,
) -> Option<CellSpan> {
    let hits = |span: CellSpan| kick.map_or(0, |kick| kick.hits_in(span).len().min(rules.scope.kick_hits));
    let most = stretches.iter().map(|span| hits(*span)).max()?;
    let power = |span: CellSpan| -> f64 {
        let sum = |heard: &&Heard| heard.cells_in(span).iter().map(|cell| cell.k_power).sum::<f64>();
        units.iter().map(sum).sum()
    };
    let sounds = |span: CellSpan| units.iter().any(|unit| !unit.is_silent_in(span, sounding(&rules.level)));
    let mut best: Option<(CellSpan, f64)> = None;
    for span in stretches.iter().copied().filter(|span| hits(*span) == most && sounds(*span)) {
        let power = power(span);
        // A millionth is rounding, not loudness.
        if best.is_none_or(|(_, loudest)| power > loudest * (1.0 + 1e-6)) {
            best = Some((span, power));
        }
    }
    best.map(|(span, _)| span)
}
