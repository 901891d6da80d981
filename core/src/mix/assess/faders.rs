//! The faders of a session, moved for a trial: what the rules say with them there.

use super::session_levels::SessionLevels;
use crate::mix::plan::{Balance, Trials, lowered_peak};
use crate::mix::verdicts::{Hierarchy, KeptReadings, Loudest, MixContext, UnitVerdict, judge_unit};
use crate::mix::{Profile, SessionState, TrackInput};
use crate::units::Dbtp;

/// A session whose units can be moved. What was read of it stands, whatever is moved.
#[derive(Debug)]
pub(super) struct Faders<'a> {
    levels: &'a mut SessionLevels,
    own: &'a mut [KeptReadings],
    loudest: &'a mut Loudest,
    tracks: &'a [TrackInput<'a>],
    profile: &'a Profile,
    state: &'a SessionState,
    /// Whether a plan may be made of what was judged, and whether the kick is held.
    may_plan: bool,
    is_held: bool,
}

impl<'a> Faders<'a> {
    pub fn new(
        levels: &'a mut SessionLevels,
        own: &'a mut [KeptReadings],
        loudest: &'a mut Loudest,
        tracks: &'a [TrackInput<'a>],
        profile: &'a Profile,
        state: &'a SessionState,
    ) -> Self {
        Self { levels, own, loudest, tracks, profile, state, may_plan: false, is_held: false }
    }

    /// Something was heard of what has been judged, and the kick is not held: a plan can be made.
    pub fn may_plan(&self) -> bool {
        self.may_plan
    }

    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Looks at the session with its units moved by so many steps; none where the list is empty.
    pub fn with_moves<R>(&mut self, steps: &[i32], look: impl FnOnce(&MixContext<'_>) -> R) -> R {
        look(&self.moved(steps).0)
    }

    /// The session with its units moved by so many steps, and what else a judgement needs.
    fn moved(&mut self, steps: &[i32]) -> (MixContext<'_>, &Loudest, &mut [KeptReadings]) {
        let rules = &self.profile.rules;
        self.levels.try_moves(|unit| f64::from(steps.get(unit).copied().unwrap_or(0)) * rules.verdict.step.0);
        let mut mix = self.levels.context(self.tracks, self.profile, self.state, self.loudest);
        // What the bus reads with the plan done is no sum of what was heard of it.
        if let Some(peak) = self.state.planned_peak.filter(|_| steps.iter().any(|steps| *steps != 0)) {
            mix.bus_peak = Some(lowered_peak(rules, peak));
        }
        (mix, self.loudest, self.own)
    }
}

impl Trials for Faders<'_> {
    fn judge(&mut self, steps: &[i32]) -> Vec<UnitVerdict> {
        let (mix, loudest, own) = self.moved(steps);
        let hierarchy = Hierarchy::new(&mix);
        let units = mix.units.iter().zip(own);
        let judged = units.map(|(unit, own)| judge_unit(&mix, unit, &hierarchy, loudest, own)).collect();
        let (is_heard, is_held) = (mix.scope.is_some(), mix.is_held());
        (self.may_plan, self.is_held) = (is_heard && !is_held, is_held);
        judged
    }

    fn balance(&mut self, steps: &[i32], judged: &[UnitVerdict]) -> Balance {
        let printed = self.state.printed;
        self.with_moves(steps, |mix| Balance::read(mix, judged, &Hierarchy::new(mix), steps, printed))
    }

    fn peak(&self) -> Option<Dbtp> {
        self.state.planned_peak
    }
}
