//! Hosts and the window, under X11.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};
use std::time::Duration;

use clap_sys::ext::gui::*;
use clap_sys::host::clap_host;
use keel::host::vst3::factory;
use keel::plugin::Keel;
use nice_plug::prelude::Vst3Plugin;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use nice_plug::wrapper::vst3::vst3::{ComPtr, Interface};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::Case;
use super::clap::{liar, sound};
use super::raw_clap::Host;
use super::{raw_clap, raw_vst3};

pub const CASES: &[Case] = &[
    ("window: asked of before it is there", before_it_is_there),
    ("window: of systems that are none of ours", other_systems),
    ("window: a null parent, then its end", null_parent),
    ("window: a parent that is no window", no_window),
    ("window: sizes that are none", no_sizes),
    ("window: scales that are none", no_scales),
    ("window: opened twice, closed twice", twice),
    ("window: hidden before it was shown", hidden_first),
    ("window: called from another thread", another_thread),
    ("window: closed by another thread", closed_elsewhere),
    ("window: a host whose clap.gui has no functions", empty_gui),
    ("window: open when the plugin goes", destroyed_open),
    ("window: a parent that goes first", parent_goes_first),
    ("window: a control is touched while every thread is the main thread", touched_while_lied_to),
    ("window: VST3, a parent that is no window", vst3_no_window),
    ("window: VST3, attached twice, removed twice", vst3_twice),
    ("window: VST3, open when the plugin goes", vst3_destroyed_open),
    ("window: VST3, a null frame while it is open", vst3_null_frame),
];

/// A window of the host's.
struct Parent {
    connection: RustConnection,
    id: u32,
}

impl Parent {
    fn new() -> Self {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let id = connection.generate_id().expect("an id");
        let screen = &connection.setup().roots[screen];
        let (root, visual) = (screen.root, screen.root_visual);
        let look = CreateWindowAux::new();
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(0, id, root, 0, 0, 500, 600, 0, class, visual, &look).expect("asked");
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

unsafe extern "C" fn hears(_: *const clap_host, _: bool) {}

static FULL: clap_host_gui = clap_host_gui {
    resize_hints_changed: Some(ignores),
    request_resize: Some(grants),
    request_show: Some(passes),
    request_hide: Some(passes),
    closed: Some(hears),
};

fn host_with(gui: &'static clap_host_gui) -> Box<Host> {
    Host::new(vec![(CLAP_EXT_GUI as &CStr, (&raw const *gui).cast())])
}

/// The window's functions, each with the plugin.
struct Gui<'h> {
    host: &'h Host,
    functions: &'h clap_plugin_gui,
}

impl<'h> Gui<'h> {
    fn of(host: &'h Host) -> Self {
        Self { host, functions: host.extension(CLAP_EXT_GUI).expect("clap.gui") }
    }

    fn create(&self) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.create.expect("create")(self.host.plugin, CLAP_WINDOW_API_X11.as_ptr(), false) }
    }

    fn destroy(&self) {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.destroy.expect("destroy")(self.host.plugin) }
    }

    fn set_parent(&self, window: *const clap_window) -> bool {
        // SAFETY: the plugin is alive; the window is null or the test's.
        unsafe { self.functions.set_parent.expect("set_parent")(self.host.plugin, window) }
    }

    fn show(&self) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.show.expect("show")(self.host.plugin) }
    }

    fn hide(&self) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.hide.expect("hide")(self.host.plugin) }
    }

    fn size(&self) -> Option<(u32, u32)> {
        let (mut width, mut height) = (0, 0);
        // SAFETY: the plugin is alive.
        let told =
            unsafe { self.functions.get_size.expect("get_size")(self.host.plugin, &raw mut width, &raw mut height) };
        told.then_some((width, height))
    }

    fn set_size(&self, width: u32, height: u32) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.set_size.expect("set_size")(self.host.plugin, width, height) }
    }

    fn set_scale(&self, scale: f64) -> bool {
        // SAFETY: the plugin is alive.
        unsafe { self.functions.set_scale.expect("set_scale")(self.host.plugin, scale) }
    }

    /// Opens it in a window of the host's.
    fn open(&self) -> Parent {
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

struct Sent<T>(T);
// SAFETY: the tests wait for the thread that they send it to.
unsafe impl<T> Send for Sent<T> {}

impl<T> Sent<T> {
    fn get(&self) -> &T {
        &self.0
    }
}

fn elsewhere<T>(gui: &Gui<'_>, call: impl FnOnce(&Gui<'_>) -> T + Send) -> T
where
    T: Send,
{
    let gui = Sent(gui);
    std::thread::scope(|scope| scope.spawn(move || call(gui.get())).join().expect("no panic"))
}

