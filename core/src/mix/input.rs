//! What the rules need to know of a session.

use serde::Serialize;

use crate::mix::SongMap;
use crate::mix::profile::Measure;
use crate::mix::roles::Role;

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
#[derive(Clone, Copy, Debug)]
pub struct TrackInput<'a> {
    pub id: TrackId,
    pub name: &'a str,
    pub role: Role,
    /// The role is a guess from the name, not the user's word.
    pub role_is_guess: bool,
    /// The user tagged this track as the reference.
    pub is_reference: bool,
    /// Muted in the host or switched out by the user.
    pub is_out: bool,
    pub placement: Placement,
    /// The user's choice of measure, over the profile's.
    pub measure: Option<Measure>,
    /// Linear gain of the trim as it stands now.
    pub gain: f32,
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
    pub playing: bool,
    pub position_s: f64,
    pub tempo: Option<f64>,
    /// The host's loop, where on.
    pub loop_s: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeKind {
    Loudest,
    Playing,
    Song,
    Range,
}

/// What holds for the whole session.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct SessionState {
    pub transport: SessionTransport,
    /// Scope chosen by the user; `None` is playing while the transport runs, else the loudest section.
    pub scope: Option<ScopeKind>,
    /// The range, for [`ScopeKind::Range`].
    pub range_s: Option<(f64, f64)>,
    /// Stand-in picked by the user where the song has no kick.
    pub stand_in: Option<StandIn>,
}
