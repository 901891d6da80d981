//! The same audio on every instruction set that the machine has: the same measurement, within what `with_simd` promises.

use keel_core::dsp::{Analyzer, Hop, Simd};

use crate::cases::RATES;
use crate::common::{Heard, Rng, music, playing_at, sine};

/// In dB, as `Analyzer::with_simd` states them.
const SUMS: f64 = 1e-5;
const TRUE_PEAK: f64 = 1e-4;
/// What the K-weighting takes out of its input to 200 dB below it is nothing but rounding.
const REJECTED: f64 = 1e-10;
/// A sum of products may cancel out: it is held against the powers that it is made of.
const CROSS: f64 = 1e-6;

/// What an analyzer on these instructions gives out for a signal, in blocks of random length.
fn measure(simd: Simd, rate: f64, channels: usize, [left, right]: &[Vec<f32>; 2]) -> Heard {
    let mut analyzer = Analyzer::new(rate, channels).with_simd(simd);
    assert_eq!((analyzer.simd(), analyzer.channels(), analyzer.sample_rate()), (simd, channels, rate));
    let mut heard = Heard::default();
    let mut rng = Rng::new(3);
    let mut at = 0;
    while at < left.len() {
        let end = left.len().min(at + 1 + rng.below(1_000));
        let right = (channels == 2).then(|| &right[at..end]);
        analyzer.process(&left[at..end], right, &playing_at(at as i64), &mut heard);
        at = end;
    }
    analyzer.flush(&mut heard);
    heard
}

#[track_caller]
fn close(what: &str, read: f32, expected: f32, tolerance_db: f64) {
    let off = 10.0 * (f64::from(read) / f64::from(expected)).log10();
    assert!(read == expected || off.abs() <= tolerance_db, "{what}: read {read}, portable {expected}, {off} dB off");
}

fn compare(what: &str, hop: &Hop, expected: &Hop) {
    assert_eq!(hop.peak, expected.peak, "{what}");
    assert_eq!((hop.index, hop.frames, hop.onsets), (expected.index, expected.frames, expected.onsets), "{what}");
    assert_eq!((hop.flags, hop.epoch), (expected.flags, expected.epoch), "{what}");
    for c in 0..2 {
        close(what, hop.power[c], expected.power[c], SUMS);
        close(what, hop.true_peak[c].powi(2), expected.true_peak[c].powi(2), TRUE_PEAK);
    }
    let power = f64::from(expected.power[0]) + f64::from(expected.power[1]);
    let [k, expected_k] = [hop.k_power, expected.k_power].map(f64::from);
    if (k.sqrt() - expected_k.sqrt()).abs() > REJECTED * power.sqrt() {
        close(what, hop.k_power, expected.k_power, SUMS);
    }
    let largest = f64::from(expected.power[0]).max(f64::from(expected.power[1]));
    let off = f64::from(hop.cross) - f64::from(expected.cross);
    assert!(off.abs() <= CROSS * largest, "{what}: cross off by {off}");
}

fn signals(rate: f64, seed: u64) -> Vec<(&'static str, [Vec<f32>; 2])> {
    let frames = rate as usize;
    let mut rng = Rng::new(seed);
    let noise = [0, 1].map(|_| (0..frames).map(|_| rng.noise()).collect());
    let mut broken = [0, 1].map(|_| (0..frames).map(|_| f32::from_bits(rng.bits() as u32)).collect::<Vec<_>>());
    broken[1].iter_mut().skip(7).step_by(3).for_each(|sample| *sample = 0.25);
    let high = sine(rate, rate / 4.0 - 7.0, 0.9, frames);
    vec![
        ("music", music(rate, 1.0, seed)),
        ("noise", noise),
        ("any bits", broken),
        ("a high tone against its opposite", [high.clone(), high.iter().map(|x| -x).collect()]),
        ("DC beside a faint low tone", [vec![0.7; frames], sine(rate, 20.0, 1e-6, frames)]),
    ]
}

#[test]
fn every_instruction_set_measures_the_same() {
    for (seed, rate) in RATES.into_iter().enumerate() {
        for (name, signal) in signals(rate, seed as u64) {
            for channels in [1, 2] {
                let expected = measure(Simd::Portable, rate, channels, &signal);
                for simd in Simd::ALL.into_iter().filter(|simd| simd.is_available()) {
                    let heard = measure(simd, rate, channels, &signal);
                    assert_eq!(heard.hops.len(), expected.hops.len());
                    for (hop, expected) in heard.hops.iter().zip(&expected.hops) {
                        let what = format!("{name} on {simd:?}, {rate} Hz, {channels} channels, hop {}", hop.index);
                        compare(&what, hop, expected);
                    }
                }
            }
        }
    }
}

#[test]
fn a_new_analyzer_runs_on_the_best_and_falls_back_to_what_there_is() {
    assert_eq!(Analyzer::new(48_000.0, 2).simd(), Simd::best());
    assert!(Simd::best().is_available() && Simd::Portable.is_available());
    for simd in Simd::ALL {
        let chosen = Analyzer::new(48_000.0, 2).with_simd(simd).simd();
        assert!(chosen <= simd && chosen.is_available(), "{simd:?} gave {chosen:?}");
        assert_eq!(chosen == simd, simd.is_available());
    }
}
