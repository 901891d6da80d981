//! Who belongs to whose session: programs, codes, copies of tracks and of songs, other versions.

#[allow(dead_code)] // shared with the hub's own tests
#[path = "link_hub/rig.rs"]
mod rig;

use std::fs::{self, File};

use keel_core::dsp::Sink;
use keel_core::link::{Session, SessionId, StoredSettings, TrackConfig, TrackHandle, TrackWriter};
use keel_core::mix::{LinkState, Profile, ReferenceState, TrackId, Verdict};

use rig::{Folder, cell, joined, shown, until};

/// Long enough for a hub to see whatever there is to see.
fn let_them_look() {
    std::thread::sleep(std::time::Duration::from_millis(800));
}

fn stored(session: &Session, name: &str, id: u64) -> (TrackHandle, TrackWriter) {
    let name = name.to_owned();
    session.join(TrackConfig { name, id: Some(TrackId(id)), ..TrackConfig::default() })
}

#[test]
fn a_new_track_joins_the_session_of_its_program_and_of_no_other() {
    let folder = Folder::new();
    let (host, sandbox, other) = (folder.session(1, 1), folder.session(2, 1), folder.session(3, 3));
    let (kick, _w1) = joined(&host, "Kick");
    until("the file to show the kick", || {
        let probe = folder.session(9, 1);
        joined(&probe, "Probe").0.session_id() == kick.session_id()
    });
    let (bass, _w2) = joined(&sandbox, "Bass");
    assert_eq!(bass.session_id(), kick.session_id(), "known before the first track joins");
    let (stranger, _w3) = joined(&other, "Stranger");
    assert_ne!(stranger.session_id(), kick.session_id());
    until("the two to see each other", || shown(&host).len() == 2 && shown(&sandbox).len() == 2);
    let_them_look();
    assert_eq!((shown(&host).len(), shown(&other)), (2, vec!["Stranger".to_owned()]));
    assert_eq!((other.link().state, other.link().peers), (LinkState::Alone, 0));
}

#[test]
fn a_code_links_programs_that_have_nothing_to_do_with_each_other() {
    let folder = Folder::new();
    let (one, other) = (folder.session(1, 1), folder.session(2, 2));
    let (_a, _w1) = joined(&one, "A");
    let (_b, _w2) = joined(&other, "B");
    one.set_code(Some("  Band   ROOM 3 "));
    let_them_look();
    assert_eq!(shown(&one), ["A"], "one alone knows the code");
    other.set_code(Some("band room 3"));
    until("both to be linked", || shown(&one) == ["A", "B"] && shown(&other) == ["B", "A"]);
    assert_eq!(one.link().session_code.as_deref(), Some("band room 3"));
    assert_eq!(one.link().state, LinkState::Linked);
    // Who joins the program later has the code by its session.
    let sandbox = folder.session(3, 1);
    let (_c, _w3) = joined(&sandbox, "C");
    until("the third to be linked to both", || shown(&sandbox).len() == 3 && shown(&other).len() == 3);
    other.set_code(None);
    until("the end of it", || shown(&other) == ["B"] && shown(&one).len() == 2);
    other.restore(None, StoredSettings { code: Some("band room 3".into()), ..StoredSettings::default() });
    until("the code of the project", || shown(&other).len() == 3);
    other.restore(None, StoredSettings { code: Some("another".into()), ..StoredSettings::default() });
    assert_eq!(other.code().as_deref(), Some("band room 3"), "what the user typed stands");
}

