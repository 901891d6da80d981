//! A window that is open: once closed, it has left nothing running.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{EditorHandle, Modifiers, ParentWindowHandle, VirtualKeyCode};
use nice_plug_egui::{EguiEditorHandle, baseview};

/// A window system that hangs must not take the host along.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The thread that draws a window, where it has one of its own: under X11.
#[derive(Debug, Clone, Default)]
pub struct DrawingThread(Arc<OnceLock<PathBuf>>);

impl DrawingThread {
    /// The thread that calls is it.
    pub fn is_this(&self) {
        // "1234/task/5678" on Linux, absent elsewhere.
        if let Ok(task) = std::fs::read_link("/proc/thread-self") {
            _ = self.0.set(Path::new("/proc").join(task));
        }
    }

    fn wait_for_end(&self) {
        let Some(task) = self.0.get() else { return };
        let began = Instant::now();
        while task.exists() && began.elapsed() < PATIENCE {
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// Dropped, it closes the window.
///
/// The framework's own close may return while the window's thread still takes its connection and its
/// graphics library down. A host that then ends or unloads the plugin takes the code away from under that thread.
pub struct OpenWindow {
    // Dropped in this order.
    window: baseview::Window,
    _end: AwaitedEnd,
}

struct AwaitedEnd(DrawingThread);

impl Drop for AwaitedEnd {
    fn drop(&mut self) {
        self.0.wait_for_end();
    }
}

impl OpenWindow {
    pub fn new(window: baseview::Window, thread: DrawingThread) -> Self {
        Self { window, _end: AwaitedEnd(thread) }
    }
}

impl fmt::Debug for OpenWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenWindow").finish_non_exhaustive()
    }
}

/// The framework's handle to what is drawn, with the window above.
pub struct OpenEditor(pub EguiEditorHandle);

impl fmt::Debug for OpenEditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenEditor").finish_non_exhaustive()
    }
}

impl EditorHandle for OpenEditor {
    type Window = OpenWindow;
    type Error = baseview::Error;

    fn run_until_closed(open: OpenWindow) -> Result<(), baseview::Error> {
        let OpenWindow { window, _end } = open;
        window.run_until_closed()
    }

    fn set_parent(&self, parent: ParentWindowHandle, open: &OpenWindow) -> Result<(), baseview::Error> {
        self.0.set_parent(parent, &open.window)
    }

    fn show(&self, open: &OpenWindow) -> Result<(), baseview::Error> {
        self.0.show(&open.window)
    }

    fn hide(&self, open: &OpenWindow) -> Result<(), baseview::Error> {
        self.0.hide(&open.window)
    }

    fn set_size(&self, size: NativeSize<u32>, open: &OpenWindow) -> Result<(), baseview::Error> {
        self.0.set_size(size, &open.window)
    }

    fn host_main_thread_callback(&self, open: &OpenWindow) {
        self.0.host_main_thread_callback(&open.window);
    }

    fn adjust_size(&self, size: NativeSize<u32>, open: &OpenWindow) -> Option<NativeSize<u32>> {
        self.0.adjust_size(size, &open.window)
    }

    fn set_fallback_scale_factor(&self, scale: f64, open: &OpenWindow) -> Result<(), baseview::Error> {
        self.0.set_fallback_scale_factor(scale, &open.window)
    }

    fn on_virtual_key_from_host(&self, key: VirtualKeyCode, is_down: bool, modifiers: Modifiers) -> bool {
        self.0.on_virtual_key_from_host(key, is_down, modifiers)
    }

    fn state_changed(&self) {
        self.0.state_changed();
    }

    fn param_value_changed(&self, id: &str, normalized: f32) {
        self.0.param_value_changed(id, normalized);
    }

    fn param_modulation_changed(&self, id: &str, offset: f32) {
        self.0.param_modulation_changed(id, offset);
    }
}
