//! The small meters: input zone, correlation, pan, mono loss. Each takes a cell: a name, a picture, a word.

mod cell;
mod correlation;
mod input_zone;
mod mono;
mod pan;

pub(super) use correlation::correlation;
pub(super) use input_zone::input_zone;
pub(super) use mono::mono;
pub(super) use pan::pan;