#[test]
fn songs_of_one_process_are_kept_apart_and_lone_tracks_join() {
    let session = Session::new();
    let join = |name: &str, song| {
        session.join(TrackConfig { name: name.into(), session: Some(SessionId(song)), ..TrackConfig::default() })
    };
    let first: Vec<_> = (0..3).map(|k| join(&format!("One {k}"), 1)).collect();
    let second: Vec<_> = (0..2).map(|k| join(&format!("Two {k}"), 2)).collect();
    let names = |track: &TrackHandle| shown(&track.session());
    assert_eq!(names(&first[1].0), ["One 0", "One 1", "One 2"]);
    assert_eq!(names(&second[1].0), ["Two 0", "Two 1"]);
    first[0].0.session().set_bus_mono(true);
    assert!(first[2].1.bus_mono_wanted() && !second[0].1.bus_mono_wanted());
    let (imported, _w) = join("Imported", 3);
    assert_eq!(names(&imported), ["One 0", "One 1", "One 2", "Imported"]);
    assert_eq!(imported.session_id(), SessionId(1), "and is stored as one of them");
    let (mate, _w) = join("Its mate", 3);
    assert_eq!(names(&imported), ["Imported", "Its mate"], "two tracks are a song");
    mate.adopt_session(SessionId(2));
    assert_eq!(names(&mate), ["Two 0", "Two 1", "Its mate"]);
}

#[test]
fn a_copy_in_another_process_gets_its_own_id_and_no_reference_tag() {
    let folder = Folder::new();
    let (host, sandbox, stranger) = (folder.session(1, 1), folder.session(2, 1), folder.session(3, 3));
    let kick = TrackConfig { id: Some(TrackId(77)), reference: true, ..TrackConfig::default() };
    let (original, _w1) = host.join(kick.clone());
    let (_first, _w2) = joined(&sandbox, "Bass");
    until("the link", || shown(&sandbox).len() == 2);
    let (copy, _w3) = sandbox.join(kick.clone());
    assert!(copy.id_was_taken() && copy.id() != TrackId(77));
    let (late, _w4) = joined(&sandbox, "Kick 2");
    late.settings().set_reference(true);
    assert!(!late.adopt_id(TrackId(77)) && !late.settings().is_reference());
    // Of two that did not know of each other one turns out to be the copy.
    let (twin, _w5) = stranger.join(kick);
    assert_eq!(twin.id(), TrackId(77));
    host.set_code(Some("x"));
    stranger.set_code(Some("x"));
    until("one of the two to give way", || (original.id() == TrackId(77)) != (twin.id() == TrackId(77)));
    let loser = if twin.id() == TrackId(77) { &original } else { &twin };
    assert!(loser.became_copy() && !loser.became_copy(), "reported once");
    assert!(!loser.settings().is_reference());
    let_them_look();
    assert!((original.id() == TrackId(77)) != (twin.id() == TrackId(77)), "and it stays so");
}

#[test]
fn two_copies_of_a_song_pause_the_link() {
    let folder = Folder::new();
    let (one, other) = (folder.session(1, 1), folder.session(2, 2));
    let open = |session: &Session| -> Vec<_> { (1..=4).map(|id| stored(session, &format!("T{id}"), id)).collect() };
    let first = open(&one);
    let second = open(&other);
    one.set_code(Some("x"));
    other.set_code(Some("x"));
    until("both to be paused", || one.link().state == LinkState::Paused && other.link().state == LinkState::Paused);
    assert_eq!((shown(&one).len(), shown(&other).len()), (4, 4), "each judges its own");
    let report = one.report_now(&Profile::guide());
    assert!(report.notes.iter().any(|note| note.contains("Two copies")), "{:?}", report.notes);
    drop(second);
    until("the other to be closed", || one.link().state == LinkState::Alone);
    drop(first);
}

