//! The meter against the standards it names, and against the promises of its records. All signals are synthesised.

mod common;
mod hits;
mod levels;
mod loudness_cases;
mod oracle;
mod partition;
mod robustness;
mod transport;
mod true_peak_cases;
