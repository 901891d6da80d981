//! Hops and cells are bit-equal however the host cuts its blocks.

use keel_core::dsp::{Analyzer, Clock, ClockKind, Simd, hop_start};

use crate::common::{Heard, Rng, music};

const RATES: [f64; 9] = [8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0, 768_000.0];

/// A stretch of playback: where in the song it begins, how many frames it lasts, and whether the transport runs.
struct Stretch {
    position: i64,
    frames: usize,
    playing: bool,
}

/// A pre-roll into the song, a loop back into the middle of a hop, a stop, and a locate near the end of a long song.
fn journey(rate: f64) -> Vec<Stretch> {
    let ms = |ms: f64| (rate * ms / 1_000.0) as usize;
    vec![
        Stretch { position: -(ms(73.0) as i64), frames: ms(331.3), playing: true },
        Stretch { position: ms(104.7) as i64, frames: ms(208.1), playing: true },
        Stretch { position: ms(312.8) as i64, frames: ms(95.2), playing: false },
        Stretch { position: hop_start(1_000_000, rate) + 5, frames: ms(152.9), playing: true },
    ]
}

fn clock(rate: f64, stretch: &Stretch, at: usize) -> Clock {
    // A stopped transport stands still.
    let passed = if stretch.playing { at as i64 } else { 0 };
    let position = stretch.position + passed;
    Clock {
        kind: ClockKind::Samples,
        position,
        playing: stretch.playing,
        recording: false,
        tempo: Some(123.0),
        bar: Some(position as f64 / rate * 123.0 / 60.0 / 3.0),
        quarters_per_bar: Some(3.0),
        loop_s: Some((1.0, 2.0)),
        gain: 0.5,
    }
}

/// Plays the journey on the machine's best instructions, each block as long as `next` says.
fn play(rate: f64, signal: &[Vec<f32>; 2], channels: usize, next: impl FnMut() -> usize) -> Heard {
    play_on(Analyzer::new(rate, channels), rate, signal, next)
}

fn play_on(mut analyzer: Analyzer, rate: f64, signal: &[Vec<f32>; 2], mut next: impl FnMut() -> usize) -> Heard {
    let channels = analyzer.channels();
    let mut heard = Heard::default();
    let mut from = 0;
    for stretch in journey(rate) {
        let mut at = 0;
        while at < stretch.frames {
            let frames = next().min(stretch.frames - at);
            let block = from + at..from + at + frames;
            let right = (channels == 2).then(|| &signal[1][block.clone()]);
            analyzer.process(&signal[0][block.clone()], right, &clock(rate, &stretch, at), &mut heard);
            at += frames;
        }
        from += stretch.frames;
    }
    analyzer.flush(&mut heard);
    heard
}

#[test]
fn any_partition_gives_the_same_bits_at_any_rate() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let frames: usize = journey(rate).iter().map(|stretch| stretch.frames).sum();
        let signal = music(rate, frames as f64 / rate + 0.01, seed as u64);
        for channels in [1, 2] {
            let whole = play(rate, &signal, channels, || usize::MAX);
            assert!(whole.hops.len() > 75 && whole.cells.len() > 9, "{} hops at {rate} Hz", whole.hops.len());
            for block in [1, 7, 15, 16, 17, 64, 480, 512, 8_192] {
                let cut = play(rate, &signal, channels, || block);
                assert!(cut.bits() == whole.bits(), "blocks of {block} at {rate} Hz, {channels} channels");
            }
            let mut rng = Rng::new(seed as u64);
            for largest in [3, 40, 1_000, 8_192] {
                let cut = play(rate, &signal, channels, || 1 + rng.below(largest));
                assert!(cut.bits() == whole.bits(), "random blocks to {largest} at {rate} Hz, {channels} channels");
            }
            // A host's worst: single frames, its largest block and any other, in no order.
            for _ in 0..3 {
                let cut = play(rate, &signal, channels, || [1, 8_192, 1 + rng.below(300)][rng.below(3)]);
                assert!(cut.bits() == whole.bits(), "blocks of 1, 8,192 and others at {rate} Hz, {channels} channels");
            }
        }
    }
}

#[test]
fn each_instruction_set_gives_the_same_bits_for_any_partition() {
    for rate in [11_025.0, 44_100.0, 48_000.0] {
        let frames: usize = journey(rate).iter().map(|stretch| stretch.frames).sum();
        let signal = music(rate, frames as f64 / rate + 0.01, 9);
        for simd in Simd::ALL.into_iter().filter(|simd| simd.is_available()) {
            let analyzer = || Analyzer::new(rate, 2).with_simd(simd);
            let whole = play_on(analyzer(), rate, &signal, || usize::MAX);
            let mut rng = Rng::new(rate as u64);
            for largest in [1, 16, 17, 64, 500, 8_192] {
                let cut = play_on(analyzer(), rate, &signal, || 1 + rng.below(largest));
                assert!(cut.bits() == whole.bits(), "blocks to {largest} at {rate} Hz on {simd:?}");
            }
        }
    }
}

#[test]
fn empty_blocks_leave_no_trace() {
    let signal = music(48_000.0, 1.0, 1);
    let whole = play(48_000.0, &signal, 2, || 480);
    let mut empty = false;
    let cut = play(48_000.0, &signal, 2, || {
        empty = !empty;
        if empty { 0 } else { 480 }
    });
    assert!(cut.bits() == whole.bits());
}

#[test]
fn every_frame_is_in_one_hop_and_one_cell() {
    for rate in RATES {
        let frames: usize = journey(rate).iter().map(|stretch| stretch.frames).sum();
        let signal = music(rate, frames as f64 / rate + 0.01, 5);
        let heard = play(rate, &signal, 2, || 1_000);
        let in_hops: usize = heard.hops.iter().map(|hop| hop.frames as usize).sum();
        let in_cells: usize = heard.cells.iter().map(|cell| cell.frames as usize).sum();
        assert_eq!((in_hops, in_cells), (frames, frames), "at {rate} Hz");
    }
}

#[test]
fn whole_hops_have_the_length_of_the_grid() {
    for rate in RATES {
        let signal = music(rate, 0.8, 5);
        for hop in play(rate, &signal, 2, || 333).hops {
            let grid = hop_start(hop.index + 1, rate) - hop_start(hop.index, rate);
            let complete = hop.flags.has(keel_core::dsp::CellFlags::COMPLETE);
            assert_eq!(complete, i64::from(hop.frames) == grid, "hop {} of {} frames", hop.index, hop.frames);
            assert!(i64::from(hop.frames) <= grid, "hop {} of {} frames", hop.index, hop.frames);
        }
    }
}
