//! The window that an editor lives in: X11.

use x11rb::connection::Connection;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, Keycode, PropMode, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::host::{EditorSize, HostError};
use crate::window_event::WindowEvent;

const KEYSYM_ESCAPE: u32 = 0xff1b;
const KEYSYM_Q: u32 = 0x71;
/// The editor's ground, seen until it has drawn itself.
const GROUND: u32 = 0x0018_1a1f;

/// A window of the host's own, to embed an editor in.
#[derive(Debug)]
pub struct EditorWindow {
    connection: RustConnection,
    window: u32,
    delete_window: u32,
    closing_keys: Vec<Keycode>,
    size: EditorSize,
}

impl EditorWindow {
    /// There is a display to open a window on.
    pub fn has_display() -> bool {
        x11rb::connect(None).is_ok()
    }

    pub fn open(title: &str, size: EditorSize) -> Result<Self, HostError> {
        Self::try_open(title, size).map_err(|error| HostError::Window(format!("no window can be opened: {error}")))
    }

    fn try_open(title: &str, size: EditorSize) -> Result<Self, Box<dyn std::error::Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        let window = create(&connection, screen, size)?;
        let delete_window = name_and_show(&connection, window, title)?;
        let closing_keys = closing_keys(&connection)?;
        connection.sync()?;
        Ok(Self { connection, window, delete_window, closing_keys, size })
    }

    /// The X11 id to embed the editor in.
    pub fn id(&self) -> u32 {
        self.window
    }

    pub fn size(&self) -> EditorSize {
        self.size
    }

    /// Takes a size that the editor asks for.
    pub fn resize(&mut self, size: EditorSize) {
        self.size = size;
        let size_change = ConfigureWindowAux::new().width(size.width).height(size.height);
        // A window that has gone takes no size; `events` reports it.
        let _ = self.connection.configure_window(self.window, &size_change);
        let _ = self.connection.flush();
    }

    /// What happened since the last call. A lost connection reads as closed.
    pub fn events(&mut self) -> Vec<WindowEvent> {
        let mut events = Vec::new();
        loop {
            match self.connection.poll_for_event() {
                Ok(Some(event)) => events.extend(self.read(&event)),
                Ok(None) => return events,
                Err(_) => {
                    events.push(WindowEvent::Close);
                    return events;
                }
            }
        }
    }

    fn read(&mut self, event: &Event) -> Option<WindowEvent> {
        match event {
            Event::ConfigureNotify(to) if to.window == self.window => {
                let size = EditorSize { width: to.width.into(), height: to.height.into() };
                let moved_only = size == std::mem::replace(&mut self.size, size);
                (!moved_only).then_some(WindowEvent::Resized(size))
            }
            Event::ClientMessage(message) if message.data.as_data32()[0] == self.delete_window => {
                Some(WindowEvent::Close)
            }
            Event::KeyPress(key) if self.closing_keys.contains(&key.detail) => Some(WindowEvent::Close),
            Event::DestroyNotify(gone) if gone.window == self.window => Some(WindowEvent::Close),
            _ => None,
        }
    }
}

impl Drop for EditorWindow {
    fn drop(&mut self) {
        // The connection closes next, and its windows with it.
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.sync();
    }
}

fn create(connection: &RustConnection, screen: usize, size: EditorSize) -> Result<u32, ReplyOrIdError> {
    let screen = &connection.setup().roots[screen];
    let window = connection.generate_id()?;
    let (width, height) = (size.width.clamp(1, 16_384) as u16, size.height.clamp(1, 16_384) as u16);
    let attributes = CreateWindowAux::new()
        .background_pixel(GROUND)
        .event_mask(EventMask::STRUCTURE_NOTIFY | EventMask::KEY_PRESS | EventMask::FOCUS_CHANGE);
    let class = WindowClass::INPUT_OUTPUT;
    let visual = screen.root_visual;
    connection
        .create_window(screen.root_depth, window, screen.root, 0, 0, width, height, 0, class, visual, &attributes)?
        .check()?;
    Ok(window)
}

/// Titles and maps the window, and asks for a message instead of a kill at its close button.
fn name_and_show(connection: &RustConnection, window: u32, title: &str) -> Result<u32, ReplyError> {
    let atom = |name: &[u8]| -> Result<u32, ReplyError> { Ok(connection.intern_atom(false, name)?.reply()?.atom) };
    let (protocols, delete) = (atom(b"WM_PROTOCOLS")?, atom(b"WM_DELETE_WINDOW")?);
    let (utf8, net_name) = (atom(b"UTF8_STRING")?, atom(b"_NET_WM_NAME")?);
    connection.change_property8(PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, title.as_bytes())?;
    connection.change_property8(PropMode::REPLACE, window, net_name, utf8, title.as_bytes())?;
    let class = b"keel-session\0Keel\0";
    connection.change_property8(PropMode::REPLACE, window, AtomEnum::WM_CLASS, AtomEnum::STRING, class)?;
    connection.change_property32(PropMode::REPLACE, window, protocols, AtomEnum::ATOM, &[delete])?;
    connection.map_window(window)?.check()?;
    Ok(delete)
}

/// The keys that mean Escape or q on this keyboard.
fn closing_keys(connection: &RustConnection) -> Result<Vec<Keycode>, ReplyError> {
    let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
    let mapping = get_mapping(connection, first, last - first + 1)?;
    let width = usize::from(mapping.keysyms_per_keycode).max(1);
    let closes = |symbols: &[u32]| symbols.iter().any(|symbol| [KEYSYM_ESCAPE, KEYSYM_Q].contains(symbol));
    let codes = (first..=last).zip(mapping.keysyms.chunks(width));
    Ok(codes.filter(|(_, symbols)| closes(symbols)).map(|(code, _)| code).collect())
}

fn get_mapping(
    connection: &RustConnection,
    first: Keycode,
    count: u8,
) -> Result<x11rb::protocol::xproto::GetKeyboardMappingReply, ReplyError> {
    let asked: Result<_, ConnectionError> = connection.get_keyboard_mapping(first, count);
    asked?.reply()
}
