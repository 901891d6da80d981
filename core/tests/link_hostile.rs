//! Hub files that are broken, forged or no files at all: the session says so, shows nothing of them, and goes on.
#![cfg(unix)]

#[path = "link_hostile/forge.rs"]
mod forge;
#[path = "link_hub/rig.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod rig;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use keel_core::dsp::{Cell, Sink};
use keel_core::link::{FileState, PATIENCE, Session, TrackHandle, TrackWriter, survey};
use keel_core::mix::LinkState;

use forge::{FILE, Forged, LAYOUT, head, table};
use rig::{Folder, cell, joined, shown, until};

/// Two binaries that are linked, one of which plays.
struct Good {
    folder: Folder,
    here: Session,
    there: Session,
    _tracks: Vec<(TrackHandle, Option<TrackWriter>)>,
}

impl Good {
    fn new() -> Self {
        let folder = Folder::new();
        let (here, there) = (folder.session(1, 1), folder.session(2, 1));
        let (kick, mut writer) = joined(&here, "Kick");
        let (bass, bass_writer) = joined(&there, "Bass");
        (0..50).for_each(|index| writer.cell(&cell(index, 0.5)));
        let good = Self { folder, here, there, _tracks: vec![(kick, Some(writer)), (bass, Some(bass_writer))] };
        good.is_undisturbed();
        good
    }

    /// One that is linked with no other.
    fn alone() -> Self {
        let folder = Folder::new();
        let (here, there) = (folder.session(1, 1), folder.session(1, 1));
        let (kick, writer) = joined(&here, "Kick");
        until("the session to be alone", || here.link().state == LinkState::Alone && folder.files().len() == 1);
        Self { folder, here, there, _tracks: vec![(kick, Some(writer))] }
    }

    fn is_undisturbed(&self) {
        until("the good two to see each other and no one else", || {
            let is_whole = self.there.view(|tracks, _| {
                let kick = tracks.iter().find(|track| track.name == "Kick");
                kick.is_some_and(|kick| {
                    assert!(kick.song.cells().all(|seen| *seen == cell(seen.index, 0.5)), "a wrong value");
                    kick.song.cells().count() == 50
                })
            });
            is_whole && shown(&self.here) == ["Kick", "Bass"] && shown(&self.there) == ["Bass", "Kick"]
        });
    }

    fn until_state(&self, what: &str, state: LinkState) {
        until(what, || self.here.link().state == state);
    }

    /// The state that the survey gives to a file.
    fn surveyed(&self, forged: &std::path::Path) -> FileState {
        let survey = survey(&self.folder.path, PATIENCE);
        survey.files.into_iter().find(|file| file.path == forged).expect("a file of that name").state
    }
}

#[test]
fn a_forged_file_without_fault_is_believed_and_forgotten_when_it_no_longer_moves() {
    let good = Good::alone();
    let mut forged = Forged::new(&good.folder.path, 0xabc);
    forged.write_table(table(&[(5, "Ghost")], 1.0));
    until("the ghost", || shown(&good.here) == ["Kick", "Ghost"]);
    forged.log(5, &[cell(3, 0.25)]);
    until("its sound", || {
        forged.tick();
        good.here.view(|tracks, _| tracks.get(1).is_some_and(|ghost| ghost.song.get(3) == Some(&cell(3, 0.25))))
    });
    until("the ghost to be gone", || shown(&good.here) == ["Kick"]);
    assert_eq!(good.surveyed(&forged.path), FileState::Asleep);
}

