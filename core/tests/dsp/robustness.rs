//! Whatever comes in, the meter recovers.

use keel_core::dsp::{Analyzer, CellFlags};

use crate::common::{Heard, analyze, music, playing_at, sine};

const RATE: f64 = 48_000.0;

#[test]
fn non_finite_samples_read_as_silence_and_flag_their_hop_and_cell_alone() {
    let clean = sine(RATE, 1_000.0, 0.5, 48_000);
    let mut holed = clean.clone();
    let mut bad = clean;
    for (at, value) in [(5_000, f32::NAN), (5_001, f32::INFINITY), (5_100, f32::NEG_INFINITY), (5_020, -f32::NAN)] {
        holed[at] = 0.0;
        bad[at] = value;
    }
    let expected = analyze(RATE, &holed, Some(&holed));
    for (left, right) in [(&bad, &bad), (&bad, &holed), (&holed, &bad)] {
        let heard = analyze(RATE, left, Some(right));
        for (hop, expected) in heard.hops.iter().zip(&expected.hops) {
            assert_eq!(hop.flags.has(CellFlags::NON_FINITE), hop.index == 10, "hop {}", hop.index);
            assert_eq!((hop.power, hop.true_peak), (expected.power, expected.true_peak));
            assert_eq!((hop.k_power, hop.cross), (expected.k_power, expected.cross));
        }
        for cell in &heard.cells {
            assert_eq!(cell.flags.has(CellFlags::NON_FINITE), cell.index == 1, "cell {}", cell.index);
        }
    }
}

/// A second of something terrible, a second of silence, then music: which must read as if nothing had been.
fn recovers_from(what: &str, terrible: impl Fn(usize) -> f32) {
    let [left, right] = music(RATE, 1.0, 9);
    let mut signal: Vec<f32> = (0..48_000).map(terrible).collect();
    signal.resize(96_000, 0.0);
    let mut quiet = vec![0.0; 96_000];
    let mut heard = Vec::new();
    for start in [&mut signal, &mut quiet] {
        let [mut l, mut r] = [start.clone(), start.clone()];
        l.extend(&left);
        r.extend(&right);
        heard.push(analyze(RATE, &l, Some(&r)));
    }
    let [after, expected] = [&heard[0], &heard[1]];
    for hop in &after.hops {
        let values = [hop.power[0], hop.power[1], hop.cross, hop.k_power, hop.true_peak[0], hop.true_peak[1]];
        assert!(values.iter().all(|value| value.is_finite()), "{what}: {hop:?}");
    }
    assert!(after.cells.iter().all(|cell| cell.k_power.is_finite() && cell.power[0].is_finite()), "{what}");
    for (hop, expected) in after.hops[200..].iter().zip(&expected.hops[200..]) {
        assert_eq!((hop.power, hop.peak, hop.true_peak), (expected.power, expected.peak, expected.true_peak));
        let ratio = f64::from(hop.k_power) / f64::from(expected.k_power);
        assert!((10.0 * ratio.log10()).abs() < 0.01, "{what}: hop {} is {ratio} of what it should be", hop.index);
    }
}

#[test]
fn music_reads_true_again_after_anything() {
    recovers_from("NaN", |_| f32::NAN);
    recovers_from("infinity", |k| if k % 2 == 0 { f32::INFINITY } else { f32::NEG_INFINITY });
    recovers_from("a DC of 1e30", |_| 1e30);
    recovers_from("the largest float, alternating", |k| if k % 2 == 0 { f32::MAX } else { f32::MIN });
    recovers_from("a slow square of 1e30", |k| if k / 600 % 2 == 0 { 1e30 } else { -1e30 });
    recovers_from("denormals", |k| f32::from_bits(1 + k as u32 % 1_000));
    recovers_from("DC at full scale", |_| 1.0);
}

#[test]
fn finite_samples_however_large_are_not_called_non_finite() {
    let heard = analyze(RATE, &vec![1e30; 4_800], None);
    assert!(heard.hops.iter().all(|hop| !hop.flags.has(CellFlags::NON_FINITE)));
    assert!(heard.hops.iter().all(|hop| hop.peak[0] >= 1e15));
}

#[test]
fn silence_after_sound_comes_to_exactly_nothing() {
    for rate in [44_100.0, 192_000.0] {
        let mut signal = sine(rate, 60.0, 1.0, rate as usize / 2);
        signal.resize(rate as usize * 4, 0.0);
        let heard = analyze(rate, &signal, Some(&signal));
        let last = heard.hops.last().unwrap();
        assert_eq!((last.k_power, last.true_peak, last.power), (0.0, [0.0; 2], [0.0; 2]), "at {rate} Hz");
        let denormal = |value: f32| value != 0.0 && !value.is_normal();
        assert!(!heard.hops.iter().any(|hop| denormal(hop.k_power)), "a denormal sum at {rate} Hz");
    }
}

#[test]
fn a_missing_right_channel_reads_as_silence_and_an_extra_one_is_left_unread() {
    let tone = sine(RATE, 1_000.0, 0.5, 4_800);
    let silence = vec![0.0; tone.len()];
    let run = |channels: usize, right: Option<&[f32]>| {
        let mut heard = Heard::default();
        Analyzer::new(RATE, channels).process(&tone, right, &playing_at(0), &mut heard);
        heard.bits()
    };
    assert!(run(2, None) == run(2, Some(&silence)));
    let change = |right: Option<&[f32]>| {
        let mut heard = Heard::default();
        let mut analyzer = Analyzer::new(RATE, 2);
        analyzer.process(&tone, Some(&tone), &playing_at(0), &mut heard);
        analyzer.process(&tone, right, &playing_at(4_800), &mut heard);
        heard.bits()
    };
    assert!(change(None) == change(Some(&silence)), "nothing of the block before is left");
    assert!(run(1, Some(&tone)) == run(1, None));
}

#[test]
fn of_channels_that_differ_in_length_the_shorter_counts() {
    let tone = sine(RATE, 1_000.0, 0.5, 4_800);
    let mut heard = Heard::default();
    Analyzer::new(RATE, 2).process(&tone, Some(&tone[..960]), &playing_at(0), &mut heard);
    assert_eq!(heard.hops.len(), 2);
}
