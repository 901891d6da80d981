//! After a bold move, some bars of listening before the next advice.

use keel_core::mix::{Limits, ScopeReport, SessionTransport};
use keel_core::units::Db;

/// A jump of the song position larger than this is a locate or a loop, not playing on.
const JUMP_S: f64 = 1.0;

/// Counts the bars that were played since a move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ListenTimer {
    pub moved: Db,
    /// As many as the profile asks for.
    bars: f64,
    left: f64,
    position_s: Option<f64>,
}

impl ListenTimer {
    pub fn after(moved: Db, limits: &Limits) -> Self {
        Self { moved, bars: limits.listen_bars, left: limits.listen_bars, position_s: None }
    }

    pub fn advance(&mut self, transport: &SessionTransport, scope: &ScopeReport, limits: &Limits) {
        let here = transport.playing.then_some(transport.position_s);
        if let (Some(here), Some(before)) = (here, self.position_s) {
            let played = here - before;
            if (0.0..JUMP_S).contains(&played) {
                self.left -= played / bar_s(transport, scope, limits);
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

    /// Share of the bars that was played.
    pub fn done(&self) -> f32 {
        (1.0 - self.left / self.bars.max(1e-6)).clamp(0.0, 1.0) as f32
    }
}

/// A bar's length: from the scope where the host counts bars, else four quarters at the tempo, else the profile's own.
fn bar_s(transport: &SessionTransport, scope: &ScopeReport, limits: &Limits) -> f64 {
    let span = scope.from_s.zip(scope.to_s).map(|(from, to)| to.0 - from.0);
    let bars = scope.from_bar.zip(scope.to_bar).map(|(from, to)| to - from);
    match span.zip(bars) {
        Some((span, bars)) if span > 0.0 && bars > 0.0 => span / bars,
        _ => {
            let usual = limits.scope_s.0 / limits.scope_bars;
            transport.tempo.filter(|tempo| *tempo > 0.0).map_or(usual, |tempo| 240.0 / tempo)
        }
    }
}

#[cfg(test)]
mod tests {
    use keel_core::mix::{Profile, ScopeKind};

    use super::*;

    const NO_BARS: ScopeReport =
        ScopeReport { kind: ScopeKind::Playing, from_s: None, to_s: None, from_bar: None, to_bar: None };

    fn limits(listen_bars: f64) -> Limits {
        Limits { listen_bars, ..Limits::of(&Profile::guide().rules) }
    }

    fn play(listen: &mut ListenTimer, from: f64, to: f64) {
        let steps = ((to - from) * 50.0).round() as usize;
        for step in 0..=steps {
            let position_s = from + step as f64 / 50.0;
            let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
            listen.advance(&transport, &NO_BARS, &limits(0.0));
        }
    }

    #[test]
    fn four_bars_at_120_take_eight_seconds_of_playing() {
        let mut listen = ListenTimer::after(Db(-3.0), &limits(4.0));
        play(&mut listen, 10.0, 17.9);
        assert_eq!((listen.bars_left(), listen.is_over()), (1, false));
        play(&mut listen, 17.9, 18.05);
        assert!(listen.is_over());
    }

    #[test]
    fn the_profile_says_how_many_bars() {
        let mut listen = ListenTimer::after(Db(-3.0), &limits(6.0));
        play(&mut listen, 0.0, 9.0);
        assert_eq!(listen.bars_left(), 2, "four and a half of six bars were played");
        assert!((listen.done() - 0.75).abs() < 0.02);
        assert!(ListenTimer::after(Db(-3.0), &limits(0.0)).is_over(), "a profile may ask for none");
    }

    #[test]
    fn stopping_and_locating_do_not_count() {
        let mut listen = ListenTimer::after(Db(-3.0), &limits(4.0));
        play(&mut listen, 0.0, 2.0);
        for position_s in [2.0, 60.0, 120.0] {
            listen.advance(
                &SessionTransport { playing: false, position_s, ..Default::default() },
                &NO_BARS,
                &limits(4.0),
            );
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
        let bar = |tempo, scope| bar_s(&SessionTransport { tempo, ..Default::default() }, scope, &limits(4.0));
        assert_eq!(bar(Some(120.0), &scope), 1.5);
        assert_eq!((bar(Some(90.0), &NO_BARS), bar(None, &NO_BARS)), (240.0 / 90.0, 2.0));
    }
}
