//! One track: its end on the audio thread, what was taken from its rings, its settings and who it is.

mod identity;
pub(crate) mod inbox;
mod remote_control;
mod settings;
#[expect(clippy::module_inception, reason = "the file of the track itself")]
mod track;

pub use identity::SessionId;
pub(crate) use identity::{Identity, hash, new_number};
pub(crate) use inbox::{ASKED_AT_ONCE, IDLE_TICKS, Inbox, Pulse, Rest, Roll, ask};
pub use remote_control::{Refused, RemoteControl};
pub use settings::{Format, TrackSettings};
pub(crate) use track::Track;
pub use track::{TrackConfig, TrackWriter};
