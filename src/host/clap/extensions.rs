//! Extensions of Keel's own, and what they ask of the host.

use std::ffi::{CStr, c_char, c_void};

use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, clap_plugin_render, clap_plugin_render_mode};
use clap_sys::ext::track_info::{
    CLAP_EXT_TRACK_INFO, CLAP_EXT_TRACK_INFO_COMPAT, CLAP_TRACK_INFO_HAS_TRACK_NAME, CLAP_TRACK_INFO_IS_FOR_MASTER,
    CLAP_TRACK_INFO_IS_FOR_RETURN_TRACK, clap_host_track_info, clap_plugin_track_info, clap_track_info,
};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use keel_core::mix::{Placement, Role};

use super::super::contained;
use super::wrapped_plugin::WrappedPlugin;

/// Plugin side: the session's report.
pub const REPORT_EXTENSION: &CStr = c"org.keelaudio.report/1";

/// Host side: where on its channel the plugin sits.
pub const PLACEMENT_EXTENSION: &CStr = c"org.keelaudio.placement/1";

/// Takes a piece of the report.
pub type WriteReport = unsafe extern "C" fn(ctx: *mut c_void, data: *const u8, len: usize);

/// [`REPORT_EXTENSION`]: the whole session's report as JSON, from any of its instances.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KeelReport {
    pub version: u32,
    /// Main thread. `scope` is null, `loudest`, `playing`, `song` or `FROM-TO` in seconds. False where there is no
    /// such scope.
    pub report: unsafe extern "C" fn(
        plugin: *const clap_plugin,
        scope: *const c_char,
        ctx: *mut c_void,
        write: WriteReport,
    ) -> bool,
}

/// [`PLACEMENT_EXTENSION`]: 0 unknown, 1 before the fader, 2 after fader and pan.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KeelPlacement {
    pub version: u32,
    /// Main thread.
    pub get: unsafe extern "C" fn(host: *const clap_host) -> u32,
}

pub static REPORT: KeelReport = KeelReport { version: 1, report };
/// Keel renders at any speed.
pub static RENDER: clap_plugin_render =
    clap_plugin_render { has_hard_realtime_requirement: Some(has_no_realtime_requirement), set: Some(set_render_mode) };
pub static TRACK_INFO: clap_plugin_track_info = clap_plugin_track_info { changed: Some(track_changed) };

unsafe extern "C" fn report(
    plugin: *const clap_plugin,
    scope: *const c_char,
    ctx: *mut c_void,
    write: WriteReport,
) -> bool {
    // SAFETY: the host passes what it was given, and a C string or null.
    let (wrapped, scope) = unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return false };
        (wrapped, (!scope.is_null()).then(|| CStr::from_ptr(scope)))
    };
    let scope = match scope.map(CStr::to_str) {
        None => None,
        Some(Ok(scope)) => Some(scope),
        Some(Err(_)) => return false,
    };
    let Some(json) = contained(None, || wrapped.instance.report(scope)) else { return false };
    // SAFETY: `write` and `ctx` are the host's own.
    unsafe { write(ctx, json.as_ptr(), json.len()) };
    true
}

/// # Safety
/// Main thread, during or after `init`.
pub unsafe fn read_placement(wrapped: &WrappedPlugin) {
    // SAFETY: the id stands for this type.
    unsafe {
        if let Some(extension) = wrapped.host_extension::<KeelPlacement>(PLACEMENT_EXTENSION)
            && extension.version >= 1
        {
            let placement = match (extension.get)(wrapped.host) {
                1 => Placement::Pre,
                2 => Placement::Post,
                _ => Placement::Unknown,
            };
            wrapped.instance.placed(placement);
        }
    }
}

/// # Safety
/// Main thread, during or after `init`.
pub unsafe fn read_track(wrapped: &WrappedPlugin) {
    // SAFETY: the ids stand for this type; an all-zero `clap_track_info` is a valid one.
    unsafe {
        let extension = wrapped
            .host_extension::<clap_host_track_info>(CLAP_EXT_TRACK_INFO)
            .or_else(|| wrapped.host_extension::<clap_host_track_info>(CLAP_EXT_TRACK_INFO_COMPAT));
        let Some(get) = extension.and_then(|extension| extension.get) else { return };
        let mut info: clap_track_info = std::mem::zeroed();
        if get(wrapped.host, &raw mut info) {
            hand_on_track(wrapped, &info);
        }
    }
}

fn hand_on_track(wrapped: &WrappedPlugin, info: &clap_track_info) {
    if info.flags & CLAP_TRACK_INFO_HAS_TRACK_NAME == 0 {
        return;
    }
    let bytes: Vec<u8> = info.name.iter().map(|&c| c as u8).take_while(|&c| c != 0).collect();
    let name = String::from_utf8_lossy(&bytes);
    // Hosts send empty names: the last one stands.
    if !name.trim().is_empty() {
        contained((), || wrapped.instance.track_named(name.trim(), bus_role(info.flags)));
    }
}

fn bus_role(flags: u64) -> Option<Role> {
    if flags & CLAP_TRACK_INFO_IS_FOR_MASTER != 0 {
        Some(Role::MixBus)
    } else if flags & CLAP_TRACK_INFO_IS_FOR_RETURN_TRACK != 0 {
        Some(Role::Return)
    } else {
        None
    }
}

unsafe extern "C" fn track_changed(plugin: *const clap_plugin) {
    // SAFETY: the host passes what it was given, on the main thread.
    unsafe {
        if let Some(wrapped) = WrappedPlugin::of(plugin) {
            read_track(wrapped);
        }
    }
}

unsafe extern "C" fn has_no_realtime_requirement(_: *const clap_plugin) -> bool {
    false
}

/// The framework would take the mode in at the next activation only; a render may begin before it.
unsafe extern "C" fn set_render_mode(plugin: *const clap_plugin, mode: clap_plugin_render_mode) -> bool {
    // SAFETY: the host passes what it was given, on the main thread; the framework answers this id with that type.
    unsafe {
        let Some(wrapped) = WrappedPlugin::of(plugin) else { return false };
        let offline = mode == CLAP_RENDER_OFFLINE;
        wrapped.instance.rendering(offline);
        if offline {
            contained((), || wrapped.instance.render_announced());
        }
        let inner = wrapped.inner.get_extension.map(|get| get(plugin, CLAP_EXT_RENDER.as_ptr()));
        let inner = inner.and_then(|inner| inner.cast::<clap_plugin_render>().as_ref());
        inner.and_then(|inner| inner.set).is_some_and(|set| set(plugin, mode))
    }
}
