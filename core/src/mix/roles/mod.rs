//! What a track is: its role, found from its name, and the tracks that are parts of one thing.

mod detect;
mod name;
pub(crate) mod parts;
mod role;

pub use detect::detect;
pub use role::{Class, Role};
