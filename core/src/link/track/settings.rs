//! What user and host say of a track, as lone atomics: parameters arrive on the audio thread, the rest from the window.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, Ordering};

use atomic_float::AtomicF32;

use crate::mix::{Certainty, Measure, Placement, Role, RoleFrom};

const MEASURES: [Measure; 3] = [Measure::Peak, Measure::Rms, Measure::Loudness];
const PLACEMENTS: [Placement; 3] = [Placement::Unknown, Placement::Pre, Placement::Post];
/// What a user can say of the place.
const SIDES: [Placement; 2] = [Placement::Pre, Placement::Post];

/// As what kind of plug-in an instance was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Not known yet.
    #[default]
    Unknown,
    /// CLAP.
    Clap,
    /// VST3.
    Vst3,
}

impl Format {
    pub(crate) const ALL: [Self; 3] = [Self::Unknown, Self::Clap, Self::Vst3];
}

/// What user and host say of a track. Every method is wait-free; the next view sees what was set.
#[derive(Debug)]
pub struct TrackSettings {
    /// Place in [`Role::ALL`] counted from 1; 0 leaves the role to the name.
    role: AtomicU8,
    /// What goes where the user has no word: place in [`Role::ALL`] counted from 1, and in the upper byte that of where it
    /// comes from in [`RoleFrom::ALL`].
    guess: AtomicU16,
    /// Place in [`MEASURES`] counted from 1; 0 leaves the measure to the profile.
    measure: AtomicU8,
    /// The host's word: place in [`PLACEMENTS`] counted from 1.
    placement: AtomicU8,
    /// The user's word: place in [`SIDES`] counted from 1; 0 leaves it to the host.
    side: AtomicU8,
    reference: AtomicBool,
    /// It turned out to be a copy of a track that is open elsewhere.
    copied: AtomicBool,
    out: AtomicBool,
    gain: AtomicF32,
    /// Place in [`Format::ALL`] counted from 1.
    format: AtomicU8,
}

impl Default for TrackSettings {
    fn default() -> Self {
        Self {
            role: AtomicU8::new(0),
            guess: AtomicU16::new(0),
            measure: AtomicU8::new(0),
            placement: AtomicU8::new(0),
            side: AtomicU8::new(0),
            reference: AtomicBool::new(false),
            copied: AtomicBool::new(false),
            out: AtomicBool::new(false),
            gain: AtomicF32::new(1.0),
            format: AtomicU8::new(0),
        }
    }
}

impl TrackSettings {
    /// The user's word on the role; `None` goes by the name.
    pub fn set_role(&self, role: Option<Role>) {
        self.role.store(place_in(&Role::ALL, role), Ordering::Relaxed);
    }

    /// The role that the user chose.
    pub fn role(&self) -> Option<Role> {
        taken_from(&Role::ALL, &self.role)
    }

    pub(crate) fn set_guess(&self, guess: Role, from: RoleFrom) {
        let places = [place_in(&Role::ALL, Some(guess)), place_in(&RoleFrom::ALL, Some(from))];
        self.guess.store(u16::from_le_bytes(places), Ordering::Relaxed);
    }

    /// The user's word on the role, or what the names suggest; and which of them it is.
    pub fn judged_role(&self) -> (Role, RoleFrom) {
        if let Some(role) = self.role() {
            return (role, RoleFrom::User);
        }
        let [role, from] = self.guess.load(Ordering::Relaxed).to_le_bytes();
        let role = at_place(&Role::ALL, role).unwrap_or(Role::Other);
        (role, at_place(&RoleFrom::ALL, from).unwrap_or(RoleFrom::Name(Certainty::Unsure)))
    }

    /// The user's choice of measure; `None` goes by the profile.
    pub fn set_measure(&self, measure: Option<Measure>) {
        self.measure.store(place_in(&MEASURES, measure), Ordering::Relaxed);
    }

    /// The measure that the user chose.
    pub fn measure(&self) -> Option<Measure> {
        taken_from(&MEASURES, &self.measure)
    }

    /// The host's word on where Keel listens. It is kept, and holds where the user has none.
    pub fn set_placement(&self, placement: Placement) {
        self.placement.store(place_in(&PLACEMENTS, Some(placement)), Ordering::Relaxed);
    }

    /// The user's word, before or after the fader; `None`, and what a user cannot know, goes by the host.
    pub fn choose_placement(&self, side: Option<Placement>) {
        self.side.store(place_in(&SIDES, side), Ordering::Relaxed);
    }

