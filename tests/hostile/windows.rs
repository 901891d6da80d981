//! Hosts and the window, under X11.

use std::ffi::{CStr, c_char};
use std::ptr::{null, null_mut};
use std::time::Duration;

use clap_sys::ext::gui::*;
use clap_sys::host::clap_host;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::Case;
use super::clap::sound;
use super::raw_clap::Host;

pub const CASES: &[Case] = &[
    ("window: asked of before it is there", before_it_is_there),
    ("window: of systems that are none of ours", other_systems),
    ("window: a null parent, then its end", null_parent),
    ("window: a parent that is no window", no_window),
    ("window: sizes that are none", no_sizes),
    ("window: scales that are none", no_scales),
    ("window: opened twice, closed twice", twice),
    ("window: hidden before it was shown", hidden_first),
    ("window: a host whose clap.gui has no functions", empty_gui),
    ("window: open when the plugin goes", destroyed_open),
    ("window: a parent that goes first", parent_goes_first),
];

/// A window of the host's.
pub struct Parent {
    pub connection: RustConnection,
    pub id: u32,
}

impl Parent {
    pub fn new() -> Self {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let id = connection.generate_id().expect("an id");
        let screen = &connection.setup().roots[screen];
        let (root, visual) = (screen.root, screen.root_visual);
        let attributes = CreateWindowAux::new();
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(0, id, root, 0, 0, 500, 600, 0, class, visual, &attributes).expect("asked");
        connection.map_window(id).expect("asked");
        connection.sync().expect("done");
        Self { connection, id }
    }

    fn as_window(&self) -> clap_window {
        window(CLAP_WINDOW_API_X11, self.id.into())
    }
}

fn window(api: &CStr, id: u64) -> clap_window {
    clap_window { api: api.as_ptr(), specific: clap_window_handle { x11: id as _ } }
}

/// A host's side of `clap.gui` without any function.
static EMPTY: clap_host_gui = clap_host_gui {
    resize_hints_changed: None,
    request_resize: None,
    request_show: None,
    request_hide: None,
    closed: None,
};

unsafe extern "C" fn grants(_: *const clap_host, _: u32, _: u32) -> bool {
    true
}

unsafe extern "C" fn passes(_: *const clap_host) -> bool {
    true
}

unsafe extern "C" fn ignores(_: *const clap_host) {}

unsafe extern "C" fn closed(_: *const clap_host, _: bool) {}

pub static FULL: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(ignores),
    request_resize: Some(grants),
    request_show: Some(passes),
    request_hide: Some(passes),
    closed: Some(closed),
};

pub fn host_with(gui: &'static clap_host_gui) -> Box<Host> {
    Host::new(vec![(CLAP_EXT_GUI as &CStr, (&raw const *gui).cast())])
}

/// The window's functions, each with the plugin.
pub struct Gui<'h> {
    pub host: &'h Host,
    functions: &'h clap_plugin_gui,
}

impl<'h> Gui<'h> {
    pub fn of(host: &'h Host) -> Self {
        Self { host, functions: host.extension(CLAP_EXT_GUI).expect("clap.gui") }
    }

    pub fn create(&self) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.create.expect("create")(self.host.plugin, CLAP_WINDOW_API_X11.as_ptr(), false) }
    }

    pub fn destroy(&self) {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.destroy.expect("destroy")(self.host.plugin) }
    }

    pub fn set_parent(&self, window: *const clap_window) -> bool {
        // SAFETY: the plugin is alive; the window is null or the test's.
        unsafe { self.functions.set_parent.expect("set_parent")(self.host.plugin, window) }
    }

    pub fn show(&self) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.show.expect("show")(self.host.plugin) }
    }

    pub fn hide(&self) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.hide.expect("hide")(self.host.plugin) }
    }

    pub fn size(&self) -> Option<(u32, u32)> {
        let (mut width, mut height) = (0, 0);
        // SAFETY: the plugin is alive.
        let has_size =
            unsafe { self.functions.get_size.expect("get_size")(self.host.plugin, &raw mut width, &raw mut height) };
        has_size.then_some((width, height))
    }

    pub fn set_size(&self, width: u32, height: u32) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.set_size.expect("set_size")(self.host.plugin, width, height) }
    }

    pub fn set_scale(&self, scale: f64) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.set_scale.expect("set_scale")(self.host.plugin, scale) }
    }

    /// Opens it in a window of the host's.
    pub fn open(&self) -> Parent {
        let parent = Parent::new();
        assert!(self.create() && self.set_parent(&parent.as_window()) && self.show());
        parent
    }
}

fn before_it_is_there() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    gui.destroy();
    assert!(!gui.show() && !gui.hide() && !gui.set_size(500, 600));
    assert!(gui.size().is_some_and(|(width, height)| width > 100 && height > 100));
    assert!(!gui.set_parent(null()));
    let (plugin, functions) = (host.plugin, gui.functions);
    let mut number = 0u32;
    // SAFETY: the plugin is alive; the nulls are the slips.
    unsafe {
        assert!(!functions.get_size.expect("get_size")(plugin, null_mut(), &raw mut number));
        assert!(!functions.get_size.expect("get_size")(plugin, &raw mut number, null_mut()));
        assert!(!functions.adjust_size.expect("adjust_size")(plugin, null_mut(), null_mut()));
        assert!(!functions.get_resize_hints.expect("get_resize_hints")(plugin, null_mut()));
        assert!(!functions.set_transient.expect("set_transient")(plugin, null()));
        functions.suggest_title.expect("suggest_title")(plugin, null());
        assert!(!functions.create.expect("create")(null(), CLAP_WINDOW_API_X11.as_ptr(), false));
        assert!(!functions.get_size.expect("get_size")(null(), &raw mut number, &raw mut number));
    }
    sound(&host);
}

