//! The balance rules as pure functions: tracks, targets and a scope in, a [`MixReport`] out.

mod assess;
mod breaks;
mod exact_sum;
mod input;
pub(crate) mod levels;
mod masking;
mod plan;
mod profile;
pub mod psychoacoustics;
mod report;
mod roles;
mod song;
mod verdicts;
pub mod words;

pub use assess::{Assessor, assess, assess_moved};
pub use input::{Placement, ScopeKind, SessionState, SessionTransport, StandIn, TrackId, TrackInput};
pub use profile::{
    Band, BreakRules, BusRules, DoubleRules, FileVersion, GainStagingRules, HearingRules, Learnt, LevelRules, Measure,
    MonoRules, PanRule, PanRules, Profile, ProfileError, ReferenceRules, RoleTarget, Rules, ScopeRules, Target,
    TargetAgainst, TargetSource, TomlFault, VerdictRules,
};
pub use report::{
    Advice, AdviceKind, BandsReport, Break, BusHearing, BusReport, Density, DensityStep, GainStaging, Lane, Limits,
    LinkReport, LinkState, LiveMeters, LoudReport, LoudVerdict, Masking, MixHearing, MixReport, NotLanded, PanVerdict,
    Plan, PlanStep, QuietBand, Reference, ReferenceState, SCHEMA, ScopeReport, Span, StagingLimits, StaleReport,
    StepKind, TargetOrigin, ThinBand, Timeline, TonalBalance, TrackAfter, TrackHearing, TrackReport, TrackWhisper,
    Verdict, WhisperReport, density, timeline,
};
pub use roles::{Certainty, Class, Guess, Role, RoleFrom, detect, guess};
pub use song::SongMap;
pub(crate) use song::{StaleList, is_silence};
