//! CLAP hosts that get a block wrong: its length, its channels, its events, its transport.

use std::ptr::{null, null_mut};

use clap_sys::events::*;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};

use super::Case;
use super::clap::{activate, plain, playing, sound};
use super::raw_clap::*;

pub const CASES: &[Case] = &[
    ("clap: a block of more frames than announced", longer_block),
    ("clap: ports that are not there", missing_ports),
    ("clap: channels that are not there", missing_channels),
    ("clap: double precision only", double_precision),
    ("clap: outputs in each other's inputs", crossed),
    ("clap: lists without functions", deaf_lists),
    ("clap: a list without end", endless_list),
    ("clap: events that are null or of no size", torn_events),
    ("clap: events out of order and out of the block", disordered_events),
    ("clap: events for no port, of numbers that are none", strange_events),
    ("clap: an output list that takes nothing", full_output),
    ("clap: a transport of impossible numbers", impossible_transport),
    ("clap: transports all over the block", many_transports),
];

/// One block over these channels, with this change to it.
fn run(
    host: &Host,
    inputs: &mut [*mut f32],
    outputs: &mut [*mut f32],
    frames: usize,
    change: impl FnOnce(&mut clap_process),
) {
    let (input, mut output) = (buffer(inputs), buffer(outputs));
    let mut block = block(&input, &mut output, frames);
    change(&mut block);
    host.process_raw(block, &[]);
}

fn longer_block() {
    let host = plain();
    assert!(activate(&host, RATE, 1, 64));
    // SAFETY: the plugin is alive, and active.
    unsafe { (*host.plugin).start_processing.expect("start_processing")(host.plugin) };
    let mut side = vec![0.25f32; 1 << 18];
    let mut out = [vec![9.0f32; 1 << 18], vec![9.0f32; 1 << 18]];
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    run(&host, &mut inputs, &mut outputs, side.len(), |_| {});
    assert!(out.iter().flatten().all(|&sample| sample == 0.25));
    playing(&host);
    host.deactivate();
}

fn missing_ports() {
    let host = plain();
    host.activate();
    let (mut side, mut out) = ([0.25f32; 64], [9.0f32; 64]);
    let (mut inputs, mut outputs) = ([side.as_mut_ptr(); 2], [out.as_mut_ptr(); 2]);
    run(&host, &mut inputs, &mut outputs, 64, |block| block.audio_inputs = null());
    run(&host, &mut inputs, &mut outputs, 64, |block| block.audio_outputs = null_mut());
    run(&host, &mut inputs, &mut outputs, 64, |block| (block.audio_inputs_count, block.audio_outputs_count) = (0, 0));
    run(&host, &mut inputs, &mut outputs, 64, |block| block.audio_inputs_count = u32::MAX);
    run(&host, &mut [], &mut [], 64, |_| {});
    playing(&host);
    host.deactivate();
}

fn missing_channels() {
    let host = plain();
    host.activate();
    let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
    let (input, mut outputs) = (side.as_mut_ptr(), out.each_mut().map(|channel| channel.as_mut_ptr()));
    run(&host, &mut [null_mut(), input], &mut outputs, 64, |_| {});
    assert_eq!((out[0][9], out[1][9]), (0.0, 0.25), "the missing side is silent");
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    run(&host, &mut [input, input], &mut [outputs[0], null_mut()], 64, |_| {});
    run(&host, &mut [input], &mut outputs, 64, |_| {});
    run(&host, &mut [input, input, input], &mut outputs[..1], 64, |_| {});
    playing(&host);
    host.deactivate();
}

fn double_precision() {
    let host = plain();
    host.activate();
    let (mut side, mut out) = ([0.1f64; 64], [[9.0f64; 64]; 2]);
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let (mut input, mut output) = (buffer(&mut []), buffer(&mut []));
    (input.data32, input.data64, input.channel_count) = (null_mut(), inputs.as_mut_ptr(), 2);
    (output.data32, output.data64, output.channel_count) = (null_mut(), outputs.as_mut_ptr(), 2);
    host.process_raw(block(&input, &mut output, 64), &[]);
    assert!(out.iter().flatten().all(|&sample| sample == 0.1));
    playing(&host);
    host.deactivate();
}

fn crossed() {
    let host = plain();
    host.activate();
    let (mut left, mut right) = ([0.25f32; 64], [-0.5f32; 64]);
    let (mut inputs, mut outputs) = ([left.as_mut_ptr(), right.as_mut_ptr()], [right.as_mut_ptr(), left.as_mut_ptr()]);
    run(&host, &mut inputs, &mut outputs, 64, |_| {});
    assert_eq!((left, right), ([-0.5; 64], [0.25; 64]));
    playing(&host);
    host.deactivate();
}

/// One block of sound with this list of events.
fn with_events(host: &Host, events: *const clap_input_events, out: *const clap_output_events) {
    let [mut left, mut right] = [[0.25f32; 64], [-0.5f32; 64]];
    let mut output = [[9.0f32; 64]; 2];
    let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
    let mut outputs = output.each_mut().map(|channel| channel.as_mut_ptr());
    let (input, mut outs) = (buffer(&mut inputs), buffer(&mut outputs));
    let mut block = block(&input, &mut outs, 64);
    (block.in_events, block.out_events) = (events, out);
    // SAFETY: the plugin is alive; the lists' faults are what it is to bear.
    let status = unsafe { (*host.plugin).process.expect("process")(host.plugin, &raw const block) };
    assert_ne!(status, CLAP_PROCESS_ERROR);
}

