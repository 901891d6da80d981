//! The report: plain data that the editor draws, the command line prints and tests assert. Its JSON is a contract
//! (`keel.report/2`): fields may be added; a change of meaning raises the schema number. What cannot be measured is null.

mod advice;
mod ask;
mod density;
pub(crate) mod hearing;
mod ignored;
mod limits;
mod link;
mod live_meters;
mod origin;
mod plan;
mod stale;
pub(crate) mod timeline;

use std::sync::Arc;

use serde::Serialize;

pub use self::advice::{Advice, AdviceKind, Break};
pub use self::density::{Density, DensityStep, density};
pub(crate) use self::hearing::centre;
pub use self::hearing::{
    BandsReport, BusHearing, LoudReport, LoudVerdict, Masking, MixHearing, QuietBand, ThinBand, TonalBalance,
    TrackHearing, TrackWhisper, WhisperReport,
};
pub use self::limits::{Limits, StagingLimits};
pub use self::link::{LinkReport, LinkState};
pub use self::live_meters::LiveMeters;
pub use self::origin::TargetOrigin;
pub use self::plan::{NotLanded, Plan, PlanStep, StepKind, TrackAfter};
pub use self::stale::StaleReport;
pub use self::timeline::{Lane, Timeline, timeline};
use crate::mix::input::ScopeKind;
use crate::mix::profile::{PanRule, Target};
use crate::mix::roles::{Certainty, Class, Role};
use crate::mix::{Placement, TrackId};
use crate::units::{Db, Dbfs, Dbtp, Lu, Lufs, Seconds};

/// Version of the report's meaning.
pub const SCHEMA: &str = "keel.report/2";

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
    /// Under its band.
    Low,
    /// In its band, or within its edge.
    Sits,
    /// Over its band.
    High,
}

/// What the reference is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceState {
    /// It hits in the scope.
    Live,
    /// It is silent in the scope: its last hits hold.
    Held,
    /// The song has none.
    None,
    /// Another track stands in for an absent kick.
    Virtual,
    /// Several tracks are tagged.
    Conflict,
}

/// In which zone the largest peak at Keel's input lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GainStaging {
    /// Too low.
    Low,
    /// As it should be.
    Ok,
    /// A little high.
    Warm,
    /// With hardly any headroom.
    Hot,
    /// At full scale.
    Clipping,
}

/// Whether a track lies where its role belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanVerdict {
    /// It does.
    Ok,
    /// It does not.
    Off,
    /// Heard, with both channels alike ahead of a pan knob that cannot be read.
    Unknown,
    /// The role asks for no place, or nothing was heard yet.
    NotJudged,
}

/// A stretch of song time, `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// The beginning.
    pub from_s: Seconds,
    /// The end.
    pub to_s: Seconds,
}

/// Which part of the song the verdicts are about.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScopeReport {
    /// How it was chosen.
    pub kind: ScopeKind,
    /// The beginning; `None` while nothing was heard.
    pub from_s: Option<Seconds>,
    /// The end.
    pub to_s: Option<Seconds>,
    /// The same in bars counted from 1, where the host reports them.
    pub from_bar: Option<f64>,
    /// The end in bars.
    pub to_bar: Option<f64>,
}

