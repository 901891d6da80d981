//! Where a track is silent: silence is no level, and so it is never heard "before the level changed".

use super::SongMap;
use crate::dsp::Cell;

/// Mean square under which a cell is silence: -80 dBFS.
pub(super) const SILENCE: f32 = 1e-8;
/// Silence between two sounds is a rest from 4 s on, at any tempo. What is shorter goes with the notes around it.
const REST: i32 = 40;

/// Mean square of both channels of a cell.
pub(super) fn mean_square(cell: &Cell) -> f32 {
    if cell.frames == 0 { 0.0 } else { (cell.power[0] + cell.power[1]) / cell.frames as f32 }
}

/// Nothing sounds in this cell.
pub(crate) fn is_silence(cell: &Cell) -> bool {
    mean_square(cell) < SILENCE
}

impl SongMap {
    /// Stretches `[from, to)` without a sound, in song order: before the first one, rests, and after the last one.
    pub(super) fn silences(&self) -> Vec<(i32, i32)> {
        let mut silences = Vec::new();
        let mut from = i32::MIN;
        let sounding = self.pages.values().flat_map(|page| page.cells.iter().filter(|cell| !is_silence(cell)));
        for cell in sounding {
            if from.saturating_add(REST) <= cell.index {
                silences.push((from, cell.index));
            }
            from = cell.index + 1;
        }
        silences.push((from, i32::MAX));
        silences
    }

    /// Silence at this place takes nothing away: neither a sound, nor word of a loss.
    pub(crate) fn may_be_silence(&self, index: i32) -> bool {
        self.place(index).map_or_else(|| !self.missed.has(index), is_silence)
    }
}
