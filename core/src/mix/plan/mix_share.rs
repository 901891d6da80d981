//! A unit's offset from the mix that it is part of.

/// What a unit's offset from the mix is made of, by lines.
#[derive(Clone, Debug)]
pub(super) struct InMix {
    /// The power of each line where the unit sounds, with nothing moved, and whether it counts as one with the unit.
    pub shares: Vec<(usize, f64, bool)>,
    /// What the gates of loudness add to the offset, in LU.
    pub gates_lu: f64,
}

impl InMix {
    /// The offset with each line's power changed by such a ratio.
    pub fn offset(&self, ratio_of: impl Fn(usize) -> f64) -> f64 {
        let (mut own, mut all) = (0.0, 0.0);
        for (line, power, is_own) in &self.shares {
            let power = power * ratio_of(*line);
            own += if *is_own { power } else { 0.0 };
            all += power;
        }
        10.0 * (own / all).log10() + self.gates_lu
    }
}
