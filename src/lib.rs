//! Keel: a mix-balance meter, as CLAP and VST3.

pub mod editor;
pub mod host;
pub mod plugin;

export_plugin!(plugin::Keel);
