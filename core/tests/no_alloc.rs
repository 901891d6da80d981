//! Nothing allocates after `new`: an allocation inside `assert_no_alloc` ends the process.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use keel_core::dsp::{
    Analyzer, Bands, Cell, Clock, ClockKind, Hop, Loudness, Sink, correlation, gated_loudness, loudness_range,
    mono_loss, mono_loss_phase, pan_position,
};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Feeds a loudness meter and counts.
struct Meter {
    loudness: Loudness,
    hops: usize,
    cells: usize,
    bands: usize,
}

impl Sink for Meter {
    fn hop(&mut self, hop: &Hop) {
        self.hops += 1;
        self.loudness.push(hop);
        let [ll, rr] = hop.power.map(f64::from);
        let lr = f64::from(hop.cross);
        std::hint::black_box((correlation(ll, rr, lr), pan_position(ll, rr)));
        std::hint::black_box((mono_loss(ll, rr, lr), mono_loss_phase(ll, rr, lr)));
    }

    fn cell(&mut self, _: &Cell) {
        self.cells += 1;
    }

    fn bands(&mut self, _: &Bands) {
        self.bands += 1;
    }
}

#[test]
fn processing_jumping_flushing_and_resetting_allocate_nothing() {
    let noise = |seed: usize| (0..48_000).map(|k| ((k * k + seed) % 1_009) as f32 / 1_009.0 - 0.5).collect::<Vec<_>>();
    let (mut left, right) = (noise(1), noise(5));
    left[777] = f32::NAN;
    left[40_000] = 1e30;
    for channels in [1, 2] {
        for rate in [11_025.0, 48_000.0] {
            let mut analyzer = Analyzer::new(rate, channels);
            let mut meter = Meter { loudness: Loudness::new(), hops: 0, cells: 0, bands: 0 };
            assert_no_alloc(|| {
                for pass in 0..8 {
                    play(&mut analyzer, &left, &right, pass, &mut meter);
                }
                analyzer.flush(&mut meter);
                analyzer.reset();
                std::hint::black_box((meter.loudness.integrated(), meter.loudness.range()));
                std::hint::black_box((meter.loudness.momentary(), meter.loudness.short_term()));
                meter.loudness.reset();
            });
            assert!(meter.hops > 700 && meter.cells > 70, "{} hops, {} cells", meter.hops, meter.cells);
            assert!(meter.bands >= 7, "{} records of bands", meter.bands);
        }
    }
}

/// One pass over the signal in blocks that grow, each pass at another place of the song.
fn play(analyzer: &mut Analyzer, left: &[f32], right: &[f32], pass: i64, meter: &mut Meter) {
    let mut clock = Clock {
        kind: ClockKind::Samples,
        position: pass * 1_000_003,
        playing: pass != 3,
        tempo: Some(120.0),
        bar: Some(pass as f64),
        quarters_per_bar: Some(4.0),
        gain: 1.0,
        ..Clock::default()
    };
    let (mut at, mut frames) = (0, 1);
    while at < left.len() {
        let end = (at + frames).min(left.len());
        analyzer.process(&left[at..end], Some(&right[at..end]), &clock, meter);
        clock.position += (end - at) as i64;
        clock.bar = None;
        at = end;
        frames = frames % 3_000 + 7;
    }
}

#[test]
fn reading_loudness_from_lists_allocates_nothing() {
    let mut windows: Vec<f64> = (0..600).map(|k| f64::from(k % 37) * 1e-3).collect();
    assert_no_alloc(|| {
        assert!(gated_loudness(windows.iter().copied()).is_some());
        assert!(loudness_range(&mut windows).is_some());
    });
}
