//! `keel doctor` as users run it, on folders good and bad.
#![cfg(unix)]

mod common;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use common::Folder;
use common::run::{json, status, stdout};
use keel_core::link::{HubConfig, Session, TrackConfig};

fn doctor(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keel"));
    command.arg("doctor").args(args).env("KEEL_HUB_DIR", folder).env_remove("NO_COLOR");
    command.output().expect("the command runs")
}

/// A folder as an instance makes it.
fn closed() -> Folder {
    let folder = Folder::new();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).expect("own folder");
    folder
}

#[test]
fn instances_are_told_by_process_and_by_whom_they_see() {
    let folder = closed();
    let binary = |program| Session::linked(Some(HubConfig::apart(folder.path(), 1, program)));
    let (clap, vst3, other) = (binary(1), binary(1), binary(2));
    let join =
        |session: &Session, name: &str| session.join(TrackConfig { name: name.into(), ..TrackConfig::default() });
    let tracks = [join(&clap, "Kick"), join(&clap, "Snare"), join(&vst3, "Bass"), join(&other, "Pad")];
    let survey = loop {
        let output = doctor(folder.path(), &["--json", "-"]);
        let survey = json(&output);
        let shown: usize = (0..3).filter_map(|k| Some(survey["binaries"][k]["tracks"].as_array()?.len())).sum();
        if shown == 4 {
            assert_eq!(status(&output), 0, "{survey:#}");
            break survey;
        }
    };
    assert_eq!((&survey["schema"], &survey["problems"]), (&"keel.doctor/1".into(), &serde_json::json!([])));
    let binaries = survey["binaries"].as_array().expect("binaries");
    let letters = |name: &str| {
        let mut tracks = binaries.iter().flat_map(|binary| binary["tracks"].as_array().expect("tracks"));
        tracks.find(|track| track["name"] == name).expect("the track")["circle"].clone()
    };
    assert_eq!((letters("Kick"), letters("Snare")), (letters("Bass"), letters("Bass")));
    assert_ne!(letters("Kick"), letters("Pad"));
    let text = stdout(&doctor(folder.path(), &[]));
    assert!(text.contains("Kick, Snare") && text.contains("session code") && text.contains("Nothing to do."), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    if cfg!(target_os = "linux") {
        assert!(text.contains(&format!("({})", std::process::id())), "{text}");
    }
    drop(tracks);
}

#[test]
fn bad_folders_are_told_with_what_to_do_and_left_as_they_are() {
    let folder = closed();
    let path = folder.path();
    let missing = path.join("not there");
    let output = doctor(&missing, &[]);
    assert_eq!((status(&output), missing.exists()), (0, false), "{}", stdout(&output));
    assert!(stdout(&output).contains("No instance of Keel uses this folder"), "{}", stdout(&output));

    let dead = folder.file("0123456789abcdef.hub", b"left behind");
    let output = doctor(path, &[]);
    assert_eq!((status(&output), dead.exists()), (0, true), "{}", stdout(&output));
    assert!(stdout(&output).contains("1 file is left by processes that ended"), "{}", stdout(&output));

    let held = File::open(folder.file("00000000000000aa.hub", b"noise")).expect("own file");
    held.try_lock().expect("nothing else knows it");
    fs::create_dir(path.join("00000000000000bb.hub")).expect("own folder");
    folder.file("notes.txt", b"");
    let output = doctor(path, &[]);
    let text = stdout(&output);
    assert_eq!(status(&output), 1, "{text}");
    for part in ["no Keel can make sense", "it is a folder", "1 file is in the folder not Keel's"] {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(part), "{part}: {text}");
    }

    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("own folder");
    let output = doctor(path, &[]);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("chmod 700"), "{}", stdout(&output));
    assert_eq!(fs::metadata(path).expect("own folder").permissions().mode() & 0o777, 0o755, "left as it was");

    let file = folder.file("file", b"");
    assert!(stdout(&doctor(&file, &[])).contains("is not a folder"));
    let output = doctor(Path::new(""), &[]);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("switched off"), "{}", stdout(&output));
}
