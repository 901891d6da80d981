//! The band in which a track should sit, in which measure, and against what.

use serde::{Deserialize, Serialize};

use crate::units::{Db, Lu};

/// What a level or a target is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    Peak,
    Rms,
    Loudness,
}

impl Measure {
    /// The unit of a difference in this measure.
    pub fn offset_unit(self) -> &'static str {
        match self {
            Self::Peak | Self::Rms => Db::UNIT,
            Self::Loudness => Lu::UNIT,
        }
    }
}

/// What a target is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetAgainst {
    Kick,
    FullScale,
    /// The loudest bed or melodic part, where this track sounds.
    Bed,
    LeadVocal,
}

/// Whose number a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetSource {
    Guide,
    Keel,
    User,
}

/// The band in which a track should sit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Target {
    pub measure: Measure,
    pub against: TargetAgainst,
    pub low_db: Db,
    pub high_db: Db,
    pub source: TargetSource,
}
