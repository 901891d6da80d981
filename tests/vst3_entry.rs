//! The VST3 entry before hosts that misbehave, and what it promises to those that do not.

#![allow(unsafe_code)] // A host is all pointers.

mod raw_vst3;

use std::ptr::null_mut;

use keel_core::link::{Refused, session};
use keel_core::mix::{Placement, Role};
use keel_core::units::Db;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::{kResultFalse, kResultOk};
use raw_vst3::*;

const TRIM: usize = 1;
const MONO: usize = 2;

fn noise(frames: usize) -> [Vec<f32>; 2] {
    let mut seed = 1u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed as i32 as f32 / 2_147_483_648.0
    };
    let mut channels = [vec![0.0; frames], vec![0.0; frames]];
    channels.iter_mut().flatten().for_each(|sample| *sample = next());
    channels
}

fn assert_untouched(out: &[Vec<f32>; 2], input: &[Vec<f32>; 2]) {
    let bits = |channel: &Vec<f32>| channel.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
    assert!(out.each_ref().map(bits) == input.each_ref().map(bits), "the output is not the input bit for bit");
}

#[test]
fn parameter_numbers_are_those_of_clap() {
    let expected = [773_352_680, 3_568_674, 3_357_411, 3_506_294, 1_222_328_139, 938_321_246, 110_414];
    assert_eq!(Instance::new().ids(), expected);
}

#[test]
fn untouched_audio() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    let input = noise(5_000);
    assert_untouched(&instance.process(&input[0], &input[1], REALTIME), &input);
    instance.stop();
}

#[test]
fn the_first_render_is_free_of_the_mono_check() {
    let instance = Instance::new();
    let mono = instance.ids()[MONO];
    instance.set_param(mono, 1.0);
    instance.set_up(OFFLINE);
    instance.start();
    let input = noise(5_000);
    assert_untouched(&instance.process(&input[0], &input[1], OFFLINE), &input);
    // A host that said it with the set-up only.
    assert_untouched(&instance.process(&input[0], &input[1], REALTIME), &input);
    instance.stop();

    instance.set_up(REALTIME);
    instance.start();
    instance.pacing.play(true);
    let silence = vec![0.0; (SETTLED_S * RATE) as usize];
    instance.process(&silence, &silence, REALTIME);
    let out = instance.process(&input[0], &input[1], REALTIME);
    instance.pacing.play(false);
    assert_eq!(out[0][2_000..], out[1][2_000..], "played, it is there");
    // A host that says it only with the block.
    assert_untouched(&instance.process(&input[0], &input[1], OFFLINE), &input);
    instance.stop();
}

#[test]
fn broken_blocks_do_not_crash_and_the_next_good_one_is_whole() {
    let instance = Instance::new();
    let [mut left, mut right] = noise(FRAMES);
    let mut out = [[9.0f32; FRAMES]; 3];
    let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let run = |inputs: &mut [*mut f32], outputs: &mut [*mut f32], frames: usize| {
        let (mut input, mut output) = (bus(inputs), bus(outputs));
        assert_eq!(instance.process_raw(&mut data(&mut input, &mut output, frames)), kResultOk);
    };
    run(&mut inputs, &mut outputs[..2], FRAMES); // neither set up nor active
    instance.set_up(REALTIME);
    instance.start();
    run(&mut [], &mut outputs[..2], FRAMES);
    run(&mut inputs, &mut [], FRAMES);
    run(&mut inputs[..1], &mut outputs[..1], FRAMES);
    run(&mut inputs[..1], &mut outputs[..2], FRAMES);
    run(&mut inputs, &mut outputs, FRAMES);
    run(&mut inputs, &mut outputs[..2], 0);
    run(&mut [inputs[0], null_mut()], &mut outputs[..2], FRAMES);
    run(&mut inputs, &mut [outputs[0], null_mut()], FRAMES);
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs[..2]));
    let (mut nothing, mut nowhere) = (bus(&mut []), bus(&mut []));
    (nothing.numChannels, nowhere.numChannels) = (2, 2);
    (nothing.__field0.channelBuffers32, nowhere.__field0.channelBuffers32) = (null_mut(), null_mut());
    instance.process_raw(&mut data(&mut nothing, &mut nowhere, FRAMES));
    let good = data(&mut input, &mut output, FRAMES);
    instance.process_raw(&mut ProcessData { inputs: null_mut(), outputs: null_mut(), ..good });
    instance.process_raw(&mut ProcessData { numInputs: 0, ..good });
    instance.process_raw(&mut ProcessData { numOutputs: 0, ..good });
    instance.process_raw(&mut ProcessData { numSamples: -1, ..good });
    // SAFETY: null data is one of the faults.
    assert_ne!(unsafe { instance.processor.process(null_mut()) }, kResultOk);

    let input = [left.clone(), right.clone()];
    assert_untouched(&instance.process(&input[0], &input[1], REALTIME), &input);
    instance.stop();
}

#[test]
fn mono_layout_and_none_else() {
    let instance = Instance::new();
    let (mut mono, mut surround) = (SpeakerArr::kMono, SpeakerArr::k51);
    // SAFETY: the instance is alive.
    unsafe {
        let out_of_nothing = instance.processor.setBusArrangements(null_mut(), 0, &raw mut mono, 1);
        assert_eq!(out_of_nothing, kResultFalse);
        assert_eq!(instance.processor.setBusArrangements(&raw mut surround, 1, &raw mut surround, 1), kResultFalse);
        assert_eq!(instance.processor.setBusArrangements(&raw mut mono, 1, &raw mut mono, 1), kResultOk);
    }
    instance.set_up(REALTIME);
    instance.start();
    let [mut samples, _] = noise(FRAMES);
    let mut out = [9.0f32; FRAMES];
    let (mut inputs, mut outputs) = ([samples.as_mut_ptr()], [out.as_mut_ptr()]);
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
    assert_eq!(instance.process_raw(&mut data(&mut input, &mut output, FRAMES)), kResultOk);
    assert_eq!(out[..], samples[..]);
    instance.stop();
}

