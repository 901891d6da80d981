//! Real instances, loaded from the built library as a host loads them, over CLAP.

#[path = "hosted/audio.rs"]
mod audio;
#[path = "hosted/common.rs"]
mod common;
#[path = "hosted/lifetimes.rs"]
mod lifetimes;
#[path = "hosted/monitor.rs"]
mod monitor;
#[path = "hosted/names.rs"]
mod names;
#[path = "hosted/reports.rs"]
mod reports;
#[path = "hosted/state.rs"]
mod state;
#[path = "hosted/trim.rs"]
mod trim;
