//! The CLAP entry and its factory, around the framework's wrapper.

mod events;
mod extensions;
mod gui;
mod host_callback;
mod host_proxy;
mod plugin_vtable;
mod process;
mod state;
mod wrapped_plugin;

use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
pub use nice_plug::wrapper::clap::clap_plugin_entry;
use nice_plug::wrapper::clap::{CLAP_PLUGIN_FACTORY_ID, CLAP_VERSION, PluginDescriptor, Wrapper, clap_plugin_factory};
use nice_plug::wrapper::setup_logger;

pub use self::extensions::{KeelPlacement, KeelReport, PLACEMENT_EXTENSION, REPORT_EXTENSION};
pub(super) use self::host_callback::host_callback;
use self::host_proxy::HostProxy;
use self::plugin_vtable::release;
use super::{HostHandle, Hosted, contained};

/// The one plugin of this library.
static DESCRIPTOR: OnceLock<PluginDescriptor> = OnceLock::new();

/// What a CLAP host finds in the library.
#[derive(Debug)]
pub struct Entry<P>(PhantomData<P>);

impl<P: Hosted> Entry<P> {
    pub const ENTRY: clap_plugin_entry = clap_plugin_entry {
        clap_version: CLAP_VERSION,
        init: Some(Self::init),
        deinit: Some(Self::deinit),
        get_factory: Some(Self::get_factory),
    };

    const FACTORY: &'static clap_plugin_factory = &clap_plugin_factory {
        get_plugin_count: Some(Self::plugin_count),
        get_plugin_descriptor: Some(Self::plugin_descriptor),
        create_plugin: Some(Self::create_plugin),
    };

    fn descriptor() -> &'static PluginDescriptor {
        DESCRIPTOR.get_or_init(PluginDescriptor::for_plugin::<P>)
    }

    unsafe extern "C" fn init(_path: *const c_char) -> bool {
        setup_logger::<P>();
        true
    }

    unsafe extern "C" fn deinit() {}

    unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
        // SAFETY: the host passes a C string or null.
        if !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID {
            std::ptr::from_ref(Self::FACTORY).cast()
        } else {
            std::ptr::null()
        }
    }

    unsafe extern "C" fn plugin_count(_factory: *const clap_plugin_factory) -> u32 {
        1
    }

    unsafe extern "C" fn plugin_descriptor(
        _factory: *const clap_plugin_factory,
        index: u32,
    ) -> *const clap_plugin_descriptor {
        if index == 0 { Self::descriptor().clap_plugin_descriptor() } else { std::ptr::null() }
    }

    unsafe extern "C" fn create_plugin(
        _factory: *const clap_plugin_factory,
        host: *const clap_host,
        id: *const c_char,
    ) -> *const clap_plugin {
        // SAFETY: the host passes a C string or null.
        if host.is_null() || id.is_null() || unsafe { CStr::from_ptr(id) } != Self::descriptor().clap_id() {
            return std::ptr::null();
        }
        let handle = Arc::new(HostHandle::new(keel_core::link::Format::Clap));
        handle.set_clap(host);
        let proxy = HostProxy::new(host);
        // SAFETY: the proxy outlives the wrapper, see `WrappedPlugin`.
        let build = || HostHandle::around(&handle, || unsafe { Wrapper::<P>::new(proxy.as_host()) });
        let Some((wrapper, Some(instance))) = contained(None, || Some(build())) else { return std::ptr::null() };
        // The framework's `destroy` takes this count of the wrapper back.
        let wrapper = Arc::into_raw(wrapper);
        // SAFETY: the wrapper lives until `destroy`; nothing else borrows its cell yet.
        let inner = unsafe { *(*wrapper).clap_plugin.as_ptr() };
        release(inner, host, proxy, handle, instance)
    }
}
