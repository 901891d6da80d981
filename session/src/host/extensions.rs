//! The extensions that clack lacks or gets wrong: track-info, and Keel's private two.
#![allow(unsafe_code)] // C structs of CLAP extensions

use std::ffi::{CStr, CString, c_char, c_void};

use clack_host::extensions::prelude::*;
use clap_sys::color::clap_color;
use clap_sys::ext::audio_ports::{CLAP_PORT_MONO, CLAP_PORT_STEREO};
use clap_sys::ext::track_info::{
    CLAP_EXT_TRACK_INFO, CLAP_EXT_TRACK_INFO_COMPAT, CLAP_TRACK_INFO_HAS_AUDIO_CHANNEL, CLAP_TRACK_INFO_HAS_TRACK_NAME,
    clap_host_track_info, clap_track_info,
};
use clap_sys::plugin::clap_plugin;

use super::handlers::KeelHost;

/// Track-info of our own: clack's writer asks of a name that it outlive the handler, so that no track could be renamed
/// without a leak.
#[derive(Clone, Copy)]
pub(super) struct HostTrackInfo;

// SAFETY: the identifiers are those of `clap_host_track_info`; nothing is read through the pointer.
unsafe impl Extension for HostTrackInfo {
    const IDENTIFIERS: &'static [&'static CStr] = &[CLAP_EXT_TRACK_INFO, CLAP_EXT_TRACK_INFO_COMPAT];
    type ExtensionSide = HostExtensionSide;

    unsafe fn from_raw(_: RawExtension<HostExtensionSide>) -> Self {
        Self
    }
}

// SAFETY: the struct is the one that CLAP defines for these identifiers.
unsafe impl ExtensionImplementation<KeelHost> for HostTrackInfo {
    const IMPLEMENTATION: RawExtensionImplementation =
        RawExtensionImplementation::new(&clap_host_track_info { get: Some(track_info_get) });
}

unsafe extern "C" fn track_info_get(host: *const clap_host, info: *mut clap_track_info) -> bool {
    if info.is_null() {
        return false;
    }
    // SAFETY: CLAP calls this on the main thread with the host it was given, and `info` points to memory for one struct.
    unsafe {
        HostWrapper::<KeelHost>::handle_main_thread(host, |main| {
            info.write(describe_track(&main.name(), main.channels()));
            Ok(true)
        })
    }
    .unwrap_or(false)
}

fn describe_track(name: &str, channels: u32) -> clap_track_info {
    let mut info = clap_track_info {
        flags: CLAP_TRACK_INFO_HAS_TRACK_NAME | CLAP_TRACK_INFO_HAS_AUDIO_CHANNEL,
        name: [0; 256],
        color: clap_color { alpha: 0, red: 0, green: 0, blue: 0 },
        audio_channel_count: channels as i32,
        audio_port_type: if channels == 1 { CLAP_PORT_MONO.as_ptr() } else { CLAP_PORT_STEREO.as_ptr() },
    };
    let mut end = name.len().min(info.name.len() - 1);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    for (to, byte) in info.name.iter_mut().zip(&name.as_bytes()[..end]) {
        *to = *byte as c_char;
    }
    info
}

/// `org.keelaudio.placement/1`, the host's side: where on its channel the plugin listens.
#[repr(C)]
struct PlacementTable {
    version: u32,
    get: unsafe extern "C" fn(*const clap_host) -> u32,
}

#[derive(Clone, Copy)]
pub(super) struct HostPlacement;

// SAFETY: the identifier is that of Keel's `keel_placement`; nothing is read through the pointer.
unsafe impl Extension for HostPlacement {
    const IDENTIFIERS: &'static [&'static CStr] = &[c"org.keelaudio.placement/1"];
    type ExtensionSide = HostExtensionSide;

    unsafe fn from_raw(_: RawExtension<HostExtensionSide>) -> Self {
        Self
    }
}

// SAFETY: the struct has the layout that Keel defines for this identifier.
unsafe impl ExtensionImplementation<KeelHost> for HostPlacement {
    const IMPLEMENTATION: RawExtensionImplementation =
        RawExtensionImplementation::new(&PlacementTable { version: 1, get: placement_get });
}

unsafe extern "C" fn placement_get(host: *const clap_host) -> u32 {
    // SAFETY: the plugin calls this with the host it was given.
    unsafe { HostWrapper::<KeelHost>::handle(host, |host| Ok(host.shared().placement())) }.unwrap_or(0)
}

type WriteChunk = unsafe extern "C" fn(ctx: *mut c_void, data: *const u8, len: usize);

/// `org.keelaudio.report/1`, the plugin's side: the session's verdicts as JSON.
#[repr(C)]
#[derive(Clone, Copy)]
struct ReportTable {
    version: u32,
    report: unsafe extern "C" fn(*const clap_plugin, scope: *const c_char, ctx: *mut c_void, write: WriteChunk) -> bool,
}

#[derive(Clone, Copy)]
pub(super) struct PluginReport(RawExtension<PluginExtensionSide, ReportTable>);

// SAFETY: the identifier is that of Keel's `keel_report`, whose layout `ReportTable` has.
unsafe impl Extension for PluginReport {
    const IDENTIFIERS: &'static [&'static CStr] = &[c"org.keelaudio.report/1"];
    type ExtensionSide = PluginExtensionSide;

    unsafe fn from_raw(raw: RawExtension<PluginExtensionSide>) -> Self {
        // SAFETY: upheld by the caller.
        Self(unsafe { raw.cast() })
    }
}

impl PluginReport {
    /// The report's JSON, or `None` where the plugin does not know the scope.
    pub(super) fn ask(&self, plugin: &PluginMainThreadHandle<'_>, scope: Option<&str>) -> Option<String> {
        let table = plugin.use_extension(&self.0);
        if table.version != 1 {
            return None;
        }
        let scope = scope.map(CString::new).transpose().ok()?;
        let scope = scope.as_ref().map_or(std::ptr::null(), |scope| scope.as_ptr());
        let mut bytes: Vec<u8> = Vec::new();
        let ctx = (&raw mut bytes).cast::<c_void>();
        // SAFETY: `plugin` is alive and this is its main thread; `bytes` outlives the call and `append` is its writer.
        let has_report = unsafe { (table.report)(plugin.as_raw_ptr(), scope, ctx, append) };
        has_report.then(|| String::from_utf8_lossy(&bytes).into_owned())
    }
}

unsafe extern "C" fn append(ctx: *mut c_void, data: *const u8, len: usize) {
    if data.is_null() || len == 0 {
        return;
    }
    // SAFETY: `ctx` is the `Vec` of `ask`, which nothing else touches while the plugin writes; `data` holds `len` bytes.
    unsafe { (*ctx.cast::<Vec<u8>>()).extend_from_slice(std::slice::from_raw_parts(data, len)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(info: &clap_track_info) -> String {
        let bytes: Vec<u8> = info.name.iter().map(|&c| c as u8).take_while(|&c| c != 0).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let long = "ä".repeat(200);
        assert_eq!(name_of(&describe_track(&long, 2)), "ä".repeat(127), "255 bytes and a terminator fit");
        assert_eq!(name_of(&describe_track("Kick In", 1)), "Kick In");
    }
}
