//! What must hold of any signal: the meters know neither its gain, nor its place in the song, nor left from right.

use keel_core::dsp::{CellFlags, Hop, Loudness};

use crate::common::{Heard, Rng, analyze, analyze_from, music};

const RATES: [f64; 7] = [8_000.0, 11_025.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0, 768_000.0];

/// Two seconds of music, less where the rate is high.
fn signal(rate: f64, seed: u64) -> [Vec<f32>; 2] {
    music(rate, if rate > 100_000.0 { 0.5 } else { 2.0 }, seed)
}

fn stereo(rate: f64, [left, right]: &[Vec<f32>; 2]) -> Heard {
    analyze(rate, left, Some(right))
}

fn each(signal: &[Vec<f32>; 2], change: impl Fn(f32) -> f32) -> [Vec<f32>; 2] {
    signal.each_ref().map(|channel| channel.iter().map(|&sample| change(sample)).collect())
}

/// Silence before a signal.
fn after(frames: usize, signal: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    signal.each_ref().map(|channel| [&vec![0.0; frames], &channel[..]].concat())
}

/// What a hop measured, but its place.
fn measured(hop: &Hop) -> Hop {
    Hop { index: 0, bar: 0.0, tempo: 0.0, loop_s: [0.0; 2], ..*hop }
}

fn assert_same(what: &str, read: impl IntoIterator<Item = Hop>, expected: impl IntoIterator<Item = Hop>) {
    let (read, expected): (Vec<Hop>, Vec<Hop>) = (read.into_iter().collect(), expected.into_iter().collect());
    assert_eq!(read.len(), expected.len(), "{what}");
    for (place, (read, expected)) in read.iter().zip(&expected).enumerate() {
        assert_eq!(read, expected, "{what}, hop {place}");
    }
}

fn scaled(hop: &Hop, amplitude: f32) -> Hop {
    let power = amplitude * amplitude;
    Hop {
        peak: hop.peak.map(|peak| amplitude * peak),
        true_peak: hop.true_peak.map(|peak| amplitude * peak),
        power: hop.power.map(|sum| power * sum),
        cross: power * hop.cross,
        k_power: power * hop.k_power,
        ..measured(hop)
    }
}

#[test]
fn a_gain_of_a_power_of_two_scales_every_bit() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let signal = signal(rate, seed as u64);
        let expected = stereo(rate, &signal);
        for exponent in [-20, -3, -1, 1, 6] {
            let gain = 2f32.powi(exponent);
            let read = stereo(rate, &each(&signal, |sample| gain * sample));
            let what = format!("2^{exponent} at {rate} Hz");
            assert_same(&what, read.hops.iter().map(measured), expected.hops.iter().map(|hop| scaled(hop, gain)));
        }
    }
}

#[test]
fn any_other_gain_scales_within_the_rounding_of_f32() {
    let mut rng = Rng::new(1);
    for rate in [44_100.0, 192_000.0] {
        let signal = signal(rate, 1);
        let expected = stereo(rate, &signal);
        for _ in 0..4 {
            let gain = 10f32.powf(2.0 * rng.noise() - 1.0);
            let read = stereo(rate, &each(&signal, |sample| gain * sample));
            for (read, expected) in read.hops.iter().zip(&expected.hops) {
                let expected = scaled(expected, gain);
                let pairs = [
                    (read.power[0], expected.power[0]),
                    (read.power[1], expected.power[1]),
                    (read.k_power, expected.k_power),
                    (read.true_peak[0], expected.true_peak[0]),
                ];
                for (read, expected) in pairs {
                    let off = (read / expected - 1.0).abs();
                    assert!(off < 2e-6, "{read}, expected {expected}, at {gain} and {rate} Hz");
                }
                assert_eq!(read.onsets, expected.onsets);
            }
        }
    }
}

#[test]
fn where_in_the_song_a_sound_lies_changes_no_bit() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let signal = signal(rate, seed as u64);
        let expected = stereo(rate, &signal);
        for seconds in [-1, 1, 3_600] {
            let read = analyze_from(seconds * rate as i64, rate, &signal[0], Some(&signal[1]));
            let what = format!("{seconds} s into the song at {rate} Hz");
            assert_same(&what, read.hops.iter().map(measured), expected.hops.iter().map(measured));
            let first = read.hops[0].index;
            assert_eq!(first, 100 * seconds, "{what}");
            assert_eq!(read.cells.len(), expected.cells.len(), "{what}");
        }
    }
}