/// What all others are measured against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reference {
    /// Its name, or its tracks' names.
    pub track: Option<String>,
    /// Whether it can be measured against.
    pub state: ReferenceState,
    /// The middle of its hits' peaks over the scope.
    pub hit_peak_dbfs: Option<Dbfs>,
    /// The middle of its hits' loudness over the scope.
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
    /// The same for the length of the session.
    #[serde(skip)]
    pub id: TrackId,
    /// As it is shown.
    pub name: String,
    /// What it is judged as.
    pub role: Role,
    /// The role was guessed from the name.
    pub role_is_guess: bool,
    /// How far to trust that guess; none where the role is the user's word.
    pub role_certainty: Option<Certainty>,
    /// All others are measured against it. Its name in JSON is older than the word.
    #[serde(rename = "is_anchor")]
    pub is_reference: bool,
    /// A whole kit in one track that stands for all drums: judged as such, whatever bus its role calls it.
    pub is_kit: bool,
    /// Tracks of one part share level, verdict and move.
    pub part: Option<String>,
    /// How its level is read.
    pub class: Class,
    /// A hits role read as sustained because it shows too few hits.
    pub class_fallback: bool,
    /// Where it was judged; differs from the report's where it is silent there.
    pub scope: Option<Span>,

    // over all that was heard
    /// The largest sample at Keel's input, over the song.
    pub input_peak_dbfs: Option<Dbfs>,
    /// The largest sample after the trim, over the song.
    pub sample_peak_dbfs: Option<Dbfs>,
    /// The true peak after the trim (BS.1770-5), over the song.
    pub true_peak_dbtp: Option<Dbtp>,
    /// Over the song, after the trim.
    pub rms_dbfs: Option<Dbfs>,
    /// Integrated loudness (BS.1770-5) over the song, after the trim.
    pub integrated_lufs: Option<Lufs>,
    /// The loudest 3 s of the song, after the trim.
    pub max_short_term_lufs: Option<Lufs>,
    /// Plain maximum since the user's reset, as the host's own meter has it.
    #[serde(skip)]
    pub held_peak_dbfs: Option<Dbfs>,

    // over the scope
    /// So many hits the level is read from.
    pub hits: Option<usize>,
    /// Hit peak, or sustained peak level.
    pub level_dbfs: Option<Dbfs>,
    /// RMS over the scope.
    pub level_rms_dbfs: Option<Dbfs>,
    /// Loudness over the scope.
    pub level_lufs: Option<Lufs>,
    /// Against what the target counts from, in the target's measure.
    pub offset_db: Option<Db>,
    /// The same in loudness.
    pub loudness_offset_lu: Option<Lu>,
    /// How the track's offset spreads over the scope: (offset, share of windows or hits), lowest first, in 0.5 dB steps.
    #[serde(skip)]
    pub spread: Vec<(Db, f32)>,

    /// Where it should sit.
    pub target: Option<Target>,
    /// Where it sits.
    pub verdict: Verdict,
    /// Sits only by the margin at the band's edge: [`Limits::edge_db`].
    pub edge: bool,
    /// Outside the band by this much, positive above, 0 within; rounded to 0.1.
    pub deviation_db: Option<Db>,
    /// The plan's move of its fader or gain, positive for up; `None` where it is neither judged nor moved.
    pub move_db: Option<Db>,
    /// Its offset with the whole plan done; `None` where that is as now, or not judged.
    pub lands_at_db: Option<Db>,
    /// A loudness band of the profile disagrees with the verdict.
    pub loudness_verdict: Option<Verdict>,
    /// Why the verdict is not low, sits or high, or what else must be known, in a sentence.
    pub note: Option<String>,

    /// The zone of its input peak.
    pub gain_staging: Option<GainStaging>,
    /// Channels of its sound: 1 or 2, once heard.
    pub channels: Option<u8>,
    /// Over the song: -1 is left, 1 is right; unknown of one channel.
    pub pan: Option<f64>,
    /// Where the profile wants its role to be panned.
    pub pan_rule: PanRule,
    /// Whether it lies where its role belongs.
    pub pan_verdict: PanVerdict,
    /// Of left and right over the song, -1 to 1.
    pub correlation: Option<f64>,
    /// What left and right lose when they are summed, over the song.
    pub mono_loss_db: Option<Db>,
    /// Loses more in mono than its pan explains, by the profile's limit and the edge of verdicts.
    pub thin_in_mono: bool,
    /// Where on its channel Keel listens.
    pub placement: Placement,
    /// Switched out of judgement.
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
    /// The trim as it stands; `None` where it lets nothing through.
    pub trim_db: Option<Db>,
    /// Masking, audibility and levels by band.
    #[serde(flatten)]
    pub hearing: TrackHearing,
}

/// The facts of the mix bus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BusReport {
    /// The largest sample.
    pub sample_peak_dbfs: Option<Dbfs>,
    /// The true peak (BS.1770-5).
    pub true_peak_dbtp: Option<Dbtp>,
    /// Integrated loudness (BS.1770-5).
    pub integrated_lufs: Option<Lufs>,
    /// Loudness range (EBU Tech 3342).
    pub loudness_range_lu: Option<Lu>,
    /// Of left and right, -1 to 1.
    pub correlation: Option<f64>,
    /// What left and right lose when they are summed.
    pub mono_loss_db: Option<Db>,
    /// Side against mid under 120 Hz.
    pub low_side_db: Option<Db>,
    /// Spectrum, crest and tonal balance.
    #[serde(flatten)]
    pub hearing: BusHearing,
}

/// The whole session's balance.
///
/// ```
/// use keel_core::mix::{Profile, SessionState, assess};
///
/// let report = assess(&[], &Profile::guide(), &SessionState::default());
/// assert!(report.tracks.is_empty());
/// assert!(report.to_json().contains("keel.report/2"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MixReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The name of the profile.
    pub profile: String,
    /// Whose numbers it has, where it says so.
    pub profile_about: Option<String>,
    /// Where the bands of the session's roles come from that were measured or learnt.
    pub targets_from: Vec<TargetOrigin>,
    /// The profile's numbers that views draw or name.
    pub limits: Limits,
    /// Which part of the song the verdicts are about.
    pub scope: ScopeReport,
    /// What all others are measured against.
    pub reference: Reference,
    /// In the order of the session.
    pub tracks: Vec<TrackReport>,
    /// One set of moves that balances the mix; `None` where none can be made: without a sound, or with the kick held.
    pub plan: Option<Plan>,
    /// What each track reads with the plan done, in the order of the session; empty without a plan.
    pub after: Vec<TrackAfter>,
    /// Moments that no fader mends, with the plan done: the greatest harm first.
    pub breaks: Vec<Arc<Break>>,
    /// What to do, the most urgent first.
    pub advice: Vec<Arc<Advice>>,
    /// The facts of the mix bus, where there is one.
    pub bus: Option<BusReport>,
    /// The whisper test and the loud check.
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
