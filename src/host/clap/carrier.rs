//! The plugin as the host sees it: the framework's functions, some of them behind a guard.

use std::ffi::{CStr, c_char, c_void};
use std::sync::{Arc, OnceLock};

use clap_sys::ext::gui::CLAP_EXT_GUI;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params, clap_param_info, clap_plugin_params};
use clap_sys::ext::render::CLAP_EXT_RENDER;
use clap_sys::ext::state::CLAP_EXT_STATE;
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, CLAP_EXT_TRACK_INFO_COMPAT};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;

use super::super::window::WindowPlace;
use super::super::{Instance, ParamTable, Slot};
use super::host_proxy::HostProxy;
use super::{events, extensions, gui, process, state};

/// A plugin instance between the framework's wrapper and the host.
#[repr(C)]
pub struct Carrier {
    /// What the host holds; first, so that its address is the carrier's. `plugin_data` is the framework's wrapper,
    /// as the framework's extensions look for it there.
    outer: clap_plugin,
    /// The framework's own functions.
    pub inner: clap_plugin,
    pub host: *const clap_host,
    pub instance: Arc<dyn Instance>,
    slot: Arc<Slot>,
    /// The host that the framework knows.
    proxy: Box<HostProxy>,
    pub window: Arc<WindowPlace>,
    pub table: ParamTable,
    /// The framework's numbers of the parameters, in the order of the table.
    param_ids: OnceLock<Vec<u32>>,
    /// The framework's parameter functions, with Keel's flush.
    params: OnceLock<clap_plugin_params>,
}

impl Carrier {
    /// Wraps the framework's plugin and gives it to the host, which ends it by `destroy`.
    pub fn release(
        inner: clap_plugin,
        host: *const clap_host,
        proxy: Box<HostProxy>,
        slot: Arc<Slot>,
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
        let table = ParamTable::new(instance.params());
        let carrier = Self {
            outer,
            inner,
            host,
            instance,
            slot,
            proxy,
            window: Arc::default(),
            table,
            param_ids: OnceLock::new(),
            params: OnceLock::new(),
        };
        Box::into_raw(Box::new(carrier)).cast_const().cast()
    }

    /// # Safety
    /// `plugin` is null or came from [`Self::release`] and was not destroyed.
    pub unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: `outer` is the first field of a `repr(C)` struct.
        unsafe { plugin.cast::<Self>().as_ref() }
    }

    /// The plugin as the host knows it.
    pub fn plugin(&self) -> *const clap_plugin {
        &raw const self.outer
    }

    /// An extension of the host. Main thread, after `init` began.
    ///
    /// # Safety
    /// `T` is what the host keeps under `id`.
    pub unsafe fn host_extension<T>(&self, id: &CStr) -> Option<&T> {
        // SAFETY: the host outlives the plugin; the type is the caller's promise.
        unsafe { (*self.host).get_extension?(self.host, id.as_ptr()).cast::<T>().as_ref() }
    }

    /// The framework's number of the parameter at this position of the table. Any thread.
    pub fn param_id(&self, position: usize) -> Option<u32> {
        self.param_ids.get()?.get(position).copied()
    }

    /// Where the framework's number stands in the table. Any thread.
    pub fn position(&self, param_id: u32) -> Option<usize> {
        self.param_ids.get()?.iter().position(|id| *id == param_id)
    }

    /// Main thread.
    fn read_param_ids(&self) -> Vec<u32> {
        let Some((count, get_info)) = self.inner_params().and_then(|params| Some((params.count?, params.get_info?)))
        else {
            return Vec::new();
        };
        let plugin = self.plugin();
        // SAFETY: the framework's own functions, with a plugin of theirs; an all-zero info is a valid one.
        unsafe {
            (0..count(plugin))
                .map(|index| {
                    let mut info: clap_param_info = std::mem::zeroed();
                    get_info(plugin, index, &raw mut info);
                    info.id
                })
                .collect()
        }
    }

    /// The framework's parameter functions.
    pub fn inner_params(&self) -> Option<&clap_plugin_params> {
        let get_extension = self.inner.get_extension?;
        // SAFETY: the framework answers this id with that type, alive as long as the wrapper.
        unsafe { get_extension(self.plugin(), CLAP_EXT_PARAMS.as_ptr()).cast::<clap_plugin_params>().as_ref() }
    }
}

unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host passes what `release` gave it, on the main thread.
    unsafe {
        let Some(carrier) = Carrier::of(plugin) else { return false };
        carrier.proxy.main_thread_is_this();
        if !carrier.inner.init.is_some_and(|init| init(plugin)) {
            return false;
        }
        carrier.param_ids.get_or_init(|| carrier.read_param_ids());
        let host_params = carrier.host_extension::<clap_host_params>(CLAP_EXT_PARAMS);
        carrier.slot.set_request_flush(host_params.and_then(|params| params.request_flush));
        extensions::read_placement(carrier);
        extensions::read_track(carrier);
    }
    true
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    if plugin.is_null() {
        return;
    }
    // SAFETY: the host gives back what `release` gave it, for the last time; the framework frees its wrapper.
    unsafe {
        let carrier = Box::from_raw(plugin.cast_mut().cast::<Carrier>());
        carrier.window.close();
        carrier.slot.clear();
        if let Some(destroy) = carrier.inner.destroy {
            destroy(plugin);
        }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: the host passes what `release` gave it, and a C string or null.
    unsafe {
        let Some(carrier) = Carrier::of(plugin) else { return std::ptr::null() };
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
            && let Some(inner) = carrier.inner_params()
        {
            let flush = Some(events::flush_params as unsafe extern "C" fn(_, _, _));
            return (&raw const *carrier.params.get_or_init(|| clap_plugin_params { flush, ..*inner })).cast();
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
        carrier.inner.get_extension.map_or(std::ptr::null(), |get| get(plugin, id))
    }
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: the host passes what `release` gave it, on the main thread.
    unsafe {
        let Some(carrier) = Carrier::of(plugin) else { return };
        if let Some(on_main_thread) = carrier.inner.on_main_thread {
            on_main_thread(plugin);
        }
        if carrier.slot.take_dirty() {
            state::mark_dirty(carrier);
        }
        // Last: a host that hears its window is gone may destroy the plugin.
        let window = carrier.window.clone();
        window.run_callbacks();
    }
}
