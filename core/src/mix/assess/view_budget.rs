//! How much a glance may do.

use crate::mix::work::Budget;

/// Work for each track to forget what an older judgement found, and to copy a judgement to where it is shown.
const BEGIN: u32 = 2;
const SHOW: u32 = 2;
/// All of a judgement for one track.
const WHOLE: u32 = 80;

/// What is left of a look, for judging the balance, and for listening.
#[derive(Debug)]
pub(super) struct Budgets {
    pub balance: Budget,
    pub hearing: Budget,
}

/// The work of one glance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub balance: u32,
    pub hearing: u32,
}

impl Pace {
    /// About half a millisecond: some fourteen tracks are judged in one look, a hundred in half a second, and 300 in a
    /// second and a half.
    pub const OF_A_WINDOW: Self = Self { balance: 1_150, hearing: 450 };

    pub fn budgets(self) -> Budgets {
        Budgets { balance: Budget::new(self.balance), hearing: Budget::new(self.hearing) }
    }

    pub fn hearing(self) -> Budget {
        Budget::new(self.hearing)
    }

    /// For a look that has something else to do.
    pub fn beside(self) -> Budgets {
        let part = |work: u32| Budget::new((work - work / 4).max(1));
        Budgets { balance: part(self.balance), hearing: part(self.hearing) }
    }
}

impl Budgets {
    pub const fn unlimited() -> Self {
        Self { balance: Budget::unlimited(), hearing: Budget::unlimited() }
    }

    /// So many tracks are judged in one look.
    pub fn are_enough_for(&self, tracks: usize) -> bool {
        self.balance.left() >= WHOLE.saturating_mul(tracks as u32)
    }

    pub fn are_enough_to_show(&self, tracks: usize) -> bool {
        self.balance.left() >= SHOW * tracks as u32
    }

    pub fn take_to_show(&mut self, tracks: usize) {
        self.balance.take(SHOW * tracks as u32);
    }

    pub fn take_to_begin(&mut self, tracks: usize) {
        self.balance.take(BEGIN * tracks as u32);
    }
}
