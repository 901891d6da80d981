//! The words of track names, in English, German, Spanish, French, Italian, Portuguese and Dutch: lower case, without
//! accents, plurals left out. A phrase of several words beats its words. To teach Keel a word, add it to its list.

mod instruments;
mod others;

use std::collections::HashMap;
use std::sync::OnceLock;

use self::instruments::INSTRUMENTS;
use self::others::OTHERS;

/// The longest phrase of the vocabulary, in words.
pub(super) const LONGEST_PHRASE: usize = 3;

/// What a word says of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    // What carries other tracks, or their echo.
    Return,
    Bus,
    /// The sum of all, whatever stands beside it: "stereo out".
    MixBus,
    /// The sum of all, or of what stands before it: "mix", "drum mix".
    Mix,
    /// How a track was written, unless nothing else is said: "mixdown".
    Print,
    /// An effect whatever else the name says: "reverse snare".
    Effect,
    /// A build, a break or a fill: with drums no part of the beat.
    Build,
    /// What a sidechain listens to: of a kick beside another it is no sound of the mix.
    Trigger,
    /// All but the voice, or but drums and bass.
    Bed,

    // Instruments. The last one named decides.
    Kick,
    Snare,
    Hats,
    Cymbal,
    /// A cymbal; after a voice or a pitched instrument a ride of the fader.
    Ride,
    Tom,
    Pad,
    Vocal,
    LeadVocal,
    BackingVocal,
    Bass,
    Guitar,
    Keys,
    /// One that plays a melody by nature: sax, flute.
    Melodic,
    Percussion,

    // Instruments that yield to those above.
    /// A bass, or the low one of another instrument: "clarinette basse", "kick sub".
    Low,
    Perc,
    WeakKeys,
    Synth,
    /// Says backing vocals unless another instrument is named: "harmony", but not "harmony guitar".
    Backing,
    WeakTom,
    /// Overheads and room mics: of the kit, unless another instrument is named.
    KitMic,
    /// The drum machine's bass drum played as a bass, unless one of its other sounds is named.
    Sub808,
    /// A melody without an instrument's name.
    Lead,
    Solo,
    /// Of drums, unless an instrument is named.
    Loop,
    Kit,
    /// Drums, if it is all that is said: a producer's "MyBeat" is a title.
    Beat,
    /// "Acoustic", "rhythm": guitars, if nothing else is said.
    WeakGuitar,
    Noise,

    // Words about other words.
    Without,
    Dry,
    With,
    And,
    /// Says nothing of the role, but stands in compounds: "KICKOUT".
    Neutral,
}

impl Sense {
    /// An instrument that is one wherever it is named.
    pub fn is_instrument(self) -> bool {
        (Self::Kick..=Self::Percussion).contains(&self)
    }

    /// One piece of a drum kit.
    pub fn is_piece(self) -> bool {
        (Self::Kick..=Self::Tom).contains(&self)
    }

    /// A voice, or an instrument with notes: what a hand rides.
    pub fn is_pitched(self) -> bool {
        const WEAK: [Sense; 9] = [
            Sense::Low,
            Sense::WeakKeys,
            Sense::Synth,
            Sense::Backing,
            Sense::Sub808,
            Sense::Lead,
            Sense::Solo,
            Sense::WeakGuitar,
            Sense::Bed,
        ];
        (Self::Pad..=Self::Melodic).contains(&self) || WEAK.contains(&self)
    }

    pub fn is_voice(self) -> bool {
        matches!(self, Self::Vocal | Self::LeadVocal | Self::BackingVocal)
    }

    /// Carries other tracks, or is made of one.
    pub fn is_carrier(self) -> bool {
        matches!(self, Self::Return | Self::Bus | Self::MixBus | Self::Effect | Self::Build | Self::Trigger)
    }

    /// May name a track by itself, and not only say which of its kind it is.
    pub fn names_a_track(self) -> bool {
        const ALONE: [Sense; 7] =
            [Sense::Low, Sense::Perc, Sense::Synth, Sense::Sub808, Sense::Loop, Sense::Kit, Sense::Bed];
        self.is_instrument() || (self.is_carrier() && self != Self::Trigger) || ALONE.contains(&self)
    }
}

/// Every word and phrase with what it says.
pub(super) fn phrases() -> impl Iterator<Item = (&'static str, Sense)> {
    let lists = INSTRUMENTS.iter().chain(OTHERS);
    lists.flat_map(|(sense, list)| entries(list).map(|phrase| (phrase, *sense)))
}

/// The entries of a list, a comma or a line apart.
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// The vocabulary's sense of a word or phrase, in the singular or with a plural's -s or -es.
pub(super) fn meaning(phrase: &str) -> Option<Sense> {
    static INDEX: OnceLock<HashMap<&str, Sense>> = OnceLock::new();
    let index = INDEX.get_or_init(|| phrases().collect());
    // "12 string" is a guitar, "12 Strings" the twelfth track.
    let counts = phrase.starts_with(|letter: char| letter.is_ascii_digit());
    let singular = |ending| phrase.strip_suffix(ending).filter(|stem| stem.len() >= 2 && !(counts && stem.len() > 3));
    let found = |stem: Option<&str>| stem.and_then(|stem| index.get(stem));
    index.get(phrase).or_else(|| found(singular("s"))).or_else(|| found(singular("es"))).copied()
}
