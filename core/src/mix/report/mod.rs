//! The report: plain data that the editor draws, the command line prints and tests assert. Its JSON is a contract
//! (`keel.report/1`): fields may be added; a change of meaning raises the schema number. What cannot be measured is null.

mod density;
pub(crate) mod hearing;
mod ignored;
mod limits;
mod link;
mod live_meters;
mod stale;
pub(crate) mod timeline;

use std::sync::Arc;

use serde::Serialize;

pub use self::density::{Density, DensityStep, density};
pub(crate) use self::hearing::centre;
pub use self::hearing::{
    BandsReport, BusHearing, LoudReport, LoudVerdict, Masking, MixHearing, QuietBand, ThinBand, TonalBalance,
    TrackHearing, TrackWhisper, WhisperReport,
};
pub use self::limits::{Limits, StagingLimits};
pub use self::link::{LinkReport, LinkState};
pub use self::live_meters::LiveMeters;
pub use self::stale::StaleReport;
pub use self::timeline::{Lane, Timeline, timeline};
use crate::mix::input::ScopeKind;
use crate::mix::profile::{PanRule, Target};
use crate::mix::roles::{Class, Role};
use crate::mix::{Placement, TrackId};
use crate::units::{Db, Dbfs, Dbtp, Lu, Lufs, Seconds};

/// Version of the report's meaning.
pub const SCHEMA: &str = "keel.report/1";

/// One word on a track's balance: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Two tracks are tagged as the reference.
    Conflict,
    /// No target for this role, or a bus.
    NotJudged,
    /// Not enough heard yet.
    Waiting,
    /// The track makes no sound in the scope.
    Silent,
    /// No kick in the song.
    NoReference,
    /// The kick has been silent for as long as the profile waits: its last level stands, no moves.
    Held,
    Low,
    Sits,
    High,
}

