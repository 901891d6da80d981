//! CLAP hosts that call the window from other threads than its own.

use std::ffi::{CStr, c_void};

use clap_sys::ext::gui::*;
use clap_sys::host::clap_host;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::ConnectionExt as _;

use super::clap::{liar, sound};
use super::raw_clap::Host;
use super::windows::{FULL, Gui, Parent, host_with};
use super::{Case, raw_clap};

pub const CASES: &[Case] = &[
    ("window: called from another thread", another_thread),
    ("window: closed by another thread", closed_elsewhere),
    ("window: a control is touched while every thread is the main thread", touched_while_lied_to),
];

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
