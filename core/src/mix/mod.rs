//! The balance rules as pure functions: tracks, targets and a scope in, a [`MixReport`] out.

mod advice;
mod anchor;
mod assess;
mod assessor;
mod bars;
mod breaks;
mod budget;
mod changes;
mod crew;
mod density;
mod detect;
mod exact;
mod heard;
pub mod hearing;
mod hierarchy;
mod input;
mod judge;
mod layout;
mod listening;
mod live;
mod missed;
mod mixture;
mod name;
mod overview;
mod parts;
mod profile;
mod reading;
mod report;
mod role;
mod scope;
mod song_map;
mod stale;
mod timeline;
mod toml_fault;
mod verdict;
pub mod words;

pub use assess::assess;
pub use assessor::{Assessor, Glance};
pub use density::{Density, DensityStep, density};
pub use detect::detect;
pub use input::{Anchor, Placement, SessionState, SessionTransport, TrackId, TrackInput};
pub use profile::{
    Band, BreakRules, BusRules, FileVersion, GainStagingRules, HearingRules, Learnt, LevelRules, MonoRules, PanRule,
    PanRules, Profile, ProfileError, ReferenceRules, RoleTarget, Rules, ScopeRules, VerdictRules,
};
pub use report::{
    Advice, AdviceKind, BandsReport, Break, BusHearing, BusReport, Class, GainStaging, LinkReport, LinkState, Live,
    LoudReport, LoudVerdict, Masking, Measure, MixHearing, MixReport, PanVerdict, QuietBand, Reference, ReferenceState,
    SCHEMA, ScopeKind, ScopeReport, SectionReport, SectionTrack, Span, Target, TargetAgainst, TargetSource, ThinBand,
    TonalBalance, TrackHearing, TrackReport, TrackWhisper, Verdict, WhisperReport,
};
pub use role::Role;
pub use song_map::SongMap;
pub(crate) use song_map::{PageState, is_silence};
pub use stale::StaleReport;
pub use timeline::{Lane, Timeline, timeline};
pub use toml_fault::TomlFault;
