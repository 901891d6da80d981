//! The command's exit statuses and messages, where it need not come to playing: 1 could not do it, 2 wrong usage.

use std::process::{Command, Output};

fn session(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keel-session")).args(arguments).output().expect("the command runs")
}

#[track_caller]
fn fails(arguments: &[&str], status: i32, says: &str) {
    let output = session(arguments);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {message}");
    assert!(message.contains(says), "{arguments:?} says {message:?}, expected {says:?}");
}

#[test]
fn wrong_usage_is_status_two() {
    fails(&[], 2, "Usage");
    fails(&["play"], 2, "unrecognized subcommand");
    fails(&["demo", "--loud"], 2, "--loud");
    fails(&["demo", "--seconds=-3"], 2, "--seconds");
    fails(&["demo", "--scope", "chorus"], 2, "loudest");
}

#[test]
fn what_cannot_be_done_is_status_one_and_named() {
    fails(&["demo", "--headless", "--stems", "/nowhere"], 1, "/nowhere");
    let folder = std::env::temp_dir().join(format!("keel-commands-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.to_str().expect("a path");
    fails(&["demo", "--headless", "--stems", path], 1, "no WAV or FLAC");
    std::fs::write(folder.join("kick.wav"), "no audio").expect("written");
    fails(&["demo", "--headless", "--stems", path], 1, "kick.wav");
    std::fs::remove_dir_all(&folder).expect("removed");
    fails(&["demo", "--headless", "--seconds", "1", "--plugin", "/nowhere.clap"], 1, "/nowhere.clap");
    fails(&["demo", "--headless", "--track", "Tuba"], 1, "Tuba");
}

#[test]
fn help_is_no_failure() {
    let output = session(&["demo", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8_lossy(&output.stdout);
    for option in ["--stems", "--seconds", "--scope", "--json", "--html", "--headless", "--write-stems", "--plugin"] {
        assert!(help.contains(option), "{option} is missing in {help}");
    }
}
