//! Peaks and power sums: that they are of their own channel, hop and cell.

use keel_core::dsp::{CellFlags, Hop, hop_start};

use crate::common::{analyze, music, sine};

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
