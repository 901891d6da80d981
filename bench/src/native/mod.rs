//! What needs more than safe Rust: a library in C, one that is compiled for newer processors, and the count of memory.
#![allow(unsafe_code)] // each file says why it may

mod clock;
mod cores;
mod ebur128_c;
mod floor;
mod memory;

pub use clock::thread_seconds;
pub use cores::stay_on_core;
pub use ebur128_c::{LibEbur128, State};
pub use floor::{has_avx2, read_floor, read_floor_avx2};
pub use memory::{Counting, heap_bytes};
