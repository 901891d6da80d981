//! Rings from the audio thread, the sessions of this process, and the collector between them.
//!
//! [`Session::join`] gives a track its two ends: a [`TrackWriter`] for the audio thread, which only ever pushes into
//! rings and stores atomics, and a [`TrackHandle`] for the rest. [`Session::view`] shows all tracks to the rules.
//!
//! Tracks of other binaries (CLAP beside VST3) and of other processes (sandboxed plugins) come by [`hub`] files. The
//! collector makes a track for each; all that follows (view, verdict) knows no difference.

mod hub;
mod lock;
mod members;
mod ring;
mod session;
mod track;

pub use hub::{FOLDER_VARIABLE, FileState, Holder, HubConfig, HubFile, LinkView, PATIENCE, SeenTrack, Survey, survey};
#[cfg(fuzzing)]
pub use hub::{seeds, take_in};
pub use members::StoredSettings;
pub use ring::{
    BANDS_RING, CELL_RING, HOP_RING, RENDER_BANDS_RING, RENDER_CELL_RING, Reader, Writer, bands_ring, cell_ring,
    hop_ring, newest_of, ring,
};
pub use session::{Session, Snapshot, TrackHandle, Watch, session};
pub use track::{Format, Refused, RemoteControl, SessionId, TrackConfig, TrackSettings, TrackWriter};
