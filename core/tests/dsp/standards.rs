//! Every case of the registry at every rate, as a test of its name.

use crate::cases::{CHAPTERS, Case, Quantity, RATES, Reading};

fn all() -> impl Iterator<Item = (&'static str, &'static Case)> {
    CHAPTERS.iter().flat_map(|chapter| chapter.cases.iter().map(|case| (chapter.title, case)))
}

fn check(test: &str) {
    let (title, case) = all().find(|(_, case)| case.test == test).expect("a case of this name");
    for rate in RATES {
        let readings = (case.read)(rate);
        assert!(!readings.is_empty(), "{test} reads nothing at {rate} Hz");
        for reading in readings {
            let Reading { quantity, what, expected, read, margin } = reading;
            assert!(
                reading.passes(),
                "{title}, {} ({}) at {rate} Hz: {what} read {read:?} {}, expected {expected:?} within {margin:?}",
                case.label,
                case.signal,
                quantity.unit()
            );
        }
    }
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        const TESTS: &[&str] = &[$(stringify!($name)),*];
    };
}

tests! {
    tech_3341_case_1_steady_tone
    tech_3341_case_2_steady_tone
    tech_3341_case_3_relative_gate
    tech_3341_case_4_absolute_and_relative_gate
    tech_3341_case_5_levels_within_the_gate
    tech_3341_case_9_short_term_holds_through_its_own_period
    tech_3341_case_10_short_term_of_3_s_in_files
    tech_3341_case_11_short_term_of_3_s_live
    tech_3341_case_12_momentary_holds_through_its_own_period
    tech_3341_case_13_momentary_of_400_ms_in_files
    tech_3341_case_14_momentary_of_400_ms_live
    tech_3341_case_15_true_peak
    tech_3341_case_16_true_peak
    tech_3341_case_17_true_peak
    tech_3341_case_18_true_peak
    tech_3341_case_19_true_peak
    tech_3341_case_20_true_peak
    tech_3341_case_21_true_peak
    tech_3341_case_22_true_peak
    tech_3341_case_23_true_peak
    tech_3342_case_1_loudness_range
    tech_3342_case_2_loudness_range
    tech_3342_case_3_loudness_range
    tech_3342_case_4_loudness_range
    bs_1770_full_scale_997_hz
    bs_1770_channels_add_in_power
    bs_1770_response_is_that_of_the_table
    bs_1770_absolute_gate_at_minus_70_lufs
    bs_1770_relative_gate_10_lu_under
    bs_1770_relative_gate_lies_under_what_passed_the_absolute_one
    bs_1770_blocks_overlap_by_75_percent
    bs_1770_an_incomplete_block_is_not_used
    aes17_a_full_scale_sine_reads_0_dbfs
    aes17_a_full_scale_square_reads_3_01_dbfs
    aes17_levels_follow_the_amplitude
    image_of_identical_channels
    image_of_antiphase
    image_of_quadrature
    image_of_60_degrees
    image_of_unrelated_noise
    image_of_hard_left
    image_of_hard_right
    pan_law_sin_cos
    pan_law_minus_4_5_db
    pan_law_linear
    image_of_silence
    hits_of_a_short_kick_from_4_a_second_to_one_in_8_s
    hits_of_a_long_kick_from_4_a_second_to_one_in_8_s
    hits_6_db_louder_read_6_db_more
    hits_may_start_anywhere_in_a_sub_block
    hits_under_noise_at_minus_60_dbfs
    hits_with_ghosts_24_db_down
}

#[test]
fn every_case_of_the_registry_has_its_test() {
    assert_eq!(all().map(|(_, case)| case.test).collect::<Vec<_>>(), TESTS);
}

/// A reading that is missing, that should not be there, or that lies just outside its margin fails.
#[test]
fn a_reading_outside_its_margin_fails() {
    let reading = |expected, read| Reading::new(Quantity::TruePeak, "true peak", expected, read);
    assert!(reading(Some(-6.0), Some(-5.901)).passes() && reading(Some(-6.0), Some(-6.299)).passes());
    assert!(!reading(Some(-6.0), Some(-5.899)).passes() && !reading(Some(-6.0), Some(-6.301)).passes());
    assert!(!reading(Some(-6.0), None).passes() && !reading(None, Some(-6.0)).passes());
    assert!(!reading(Some(-6.0), Some(f64::NAN)).passes());
    assert!(reading(None, None).passes());
}
