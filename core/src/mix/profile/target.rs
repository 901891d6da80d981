//! The band in which a track should sit, in which measure, and against what.

use serde::{Deserialize, Serialize};

use crate::units::{Db, Lu};

/// What a level or a target is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The largest sample, in dBFS.
    Peak,
    /// The root of the mean square, in dBFS.
    Rms,
    /// K-weighted loudness, in LUFS.
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
    /// The reference's hits.
    Kick,
    /// 0 dBFS: the level itself.
    FullScale,
    /// The loudest bed or melodic part, where this track sounds.
    Bed,
    /// The lead vocal.
    LeadVocal,
    /// The sum of all tracks that count, where this track sounds.
    Mix,
}

/// Whose number a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetSource {
    /// The guide that the built-in profile follows.
    Guide,
    /// Keel's own, where the guide has none.
    Keel,
    /// Measured in finished mixes; the profile says by whom, and how far the mixes differ.
    Research,
    /// The user's profile.
    User,
}

/// The band in which a track should sit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Target {
    /// In what it is measured.
    pub measure: Measure,
    /// What it is counted from.
    pub against: TargetAgainst,
    /// The lower end.
    pub low_db: Db,
    /// The upper end.
    pub high_db: Db,
    /// Whose number it is.
    pub source: TargetSource,
    /// All tracks of the role count as one, and share verdict and move.
    pub together: bool,
    /// How far people differ, as a standard deviation, where that is known.
    pub spread_db: Option<Db>,
}

impl Target {
    /// The highest number that a band may have: full scale, and the mix that a track is part of, are over all.
    pub(super) fn highest_db(against: TargetAgainst) -> f64 {
        match against {
            TargetAgainst::FullScale | TargetAgainst::Mix => 0.0,
            TargetAgainst::Kick | TargetAgainst::Bed | TargetAgainst::LeadVocal => super::FARTHEST_DB,
        }
    }

    /// So many people have it there, too, that being off by this much is a matter of taste: half of what people differ by.
    pub fn is_taste(&self, deviation: Db) -> bool {
        self.spread_db.is_some_and(|spread| deviation.0.abs() <= spread.0 / 2.0)
    }
}
