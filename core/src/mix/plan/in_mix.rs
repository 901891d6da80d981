//! A unit's offset from the mix, which moves along with each of its units.

use super::balance::{Balance, Counts, Steps};
use crate::mix::Verdict;

/// How often all units are landed in turn, each beside the others as they then stand, at most.
const ROUNDS: usize = 12;

/// What a unit's offset from the mix is made of, by lines.
#[derive(Clone, Debug)]
pub(super) struct InMix {
    /// The power of each line where the unit sounds, with nothing moved, and whether it counts as one with the unit.
    pub shares: Vec<(usize, f64, bool)>,
    /// What the gates of loudness add to the offset, in LU.
    pub gates_lu: f64,
}

impl InMix {
    /// The offset with each line moved by so many decibels.
    pub fn offset(&self, db_of: impl Fn(usize) -> f64) -> f64 {
        let (mut own, mut all) = (0.0, 0.0);
        for (line, power, is_own) in &self.shares {
            let power = power * 10f64.powf(db_of(*line) / 10.0);
            own += if *is_own { power } else { 0.0 };
            all += power;
        }
        10.0 * (own / all).log10() + self.gates_lu
    }
}

/// Lands what counts from the mix, each by its smallest move beside the others, until all stand still. What counts as one
/// moves as one.
pub(super) fn land_in_mix(balance: &Balance, mut steps: Steps) -> Steps {
    for _ in 0..ROUNDS {
        let before = steps.clone();
        for (at, line) in balance.lines.iter().enumerate() {
            let Counts::Mix(in_mix) = &line.counts else { continue };
            let mut tried = steps.clone();
            let lands = balance.all_moves().into_iter().find(|by| {
                in_mix.shares.iter().filter(|(.., is_own)| *is_own).for_each(|(own, ..)| tried[*own] = *by);
                balance.verdict(at, &tried) == Some(Verdict::Sits)
            });
            if lands.is_some() {
                steps = tried;
            }
        }
        if steps == before {
            break;
        }
    }
    steps
}
