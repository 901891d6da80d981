//! `clap.gui`: the host's calls to the window, each checked.

use std::error::Error;
use std::ffi::{CStr, c_char, c_void};

use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_COCOA, CLAP_WINDOW_API_WIN32, CLAP_WINDOW_API_X11, clap_gui_resize_hints,
    clap_host_gui, clap_plugin_gui, clap_window,
};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use nice_plug::editor::dpi::{NativeSize, Size};
use nice_plug::editor::{HostCallbacks, HostMainThreadCaller, HostMethods};

use super::super::window::{System, parent};
use super::host_callback;
use super::wrapped_plugin::WrappedPlugin;

pub static GUI: clap_plugin_gui = clap_plugin_gui {
    is_api_supported: Some(is_api_supported),
    get_preferred_api: Some(get_preferred_api),
    create: Some(create),
    destroy: Some(destroy),
    set_scale: Some(set_scale),
    get_size: Some(get_size),
    can_resize: Some(can_resize),
    get_resize_hints: Some(get_resize_hints),
    adjust_size: Some(adjust_size),
    set_size: Some(set_size),
    set_parent: Some(set_parent),
    set_transient: Some(set_transient),
    suggest_title: Some(suggest_title),
    show: Some(show),
    hide: Some(hide),
};

const SYSTEMS: [(&CStr, System); 3] = [
    (CLAP_WINDOW_API_X11, System::X11),
    (CLAP_WINDOW_API_COCOA, System::Cocoa),
    (CLAP_WINDOW_API_WIN32, System::Win32),
];

/// # Safety
/// `api` is null or a C string.
unsafe fn system(api: *const c_char) -> Option<System> {
    if api.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let api = unsafe { CStr::from_ptr(api) };
    SYSTEMS.into_iter().find(|(name, _)| *name == api).map(|(_, system)| system)
}

/// What the window asks of its host.
#[derive(Clone, Copy)]
struct ClapWindowHost(*const clap_host);

// SAFETY: from other threads only `clap_host.request_callback` is called through it, which CLAP allows.
unsafe impl Send for ClapWindowHost {}

impl ClapWindowHost {
    fn gui(&self) -> Option<&clap_host_gui> {
        // SAFETY: the host outlives the plugin, and that its window; the id stands for this type.
        unsafe { (*self.0).get_extension?(self.0, CLAP_EXT_GUI.as_ptr()).cast::<clap_host_gui>().as_ref() }
    }
}

impl HostCallbacks for ClapWindowHost {
    fn request_resize(&mut self, new_size: Size, scale_factor: f64) -> Result<(), Box<dyn Error>> {
        let size: NativeSize<u32> = NativeSize::from_size(new_size, scale_factor);
        let request = self.gui().and_then(|gui| gui.request_resize);
        // SAFETY: on the main thread, in answer to `on_main_thread`.
        let granted = request.is_some_and(|request| unsafe { request(self.0, size.width, size.height) });
        if granted { Ok(()) } else { Err("the host keeps its window's size".into()) }
    }

    fn destroyed(&mut self) {
        if let Some(closed) = self.gui().and_then(|gui| gui.closed) {
            // SAFETY: as above.
            unsafe { closed(self.0, true) };
        }
    }
}

impl HostMainThreadCaller for ClapWindowHost {
    fn call_main_thread(&mut self) {
        host_callback(self.0);
    }
}

unsafe extern "C" fn is_api_supported(_plugin: *const clap_plugin, api: *const c_char, is_floating: bool) -> bool {
    // SAFETY: the host passes a C string or null.
    !is_floating && unsafe { system(api) } == Some(System::OWN)
}

unsafe extern "C" fn get_preferred_api(
    _plugin: *const clap_plugin,
    api: *mut *const c_char,
    is_floating: *mut bool,
) -> bool {
    let own = SYSTEMS.into_iter().find(|(_, system)| *system == System::OWN);
    let Some((name, _)) = own.filter(|_| !api.is_null() && !is_floating.is_null()) else { return false };
    // SAFETY: the host lends both to be written.
    unsafe {
        *api = name.as_ptr();
        *is_floating = false;
    }
    true
}

