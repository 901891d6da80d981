//! The balance rules as pure functions: tracks, targets and a scope in, a [`MixReport`] out.

mod input;
mod profile;
mod report;
mod role;
mod song_map;

pub use input::{Anchor, Placement, SessionState, SessionTransport, TrackId, TrackInput};
pub use profile::{
    Band, BreakRules, BusRules, GainStagingRules, LevelRules, MonoRules, PanRule, PanRules, Profile, ProfileError,
    ReferenceRules, RoleTarget, Rules, ScopeRules, VerdictRules,
};
pub use report::{
    Advice, AdviceKind, Break, BusReport, Class, GainStaging, Live, Measure, MixReport, PanVerdict, Reference,
    ReferenceState, SCHEMA, ScopeKind, ScopeReport, SectionReport, SectionTrack, Span, Target, TargetAgainst,
    TargetSource, TrackReport, Verdict,
};
pub use role::Role;
pub use song_map::SongMap;
