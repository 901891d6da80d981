//! A host that plays: what it processes takes its time. Keel's monitor check sounds in nothing faster.

use std::cell::Cell;
use std::time::Duration;

/// Silence of this length before a check sounds.
#[allow(dead_code)] // Some tests count for themselves.
pub const SETTLED_S: f64 = 0.5;

/// Whether the blocks of a host are played or processed as fast as it goes.
#[derive(Debug, Default)]
pub struct Pacing(Cell<bool>);

impl Pacing {
    pub fn play(&self, on: bool) {
        self.0.set(on);
    }

    /// After each block: waits as long as it lasts, so that on no machine audio gets ahead of the clock.
    pub fn after(&self, frames: usize, sample_rate: f64) {
        if self.0.get() {
            std::thread::sleep(Duration::from_secs_f64(frames as f64 / sample_rate));
        }
    }
}
