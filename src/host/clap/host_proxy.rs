//! The host as the framework sees it. The framework calls the host's functions without checking that they are there,
//! and does work on the spot where a host wrongly says that this is the main thread: so it gets a host of Keel's own, whose
//! functions are all there, and whose word on threads holds.

use std::ffi::{CStr, c_char, c_void};
use std::sync::OnceLock;
use std::thread::{self, ThreadId};

use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::host::clap_host;
use clap_sys::version::CLAP_VERSION;

use super::host_callback;

/// A host for the framework, in front of the real one. It stays where it is while the framework's wrapper lives.
pub struct HostProxy {
    inner: clap_host,
    host: *const clap_host,
    /// The thread that called `init`.
    main: OnceLock<ThreadId>,
}

static THREAD_CHECK: clap_host_thread_check =
    clap_host_thread_check { is_main_thread: Some(is_main_thread), is_audio_thread: Some(is_audio_thread) };

impl HostProxy {
    pub fn new(host: *const clap_host) -> Box<Self> {
        let inner = clap_host {
            clap_version: CLAP_VERSION,
            host_data: std::ptr::null_mut(),
            name: c"Keel".as_ptr(),
            vendor: c"Keel Audio".as_ptr(),
            url: c"".as_ptr(),
            version: c"1".as_ptr(),
            get_extension: Some(get_extension),
            request_restart: Some(request_restart),
            request_process: Some(request_process),
            request_callback: Some(request_callback),
        };
        let mut proxy = Box::new(Self { inner, host, main: OnceLock::new() });
        proxy.inner.host_data = (&raw const *proxy).cast_mut().cast();
        proxy
    }

    pub fn as_host(&self) -> *const clap_host {
        &raw const self.inner
    }

    /// This is the main thread.
    pub fn main_thread_is_this(&self) {
        _ = self.main.set(thread::current().id());
    }

    /// # Safety
    /// `host` is a proxy's own.
    unsafe fn of<'a>(host: *const clap_host) -> &'a Self {
        // SAFETY: a proxy's data is the proxy.
        unsafe { &*(*host).host_data.cast::<Self>() }
    }
}

/// The framework asks for more than this, and would use none of it: Keel informs the host of parameters, windows and tracks by
/// itself, and its latency is always 0.
unsafe extern "C" fn get_extension(_host: *const clap_host, id: *const c_char) -> *const c_void {
    // SAFETY: the framework passes C strings.
    if unsafe { CStr::from_ptr(id) } == CLAP_EXT_THREAD_CHECK {
        (&raw const THREAD_CHECK).cast()
    } else {
        std::ptr::null()
    }
}

unsafe extern "C" fn is_main_thread(host: *const clap_host) -> bool {
    // SAFETY: the framework passes the proxy.
    unsafe { HostProxy::of(host) }.main.get() == Some(&thread::current().id())
}

unsafe extern "C" fn is_audio_thread(host: *const clap_host) -> bool {
    // SAFETY: as above.
    unsafe { !is_main_thread(host) }
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    // SAFETY: the real host outlives the plugin; CLAP allows this on any thread.
    unsafe {
        let host = HostProxy::of(host).host;
        if let Some(request) = (*host).request_restart {
            request(host);
        }
    }
}

unsafe extern "C" fn request_process(host: *const clap_host) {
    // SAFETY: as above.
    unsafe {
        let host = HostProxy::of(host).host;
        if let Some(request) = (*host).request_process {
            request(host);
        }
    }
}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    // SAFETY: the framework passes the proxy.
    host_callback(unsafe { HostProxy::of(host) }.host);
}
