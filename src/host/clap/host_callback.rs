//! The way to a CLAP host's main thread.

use clap_sys::host::clap_host;

/// Asks the host for a call on its main thread. Any thread.
pub fn host_callback(host: *const clap_host) {
    // SAFETY: the handle holds the host's pointer only while the plugin lives.
    if let Some(request_callback) = unsafe { (*host).request_callback } {
        // SAFETY: as above; CLAP allows this on any thread.
        unsafe { request_callback(host) };
    }
}
