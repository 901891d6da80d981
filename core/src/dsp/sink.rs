//! The way out of an analyzer.

use super::bands::Bands;
use super::record::{Cell, Hop};

/// Where an analyzer puts what it made, in order. Called on the audio thread: must not wait or allocate.
pub trait Sink {
    fn hop(&mut self, hop: &Hop);
    fn cell(&mut self, cell: &Cell);

    /// Follows the cells that it stands for by the length of half a transform. Not every reader wants a spectrum.
    fn bands(&mut self, _bands: &Bands) {}
}
