//! All that was found out about a session: what its report is written from.

use crate::mix::levels::TrackSummary;
use crate::mix::masking::HearingFacts;
use crate::mix::plan::Planned;
use crate::mix::roles::Role;
use crate::mix::verdicts::{MixContext, Unit, UnitVerdict};
use crate::mix::{ReferenceState, SessionState, Verdict, words};
use crate::units::{Db, Dbtp};

/// What a report is written from.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    pub mix: &'a MixContext<'a>,
    pub judged: &'a [UnitVerdict],
    /// With the plan done.
    pub after: &'a [UnitVerdict],
    pub summaries: &'a [TrackSummary],
    pub hearing: &'a HearingFacts,
    /// For each track its unit.
    pub unit_of: Vec<usize>,
    pub planned: Option<&'a Planned>,
    /// The true peak of the sum with the plan done, before all are lowered, where it is known.
    pub peak: Option<Dbtp>,
    /// The tracks are files.
    pub printed: bool,
}

impl<'a> Findings<'a> {
    pub fn new(
        mix: &'a MixContext<'a>,
        [judged, after]: [&'a [UnitVerdict]; 2],
        summaries: &'a [TrackSummary],
        hearing: &'a HearingFacts,
        planned: Option<&'a Planned>,
        state: &SessionState,
    ) -> Self {
        let mut unit_of = vec![0; mix.tracks.len()];
        mix.units.iter().for_each(|unit| unit.members.iter().for_each(|&index| unit_of[index] = unit.index));
        Self {
            mix,
            judged,
            after,
            summaries,
            hearing,
            unit_of,
            planned,
            peak: state.planned_peak,
            printed: state.printed,
        }
    }

    /// The plan's move of a unit; `None` where it is neither judged nor moved.
    pub fn move_of(&self, unit: &Unit<'_>) -> Option<Db> {
        let steps = self.planned?.steps.get(unit.index).copied().unwrap_or(0);
        let is_told = steps != 0 || self.judged[unit.index].judgement.is_some();
        is_told.then(|| Db(f64::from(steps) * self.mix.profile.rules.verdict.step.0))
    }

    /// Said of a unit that the plan moves far, or does not land.
    pub fn far_note(&self, unit: &Unit<'_>) -> Option<String> {
        let rules = &self.mix.profile.rules.verdict;
        let is_left = matches!(self.after[unit.index].verdict, Verdict::Low | Verdict::High);
        let is_far = self.move_of(unit).is_some_and(|by| by.0.abs() > rules.check_over.0);
        (is_left || is_far).then(|| "so far off: check role and gain staging first".into())
    }

    /// What a unit is to others: the kick, whatever its role says, where others count from it.
    pub fn role(&self, unit: &Unit<'_>) -> Role {
        if unit.is_reference && self.mix.reference.state != ReferenceState::Virtual { Role::Kick } else { unit.role }
    }

    /// The usual cause of a unit that is off is so here.
    pub fn bears_out(&self, unit: &Unit<'_>) -> bool {
        let playing = self.mix.counted().filter(|other| self.judged[other.index].reading.is_some());
        let others = playing.map(|other| (other.role, self.judged[other.index].verdict));
        words::bears_out(self.role(unit), self.judged[unit.index].verdict, others)
    }
}
