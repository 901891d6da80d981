//! `clap.state` over Keel's own reading and writing of state.

use std::ffi::c_void;

use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state, clap_plugin_state};
use clap_sys::plugin::clap_plugin;
use clap_sys::stream::{clap_istream, clap_ostream};

use super::super::contained;
use super::wrapped_plugin::WrappedPlugin;

pub static STATE: clap_plugin_state = clap_plugin_state { save: Some(save), load: Some(load) };

/// More than any state of ours: a broken stream must not fill the memory.
const MAX_BYTES: usize = 1 << 20;

unsafe extern "C" fn save(plugin: *const clap_plugin, stream: *const clap_ostream) -> bool {
    // SAFETY: the host passes what it was given, and lends the stream for this call.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return false };
        let Some(state) = contained(None, || Some(wrapped.instance.save())) else { return false };
        // CLAP streams do not know their length: it goes before the text, as the framework does it.
        write_all(stream, &(state.len() as u64).to_le_bytes()) && write_all(stream, &state)
    }
}

unsafe extern "C" fn load(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
    // SAFETY: the host passes what it was given, and lends the stream for this call.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return false };
        let Some(bytes) = read_all(stream) else { return false };
        let text = bytes.split_first_chunk::<8>().and_then(|(length, text)| {
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            text.get(..length)
        });
        // What does not begin with its length is not ours: it goes on whole, to be refused with a word.
        let loaded = contained(false, || wrapped.instance.load(text.unwrap_or(&bytes)));
        rescan_values(wrapped);
        loaded
    }
}

/// # Safety
/// Main thread.
unsafe fn rescan_values(wrapped: &WrappedPlugin) {
    // SAFETY: the id stands for this type.
    unsafe {
        if let Some(params) = wrapped.host_extension::<clap_host_params>(CLAP_EXT_PARAMS)
            && let Some(rescan) = params.rescan
        {
            rescan(wrapped.host, CLAP_PARAM_RESCAN_VALUES);
        }
    }
}

/// # Safety
/// Main thread.
pub unsafe fn mark_dirty(wrapped: &WrappedPlugin) {
    // SAFETY: the id stands for this type.
    unsafe {
        if let Some(state) = wrapped.host_extension::<clap_host_state>(CLAP_EXT_STATE)
            && let Some(mark_dirty) = state.mark_dirty
        {
            mark_dirty(wrapped.host);
        }
    }
}

/// # Safety
/// `stream` is null or the host's.
unsafe fn write_all(stream: *const clap_ostream, mut bytes: &[u8]) -> bool {
    // SAFETY: the caller's promise; the slice is as long as given.
    unsafe {
        let Some(write) = stream.as_ref().and_then(|stream| stream.write) else { return false };
        while !bytes.is_empty() {
            let written = write(stream, bytes.as_ptr().cast::<c_void>(), bytes.len() as u64);
            let Some(rest) = usize::try_from(written).ok().filter(|&n| n > 0).and_then(|n| bytes.get(n..)) else {
                return false;
            };
            bytes = rest;
        }
    }
    true
}

/// # Safety
/// `stream` is null or the host's.
unsafe fn read_all(stream: *const clap_istream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0u8; 4096];
    // SAFETY: the caller's promise; the buffer is as long as given.
    unsafe {
        let read = stream.as_ref()?.read?;
        loop {
            let count = read(stream, piece.as_mut_ptr().cast::<c_void>(), piece.len() as u64);
            match usize::try_from(count) {
                Ok(0) => return Some(bytes),
                Ok(count) => bytes.extend_from_slice(piece.get(..count)?),
                Err(_) => return None,
            }
            if bytes.len() > MAX_BYTES {
                return None;
            }
        }
    }
}
