//! Records of bands that come in parts, as the track slept within them.

use std::collections::VecDeque;

use crate::dsp::{Bands, CELLS_PER_BANDS, CellFlags};

/// Records that are not whole yet, at most: those at both ends of a few sleeps.
const MOST: usize = 4;

#[derive(Debug, Default)]
pub(super) struct BandParts(VecDeque<Bands>);

impl BandParts {
    /// A record, with what came of it before in the same pass. `cell` is the length of a whole cell in frames.
    pub fn join(&mut self, bands: Bands, cell: u32) -> Bands {
        if bands.flags.has(CellFlags::COMPLETE) {
            return bands;
        }
        let whole = cell * CELLS_PER_BANDS as u32;
        let is_same = |part: &Bands| (part.index, part.epoch) == (bands.index, bands.epoch);
        let before = self.0.iter().position(is_same).and_then(|at| self.0.remove(at));
        // Silence comes in whole cells, of which the track may have heard some.
        let before = before.filter(|part| part.frames + bands.frames <= whole + cell);
        let joined = before.map_or(bands, |part| part.with(&bands, whole));
        if !joined.flags.has(CellFlags::COMPLETE) {
            self.0.truncate(MOST - 1);
            self.0.push_front(joined);
        }
        joined
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Bands>()
    }
}
