//! The balance rules as pure functions: tracks, targets and a scope in, a [`MixReport`] out.

mod input;
mod report;
mod role;
mod song_map;

pub use input::{Anchor, Placement, SessionState, SessionTransport, TrackId, TrackInput};
pub use report::{
    Advice, AdviceKind, Break, BusReport, Class, GainStaging, Live, Measure, MixReport, PanVerdict, Reference,
    ReferenceState, SCHEMA, ScopeKind, ScopeReport, SectionReport, SectionTrack, Span, Target, TargetAgainst,
    TargetSource, TrackReport, Verdict,
};
pub use role::Role;
pub use song_map::SongMap;
