//! The command as a user runs it, and a small session to run it on.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::Folder;

pub fn keel(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keel"));
    command.args(args).env_remove("NO_COLOR").output().expect("the command runs")
}

pub fn check(folder: &Path, args: &[&str]) -> Output {
    keel(&[&["check", &folder.to_string_lossy()], args].concat())
}

pub fn status(output: &Output) -> i32 {
    output.status.code().expect("an exit status")
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stdout(output)))
}

pub fn track<'a>(report: &'a Value, name: &str) -> &'a Value {
    let tracks = report["tracks"].as_array().expect("tracks");
    tracks.iter().find(|track| track["name"] == name).unwrap_or_else(|| panic!("no track {name}"))
}

pub const RATE: u32 = 16_000;
pub const SECONDS: u32 = 20;

/// A kick twice a second, decaying, with its peak at `peak`.
pub fn kick(peak: f32) -> Vec<f32> {
    let beat = |n: u32| (n % (RATE / 2)) as f32 / RATE as f32;
    (0..RATE * SECONDS)
        .map(|n| peak * (-beat(n) * 30.0).exp() * (beat(n) * 60.0 * std::f32::consts::TAU).cos())
        .collect()
}

pub fn tone(peak: f32, hertz: f32) -> Vec<f32> {
    (0..RATE * SECONDS).map(|n| peak * (n as f32 * hertz * std::f32::consts::TAU / RATE as f32).sin()).collect()
}

/// A kick at -11 dBFS and a bass 4.5 dB below it: both sit.
pub fn session() -> Folder {
    let folder = Folder::new();
    folder.wav("kick.wav", 1, RATE, &kick(0.2818));
    folder.wav("bass.wav", 1, RATE, &tone(0.1679, 110.0));
    folder
}
