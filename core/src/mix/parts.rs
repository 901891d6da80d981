//! Tracks that are one part of the mix.

use super::{Role, TrackId};

/// Tracks that are judged as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub name: String,
    pub members: Vec<TrackId>,
}

/// Finds the parts of two members or more.
pub fn group(_tracks: &[(TrackId, &str, Role)]) -> Vec<Part> {
    Vec::new()
}
