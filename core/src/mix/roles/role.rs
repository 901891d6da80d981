//! What a track is in the mix.

use serde::{Deserialize, Serialize};

/// How a track's level is read: by its hits, or as sustained sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// By its hits.
    Hits,
    /// As sustained sound.
    Sustained,
}

/// What a track is in the mix. The ids are stored by hosts and written in reports: they never change.
///
/// ```
/// use keel_core::mix::{Class, Role, detect};
///
/// assert_eq!(detect("01 Kick In"), Some(Role::Kick));
/// assert_eq!(Role::Kick.class(), Class::Hits);
/// assert_eq!(Role::from_id("lead-vocal"), Some(Role::LeadVocal));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The kick.
    Kick,
    /// The snare, and claps.
    Snare,
    /// Hi-hats.
    Hats,
    /// Toms.
    Toms,
    /// Percussion.
    Percussion,
    /// Cymbals, overheads and the room of the kit.
    Cymbals,
    /// The bass.
    Bass,
    /// An 808.
    #[serde(rename = "808")]
    Sub808,
    /// Guitars.
    Guitars,
    /// Pads, keys and strings.
    Pads,
    /// A lead instrument.
    LeadSynth,
    /// The lead vocal.
    LeadVocal,
    /// Backing vocals.
    BackingVocals,
    /// Effects and whatever else has no place against the kick.
    Other,
    /// A drum bus, a parallel bus: carries tracks that are judged themselves.
    Group,
    /// A reverb or delay return.
    Return,
    /// The sum of all.
    MixBus,
}

impl Role {
    /// Every role, in the order of a console: the registry that pickers, profiles and tests walk.
    pub const ALL: [Self; 17] = [
        Self::Kick,
        Self::Snare,
        Self::Hats,
        Self::Toms,
        Self::Percussion,
        Self::Cymbals,
        Self::Bass,
        Self::Sub808,
        Self::Guitars,
        Self::Pads,
        Self::LeadSynth,
        Self::LeadVocal,
        Self::BackingVocals,
        Self::Other,
        Self::Group,
        Self::Return,
        Self::MixBus,
    ];

    /// The name in profiles, reports and stored state.
    pub fn id(self) -> &'static str {
        match self {
            Self::Kick => "kick",
            Self::Snare => "snare",
            Self::Hats => "hats",
            Self::Toms => "toms",
            Self::Percussion => "percussion",
            Self::Cymbals => "cymbals",
            Self::Bass => "bass",
            Self::Sub808 => "808",
            Self::Guitars => "guitars",
            Self::Pads => "pads",
            Self::LeadSynth => "lead-synth",
            Self::LeadVocal => "lead-vocal",
            Self::BackingVocals => "backing-vocals",
            Self::Other => "other",
            Self::Group => "group",
            Self::Return => "return",
            Self::MixBus => "mix-bus",
        }
    }

    /// The role of an id that a host or a profile stored.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kick => "Kick",
            Self::Snare => "Snare",
            Self::Hats => "Hi-hats",
            Self::Toms => "Toms",
            Self::Percussion => "Percussion",
            Self::Cymbals => "Cymbals, OH",
            Self::Bass => "Bass",
            Self::Sub808 => "808",
            Self::Guitars => "Guitars",
            Self::Pads => "Pads, keys",
            Self::LeadSynth => "Lead synth",
            Self::LeadVocal => "Lead vocal",
            Self::BackingVocals => "Backing vocals",
            Self::Other => "Other, FX",
            Self::Group => "Group bus",
            Self::Return => "FX return",
            Self::MixBus => "Mix bus",
        }
    }

    /// How the level of such a track is read.
    pub fn class(self) -> Class {
        match self {
            Self::Kick | Self::Snare | Self::Hats | Self::Toms | Self::Percussion => Class::Hits,
            _ => Class::Sustained,
        }
    }

    /// Group, return or mix bus: carries other tracks, so it is left out of sums, masking and hierarchy.
    pub fn is_bus(self) -> bool {
        matches!(self, Self::Group | Self::Return | Self::MixBus)
    }
}