#[test]
fn silence_of_whole_hops_before_a_sound_changes_no_bit() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let signal = signal(rate, seed as u64);
        let expected = stereo(rate, &signal);
        // At 11,025 Hz hops of 110 and 111 frames alternate: four of them make 441.
        for hops in [4, 20, 100] {
            let read = stereo(rate, &after(rate as usize * hops / 100, &signal));
            let what = format!("{hops} hops of silence at {rate} Hz");
            assert_same(&what, read.hops[hops..].iter().map(measured), expected.hops.iter().map(measured));
        }
    }
}

/// Levels of the whole signal: largest sample, true peak in dB, loudest 400 ms, integrated loudness.
fn levels(rate: f64, signal: &[Vec<f32>; 2]) -> (f32, [f64; 3]) {
    let heard = stereo(rate, signal);
    let mut meter = Loudness::new();
    heard.hops.iter().for_each(|hop| meter.push(hop));
    let true_peak = 20.0 * f64::from(heard.max_true_peak()).log10();
    (heard.max_peak(), [true_peak, meter.max_momentary().unwrap().0, meter.integrated().unwrap().0])
}

/// The windows' grid moves against the sound by up to 5 ms, the gating blocks' by up to 50.
#[test]
fn silence_of_any_length_before_a_sound_hardly_changes_its_levels() {
    let mut rng = Rng::new(5);
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        let signal = music(rate, 8.0, 3);
        let (peak, expected) = levels(rate, &signal);
        for _ in 0..3 {
            let frames = 1 + rng.below(rate as usize);
            let (shifted, read) = levels(rate, &after(frames, &signal));
            assert_eq!(shifted, peak, "{frames} frames at {rate} Hz");
            for (k, within) in [1e-5, 0.05, 0.15].into_iter().enumerate() {
                let off = read[k] - expected[k];
                assert!(off.abs() < within, "level {k} is {off} dB off, {frames} frames at {rate} Hz");
            }
        }
    }
}

#[test]
fn swapped_channels_swap_what_is_theirs_and_change_nothing_else() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let [left, right] = signal(rate, seed as u64);
        let swapped = analyze(rate, &right, Some(&left)).hops.into_iter().map(|hop| Hop {
            peak: [hop.peak[1], hop.peak[0]],
            true_peak: [hop.true_peak[1], hop.true_peak[0]],
            power: [hop.power[1], hop.power[0]],
            ..measured(&hop)
        });
        let expected = analyze(rate, &left, Some(&right));
        assert_same(&format!("swapped at {rate} Hz"), swapped, expected.hops.iter().map(measured));
    }
}

#[test]
fn polarity_changes_the_sign_of_the_cross_product_alone() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let [left, right] = signal(rate, seed as u64);
        let inverted: Vec<f32> = right.iter().map(|sample| -sample).collect();
        let expected = analyze(rate, &left, Some(&right));
        let read = analyze(rate, &left, Some(&inverted)).hops.into_iter();
        let read = read.map(|hop| Hop { cross: -hop.cross, ..measured(&hop) });
        assert_same(&format!("inverted at {rate} Hz"), read, expected.hops.iter().map(measured));
    }
}

#[test]
fn non_finite_samples_read_as_silence_at_any_rate_and_place() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        let mut rng = Rng::new(seed as u64);
        let mut holed = signal(rate, seed as u64);
        let mut bad = holed.clone();
        let mut said = Vec::new();
        for _ in 0..20 {
            let (channel, at) = (rng.below(2), rng.below(holed[0].len()));
            holed[channel][at] = 0.0;
            bad[channel][at] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][rng.below(3)];
            said.push(keel_core::dsp::hop_at(at as i64, rate));
        }
        let (read, expected) = (stereo(rate, &bad), stereo(rate, &holed));
        for hop in &read.hops {
            let is_told = hop.flags.has(CellFlags::NON_FINITE);
            assert_eq!(is_told, said.contains(&hop.index), "hop {} at {rate} Hz", hop.index);
        }
        let untold = |hop: &Hop| Hop { flags: hop.flags.with(CellFlags::NON_FINITE, false), ..measured(hop) };
        assert_same(&format!("holes at {rate} Hz"), read.hops.iter().map(untold), expected.hops.iter().map(measured));
    }
}
