//! One unit's offsets over the sliding stretches, and the runs of them that lie outside the band.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use crate::mix::exact_sum::Sorted;
use crate::mix::levels::HitsMark;
use crate::mix::song::CellSpan;
use crate::mix::{Break, Verdict};

/// Stretches in a block whose lowest and highest offsets are kept.
const BLOCK: usize = 64;

/// A run of sliding readings on the same side of the band.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub from: usize,
    /// After the last.
    pub to: usize,
    pub side: Verdict,
    /// The run's offsets before any gain.
    offsets: Sorted<f64>,
    /// What the run was last found to be, and the cells on which that depends; not yet, where there are none.
    pub found: Option<Option<Arc<Break>>>,
    pub rests_on: CellSpan,
    /// The peaks of its hits, as long as none but newer ones join them.
    pub peaks_db: RefCell<Option<(HitsMark, Sorted<f64>)>>,
}

/// A unit's offsets before any gain, NaN where there is none, and what is outside the band.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    offsets: Vec<f64>,
    /// The lowest and highest of each [`BLOCK`].
    blocks: Vec<(f64, f64)>,
    pub all: Vec<Run>,
}

impl Runs {
    pub fn offset(&self, place: usize) -> Option<f64> {
        self.offsets.get(place).copied().filter(|offset| !offset.is_nan())
    }

    /// Makes room for so many stretches; those that are new are empty.
    pub fn resize(&mut self, len: usize, side: impl Fn(f64) -> Option<Verdict>) {
        if len < self.offsets.len() {
            let end = self.offsets.len();
            self.put(len..end, &vec![f64::NAN; end - len], side);
        }
        self.offsets.resize(len, f64::NAN);
        self.blocks.resize(len.div_ceil(BLOCK), (f64::INFINITY, f64::NEG_INFINITY));
    }

    /// Puts offsets in the places of others, and brings the runs up to date around them.
    pub fn put(&mut self, places: Range<usize>, offsets: &[f64], side: impl Fn(f64) -> Option<Verdict>) {
        let old = self.offsets[places.clone()].to_vec();
        self.offsets[places.clone()].copy_from_slice(offsets);
        for block in places.start / BLOCK..places.end.div_ceil(BLOCK) {
            let end = ((block + 1) * BLOCK).min(self.offsets.len());
            let values = &self.offsets[block * BLOCK..end];
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            self.blocks[block] = (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
        let first = self.all.partition_point(|run| run.to < places.start);
        let last = first + self.all[first..].partition_point(|run| run.from <= places.end);
        let near: Vec<Run> = self.all.splice(first..last, []).collect();
        let pieces = self.pieces(&near, places.clone(), side);
        let whole = match (&near[..], &pieces[..]) {
            ([run], [piece]) if run.side == piece.2 => Some((run.places(), *piece)),
            _ => None,
        };
        let new: Vec<Run> = match whole {
            Some((bounds, piece)) => {
                near.into_iter().map(|run| run.moved(bounds.clone(), piece, &places, &old, offsets)).collect()
            }
            None => pieces.into_iter().map(|(from, to, side)| self.run(from, to, side)).collect(),
        };
        self.all.splice(first..first, new);
    }

    /// What is left of the runs near these places, and what lies outside the band in them.
    fn pieces(
        &self,
        near: &[Run],
        places: Range<usize>,
        side: impl Fn(f64) -> Option<Verdict>,
    ) -> Vec<(usize, usize, Verdict)> {
        let mut pieces: Vec<(usize, usize, Verdict)> = Vec::new();
        let mut add = |from: usize, to: usize, side: Verdict| match pieces.last_mut() {
            Some(last) if last.1 == from && last.2 == side => last.1 = to,
            _ => pieces.push((from, to, side)),
        };
        if let Some(run) = near.first().filter(|run| run.from < places.start) {
            add(run.from, run.to.min(places.start), run.side);
        }
        for place in places.clone() {
            if let Some(side) = self.offset(place).and_then(&side) {
                add(place, place + 1, side);
            }
        }
        if let Some(run) = near.last().filter(|run| run.to > places.end) {
            add(run.from.max(places.end), run.to, run.side);
        }
        pieces
    }

    fn run(&self, from: usize, to: usize, side: Verdict) -> Run {
        let offsets = Sorted::new(self.offsets[from..to].to_vec());
        Run {
            from,
            to,
            side,
            offsets,
            found: None,
            rests_on: CellSpan { from: 0, to: 0 },
            peaks_db: RefCell::new(None),
        }
    }

    /// Finds all runs anew, where the band or a gain is another. Blocks that lie inside it are passed over.
    pub fn recut(&mut self, side: impl Fn(f64) -> Option<Verdict>) -> usize {
        let mut old = std::mem::take(&mut self.all).into_iter().peekable();
        let mut pieces: Vec<(usize, usize, Verdict)> = Vec::new();
        let mut work = self.blocks.len();
        for (block, (low, high)) in self.blocks.iter().enumerate() {
            if low > high || (side(*low).is_none() && side(*high).is_none()) {
                continue;
            }
            let end = ((block + 1) * BLOCK).min(self.offsets.len());
            work += BLOCK;
            for place in block * BLOCK..end {
                let Some(side) = self.offset(place).and_then(&side) else { continue };
                match pieces.last_mut() {
                    Some(last) if last.1 == place && last.2 == side => last.1 = place + 1,
                    _ => pieces.push((place, place + 1, side)),
                }
            }
        }
        for (from, to, side) in pieces {
            while old.peek().is_some_and(|run| run.from < from) {
                old.next();
            }
            let run = match old.next_if(|run| (run.from, run.to) == (from, to)) {
                Some(run) => Run { side, found: None, ..run },
                None => self.run(from, to, side),
            };
            self.all.push(run);
        }
        work
    }

    pub fn heap_bytes(&self) -> usize {
        let runs: usize = self.all.iter().map(|run| size_of::<Run>() + run.offsets.heap_bytes()).sum();
        runs + self.offsets.capacity() * size_of::<f64>() + self.blocks.capacity() * size_of::<(f64, f64)>()
    }
}

impl Run {
    pub fn places(&self) -> Range<usize> {
        self.from..self.to
    }

    /// The offset of most of the run: its first and last readings reach over its edges.
    pub fn median(&self) -> Option<f64> {
        self.offsets.percentile(0.5)
    }

    /// The same run with other bounds and other offsets in some places.
    fn moved(
        mut self,
        bounds: Range<usize>,
        piece: (usize, usize, Verdict),
        places: &Range<usize>,
        old: &[f64],
        new: &[f64],
    ) -> Self {
        for (place, (old, new)) in places.clone().zip(old.iter().zip(new)) {
            let (was, is) = (bounds.contains(&place), (piece.0..piece.1).contains(&place));
            if was && is && old == new {
                continue;
            }
            if was {
                self.offsets.remove(*old);
            }
            if is {
                self.offsets.insert(*new);
            }
        }
        Self { from: piece.0, to: piece.1, found: None, ..self }
    }
}
