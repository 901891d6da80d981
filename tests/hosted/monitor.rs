//! The mono check: for the ear, and never in what is rendered.

use keel_session::host::{Processor, Transport};

use super::common::*;

fn two_sines() -> [Vec<f32>; 2] {
    [sine(50.0, -6.0, 1.0), sine(75.0, -6.0, 1.0)]
}

/// Plays silence until a check would sound; where the song goes on from there.
fn settled(processor: &mut Processor, block: usize) -> Transport {
    let start = Transport::new(48_000.0, Some(120.0));
    let silence = vec![0.0; (SETTLED_S * f64::from(RATE)) as usize];
    play_from(processor, &[silence.clone(), silence.clone()], &[block], start);
    start.at(silence.len() as u64)
}

#[test]
fn both_sides_are_equal_and_nothing_clicks() {
    let _turn = alone();
    let mut instance = instance("Guitars", 2);
    let mut processor = instance.activate(48_000.0, 64).expect("active");
    let [left, right] = two_sines();
    let half = |side: &[f32], second: bool| if second { side[24_000..].to_vec() } else { side[..24_000].to_vec() };
    let start = settled(&mut processor, 64);

    instance.set_param("mono", 1.0).expect("mono");
    let on = play_from(&mut processor, &[half(&left, false), half(&right, false)], &[64], start);
    instance.set_param("mono", 0.0).expect("mono");
    let after = start.at(start.position + 24_000);
    let off = play_from(&mut processor, &[half(&left, true), half(&right, true)], &[64], after);

    assert_eq!(on[0][4_800..], on[1][4_800..], "left and right differ 100 ms after the check was switched on");
    let middle = |n: usize| (left[n] + right[n]) * 0.5;
    assert!((4_800..24_000).all(|n| (on[0][n] - middle(n)).abs() < 1e-6), "(L + R) / 2");
    assert!(off[0][4_800..] == left[28_800..] && off[1][4_800..] == right[28_800..], "untouched 100 ms after");

    // The sines' steepest slope, and a fade of 5 ms or more over what they differ by at most.
    let allowed = 0.5012 * std::f32::consts::TAU * 75.0 / 48_000.0 + 1.0 / 240.0;
    for side in 0..2 {
        let whole: Vec<f32> = on[side].iter().chain(&off[side]).copied().collect();
        let jump = whole.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0f32, f32::max);
        assert!(jump <= allowed, "a jump of {jump}, the signal and a fade allow {allowed}");
    }
    instance.deactivate(processor);
}

#[test]
fn an_announced_render_is_untouched_from_its_first_block() {
    let _turn = alone();
    let mut instance = instance("Guitars", 2);
    instance.set_param("mono", 1.0).expect("mono");
    instance.set_offline(true).expect("render mode");
    let mut processor = instance.activate(48_000.0, 512).expect("active");
    let input = two_sines();
    let output = run(&mut processor, &input, &[512]);
    assert!(bits(&output) == bits(&input), "the check is in the first render");
    instance.deactivate(processor);

    instance.set_offline(false).expect("render mode");
    let mut processor = instance.activate(48_000.0, 512).expect("active");
    let start = settled(&mut processor, 512);
    let output = play_from(&mut processor, &input, &[512], start);
    assert_eq!(output[0][24_000..], output[1][24_000..], "back in real time the check sounds again");
    instance.deactivate(processor);
}

#[test]
fn a_render_announced_while_active_is_untouched_too() {
    let _turn = alone();
    let mut instance = instance("Guitars", 2);
    instance.set_param("mono", 1.0).expect("mono");
    let mut processor = instance.activate(48_000.0, 512).expect("active");
    let input = two_sines();
    let start = settled(&mut processor, 512);
    let output = play_from(&mut processor, &input, &[512], start);
    assert_eq!(output[0][24_000..], output[1][24_000..], "the check sounds");
    instance.set_offline(true).expect("render mode");
    let output = run(&mut processor, &input, &[512]);
    assert!(bits(&output) == bits(&input), "the check is in a render announced while the plugin was active");
    instance.deactivate(processor);
}

#[test]
fn a_recording_transport_forces_the_check_off() {
    let _turn = alone();
    let mut instance = instance("Guitars", 2);
    instance.set_param("mono", 1.0).expect("mono");
    let mut processor = instance.activate(48_000.0, 512).expect("active");
    let input = two_sines();
    let recording = Transport { recording: true, ..Transport::new(48_000.0, Some(120.0)) };
    let output = run_from(&mut processor, &input, &[512], recording);
    assert!(output[0][24_000..] == input[0][24_000..] && output[1][24_000..] == input[1][24_000..]);
    instance.deactivate(processor);
}

#[test]
fn the_check_is_never_saved() {
    let _turn = alone();
    let mut first = instance("Guitars", 2);
    first.set_param("mono", 1.0).expect("mono");
    first.set_param_text("trim", "2").expect("trim");
    let state = first.save().expect("saved");
    let mut second = instance("Guitars 2", 2);
    second.load(&state).expect("loaded");
    assert_eq!(second.param("mono").expect("mono"), 0.0);
    assert_eq!(second.param_text("trim").expect("trim"), first.param_text("trim").expect("trim"));
}
