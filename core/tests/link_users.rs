//! Another user of the machine can neither read the hub's files nor disturb those who do. Needs root, to become others.
#![cfg(unix)]

#[path = "link_hub/rig.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod rig;

use std::env;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use keel_core::dsp::Sink;
use keel_core::link::{FileState, HubConfig, PATIENCE, Session, survey};
use keel_core::mix::LinkState;

use rig::{Folder, cell, joined, shown, until};

/// Names the victim's hub file to a process of another user.
const STRANGER: &str = "KEEL_TEST_STRANGER";
/// `nobody` on most systems; any number but 0 will do.
const OTHER: u32 = 65_534;

/// Whether this process may become another user. CI does not.
fn is_root() -> bool {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root {
        println!("skipped: only root can become another user");
    }
    is_root
}

/// Runs a test of this program as another user.
fn as_other(test: &str, file: &Path) -> Output {
    let folder = env::temp_dir().join(format!("keel-users-{test}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder");
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("own folder");
    let program = folder.join("test");
    fs::copy(env::current_exe().expect("this program"), &program).expect("a copy of this program");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("own file");
    let mut command = Command::new(&program);
    command.args(["--exact", test, "--nocapture"]).env(STRANGER, file).current_dir("/");
    let output = command.uid(OTHER).gid(OTHER).output().expect("a process of another user");
    fs::remove_dir_all(&folder).expect("own folder");
    output
}

fn assert_passes(output: &Output) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// What another user tries. Nothing without a file, so that it is a test that passes.
#[test]
fn stranger() {
    let Some(file) = env::var_os(STRANGER) else { return };
    let (file, folder) = (Path::new(&file), Path::new(&file).parent().expect("a folder"));
    let denied = |what: &str, kind: Option<ErrorKind>| {
        assert_eq!(kind, Some(ErrorKind::PermissionDenied), "{what} was not denied");
    };
    denied("reading the folder", fs::read_dir(folder).err().map(|error| error.kind()));
    denied("reading the file", fs::metadata(file).err().map(|error| error.kind()));
    denied("reading the file", fs::read(file).err().map(|error| error.kind()));
    denied("writing the file", OpenOptions::new().write(true).open(file).err().map(|error| error.kind()));
    denied("removing the file", fs::remove_file(file).err().map(|error| error.kind()));
    denied("a new file", fs::write(folder.join("00000000000000aa.hub"), "x").err().map(|error| error.kind()));
    denied("opening the folder", fs::set_permissions(folder, Permissions::from_mode(0o777)).err().map(|e| e.kind()));
    // The folder lies in the system's folder for such: only its owner can move it away.
    let moved = fs::rename(folder, folder.with_extension("gone"));
    assert!(moved.is_err(), "the folder was moved away");
    let session = Session::linked(Some(HubConfig::apart(folder, 5, 1)));
    let (_handle, _writer) = joined(&session, "Stranger");
    until("the link to be refused", || session.link().state == LinkState::Unavailable);
    let text = session.link().text.unwrap_or_default();
    assert!(text.contains("belongs to another user"), "{text}");
    assert_eq!(shown(&session), ["Stranger"]);
}

#[test]
fn another_user_can_neither_read_nor_disturb() {
    if !is_root() {
        return;
    }
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_kick, mut kick) = joined(&here, "Kick");
    let (_bass, _bass_writer) = joined(&there, "Bass");
    (0..50).for_each(|index| kick.cell(&cell(index, 0.5)));
    let is_whole = || {
        there.view(|tracks, _| {
            tracks.iter().any(|track| {
                track.name == "Kick" && track.song.cells().copied().eq((0..50).map(|index| cell(index, 0.5)))
            })
        })
    };
    until("the link", is_whole);
    let files = folder.files();
    for (path, mode) in [(&folder.path, 0o700), (&files[0], 0o600), (&files[1], 0o600)] {
        let found = fs::metadata(path).expect("own folder");
        assert_eq!((found.mode() & 0o7777, found.uid()), (mode, 0), "{}", path.display());
    }
    assert_passes(&as_other("stranger", &files[0]));
    assert_eq!(folder.files(), files);
    until("the link as before", || is_whole() && here.link().text.is_none() && shown(&here) == ["Kick", "Bass"]);
}

#[test]
fn a_folder_that_another_user_made_first_is_refused() {
    if !is_root() {
        return;
    }
    let folder = Folder::new();
    DirBuilder::new().mode(0o700).create(&folder.path).expect("a temporary folder");
    chown(&folder.path, Some(OTHER), Some(OTHER)).expect("root may");
    let session = folder.session(1, 1);
    let (_handle, _writer) = joined(&session, "Kick");
    until("the refusal", || session.link().state == LinkState::Unavailable);
    assert!(session.link().text.is_some_and(|text| text.contains("belongs to another user")));
    assert_eq!((folder.files(), shown(&session)), (Vec::new(), vec!["Kick".into()]));
    let survey = survey(&folder.path, PATIENCE);
    assert!(survey.fault.is_some_and(|fault| fault.contains("belongs to another user")));
}

#[test]
fn a_file_that_another_user_owns_is_not_read() {
    if !is_root() {
        return;
    }
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_kick, _writer) = joined(&here, "Kick");
    let (_bass, _bass_writer) = joined(&there, "Bass");
    until("the link", || shown(&here) == ["Kick", "Bass"]);
    let copy = folder.path.join("00000000000000aa.hub");
    fs::copy(&folder.files()[0], &copy).expect("own folder");
    let held = fs::File::open(&copy).expect("own folder");
    held.try_lock().expect("no one else knows it");
    chown(&copy, Some(OTHER), Some(OTHER)).expect("root may");
    until("the file to be refused", || here.link().text.is_some() && there.link().text.is_some());
    assert_eq!((shown(&here).len(), shown(&there).len()), (2, 2));
    let file = survey(&folder.path, PATIENCE).files.into_iter().find(|file| file.path == copy).expect("the copy");
    assert_eq!(file.state, FileState::Refused("it belongs to another user".into()));
}
