//! Slices in, numbers out. Nothing here allocates after `new`, and nothing knows what a track's role is.
//!
//! [`Analyzer`] runs on the audio thread and turns blocks of any length into [`Hop`]s and [`Cell`]s; [`loudness`] and
//! [`stereo`] read levels out of their power sums, on any thread.

mod analyzer;
mod bands;
mod cell;
mod grid;
mod group;
mod hit_gate;
mod k_design;
mod k_weighting;
mod kernels;
mod levels;
pub mod loudness;
mod record;
mod simd;
mod sink;
mod spectrum;
pub mod stereo;
mod transport;
mod true_peak;

pub use analyzer::Analyzer;
pub use bands::{BANDS, Bands, CELLS_PER_BANDS, band_hz, band_limits_hz};
pub(crate) use cell::CellBuilder;
pub use grid::{hop_at, hop_start};
#[doc(hidden)] // for benchmarks
pub use kernels::{Kernel, KernelAlone};
pub use loudness::{Loudness, gated_loudness, gated_loudness_by, loudness_range, loudness_range_by};
pub use record::{Cell, CellFlags, Clock, ClockKind, HOPS_PER_CELL, Hit, Hop, RecordWords};
pub use simd::Simd;
pub use sink::Sink;
pub use stereo::{correlation, mono_loss, mono_loss_phase, pan_position};
