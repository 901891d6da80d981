//! The newest hops of a track, for what moves on the screen.

use crate::dsp::Hop;

/// Hops kept: more than live meters read, and all that a tick of the hub may send.
const LEN: usize = 64;
/// So many more have room, so that the others move up once in as many hops and not with each.
const SLACK: usize = 16;

/// The newest hops, side by side at any time.
#[derive(Debug)]
pub(super) struct RecentHops(Vec<Hop>);

impl RecentHops {
    pub fn new() -> Self {
        Self(Vec::with_capacity(LEN + SLACK))
    }

    pub fn push(&mut self, hop: Hop) {
        if self.0.len() == LEN + SLACK {
            self.0.drain(..=SLACK);
        }
        self.0.push(hop);
    }

    /// Oldest first.
    pub fn newest(&self) -> &[Hop] {
        &self.0[self.0.len().saturating_sub(LEN)..]
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Hop>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_hops_lie_side_by_side_in_one_place() {
        let mut hops = RecentHops::new();
        let bytes = hops.heap_bytes();
        for count in 1..=5 * (LEN + SLACK) as i64 {
            hops.push(Hop { index: count - 1, ..Hop::default() });
            let kept: Vec<i64> = hops.newest().iter().map(|hop| hop.index).collect();
            assert_eq!(kept, ((count - LEN as i64).max(0)..count).collect::<Vec<_>>());
        }
        assert_eq!(hops.heap_bytes(), bytes, "it never grows");
        hops.clear();
        assert!(hops.newest().is_empty());
    }
}
