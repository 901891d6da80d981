//! What the rules need to know of a session.

use serde::Serialize;

use crate::mix::SongMap;
use crate::mix::profile::Measure;
use crate::mix::roles::{Role, RoleFrom};
use crate::units::Dbtp;

/// Names one track for the length of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TrackId(pub u64);

/// Where on its channel Keel listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Before the fader: rides of the fader are invisible.
    Pre,
    /// After fader and pan, as stems are.
    Post,
    /// Neither host nor user has said.
    #[default]
    Unknown,
}

impl Placement {
    /// The reading holds what the fader and the pan knob do.
    pub fn sees_fader(self) -> bool {
        self == Self::Post
    }
}

/// One track of the session, as the rules see it.
///
/// ```
/// use keel_core::dsp::Cell;
/// use keel_core::mix::{
///     Placement, Profile, Role, RoleFrom, SessionState, SongMap, TrackId, TrackInput, Verdict, assess,
/// };
///
/// let mut song = SongMap::new();
/// song.insert(&Cell { frames: 4800, power: [48.0; 2], peak: [0.5; 2], gain: 1.0, ..Cell::default() });
/// let bass = TrackInput {
///     id: TrackId(1),
///     name: "Bass",
///     role: Role::Bass,
///     role_from: RoleFrom::User,
///     is_reference: false,
///     is_out: false,
///     placement: Placement::Post,
///     measure: None,
///     gain: 1.0,
///     song: &song,
///     held_peak: None,
/// };
/// let report = assess(&[bass], &Profile::guide(), &SessionState::default());
/// assert_eq!(report.tracks[0].verdict, Verdict::Waiting, "100 ms are too little");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TrackInput<'a> {
    /// The same for the length of the session.
    pub id: TrackId,
    /// As it is shown.
    pub name: &'a str,
    /// What it is judged as.
    pub role: Role,
    /// Whose word the role is.
    pub role_from: RoleFrom,
    /// The user tagged this track as the reference.
    pub is_reference: bool,
    /// Muted in the host or switched out by the user.
    pub is_out: bool,
    /// Where on its channel Keel listens.
    pub placement: Placement,
    /// The user's choice of measure, over the profile's.
    pub measure: Option<Measure>,
    /// Linear gain of the trim as it stands now.
    pub gain: f32,
    /// All that was measured of it, by song position.
    pub song: &'a SongMap,
    /// Plain maximum of |sample| since the user's last reset, after the trim.
    pub held_peak: Option<f32>,
}

/// A track that stands in for an absent kick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandIn(pub TrackId);

/// What the transport does, from the freshest instance.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct SessionTransport {
    /// The transport runs.
    pub playing: bool,
    /// Seconds of song time.
    pub position_s: f64,
    /// Beats a minute, where the host reports them.
    pub tempo: Option<f64>,
    /// The host's loop, where on.
    pub loop_s: Option<(f64, f64)>,
}

/// Which part of the song the verdicts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeKind {
    /// The loudest section.
    Loudest,
    /// The last bars before the play position.
    Playing,
    /// All of it.
    Song,
    /// A range that the user gave.
    Range,
}

/// What holds for the whole session.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct SessionState {
    /// Where the song is.
    pub transport: SessionTransport,
    /// Scope chosen by the user; `None` is playing while the transport runs, else the loudest section.
    pub scope: Option<ScopeKind>,
    /// The range, for [`ScopeKind::Range`].
    pub range_s: Option<(f64, f64)>,
    /// The loudest section, where it is known: that of another version of the song.
    pub section_s: Option<(f64, f64)>,
    /// Stand-in picked by the user where the song has no kick.
    pub stand_in: Option<StandIn>,
    /// The tracks are files: what a return plays is printed, and a plan moves it like any other track.
    pub printed: bool,
    /// The true peak of the sum with the plan's moves done, before all are lowered for its sake; where it is known.
    pub planned_peak: Option<Dbtp>,
}
