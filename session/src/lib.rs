//! Plays stems through real Keel instances: the CLAP host of the demo and of the hosted tests.

pub mod host;
pub mod song;
