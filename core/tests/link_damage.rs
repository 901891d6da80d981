//! What happens to hub files from outside while they are in use: cut, removed, written over, drowned among others.
#![cfg(unix)]

#[path = "link_hostile/forge.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod forge;
#[path = "link_hub/rig.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod rig;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use keel_core::dsp::Sink;
use keel_core::link::Session;
use keel_core::mix::LinkState;

use forge::{FILE, Forged};
use rig::{Folder, cell, joined, shown, until};

/// Cells of the track that a session sees, all of which must be right.
fn heard(session: &Session, name: &str) -> usize {
    session.view(|tracks, _| {
        let track = tracks.iter().find(|track| track.name == name);
        track.map_or(0, |track| {
            assert!(track.song.cells().all(|seen| *seen == cell(seen.index, 0.5)), "a wrong value");
            track.song.cells().count()
        })
    })
}

/// The file of the first session that joined the folder.
fn damage(folder: &Folder, change: impl Fn(&fs::File)) {
    for path in folder.files() {
        if let Ok(file) = OpenOptions::new().write(true).open(&path) {
            change(&file);
        }
    }
}

#[test]
fn files_cut_or_written_over_while_they_are_read_tell_nothing_wrong_and_are_made_anew() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_kick, mut kick) = joined(&here, "Kick");
    let (_bass, _bass_writer) = joined(&there, "Bass");
    until("the link", || shown(&there) == ["Bass", "Kick"]);
    let mut index = 0;
    let noise = vec![0xa5; 3_000];
    for round in 0..40u64 {
        for _ in 0..50 {
            kick.cell(&cell(index, 0.5));
            index += 1;
        }
        let len = [0, 64, 100, 192, 4_096, 5_000, 90_000, 170_000, 200_000, FILE][round as usize % 10];
        damage(&folder, |file| match round % 3 {
            0 => file.write_all_at(&noise, len).expect("own folder"),
            _ => file.set_len(len).expect("own folder"),
        });
        let until_next = Instant::now() + Duration::from_millis(20);
        while Instant::now() < until_next {
            heard(&there, "Kick");
        }
    }
    until("all that was heard", || heard(&there, "Kick") == index as usize && shown(&here) == ["Kick", "Bass"]);
    until("whole files", || folder.files().len() == 2 && here.link().text.is_none());
    assert_eq!(there.link().state, LinkState::Linked);
}

#[test]
fn a_file_that_others_took_the_name_of_is_made_anew() {
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_kick, mut kick) = joined(&here, "Kick");
    (0..50).for_each(|index| kick.cell(&cell(index, 0.5)));
    let own = folder.files();
    fs::rename(&own[0], folder.path.join("moved")).expect("own folder");
    fs::write(&own[0], "something else").expect("own folder");
    let (_bass, _bass_writer) = joined(&there, "Bass");
    until("the new file", || heard(&there, "Kick") == 50);
    until("the old one to go", || !folder.files().contains(&own[0]));
}

#[test]
fn files_of_other_names_are_left_alone() {
    let folder = Folder::new();
    let session = folder.session(1, 1);
    let (_kick, _writer) = joined(&session, "Kick");
    let names = ["song.hub", "notes.new", "0123.hub", "0123456789ABCDEF.hub", "+123456789abcdef.new", "README"];
    for name in names {
        fs::write(folder.path.join(name), "the user's own").expect("own folder");
    }
    let dead = folder.path.join("0123456789abcdef.hub");
    fs::write(&dead, "left behind").expect("own folder");
    until("reading the folder", || !dead.exists());
    for name in names {
        assert!(folder.path.join(name).exists(), "{name} is gone");
    }
    assert_eq!(session.link().state, LinkState::Alone);
}

#[test]
fn hundreds_of_files_hold_no_one_up() {
    let folder = Folder::new();
    let here = folder.session(1, 1);
    let (_kick, mut kick) = joined(&here, "Kick");
    (0..50).for_each(|index| kick.cell(&cell(index, 0.5)));
    let held: Vec<_> = (1..=280).map(|token| Forged::raw(&folder.path, token, &[token as u8; 100])).collect();
    for token in 1_000..1_300u64 {
        fs::write(folder.path.join(format!("{token:016x}.hub")), "left behind").expect("own folder");
    }
    until("the dead to go", || folder.files().len() == held.len() + 1);
    assert_eq!((here.link().state, heard(&here, "Kick")), (LinkState::Unavailable, 50));
    drop(held);
    let there = folder.session(2, 1);
    let (_bass, _bass_writer) = joined(&there, "Bass");
    until("the link as ever", || heard(&there, "Kick") == 50 && shown(&here) == ["Kick", "Bass"]);
    until("nothing to be left", || folder.files().len() == 2 && here.link().state == LinkState::Linked);
}
