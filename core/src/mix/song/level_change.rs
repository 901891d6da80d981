//! A change of a track's level that a second pass shows.

/// A level by its three measures, dB: peak, RMS, loudness.
pub(super) type PerMeasure = [f32; 3];

/// The level changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LevelChange {
    /// Where the pass began that shows it.
    pub from: i32,
    pub by: PerMeasure,
    /// The measure that changed most.
    pub most: usize,
}
