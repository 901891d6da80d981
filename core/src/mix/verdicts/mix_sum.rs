//! The sum of all units that count, window by window: what a target against the mix is counted from.

use super::context::MixContext;
use super::unit::Unit;
use crate::mix::levels::{WINDOW, gated_at};
use crate::mix::roles::Role;
use crate::mix::song::CellSpan;

/// K-weighted power of several units together, after their gains, in the 400 ms windows of a span.
#[derive(Clone, Debug)]
pub(super) struct MixSum {
    /// By the windows' first cells from the span's on; negative where one of the units that were heard in the span was not.
    powers: Vec<f64>,
    /// Any unit sounds in the window.
    sounds: Vec<bool>,
}

impl MixSum {
    /// A unit that was not heard in the span at all adds nothing.
    pub fn of<'a>(units: impl Iterator<Item = &'a Unit<'a>>, span: CellSpan) -> Self {
        let count = (span.to - span.from - (WINDOW as i32 - 1)).max(0) as usize;
        let mut sum = Self { powers: vec![0.0; count], sounds: vec![false; count] };
        for unit in units.filter(|unit| unit.levels.windows_in(span).any()) {
            sum.add(unit, span);
        }
        sum
    }

    fn add(&mut self, unit: &Unit<'_>, span: CellSpan) {
        let (windows, limit, scale) =
            (unit.levels.windows_in(span), unit.levels.sounding_from(), unit.levels.k_scale());
        let before = ((windows.start - span.from).max(0) as usize).min(self.powers.len());
        let after = (before + windows.powers.len()).min(self.powers.len());
        self.powers[..before].fill(-1.0);
        self.powers[after..].fill(-1.0);
        let own = windows.powers.iter().zip(windows.k_powers);
        let all = self.powers[before..].iter_mut().zip(&mut self.sounds[before..]);
        for ((sum, sounds), (power, k_power)) in all.zip(own) {
            *sum = if *power < 0.0 || *sum < 0.0 { -1.0 } else { *sum + f64::from(*k_power) * scale };
            *sounds |= *power >= limit && scale > 0.0;
        }
    }

    /// Gated loudness in LUFS of this sum and of another over the windows in which this one sounds and both were heard.
    pub fn beside(&self, other: &Self) -> Option<(f64, f64)> {
        let counts = |place: &usize| self.sounds[*place] && self.powers[*place] >= 0.0 && other.powers[*place] >= 0.0;
        let places: Vec<usize> = (0..self.powers.len()).filter(counts).collect();
        let loudness =
            |sum: &Self| gated_at(&places.iter().map(|&place| sum.powers[place] as f32).collect::<Vec<_>>(), 1.0);
        loudness(self).zip(loudness(other))
    }
}

/// The power of each unit that counts, where a unit sounds, or all that count as one with it; and whether it is one of
/// those. By the units' places.
pub(crate) fn mix_shares(
    mix: &MixContext<'_>,
    unit: &Unit<'_>,
    together: bool,
    span: CellSpan,
) -> Vec<(usize, f64, bool)> {
    let is_own = |other: &Unit<'_>| other.index == unit.index || (together && is_family(unit.role, other.role));
    let own = MixSum::of(mix.counted().filter(|other| is_own(other)), span);
    let share = |other: &Unit<'_>| {
        let sum = MixSum::of(std::iter::once(other), span);
        let sounding = sum.powers.iter().zip(&own.sounds).filter(|(power, sounds)| **sounds && **power > 0.0);
        (other.index, sounding.map(|(power, _)| *power).sum(), is_own(other))
    };
    mix.counted().map(share).collect()
}

/// Roles that count as one where a profile asks for it: the bed, the low end, the kit without kick and snare.
pub(super) fn is_family(one: Role, other: Role) -> bool {
    let family = |role: Role| match role {
        Role::Guitars | Role::Pads => Role::Pads,
        Role::Bass | Role::Sub808 => Role::Bass,
        Role::Hats | Role::Toms | Role::Percussion | Role::Cymbals => Role::Cymbals,
        role => role,
    };
    family(one) == family(other)
}
