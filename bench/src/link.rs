//! The way from the audio thread: a record into its ring, and the newest of many rings out again.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use keel_core::dsp::{Cell, Hop};
use keel_core::link::{Reader, Writer, cell_ring, hop_ring, newest_of};
use serde::Serialize;

use crate::native::stay_on_core;
use crate::timing::{Case, Timing, interleaved, nanoseconds};

/// Rings in a scan.
pub const TRACKS: usize = 256;

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Link {
    /// One hop into its ring.
    pub publish_hop_ns: Timing,
    /// One cell into its ring.
    pub publish_cell_ns: Timing,
    /// The newest hop of each of [`TRACKS`] rings, each written by another thread since the last scan.
    pub scan_ns: Timing,
}

pub fn measure(rounds: usize) -> Link {
    let (mut hops, _hops) = hop_ring();
    let (mut cells, _cells) = cell_ring();
    let hop = Hop { power: [0.5; 2], ..Hop::default() };
    let cell = Cell { power: [0.5; 2], ..Cell::default() };
    let mut cases = [
        Case { calls: 10_000, run: Box::new(|calls| (0..calls).for_each(|_| hops.push(black_box(&hop)))) },
        Case { calls: 10_000, run: Box::new(|calls| (0..calls).for_each(|_| cells.push(black_box(&cell)))) },
    ];
    let timings = interleaved(&mut cases, rounds);
    Link { publish_hop_ns: timings[0], publish_cell_ns: timings[1], scan_ns: scan(rounds * 20) }
}

/// Scans right after another thread has written a hop to every ring, as audio threads do: from another core, as far as
/// the machine has two and lets a thread stay on one.
fn scan(scans: usize) -> Timing {
    let (mut writers, readers): (Vec<Writer<Hop>>, Vec<Reader<Hop>>) = (0..TRACKS).map(|_| hop_ring()).unzip();
    let (asked, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        let (asked, done) = (&asked, &done);
        scope.spawn(move || {
            stay_on_core(1);
            for k in 1..=scans {
                wait_for(asked, k);
                let hop = Hop { index: k as i64, ..Hop::default() };
                writers.iter_mut().for_each(|writer| writer.push(&hop));
                done.store(k, Ordering::Release);
            }
        });
        let reads = scope.spawn(move || {
            stay_on_core(0);
            let scan = |k| {
                asked.store(k, Ordering::Release);
                wait_for(done, k);
                let start = Instant::now();
                let mut newest = 0;
                newest_of(&readers, |hop| newest += usize::from(hop.is_some_and(|hop| hop.index == k as i64)));
                let took = nanoseconds(start);
                assert_eq!(newest, TRACKS, "a ring was not up to date");
                took
            };
            Timing::of((1..=scans).map(scan).collect())
        });
        reads.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn wait_for(count: &AtomicUsize, value: usize) {
    while count.load(Ordering::Acquire) < value {
        thread::yield_now();
    }
}
