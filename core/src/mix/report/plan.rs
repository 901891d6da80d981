//! One set of moves that balances the mix, right when all of them are done, and what the mix reads then.

use serde::Serialize;

use super::Verdict;
use crate::mix::TrackId;
use crate::units::{Db, Dbtp};

/// How a step of the plan is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// By the fader.
    Fader,
    /// At the clip or the input: the push is too large for a fader. The track is judged again then.
    Gain,
}

/// One unit's part of the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanStep {
    /// The unit's name.
    pub track: String,
    /// The names of its tracks, each of which makes the whole move.
    pub tracks: Vec<String>,
    /// The same for the length of the session.
    #[serde(skip)]
    pub ids: Vec<TrackId>,
    /// How it is done.
    pub kind: StepKind,
    /// Positive for up; 0 where a unit stays while all others move together.
    pub move_db: Db,
    /// What is left of it once all are moved together; `None` where they are not.
    pub beside_together_db: Option<Db>,
    /// Why, in a few words.
    pub reason: String,
    /// Its offset with the whole plan done; `None` where it is not judged.
    pub lands_at_db: Option<Db>,
}

/// A unit that no move within reach lands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotLanded {
    /// The unit's name.
    pub track: String,
    /// Why, in a few words.
    pub reason: String,
}

/// One set of moves that balances the mix. A move is right only when all are done.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// In the order in which they are done.
    pub steps: Vec<PlanStep>,
    /// More than half of the judged units move by this: it is told once, and the others by the difference.
    pub together_db: Option<Db>,
    /// What is not judged goes along by this, the middle of the judged units' moves.
    pub unjudged_db: Db,
    /// Of each move, what keeps the true peak of the sum under its limit; `None` where that peak is not known.
    pub lowered_db: Option<Db>,
    /// The true peak of the sum with the plan done, where it is known.
    pub true_peak_dbtp: Option<Dbtp>,
    /// What stays outside its band whatever is moved.
    pub not_landed: Vec<NotLanded>,
}

impl Plan {
    /// Each track's move, of those that move.
    ///
    /// ```
    /// use keel_core::mix::Plan;
    ///
    /// assert!(Plan::default().moves().is_empty(), "where all sits there is nothing to do");
    /// ```
    pub fn moves(&self) -> Vec<(TrackId, Db)> {
        let steps = self.steps.iter().filter(|step| step.move_db.0 != 0.0);
        steps.flat_map(|step| step.ids.iter().map(|id| (*id, step.move_db))).collect()
    }
}

/// What a track reads with the plan done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrackAfter {
    /// The track's name.
    pub name: String,
    /// Where it sits then.
    pub verdict: Verdict,
    /// Sits only by the margin at the band's edge.
    pub edge: bool,
    /// Against what the target counts from then.
    pub offset_db: Option<Db>,
    /// Outside the band by this much, positive above, 0 within; rounded to 0.1.
    pub deviation_db: Option<Db>,
}
