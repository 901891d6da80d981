//! Slices in, numbers out. Nothing here allocates after `new`, and nothing knows what a track's role is.

mod record;

pub use record::{Cell, CellFlags, Clock, ClockKind, Hit, Hop, RecordWords, Sink};
