//! How the link to other processes fares.

/// How the hub fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HubStatus {
    Off,
    /// The sentence says why.
    Unavailable(String),
    On {
        other_version: Option<String>,
        /// A file that is alive cannot be read.
        unreadable: bool,
    },
}

impl Default for HubStatus {
    fn default() -> Self {
        Self::On { other_version: None, unreadable: false }
    }
}