fn another_thread() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let _parent = gui.open();
    let refused = elsewhere(&gui, |gui| !gui.set_size(500, 600) && !gui.hide() && !gui.show() && !gui.create());
    assert!(refused);
    elsewhere(&gui, |gui| gui.size());
    // SAFETY: the plugin is alive.
    elsewhere(&gui, |gui| unsafe { (*gui.host.plugin).on_main_thread.expect("it")(gui.host.plugin) });
    assert!(gui.hide() && gui.show());
    gui.destroy();
    sound(&host);
}

fn closed_elsewhere() {
    let host = host_with(&FULL);
    let gui = Gui::of(&host);
    let _parent = gui.open();
    elsewhere(&gui, |gui| gui.destroy());
    let _parent = gui.open();
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

/// A host that says of each thread that it is the main thread, plays on another one, and has its window open.
fn touched_while_lied_to() {
    use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
    let plain = liar(true);
    sound(&plain);
    unsafe extern "C" fn yes(_: *const clap_host) -> bool {
        true
    }
    static CHECK: clap_host_thread_check =
        clap_host_thread_check { is_main_thread: Some(yes), is_audio_thread: Some(yes) };
    let gui: *const clap_host_gui = &raw const FULL;
    let check = (CLAP_EXT_THREAD_CHECK as &CStr, (&raw const CHECK).cast::<c_void>());
    let host = Host::new(vec![(CLAP_EXT_GUI as &CStr, gui.cast()), check]);
    let opened = Gui::of(&host);
    let parent = opened.open();
    host.activate();
    elsewhere(&opened, |gui| {
        let (trim, mono) = (gui.host.id("Trim"), gui.host.id("Mono check"));
        for block in 0..1000u32 {
            let id = if block % 2 == 0 { trim } else { mono };
            let event = raw_clap::value(id, f64::from(block % 3) / 2.0);
            gui.host.process(&[0.25; 64], &[0.25; 64], None, Some(event));
            click(&parent, block);
        }
        let calm = [(trim, 0.5), (mono, 0.0)];
        for (id, value) in calm {
            gui.host.process(&[0.25; 64], &[0.25; 64], None, Some(raw_clap::value(id, value)));
        }
    });
    // SAFETY: the plugin is alive.
    unsafe { (*host.plugin).on_main_thread.expect("on_main_thread")(host.plugin) };
    opened.destroy();
    host.deactivate();
}

/// A press and a release of the mouse somewhere in the plugin's window.
fn click(parent: &Parent, number: u32) {
    use x11rb::protocol::xproto::{BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ButtonPressEvent, EventMask};
    let Some(child) = parent
        .connection
        .query_tree(parent.id)
        .expect("asked")
        .reply()
        .ok()
        .and_then(|tree| tree.children.first().copied())
    else {
        return;
    };
    let (x, y) = ((number * 37 % 430) as i16, (number * 53 % 580) as i16);
    for (kind, mask) in
        [(BUTTON_PRESS_EVENT, EventMask::BUTTON_PRESS), (BUTTON_RELEASE_EVENT, EventMask::BUTTON_RELEASE)]
    {
        let event = ButtonPressEvent {
            response_type: kind,
            detail: 1,
            sequence: 0,
            time: number,
            root: parent.connection.setup().roots[0].root,
            event: child,
            child: 0,
            root_x: x,
            root_y: y,
            event_x: x,
            event_y: y,
            state: Default::default(),
            same_screen: true,
        };
        parent.connection.send_event(false, child, mask, event).expect("sent");
    }
    parent.connection.flush().expect("sent");
}

/// A view of a plugin, and what it needs to live.
struct Vst3 {
    view: ComPtr<IPlugView>,
    component: ComPtr<IComponent>,
}

impl Vst3 {
    fn new() -> Self {
        // SAFETY: the factory and its instances as a host uses them.
        unsafe {
            let factory = ComPtr::from_raw(factory::<Keel>().cast::<IPluginFactory>()).expect("a factory");
            let (class, mut object) = (Keel::PLATFORM_VST3_CLASS_ID, null_mut());
            factory.createInstance(class.as_ptr().cast(), IComponent::IID.as_ptr().cast(), &raw mut object);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).expect("a component");
            component.initialize(null_mut());
            let controller: ComPtr<IEditController> = component.cast().expect("a controller");
            let view = ComPtr::from_raw(controller.createView(ViewType::kEditor)).expect("a view");
            Self { view, component }
        }
    }

    fn attach(&self, window: u64) -> tresult {
        // SAFETY: the view is alive; the number is the test's.
        unsafe { self.view.attached(window as *mut c_void, kPlatformTypeX11EmbedWindowID) }
    }

    fn remove(&self) -> tresult {
        // SAFETY: the view is alive.
        unsafe { self.view.removed() }
    }
}

