//! A track as its row of the session's page shows it.

use keel_core::mix::words as balance;
use keel_core::mix::{Certainty, MixReport, StepKind, TrackId, TrackReport, Verdict};
use keel_core::units::Db;

use super::standing::{Standing, standing};

/// A track as its row shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub id: TrackId,
    pub name: String,
    /// And whether all others are measured against it.
    pub role: String,
    pub standing: Standing,
    /// The verdict in a few words.
    pub words: String,
    pub is_reference: bool,
    /// What would mend it, and the trim that does.
    pub mend: Option<(Db, Db)>,
}

impl Row {
    pub fn of(track: &TrackReport, report: &MixReport) -> Self {
        let standing = standing(track);
        let words = match (standing, track.verdict) {
            (Standing::Out, _) => "out".into(),
            // The names stand in the rows.
            (_, Verdict::Conflict) => "one kick too many".into(),
            _ => balance::verdict(track, report),
        };
        Self {
            id: track.id,
            name: track.name.clone(),
            role: role(track),
            standing,
            words,
            is_reference: track.is_reference,
            mend: track
                .move_db
                .filter(|db| db.0 != 0.0 && standing != Standing::Ignored)
                .filter(|_| report.step_of(track.id).is_none_or(|step| step.kind == StepKind::Fader))
                .zip(track.trim_db)
                .map(|(db, trim)| (db, Db(trim.0 + db.0))),
        }
    }

    pub fn is_ignored(&self) -> bool {
        self.standing == Standing::Ignored
    }
}

/// The role, with a mark where it is an unsure guess.
fn role(track: &TrackReport) -> String {
    let mark = if track.role_certainty == Some(Certainty::Unsure) { " ?" } else { "" };
    format!("{}{mark}{}", track.role_name(), if track.is_reference { " · reference" } else { "" })
}
