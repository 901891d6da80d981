//! What a track is: its role, found from its name, and the tracks that are parts of one thing.

mod detect;
mod kit;
mod name;
pub(crate) mod parts;
mod role;

pub use detect::detect;
pub(crate) use kit::{is_of_kit, is_whole_kit};
pub use role::{Class, Role};
