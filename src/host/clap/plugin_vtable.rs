//! The functions of the plugin that the host calls, in place of the framework's or before them.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Arc;

use clap_sys::ext::gui::CLAP_EXT_GUI;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params, clap_plugin_params};
use clap_sys::ext::render::CLAP_EXT_RENDER;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, CLAP_EXT_TRACK_INFO_COMPAT};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;

use super::super::{HostHandle, Instance};
use super::host_proxy::HostProxy;
use super::wrapped_plugin::WrappedPlugin;
use super::{events, extensions, gui, process, state};

/// Gives the framework's plugin to the host behind these functions; the host ends it by `destroy`.
pub fn release(
    inner: clap_plugin,
    host: *const clap_host,
    proxy: Box<HostProxy>,
    handle: Arc<HostHandle>,
    instance: Arc<dyn Instance>,
) -> *const clap_plugin {
    let outer = clap_plugin {
        init: Some(init),
        destroy: Some(destroy),
        process: Some(process::process),
        get_extension: Some(get_extension),
        on_main_thread: Some(on_main_thread),
        ..inner
    };
    let wrapped = WrappedPlugin::new([outer, inner], host, proxy, handle, instance);
    Box::into_raw(Box::new(wrapped)).cast_const().cast()
}

unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host passes what `release` gave it, on the main thread.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return false };
        wrapped.proxy.main_thread_is_this();
        if !wrapped.inner.init.is_some_and(|init| init(plugin)) {
            return false;
        }
        wrapped.param_ids.get_or_init(|| wrapped.read_param_ids());
        let host_params = wrapped.host_extension::<clap_host_params>(CLAP_EXT_PARAMS);
        wrapped.handle.set_request_flush(host_params.and_then(|params| params.request_flush));
        extensions::read_placement(wrapped);
        extensions::read_track(wrapped);
    }
    true
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    if plugin.is_null() {
        return;
    }
    // SAFETY: the host gives back what `release` gave it, for the last time; the framework frees its wrapper.
    unsafe {
        let wrapped = Box::from_raw(plugin.cast_mut().cast::<WrappedPlugin>());
        wrapped.window.close();
        wrapped.handle.clear();
        if let Some(destroy) = wrapped.inner.destroy {
            destroy(plugin);
        }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: the host passes what `release` gave it, and a C string or null.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return std::ptr::null() };
        if id.is_null() {
            return std::ptr::null();
        }
        let name = CStr::from_ptr(id);
        if name == extensions::REPORT_EXTENSION {
            return (&raw const extensions::REPORT).cast();
        }
        if name == CLAP_EXT_STATE {
            return (&raw const state::STATE).cast();
        }
        if name == CLAP_EXT_PARAMS
            && let Some(inner) = wrapped.inner_params()
        {
            let flush = Some(events::flush_params as unsafe extern "C" fn(_, _, _));
            return (&raw const *wrapped.params.get_or_init(|| clap_plugin_params { flush, ..*inner })).cast();
        }
        if name == CLAP_EXT_RENDER {
            return (&raw const extensions::RENDER).cast();
        }
        if name == CLAP_EXT_TRACK_INFO || name == CLAP_EXT_TRACK_INFO_COMPAT {
            return (&raw const extensions::TRACK_INFO).cast();
        }
        if name == CLAP_EXT_GUI {
            return (&raw const gui::GUI).cast();
        }
        wrapped.inner.get_extension.map_or(std::ptr::null(), |get| get(plugin, id))
    }
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: the host passes what `release` gave it, on the main thread.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return };
        if let Some(on_main_thread) = wrapped.inner.on_main_thread {
            on_main_thread(plugin);
        }
        if wrapped.handle.take_dirty() {
            state::mark_dirty(wrapped);
        }
        // Last: a host that learns that its window is gone may destroy the plugin.
        let window = wrapped.window.clone();
        window.run_callbacks();
    }
}
