//! The collector lives from the first track to the last, whatever else goes on: hosts unload the library afterwards.

use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use keel_core::dsp::{Cell, CellFlags, Hop, Sink};
use keel_core::link::{Session, TrackConfig};

/// The tests count the process' threads: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Collector threads of this process by their name.
#[cfg(target_os = "linux")]
fn collectors() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("tasks of this process").flatten();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim() == "keel-collector").count()
}

/// A joined thread may stand in the list for a moment yet.
#[cfg(target_os = "linux")]
fn assert_no_collector() {
    let start = Instant::now();
    while collectors() > 0 {
        assert!(start.elapsed() < Duration::from_secs(1), "{} collectors after the last track", collectors());
        thread::yield_now();
    }
}

#[cfg(not(target_os = "linux"))]
fn assert_no_collector() {}

#[test]
fn a_thousand_joins_and_leaves_leave_no_thread() {
    let _alone = alone();
    let session = Session::new();
    for _ in 0..1000 {
        let (handle, _writer) = session.join(TrackConfig::default());
        drop(handle.clone());
        assert_eq!(session.len(), 1, "a clone is not the last");
    }
    assert!(session.is_empty());
    assert_no_collector();
}

#[cfg(target_os = "linux")]
#[test]
fn one_collector_serves_all_tracks() {
    let _alone = alone();
    let session = Session::new();
    let tracks: Vec<_> = (0..32).map(|_| session.join(TrackConfig::default())).collect();
    // A thread gets its name when it first runs.
    let start = Instant::now();
    while collectors() == 0 && start.elapsed() < Duration::from_secs(5) {
        thread::yield_now();
    }
    assert_eq!(collectors(), 1);
    drop(tracks);
    assert_no_collector();
}

#[test]
fn tracks_come_and_go_under_views() {
    const ROUNDS: i32 = 200;
    let _alone = alone();
    let session = Session::new();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    let (handle, mut writer) = session.join(TrackConfig::default());
                    for index in 0..20 {
                        writer.hop(&Hop { index, flags: CellFlags::PLAYING, ..Hop::default() });
                        writer.cell(&Cell { index: round, frames: 1, flags: CellFlags::PLAYING, ..Cell::default() });
                    }
                    handle.set_name("renamed");
                    let mine = handle.id();
                    let heard = session.view(|tracks, _| {
                        tracks.iter().find(|track| track.id == mine).map(|track| track.song.bounds())
                    });
                    assert_eq!(heard, Some(Some((round, round))), "one's own track is in the view, complete");
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                session.view(|tracks, state| assert!(tracks.len() <= 3, "{state:?}"));
            }
        });
    });
    assert!(session.is_empty());
    assert_no_collector();
}

#[test]
fn the_last_track_may_leave_during_a_view() {
    let _alone = alone();
    let session = Arc::new(Session::new());
    let (handle, _writer) = session.join(TrackConfig::default());
    let (looking, looks) = mpsc::channel();
    let (leave, left) = mpsc::channel::<()>();
    let viewer = {
        let session = Arc::clone(&session);
        thread::spawn(move || {
            session.view(|tracks, _| {
                looking.send(tracks.len()).expect("the test waits");
                left.recv_timeout(Duration::from_secs(10)).expect("the leave waits for the view");
            });
        })
    };
    assert_eq!(looks.recv(), Ok(1));
    drop(handle);
    assert_no_collector();
    leave.send(()).expect("the view waits");
    viewer.join().expect("the view ends");
    assert!(session.is_empty());
}

#[test]
fn a_view_may_itself_drop_the_last_track() {
    let _alone = alone();
    let session = Session::new();
    let (handle, _writer) = session.join(TrackConfig::default());
    session.view(|_, _| drop(handle));
    assert!(session.is_empty());
    assert_no_collector();
}

#[test]
fn a_panic_in_a_view_harms_no_other() {
    let _alone = alone();
    let session = Session::new();
    let (handle, mut writer) = session.join(TrackConfig::default());
    let look = std::panic::AssertUnwindSafe(|| session.view(|_, _| panic!("on purpose")));
    assert!(std::panic::catch_unwind(look).is_err());
    writer.cell(&Cell { index: 4, frames: 1, flags: CellFlags::PLAYING, ..Cell::default() });
    session.view(|tracks, _| assert_eq!(tracks[0].song.bounds(), Some((4, 4))));
    drop(handle);
    assert_no_collector();
}
