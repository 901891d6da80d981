//! Sessions of several binaries and processes, linked by hub files.

#[path = "link_hub/rig.rs"]
mod rig;

use std::cell::{Cell, RefCell};
use std::fs;

use keel_core::dsp::Sink;
use keel_core::link::{CELL_RING, Refused, StoredSettings, TrackConfig};
use keel_core::mix::{LinkState, Measure, Placement, Profile, Role, RoleFrom, ScopeKind, TrackInput};
use keel_core::units::Db;

use rig::{Folder, bands, cell, hop, joined, shown, until};

#[test]
fn tracks_of_two_binaries_see_each_other() {
    let folder = Folder::new();
    let (clap, vst3) = (folder.session(1, 1), folder.session(1, 1));
    let (_kick, mut kick) = joined(&clap, "Kick");
    let (bass, _bass_writer) = joined(&vst3, "Bass");
    bass.settings().set_role(Some(Role::Sub808));
    bass.settings().set_measure(Some(Measure::Rms));
    bass.settings().set_placement(Placement::Post);
    bass.settings().set_out(true);
    bass.settings().set_gain(0.5);
    until("both to be linked", || shown(&clap) == ["Kick", "Bass"] && shown(&vst3) == ["Bass", "Kick"]);
    clap.view(|tracks, _| {
        let seen = tracks[1];
        assert_eq!((seen.id, seen.role, seen.role_from), (bass.id(), Role::Sub808, RoleFrom::User));
        assert_eq!((seen.measure, seen.placement), (Some(Measure::Rms), Placement::Post));
        assert_eq!((seen.is_out, seen.is_reference, seen.gain), (true, false, 0.5));
    });
    for index in 0..50 {
        kick.cell(&cell(index, 0.5));
    }
    until("the kick's sound", || {
        vst3.view(|tracks, _| {
            let kick = tracks[1];
            let cells: Vec<_> = kick.song.cells().copied().collect();
            cells == (0..50).map(|index| cell(index, 0.5)).collect::<Vec<_>>()
        })
    });
    let now = Cell::new(0);
    let kick = RefCell::new(kick);
    until("what moves on the screen", || {
        kick.borrow_mut().hop(&hop(now.replace(now.get() + 1)));
        vst3.view(|tracks, state| (tracks[1].held_peak == Some(0.5) && state.transport.playing).then_some(tracks[1].id))
            .is_some_and(|id| {
                let newest = vst3.newest_hops(id).last().copied();
                newest.is_some_and(|newest| newest == hop(newest.index) && newest.index + 20 > now.get())
            })
    });
    let link = clap.link();
    assert_eq!((link.state, link.peers, link.tracks_remote, link.text), (LinkState::Linked, 1, 1, None));
}

#[test]
fn who_comes_late_gets_the_whole_song() {
    let folder = Folder::new();
    let early = folder.session(1, 1);
    let tracks: Vec<_> = (0..20).map(|k| joined(&early, &format!("Track {k}"))).collect();
    let tracks: Vec<_> = tracks
        .into_iter()
        .map(|(handle, mut writer)| {
            for page in 0..4 {
                (0..900).for_each(|index| writer.cell(&cell(page * 900 + index, 0.25)));
                (0..45).for_each(|index| writer.bands(&bands(page * 45 + index)));
                early.view(|_, _| ());
            }
            (handle, writer)
        })
        .collect();
    let late = folder.session(2, 1);
    let (_handle, _writer) = joined(&late, "Late");
    let is_whole =
        |track: &TrackInput<'_>| track.song.cells().count() == 3600 && track.song.bands(0, 3600).count() == 180;
    until("the songs of all", || late.view(|tracks, _| tracks.len() == 21 && tracks[1..].iter().all(is_whole)));
    late.view(|tracks, _| {
        for track in &tracks[1..] {
            assert!(track.song.cells().zip(0..).all(|(seen, index)| *seen == cell(index, 0.25)), "{}", track.name);
            assert!(track.song.bands(0, 3600).zip(0..).all(|(seen, index)| *seen == bands(index)), "{}", track.name);
            assert_eq!(track.song.bands(0, 3600).count(), 180, "{}", track.name);
        }
    });
    drop(tracks);
    until("them to be gone", || shown(&late) == ["Late"]);
}

#[test]
fn a_render_far_faster_than_the_ring_arrives_whole() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_seen, _w) = joined(&there, "Mix");
    let mut tracks: Vec<_> = (0..32).map(|k| joined(&here, &format!("Track {k}"))).collect();
    until("the link", || shown(&there).len() == 33);
    // Five minutes of 32 tracks in as long as it takes: 6 MB, six times the ring.
    for page in 0..4 {
        for (_, writer) in &mut tracks {
            (0..750).for_each(|index| writer.cell(&cell(page * 750 + index, 0.25)));
        }
        here.view(|_, _| ());
    }
    until("all cells", || there.view(|tracks, _| tracks[1..].iter().all(|track| track.song.cells().count() == 3000)));
}

