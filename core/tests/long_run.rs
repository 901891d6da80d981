//! Half an hour at 192 kHz: no allocation on the audio thread, and what the process holds does not grow.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use keel_core::dsp::{Analyzer, Bands, Cell, Clock, ClockKind, Hop, Sink};
use keel_core::link::{Reader, Writer, bands_ring, cell_ring, hop_ring};
use keel_core::mix::SongMap;

/// Ends the process at an allocation inside `assert_no_alloc`.
#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const RATE: usize = 192_000;
const BLOCK: usize = 512;
/// The song loops, so that its map is full after the first pass.
const LOOP_S: usize = 60;
const MINUTES: usize = 30;
/// What the process may come to hold beyond what it held after two passes.
const SLACK_BYTES: usize = 256 << 10;

struct Rings {
    hops: Writer<Hop>,
    cells: Writer<Cell>,
    bands: Writer<Bands>,
}

impl Sink for Rings {
    fn hop(&mut self, hop: &Hop) {
        self.hops.push(hop);
    }

    fn cell(&mut self, cell: &Cell) {
        self.cells.push(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.bands.push(bands);
    }
}

/// The collector's part, in the same thread.
struct Collected {
    cells: Reader<Cell>,
    bands: Reader<Bands>,
    cursors: [u64; 2],
    missed: u64,
    song: SongMap,
}

impl Collected {
    fn collect(&mut self) {
        let Self { cells, bands, cursors: [of_cells, of_bands], missed, song } = self;
        *missed += cells.drain_since(of_cells, |cell| song.insert(&cell));
        *missed += bands.drain_since(of_bands, |bands| song.insert_bands(&bands));
    }
}

/// Bytes of memory that the process holds, where the system reports it.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split_whitespace().nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}

/// A second of noise that swells and falls silent, with samples that no meter can bear.
fn signal(seed: u64) -> Vec<f32> {
    let mut bits = seed;
    let mut signal: Vec<f32> = (0..RATE)
        .map(|k| {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let swell = (1.0 - 2.0 * k as f32 / RATE as f32).max(0.0).powi(8);
            swell * ((bits >> 40) as f32 / (1u32 << 23) as f32 - 1.0)
        })
        .collect();
    (signal[1_000], signal[2_000], signal[3_000]) = (f32::NAN, f32::INFINITY, 1e-40);
    signal
}

#[test]
fn half_an_hour_at_192_khz_allocates_nothing_and_memory_stays_flat() {
    let [left, right] = [1, 2].map(signal);
    let (hops, _) = hop_ring();
    let ((cells, cell_reader), (bands, bands_reader)) = (cell_ring(), bands_ring());
    let mut rings = Rings { hops, cells, bands };
    let song = SongMap::new();
    let mut collected = Collected { cells: cell_reader, bands: bands_reader, cursors: [0; 2], missed: 0, song };
    let mut analyzer = Analyzer::new(RATE as f64, 2);
    let mut held = None;
    for second in 0..MINUTES * 60 {
        for at in (0..RATE).step_by(BLOCK) {
            let block = at..RATE.min(at + BLOCK);
            let position = (second % LOOP_S * RATE + at) as i64;
            let clock = Clock { kind: ClockKind::Samples, position, playing: true, gain: 1.0, ..Clock::default() };
            assert_no_alloc(|| {
                analyzer.process(&left[block.clone()], Some(&right[block]), &clock, &mut rings);
            });
        }
        collected.collect();
        if second == 2 * LOOP_S {
            held = resident();
        }
    }
    let (Collected { song, missed, cursors, .. }, bytes) = (collected, analyzer.bytes());
    assert_eq!((missed, song.cells().count(), song.bands(0, 600).count()), (0, 600, 30));
    assert!(cursors[1] >= (MINUTES * 30 - 1) as u64 && bytes < 64 << 10, "{} records, {bytes} bytes", cursors[1]);
    if let Some((before, after)) = held.zip(resident()) {
        assert!(after <= before + SLACK_BYTES, "{before} bytes after two passes, {after} at the end");
    }
}
