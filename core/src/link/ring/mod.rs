//! Rings of records from the audio thread to many readers.

mod atomics;
#[expect(clippy::module_inception, reason = "the file of the ring itself, which the model checker compiles alone")]
mod ring;

pub use ring::{
    BANDS_RING, CELL_RING, HOP_RING, RENDER_BANDS_RING, RENDER_CELL_RING, Reader, Writer, bands_ring, cell_ring,
    hop_ring, newest_of, ring,
};