fn deaf_lists() {
    let host = plain();
    host.activate();
    let input = clap_input_events { ctx: null_mut(), size: None, get: None };
    let output = clap_output_events { ctx: null_mut(), try_push: None };
    with_events(&host, null(), null());
    with_events(&host, &raw const input, &raw const output);
    playing(&host);
    host.deactivate();
}

unsafe extern "C" fn size_without_end(_: *const clap_input_events) -> u32 {
    u32::MAX
}

unsafe extern "C" fn no_event(_: *const clap_input_events, _: u32) -> *const clap_event_header {
    null()
}

fn endless_list() {
    let host = plain();
    host.activate();
    let input = clap_input_events { ctx: null_mut(), size: Some(size_without_end), get: Some(no_event) };
    with_events(&host, &raw const input, null());
    playing(&host);
    host.deactivate();
}

fn torn_events() {
    let host = plain();
    host.activate();
    let trim = host.id("Trim");
    let mut short = value(trim, 1.0);
    short.value.header.size = 16;
    host.process(&[0.5; 64], &[0.5; 64], None, Some(short));
    short.value.header.size = 0;
    host.process(&[0.5; 64], &[0.5; 64], None, Some(short));
    assert_eq!(host.param("Trim"), 0.5, "what is too short for a value is none");
    playing(&host);
    host.deactivate();
}

fn disordered_events() {
    let host = plain();
    host.activate();
    let trim = host.id("Trim");
    let at = |time: u32, to: f64| {
        let mut event = value(trim, to);
        event.value.header.time = time;
        event
    };
    let events = [at(60, 0.6), at(10, 0.7), at(u32::MAX, 0.75), at(64, 0.5), at(0, 0.9)];
    let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let (input, mut output) = (buffer(&mut inputs), buffer(&mut outputs));
    host.process_raw(block(&input, &mut output, 64), &events);
    assert_eq!(host.param("Trim"), 0.75, "the last by its time");
    host.process(&side, &side, None, Some(value(trim, 0.5)));
    host.deactivate();
    sound(&host);
}

fn strange_events() {
    let host = plain();
    host.activate();
    let trim = host.id("Trim");
    for to in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        host.process(&[0.5; 64], &[0.5; 64], None, Some(value(trim, to)));
        host.process(&[0.5; 64], &[0.5; 64], None, Some(modulation(trim, to)));
    }
    host.process(&[0.5; 64], &[0.5; 64], None, Some(value(u32::MAX, 0.3)));
    for type_ in [CLAP_EVENT_NOTE_ON, CLAP_EVENT_MIDI_SYSEX, CLAP_EVENT_MIDI, 999] {
        let header =
            clap_event_header { size: 16, time: 0, space_id: CLAP_CORE_EVENT_SPACE_ID, type_, flags: u32::MAX };
        host.process(&[0.5; 64], &[0.5; 64], None, Some(Event { header }));
    }
    let mut foreign = value(trim, 1.0);
    foreign.value.header.space_id = 77;
    host.process(&[0.5; 64], &[0.5; 64], None, Some(foreign));
    assert_eq!(host.param("Trim"), 0.5);
    playing(&host);
    host.deactivate();
}

unsafe extern "C" fn takes_nothing(_: *const clap_output_events, _: *const clap_event_header) -> bool {
    false
}

fn full_output() {
    let host = plain();
    host.activate();
    let recording = CLAP_TRANSPORT_IS_PLAYING | CLAP_TRANSPORT_IS_RECORDING;
    host.process(&[0.5; 64], &[0.5; 64], Some(recording), Some(value(host.id("Mono check"), 1.0)));
    let output = clap_output_events { ctx: null_mut(), try_push: Some(takes_nothing) };
    with_events(&host, null(), &raw const output);
    playing(&host);
    host.deactivate();
}

/// One block with this transport.
fn with_transport(host: &Host, transport: &clap_event_transport) {
    let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    run(host, &mut [side.as_mut_ptr(); 2], &mut outputs, 64, |block| block.transport = transport);
    assert!(out.iter().flatten().all(|&sample| sample == 0.25));
}

fn impossible_transport() {
    let host = plain();
    host.activate();
    for number in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
        for place in [i64::MIN, i64::MAX, -1, 0] {
            let mut transport = song(u32::MAX, 0);
            (transport.tempo, transport.tempo_inc) = (number, number);
            (transport.song_pos_seconds, transport.song_pos_beats) = (place, place);
            (transport.loop_start_seconds, transport.loop_end_seconds) = (place, i64::MIN);
            (transport.loop_start_beats, transport.loop_end_beats) = (place, i64::MAX);
            (transport.bar_start, transport.bar_number) = (place, i32::MIN);
            (transport.tsig_num, transport.tsig_denom) = (0, 0);
            // Not a recording: that would end a check.
            transport.flags &= !CLAP_TRANSPORT_IS_RECORDING;
            with_transport(&host, &transport);
        }
    }
    playing(&host);
    host.deactivate();
}

fn many_transports() {
    let host = plain();
    host.activate();
    let at = |time: u32| {
        let mut transport = song(CLAP_TRANSPORT_IS_PLAYING, time as usize * 7);
        transport.header.time = time;
        Event { transport }
    };
    let events: Vec<Event> = [63, 0, 5, 5, 6, 64, u32::MAX, 1].into_iter().map(at).collect();
    let (mut side, mut out) = ([0.25f32; 64], [[9.0f32; 64]; 2]);
    let mut inputs = [side.as_mut_ptr(); 2];
    let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
    let (input, mut output) = (buffer(&mut inputs), buffer(&mut outputs));
    host.process_raw(block(&input, &mut output, 64), &events);
    assert!(out.iter().flatten().all(|&sample| sample == 0.25));
    playing(&host);
    host.deactivate();
}
