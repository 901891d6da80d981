//! The benchmarks lie in `benches`: `cargo xtask instructions` counts them.
