//! How offsets spread, in steps of half a decibel.

use crate::units::Db;

/// Counts by half a decibel.
#[derive(Debug)]
pub(super) struct Spread {
    counts: [u32; Self::STEPS],
    all: u32,
    /// The steps with a count lie in these.
    from: usize,
    to: usize,
}

impl Default for Spread {
    fn default() -> Self {
        Self { counts: [0; Self::STEPS], all: 0, from: Self::STEPS, to: 0 }
    }
}

impl Spread {
    const STEPS: usize = 512;
    /// The step of 0 dB.
    const ZERO: f64 = (Self::STEPS / 2) as f64;

    /// What lies beyond 128 dB is no offset.
    pub fn add(&mut self, db: f32) {
        let place = db * 2.0 + (Self::ZERO as f32 + 0.5);
        if (0.0..Self::STEPS as f32).contains(&place) {
            let step = place as i32 as usize;
            self.counts[step] += 1;
            self.all += 1;
            self.from = self.from.min(step);
            self.to = self.to.max(step + 1);
        }
    }

    pub fn shares(&self) -> Vec<(Db, f32)> {
        let share = |step: usize| (Db((step as f64 - Self::ZERO) / 2.0), self.counts[step] as f32 / self.all as f32);
        let mut shares = Vec::with_capacity(self.to.saturating_sub(self.from));
        shares.extend((self.from..self.to).filter(|step| self.counts[*step] > 0).map(share));
        shares
    }
}
