//! Spans of the song, in cells.

/// Cells in a second of song.
pub(crate) const CELLS_PER_S: f64 = 10.0;
/// No span reaches farther, in cells: three years, which still counts from any cell's index without overflow.
const FARTHEST: f64 = 1e9;

/// Cells `[from, to)` of the song grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellSpan {
    pub from: i32,
    pub to: i32,
}

impl CellSpan {
    pub fn from_seconds(from_s: f64, to_s: f64) -> Self {
        let cell = |second: f64| (second * CELLS_PER_S).round().clamp(-FARTHEST, FARTHEST) as i32;
        Self { from: cell(from_s), to: cell(to_s) }
    }

    pub fn start_s(self) -> f64 {
        f64::from(self.from) / CELLS_PER_S
    }

    pub fn end_s(self) -> f64 {
        f64::from(self.to) / CELLS_PER_S
    }
}
