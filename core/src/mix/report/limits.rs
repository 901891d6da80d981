//! The limits that a report was judged by, for what draws or names them.

use serde::Serialize;

use crate::mix::profile::Rules;
use crate::units::{Db, Dbfs, Seconds};

/// Where the zones of gain staging end, by the maximum peak at Keel's input. What is over `warm_dbfs` is hot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StagingLimits {
    /// Under this it is low.
    pub low_dbfs: Dbfs,
    /// Up to this it is as it should be.
    pub ok_dbfs: Dbfs,
    /// Up to this it is warm, over it hot.
    pub warm_dbfs: Dbfs,
}

/// The numbers of the profile that views need beside the verdicts. Targets and pan rules stand with each track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Outside its band by no more than this a track still sits.
    pub edge_db: Db,
    /// Moves are multiples of this.
    pub step_db: Db,
    /// Bars to listen after a move.
    pub listen_bars: f64,
    /// Length of the scope while the song plays.
    pub scope_bars: f64,
    /// The same where the host has no tempo.
    pub scope_s: Seconds,
    /// The zones of the input peak.
    pub gain_staging: StagingLimits,
    /// A track that loses this much in mono disappears there.
    pub mono_disappears_db: Db,
    /// A band of the mix bus that loses this much is thinner in mono.
    pub mono_thin_band_db: Db,
    /// The most side signal under 120 Hz, against the mid.
    pub low_side_db: Db,
    /// The monitor level of the whisper test, in dB SPL.
    pub whisper_db_spl: f64,
}

impl Limits {
    /// Those of a profile.
    pub fn of(rules: &Rules) -> Self {
        let zones = rules.gain_staging;
        Self {
            edge_db: rules.verdict.edge,
            step_db: rules.verdict.step,
            listen_bars: rules.verdict.listen_bars,
            scope_bars: rules.scope.bars,
            scope_s: rules.scope.seconds,
            gain_staging: StagingLimits { low_dbfs: zones.low, ok_dbfs: zones.ok, warm_dbfs: zones.warm },
            mono_disappears_db: rules.mono.disappears,
            mono_thin_band_db: rules.mono.thin_band,
            low_side_db: rules.mono.low_side,
            whisper_db_spl: rules.hearing.whisper,
        }
    }
}
