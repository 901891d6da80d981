//! What goes into the editor beside the report, and what comes out of it.

use keel_core::mix::{LiveMeters, Measure, Placement, Role, ScopeKind, SessionTransport, TrackId};
use keel_core::units::Db;

/// What the mono check of this instance acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MonoScope {
    /// The session has a mix bus with Keel on it: the button commands the bus.
    Bus,
    /// No bus: only this track is collapsed.
    #[default]
    Track,
}

/// The targets that the whole session judges by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// Name or path of the profile.
    pub chosen: String,
    /// Names to choose among.
    pub known: Vec<String>,
    /// Another instance chose it.
    pub from_elsewhere: bool,
    /// Why a profile cannot be read and what holds instead, in a sentence or two.
    pub fault: Option<String>,
}

impl Default for Targets {
    fn default() -> Self {
        let guide = "guide".to_owned();
        Self { chosen: guide.clone(), known: vec![guide], from_elsewhere: false, fault: None }
    }
}

/// What moves on the screen beside the report.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Live {
    /// Of this track.
    pub track: LiveMeters,
    /// Onsets of the reference, where there is one.
    pub reference_onsets: Option<u32>,
}

/// What the user has set on this instance, as the plugin holds it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Controls {
    pub trim_db: Db,
    pub mono_check: bool,
    pub mono_scope: MonoScope,
    /// `None` finds the role from the track's name.
    pub role: Option<Role>,
    /// Before or after the fader; `None` goes by what the host says.
    pub placement: Option<Placement>,
    /// The user tags this track as the reference.
    pub reference: bool,
    /// `None` takes the profile's measure.
    pub measure: Option<Measure>,
    /// `None` follows the transport: what plays, else the loudest section.
    pub scope: Option<ScopeKind>,
    /// Switched out of the judgement.
    pub out: bool,
    pub bypass: bool,
    /// The user's name for the track; `None` takes the host's.
    pub user_name: Option<String>,
    pub targets: Targets,
    /// What is to be known of this instance alone, beside the report's notes.
    pub notes: Vec<String>,
    /// Why what was last asked of another track was not done.
    pub refused: Option<String>,
    /// Counts the bars of "listen" after a move.
    pub transport: SessionTransport,
}

/// What the user did. The plugin's window applies it.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Opens a gesture on the trim; every `SetTrim` lies between this and `EndTrim`.
    BeginTrim,
    SetTrim(Db),
    EndTrim,
    SetMono(bool),
    SetRole(Option<Role>),
    SetPlacement(Option<Placement>),
    SetReference(bool),
    SetMeasure(Option<Measure>),
    SetScope(Option<ScopeKind>),
    SetOut(bool),
    /// Empty for the host's name.
    SetName(String),
    /// Links the session with all that bear the same code; empty with none but its own program.
    SetCode(String),
    /// The session's target profile, by name or path.
    SetProfile(String),
    /// Leaves a track out of judgement for the whole session, or takes it back.
    Ignore(TrackId, bool),
    /// Sets the trim of any track of the session, where its host lets others.
    SetTrimOf(TrackId, Db),
    ResetPeak,
    /// Where the song has no kick: this track stands in for it; `None` takes that back.
    PickStandIn(Option<TrackId>),
}
