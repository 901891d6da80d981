//! Keel leaves the audio alone, whatever comes in.

use keel_session::host::Transport;

use super::common::*;

/// Everything a sample can be.
fn awkward(frames: usize, seed: u32) -> Vec<f32> {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-42, -1e-45, -0.0, 0.0, 3.5, -8.0, 1e-20, f32::MAX];
    let mut samples = noise(frames, seed);
    for (k, sample) in samples.iter_mut().enumerate().filter(|(k, _)| k % 13 == 5) {
        *sample = odd[k % odd.len()];
    }
    samples
}

fn untouched(channels: u32, blocks: &[usize], sample_rate: f64) {
    let largest = blocks.iter().copied().max().expect("a size");
    let input: Vec<Vec<f32>> = (0..channels).map(|channel| awkward((3 * largest).max(20_000), channel + 1)).collect();
    let mut instance = instance("Bass", channels);
    let mut processor = instance.activate(sample_rate, largest).expect("active");
    let output = run_from(&mut processor, &input, blocks, Transport::new(sample_rate, Some(97.0)));
    assert!(bits(&output) == bits(&input), "{channels} channels in blocks of {blocks:?} at {sample_rate} Hz changed");
    instance.deactivate(processor);
}

#[test]
fn mono_and_stereo_pass_bit_for_bit_at_any_block_size() {
    let _turn = alone();
    for channels in [1, 2] {
        for block in [1, 7, 64, 512, 8192] {
            untouched(channels, &[block], 48_000.0);
        }
    }
}

#[test]
fn odd_mixes_of_block_sizes_pass_bit_for_bit() {
    let _turn = alone();
    for channels in [1, 2] {
        untouched(channels, &[1, 480, 3, 1_023, 16, 17, 2_048, 5], 44_100.0);
        untouched(channels, &[441, 442, 440], 44_100.0);
    }
}

#[test]
fn every_sample_rate_passes_bit_for_bit() {
    let _turn = alone();
    for rate in [8_000.0, 22_050.0, 44_100.0, 96_000.0, 192_000.0, 768_000.0] {
        untouched(2, &[256], rate);
    }
}

#[test]
fn audio_passes_without_a_transport_and_with_one_that_jumps() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    let mut processor = instance.activate(48_000.0, 256).expect("active");
    let input = [awkward(256, 1), awkward(256, 2)];
    let places = [None, Some(0), Some(900_000), Some(12), None, Some(0)];
    for place in places {
        let transport = place.map(|place| Transport::new(48_000.0, Some(120.0)).at(place));
        let mut output = [vec![9.0; 256], vec![9.0; 256]];
        let [left, right] = &mut output;
        processor.process(&[&input[0], &input[1]], &mut [left, right], transport.as_ref()).expect("processed");
        assert!(bits(&output) == bits(&input), "changed at {place:?}");
    }
    processor.reset();
    instance.deactivate(processor);
}

#[test]
fn bypassed_with_a_trim_the_audio_passes_bit_for_bit() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    instance.set_param_text("trim", "6").expect("trim");
    instance.set_param("bypass", 1.0).expect("bypass");
    let mut processor = instance.activate(48_000.0, 512).expect("active");
    let input = [noise(24_000, 1), noise(24_000, 2)];
    let output = run(&mut processor, &input, &[512]);
    assert!(bits(&output) == bits(&input), "bypass changed the audio");
    instance.deactivate(processor);
}

#[test]
fn bypass_and_trim_come_and_go_without_a_click() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    instance.set_param_text("trim", "6").expect("trim");
    let mut processor = instance.activate(48_000.0, 64).expect("active");
    let input = [vec![0.25; 9_600], vec![-0.25; 9_600]];
    let mut whole = Vec::new();
    for (param, text) in [("bypass", "On"), ("bypass", "Off"), ("trim", "0"), ("trim", "-24"), ("trim", "0")] {
        instance.set_param_text(param, text).unwrap_or_else(|error| panic!("{param}: {error}"));
        let output = run(&mut processor, &input, &[64]);
        let is_untouched = output[0][4_800..] == input[0][4_800..] && output[1][4_800..] == input[1][4_800..];
        assert_eq!(is_untouched, text == "On" || text == "0", "{param} {text}");
        whole.extend_from_slice(&output[0]);
    }
    let jump = whole.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0f32, f32::max);
    // From +6 dB to 0 and back, over 5 ms or more.
    assert!(jump <= 0.25 / 240.0, "a jump of {jump}");
    instance.deactivate(processor);
}

#[test]
fn a_trim_changes_the_level_by_just_that() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    instance.set_param_text("trim", "-6").expect("trim");
    let mut processor = instance.activate(48_000.0, 512).expect("active");
    let input = [sine(100.0, -6.0, 1.0), sine(150.0, -6.0, 1.0)];
    let output = run(&mut processor, &input, &[512]);
    let wanted = 10f32.powf(-6.0 / 20.0);
    for (input, output) in input.iter().zip(&output) {
        let settled = 24_000..48_000;
        let worst = settled.map(|n| (output[n] - input[n] * wanted).abs()).fold(0.0f32, f32::max);
        assert!(worst < 1e-6, "off by {worst}");
    }
    instance.deactivate(processor);
}

/// What is not a number is silence to the meters: they read as if it had been zeros.
#[test]
fn bad_samples_do_not_stick_in_any_meter() {
    let _turn = alone();
    let bad = |value: f32| {
        let mut samples = sine(200.0, -20.0, 12.0);
        samples[24_000..72_000].fill(value);
        samples
    };
    let clean = bad(0.0);
    for (what, value) in [("NaN", f32::NAN), ("Inf", f32::INFINITY), ("-Inf", f32::NEG_INFINITY), ("1e-42", 1e-42)] {
        let stems = vec![stem("Bad", vec![bad(value); 2]), stem("Clean", vec![clean.clone(); 2])];
        let mut player = session(with_kick(stems));
        play(&mut player, 12.0);
        let report = report(&mut player, Some("song"));
        let (bad, clean) = (track(&report, "Bad"), track(&report, "Clean"));
        let meters = ["sample_peak_dbfs", "true_peak_dbtp", "rms_dbfs", "integrated_lufs", "max_short_term_lufs"];
        for meter in meters {
            near(&format!("{what}: {meter}"), number(bad, meter), number(clean, meter), 0.01);
        }
        near(&format!("{what}: sample peak"), number(bad, "sample_peak_dbfs"), -20.0, 0.01);
        assert_eq!(bad["non_finite_input"], !value.is_finite(), "{what}: {bad}");
        assert_eq!(clean["non_finite_input"], false);
    }
}
