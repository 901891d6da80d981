//! What every track is measured against: the kick, or what stands in for it.

use super::class::class_of;
use crate::mix::levels::{Levels, Reading, reading};
use crate::mix::profile::{Measure, Target, TargetAgainst};
use crate::mix::roles::{Class, Role, is_of_kit, is_whole_kit};
use crate::mix::song::CellSpan;
use crate::mix::{Profile, ReferenceState, Rules, SessionState, TrackInput};

/// Which tracks are the reference.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReferenceChoice {
    /// Indices of the tracks that make up the reference.
    pub members: Vec<usize>,
    /// Indices of the tracks that the user tagged, where there are several.
    pub claimed_by: Vec<usize>,
    /// The index of a whole kit that stands for all drums of the session.
    pub kit: Option<usize>,
}

/// The reference of a session.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceUnit<'a> {
    pub state: ReferenceState,
    /// Indices of the tracks that make up the reference.
    pub members: &'a [usize],
    /// All members as one; empty where there is no reference.
    pub levels: &'a Levels,
    /// Hits for a kick; for a virtual kick the class of the track that stands in.
    pub class: Class,
    /// Read as sustained for want of hits.
    pub class_fallback: bool,
    /// Where the kick lies from the stand-in's level.
    pub shift_db: f64,
    /// Indices of the tracks that the user tagged, where there are several.
    pub claimed_by: &'a [usize],
}

impl<'a> ReferenceUnit<'a> {
    /// The reference that was claimed; `levels` is all its members as one.
    pub fn new(choice: &'a ReferenceChoice, levels: &'a Levels, tracks: &[TrackInput<'_>], profile: &Profile) -> Self {
        let mut reference = Self {
            state: if choice.claimed_by.is_empty() { ReferenceState::None } else { ReferenceState::Conflict },
            members: &choice.members,
            levels,
            class: Class::Hits,
            class_fallback: false,
            shift_db: 0.0,
            claimed_by: &choice.claimed_by,
        };
        let Some(&first) = choice.members.first() else { return reference };
        reference.state = ReferenceState::Live;
        let role = tracks[first].role;
        let mut class = Class::Hits;
        // The hits of a whole kit lie within 2 dB of its kick's.
        if choice.kit == Some(first) {
            reference.state = ReferenceState::Virtual;
        }
        // An 808 is kick and bass in one, and a bus or an unknown track that the user tagged is taken for the kick
        // itself. Else the kick is taken to lie where the middle of the track's own band says.
        if let Some(band) = kick_band(role, profile).filter(|_| role != Role::Sub808) {
            reference.state = ReferenceState::Virtual;
            class = role.class();
            reference.shift_db = -(band.low_db.0 + band.high_db.0) / 2.0;
        }
        (reference.class, reference.class_fallback) = class_of(levels, class, &profile.rules.level);
        reference
    }

    /// There is something to measure against.
    pub fn exists(&self) -> bool {
        !self.members.is_empty()
    }

    /// The reference's level over a span, at places that `other` has too.
    pub fn read(&self, span: CellSpan, other: Option<&Levels>, rules: &Rules) -> Option<Reading> {
        let reading = reading::read(self.levels, self.class, span, other, &rules.level)?;
        Some(reading.shifted(self.shift_db))
    }
}

/// Finds the reference: the user's tag, else all kicks as one, else, where no kit stands alone, an 808, else the track that
/// the user picked, else the kit.
pub(crate) fn choice(tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> ReferenceChoice {
    let with = |wanted: &dyn Fn(&TrackInput<'_>) -> bool| -> Vec<usize> {
        (0..tracks.len()).filter(|&index| !tracks[index].is_out && wanted(&tracks[index])).collect()
    };
    let kit = lone_kit(with(&|track| track.role.is_bus() && is_whole_kit(track.name)), tracks);
    let tagged = with(&|track| track.is_reference);
    if tagged.len() > 1 {
        return ReferenceChoice { members: Vec::new(), claimed_by: tagged, kit };
    }
    let is_picked = |track: &TrackInput<'_>| state.stand_in.is_some_and(|stand_in| stand_in.0 == track.id);
    let picked = || with(&|track| is_picked(track) && kick_band(track.role, profile).is_some());
    let kicks = with(&|track| track.role == Role::Kick);
    let basses = || if kit.is_some() { Vec::new() } else { with(&|track| track.role == Role::Sub808) };
    let stand_ins = [basses(), picked(), kit.into_iter().collect()];
    let members = [tagged, kicks].into_iter().chain(stand_ins).find(|members| !members.is_empty());
    ReferenceChoice { members: members.unwrap_or_default(), claimed_by: Vec::new(), kit }
}

/// The one kit among these, where no drum of one is a track of its own.
fn lone_kit(kits: Vec<usize>, tracks: &[TrackInput<'_>]) -> Option<usize> {
    let has_drums = tracks.iter().any(|track| !track.is_out && is_of_kit(track.role));
    match kits[..] {
        [only] if !has_drums => Some(only),
        _ => None,
    }
}

/// The role's peak band against the kick, without which it cannot stand in for one.
fn kick_band(role: Role, profile: &Profile) -> Option<Target> {
    let in_peaks = |target: &Target| target.against == TargetAgainst::Kick && target.measure == Measure::Peak;
    profile.target(role).filter(in_peaks)
}
