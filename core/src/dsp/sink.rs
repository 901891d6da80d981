//! The way out of an analyzer.

use super::bands::Bands;
use super::record::{Cell, Hop};

/// Where an analyzer puts what it made, in order. Called on the audio thread: must not wait or allocate.
///
/// ```
/// use keel_core::dsp::{Cell, Hop, Sink};
///
/// /// The largest sample of all.
/// struct Peak(f32);
///
/// impl Sink for Peak {
///     fn hop(&mut self, hop: &Hop) {
///         self.0 = self.0.max(hop.peak[0]).max(hop.peak[1]);
///     }
///     fn cell(&mut self, _: &Cell) {}
/// }
///
/// let mut peak = Peak(0.0);
/// peak.hop(&Hop { peak: [0.25, 0.5], ..Hop::default() });
/// assert_eq!(peak.0, 0.5);
/// ```
pub trait Sink {
    /// A hop, each 10 ms.
    fn hop(&mut self, hop: &Hop);
    /// A cell, each 100 ms, after its last hop.
    fn cell(&mut self, cell: &Cell);

    /// Follows the cells that it stands for by the length of half a transform. Not every reader wants a spectrum.
    fn bands(&mut self, _bands: &Bands) {}
}
