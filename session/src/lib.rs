//! Plays stems through real Keel instances: the CLAP host of the demo and of the hosted tests.

pub mod demo;
pub mod engine;
pub mod host;
pub mod live;
pub mod options;
pub mod player;
pub mod resample;
mod say;
pub mod screen;
pub mod song;
pub mod sound;
pub mod stems;
#[cfg(target_os = "linux")]
pub mod window;
pub mod window_event;
