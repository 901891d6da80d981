//! What a report and its tracks answer.

use super::{MixReport, PlanStep, TrackReport, Verdict};
use crate::mix::TrackId;

impl TrackReport {
    /// It carries tracks that are judged themselves.
    pub fn is_bus(&self) -> bool {
        self.role.is_bus() && !self.is_kit
    }

    /// The role's name, or that of a whole kit in one track.
    pub fn role_name(&self) -> &'static str {
        if self.is_kit { "Drums" } else { self.role.label() }
    }

    /// Off by no more than half of what people differ by.
    pub fn is_taste(&self) -> bool {
        self.target.zip(self.deviation_db).is_some_and(|(target, deviation)| target.is_taste(deviation))
    }
}

impl MixReport {
    /// The report as pretty JSON, ending in a line break.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Any track was found too low, too high, or in its place.
    pub fn judges(&self) -> bool {
        self.tracks.iter().any(|track| matches!(track.verdict, Verdict::Low | Verdict::Sits | Verdict::High))
    }

    /// The plan's step of a track, by its id.
    pub fn step_of(&self, id: TrackId) -> Option<&PlanStep> {
        self.plan.as_ref()?.steps.iter().find(|step| step.ids.contains(&id))
    }

    /// A track by its id.
    pub fn track(&self, id: TrackId) -> Option<&TrackReport> {
        self.tracks.iter().find(|track| track.id == id)
    }
}
