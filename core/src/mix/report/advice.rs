//! What a report says of moments that break, and of what to do.

use serde::Serialize;

use super::Verdict;
use crate::units::{Db, Seconds};

/// A stretch of the song in which the balance breaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Break {
    /// The unit's name.
    pub track: String,
    /// The beginning.
    pub from_s: Seconds,
    /// The end.
    pub to_s: Seconds,
    /// The beginning in bars, where the host reports them.
    pub from_bar: Option<f64>,
    /// The end in bars.
    pub to_bar: Option<f64>,
    /// The middle of its offsets.
    pub offset_db: Db,
    /// Too low or too high.
    pub verdict: Verdict,
    /// Outside the band by this much.
    pub beyond_db: Db,
    /// The ride that mends it, on top of the plan's move; `None` where more than any ride would be needed.
    pub move_db: Option<Db>,
    /// Decibels beyond the band times bars, doubled for kick and lead vocal.
    pub harm: f64,
    /// Breaks of a unit that lie near each other are one line of the list, and share its number.
    pub line: usize,
    /// What it sounds like, in a few words.
    pub cause: String,
}

/// What a piece of advice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdviceKind {
    /// Move the fader.
    MoveFader,
    /// Ride the fader through a break.
    Automate,
    /// Pan.
    Pan,
    /// Set the gain at the input.
    GainStage,
    /// Make room in the spectrum.
    Mask,
    /// Mind the phase.
    Mono,
    /// Check the role: the move would be very large.
    Role,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// The unit's name; empty where it is about several.
    pub track: String,
    /// The names of all units that it is about.
    pub tracks: Vec<String>,
    /// What it is about.
    pub kind: AdviceKind,
    /// The whole of it in a sentence.
    pub text: String,
    /// By how much, positive for up.
    pub move_db: Option<Db>,
    /// From where in the song.
    pub from_s: Option<Seconds>,
    /// To where.
    pub to_s: Option<Seconds>,
}
