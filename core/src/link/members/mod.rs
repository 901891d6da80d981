//! Who takes part in which session, and what those tracks share.

mod hub_status;
mod link_status;
#[expect(clippy::module_inception, reason = "the file of the members themselves")]
mod members;
mod names_heard;
mod registry;
mod session_transport;
mod shared_settings;
mod sleep;

pub(crate) use hub_status::HubStatus;
pub(crate) use link_status::link_report;

#[cfg(any(test, fuzzing))]
pub(crate) use members::Members;
pub(crate) use members::{Remote, SessionMembers};
pub(crate) use registry::{Registry, TICK};
pub use shared_settings::StoredSettings;
pub(crate) use shared_settings::{MOST_IGNORED, SessionRecord, SharedSettings};
pub(crate) use sleep::settle;
