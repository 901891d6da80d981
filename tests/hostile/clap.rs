//! CLAP hosts without a window.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

use clap_sys::events::*;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_audio_ports_config, clap_plugin_audio_ports_config,
};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::remote_controls::{
    CLAP_EXT_REMOTE_CONTROLS, clap_plugin_remote_controls, clap_remote_controls_page,
};
use clap_sys::ext::render::{CLAP_EXT_RENDER, clap_plugin_render};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_host_track_info, clap_plugin_track_info, clap_track_info};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use clap_sys::stream::{clap_istream, clap_ostream};
use keel::host::clap::{Entry, KeelReport, REPORT_EXTENSION};
use keel::plugin::Keel;
use nice_plug::wrapper::clap::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};

use super::raw_clap::*;
use super::{Case, assert_untouched, tone};

pub const CASES: &[Case] = &[
    ("clap: no extensions, by a null function", || sound(&Host::changed(Vec::new(), |host| host.get_extension = None))),
    ("clap: no function at all", no_function_at_all),
    ("clap: a host without a name", nameless),
    ("clap: null and unknown names to the factory", factory_of_nothing),
    ("clap: initialised twice", initialised_twice),
    ("clap: asked before init", asked_before_init),
    ("clap: an unknown and a null extension", unknown_extensions),
    ("clap: rates that are none", no_rates),
    ("clap: rates out of the ordinary pass the sound", odd_rates),
    ("clap: no frames, and more than there can be", odd_frames),
    ("clap: activated twice, and twice not", activated_twice),
    ("clap: stopped before it started, reset at rest", stopped_before_started),
    ("clap: processed before it is active", processed_inactive),
    ("clap: a null block", null_block),
    ("clap: a block of more frames than told", longer_block),
    ("clap: ports that are not there", missing_ports),
    ("clap: channels that are not there", missing_channels),
    ("clap: double precision only", double_precision),
    ("clap: outputs in each other's inputs", crossed),
    ("clap: lists without functions", deaf_lists),
    ("clap: a list without end", endless_list),
    ("clap: events that are null or of no size", torn_events),
    ("clap: events out of order and out of the block", disordered_events),
    ("clap: events for nobody, of numbers that are none", strange_events),
    ("clap: an output list that takes nothing", full_output),
    ("clap: a transport of impossible numbers", impossible_transport),
    ("clap: transports all over the block", many_transports),
    ("clap: parameters out of range and null", parameters),
    ("clap: flushed with nothing, and while active", flushed),
    ("clap: broken streams to save to", broken_saving),
    ("clap: broken streams to load from", broken_loading),
    ("clap: a stream without end", endless_stream),
    ("clap: a render mode that is none", render_mode),
    ("clap: ports and pages out of range", ports_and_pages),
    ("clap: a track of garbage", garbage_track),
    ("clap: reports asked for by garbage", garbage_report),
    ("clap: destroyed while it processes", destroyed_active),
    ("clap: destroyed by another thread", destroyed_elsewhere),
    ("clap: a null plugin", null_plugin),
    ("clap: every thread is the main thread", || sound(&liar(true))),
    ("clap: no thread is the main thread", || sound(&liar(false))),
];

/// The sound passes from activation to the end.
pub fn sound(host: &Host) {
    host.activate();
    playing(host);
    host.deactivate();
}

/// The sound passes an active plugin.
fn playing(host: &Host) {
    let [left, right] = tone();
    assert_untouched(&host.process(&left, &right, Some(CLAP_TRANSPORT_IS_PLAYING), None));
}

fn plain() -> Box<Host> {
    Host::new(Vec::new())
}

fn no_function_at_all() {
    sound(&Host::changed(Vec::new(), |host| {
        host.get_extension = None;
        host.request_restart = None;
        host.request_process = None;
        host.request_callback = None;
    }));
}

fn nameless() {
    sound(&Host::changed(Vec::new(), |host| {
        (host.name, host.vendor, host.url, host.version) = (null(), null(), null(), null());
    }));
}

