//! The editor in a window of a host, under X11. Without a display there is nothing to open: each test says so and ends.
#![cfg(target_os = "linux")]

#[path = "hosted/common.rs"]
#[allow(dead_code)] // shared with the hosted tests, which use the rest
mod common;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use common::*;
use keel_session::host::{EditorSize, Instance};
use keel_session::player::Player;
use keel_session::window::EditorWindow;
use keel_session::window_event::WindowEvent;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, ImageFormat, KEY_PRESS_EVENT,
    KeyButMask, KeyPressEvent,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Text and shapes with soft edges have more colours than this; a blank window has one, a frame a few.
const COLOURS_OF_A_DRAWN_EDITOR: usize = 40;
/// How long a machine under load may take to draw a first picture.
const PATIENCE: Duration = Duration::from_secs(20);

/// True where there is a display; says so where there is none.
fn has_display() -> bool {
    /// Xvfb starts over when its last client leaves, and turns away who comes meanwhile: one client stays.
    static STAYS: OnceLock<Option<RustConnection>> = OnceLock::new();
    let there = STAYS.get_or_init(|| x11rb::connect(None).ok().map(|(connection, _)| connection)).is_some();
    if !there {
        println!("skipped: no X11 display");
    }
    there
}

/// The window as another client sees it.
struct Eye(RustConnection);

impl Eye {
    fn new() -> Self {
        Self(x11rb::connect(None).expect("a display").0)
    }

    fn pixels(&self, window: u32) -> Vec<u32> {
        let geometry = self.0.get_geometry(window).expect("asked").reply().expect("geometry");
        let (width, height) = (geometry.width, geometry.height);
        let image = self.0.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0);
        let data = image.expect("asked").reply().expect("an image").data;
        data.chunks_exact(4).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])).collect()
    }

    fn colours(&self, window: u32) -> usize {
        self.pixels(window).into_iter().collect::<HashSet<u32>>().len()
    }
}

/// Serves the plugin as a host's main loop does, until `done` or out of patience.
fn serve(player: &mut Player, mut done: impl FnMut(&mut Player) -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        player.play_on(480);
        if done(player) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn open(instance: &mut Instance, wait: Duration) -> EditorWindow {
    let size = instance.create_editor(None).unwrap_or_else(|error| panic!("{error}"));
    let window = EditorWindow::open("Keel's window test", size).unwrap_or_else(|error| panic!("{error}"));
    std::thread::sleep(wait);
    instance.show_editor(window.id()).unwrap_or_else(|error| panic!("{error}"));
    window
}

fn two_tracks() -> Player {
    session(with_kick(vec![stem("Bass", vec![sine(80.0, -16.0, 20.0); 2])]))
}

#[test]
fn two_hundred_milliseconds_before_the_show_do_not_blank_the_window() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let mut player = two_tracks();
    play(&mut player, 4.0);
    let window = open(player.track("Bass").expect("bass"), Duration::from_millis(200));
    let eye = Eye::new();
    let drawn = serve(&mut player, |_| eye.colours(window.id()) > COLOURS_OF_A_DRAWN_EDITOR);
    assert!(drawn, "the window shows {} colours after {PATIENCE:?}", eye.colours(window.id()));
    player.track("Bass").expect("bass").close_editor();
}

#[test]
fn a_trim_shows_in_the_window() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let mut player = two_tracks();
    play(&mut player, 20.0);
    let window = open(player.track("Bass").expect("bass"), Duration::ZERO);
    let eye = Eye::new();
    let mut last = Vec::new();
    let still = serve(&mut player, |_| {
        std::thread::sleep(Duration::from_millis(400));
        let now = eye.pixels(window.id());
        let is_still = eye.colours(window.id()) > COLOURS_OF_A_DRAWN_EDITOR && now == last;
        last = now;
        is_still
    });
    assert!(still, "with the transport standing the picture comes to rest");
    player.track("Bass").expect("bass").set_param_text("trim", "+3").expect("trim");
    assert!(serve(&mut player, |_| eye.pixels(window.id()) != last), "the picture is the same after a trim");
    let report = report(&mut player, Some("song"));
    near("offset", number(track(&report, "Bass"), "offset_db"), -2.0, 0.1);
    player.track("Bass").expect("bass").close_editor();
}

#[test]
fn opened_and_closed_a_hundred_times_threads_and_files_stay_flat() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let count = |folder: &str| std::fs::read_dir(folder).map_or(0, Iterator::count);
    let mut bass = instance("Bass", 2);
    let mut cycle = |k: u64| {
        let window = open(&mut bass, Duration::ZERO);
        std::thread::sleep(Duration::from_millis(10 + k % 7 * 10));
        bass.pump();
        bass.close_editor();
        drop(window);
    };
    let settled = || {
        std::thread::sleep(Duration::from_millis(500));
        (count("/proc/self/task"), count("/proc/self/fd"))
    };
    (0..5).for_each(&mut cycle);
    let before = settled();
    (0..100).for_each(&mut cycle);
    let after = settled();
    let runner = std::thread::available_parallelism().map_or(1, usize::from);
    assert!(after.0 <= before.0 + runner, "threads: {} before, {} after", before.0, after.0);
    assert!(after.1 <= before.1, "open files: {} before, {} after", before.1, after.1);
}

