//! The plugin's window between the host and what draws it: the same checks for both formats. The framework's own ways to a
//! window are not used: they end the host where it calls them from another thread, with no parent, or with no size.

use std::ffi::{c_ulong, c_void};
use std::fmt;
use std::mem::ManuallyDrop;
use std::num::NonZeroIsize;
use std::ptr::NonNull;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{HostMethods, ParentWindowHandle};
use parking_lot::Mutex;

use super::{Instance, contained};

/// Scales that a display can have.
const SCALES: std::ops::RangeInclusive<f64> = 0.25..=16.0;
/// A window system's limit to a side, in pixels.
const LARGEST: u32 = 16_384;

/// A window that is open, shown or not. It closes as it is dropped.
pub trait PluginWindow {
    fn set_parent(&self, parent: ParentWindowHandle) -> bool;
    fn show(&self) -> bool;
    fn hide(&self) -> bool;
    fn size(&self) -> NativeSize<u32>;
    fn resize(&self, size: NativeSize<u32>) -> bool;
    /// The size nearest to this one that the window can have.
    fn fitting(&self, size: NativeSize<u32>) -> NativeSize<u32>;
    /// The host's word on the display's scale; false where the system's own goes over it.
    fn suggest_scale(&self, scale: f64) -> bool;
    /// Does what the window had for the host's main thread.
    fn run_callbacks(&self);
}

/// What a window opens with.
pub struct Opening {
    /// `None` where it comes later.
    pub parent: Option<ParentWindowHandle>,
    /// The host's word on the display's scale.
    pub scale: Option<f64>,
    pub host: HostMethods,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("scale", &self.scale).finish_non_exhaustive()
    }
}

/// The place of an instance's window: at most one is open. No call of a host gets a panic through it.
#[derive(Default)]
pub struct WindowPlace {
    open: Mutex<Option<Arc<OnItsThread>>>,
    scale: Mutex<Option<f64>>,
}

impl WindowPlace {
    /// Opens the window; false where one is open or none can be.
    pub fn open(&self, instance: &Arc<dyn Instance>, parent: Option<ParentWindowHandle>, host: HostMethods) -> bool {
        if self.is_open() {
            return false;
        }
        let opening = Opening { parent, scale: *self.scale.lock(), host };
        let instance = instance.clone();
        let Some(window) = contained(None, || instance.open_window(opening)) else { return false };
        *self.open.lock() =
            Some(Arc::new(OnItsThread { thread: thread::current().id(), window: ManuallyDrop::new(window) }));
        true
    }

    pub fn is_open(&self) -> bool {
        self.open.lock().is_some()
    }

    /// Closes the window, and returns once nothing of it is left; from within a call of the window, when that ends.
    pub fn close(&self) -> bool {
        // Its end may call the host, and that this: the lock is not held.
        let window = self.open.lock().take();
        let was_open = window.is_some();
        contained((), || drop(window));
        was_open
    }

    /// The size of the open window, or what one would open with.
    pub fn size(&self, instance: &Arc<dyn Instance>) -> Option<NativeSize<u32>> {
        let size = match self.with(|window| window.size()) {
            Some(size) => size,
            None => contained(None, || Some(instance.window_size(*self.scale.lock())))?,
        };
        is_size(size).then_some(size)
    }

    /// False for a size that the window cannot have.
    pub fn resize(&self, size: NativeSize<u32>) -> bool {
        is_size(size) && self.with(|window| window.fitting(size) == size && window.resize(size)).unwrap_or(false)
    }

    pub fn fitting(&self, size: NativeSize<u32>) -> Option<NativeSize<u32>> {
        let size = NativeSize::new(size.width.clamp(1, LARGEST), size.height.clamp(1, LARGEST));
        self.with(|window| window.fitting(size))
    }

    /// Takes the host's word on the display's scale, for this window and the next ones.
    pub fn set_scale(&self, scale: f64) -> bool {
        // A NaN is in no range.
        if !SCALES.contains(&scale) {
            return false;
        }
        *self.scale.lock() = Some(scale);
        !self.is_open() || self.with(|window| window.suggest_scale(scale)).unwrap_or(false)
    }