fn factory_of_nothing() {
    // SAFETY: the entry's own functions, with the nulls that are the slip.
    unsafe {
        let entry = Entry::<Keel>::ENTRY;
        assert!(entry.get_factory.expect("get_factory")(null()).is_null());
        assert!(entry.init.expect("init")(null()));
        let factory = entry.get_factory.expect("get_factory")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
        let factory = &*factory.cast::<clap_plugin_factory>();
        let create = factory.create_plugin.expect("create_plugin");
        assert!(create(factory, null(), c"org.keelaudio.keel".as_ptr()).is_null());
        let host: clap_host = std::mem::zeroed();
        assert!(create(factory, &raw const host, null()).is_null());
        assert!(create(null(), &raw const host, c"\xff\xfe".as_ptr()).is_null());
        assert!(factory.get_plugin_descriptor.expect("get_plugin_descriptor")(factory, u32::MAX).is_null());
    }
    sound(&plain());
}

fn initialised_twice() {
    let host = plain();
    // SAFETY: the plugin is alive.
    unsafe { (*host.plugin).init.expect("init")(host.plugin) };
    sound(&host);
}

fn asked_before_init() {
    let functions = plain();
    // SAFETY: the entry's own functions, called too early.
    unsafe {
        let factory = Entry::<Keel>::ENTRY.get_factory.expect("get_factory")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
        let factory = &*factory.cast::<clap_plugin_factory>();
        let create = factory.create_plugin.expect("create_plugin");
        let plugin = create(factory, functions.as_host(), c"org.keelaudio.keel".as_ptr());
        (*plugin).on_main_thread.expect("on_main_thread")(plugin);
        for id in [CLAP_EXT_PARAMS, CLAP_EXT_STATE, CLAP_EXT_AUDIO_PORTS] {
            (*plugin).get_extension.expect("get_extension")(plugin, id.as_ptr());
        }
        (*plugin).reset.expect("reset")(plugin);
        (*plugin).destroy.expect("destroy")(plugin);
    }
    sound(&functions);
}

fn unknown_extensions() {
    let host = plain();
    for id in [c"", c"clap.unknown", c"\xff"] {
        assert!(host.extension::<c_void>(id).is_none());
    }
    // SAFETY: the plugin is alive; the null is the slip.
    assert!(unsafe { (*host.plugin).get_extension.expect("get_extension")(host.plugin, null()) }.is_null());
    sound(&host);
}

fn activate(host: &Host, rate: f64, least: u32, most: u32) -> bool {
    // SAFETY: the plugin is alive.
    unsafe { (*host.plugin).activate.expect("activate")(host.plugin, rate, least, most) }
}

fn no_rates() {
    let host = plain();
    for rate in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -48_000.0, 0.0, 1e-300, 1e300] {
        assert!(!activate(&host, rate, 1, 512), "{rate}");
    }
    sound(&host);
}

fn odd_rates() {
    for rate in [0.5, 1_234.57, 7_999.0, 8_000.0, 768_000.0, 1e9] {
        let host = plain();
        assert!(activate(&host, rate, 1, 512), "{rate}");
        // SAFETY: the plugin is alive, and active.
        assert!(unsafe { (*host.plugin).start_processing.expect("start_processing")(host.plugin) });
        playing(&host);
        host.deactivate();
    }
}

fn odd_frames() {
    for (least, most) in [(0, 0), (512, 1), (u32::MAX, u32::MAX), (1, 1)] {
        let host = plain();
        if activate(&host, RATE, least, most) {
            // SAFETY: the plugin is alive, and active.
            unsafe { (*host.plugin).start_processing.expect("start_processing")(host.plugin) };
            playing(&host);
            host.deactivate();
        }
    }
}

fn activated_twice() {
    let host = plain();
    host.activate();
    host.activate();
    playing(&host);
    host.deactivate();
    host.deactivate();
    sound(&host);
}

