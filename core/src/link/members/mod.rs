//! Who takes part in which session, and what those tracks share.

mod hub_status;
mod link_status;
#[expect(clippy::module_inception, reason = "the file of the members themselves")]
mod members;
mod registry;
mod session_transport;
mod shared_settings;
mod sleep;

pub(crate) use hub_status::HubState;
pub(crate) use link_status::link_report;

#[cfg(any(test, fuzzing))]
pub(crate) use members::Peers;
pub(crate) use members::{Circle, Remote};
pub(crate) use registry::{Shared, TICK};
pub use shared_settings::Stored;
pub(crate) use shared_settings::{MOST_IGNORED, Song, Wishes};
pub(crate) use sleep::settle;
