//! The roles of a session's tracks, guessed from their names together.

#[cfg(test)]
mod tests;

use super::certainty::Certainty;
use super::grammar::{NameReading, Remark, read};
use super::role::Role;
use super::shared_runs::without_shared_runs;
use super::words::{Token, tokens};

/// What a name says among the others of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// None where the name says nothing.
    pub role: Option<Role>,
    /// How far to trust it.
    pub certainty: Certainty,
    /// A sidechain's trigger beside a kick: no sound of the mix.
    pub is_trigger: bool,
}

impl Guess {
    /// Of a name that says nothing.
    pub const NONE: Self = Self { role: None, certainty: Certainty::Unsure, is_trigger: false };

    /// Where a role comes from that was taken from this guess.
    pub fn source(self) -> RoleFrom {
        if self.is_trigger { RoleFrom::Trigger } else { RoleFrom::Name(self.certainty) }
    }
}

/// Where a track's role comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoleFrom {
    /// The user's word.
    User,
    /// A guess from the name.
    Name(Certainty),
    /// A guess from the name: a sidechain's trigger beside a kick. It counts in no sum.
    Trigger,
}

impl RoleFrom {
    /// All of them: hub files hold their places in this list.
    pub const ALL: [Self; 5] = [
        Self::User,
        Self::Name(Certainty::Unsure),
        Self::Name(Certainty::Likely),
        Self::Name(Certainty::Sure),
        Self::Trigger,
    ];

    /// The name says it, not the user.
    pub fn is_guess(self) -> bool {
        self != Self::User
    }

    /// How far a guess is to be trusted; None for the user's word.
    pub fn certainty(self) -> Option<Certainty> {
        match self {
            Self::User => None,
            Self::Name(certainty) => Some(certainty),
            Self::Trigger => Some(Certainty::Sure),
        }
    }
}

/// The role that a name means by itself, in any case and numbering, in seven languages.
pub fn detect(name: &str) -> Option<Role> {
    guess(&[name])[0].role
}

/// What each name says among the others: a song's title, a date or a tempo that several share says nothing, a trigger is
/// one beside a kick, and what is left beside a set's voice is its bed. One guess a name, in their order.
///
/// ```
/// use keel_core::mix::{Role, guess};
///
/// let names = ["Kick Back - Kick", "Kick Back - Bass", "Kick Back - Vox"];
/// let roles = guess(&names).into_iter().map(|guess| guess.role);
/// assert_eq!(roles.collect::<Vec<_>>(), [Some(Role::Kick), Some(Role::Bass), Some(Role::LeadVocal)]);
/// ```
pub fn guess(names: &[&str]) -> Vec<Guess> {
    let tokens: Vec<Vec<Token>> = names.iter().map(|name| tokens(name)).collect();
    let own: Vec<Option<&[Token]>> = without_shared_runs(&tokens);
    // A name that is nothing but the title is the song's.
    let readings: Vec<NameReading> =
        own.iter().map(|own| own.map_or(NameReading::unsure(Role::MixBus), read)).collect();
    let has_kick = readings.iter().any(|r| r.role == Some(Role::Kick) && r.remark != Remark::Trigger);
    let has_stems = are_stems(&readings);
    let is_karaoke = is_voice_and_rest(&readings);
    readings.iter().map(|reading| settle(reading, has_kick, has_stems, is_karaoke)).collect()
}

fn settle(reading: &NameReading, has_kick: bool, has_stems: bool, is_karaoke: bool) -> Guess {
    let guess = Guess { role: reading.role, certainty: reading.certainty, is_trigger: false };
    match reading.remark {
        Remark::Trigger if has_kick => Guess { role: Some(Role::Other), is_trigger: true, ..guess },
        Remark::Bed if has_stems => Guess { role: Some(Role::Pads), ..guess },
        Remark::Without if is_karaoke => Guess { role: Some(Role::Pads), ..guess },
        _ => guess,
    }
}

/// Voices, what is left without them, mixes, and what no name tells: nothing that the rest could be the sum of.
fn is_voice_and_rest(readings: &[NameReading]) -> bool {
    let is_voice = |reading: &NameReading| matches!(reading.role, Some(Role::LeadVocal | Role::BackingVocals));
    let is_one = |reading: &NameReading| {
        is_voice(reading) || reading.remark == Remark::Without || matches!(reading.role, None | Some(Role::MixBus))
    };
    readings.iter().any(is_voice) && readings.iter().all(is_one)
}

/// A song taken apart into a few stems: drums or voice among them, and no single piece of a kit.
fn are_stems(readings: &[NameReading]) -> bool {
    const PIECES: [Role; 5] = [Role::Kick, Role::Snare, Role::Hats, Role::Toms, Role::Cymbals];
    let has = |role: Role| readings.iter().any(|reading| reading.role == Some(role));
    (has(Role::LeadVocal) || has(Role::Group)) && !PIECES.into_iter().any(has)
}