fn stopped_before_started() {
    let host = plain();
    host.deactivate();
    // SAFETY: the plugin is alive.
    unsafe {
        (*host.plugin).reset.expect("reset")(host.plugin);
        (*host.plugin).start_processing.expect("start_processing")(host.plugin);
        (*host.plugin).stop_processing.expect("stop_processing")(host.plugin);
    }
    sound(&host);
}

fn processed_inactive() {
    let host = plain();
    playing(&host);
    sound(&host);
    playing(&host);
}

fn null_block() {
    let host = plain();
    host.activate();
    // SAFETY: the plugin is alive; the null is the slip.
    let status = unsafe { (*host.plugin).process.expect("process")(host.plugin, null()) };
    assert_eq!(status, CLAP_PROCESS_ERROR);
    playing(&host);
    host.deactivate();
}

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

fn parameters() {
    let host = plain();
    let params = host.extension::<clap_plugin_params>(CLAP_EXT_PARAMS).expect("clap.params");
    let (plugin, trim) = (host.plugin, host.id("Trim"));
    let (mut text, mut number) = ([0 as c_char; 4], 0.0);
    // SAFETY: the plugin is alive; nulls and numbers are the slips.
    unsafe {
        let info = params.get_info.expect("get_info");
        assert!(!info(plugin, 0, null_mut()));
        let mut room: clap_param_info = std::mem::zeroed();
        assert!(!info(plugin, u32::MAX, &raw mut room));
        let get = params.get_value.expect("get_value");
        assert!(!get(plugin, u32::MAX, &raw mut number) && !get(plugin, trim, null_mut()));
        let to_text = params.value_to_text.expect("value_to_text");
        assert!(!to_text(plugin, trim, 0.5, null_mut(), 100));
        for value in [f64::NAN, f64::INFINITY, -1e300] {
            to_text(plugin, trim, value, text.as_mut_ptr(), 4);
            assert_eq!(text[3], 0, "a text that ends");
        }
        to_text(plugin, trim, 0.5, text.as_mut_ptr(), 0);
        to_text(plugin, u32::MAX, 0.5, text.as_mut_ptr(), 4);
        let from_text = params.text_to_value.expect("text_to_value");
        assert!(!from_text(plugin, trim, null(), &raw mut number));
        assert!(!from_text(plugin, trim, c"3".as_ptr(), null_mut()));
        assert!(!from_text(plugin, trim, c"\xff\xfe".as_ptr(), &raw mut number));
        assert!(!from_text(plugin, u32::MAX, c"3".as_ptr(), &raw mut number));
    }
    sound(&host);
}

fn flushed() {
    let host = plain();
    let params = host.extension::<clap_plugin_params>(CLAP_EXT_PARAMS).expect("clap.params");
    let flush = params.flush.expect("flush");
    // SAFETY: the plugin is alive; nulls are the slips.
    unsafe { flush(host.plugin, null(), null()) };
    host.activate();
    // SAFETY: as above.
    unsafe { flush(host.plugin, null(), null()) };
    playing(&host);
    host.deactivate();
}

unsafe extern "C" fn writes_too_much(_: *const clap_ostream, _: *const c_void, size: u64) -> i64 {
    size as i64 + 10
}

unsafe extern "C" fn writes_nothing(_: *const clap_ostream, _: *const c_void, _: u64) -> i64 {
    0
}

unsafe extern "C" fn fails_to_write(_: *const clap_ostream, _: *const c_void, _: u64) -> i64 {
    i64::MIN
}

fn broken_saving() {
    let host = plain();
    let state = host.extension::<clap_plugin_state>(CLAP_EXT_STATE).expect("clap.state");
    let save = state.save.expect("save");
    // SAFETY: the plugin is alive; the streams' faults are what it is to bear.
    unsafe {
        assert!(!save(host.plugin, null()));
        for write in [
            None,
            Some(writes_too_much as unsafe extern "C" fn(_, _, _) -> _),
            Some(writes_nothing),
            Some(fails_to_write),
        ] {
            let stream = clap_ostream { ctx: null_mut(), write };
            assert!(!save(host.plugin, &raw const stream));
        }
    }
    sound(&host);
}

