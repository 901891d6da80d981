//! What Keel costs: its meters against other meters, its instances, its session by the number of tracks.
//!
//! Wall times depend on the machine and on who else uses it: they inform, and never decide a test.

pub mod figures;
pub mod hub;
pub mod judging;
pub mod link;
pub mod machine;
pub mod meters;
pub mod native;
pub mod plugin;
pub mod signal;
pub mod table;
pub mod timing;
pub mod tracks;
