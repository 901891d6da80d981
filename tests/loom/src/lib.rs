//! The link's ring, compiled from its own file, over the atomics of loom instead of the machine's.

pub mod dsp {
    pub use keel_core::dsp::*;
}

mod atomics {
    pub(super) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
}

#[allow(dead_code, clippy::duplicate_mod, reason = "a model uses a part of the ring")]
#[rustfmt::skip]
#[path = "../../../core/src/link/ring/ring.rs"]
pub mod ring;
