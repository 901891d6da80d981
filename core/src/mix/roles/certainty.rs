//! How far a name is to be trusted.

use serde::{Deserialize, Serialize};

/// How far a guess is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Ask: nothing in the name is known, or it can be read in two ways.
    Unsure,
    /// By a word that could mean something else.
    Likely,
    /// By the instrument's own name.
    Sure,
}
