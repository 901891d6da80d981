//! The meter against the standards it names, and against the promises of its records. All signals are synthesised.

mod bands;
#[path = "../cases/mod.rs"]
mod cases;
mod common;
mod hits;
mod levels;
mod oracle;
mod partition;
mod properties;
mod robustness;
mod simd;
mod standards;
mod transport;
mod true_peak;
