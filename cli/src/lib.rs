//! Audio files in, balance verdicts out: what the command `keel` and the demo share.

pub mod check;
pub mod decode;
pub mod html;
mod json;
pub mod progress;
pub mod stems;
pub mod table;
mod words;
