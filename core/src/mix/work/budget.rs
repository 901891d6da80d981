//! How much of a judgement one look may do: what takes longer is spread over several, so that none of them is long.

/// Work that is left to a look. Its unit is about a third of a microsecond: what each piece takes was measured once, so that
/// the same looks do the same work on every machine.
#[derive(Debug)]
pub(crate) struct Budget {
    whole: u32,
    left: u32,
}

impl Budget {
    pub const fn new(work: u32) -> Self {
        Self { whole: work, left: work }
    }

    /// For all that there is.
    pub const fn unlimited() -> Self {
        Self::new(u32::MAX)
    }

    pub fn is_unlimited(&self) -> bool {
        self.whole == u32::MAX
    }

    pub fn left(&self) -> u32 {
        self.left
    }

    /// There is some for one of many small pieces.
    pub fn is_left(&self) -> bool {
        self.left > 0
    }

    /// There is enough for a piece, or the piece is larger than any budget and none of this one is spent.
    pub fn is_enough_for(&self, work: u32) -> bool {
        self.left >= work || self.left == self.whole
    }

    pub fn take(&mut self, work: u32) {
        if !self.is_unlimited() {
            self.left = self.left.saturating_sub(work);
        }
    }

    /// Gives all but so much to another.
    pub fn give_to(&mut self, other: &mut Self, but: u32) {
        if !self.is_unlimited() {
            let given = self.left.saturating_sub(but);
            self.left -= given;
            (other.whole, other.left) = (other.whole.saturating_add(given), other.left.saturating_add(given));
        }
    }
}
