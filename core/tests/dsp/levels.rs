//! Peaks, AES17 RMS, correlation, pan and mono loss of whole signals, and the K-weighting curve.

use std::f64::consts::{FRAC_PI_4, TAU};

use keel_core::dsp::{CellFlags, Hop, correlation, hop_start, mono_loss, mono_loss_phase, pan_position};
use keel_core::units::{Db, Dbfs};

use crate::common::{Heard, RATES, Rng, amplitude, analyze, music, sine};

fn close(what: &str, read: Option<f64>, expected: f64, tolerance: f64) {
    let good = read.is_some_and(|read| (read - expected).abs() <= tolerance);
    assert!(good, "{what}: read {read:?}, expected {expected}");
}

#[test]
fn aes17_full_scale_sine_reads_0_dbfs_and_square_3_01() {
    for rate in RATES {
        let tone = sine(rate, 997.0, 1.0, rate as usize);
        let [left, ..] = analyze(rate, &tone, None).mean_powers();
        close("sine", Dbfs::rms(left).map(|level| level.0), 0.0, 0.001);
        let square: Vec<f32> = tone.iter().map(|sample| sample.signum()).collect();
        let [left, ..] = analyze(rate, &square, None).mean_powers();
        close("square", Dbfs::rms(left).map(|level| level.0), 3.0103, 0.001);
    }
}

#[test]
fn the_peak_is_the_largest_magnitude_of_its_own_channel_and_hop() {
    let (mut left, mut right) = (vec![0.0f32; 4_800], vec![0.0f32; 4_800]);
    left[1_440] = -0.75;
    right[1_439] = 0.5;
    let heard = analyze(48_000.0, &left, Some(&right));
    assert_eq!(heard.hops[3].peak, [0.75, 0.0]);
    assert_eq!(heard.hops[2].peak, [0.0, 0.5]);
    assert_eq!(heard.cells[0].peak, [0.75, 0.5]);
    assert_eq!(heard.hops.iter().filter(|hop| hop.peak != [0.0; 2]).count(), 2);
}

#[test]
fn each_hop_holds_the_sums_and_peaks_of_its_own_frames() {
    for rate in [8_000.0, 11_025.0, 44_100.0, 48_000.0, 192_000.0] {
        let [left, right] = music(rate, 0.5, 2);
        for hop in analyze(rate, &left, Some(&right)).hops {
            let from = hop_start(hop.index, rate) as usize;
            let frames = from..from + hop.frames as usize;
            let (l, r) = (&left[frames.clone()], &right[frames]);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
            let peak = |x: &[f32]| x.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert_eq!(hop.peak, [peak(l), peak(r)], "hop {} at {rate} Hz", hop.index);
            let scale = dot(l, l) + dot(r, r);
            let sums = [(hop.power[0], dot(l, l)), (hop.power[1], dot(r, r)), (hop.cross, dot(l, r))];
            for (read, expected) in sums {
                let off = (f64::from(read) - expected).abs() / scale;
                assert!(off < 1e-6, "hop {} at {rate} Hz: {read}, expected {expected}", hop.index);
            }
        }
    }
}

#[test]
fn a_cell_sums_its_ten_hops() {
    let [left, right] = music(44_100.0, 0.55, 2);
    let heard = analyze(44_100.0, &left, Some(&right));
    assert_eq!(heard.cells.len(), 6);
    for (cell, hops) in heard.cells.iter().zip(heard.hops.chunks(10)) {
        let sum = |value: fn(&Hop) -> f32| hops.iter().map(|hop| f64::from(value(hop))).sum::<f64>() as f32;
        let max = |value: fn(&Hop) -> f32| hops.iter().map(value).fold(0.0, f32::max);
        assert_eq!(cell.power, [sum(|hop| hop.power[0]), sum(|hop| hop.power[1])]);
        assert_eq!((cell.cross, cell.k_power), (sum(|hop| hop.cross), sum(|hop| hop.k_power)));
        assert_eq!(cell.peak, [max(|hop| hop.peak[0]), max(|hop| hop.peak[1])]);
        assert_eq!(cell.true_peak, max(|hop| hop.true_peak[0].max(hop.true_peak[1])));
        assert_eq!(cell.frames, hops.iter().map(|hop| hop.frames).sum::<u32>());
        assert_eq!(cell.flags.has(CellFlags::COMPLETE), hops.len() == 10);
    }
}

#[test]
fn opposite_channels_do_not_hide_the_peak() {
    let tone = sine(48_000.0, 440.0, 0.5, 4_800);
    let opposite: Vec<f32> = tone.iter().map(|sample| -sample).collect();
    let heard = analyze(48_000.0, &tone, Some(&opposite));
    assert!((heard.max_peak() - 0.5).abs() < 1e-4, "{}", heard.max_peak());
}