/// Bytes that the C library has given out.
fn memory_in_use() -> usize {
    // SAFETY: it asks the library for numbers.
    #[allow(unsafe_code)]
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

/// Of Keel's and the framework's own next to nothing stays; Mesa's software renderer keeps 7 KB of each context.
const KEPT_BY_THE_DRIVER: usize = 16 << 10;

#[test]
fn opened_and_closed_three_hundred_times_memory_stays_flat() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let mut bass = instance("Bass", 2);
    let mut cycle = || {
        let window = open(&mut bass, Duration::ZERO);
        bass.pump();
        bass.close_editor();
        drop(window);
    };
    // The first ones fill caches.
    (0..20).for_each(|_| cycle());
    let before = memory_in_use();
    (0..300).for_each(|_| cycle());
    let grown = memory_in_use().saturating_sub(before) / 300;
    println!("{grown} bytes an opening");
    assert!(grown < KEPT_BY_THE_DRIVER, "{grown} bytes an opening stay behind");
}

/// Threads of the framework that have no name have that of the thread which started them.
fn threads_named_like_this() -> HashSet<PathBuf> {
    let name = |task: &Path| std::fs::read(task.join("comm")).ok();
    let own = name(Path::new("/proc/thread-self"));
    let tasks = std::fs::read_dir("/proc/self/task").expect("threads");
    tasks.map(|task| task.expect("a thread").path()).filter(|task| name(task) == own).collect()
}

/// A host may end, or unload the plugin, as soon as close has returned.
#[test]
fn a_window_that_is_closed_has_no_thread_left() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let mut bass = instance("Bass", 2);
    let before = threads_named_like_this();
    for _ in 0..20 {
        let window = open(&mut bass, Duration::ZERO);
        assert!(threads_named_like_this().len() > before.len(), "an open window has a thread");
        std::thread::sleep(Duration::from_millis(30));
        bass.close_editor();
        let after = threads_named_like_this();
        assert!(after.is_subset(&before), "{before:?} before, {after:?} after");
        drop(window);
    }
}

#[test]
fn an_instance_dropped_with_its_editor_open_takes_it_along() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let mut bass = instance("Bass", 2);
    let window = open(&mut bass, Duration::ZERO);
    std::thread::sleep(Duration::from_millis(200));
    drop(bass);
    drop(window);
    let mut again = instance("Bass", 2);
    let window = open(&mut again, Duration::ZERO);
    again.close_editor();
    drop(window);
}

#[test]
fn the_editor_follows_the_windows_size() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let mut player = two_tracks();
    play(&mut player, 4.0);
    let mut window = open(player.track("Bass").expect("bass"), Duration::ZERO);
    let eye = Eye::new();
    let first = window.size();
    let wanted = EditorSize { width: first.width + 120, height: first.height + 90 };
    let size_change = ConfigureWindowAux::new().width(wanted.width).height(wanted.height);
    eye.0.configure_window(window.id(), &size_change).expect("asked");
    eye.0.sync().expect("done");
    let resized = serve(&mut player, |player| {
        for event in window.events() {
            if let WindowEvent::Resized(size) = event {
                player.track("Bass").expect("bass").resize_editor(size);
            }
        }
        player.track("Bass").expect("bass").editor_size() == Some(wanted)
    });
    assert!(resized, "{:?}, wanted {wanted:?}", player.track("Bass").expect("bass").editor_size());
    let (width, right) = (wanted.width as usize, wanted.width as usize - 100);
    let drawn = serve(&mut player, |_| {
        let pixels = eye.pixels(window.id());
        let at_the_right: HashSet<u32> = pixels.chunks(width).flat_map(|row| row[right..].to_vec()).collect();
        at_the_right.len() > 3
    });
    assert!(drawn, "the room that was added stays empty");
    player.track("Bass").expect("bass").close_editor();
}

#[test]
fn the_close_button_and_escape_close() {
    let _turn = alone();
    if !has_display() {
        return;
    }
    let eye = Eye::new();
    let size = EditorSize { width: 300, height: 200 };
    let mut window = EditorWindow::open("Keel's window test", size).expect("a window");
    assert!(!window.events().contains(&WindowEvent::Close));
    eye.0.send_event(false, window.id(), EventMask::NO_EVENT, close_message(&eye, window.id())).expect("sent");
    eye.0.sync().expect("done");
    assert!(closes(&mut window), "the close button");
    let escape = key(&eye, window.id(), 0xff1b);
    eye.0.send_event(false, window.id(), EventMask::KEY_PRESS, escape).expect("sent");
    eye.0.sync().expect("done");
    assert!(closes(&mut window), "Escape");
    let space = key(&eye, window.id(), 0x20);
    eye.0.send_event(false, window.id(), EventMask::KEY_PRESS, space).expect("sent");
    eye.0.sync().expect("done");
    std::thread::sleep(Duration::from_millis(100));
    assert!(!window.events().contains(&WindowEvent::Close), "the space bar does not");
}

fn closes(window: &mut EditorWindow) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        if window.events().contains(&WindowEvent::Close) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

fn close_message(eye: &Eye, window: u32) -> ClientMessageEvent {
    let atom = |name: &[u8]| eye.0.intern_atom(false, name).expect("asked").reply().expect("an atom").atom;
    ClientMessageEvent::new(32, window, atom(b"WM_PROTOCOLS"), [atom(b"WM_DELETE_WINDOW"), 0, 0, 0, 0])
}

fn key(eye: &Eye, window: u32, symbol: u32) -> KeyPressEvent {
    let setup = eye.0.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let mapping = eye.0.get_keyboard_mapping(first, last - first + 1).expect("asked").reply().expect("a mapping");
    let width = usize::from(mapping.keysyms_per_keycode);
    let row = mapping.keysyms.chunks(width).position(|symbols| symbols.contains(&symbol)).expect("a key for it");
    KeyPressEvent {
        response_type: KEY_PRESS_EVENT,
        detail: first + row as u8,
        sequence: 0,
        time: 0,
        root: setup.roots[0].root,
        event: window,
        child: AtomEnum::NONE.into(),
        root_x: 0,
        root_y: 0,
        event_x: 0,
        event_y: 0,
        state: KeyButMask::default(),
        same_screen: true,
    }
}