/// False where the host has no `clap.gui` of its own: it could learn nothing of the window.
unsafe extern "C" fn create(plugin: *const clap_plugin, api: *const c_char, is_floating: bool) -> bool {
    // SAFETY: the host passes what it was given, and a C string or null.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return false };
        let host = ClapWindowHost(wrapped.host);
        if !is_api_supported(plugin, api, is_floating) || host.gui().is_none() {
            return false;
        }
        let methods = HostMethods { callbacks: Box::new(host), main_thread_caller: Box::new(host) };
        wrapped.window.open(&wrapped.instance, None, methods)
    }
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: the host passes what it was given.
    if let Some(wrapped) = unsafe { WrappedPlugin::of(plugin) } {
        wrapped.window.close();
    }
}

unsafe extern "C" fn set_scale(plugin: *const clap_plugin, scale: f64) -> bool {
    // SAFETY: the host passes what it was given.
    unsafe { WrappedPlugin::of(plugin) }.is_some_and(|wrapped| wrapped.window.set_scale(scale))
}

unsafe extern "C" fn get_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    // SAFETY: the host passes what it was given, and numbers to be written or null.
    unsafe {
        let (Some(wrapped), Some(width), Some(height)) = (WrappedPlugin::of(plugin), width.as_mut(), height.as_mut())
        else {
            return false;
        };
        let size = wrapped.window.size(&wrapped.instance);
        size.map(|size| (*width, *height) = (size.width, size.height)).is_some()
    }
}

unsafe extern "C" fn can_resize(_plugin: *const clap_plugin) -> bool {
    true
}

unsafe extern "C" fn get_resize_hints(_plugin: *const clap_plugin, hints: *mut clap_gui_resize_hints) -> bool {
    // SAFETY: the host passes hints to be written, or null.
    let Some(hints) = (unsafe { hints.as_mut() }) else { return false };
    hints.can_resize_horizontally = true;
    hints.can_resize_vertically = true;
    hints.preserve_aspect_ratio = false;
    true
}

unsafe extern "C" fn adjust_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    // SAFETY: the host passes what it was given, and numbers to be changed or null.
    unsafe {
        let (Some(wrapped), Some(width), Some(height)) = (WrappedPlugin::of(plugin), width.as_mut(), height.as_mut())
        else {
            return false;
        };
        let size = wrapped.window.fitting(NativeSize::new(*width, *height));
        size.map(|size| (*width, *height) = (size.width, size.height)).is_some()
    }
}

unsafe extern "C" fn set_size(plugin: *const clap_plugin, width: u32, height: u32) -> bool {
    // SAFETY: the host passes what it was given.
    unsafe { WrappedPlugin::of(plugin) }.is_some_and(|wrapped| wrapped.window.resize(NativeSize::new(width, height)))
}

unsafe extern "C" fn set_parent(plugin: *const clap_plugin, window: *const clap_window) -> bool {
    // SAFETY: the host passes what it was given, and a window or null; its api is null or a C string, and says which side
    // of the union is meant.
    unsafe {
        let (Some(wrapped), Some(window)) = (WrappedPlugin::of(plugin), window.as_ref()) else { return false };
        let Some(system) = system(window.api) else { return false };
        let pointer = match system {
            System::X11 => window.specific.x11 as usize as *mut c_void,
            System::Cocoa => window.specific.cocoa,
            System::Win32 => window.specific.win32,
        };
        parent(system, pointer).is_some_and(|parent| wrapped.window.set_parent(parent))
    }
}

/// For windows that float, which Keel's do not.
unsafe extern "C" fn set_transient(_plugin: *const clap_plugin, _window: *const clap_window) -> bool {
    false
}

/// As above.
unsafe extern "C" fn suggest_title(_plugin: *const clap_plugin, _title: *const c_char) {}

unsafe extern "C" fn show(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host passes what it was given.
    unsafe { WrappedPlugin::of(plugin) }.is_some_and(|wrapped| wrapped.window.show())
}

unsafe extern "C" fn hide(plugin: *const clap_plugin) -> bool {
    // SAFETY: the host passes what it was given.
    unsafe { WrappedPlugin::of(plugin) }.is_some_and(|wrapped| wrapped.window.hide())
}