#[test]
fn one_channel_fills_both_peaks_and_the_left_power() {
    let tone = sine(44_100.0, 440.0, 0.5, 4_410);
    let one = analyze(44_100.0, &tone, None);
    let two = analyze(44_100.0, &tone, Some(&vec![0.0; tone.len()]));
    for (one, two) in one.hops.iter().zip(&two.hops) {
        assert!(one.flags.has(CellFlags::MONO) && !two.flags.has(CellFlags::MONO));
        assert_eq!(one.peak, [two.peak[0]; 2]);
        assert_eq!(one.true_peak, [two.true_peak[0]; 2]);
        assert_eq!((one.power, one.cross), ([two.power[0], 0.0], 0.0));
        assert_eq!(one.k_power, two.k_power, "BS.1770 weighs one channel as left");
    }
    assert!(one.cells[0].flags.has(CellFlags::MONO));
}

/// Correlation, pan position, mono loss and mono loss by phase of a whole signal.
fn image(heard: &Heard) -> [Option<f64>; 4] {
    let [ll, rr, lr] = heard.mean_powers();
    let db = |loss: Option<Db>| loss.map(|loss| loss.0);
    [correlation(ll, rr, lr), pan_position(ll, rr), db(mono_loss(ll, rr, lr)), db(mono_loss_phase(ll, rr, lr))]
}

fn check_image(what: &str, left: &[f32], right: &[f32], expected: [f64; 4], tolerance: f64) {
    let read = image(&analyze(48_000.0, left, Some(right)));
    for ((name, read), expected) in ["correlation", "pan", "mono loss", "phase loss"].iter().zip(read).zip(expected) {
        close(&format!("{name} of {what}"), read, expected, tolerance);
    }
}

#[test]
fn the_stereo_image_of_known_signals() {
    let tone = sine(48_000.0, 1_000.0, 0.5, 48_000);
    let opposite: Vec<f32> = tone.iter().map(|sample| -sample).collect();
    check_image("identical channels", &tone, &tone, [1.0, 0.0, 0.0, 0.0], 1e-4);
    check_image("antiphase", &tone, &opposite, [-1.0, 0.0, -120.0, -120.0], 1e-4);
    let quadrature: Vec<f32> =
        (0..48_000).map(|k| (0.5 * (TAU * 1_000.0 * f64::from(k) / 48_000.0).cos()) as f32).collect();
    check_image("quadrature", &tone, &quadrature, [0.0, 0.0, -3.0103, -3.0103], 1e-3);
    let mut rng = Rng::new(3);
    let noise: [Vec<f32>; 2] = std::array::from_fn(|_| (0..480_000).map(|_| 0.3 * rng.noise()).collect());
    check_image("unrelated noise", &noise[0], &noise[1], [0.0, 0.0, -3.0103, -3.0103], 0.02);
}

#[test]
fn a_panned_tone_reads_its_position_and_no_phase_loss() {
    for position in [-0.5, 0.25, 0.5] {
        let angle = (position + 1.0) * FRAC_PI_4;
        let left = sine(48_000.0, 1_000.0, 0.5 * angle.cos(), 48_000);
        let right = sine(48_000.0, 1_000.0, 0.5 * angle.sin(), 48_000);
        let loss = 10.0 * ((1.0 + (2.0 * angle).sin()) / 2.0).log10();
        check_image("a panned tone", &left, &right, [1.0, position, loss, 0.0], 1e-4);
    }
}

#[test]
fn a_hard_panned_tone_has_no_correlation_and_loses_3_db() {
    let tone = sine(48_000.0, 1_000.0, 0.5, 48_000);
    let [correlation, pan, loss, phase] = image(&analyze(48_000.0, &vec![0.0; tone.len()], Some(&tone)));
    assert_eq!(correlation, None);
    close("pan", pan, 1.0, 1e-9);
    close("mono loss", loss, -3.0103, 1e-4);
    close("phase loss", phase, 0.0, 1e-9);
}

/// Weighting against 1 kHz that the mix relies on, at the frequencies of kick, bass and presence.
#[test]
fn k_weighting_relative_to_1_khz() {
    for rate in RATES {
        let level = |hz: f64| {
            let heard = analyze(rate, &sine(rate, hz, amplitude(-20.0), rate as usize * 2), None);
            let settled = heard.hops[100..].iter().map(|hop| f64::from(hop.k_power)).sum::<f64>();
            10.0 * (settled / rate).log10()
        };
        let reference = level(1_000.0);
        for (hz, expected) in [(40.0, -6.3), (60.0, -3.6), (100.0, -1.8), (4_000.0, 3.3)] {
            close(&format!("{hz} Hz at {rate} Hz"), Some(level(hz) - reference), expected, 0.06);
        }
    }
}
