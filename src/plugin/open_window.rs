//! A window that is open, in its sizes and scale; once closed, it has left nothing running.

use std::cell::Cell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nice_plug::editor::dpi::{LogicalSize, NativeSize, Size};
use nice_plug::editor::{EditorHandle, ParentWindowHandle, SpawnedEditor};
use nice_plug_egui::{EguiEditorHandle, baseview};

use crate::editor::MIN_SIZE;
use crate::host::PluginWindow;

/// A window system that hangs must not take the host along.
const PATIENCE: Duration = Duration::from_secs(2);
const POLL_EVERY: Duration = Duration::from_millis(1);

/// The threads that a window started: under X11 one that draws, and one for the clipboard. Nameless, they have the name of
/// the thread that started them.
#[derive(Debug)]
pub struct WindowThreads(Vec<PathBuf>);

impl WindowThreads {
    /// What `start` starts, known by name from what else is started meanwhile.
    pub fn started_by<T>(start: impl FnOnce() -> T) -> (T, Self) {
        let before = alike();
        let started = start();
        (started, Self(alike().into_iter().filter(|task| !before.contains(task)).collect()))
    }

    fn wait_for_end(&self) {
        let began = Instant::now();
        while self.0.iter().any(|task| task.exists()) && began.elapsed() < PATIENCE {
            thread::sleep(POLL_EVERY);
        }
    }
}

/// WindowThreads of this process that are named as this one is; none where there is no `/proc`.
fn alike() -> Vec<PathBuf> {
    let name = |task: &Path| std::fs::read(task.join("comm")).ok();
    let Some(own) = name(Path::new("/proc/thread-self")) else { return Vec::new() };
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks.map(|task| task.path()).filter(|task| name(task).as_ref() == Some(&own)).collect()
}

/// The display's scale as the system has it; `None` where it has none, and the host's counts.
#[cfg(target_os = "linux")]
pub fn system_scale() -> Option<f64> {
    let (connection, _) = x11rb::connect(None).ok()?;
    let resources = x11rb::resource_manager::new_from_default(&connection).ok()?;
    let dpi: u32 = resources.get_value("Xft.dpi", "").ok()??;
    Some(f64::from(dpi) / 96.0).filter(|scale| (0.25..=16.0).contains(scale))
}

/// As above: elsewhere the window learns it once it is there.
#[cfg(not(target_os = "linux"))]
pub fn system_scale() -> Option<f64> {
    None
}

/// A size in points as the system counts, by the scale.
pub fn native([width, height]: [f32; 2], scale: f64) -> NativeSize<u32> {
    NativeSize::from_size(Size::Logical(LogicalSize::new(width, height).cast()), scale)
}

/// Dropped, it closes the window.
///
/// The framework's own close may return while the window's threads still take its connection and its
/// graphics library down. A host that then ends or unloads the plugin takes the code away from under them.
pub struct OpenWindow {
    // Dropped in this order.
    handle: EguiEditorHandle,
    window: baseview::Window,
    _end: AwaitedEnd,
    /// Pixels a point under X11, where the framework's own figure may be an old one.
    scale: Cell<f64>,
}

struct AwaitedEnd(WindowThreads);

impl Drop for AwaitedEnd {
    fn drop(&mut self) {
        self.0.wait_for_end();
    }
}

impl OpenWindow {
    pub fn new(editor: SpawnedEditor<EguiEditorHandle>, threads: WindowThreads, scale: f64) -> Self {
        let SpawnedEditor { handle, window } = editor;
        if cfg!(target_os = "linux") {
            // An answer means that the window's thread is in its loop: one that is stopped before would miss that, and
            // whoever closes the window would wait for it for good.
            _ = handle.hide(&window);
        }
        Self { handle, window, _end: AwaitedEnd(threads), scale: Cell::new(scale) }
    }
}

impl fmt::Debug for OpenWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenWindow").field("scale", &self.scale).finish_non_exhaustive()
    }
}

impl PluginWindow for OpenWindow {
    fn set_parent(&self, parent: ParentWindowHandle) -> bool {
        self.handle.set_parent(parent, &self.window).is_ok()
    }

    fn show(&self) -> bool {
        self.handle.show(&self.window).is_ok()
    }

    fn hide(&self) -> bool {
        self.handle.hide(&self.window).is_ok()
    }

    fn size(&self) -> NativeSize<u32> {
        let size = self.window.size();
        NativeSize::from_logical_or_physical(size.logical, size.physical)
    }

    fn resize(&self, size: NativeSize<u32>) -> bool {
        self.handle.set_size(size, &self.window).is_ok()
    }

    fn fitting(&self, size: NativeSize<u32>) -> NativeSize<u32> {
        let scale = if cfg!(target_os = "linux") { self.scale.get() } else { self.window.size().scale_factor };
        let least = native(MIN_SIZE, scale);
        NativeSize::new(size.width.max(least.width), size.height.max(least.height))
    }

    fn suggest_scale(&self, scale: f64) -> bool {
        if system_scale().is_some() || self.handle.set_fallback_scale_factor(scale, &self.window).is_err() {
            return false;
        }
        self.scale.set(scale);
        true
    }

    fn run_callbacks(&self) {
        self.handle.host_main_thread_callback(&self.window);
    }
}