unsafe extern "C" fn reads_too_much(_: *const clap_istream, _: *mut c_void, size: u64) -> i64 {
    size as i64 + 1
}

unsafe extern "C" fn fails_to_read(_: *const clap_istream, _: *mut c_void, _: u64) -> i64 {
    -1
}

unsafe extern "C" fn reads_without_end(_: *const clap_istream, data: *mut c_void, size: u64) -> i64 {
    // SAFETY: the buffer is as long as told.
    unsafe { std::ptr::write_bytes(data.cast::<u8>(), 0x7b, size as usize) };
    size as i64
}

fn loads(host: &Host, read: Option<unsafe extern "C" fn(*const clap_istream, *mut c_void, u64) -> i64>) -> bool {
    let state = host.extension::<clap_plugin_state>(CLAP_EXT_STATE).expect("clap.state");
    let stream = clap_istream { ctx: null_mut(), read };
    // SAFETY: the plugin is alive; the stream's faults are what it is to bear.
    unsafe { state.load.expect("load")(host.plugin, &raw const stream) }
}

fn broken_loading() {
    let host = plain();
    let state = host.extension::<clap_plugin_state>(CLAP_EXT_STATE).expect("clap.state");
    // SAFETY: the plugin is alive; the null is the slip.
    assert!(!unsafe { state.load.expect("load")(host.plugin, null()) });
    assert!(!loads(&host, None) && !loads(&host, Some(reads_too_much)) && !loads(&host, Some(fails_to_read)));
    sound(&host);
}

fn endless_stream() {
    let host = plain();
    assert!(!loads(&host, Some(reads_without_end)));
    sound(&host);
}

fn render_mode() {
    let host = plain();
    host.activate();
    let render = host.extension::<clap_plugin_render>(CLAP_EXT_RENDER).expect("clap.render");
    // SAFETY: the plugin is alive; the numbers are the slips.
    unsafe {
        for mode in [77, -1, i32::MIN] {
            render.set.expect("set")(host.plugin, mode);
        }
    }
    playing(&host);
    host.deactivate();
}

fn ports_and_pages() {
    let host = plain();
    let plugin = host.plugin;
    let ports = host.extension::<clap_plugin_audio_ports>(CLAP_EXT_AUDIO_PORTS).expect("clap.audio-ports");
    let configs = host.extension::<clap_plugin_audio_ports_config>(CLAP_EXT_AUDIO_PORTS_CONFIG).expect("its layouts");
    let pages = host.extension::<clap_plugin_remote_controls>(CLAP_EXT_REMOTE_CONTROLS).expect("clap.remote-controls");
    // SAFETY: the plugin is alive; nulls and numbers are the slips; all-zero structs are valid ones.
    unsafe {
        let mut port: clap_audio_port_info = std::mem::zeroed();
        assert!(!ports.get.expect("get")(plugin, 7, true, &raw mut port));
        assert!(!ports.get.expect("get")(plugin, 0, false, null_mut()));
        let mut config: clap_audio_ports_config = std::mem::zeroed();
        assert!(!configs.get.expect("get")(plugin, u32::MAX, &raw mut config));
        assert!(!configs.get.expect("get")(plugin, 0, null_mut()));
        assert!(!configs.select.expect("select")(plugin, 99));
        let mut page: clap_remote_controls_page = std::mem::zeroed();
        for index in [1, 2, u32::MAX] {
            assert!(!pages.get.expect("get")(plugin, index, &raw mut page), "page {index}");
        }
        assert!(!pages.get.expect("get")(plugin, 0, null_mut()));
        let tail = host.extension::<clap_plugin_tail>(CLAP_EXT_TAIL).expect("clap.tail");
        assert_eq!(tail.get.expect("get")(plugin), 0, "no tail keeps a track awake");
        let latency = host.extension::<clap_plugin_latency>(CLAP_EXT_LATENCY).expect("clap.latency");
        assert_eq!(latency.get.expect("get")(plugin), 0);
    }
    // A layout chosen while it plays: the sound passes.
    host.activate();
    // SAFETY: as above.
    unsafe { configs.select.expect("select")(plugin, 1) };
    playing(&host);
    host.deactivate();
    sound(&host);
}

