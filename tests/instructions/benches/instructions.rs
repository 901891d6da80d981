//! How many instructions the hot paths take, counted by valgrind and held to `limits.txt`.
//!
//! Counts do not depend on who else uses the machine, as times do. `cargo xtask instructions` runs this and prints what
//! went over; `cargo xtask instructions --renew` writes the limits anew, with headroom, where a change means to cost.
#![allow(missing_docs, reason = "the macros write items of their own")]

#[cfg(target_os = "linux")]
mod paths;
#[cfg(target_os = "linux")]
use paths::hot_paths;

#[cfg(target_os = "linux")]
gungraun::main!(library_benchmark_groups = hot_paths);

/// Valgrind is at home on Linux.
#[cfg(not(target_os = "linux"))]
fn main() {}
