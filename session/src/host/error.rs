//! What can go wrong between the host and the plugin.

use std::fmt;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// No plugin file where it was searched for.
    NotFound(Vec<PathBuf>),
    /// The file is there, but it is no CLAP plugin that can be loaded.
    Load { path: PathBuf, why: String },
    /// The plugin refused to be made, activated or started.
    Refused(String),
    /// The plugin lacks an extension.
    Missing(&'static str),
    /// No parameter of this id or name.
    NoParam(String),
    /// The parameter does not understand this text.
    ParamText { param: String, text: String },
    /// The plugin rejected the state; it goes on with what it had.
    State,
    /// A block of other channels or of more frames than the plugin was activated for.
    Block { channels: usize, frames: usize },
    /// A window could not be opened or the plugin would not draw in it.
    Window(String),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(searched) => {
                let searched: Vec<String> = searched.iter().map(|path| path.display().to_string()).collect();
                write!(
                    f,
                    "no Keel plugin found (looked for {}); build it with `cargo build -p keel --lib` or name it with --plugin",
                    searched.join(", ")
                )
            }
            Self::Load { path, why } => write!(f, "{} cannot be loaded as a CLAP plugin: {why}", path.display()),
            Self::Refused(what) => write!(f, "the plugin refused: {what}"),
            Self::Missing(extension) => write!(f, "the plugin has no {extension}"),
            Self::NoParam(param) => write!(f, "the plugin has no parameter \"{param}\""),
            Self::ParamText { param, text } => write!(f, "parameter \"{param}\" does not understand \"{text}\""),
            Self::State => write!(f, "the plugin could not read this state"),
            Self::Block { channels, frames } => {
                write!(f, "a block of {channels} channels and {frames} frames does not fit the plugin")
            }
            Self::Window(why) => write!(f, "{why}"),
        }
    }
}

impl std::error::Error for HostError {}
