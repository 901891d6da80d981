//! Audio files in, balance verdicts out: what the command `keel` and the demo share.

pub mod check;
pub mod compare;
pub mod decode;
pub mod doctor;
pub mod html;
mod json;
pub mod keel_toml;
pub mod learn;
pub mod progress;
pub mod scope;
pub mod stems;
mod sums;
pub mod table;
pub mod unjudged;
mod versions;
mod words;
