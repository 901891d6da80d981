//! What a track is: its role, found from its name among the names of its session, and the tracks that are parts of one
//! thing.

mod certainty;
mod grammar;
mod guess;
mod kit;
mod name;
pub(crate) mod parts;
mod role;
mod shared_runs;
mod vocabulary;
mod words;

pub use certainty::Certainty;
pub use guess::{Guess, RoleFrom, detect, guess};
pub(crate) use kit::{is_of_kit, is_whole_kit};
pub use role::{Class, Role};
