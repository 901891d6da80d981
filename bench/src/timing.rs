//! How times are taken: in turn, again and again, and the least disturbed ones kept.

use std::time::Instant;

use serde::Serialize;

use crate::native::thread_seconds;

/// One thing to be timed.
pub struct Case<'a> {
    /// Calls in a sample: enough of them that each sample holds the same work (whole hops, cells and transforms).
    pub calls: usize,
    /// Does so many calls.
    pub run: Box<dyn FnMut(usize) + 'a>,
}

impl std::fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case").field("calls", &self.calls).finish_non_exhaustive()
    }
}

/// Nanoseconds a call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// The sample that others on the machine disturbed least.
    pub min: f64,
    pub median: f64,
}

impl Timing {
    /// Of samples in nanoseconds a call; there is at least one.
    pub fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_unstable_by(f64::total_cmp);
        Self { min: samples[0], median: samples[samples.len() / 2] }
    }

    pub fn scaled(self, factor: f64) -> Self {
        Self { min: self.min * factor, median: self.median * factor }
    }
}

/// Times the cases in turn, so that what slows the machine for a while slows all of them.
pub fn interleaved(cases: &mut [Case<'_>], rounds: usize) -> Vec<Timing> {
    let mut samples = vec![Vec::with_capacity(rounds); cases.len()];
    for _ in 0..rounds {
        for (case, samples) in cases.iter_mut().zip(&mut samples) {
            // Its code and data are to be in the caches that the case before it used.
            (case.run)(case.calls / 8 + 1);
            let watch = Stopwatch::start();
            (case.run)(case.calls);
            samples.push(watch.nanoseconds() / case.calls as f64);
        }
    }
    samples.into_iter().map(Timing::of).collect()
}

/// Takes the time of work that lasts longer than reading the clock: the thread's own, where the system reports it, so
/// that who else wants the processor is left out.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    own: Option<f64>,
    wall: Instant,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { wall: Instant::now(), own: thread_seconds() }
    }

    pub fn nanoseconds(self) -> f64 {
        let own = thread_seconds().zip(self.own).map(|(now, then)| (now - then) * 1e9);
        own.unwrap_or_else(|| nanoseconds(self.wall))
    }
}

pub fn nanoseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e9
}

/// What reading the clock twice costs, to be taken off times of single calls.
pub fn clock_cost() -> f64 {
    (0..10_000).map(|_| nanoseconds(Instant::now())).fold(f64::INFINITY, f64::min)
}

/// The value below which this part of the sorted samples lies (nearest rank).
pub fn percentile(sorted: &[f64], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_nearest_rank() {
        let sorted: Vec<f64> = (1..=1000).map(f64::from).collect();
        assert_eq!([0.5, 0.99, 0.999, 1.0].map(|part| percentile(&sorted, part)), [500.0, 990.0, 999.0, 1000.0]);
        assert_eq!(percentile(&[7.0], 0.001), 7.0);
    }

    #[test]
    fn every_case_is_run_in_every_round() {
        let (mut one, mut two) = (0, 0);
        let mut cases = [
            Case { calls: 8, run: Box::new(|calls| one += calls) },
            Case { calls: 16, run: Box::new(|calls| two += calls) },
        ];
        assert_eq!(interleaved(&mut cases, 5).len(), 2);
        drop(cases);
        assert_eq!((one, two), (5 * (2 + 8), 5 * (3 + 16)));
    }
}