#[test]
fn active_before_it_is_set_up() {
    let instance = Instance::new();
    instance.start();
    instance.set_up(OFFLINE);
    let input = noise(1_000);
    assert_untouched(&instance.process(&input[0], &input[1], OFFLINE), &input);
    instance.stop();
}

#[test]
fn automation_moves_the_trim() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    let trim = instance.ids()[TRIM];
    automate(&instance, &[(trim, 0.75)]);
    assert_eq!(instance.param(trim), 0.75);
    let ones = vec![1.0; 4_800];
    let [out, _] = instance.process(&ones, &ones, REALTIME);
    let db = 20.0 * out[4_000].log10();
    assert!((db - 12.0).abs() < 1e-3, "trim +12 dB gave {db}");
    instance.stop();
}

/// A block with these changes coming in; returns those that come out.
fn automate(instance: &Instance, changes: &[(ParamID, f64)]) -> Vec<(ParamID, f64)> {
    process_with(instance, changes, null_mut())
}

fn process_with(instance: &Instance, changes: &[(ParamID, f64)], context: *mut ProcessContext) -> Vec<(ParamID, f64)> {
    let [mut left, mut right] = [[0.5f32; FRAMES], [-0.25; FRAMES]];
    let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
    let mut outputs = inputs;
    let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
    let (into, out) = (Changes::new(changes), Changes::new(&[]));
    let mut data = data(&mut input, &mut output, FRAMES);
    data.inputParameterChanges = into.as_com_ref::<IParameterChanges>().expect("changes").as_ptr();
    data.outputParameterChanges = out.as_com_ref::<IParameterChanges>().expect("changes").as_ptr();
    data.processContext = context;
    assert_eq!(instance.process_raw(&mut data), kResultOk);
    out.values()
}

#[test]
fn recording_switches_mono_check_off_and_tells_the_host() {
    let instance = Instance::new();
    instance.set_up(REALTIME);
    instance.start();
    let mono = instance.ids()[MONO];
    // SAFETY: all fields are numbers.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    #[allow(clippy::unnecessary_cast)] // Signed on Windows.
    let flags = (ProcessContext_::StatesAndFlags_::kPlaying | ProcessContext_::StatesAndFlags_::kRecording) as u32;
    context.state = flags;
    context.sampleRate = 48_000.0;
    assert_eq!(process_with(&instance, &[(mono, 1.0)], &raw mut context), [(mono, 0.0)]);
    assert_eq!(instance.param(mono), 0.0);
    instance.stop();
}

/// The framework posts a task for each automated change to a worker that all instances share; a task that outlives its
/// instance ends the worker, and then the last instance's end aborts the process.
#[test]
fn instances_end_under_automation() {
    for _ in 0..1000 {
        let (last, instance) = (Instance::new(), Instance::new());
        instance.set_up(REALTIME);
        instance.start();
        let trim = instance.ids()[TRIM];
        // Not the thread that made it, as it is in hosts; and it ends before a worker could wake.
        let processing = std::thread::spawn(move || {
            automate(&instance, &[(trim, 0.75)]);
            drop(instance);
        });
        processing.join().expect("no panic");
        drop(last);
    }
}

#[test]
fn state_comes_back_without_the_mono_check() {
    let instance = Instance::new();
    let ids = instance.ids();
    instance.set_param(ids[TRIM], 0.625);
    instance.set_param(ids[MONO], 1.0);
    let state = instance.state();
    let other = Instance::new();
    other.set_param(ids[MONO], 1.0);
    assert_eq!(other.set_state(&state), kResultOk);
    assert_eq!((other.param(ids[TRIM]), other.param(ids[MONO])), (0.625, 0.0));
    assert_eq!(other.set_state(b"{\"params\":{\"trim\""), kResultFalse);
    assert_eq!(other.param(ids[TRIM]), 0.625, "nothing is lost");
}

/// Edits come from a track's own window in VST3; the framework's way there is not for other instances.
#[test]
fn another_instance_is_refused_the_trim_with_a_word_that_helps() {
    let instance = Instance::new();
    instance.tell_channel("Refuser");
    let trim = instance.ids()[TRIM];
    let before = instance.param(trim);
    let seen = || {
        session()
            .view(|tracks, _| tracks.iter().find(|track| track.name == "Refuser").map(|track| (track.id, track.gain)))
    };
    let (track, gain) = seen().expect("the track");
    let refused = session().set_trim(track, Db(-6.0)).expect_err("its host would not learn of it");
    assert_eq!(refused, Refused::Host);
    assert!(refused.to_string().contains("own window"), "{refused}");
    assert_eq!((instance.param(trim), seen()), (before, Some((track, gain))), "nothing was set");
    assert_eq!(session().set_trim(track, Db(90.0)), Err(Refused::Range));
}

#[test]
fn the_host_names_the_track_and_its_place() {
    let instance = Instance::new();
    instance.tell_channel("Snare Top ä");
    instance.tell_channel("  ");
    session().view(|tracks, _| {
        let track = tracks.iter().find(|track| track.name == "Snare Top ä").expect("the name that was set last");
        assert_eq!((track.role, track.role_from.is_guess(), track.placement), (Role::Snare, true, Placement::Post));
    });
}