unsafe extern "C" fn garbage(_: *const clap_host, info: *mut clap_track_info) -> bool {
    // SAFETY: the plugin passes its own variable; no bit of it is invalid.
    unsafe { std::ptr::write_bytes(info.cast::<u8>(), 0xff, size_of::<clap_track_info>()) };
    true
}

fn garbage_track() {
    for get in [None, Some(garbage as unsafe extern "C" fn(_, _) -> _)] {
        let offered = clap_host_track_info { get };
        let host = Host::new(vec![(CLAP_EXT_TRACK_INFO, (&raw const offered).cast())]);
        let info = host.extension::<clap_plugin_track_info>(CLAP_EXT_TRACK_INFO).expect("clap.track-info");
        // SAFETY: the plugin is alive.
        unsafe { info.changed.expect("changed")(host.plugin) };
        sound(&host);
    }
}

unsafe extern "C" fn write_nowhere(_: *mut c_void, _: *const u8, _: usize) {}

fn garbage_report() {
    let host = plain();
    let report: &KeelReport = host.extension(REPORT_EXTENSION).expect("a report");
    for scope in [c"", c"\xff\xfe", c"nan-nan", c"1-1e999", c"-", c"1-2-3"] {
        // SAFETY: the plugin is alive; the words are the slips.
        assert!(!unsafe { (report.report)(host.plugin, scope.as_ptr(), null_mut(), write_nowhere) }, "{scope:?}");
    }
    sound(&host);
}

fn destroyed_active() {
    let host = plain();
    host.activate();
    playing(&host);
    drop(host);
    sound(&plain());
}

fn destroyed_elsewhere() {
    struct Sent(Box<Host>);
    // SAFETY: nobody else has it.
    unsafe impl Send for Sent {}
    let host = Sent(plain());
    std::thread::spawn(move || drop({ host }.0)).join().expect("destroyed");
    sound(&plain());
}

fn null_plugin() {
    let host = plain();
    // SAFETY: the nulls are the slips.
    unsafe {
        let plugin: &clap_plugin = &*host.plugin;
        assert!(!plugin.init.expect("init")(null()));
        plugin.destroy.expect("destroy")(null());
        assert!(!plugin.activate.expect("activate")(null(), RATE, 1, 64));
        plugin.deactivate.expect("deactivate")(null());
        assert!(!plugin.start_processing.expect("start_processing")(null()));
        plugin.stop_processing.expect("stop_processing")(null());
        plugin.reset.expect("reset")(null());
        plugin.on_main_thread.expect("on_main_thread")(null());
        assert!(plugin.get_extension.expect("get_extension")(null(), CLAP_EXT_PARAMS.as_ptr()).is_null());
        assert_eq!(plugin.process.expect("process")(null(), null()), CLAP_PROCESS_ERROR);
    }
    sound(&host);
}

unsafe extern "C" fn yes(_: *const clap_host) -> bool {
    true
}

unsafe extern "C" fn no(_: *const clap_host) -> bool {
    false
}

/// A host that says of every thread that it is the main thread, or of none.
pub fn liar(is_main: bool) -> Box<Host> {
    static ALWAYS: clap_host_thread_check =
        clap_host_thread_check { is_main_thread: Some(yes), is_audio_thread: Some(no) };
    static NEVER: clap_host_thread_check =
        clap_host_thread_check { is_main_thread: Some(no), is_audio_thread: Some(yes) };
    let check: *const clap_host_thread_check = if is_main { &raw const ALWAYS } else { &raw const NEVER };
    Host::new(vec![(CLAP_EXT_THREAD_CHECK as &CStr, check.cast())])
}
