//! CLAP hosts that get an extension wrong: parameters, state, ports, tracks, the report.

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};

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
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_host_track_info, clap_plugin_track_info, clap_track_info};
use clap_sys::host::clap_host;
use clap_sys::stream::{clap_istream, clap_ostream};
use keel::host::clap::{KeelReport, REPORT_EXTENSION};

use super::Case;
use super::clap::{plain, playing, sound};
use super::raw_clap::*;

pub const CASES: &[Case] = &[
    ("clap: parameters out of range and null", parameters),
    ("clap: flushed with nothing, and while active", flushed),
    ("clap: broken streams to save to", broken_saving),
    ("clap: broken streams to load from", broken_loading),
    ("clap: a stream without end", endless_stream),
    ("clap: a render mode that is none", render_mode),
    ("clap: ports and pages out of range", ports_and_pages),
    ("clap: a track of garbage", garbage_track),
    ("clap: reports asked for by garbage", garbage_report),
];

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
    // SAFETY: the buffer is as long as given.
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
