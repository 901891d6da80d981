//! What the audio thread calls neither allocates nor waits.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use keel_core::dsp::{Bands, Cell, CellFlags, Hop, Sink};
use keel_core::link::{CELL_RING, Session, TrackConfig, TrackWriter};
use keel_core::mix::{Measure, Placement, Role};

/// Ends the process at an allocation inside `assert_no_alloc`.
#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// All that a block may call, over each ring's end and around again.
fn audio_thread(writer: &mut TrackWriter) {
    for index in 0..2 * CELL_RING as i32 {
        writer.hop(&Hop { index: i64::from(index), flags: CellFlags::PLAYING, ..Hop::default() });
        writer.cell(&Cell { index, frames: 1, flags: CellFlags::PLAYING, ..Cell::default() });
        writer.bands(&Bands::new(index, 1, 0, CellFlags::PLAYING));
        writer.set_gain(0.5);
        let settings = writer.settings();
        settings.set_role(Some(Role::Kick));
        settings.set_measure(Some(Measure::Rms));
        settings.set_placement(Placement::Pre);
        settings.set_reference(true);
        settings.set_out(false);
        assert!(!writer.bus_mono_wanted());
    }
}

#[test]
fn the_writer_does_not_allocate() {
    let session = Session::new();
    let (_handle, mut writer) = session.join(TrackConfig::default());
    assert_no_alloc(|| audio_thread(&mut writer));
    session.view(|tracks, _| assert_eq!((tracks[0].role, tracks[0].gain), (Role::Kick, 0.5)));
}

#[test]
fn the_writer_waits_for_no_view() {
    let session = Session::new();
    let (_handle, mut writer) = session.join(TrackConfig::default());
    let (done, finished) = mpsc::channel();
    session.view(|_, _| {
        // The view holds every track's lock until the audio thread is through.
        thread::spawn(move || {
            assert_no_alloc(|| audio_thread(&mut writer));
            done.send(()).expect("the view listens");
        });
        finished.recv_timeout(Duration::from_secs(10)).expect("the writer waits for the view");
    });
}
