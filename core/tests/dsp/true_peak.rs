//! True peak beside the standard's cases: how far it may be off at any frequency (BS.1770-5, Annex 2).

use std::f64::consts::PI;

use crate::cases::true_peak::{faded, read};
use crate::common::analyze;

/// BS.1770-5, Annex 2, Attachment 1: four times the rate can miss a peak by up to 20 log10 cos(pi f / 4 fs).
#[test]
fn tones_up_to_20_khz_read_no_lower_than_4x_must_and_at_most_0_05_db_high() {
    for hz in (1..=80).map(|k| 250.0 * f64::from(k)) {
        let grid = 20.0 * (PI * hz / (4.0 * 48_000.0)).cos().log10();
        for degrees in [0.0, 30.0, 45.0, 75.0] {
            let read = read(48_000.0, &faded(hz / 48_000.0, degrees, 1.0), 0.0).read.unwrap();
            let expected = grid - 0.05..=0.05;
            assert!(
                expected.contains(&read),
                "{hz} Hz from {degrees} degrees: read {read} dBTP, expected {expected:?}"
            );
        }
    }
}

#[test]
fn the_true_peak_is_never_under_the_sample_peak() {
    let mut signal = vec![0.0f32; 1_000];
    signal[500] = 0.8;
    let heard = analyze(48_000.0, &signal, None);
    for hop in &heard.hops {
        assert!(hop.true_peak[0] >= hop.peak[0], "{hop:?}");
    }
    assert!(heard.max_true_peak() >= 0.8);
}