    pub fn set_parent(&self, parent: ParentWindowHandle) -> bool {
        self.with(|window| window.set_parent(parent)).unwrap_or(false)
    }

    pub fn show(&self) -> bool {
        self.with(|window| window.show()).unwrap_or(false)
    }

    pub fn hide(&self) -> bool {
        self.with(|window| window.hide()).unwrap_or(false)
    }

    /// Does what the window had for the host's main thread.
    pub fn run_callbacks(&self) {
        self.with(|window| window.run_callbacks());
    }

    /// `None` without a window, on another thread than its own, and where the call failed.
    fn with<T>(&self, call: impl FnOnce(&dyn PluginWindow) -> T) -> Option<T> {
        // The host may call back from within: the lock is not held.
        let window = self.open.lock().clone()?;
        let is_its_own = window.thread == thread::current().id();
        let answer = if is_its_own { contained(None, || Some(call(&**window.window))) } else { None };
        // It may be the last of a window that was closed meanwhile.
        contained((), || drop(window));
        answer
    }
}

impl fmt::Debug for WindowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowPlace").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

/// A window and the thread that opened it, the one that may call it.
struct OnItsThread {
    thread: ThreadId,
    window: ManuallyDrop<Box<dyn PluginWindow>>,
}

// SAFETY: `WindowPlace` calls the window on its own thread only. Dropped it may be on any: on X11 its parts are ends of
// channels, a thread's handle and references to the host's objects, which may go from thread to thread; elsewhere see
// `Drop`.
unsafe impl Send for OnItsThread {}
// SAFETY: as above.
unsafe impl Sync for OnItsThread {}

impl Drop for OnItsThread {
    fn drop(&mut self) {
        // Windows and macOS let no other thread end a window: there a leak is the lesser evil.
        if cfg!(target_os = "linux") || self.thread == thread::current().id() {
            // SAFETY: nothing uses it after this.
            unsafe { ManuallyDrop::drop(&mut self.window) };
        }
    }
}

fn is_size(size: NativeSize<u32>) -> bool {
    [size.width, size.height].iter().all(|side| (1..=LARGEST).contains(side))
}

/// A window system that a host names its parent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    X11,
    Cocoa,
    Win32,
}

impl System {
    /// The one that windows of this build live in.
    pub const OWN: Self = if cfg!(target_os = "macos") {
        Self::Cocoa
    } else if cfg!(target_os = "windows") {
        Self::Win32
    } else {
        Self::X11
    };
}

/// The host's window as a parent; `None` where it is none of this system's.
pub fn parent(system: System, window: *mut c_void) -> Option<ParentWindowHandle> {
    if system != System::OWN {
        return None;
    }
    let pointer = NonNull::new(window)?;
    match system {
        // X numbers its windows with 29 bits.
        System::X11 => u32::try_from(window as usize).ok().map(|id| ParentWindowHandle::XlibWindow(c_ulong::from(id))),
        System::Cocoa => Some(ParentWindowHandle::AppKitNsView(pointer)),
        System::Win32 => NonZeroIsize::new(window as isize).map(ParentWindowHandle::Win32Hwnd),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_a_window_of_this_system() {
        let window = 0x1234usize as *mut c_void;
        assert!(parent(System::OWN, window).is_some());
        assert!(parent(System::OWN, std::ptr::null_mut()).is_none());
        for other in [System::X11, System::Cocoa, System::Win32].into_iter().filter(|other| *other != System::OWN) {
            assert!(parent(other, window).is_none());
        }
        if System::OWN == System::X11 {
            assert!(parent(System::X11, u64::MAX as *mut c_void).is_none(), "no number of a window");
        }
    }

    #[test]
    fn sizes_and_scales_that_are_none_are_refused() {
        let place = WindowPlace::default();
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300, 1e300] {
            assert!(!place.set_scale(scale), "{scale}");
        }
        assert!(place.set_scale(2.0), "for the window to come");
        for (width, height) in [(0, 0), (0, 500), (500, 0), (u32::MAX, 500), (500, 500)] {
            assert!(!place.resize(NativeSize::new(width, height)), "{width} x {height} of no window");
        }
        assert!(!place.close() && !place.show() && !place.hide());
    }
}
