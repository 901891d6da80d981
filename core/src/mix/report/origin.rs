//! Whose numbers the targets are, and how far people differ.

use serde::Serialize;

use crate::units::Db;

/// Where the band of a role comes from that was measured in mixes or learnt of songs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetOrigin {
    /// The role's id, or "drums" for a whole kit in one track.
    pub role: String,
    /// The middle of what was measured, in the target's unit.
    pub median_db: Db,
    /// How far people differ: one standard deviation.
    pub spread_db: Db,
    /// In so many songs.
    pub songs: usize,
    /// Who measured it, in what and how; none where it was learnt of the user's songs.
    pub who: Option<String>,
    /// The figures in words: "Bass −8.1 ± 3.0 LU".
    pub text: String,
}