#[test]
fn bytes_that_no_keel_wrote_are_unavailable() {
    let good = Good::alone();
    let noise: Vec<u8> = (0..FILE).map(|k| (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    for len in [0, 1, 63, 64, 200, 5_000, FILE as usize] {
        let forged = Forged::raw(&good.folder.path, 0xabc, &noise[..len]);
        good.until_state("the noise to be seen", LinkState::Unavailable);
        let text = good.here.link().text.unwrap_or_default();
        assert!(text.contains("cannot be read"), "{len} bytes: {text}");
        assert_eq!(shown(&good.here), ["Kick"]);
        assert_eq!(good.surveyed(&forged.path), FileState::Unreadable, "{len} bytes");
        drop(forged);
        good.until_state("the noise to be gone", LinkState::Alone);
    }
    assert_eq!(good.folder.files().len(), 1);
}

#[test]
fn what_is_no_plain_file_of_the_user_is_unavailable() {
    let good = Good::new();
    let elsewhere = Folder::new();
    let stranger = elsewhere.session(3, 1);
    let (_ghost, _writer) = joined(&stranger, "Ghost");
    let path = good.folder.path.join("00000000000000aa.hub");
    let huge = || {
        fs::write(&path, head(LAYOUT, b"0.1.0", 0xaa)).expect("own folder");
        fs::File::options().write(true).open(&path).and_then(|file| file.set_len(10 << 30)).expect("a sparse file");
    };
    let pipe = || assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    let link = || symlink(&elsewhere.files()[0], &path).expect("own folder");
    let folder = || fs::create_dir(&path).expect("own folder");
    let odd: [(&str, &dyn Fn(), &str); 4] = [
        ("10 GB", &huge, "it is too large"),
        ("a pipe", &pipe, "it is no plain file"),
        ("a link", &link, "it is a link"),
        ("a folder", &folder, "it is a folder"),
    ];
    for (what, make, why) in odd {
        make();
        until(what, || good.here.link().text.is_some());
        assert_eq!(good.surveyed(&path), FileState::Refused(why.into()));
        good.is_undisturbed();
        assert!(path.symlink_metadata().is_ok(), "{what} is not Keel's to remove");
        fs::remove_file(&path).or_else(|_| fs::remove_dir(&path)).expect("own folder");
        until("it to be forgotten", || good.here.link().text.is_none());
    }
    assert_eq!(shown(&stranger), ["Ghost"]);
}

#[test]
fn another_layout_is_told_with_its_version() {
    let good = Good::alone();
    for (layout, version) in [(LAYOUT - 1, "0.0.9"), (LAYOUT + 1, "9.1.0-beta"), (u32::MAX, "77")] {
        let bytes = [head(layout, version.as_bytes(), 0xabc), vec![0xff; 100_000]].concat();
        let forged = Forged::raw(&good.folder.path, 0xabc, &bytes);
        good.until_state("the other version", LinkState::VersionMismatch);
        let text = good.here.link().text.unwrap_or_default();
        assert!(text.contains(&format!("version {version} ")), "{text}");
        assert_eq!((shown(&good.here), good.surveyed(&forged.path)), (vec!["Kick".into()], FileState::OtherVersion));
        drop(forged);
        good.until_state("it to be gone", LinkState::Alone);
    }
}

#[test]
fn values_that_no_audio_has_end_the_trust_in_a_file() {
    let good = Good::alone();
    let wrong = [
        Cell { peak: [f32::NAN, 0.5], ..cell(4, 0.5) },
        Cell { power: [f32::INFINITY, 0.0], ..cell(4, 0.5) },
        Cell { k_power: -1.0, ..cell(4, 0.5) },
        Cell { cross: f32::NEG_INFINITY, ..cell(4, 0.5) },
        Cell { gain: 1e30, ..cell(4, 0.5) },
        Cell { index: i32::MAX, ..cell(4, 0.5) },
        Cell { index: i32::MIN, ..cell(4, 0.5) },
        Cell { frames: u32::MAX, ..cell(4, 0.5) },
    ];
    for cell_of_lies in wrong {
        let mut forged = Forged::new(&good.folder.path, 0xabc);
        forged.write_table(table(&[(5, "Ghost")], 1.0));
        until("the ghost", || shown(&good.here) == ["Kick", "Ghost"]);
        forged.log(5, &[cell(3, 0.25), cell_of_lies]);
        until("the lie to be found", || {
            good.here.view(|tracks, _| {
                assert!(tracks.iter().all(|track| track.song.is_empty()), "{cell_of_lies:?} was shown in part");
                tracks.len() == 1
            }) && good.here.link().state == LinkState::Unavailable
        });
        drop(forged);
        good.until_state("it to be gone", LinkState::Alone);
    }
}

#[test]
fn tables_that_lie_show_no_track() {
    let good = Good::alone();
    let steering = table(&[(5, "\x1b[2J")], 1.0);
    let mut counted = table(&[(5, "Ghost")], 1.0);
    counted[..2].copy_from_slice(&u16::MAX.to_le_bytes());
    let lies = [
        ("one track twice", table(&[(5, "Ghost"), (5, "Ghost")], 1.0)),
        ("a gain that is none", table(&[(5, "Ghost")], f32::NAN)),
        ("a name that steers a terminal", steering),
        ("more tracks than fit", counted),
        ("nothing", vec![0xff; 64]),
    ];
    for (what, table) in lies {
        let mut forged = Forged::new(&good.folder.path, 0xabc);
        forged.write_table(table);
        until(what, || good.here.link().state == LinkState::Unavailable);
        assert_eq!(shown(&good.here), ["Kick"], "{what}");
        drop(forged);
        good.until_state("it to be gone", LinkState::Alone);
    }
    // Another's number in the head: a copy.
    let copy = Forged::raw(&good.folder.path, 0xdef, &head(LAYOUT, b"0.1.0", 0xabc));
    good.until_state("the copy", LinkState::Unavailable);
    drop(copy);
}
