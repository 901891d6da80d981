//! The limits, as they are committed.

use gungraun::{Callgrind, EventKind, LibraryBenchmarkConfig};
use keel_core::dsp::Simd;

/// Each line a benchmark, its case, and the most instructions it may take.
const LIMITS: &str = include_str!("../../limits.txt");

/// Holds a case to its limit; one without fails.
pub fn limited(case: &str) -> LibraryBenchmarkConfig {
    let limit = LIMITS.lines().find_map(|line| line.strip_prefix(case)?.trim().parse::<u64>().ok());
    // Only instructions count: the simulated caches are those of no machine.
    let mut callgrind = Callgrind::with_args(["--cache-sim=no"]);
    if !case.contains("avx2") || Simd::Avx2.is_available() {
        callgrind.hard_limits([(EventKind::Ir, limit.unwrap_or(0))]);
    }
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}