#[test]
fn what_a_process_lost_is_missing_in_all_until_it_is_played_again() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (kick, mut writer) = joined(&here, "Kick");
    let (_bass, _bass_writer) = joined(&there, "Bass");
    until("the link", || shown(&there).len() == 2);
    let seen = || there.view(|tracks, _| (tracks[1].song.heard(), tracks[1].song.missed(), tracks[1].song.bounds()));
    let end = CELL_RING as i32 + 300;
    // While a view lasts, no collector takes anything out of the ring.
    here.view(|_, _| (0..end).for_each(|index| writer.cell(&cell(index, 0.25))));
    until("what is left", || seen() == (CELL_RING, 300, Some((300, end - 1))));
    assert_eq!(kick.missed_cells(), 300);
    let notes = there.report(&Profile::guide(), None, None).notes;
    assert!(notes.iter().any(|note| note.contains("30.0 s of Kick are missing")), "{notes:?}");
    (0..300).for_each(|index| writer.cell(&cell(index, 0.25)));
    until("the rest", || seen() == (end as usize, 0, Some((0, end - 1))));
}

#[test]
fn the_trim_of_a_track_elsewhere_is_refused_with_a_word_that_helps() {
    let folder = Folder::new();
    let (here, other_format, there) = (folder.session(1, 1), folder.session(1, 1), folder.session(2, 1));
    let own = joined(&here, "Kick");
    let tracks = [joined(&other_format, "Snare"), joined(&there, "Bass")];
    until("the link", || shown(&here).len() == 3 && shown(&there).len() == 3);
    for (handle, _) in &tracks {
        let refused = here.set_trim(handle.id(), Db(-6.0)).expect_err("its host would not hear of it");
        assert_eq!(refused, Refused::Elsewhere);
        let said = refused.to_string();
        assert!(said.contains("another process or plug-in format") && said.contains("in its own window"), "{said}");
        assert_eq!(handle.settings().gain(), 1.0, "nothing was set");
    }
    drop(tracks);
    until("them to be gone", || shown(&here) == ["Kick"]);
    let gone = there.set_trim(own.0.id(), Db(-6.0)).expect_err("no one is there to ask");
    assert_eq!(gone, Refused::Gone);
}

#[test]
fn what_the_user_wishes_holds_everywhere() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (kick, kick_writer) = joined(&here, "Kick");
    let (bass, bass_writer) = joined(&there, "Bass");
    until("the link", || shown(&here).len() == 2 && shown(&there).len() == 2);
    here.set_scope(Some(ScopeKind::Range));
    here.set_range(Some((8.0, 24.0)));
    here.set_bus_mono(true);
    there.set_ignored(kick.id(), true);
    until("one of the two to win", || {
        let settings_of = |session: &keel_core::link::Session| {
            (session.state().scope, session.bus_mono(), session.is_ignored(kick.id()))
        };
        settings_of(&here) == settings_of(&there)
    });
    here.set_scope(Some(ScopeKind::Song));
    here.set_bus_mono(true);
    until("the later setting", || there.state().scope == Some(ScopeKind::Song) && bass_writer.bus_mono_wanted());
    there.set_ignored(kick.id(), true);
    there.set_profile(Some("loud"));
    until("the later setting back", || here.is_ignored(kick.id()) && here.profile().as_deref() == Some("loud"));
    here.view(|tracks, _| assert!(tracks[0].is_out));
    let stored =
        StoredSettings { profile: Some("old".into()), ignored: [bass.id()].into(), ..StoredSettings::default() };
    let late = folder.session(3, 1);
    let (_pads, _pads_writer) = joined(&late, "Pads");
    late.restore(None, stored);
    until("the project's settings to yield to those of the session", || {
        let same = |session: &keel_core::link::Session| {
            session.profile().as_deref() == Some("loud")
                && session.is_ignored(kick.id())
                && !session.is_ignored(bass.id())
        };
        shown(&late).len() == 3 && [&here, &there, &late].into_iter().all(same)
    });
    bass_writer.end_bus_mono();
    until("the check to end everywhere", || !kick_writer.bus_mono_wanted() && !here.bus_mono());
}

#[test]
fn files_go_with_their_sessions() {
    let folder = Folder::new();
    for _ in 0..50 {
        let (one, other) = (folder.session(1, 1), folder.session(2, 1));
        let tracks = [joined(&one, "A"), joined(&other, "B")];
        assert_eq!(folder.files().len(), 2);
        drop(tracks);
    }
    assert_eq!(folder.files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn what_killed_processes_left_is_removed() {
    let folder = Folder::new();
    let session = folder.session(1, 1);
    let (_handle, _writer) = joined(&session, "A");
    let own = folder.files();
    let copy = fs::read(&own[0]).expect("own file");
    fs::write(folder.path.join("0123456789abcdef.hub"), copy).expect("own folder");
    fs::write(folder.path.join("fedcba9876543210.new"), b"unfinished").expect("own folder");
    until("the dead files to go", || folder.files() == own);
    fs::remove_file(&own[0]).expect("own folder");
    until("a new file for the lost one", || folder.files().len() == 1);
    let other = folder.session(2, 1);
    let (_other, _other_writer) = other.join(TrackConfig { name: "B".into(), ..TrackConfig::default() });
    until("the link by the new file", || shown(&other) == ["B", "A"] && shown(&session) == ["A", "B"]);
}