fn other_systems() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let (supported, create) = (gui.functions.is_api_supported.expect("it"), gui.functions.create.expect("create"));
    let preferred = gui.functions.get_preferred_api.expect("it");
    // SAFETY: the plugin is alive; the names are the slips.
    unsafe {
        for api in [null(), c"".as_ptr(), c"\xff".as_ptr(), CLAP_WINDOW_API_COCOA.as_ptr(), c"wayland".as_ptr()] {
            assert!(!supported(host.plugin, api, false) && !create(host.plugin, api, false));
        }
        assert!(!create(host.plugin, CLAP_WINDOW_API_X11.as_ptr(), true), "none that floats");
        let (mut api, mut floats): (*const c_char, bool) = (null(), true);
        assert!(!preferred(host.plugin, null_mut(), &raw mut floats));
        assert!(!preferred(host.plugin, &raw mut api, null_mut()));
        assert!(preferred(host.plugin, &raw mut api, &raw mut floats) && !floats);
    }
    assert!(gui.create());
    assert!(!gui.set_parent(&window(CLAP_WINDOW_API_WIN32, 7)));
    assert!(!gui.set_parent(&window(CLAP_WINDOW_API_COCOA, 0)));
    let nameless = clap_window { api: null(), specific: clap_window_handle { x11: 7 } };
    assert!(!gui.set_parent(&raw const nameless));
    gui.destroy();
    sound(&host);
}

fn null_parent() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    assert!(gui.create());
    assert!(!gui.set_parent(null()));
    gui.destroy();
    let _parent = gui.open();
    gui.destroy();
    sound(&host);
}

fn no_window() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    assert!(gui.create());
    for id in [0, u64::MAX, 1 << 40, 0x1fff_fffe] {
        assert!(!gui.set_parent(&window(CLAP_WINDOW_API_X11, id)), "{id:x}");
    }
    gui.destroy();
    assert!(gui.create(), "the next one opens");
    gui.destroy();
    sound(&host);
}

fn no_sizes() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let _parent = gui.open();
    let before = gui.size().expect("a size");
    for (width, height) in [(0, 0), (0, 500), (500, 0), (1, 1), (100, 100), (u32::MAX, u32::MAX), (70_000, 500)] {
        assert!(!gui.set_size(width, height), "{width} x {height}");
        assert_eq!(gui.size(), Some(before));
    }
    let (mut width, mut height) = (0u32, u32::MAX);
    // SAFETY: the plugin is alive.
    let adjusted =
        unsafe { gui.functions.adjust_size.expect("adjust_size")(host.plugin, &raw mut width, &raw mut height) };
    assert!(adjusted && width > 100 && height > 100);
    assert!(gui.set_size(before.0 + 40, before.1 + 30));
    assert_eq!(gui.size(), Some((before.0 + 40, before.1 + 30)));
    gui.destroy();
    let reopened = gui.size().expect("a size");
    assert!(reopened.0 >= before.0 && reopened.1 >= before.1, "{reopened:?} where {before:?} was");
    let _parent = gui.open();
    gui.destroy();
    sound(&host);
}

fn no_scales() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let before = gui.size().expect("a size");
    for is_open in [false, true] {
        let _parent = is_open.then(|| gui.open());
        for scale in [0.0, -2.0, f64::NAN, f64::INFINITY, 1e-300, 1e300] {
            assert!(!gui.set_scale(scale), "{scale}");
        }
        assert_eq!(gui.size(), Some(before));
    }
    gui.set_scale(2.0);
    gui.destroy();
    sound(&host);
}

fn twice() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let _parent = gui.open();
    assert!(!gui.create(), "one is open");
    gui.destroy();
    gui.destroy();
    sound(&host);
}

fn hidden_first() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    assert!(gui.create());
    gui.hide();
    gui.hide();
    gui.show();
    gui.show();
    gui.destroy();
    sound(&host);
}

fn empty_gui() {
    let host = host_with(&EMPTY);
    let gui = Gui::of(&host);
    let parent = gui.open();
    // The window resizes itself after its parent, and asks the host.
    let size = x11rb::protocol::xproto::ConfigureWindowAux::new().width(700).height(800);
    parent.connection.configure_window(parent.id, &size).expect("asked");
    parent.connection.sync().expect("done");
    std::thread::sleep(Duration::from_millis(200));
    // SAFETY: the plugin is alive.
    unsafe { (*host.plugin).on_main_thread.expect("on_main_thread")(host.plugin) };
    gui.destroy();
    sound(&host);
}

fn destroyed_open() {
    let host = host_with(&FULL);
    host.activate();
    let parent = Gui::of(&host).open();
    drop(host);
    drop(parent);
    sound(&host_with(&FULL));
}

fn parent_goes_first() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let parent = gui.open();
    parent.connection.destroy_window(parent.id).expect("asked");
    parent.connection.sync().expect("done");
    std::thread::sleep(Duration::from_millis(200));
    gui.set_size(600, 700);
    gui.destroy();
    sound(&host);
}
