//! Stale cells between binaries and processes: all processes, whenever they came, leave out the same.

#[path = "link_hub/rig.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod rig;

use keel_core::dsp::{Bands, Cell, CellFlags, Sink};
use keel_core::link::{Session, TrackWriter};
use keel_core::mix::{Profile, SongMap, StaleReport};

use rig::{Folder, cell, joined, shown, until};

/// A pass over cells `[from, to)`, with its bands, collected at once.
fn play(session: &Session, writers: &mut [&mut TrackWriter], epoch: u16, from: i32, to: i32, peak: f32) {
    for start in (from..to).step_by(200) {
        let end = (start + 200).min(to);
        for writer in writers.iter_mut() {
            (start..end).for_each(|index| writer.cell(&Cell { epoch, ..cell(index, peak) }));
            for index in start / 20..end / 20 {
                let mut bands = Bands::new(index, 96_000, epoch, CellFlags::PLAYING.with(CellFlags::COMPLETE, true));
                bands.set(7, [f64::from(peak); 2], 0.0);
                writer.bands(&bands);
            }
        }
        session.view(|_, _| ());
    }
}

/// What a session holds of a track, and what of it is stale.
fn held(session: &Session, name: &str) -> (Vec<Cell>, Vec<Bands>, Option<StaleReport>, usize) {
    let song = |song: &SongMap| {
        let bands = song.bands(-10_000, 100_000).copied().collect();
        (song.cells().copied().collect(), bands, song.stale_range(-10_000, 100_000).count())
    };
    let read = session.view(|tracks, _| tracks.iter().find(|track| track.name == name).map(|track| song(track.song)));
    let (cells, bands, count) = read.expect("the track");
    let report = session.report_now(&Profile::guide());
    let stale = report.tracks.iter().find(|track| track.name == name).and_then(|track| track.stale.clone());
    (cells, bands, stale, count)
}

#[test]
fn all_leave_out_the_same_whenever_they_came() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_bass, mut bass) = joined(&here, "Bass");
    let (_pad, mut pad) = joined(&there, "Pad");
    until("the link", || shown(&here).len() == 2 && shown(&there).len() == 2);
    play(&here, &mut [&mut bass], 1, 0, 2_000, 0.25);
    play(&here, &mut [&mut bass], 2, 400, 600, 0.5);
    let own = held(&here, "Bass");
    let stale = own.2.clone().expect("most of it");
    assert_eq!((own.0.len(), own.1.len(), own.3, stale.spans.len()), (200, 10, 1_800, 2));
    assert!((stale.changed_by_db.0 - 6.02).abs() < 0.01, "{stale:?}");
    until("the other process to leave it out, too", || held(&there, "Bass") == own);
    let late = folder.session(3, 1);
    let (_late, _late_writer) = joined(&late, "Late");
    until("the link of the late one", || shown(&late).len() == 3);
    until("who comes late to leave it out", || held(&late, "Bass") == own);
    // Heard again in part, and changed once more.
    play(&here, &mut [&mut bass], 3, 500, 900, 0.5);
    let own = held(&here, "Bass");
    assert_eq!((own.0.len(), own.3), (500, 1_500));
    until("what was heard again", || held(&there, "Bass") == own && held(&late, "Bass") == own);
    play(&here, &mut [&mut bass], 4, 700, 800, 0.2);
    let own = held(&here, "Bass");
    assert_eq!((own.0.len(), own.3), (100, 1_900));
    until("the next change", || held(&there, "Bass") == own && held(&late, "Bass") == own);
    play(&here, &mut [&mut bass], 5, 0, 2_000, 0.2);
    until("all of it to hold", || held(&there, "Bass").3 == 0 && held(&late, "Bass") == held(&here, "Bass"));
    assert_eq!((held(&late, "Bass").0.len(), held(&late, "Bass").2), (2_000, None));
    // The other process sends its own.
    play(&there, &mut [&mut pad], 1, 0, 300, 0.1);
    play(&there, &mut [&mut pad], 2, 200, 300, 0.05);
    until("the other's", || held(&here, "Pad").3 == 200 && held(&here, "Pad") == held(&there, "Pad"));
}

#[test]
fn changes_in_renders_that_outrun_the_ring_arrive_in_the_end() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_seen, _w) = joined(&there, "Mix");
    let mut tracks: Vec<_> = (0..24).map(|k| joined(&here, &format!("Track {k}"))).collect();
    until("the link", || shown(&there).len() == 25);
    let mut writers: Vec<&mut TrackWriter> = tracks.iter_mut().map(|(_, writer)| writer).collect();
    // Each pass is three times what a tick may send, and the next one begins before the last is sent.
    play(&here, &mut writers, 1, 0, 1_500, 0.25);
    play(&here, &mut writers, 2, 300, 1_100, 0.5);
    play(&here, &mut writers, 3, 500, 700, 0.3);
    for name in (0..24).map(|k| format!("Track {k}")) {
        let own = held(&here, &name);
        assert_eq!((own.0.len(), own.3), (200, 1_300));
        until("what holds of each track", || held(&there, &name) == own);
    }
}
