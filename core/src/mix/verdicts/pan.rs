//! Whether tracks are panned as their role asks.

use super::unit::Unit;
use crate::mix::levels::TrackSummary;
use crate::mix::profile::PanRule;
use crate::mix::report::PanVerdict;

/// Whether a unit's members are panned as their role asks; "left and right" asks it of all tracks of the role together.
pub(crate) fn pan_verdict(rule: &PanRule, unit: &Unit<'_>, members: &[TrackSummary], mates: Sides) -> PanVerdict {
    if matches!(rule, PanRule::Free) || unit.is_out || unit.is_bus() {
        return PanVerdict::NotJudged;
    }
    let pans: Vec<f64> = members.iter().filter_map(|member| member.pan).collect();
    if pans.is_empty() || pans.len() < members.len() {
        let is_hidden = |member: &TrackSummary| member.pan.is_none() && member.input_peak.is_some();
        return if members.iter().any(is_hidden) { PanVerdict::Unknown } else { PanVerdict::NotJudged };
    }
    let is_ok = match *rule {
        PanRule::Centre { within } => pans.iter().all(|pan| pan.abs() <= within),
        PanRule::Slight { from, to } => pans.iter().all(|pan| (from..=to).contains(&pan.abs())),
        PanRule::Wide { beyond, correlation } => {
            Sides::of(members).reach(beyond) || (members.len() == 1 && is_wide(&members[0], correlation))
        }
        PanRule::LeftRight { beyond, correlation } => {
            mates.reach(beyond) || members.iter().all(|member| is_wide(member, correlation))
        }
        PanRule::Free => true,
    };
    if is_ok { PanVerdict::Ok } else { PanVerdict::Off }
}

/// How far out tracks lie on either side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides {
    left: f64,
    right: f64,
}

impl Default for Sides {
    fn default() -> Self {
        Self { left: f64::INFINITY, right: f64::NEG_INFINITY }
    }
}

impl Sides {
    pub fn add(&mut self, track: &TrackSummary) {
        if let Some(pan) = track.pan {
            self.left = self.left.min(pan);
            self.right = self.right.max(pan);
        }
    }

    fn of(tracks: &[TrackSummary]) -> Self {
        let mut sides = Self::default();
        tracks.iter().for_each(|track| sides.add(track));
        sides
    }

    fn reach(self, beyond: f64) -> bool {
        self.left <= -beyond && self.right >= beyond
    }
}

/// One stereo track wide by itself.
fn is_wide(track: &TrackSummary, correlation: f64) -> bool {
    track.correlation.is_some_and(|value| value < correlation)
}
