//! After a bold move, four bars of listening before the next advice.

use keel_core::mix::{ScopeReport, SessionTransport};
use keel_core::units::Db;

/// "Bold moves, then listen": bars before the next advice for a track.
const BARS: f64 = 4.0;
/// A jump of the song position larger than this is a locate or a loop, not playing on.
const JUMP_S: f64 = 1.0;
/// Bars where the host tells no tempo.
const BAR_WITHOUT_TEMPO_S: f64 = 2.0;

/// Counts the bars that were played since a move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Listen {
    pub moved: Db,
    left: f64,
    position_s: Option<f64>,
}

impl Listen {
    pub fn after(moved: Db) -> Self {
        Self { moved, left: BARS, position_s: None }
    }

    pub fn advance(&mut self, transport: &SessionTransport, scope: &ScopeReport) {
        let here = transport.playing.then_some(transport.position_s);
        if let (Some(here), Some(before)) = (here, self.position_s) {
            let played = here - before;
            if (0.0..JUMP_S).contains(&played) {
                self.left -= played / bar_s(transport, scope);
            }
        }
        self.position_s = here;
    }

    pub fn is_over(&self) -> bool {
        self.left <= 1e-6
    }

    /// Bars still to play, counted up.
    pub fn bars_left(&self) -> u32 {
        (self.left - 1e-6).ceil().max(0.0) as u32
    }

    /// Share of the four bars that was played.
    pub fn done(&self) -> f32 {
        ((BARS - self.left) / BARS).clamp(0.0, 1.0) as f32
    }
}

/// A bar's length: from the scope where the host counts bars, else four quarters at the tempo.
fn bar_s(transport: &SessionTransport, scope: &ScopeReport) -> f64 {
    let span = scope.from_s.zip(scope.to_s).map(|(from, to)| to.0 - from.0);
    let bars = scope.from_bar.zip(scope.to_bar).map(|(from, to)| to - from);
    match span.zip(bars) {
        Some((span, bars)) if span > 0.0 && bars > 0.0 => span / bars,
        _ => transport.tempo.filter(|tempo| *tempo > 0.0).map_or(BAR_WITHOUT_TEMPO_S, |tempo| 240.0 / tempo),
    }
}

#[cfg(test)]
mod tests {
    use keel_core::mix::ScopeKind;

    use super::*;

    const NO_BARS: ScopeReport =
        ScopeReport { kind: ScopeKind::Playing, from_s: None, to_s: None, from_bar: None, to_bar: None };

    fn play(listen: &mut Listen, from: f64, to: f64) {
        let steps = ((to - from) * 50.0).round() as usize;
        for step in 0..=steps {
            let position_s = from + step as f64 / 50.0;
            let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
            listen.advance(&transport, &NO_BARS);
        }
    }

    #[test]
    fn four_bars_at_120_take_eight_seconds_of_playing() {
        let mut listen = Listen::after(Db(-3.0));
        play(&mut listen, 10.0, 17.9);
        assert_eq!((listen.bars_left(), listen.is_over()), (1, false));
        play(&mut listen, 17.9, 18.05);
        assert!(listen.is_over());
    }

    #[test]
    fn stopping_and_locating_do_not_count() {
        let mut listen = Listen::after(Db(-3.0));
        play(&mut listen, 0.0, 2.0);
        for position_s in [2.0, 60.0, 120.0] {
            listen.advance(&SessionTransport { playing: false, position_s, ..Default::default() }, &NO_BARS);
        }
        play(&mut listen, 30.0, 32.0);
        assert_eq!(listen.bars_left(), 2, "two bars played in all");
        assert!((listen.done() - 0.5).abs() < 0.02);
    }

    #[test]
    fn a_bar_is_as_long_as_the_scope_says() {
        let scope = ScopeReport {
            from_s: Some(keel_core::units::Seconds(0.0)),
            to_s: Some(keel_core::units::Seconds(12.0)),
            from_bar: Some(1.0),
            to_bar: Some(9.0),
            ..NO_BARS
        };
        assert_eq!(bar_s(&SessionTransport { tempo: Some(120.0), ..Default::default() }, &scope), 1.5);
    }
}