/// What the reference is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceState {
    Live,
    Held,
    None,
    /// Another track stands in for an absent kick.
    Virtual,
    Conflict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GainStaging {
    Low,
    Ok,
    Warm,
    Hot,
    Clipping,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanVerdict {
    Ok,
    Off,
    /// Heard, with both channels alike ahead of a pan knob that cannot be read.
    Unknown,
    /// The role asks for no place, or nothing was heard yet.
    NotJudged,
}

/// A stretch of song time, `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    pub from_s: Seconds,
    pub to_s: Seconds,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScopeReport {
    pub kind: ScopeKind,
    pub from_s: Option<Seconds>,
    pub to_s: Option<Seconds>,
    /// The same in bars counted from 1, where the host reports them.
    pub from_bar: Option<f64>,
    pub to_bar: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reference {
    pub track: Option<String>,
    pub state: ReferenceState,
    pub hit_peak_dbfs: Option<Dbfs>,
    pub hit_lufs: Option<Lufs>,
    /// Where the last kick hit was heard.
    pub last_hit_s: Option<Seconds>,
    /// The same in bars counted from 1.
    pub last_hit_bar: Option<f64>,
    /// All tracks that claim to be the reference, where there are two or more.
    pub claimed_by: Vec<String>,
}

/// One track.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrackReport {
    #[serde(skip)]
    pub id: TrackId,
    pub name: String,
    pub role: Role,
    pub role_is_guess: bool,
    /// All others are measured against it. Its name in JSON is older than the word.
    #[serde(rename = "is_anchor")]
    pub is_reference: bool,
    /// Tracks of one part share level, verdict and move.
    pub part: Option<String>,
    pub class: Class,
    /// A hits role read as sustained because it shows too few hits.
    pub class_fallback: bool,
    /// Where it was judged; differs from the report's where it is silent there.
    pub scope: Option<Span>,

    // over all that was heard
    pub input_peak_dbfs: Option<Dbfs>,
    pub sample_peak_dbfs: Option<Dbfs>,
    pub true_peak_dbtp: Option<Dbtp>,
    pub rms_dbfs: Option<Dbfs>,
    pub integrated_lufs: Option<Lufs>,
    pub max_short_term_lufs: Option<Lufs>,
    /// Plain maximum since the user's reset, as the host's own meter has it.
    #[serde(skip)]
    pub held_peak_dbfs: Option<Dbfs>,

    // over the scope
    pub hits: Option<usize>,
    /// Hit peak, or sustained peak level.
    pub level_dbfs: Option<Dbfs>,
    pub level_rms_dbfs: Option<Dbfs>,
    pub level_lufs: Option<Lufs>,
    /// Against what the target counts from, in the target's measure.
    pub offset_db: Option<Db>,
    pub loudness_offset_lu: Option<Lu>,
    /// How the track's offset spreads over the scope: (offset, share of windows or hits), lowest first, in 0.5 dB steps.
    #[serde(skip)]
    pub spread: Vec<(Db, f32)>,

    pub target: Option<Target>,
    pub verdict: Verdict,
    /// Sits only by the margin at the band's edge: [`Limits::edge_db`].
    pub edge: bool,
    /// Outside the band by this much, positive above, 0 within; rounded to 0.1.
    pub deviation_db: Option<Db>,
    /// Positive for up.
    pub move_db: Option<Db>,
    /// Where the move lands.
    pub lands_at_db: Option<Db>,
    /// A loudness band of the profile disagrees with the verdict.
    pub loudness_verdict: Option<Verdict>,
    /// Why the verdict is not low, sits or high, or what else must be known, in a sentence.
    pub note: Option<String>,

    pub gain_staging: Option<GainStaging>,
    pub pan: Option<f64>,
    /// Where the profile wants its role to be panned.
    pub pan_rule: PanRule,
    pub pan_verdict: PanVerdict,
    pub correlation: Option<f64>,
    pub mono_loss_db: Option<Db>,
    /// Loses more in mono than its pan explains, by the profile's limit and the edge of verdicts.
    pub thin_in_mono: bool,
    pub placement: Placement,
    pub is_out: bool,
    /// Left out of judgement by the session's word, wherever the track lives.
    pub is_ignored: bool,
    /// Non-finite samples came in.
    pub non_finite_input: bool,
    /// How much of the song was heard, in tenths of a second.
    pub heard_cells: usize,
    /// Tenths of a second that were lost because a render outran their reader, and were not heard since.
    pub missed_cells: u32,
    /// What was heard before the level changed, if anything.
    pub stale: Option<StaleReport>,
    pub trim_db: Option<Db>,
    #[serde(flatten)]
    pub hearing: TrackHearing,
}

/// A stretch of the song in which the balance breaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Break {
    pub track: String,
    pub from_s: Seconds,
    pub to_s: Seconds,
    pub from_bar: Option<f64>,
    pub to_bar: Option<f64>,
    pub offset_db: Db,
    pub verdict: Verdict,
    pub move_db: Db,
    pub cause: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdviceKind {
    MoveFader,
    Automate,
    Pan,
    GainStage,
    Mask,
    Mono,
    Role,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    pub track: String,
    pub kind: AdviceKind,
    pub text: String,
    pub move_db: Option<Db>,
    pub from_s: Option<Seconds>,
    pub to_s: Option<Seconds>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusReport {
    pub sample_peak_dbfs: Option<Dbfs>,
    pub true_peak_dbtp: Option<Dbtp>,
    pub integrated_lufs: Option<Lufs>,
    pub loudness_range_lu: Option<Lu>,
    pub correlation: Option<f64>,
    pub mono_loss_db: Option<Db>,
    pub low_side_db: Option<Db>,
    #[serde(flatten)]
    pub hearing: BusHearing,
}

/// The whole session's balance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MixReport {
    pub schema: &'static str,
    pub profile: String,
    /// The profile's numbers that views draw or name.
    pub limits: Limits,
    pub scope: ScopeReport,
    pub reference: Reference,
    pub tracks: Vec<TrackReport>,
    pub breaks: Vec<Arc<Break>>,
    pub advice: Vec<Arc<Advice>>,
    pub bus: Option<BusReport>,
    #[serde(flatten)]
    pub hearing: MixHearing,
    /// Each track along the song; left out of what windows show.
    pub timeline: Option<Timeline>,
    /// `None` where nothing is linked at all: of files.
    pub link: Option<LinkReport>,
    /// The mix bus along the song; left out of what windows show.
    pub density: Option<Density>,
    /// What the reader must know of the session as a whole, a sentence each.
    pub notes: Vec<String>,
}

impl MixReport {
    /// The report as pretty JSON, ending in a line break.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    pub fn track(&self, id: TrackId) -> Option<&TrackReport> {
        self.tracks.iter().find(|track| track.id == id)
    }
}
