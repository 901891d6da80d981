//! A plugin of the framework's, wrapped for the host.

use std::ffi::CStr;
use std::sync::{Arc, OnceLock};

use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;

use super::super::window::WindowPlace;
use super::super::{HostHandle, Instance, ParamTable};
use super::host_proxy::HostProxy;

/// A plugin instance between the framework's wrapper and the host.
#[repr(C)]
pub struct WrappedPlugin {
    /// What the host holds; first, so that its address is this one's. `plugin_data` is the framework's wrapper,
    /// as the framework's extensions expect it there.
    outer: clap_plugin,
    /// The framework's own functions.
    pub inner: clap_plugin,
    pub host: *const clap_host,
    pub instance: Arc<dyn Instance>,
    pub handle: Arc<HostHandle>,
    /// The host that the framework knows.
    pub proxy: Box<HostProxy>,
    pub window: Arc<WindowPlace>,
    pub table: ParamTable,
    /// The framework's numbers of the parameters, in the order of the table.
    pub param_ids: OnceLock<Vec<u32>>,
    /// The framework's parameter functions, with Keel's flush.
    pub params: OnceLock<clap_plugin_params>,
}

impl WrappedPlugin {
    /// `outer` is what the host gets to hold.
    pub fn new(
        [outer, inner]: [clap_plugin; 2],
        host: *const clap_host,
        proxy: Box<HostProxy>,
        handle: Arc<HostHandle>,
        instance: Arc<dyn Instance>,
    ) -> Self {
        Self {
            outer,
            inner,
            host,
            handle,
            proxy,
            window: Arc::default(),
            table: ParamTable::new(instance.params()),
            instance,
            param_ids: OnceLock::new(),
            params: OnceLock::new(),
        }
    }

    /// # Safety
    /// `plugin` is null or came from `release` in `plugin_vtable` and was not destroyed.
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
    pub fn read_param_ids(&self) -> Vec<u32> {
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
