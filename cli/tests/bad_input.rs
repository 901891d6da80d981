//! Files that no meter likes: a clear line for each that cannot be read, sane figures of each that can, and the rest of
//! the set judged as if they were not there.

mod common;

use std::process::Command;

use common::run::{RATE, SECONDS, check, json, keel, session, status, stderr, stdout, tone, track};
use common::{Folder, Sample, flac, ramp, wav};
use serde_json::Value;

fn float(report: &Value, name: &str, key: &str) -> Option<f64> {
    track(report, name)[key].as_f64()
}

#[test]
fn odd_sound_is_measured_and_the_rest_judged() {
    let folder = session();
    let frames = (RATE * SECONDS) as usize;
    let mut broken = tone(0.25, 220.0);
    for (k, sample) in broken.iter_mut().enumerate().filter(|(k, _)| k % 1000 < 3) {
        *sample = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][k % 3];
    }
    folder.file("pads nan.wav", &wav(1, RATE, Sample::Float, &broken));
    folder.file("guitars huge.wav", &wav(1, RATE, Sample::Float, &vec![f32::MAX; frames]));
    folder.wav("fx dc.wav", 1, RATE, &vec![0.5; frames]);
    folder.wav("fx one sample.wav", 1, RATE, &[0.5]);
    folder.wav("fx silence.wav", 2, RATE, &vec![0.0; frames]);
    folder.wav("fx 8k.wav", 1, 8_000, &vec![0.1; 8_000]);
    folder.wav("fx 384k.wav", 2, 384_000, &vec![0.1; 384_000]);
    let output = check(folder.path(), &["--json", "-"]);
    assert_eq!((status(&output), stderr(&output)), (0, String::new()));
    let report = json(&output);
    assert_eq!(
        (&track(&report, "bass")["verdict"], &track(&report, "kick")["verdict"]),
        (&"sits".into(), &"sits".into())
    );
    assert_eq!(track(&report, "pads nan")["non_finite_input"], true);
    assert!(report["notes"].to_string().contains("read as silence: pads nan."), "{}", report["notes"]);
    let peak = |name: &str| float(&report, name, "sample_peak_dbfs");
    assert!(peak("pads nan").is_some_and(|peak| (peak + 12.04).abs() < 0.01), "{:?}", peak("pads nan"));
    assert!(peak("fx dc").is_some_and(|peak| (peak + 6.02).abs() < 0.01), "{:?}", peak("fx dc"));
    assert!(peak("fx one sample").is_some_and(|peak| (peak + 6.02).abs() < 0.01), "{:?}", peak("fx one sample"));
    for name in ["fx 8k", "fx 384k"] {
        assert!(peak(name).is_some_and(|peak| (peak + 20.0).abs() < 0.01), "{name}: {:?}", peak(name));
    }
    assert_eq!((peak("fx silence"), float(&report, "fx silence", "integrated_lufs")), (None, None));
    assert!(peak("guitars huge").is_some_and(f64::is_finite));
    let table = stdout(&check(folder.path(), &[]));
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn a_set_of_bad_files_alone_still_says_each() {
    let folder = Folder::new();
    folder.file("kick.wav", b"no audio at all, a note of some length to be sure");
    folder.wav("bass.wav", 6, 48_000, &[0.1; 6_000]);
    folder.wav("pads.wav", 1, 48_000, &[]);
    let whole = flac(1, RATE, &ramp(1, 192 * 200));
    folder.file("snare.flac", &whole[..100]);
    let output = check(folder.path(), &["--json", "-", "--fail-on", "any"]);
    assert_eq!((status(&output), stdout(&output)), (1, String::new()));
    let lines = stderr(&output);
    for expected in ["kick.wav: is not", "bass.wav: has 6 channels", "pads.wav: holds no", "snare.flac: is damaged"] {
        assert!(lines.contains(expected), "{expected}: {lines}");
    }
    assert!(lines.lines().last().is_some_and(|line| line.contains("nothing to analyse")), "{lines}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_utf8_is_a_track_like_others() {
    use std::os::unix::ffi::OsStrExt;
    let folder = session();
    let name = std::ffi::OsStr::from_bytes(b"ki\xffck \x1b[31m.wav");
    std::fs::write(folder.path().join(name), wav(1, RATE, Sample::Int(16), &tone(0.05, 500.0))).expect("such a file");
    let output = check(folder.path(), &["--json", "-"]);
    assert_eq!(status(&output), 0);
    assert_eq!(track(&json(&output), "ki\u{fffd}ck \u{1b}[31m")["role"], "kick");
    let table = stdout(&check(folder.path(), &[]));
    assert!(!table.contains('\u{1b}'), "a name must not steer the terminal: {table:?}");
}

/// As a user who may not read everything: tests are often run by the superuser, who may.
#[cfg(target_os = "linux")]
#[test]
fn a_file_and_a_folder_without_permission_say_so() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let folder = session();
    let locked = |name: &str| {
        let path = folder.path().join(name);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("permissions set");
        path
    };
    folder.wav("pads.wav", 1, RATE, &tone(0.1, 300.0));
    locked("pads.wav");
    std::fs::create_dir(folder.path().join("secret")).expect("a folder");
    let secret = locked("secret");
    // The build's own folder may be closed to others.
    let program = folder.path().join("keel");
    std::fs::copy(env!("CARGO_BIN_EXE_keel"), &program).expect("the program copied");
    let is_superuser = std::fs::metadata(&program).expect("the copy").uid() == 0;
    let run = |path: &std::path::Path| {
        let mut command = Command::new(&program);
        command.arg("check").arg(path);
        if is_superuser {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().expect("the command runs")
    };
    let output = run(folder.path());
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("pads.wav: cannot be read: Permission denied"), "{}", stderr(&output));
    assert!(stdout(&output).contains("● sits"), "{}", stdout(&output));
    let nothing = run(&secret);
    assert_eq!((status(&nothing), stdout(&nothing)), (1, String::new()));
    assert!(stderr(&nothing).contains("secret: cannot be read: Permission denied"), "{}", stderr(&nothing));
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o700)).expect("the folder opened to be removed");
}

#[test]
fn an_empty_folder_and_an_empty_set_end_with_1() {
    let folder = Folder::new();
    folder.file("notes.txt", b"nothing to hear");
    folder.file("keel.toml", b"ignore = [\"*\"]\n");
    for path in [folder.path().to_owned(), folder.path().join("notes.txt")] {
        let output = keel(&["check", &path.to_string_lossy()]);
        assert_eq!((status(&output), stdout(&output)), (1, String::new()));
        assert!(stderr(&output).contains("nothing to analyse"), "{}", stderr(&output));
    }
}
