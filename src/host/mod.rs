//! Entry points, and what the host says: track name, placement, transport to come, offline mode. The plugin's only
//! room with `unsafe`.
//!
//! Keel owns its CLAP and VST3 entries. They carry the framework's wrappers and stand between them and the host:
//! buffers are checked before the framework sees them, state goes through Keel's own reading and writing, automation
//! is applied without the framework's worker thread, and a private extension hands out the report.

#![allow(unsafe_code)] // The room where hosts' pointers are read.

mod blocks;
pub mod clap;
mod gui_context;
mod host_handle;
mod params;
pub mod vst3;
mod window;

use std::sync::Arc;

use keel_core::mix::{Placement, Role};
use nice_plug::editor::dpi::NativeSize;
use nice_plug::prelude::{ClapPlugin, ParamPtr, Params, Vst3Plugin};

pub use gui_context::gui_context;
pub use host_handle::{Gesture, HostHandle};
pub use params::{ParamTable, TimedChange, ValueRefused};
pub use window::{Opening, PluginWindow};

/// A plugin that these entries can carry. It takes its [`HostHandle`] in `Default` and attaches its [`Instance`] there.
pub trait Hosted: ClapPlugin + Vst3Plugin {}

/// A parameter that Keel changed, here or from another instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OwnChange {
    /// Its place in the table.
    pub position: usize,
    /// From 0 to 1; `None` where only a gesture begins or ends.
    pub value: Option<f32>,
    /// A user's gesture begins, or ends: hosts record it as they record a knob.
    pub begins: bool,
    pub ends: bool,
}

/// What the entries ask of the plugin instance that they carry: outside the audio thread, where not said otherwise.
pub trait Instance: Send + Sync {
    fn params(&self) -> Arc<dyn Params>;

    /// Channels of the layout that is active, 0 while the plugin is not. Any thread.
    fn channels(&self) -> usize;

    /// The host renders from here on, or no more: no monitor check gets into it. Any thread.
    fn rendering(&self, offline: bool);

    /// A render comes: room for what it sends faster than it is read. May wait and allocate: main thread.
    fn render_announced(&self);

    /// A change of a parameter in the block that comes next. Audio thread.
    fn at_frame(&self, change: TimedChange);

    /// What [`Self::at_frame`] was given and no block has taken counts now. Audio thread, or any while nothing is processed.
    fn settle(&self);

    /// A parameter that was not changed by the host, until there is none: to be sent to the host. Audio thread.
    fn take_own_change(&self) -> Option<OwnChange>;

    /// A change that was taken and that the host had no room for. Audio thread.
    fn put_back(&self, change: &OwnChange);

    /// The host's name for the track, never empty, and its role where the host knows a return or the master.
    fn track_named(&self, name: &str, role: Option<Role>);

    /// Where on its channel the host says the plugin listens.
    fn placed(&self, placement: Placement);

    /// The whole state, for the host to store.
    fn save(&self) -> Vec<u8>;

    /// Takes a stored state; false where nothing in it could be read.
    fn load(&self, state: &[u8]) -> bool;

    /// A user's gesture on a parameter; what is none of Keel's is passed over. Not on the audio thread.
    fn gesture(&self, param: ParamPtr, gesture: Gesture);

    /// Opens the window, without a parent where the opening has none; `None` where there can be no window. The thread that
    /// opens it is the one that uses it.
    fn open_window(self: Arc<Self>, opening: Opening) -> Option<Box<dyn PluginWindow>>;

    /// The size that a window would open with, at the system's scale or else the host's.
    fn window_size(&self, scale: Option<f64>) -> NativeSize<u32>;

    /// The session's report as JSON: over its usual scope, or `loudest`, `playing`, `song` or `FROM-TO` in seconds.
    fn report(&self, scope: Option<&str>) -> Option<String>;
}

/// Calls the plugin so that no panic gets past the border to the host, which it would end.
fn contained<T>(otherwise: T, call: impl FnOnce() -> T) -> T {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_or(otherwise)
}

/// Exports the plugin from this library, as CLAP and VST3.
#[macro_export]
macro_rules! export_plugin {
    ($plugin:ty) => {
        #[allow(unsafe_code)] // A host finds these by their names.
        mod exports {
            use super::*;
            use std::ffi::c_void;

            type ClapEntry = $crate::host::clap::Entry<$plugin>;

            #[unsafe(no_mangle)]
            #[used]
            pub static clap_entry: $crate::host::clap::clap_plugin_entry = ClapEntry::ENTRY;

            #[unsafe(no_mangle)]
            pub extern "system" fn GetPluginFactory() -> *mut c_void {
                $crate::host::vst3::factory::<$plugin>()
            }

            #[cfg(all(target_family = "unix", not(target_os = "macos")))]
            #[unsafe(no_mangle)]
            pub extern "C" fn ModuleEntry(_library: *mut c_void) -> bool {
                $crate::host::vst3::module_entered::<$plugin>()
            }

            #[cfg(all(target_family = "unix", not(target_os = "macos")))]
            #[unsafe(no_mangle)]
            pub extern "C" fn ModuleExit() -> bool {
                true
            }

            #[cfg(target_os = "macos")]
            #[unsafe(no_mangle)]
            pub extern "C" fn bundleEntry(_bundle: *mut c_void) -> bool {
                $crate::host::vst3::module_entered::<$plugin>()
            }

            #[cfg(target_os = "macos")]
            #[unsafe(no_mangle)]
            pub extern "C" fn bundleExit() -> bool {
                true
            }

            #[cfg(target_os = "windows")]
            #[unsafe(no_mangle)]
            pub extern "system" fn InitDll() -> bool {
                $crate::host::vst3::module_entered::<$plugin>()
            }

            #[cfg(target_os = "windows")]
            #[unsafe(no_mangle)]
            pub extern "system" fn ExitDll() -> bool {
                true
            }
        }
    };
}
