//! What is judged as one: a track, or the tracks that are parts of one thing.

use crate::mix::input::Placement;
use crate::mix::levels::Levels;
use crate::mix::profile::{Profile, RoleTarget};
use crate::mix::roles::Role;

/// What is judged as one: a track, or several that are parts of one thing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    /// Place among the units.
    pub index: usize,
    /// Indices into the tracks.
    pub members: &'a [usize],
    pub role: Role,
    /// The part's name, where there is more than one member.
    pub part: Option<&'a str>,
    /// The part's name, else the track's.
    pub name: &'a str,
    pub levels: &'a Levels,
    pub is_reference: bool,
    pub is_out: bool,
    /// A sidechain listens to it: no sound of the mix.
    pub is_trigger: bool,
    pub placement: Placement,
    /// A whole kit in one track that stands for all drums, whatever bus its role calls it.
    pub is_kit: bool,
}

impl Unit<'_> {
    /// Counts in sums and in the hierarchy: no bus, no trigger, not switched out.
    pub fn is_counted(&self) -> bool {
        !self.is_out && !self.is_trigger && !self.is_bus()
    }

    /// Carries tracks that are judged themselves.
    pub fn is_bus(&self) -> bool {
        self.role.is_bus() && !self.is_kit
    }

    /// What the profile asks of it.
    pub fn asked<'a>(&self, profile: &'a Profile) -> &'a RoleTarget {
        if self.is_kit { &profile.drums } else { profile.role(self.role) }
    }
}
