//! A CLAP host of bare pointers, that may misbehave as hosts do.

#[path = "../pacing/mod.rs"]
#[allow(clippy::duplicate_mod)] // A test may be a host of both formats.
mod pacing;

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::*;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::clap_process;
use clap_sys::version::CLAP_VERSION;
use keel::host::clap::Entry;
use keel::plugin::Keel;
use nice_plug::wrapper::clap::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
#[allow(unused_imports)] // Not all tests use both.
pub use pacing::{Pacing, SETTLED_S};

pub const FRAMES: usize = 256;
pub const RATE: f64 = 48_000.0;

/// What the host offers the plugin, by extension id.
pub type Extensions = Vec<(&'static CStr, *const c_void)>;

/// A host and its one plugin.
pub struct Host {
    pub plugin: *const clap_plugin,
    /// Parameter values that came out of the last block.
    pub out: RefCell<Vec<(u32, f64)>>,
    pub pacing: Pacing,
    extensions: Extensions,
    clap: Box<clap_host>,
}

impl Host {
    /// A plugin, initialised but not active.
    pub fn new(extensions: Extensions) -> Box<Self> {
        Self::changed(extensions, |_| {})
    }

    /// The same in a host whose functions are changed first.
    pub fn changed(extensions: Extensions, change: impl FnOnce(&mut clap_host)) -> Box<Self> {
        let clap = Box::new(clap_host {
            clap_version: CLAP_VERSION,
            host_data: null_mut(),
            name: c"test".as_ptr(),
            vendor: c"test".as_ptr(),
            url: c"".as_ptr(),
            version: c"1".as_ptr(),
            get_extension: Some(get_extension),
            request_restart: Some(ignore),
            request_process: Some(ignore),
            request_callback: Some(ignore),
        });
        let out = RefCell::default();
        let mut host = Box::new(Self { plugin: null(), out, pacing: Pacing::default(), extensions, clap });
        host.clap.host_data = (&raw const *host).cast_mut().cast();
        change(&mut host.clap);
        // SAFETY: the entry's own functions, as a host calls them.
        unsafe {
            let entry = Entry::<Keel>::ENTRY;
            assert!(entry.init.expect("init")(c"/nowhere/Keel.clap".as_ptr()));
            let factory = entry.get_factory.expect("get_factory")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
            let factory = &*factory.cast::<clap_plugin_factory>();
            let create = factory.create_plugin.expect("create_plugin");
            assert!(create(factory, &raw const *host.clap, c"org.example.other".as_ptr()).is_null());
            host.plugin = create(factory, &raw const *host.clap, c"org.keelaudio.keel".as_ptr());
            assert!(!host.plugin.is_null());
            assert!((*host.plugin).init.expect("init")(host.plugin));
        }
        host
    }

    pub fn as_host(&self) -> *const clap_host {
        &raw const *self.clap
    }

    pub fn activate(&self) {
        // SAFETY: the plugin is alive, and inactive.
        unsafe {
            assert!((*self.plugin).activate.expect("activate")(self.plugin, RATE, 1, 4096));
            assert!((*self.plugin).start_processing.expect("start_processing")(self.plugin));
        }
    }

    pub fn deactivate(&self) {
        // SAFETY: the plugin is alive, and active.
        unsafe {
            (*self.plugin).stop_processing.expect("stop_processing")(self.plugin);
            (*self.plugin).deactivate.expect("deactivate")(self.plugin);
        }
    }

    pub fn extension<T>(&self, id: &CStr) -> Option<&T> {
        // SAFETY: the plugin is alive and answers with the type of that id.
        unsafe { (*self.plugin).get_extension.expect("get_extension")(self.plugin, id.as_ptr()).cast::<T>().as_ref() }
    }

    /// Names and numbers of the parameters.
    pub fn params(&self) -> Vec<(String, u32)> {
        let params = self.extension::<clap_plugin_params>(CLAP_EXT_PARAMS).expect("clap.params");
        // SAFETY: the plugin is alive; an all-zero info is a valid one.
        unsafe {
            (0..params.count.expect("count")(self.plugin))
                .map(|index| {
                    let mut info: clap_param_info = std::mem::zeroed();
                    assert!(params.get_info.expect("get_info")(self.plugin, index, &raw mut info));
                    (CStr::from_ptr(info.name.as_ptr()).to_string_lossy().into_owned(), info.id)
                })
                .collect()
        }
    }

    pub fn param(&self, name: &str) -> f64 {
        let params = self.extension::<clap_plugin_params>(CLAP_EXT_PARAMS).expect("clap.params");
        let mut value = f64::NAN;
        // SAFETY: the plugin is alive.
        assert!(unsafe { params.get_value.expect("get_value")(self.plugin, self.id(name), &raw mut value) });
        value
    }

    pub fn id(&self, name: &str) -> u32 {
        self.params().into_iter().find(|(other, _)| other == name).expect("a parameter of that name").1
    }

    /// Lets the plugin send its changes without audio.
    pub fn flush(&self) -> Vec<(u32, f64)> {
        self.out.borrow_mut().clear();
        let params = self.extension::<clap_plugin_params>(CLAP_EXT_PARAMS).expect("clap.params");
        let events: &[Event] = &[];
        let input = clap_input_events { ctx: (&raw const events).cast_mut().cast(), size: Some(size), get: Some(get) };
        let output = clap_output_events { ctx: (&raw const self.out).cast_mut().cast(), try_push: Some(try_push) };
        // SAFETY: the plugin is alive, and so are the lists through the call.
        unsafe { params.flush.expect("flush")(self.plugin, &raw const input, &raw const output) };
        self.out.borrow().clone()
    }

    /// Runs a block as given, with these events going in.
    pub fn process_raw(&self, mut block: clap_process, events: &[Event]) -> i32 {
        self.out.borrow_mut().clear();
        let input = clap_input_events { ctx: (&raw const events).cast_mut().cast(), size: Some(size), get: Some(get) };
        let output = clap_output_events { ctx: (&raw const self.out).cast_mut().cast(), try_push: Some(try_push) };
        block.in_events = &raw const input;
        block.out_events = &raw const output;
        // SAFETY: the plugin is alive; the block's faults are what it is to bear.
        unsafe { (*self.plugin).process.expect("process")(self.plugin, &raw const block) }
    }

    /// Runs both channels through, in blocks of [`FRAMES`], with one event before the first.
    pub fn process(&self, left: &[f32], right: &[f32], transport: Option<u32>, event: Option<Event>) -> [Vec<f32>; 2] {
        let mut out = [vec![9.0; left.len()], vec![9.0; right.len()]];
        let mut events: &[Event] = event.as_slice();
        for start in (0..left.len()).step_by(FRAMES) {
            let end = (start + FRAMES).min(left.len());
            let mut inputs = [left[start..].as_ptr().cast_mut(), right[start..].as_ptr().cast_mut()];
            let mut outputs = out.each_mut().map(|channel| channel[start..].as_mut_ptr());
            let input = buffer(&mut inputs);
            let mut output = buffer(&mut outputs);
            let song = transport.map(|flags| song(flags, start));
            let block = clap_process {
                transport: song.as_ref().map_or(null(), |song| &raw const *song),
                ..block(&input, &mut output, end - start)
            };
            assert_ne!(self.process_raw(block, events), 0, "an error");
            self.pacing.after(end - start, RATE);
            events = &[];
        }
        out
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: the last call; the tests deactivate first.
        unsafe { (*self.plugin).destroy.expect("destroy")(self.plugin) }
    }
}

/// An event of any kind, as a host sends it.
#[derive(Clone, Copy)]
pub union Event {
    pub header: clap_event_header,
    pub value: clap_event_param_value,
    pub modulation: clap_event_param_mod,
    pub transport: clap_event_transport,
}

pub fn value(param_id: u32, value: f64) -> Event {
    let header = header::<clap_event_param_value>(CLAP_EVENT_PARAM_VALUE, 0);
    let cookie = null_mut();
    Event {
        value: clap_event_param_value {
            header,
            param_id,
            cookie,
            note_id: -1,
            port_index: -1,
            channel: -1,
            key: -1,
            value,
        },
    }
}

pub fn modulation(param_id: u32, amount: f64) -> Event {
    let header = header::<clap_event_param_mod>(CLAP_EVENT_PARAM_MOD, 0);
    let cookie = null_mut();
    Event {
        modulation: clap_event_param_mod {
            header,
            param_id,
            cookie,
            note_id: -1,
            port_index: -1,
            channel: -1,
            key: -1,
            amount,
        },
    }
}

/// The song at this frame, in seconds.
pub fn song(flags: u32, frame: usize) -> clap_event_transport {
    // SAFETY: all fields are numbers.
    let zero: clap_event_transport = unsafe { std::mem::zeroed() };
    clap_event_transport {
        header: header::<clap_event_transport>(CLAP_EVENT_TRANSPORT, 0),
        flags: flags | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE,
        song_pos_seconds: (frame as f64 / RATE * f64::from(1u32 << 31)) as i64,
        ..zero
    }
}

pub fn header<T>(type_: u16, time: u32) -> clap_event_header {
    clap_event_header { size: size_of::<T>() as u32, time, space_id: CLAP_CORE_EVENT_SPACE_ID, type_, flags: 0 }
}

pub fn buffer(channels: &mut [*mut f32]) -> clap_audio_buffer {
    clap_audio_buffer {
        data32: channels.as_mut_ptr(),
        data64: null_mut(),
        channel_count: channels.len() as u32,
        latency: 0,
        constant_mask: 0,
    }
}

pub fn block(input: &clap_audio_buffer, output: &mut clap_audio_buffer, frames: usize) -> clap_process {
    clap_process {
        steady_time: -1,
        frames_count: frames as u32,
        transport: null(),
        audio_inputs: input,
        audio_outputs: output,
        audio_inputs_count: 1,
        audio_outputs_count: 1,
        in_events: null(),
        out_events: null(),
    }
}

unsafe extern "C" fn get_extension(host: *const clap_host, id: *const c_char) -> *const c_void {
    // SAFETY: the plugin passes the host it was given, and a C string.
    let (host, id) = unsafe { (&*(*host).host_data.cast::<Host>(), CStr::from_ptr(id)) };
    host.extensions.iter().find(|(known, _)| *known == id).map_or(null(), |(_, extension)| *extension)
}

unsafe extern "C" fn ignore(_host: *const clap_host) {}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the context is that of `process_raw`.
    unsafe { (&*(*list).ctx.cast::<&[Event]>()).len() as u32 }
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the context is that of `process_raw`; each event begins with its header.
    unsafe { (&*(*list).ctx.cast::<&[Event]>()).get(index as usize).map_or(null(), |event| &raw const event.header) }
}

unsafe extern "C" fn try_push(list: *const clap_output_events, event: *const clap_event_header) -> bool {
    // SAFETY: the context is that of `process_raw`; parameter values are what their header says.
    unsafe {
        if (*event).type_ == CLAP_EVENT_PARAM_VALUE {
            let event = &*event.cast::<clap_event_param_value>();
            (*(*list).ctx.cast::<RefCell<Vec<(u32, f64)>>>()).borrow_mut().push((event.param_id, event.value));
        }
    }
    true
}
