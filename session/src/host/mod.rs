//! A small CLAP host on clack: loads Keel as a file, never links it, and runs one instance for each track.
//!
//! Types follow the threads, as clack's do: [`PluginFile`] and [`Instance`] stay on the main thread, [`Processor`] goes to
//! the audio thread and comes back to be deactivated.

mod editor;
mod error;
mod extensions;
mod file;
mod handlers;
mod instance;
mod params;
mod processor;
mod transport;

pub use editor::EditorSize;
pub use error::HostError;
pub use file::{PLUGIN_FILE_NAME, PluginFile};
pub use handlers::LogLine;
pub use instance::{Instance, Track};
pub use params::Param;
pub use processor::Processor;
pub use transport::Transport;
