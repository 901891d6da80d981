//! The plugin's editor, embedded in a window of the host.
#![allow(unsafe_code)] // handing a window over to the plugin

use std::sync::atomic::Ordering;

use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, Window};

use super::{HostError, Instance};

/// Pixels of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditorSize {
    pub width: u32,
    pub height: u32,
}

impl From<GuiSize> for EditorSize {
    fn from(size: GuiSize) -> Self {
        Self { width: size.width, height: size.height }
    }
}

impl From<EditorSize> for GuiSize {
    fn from(size: EditorSize) -> Self {
        Self { width: size.width, height: size.height }
    }
}

const EMBEDDED_X11: GuiConfiguration<'static> = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };

impl Instance {
    /// Makes the editor and says how large it wants to be. [`Self::show_editor`] comes next; a host may take its time.
    pub fn create_editor(&mut self, scale: Option<f64>) -> Result<EditorSize, HostError> {
        let gui = self.extensions.gui.ok_or(HostError::Missing("editor"))?;
        self.inner.access_shared_handler(|shared| shared.closed.store(false, Ordering::Release));
        let plugin = self.inner.plugin_handle();
        if !gui.is_api_supported(&plugin, EMBEDDED_X11) {
            return Err(HostError::Missing("editor for X11"));
        }
        gui.create(&plugin, EMBEDDED_X11).map_err(|error| HostError::Window(error.to_string()))?;
        self.editor_is_open = true;
        if let Some(scale) = scale {
            // A plugin may refuse: then it draws at its own scale.
            let _ = gui.set_scale(&plugin, scale);
        }
        Ok(gui.get_size(&plugin).map_or(EditorSize { width: 640, height: 480 }, EditorSize::from))
    }

    /// Embeds the editor in the X11 window `parent` and shows it. The window must live until [`Self::close_editor`].
    pub fn show_editor(&mut self, parent: u32) -> Result<(), HostError> {
        let gui = self.extensions.gui.ok_or(HostError::Missing("editor"))?;
        let plugin = self.inner.plugin_handle();
        let window = Window::from_x11_handle(parent.into());
        // SAFETY: the caller keeps the window until `close_editor`; X11 answers a dead id with an error, not with harm.
        unsafe { gui.set_parent(&plugin, window) }.map_err(|error| HostError::Window(error.to_string()))?;
        gui.show(&plugin).map_err(|error| HostError::Window(error.to_string()))
    }

    pub fn close_editor(&mut self) {
        if std::mem::take(&mut self.editor_is_open)
            && let Some(gui) = self.extensions.gui
        {
            gui.destroy(&self.inner.plugin_handle());
        }
        self.pump();
    }

    pub fn editor_size(&mut self) -> Option<EditorSize> {
        let gui = self.extensions.gui?;
        gui.get_size(&self.inner.plugin_handle()).map(EditorSize::from)
    }

    /// The user resized the window: the size the editor took.
    pub fn resize_editor(&mut self, size: EditorSize) -> Option<EditorSize> {
        let gui = self.extensions.gui?;
        let plugin = self.inner.plugin_handle();
        if !gui.can_resize(&plugin) {
            return None;
        }
        let size = gui.adjust_size(&plugin, size.into()).unwrap_or_else(|| size.into());
        gui.set_size(&plugin, size).ok()?;
        Some(size.into())
    }

    /// The size that the editor asks the host's window to take, since the last call.
    pub fn take_resize_request(&mut self) -> Option<EditorSize> {
        self.inner.access_shared_handler(|shared| shared.take_resize()).map(EditorSize::from)
    }

    /// The editor lost its window.
    pub fn editor_was_closed(&self) -> bool {
        self.inner.access_shared_handler(|shared| shared.closed.load(Ordering::Acquire))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.close_editor();
    }
}