fn vst3_no_window() {
    let plugin = Vst3::new();
    for id in [0, u64::MAX, 0x1fff_fffe] {
        assert_ne!(plugin.attach(id), kResultOk, "{id:x}");
    }
    let parent = Parent::new();
    assert_eq!(plugin.attach(parent.id.into()), kResultOk, "the next one opens");
    plugin.remove();
}

fn vst3_twice() {
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    assert_ne!(plugin.attach(parent.id.into()), kResultOk, "one is open");
    let mut rect = ViewRect { left: 0, top: 0, right: 1, bottom: 1 };
    // SAFETY: the view is alive.
    unsafe {
        assert_ne!(plugin.view.onSize(&raw mut rect), kResultOk, "too small");
        assert_eq!(plugin.view.checkSizeConstraint(&raw mut rect), kResultOk);
        assert!(rect.right > 100 && rect.bottom > 100);
        assert_eq!(plugin.view.onSize(&raw mut rect), kResultOk);
    }
    assert_eq!(plugin.remove(), kResultOk);
    assert_ne!(plugin.remove(), kResultOk);
    assert_eq!(plugin.attach(parent.id.into()), kResultOk, "again");
    plugin.remove();
}

fn vst3_destroyed_open() {
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    let Vst3 { view, component } = plugin;
    // SAFETY: the component is alive.
    unsafe { component.terminate() };
    drop(component);
    // SAFETY: the view is alive.
    unsafe { view.removed() };
    drop(view);
    let instance = raw_vst3::Instance::new();
    instance.set_up(raw_vst3::REALTIME);
    instance.start();
    instance.process(&[0.5; 64], &[0.5; 64], raw_vst3::REALTIME);
    instance.stop();
    // A view that is let go of without a word.
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    drop(plugin);
}

fn vst3_null_frame() {
    let (plugin, parent) = (Vst3::new(), Parent::new());
    assert_eq!(plugin.attach(parent.id.into()), kResultOk);
    // SAFETY: the view is alive; the null is the slip.
    unsafe { plugin.view.setFrame(null_mut()) };
    std::thread::sleep(Duration::from_millis(100));
    plugin.remove();
}
