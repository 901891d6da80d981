//! CLAP hosts without a window.

use std::ffi::{CStr, c_void};
use std::ptr::null;

use clap_sys::events::*;
use clap_sys::ext::audio_ports::CLAP_EXT_AUDIO_PORTS;
use clap_sys::ext::params::CLAP_EXT_PARAMS;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::CLAP_PROCESS_ERROR;
use keel::host::clap::Entry;
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
pub fn playing(host: &Host) {
    let [left, right] = tone();
    assert_untouched(&host.process(&left, &right, Some(CLAP_TRANSPORT_IS_PLAYING), None));
}

pub fn plain() -> Box<Host> {
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

pub fn activate(host: &Host, rate: f64, least: u32, most: u32) -> bool {
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

fn destroyed_active() {
    let host = plain();
    host.activate();
    playing(&host);
    drop(host);
    sound(&plain());
}

fn destroyed_elsewhere() {
    struct Sent(Box<Host>);
    // SAFETY: it is ours alone.
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
