//! A window at the display's own scale, on a display that the test starts for itself.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)] // A host is all pointers.

#[allow(dead_code)] // shared with the entry's own tests
mod raw_clap;

use std::ffi::CStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_host_gui, clap_plugin_gui, clap_window, clap_window_handle,
};
use keel::editor::{DEFAULT_SIZE, MIN_SIZE};
use raw_clap::Host;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, PropMode, WindowClass};
use x11rb::wrapper::ConnectionExt as _;

/// Set where this test's file runs again on a display of its own.
const SCALED: &str = "KEEL_TEST_SCALED";
const DPI: u32 = 192;
const SCALE: f32 = 2.0;

/// A display that ends with the test.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Option<Self> {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "2600x2000x24", "-nolisten", "tcp"]);
        let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut number = String::new();
        BufReader::new(server.stdout.take()?).read_line(&mut number).ok()?;
        Some(Self { server, name: format!(":{}", number.trim()) })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.server.kill().expect("own process");
        self.server.wait().expect("own process");
    }
}

#[test]
fn the_first_opening_has_the_default_size_at_the_systems_scale() {
    let Some(display) = Display::start() else {
        println!("skipped: no Xvfb");
        return;
    };
    let (connection, screen) = x11rb::connect(Some(&display.name)).expect("the display");
    let root = connection.setup().roots[screen].root;
    let resources = format!("Xft.dpi:\t{DPI}\n");
    let property = AtomEnum::RESOURCE_MANAGER;
    connection
        .change_property8(PropMode::REPLACE, root, property, AtomEnum::STRING, resources.as_bytes())
        .expect("asked");
    connection.sync().expect("done");
    let mut again = Command::new(std::env::current_exe().expect("this test's file"));
    again.args(["--exact", "scaled", "--nocapture", "--test-threads=1"]).env(SCALED, "1").env("DISPLAY", &display.name);
    let output = again.output().expect("this test again");
    let printed = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("at the scale"), "{printed}{faults}");
}

fn size(host: &Host, gui: &clap_plugin_gui) -> (u32, u32) {
    let (mut width, mut height) = (0, 0);
    // SAFETY: the plugin is alive.
    assert!(unsafe { gui.get_size.expect("get_size")(host.plugin, &raw mut width, &raw mut height) });
    (width, height)
}

#[test]
fn scaled() {
    if std::env::var_os(SCALED).is_none() {
        return;
    }
    let pixels = |[width, height]: [f32; 2]| ((width * SCALE) as u32, (height * SCALE) as u32);
    // SAFETY: all fields are optional functions.
    let offered: clap_host_gui = unsafe { std::mem::zeroed() };
    let host = Host::new(vec![(CLAP_EXT_GUI as &CStr, (&raw const offered).cast())]);
    let gui: &clap_plugin_gui = host.extension(CLAP_EXT_GUI).expect("clap.gui");
    assert_eq!(size(&host, gui), pixels(DEFAULT_SIZE), "before it opens");

    let (connection, screen) = x11rb::connect(None).expect("the display");
    let (id, root) = (connection.generate_id().expect("an id"), connection.setup().roots[screen].root);
    let (class, attributes) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
    let (width, height) = pixels(DEFAULT_SIZE);
    connection.create_window(0, id, root, 0, 0, width as u16, height as u16, 0, class, 0, &attributes).expect("asked");
    connection.sync().expect("done");
    let window = clap_window { api: CLAP_WINDOW_API_X11.as_ptr(), specific: clap_window_handle { x11: id.into() } };
    // SAFETY: the plugin and the window are alive.
    unsafe {
        assert!(gui.create.expect("create")(host.plugin, CLAP_WINDOW_API_X11.as_ptr(), false));
        assert!(!gui.set_scale.expect("set_scale")(host.plugin, 1.0), "the system's word goes over the host's");
        assert_eq!(size(&host, gui), pixels(DEFAULT_SIZE), "open");
        assert!(gui.set_parent.expect("set_parent")(host.plugin, &raw const window));
        assert!(gui.show.expect("show")(host.plugin));
        let (mut width, mut height) = (1, 1);
        assert!(gui.adjust_size.expect("adjust_size")(host.plugin, &raw mut width, &raw mut height));
        assert_eq!((width, height), pixels(MIN_SIZE), "the smallest");
        assert!(gui.set_size.expect("set_size")(host.plugin, width, height));
        assert_eq!(size(&host, gui), pixels(MIN_SIZE));
        gui.destroy.expect("destroy")(host.plugin);
    }
    assert_eq!(size(&host, gui), pixels(MIN_SIZE), "it opens as it was left");
    println!("at the scale");
}