    /// Where Keel listens: the user's word, else the host's.
    pub fn placement(&self) -> Placement {
        let by_host = || taken_from(&PLACEMENTS, &self.placement).unwrap_or_default();
        taken_from(&SIDES, &self.side).unwrap_or_else(by_host)
    }

    /// Tags the track as the reference.
    pub fn set_reference(&self, on: bool) {
        self.reference.store(on, Ordering::Relaxed);
    }

    /// Tagged as the reference.
    pub fn is_reference(&self) -> bool {
        self.reference.load(Ordering::Relaxed)
    }

    /// A copy is not the reference, too.
    pub(crate) fn set_copied(&self) {
        self.reference.store(false, Ordering::Relaxed);
        self.copied.store(true, Ordering::Relaxed);
    }

    pub(crate) fn take_copied(&self) -> bool {
        self.copied.load(Ordering::Relaxed) && self.copied.swap(false, Ordering::Relaxed)
    }

    /// Muted in the host or switched out of judgement by the user.
    pub fn set_out(&self, out: bool) {
        self.out.store(out, Ordering::Relaxed);
    }

    /// Switched out of judgement.
    pub fn is_out(&self) -> bool {
        self.out.load(Ordering::Relaxed)
    }

    /// The format that the instance was loaded as.
    pub fn set_format(&self, format: Format) {
        self.format.store(place_in(&Format::ALL, Some(format)), Ordering::Relaxed);
    }

    /// The format that the instance was loaded as.
    pub fn format(&self) -> Format {
        taken_from(&Format::ALL, &self.format).unwrap_or_default()
    }

    /// Linear gain of the trim as it stands now; what is no gain (negative, non-finite) changes nothing.
    pub fn set_gain(&self, gain: f32) {
        if gain.is_finite() && gain >= 0.0 {
            self.gain.store(gain, Ordering::Relaxed);
        }
    }

    /// Linear gain of the trim.
    pub fn gain(&self) -> f32 {
        self.gain.load(Ordering::Relaxed)
    }
}

fn place_in<T: PartialEq>(all: &[T], value: Option<T>) -> u8 {
    value.and_then(|value| all.iter().position(|each| *each == value)).map_or(0, |place| place as u8 + 1)
}

fn taken_from<T: Copy>(all: &[T], place: &AtomicU8) -> Option<T> {
    at_place(all, place.load(Ordering::Relaxed))
}

fn at_place<T: Copy>(all: &[T], place: u8) -> Option<T> {
    all.get(usize::from(place).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_measure_and_placement_comes_back() {
        let settings = TrackSettings::default();
        for role in Role::ALL.into_iter().map(Some).chain([None]) {
            settings.set_role(role);
            assert_eq!(settings.role(), role);
        }
        for (role, from) in Role::ALL.into_iter().zip(RoleFrom::ALL.into_iter().cycle()) {
            settings.set_guess(role, from);
            assert_eq!(settings.judged_role(), (role, from));
        }
        for measure in MEASURES.into_iter().map(Some).chain([None]) {
            settings.set_measure(measure);
            assert_eq!(settings.measure(), measure);
        }
        for placement in PLACEMENTS {
            settings.set_placement(placement);
            assert_eq!(settings.placement(), placement);
        }
    }

    #[test]
    fn the_users_word_on_the_placement_goes_over_the_hosts() {
        let settings = TrackSettings::default();
        settings.choose_placement(Some(Placement::Post));
        for by_host in PLACEMENTS {
            settings.set_placement(by_host);
            assert_eq!(settings.placement(), Placement::Post, "the host said {by_host:?}");
        }
        settings.choose_placement(Some(Placement::Pre));
        assert_eq!(settings.placement(), Placement::Pre);
        for no_side in [None, Some(Placement::Unknown)] {
            settings.set_placement(Placement::Post);
            settings.choose_placement(no_side);
            assert_eq!(settings.placement(), Placement::Post, "back to the host's after {no_side:?}");
        }
    }

    #[test]
    fn what_is_no_gain_changes_nothing() {
        let settings = TrackSettings::default();
        settings.set_gain(0.5);
        for bad in [f32::NAN, f32::INFINITY, -1.0] {
            settings.set_gain(bad);
            assert_eq!(settings.gain(), 0.5, "after {bad}");
        }
    }
}
