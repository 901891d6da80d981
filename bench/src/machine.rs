//! What the figures were taken on, and what the system knows of this process (Linux; elsewhere it stays unknown).

use std::fs;

use serde::Serialize;

use crate::native::{LibEbur128, has_avx2};

#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    pub cpu: String,
    pub cores: usize,
    pub avx2: bool,
    pub os: &'static str,
    pub arch: &'static str,
    pub rustc: &'static str,
    pub keel: &'static str,
    pub libebur128: Option<String>,
}

impl Machine {
    pub fn here() -> Self {
        Self {
            cpu: cpu().unwrap_or_else(|| "unknown processor".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            avx2: has_avx2(),
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            rustc: env!("KEEL_BENCH_RUSTC"),
            keel: env!("CARGO_PKG_VERSION"),
            libebur128: LibEbur128::load().map(|library| library.version()),
        }
    }
}

fn cpu() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Resident memory of this process.
pub fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib * 1024.0)
}

/// Processor time that this process's threads but its first have used so far.
pub fn other_threads_seconds() -> Option<f64> {
    let first = std::process::id().to_string();
    let threads = fs::read_dir("/proc/self/task").ok()?.flatten().filter(|thread| *thread.file_name() != *first);
    let seconds = |thread: fs::DirEntry| {
        // Time on a processor, in nanoseconds, comes first.
        let times = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        times.split_whitespace().next()?.parse::<f64>().ok().map(|ns| ns * 1e-9)
    };
    threads.map(seconds).sum()
}