#[test]
fn two_copies_of_a_song_in_one_process_are_kept_apart() {
    let folder = Folder::new();
    let session = folder.session(1, 1);
    let open = || -> Vec<_> { (1..=4).map(|id| stored(&session, &format!("T{id}"), id)).collect() };
    let (first, second) = (open(), open());
    let state = |tracks: &[(TrackHandle, TrackWriter)]| {
        let session = tracks[0].0.session();
        (session.link().state, session.view(|tracks, _| tracks.iter().map(|track| track.id).collect::<Vec<_>>()))
    };
    let ids = |tracks: &[(TrackHandle, TrackWriter)]| tracks.iter().map(|(track, _)| track.id()).collect::<Vec<_>>();
    until("the pause", || state(&first).0 == LinkState::Paused);
    assert_eq!(state(&first).1, ids(&first));
    assert_eq!(state(&second).1, ids(&second));
    drop(first);
    until("its end", || state(&second).0 == LinkState::Alone);
    // A few tracks copied within a song are no second song.
    let _copies = stored(&session, "T1 copy", 1);
    let_them_look();
    assert_eq!((state(&second).0, state(&second).1.len()), (LinkState::Alone, 5));
}

#[test]
fn two_references_are_a_conflict_wherever_they_are() {
    let folder = Folder::new();
    let (one, other) = (folder.session(1, 1), folder.session(2, 1));
    let tag = |session: &Session, name: &str| {
        session.join(TrackConfig { name: name.into(), reference: true, ..TrackConfig::default() })
    };
    let (mut kick, mut drums) = (tag(&one, "Kick"), tag(&other, "Drums"));
    for index in 0..200 {
        kick.1.cell(&cell(index, 0.5));
        drums.1.cell(&cell(index, 0.5));
    }
    until("both to see both", || shown(&one).len() == 2 && shown(&other).len() == 2);
    for session in [&one, &other] {
        let report = session.report(&Profile::guide(), None, None);
        assert_eq!(report.reference.state, ReferenceState::Conflict);
        assert_eq!(report.reference.claimed_by.len(), 2);
        assert!(report.tracks.iter().all(|track| track.verdict == Verdict::Conflict));
    }
}

#[test]
fn other_versions_and_broken_files_are_told_of() {
    let folder = Folder::new();
    let session = folder.session(1, 1);
    let (_track, _writer) = joined(&session, "A");
    let own = fs::read(&folder.files()[0]).expect("own file");
    let held = |name: &str, bytes: &[u8]| {
        let path = folder.path.join(name);
        fs::write(path.with_extension("held"), bytes).expect("own folder");
        let file = File::open(path.with_extension("held")).expect("own file");
        file.try_lock().expect("no one else has it");
        fs::rename(path.with_extension("held"), &path).expect("own folder");
        file
    };
    let mut newer = own.clone();
    newer[8] += 1;
    newer[16..32].copy_from_slice(b"9.8.7\0\0\0\0\0\0\0\0\0\0\0");
    let other = held("0000000000000001.hub", &newer);
    until("the other version", || session.link().state == LinkState::VersionMismatch);
    let text = session.link().text.expect("a sentence");
    assert!(text.contains("9.8.7") && text.contains("update both"), "{text}");
    assert!(session.report_now(&Profile::guide()).notes.contains(&text));
    drop(other);
    until("its end", || session.link().state == LinkState::Alone);
    let broken = held("0000000000000002.hub", &[0x5a; 3000]);
    until("the broken file", || session.link().state == LinkState::Unavailable);
    drop(broken);
    until("its end", || session.link().state == LinkState::Alone && folder.files().len() == 1);
}

#[test]
fn a_folder_that_cannot_be_used_is_told_of() {
    let folder = Folder::new();
    fs::write(&folder.path, "no folder").expect("a file");
    let session = folder.session(1, 1);
    let (_track, _writer) = joined(&session, "A");
    let link = session.link();
    assert_eq!(link.state, LinkState::Unavailable);
    assert!(link.text.is_some_and(|text| text.contains("No link to other processes")));
    assert_eq!(shown(&session), ["A"], "and all else goes on");
    fs::remove_file(&folder.path).expect("own file");
    let off = Session::new();
    let (_track, _writer) = joined(&off, "A");
    assert_eq!((off.link().state, off.link().text), (LinkState::Off, None));
    off.set_code(Some("x"));
    assert!(off.link().text.is_some_and(|text| text.contains("switched off")), "a user who typed a code is reminded");
}
