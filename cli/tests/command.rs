//! The command as a user runs it: what it prints, where, and the status that it ends with.

mod common;

use common::Folder;
use common::run::{RATE, SECONDS, check, json, keel, kick, session, status, stderr, stdout, tone, track};
use serde_json::Value;

#[test]
fn a_balanced_pair_sits_and_ends_with_0() {
    let folder = session();
    let output = check(folder.path(), &["--fail-on", "any"]);
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let table = stdout(&output);
    assert!(table.contains("Reference: kick, hits at −11.0 dBFS"), "{table}");
    assert!(
        table.lines().any(|line| line.starts_with("bass") && line.contains("−4.5 dB") && line.contains("● sits")),
        "{table}"
    );
    assert!(!table.contains('\u{1b}'), "no colour but on a terminal");
    assert_eq!(stderr(&output), "");
}

#[test]
fn json_goes_to_a_file_or_to_standard_output() {
    let folder = session();
    let file = folder.path().join("report.json");
    let written = check(folder.path(), &["--quiet", "--json", &file.to_string_lossy()]);
    assert_eq!((status(&written), stdout(&written)), (0, String::new()));
    let printed = check(folder.path(), &["--json", "-"]);
    let report = json(&printed);
    let from_file: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("a report")).expect("JSON");
    assert_eq!(report, from_file);
    assert_eq!(report["schema"], "keel.report/2");
    assert_eq!(report["scope"]["kind"], "loudest");
    let offset = track(&report, "bass")["offset_db"].as_f64().expect("an offset");
    assert!((offset + 4.5).abs() < 0.05, "expected −4.5 dB, read {offset}");
    assert_eq!(track(&report, "bass")["placement"], "post");
}

#[test]
fn verdicts_change_the_status_only_on_request() {
    let folder = session();
    folder.wav("snare.wav", 1, RATE, &kick(0.9));
    folder.wav("hats.wav", 1, RATE, &kick(0.02));
    assert_eq!(status(&check(folder.path(), &[])), 0);
    for (on, expected) in [("high", 1), ("low", 1), ("any", 1)] {
        assert_eq!(status(&check(folder.path(), &["--fail-on", on])), expected, "--fail-on {on}");
    }
    std::fs::remove_file(folder.path().join("hats.wav")).expect("hats removed");
    assert_eq!(status(&check(folder.path(), &["--fail-on", "low"])), 0);
    assert_eq!(status(&check(folder.path(), &["--fail-on", "high"])), 1);
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    let folder = session();
    for (args, expected) in [
        (vec![], "PATH"),
        (vec!["--frobnicate"], "--frobnicate"),
        (vec!["--scope", "chorus"], "m:ss"),
        (vec!["--scope", "30-10"], "ends before it begins"),
        (vec!["--scope", "1-inf"], "m:ss"),
        (vec!["--fail-on", "sits"], "any"),
        (vec!["--role", "kick"], "FILE=ROLE"),
        (vec!["--role", "kick=tuba"], "lead-vocal"),
        (vec!["--role", "tuba=bass"], "not among the files"),
    ] {
        let path = folder.path().to_string_lossy().into_owned();
        let paths = if args.is_empty() { vec![] } else { vec![path.as_str()] };
        let output = keel(&[vec!["check"], paths, args.clone()].concat());
        assert_eq!(status(&output), 2, "{args:?}");
        assert!(stderr(&output).contains(expected), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
    }
}

#[test]
fn help_and_version_end_with_0() {
    let help = keel(&["check", "--help"]);
    assert_eq!(status(&help), 0);
    assert!(stdout(&help).contains("--fail-on"));
    assert!(stdout(&keel(&["--version"])).starts_with("keel "));
}

#[test]
fn each_bad_file_has_its_line_and_the_rest_is_judged() {
    let folder = session();
    folder.file("lyrics.wav", &b"la la la ".repeat(500));
    folder.file("empty.flac", b"");
    folder.wav("surround.wav", 6, RATE, &[0.1; 600]);
    folder.wav("nothing.wav", 2, RATE, &[]);
    let whole = common::flac(1, RATE, &common::ramp(1, 192 * 200));
    folder.file("cut.flac", &whole[..whole.len() / 3]);
    folder.file("pad.wma", b"0&");
    folder.file("notes.txt", b"not meant");
    folder.file("._kick.wav", b"what macOS leaves behind");
    let output = check(folder.path(), &["--json", "-"]);
    assert_eq!(status(&output), 1);
    let lines = stderr(&output);
    for (file, why) in [
        ("lyrics.wav", "not an audio file"),
        ("empty.flac", "no samples"),
        ("surround.wav", "6 channels"),
        ("nothing.wav", "no samples"),
        ("cut.flac", "of 2.4 s are there"),
        ("pad.wma", "cannot be read"),
    ] {
        assert!(lines.lines().any(|line| line.contains(file) && line.contains(why)), "{file}: {lines}");
    }
    assert_eq!(lines.lines().count(), 6, "{lines}");
    let report = json(&output);
    assert_eq!(report["tracks"].as_array().map(Vec::len), Some(3), "what is there of the cut file, too");
    assert_eq!(track(&report, "bass")["verdict"], "sits");
    let notes = report["notes"].as_array().expect("notes");
    assert!(notes.iter().any(|note| note.as_str().is_some_and(|note| note.contains("lyrics.wav"))), "{notes:?}");
}

/// A header of 65,535 channels overflows in some decoders, which panic where overflow is checked.
#[test]
fn a_hostile_header_is_one_line() {
    let folder = session();
    let mut bytes = common::wav(1, RATE, common::Sample::Int(16), &[0.0; 64]);
    bytes[22..24].copy_from_slice(&[0xff, 0xff]);
    folder.file("hostile.wav", &bytes);
    let output = check(folder.path(), &["--quiet"]);
    assert_eq!((status(&output), stderr(&output).lines().count()), (1, 1), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = session();
    let secret = folder.wav("pads.wav", 1, RATE, &tone(0.1, 300.0));
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).expect("permissions set");
    if std::fs::read(&secret).is_ok() {
        // The superuser reads everything; what cannot be opened shows the same way.
        std::fs::remove_file(&secret).expect("the file removed");
        std::os::unix::fs::symlink("nowhere", &secret).expect("a link to nothing");
    }
    let output = check(folder.path(), &[]);
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("pads.wav: cannot be read"), "{}", stderr(&output));
    assert!(stdout(&output).contains("● sits"));
}

#[test]
fn nothing_to_analyse_ends_with_1() {
    let folder = Folder::new();
    for path in [folder.path().to_owned(), folder.path().join("absent.wav"), folder.path().join("absent")] {
        let output = check(&path, &[]);
        assert_eq!((status(&output), stdout(&output)), (1, String::new()));
        assert!(stderr(&output).contains("nothing to analyse"), "{}", stderr(&output));
    }
}

#[test]
fn a_profile_that_cannot_be_used_ends_with_1_and_names_the_line() {
    let folder = session();
    let absent = check(folder.path(), &["--profile", "no such profile"]);
    assert_eq!(status(&absent), 1);
    assert!(stderr(&absent).contains("no such profile"), "{}", stderr(&absent));
    let file = folder.file("mine.toml", b"[roles.bass]\nlow = -4.0\nhihg = -2.0\n");
    let broken = check(folder.path(), &["--profile", &file.to_string_lossy()]);
    assert_eq!(status(&broken), 1);
    assert!(stderr(&broken).contains("line 3"), "{}", stderr(&broken));
    let file = folder.file("mine.toml", b"[roles.bass]\nlow = -2.0\nhigh = 0.0\n");
    let report = json(&check(folder.path(), &["--json", "-", "--profile", &file.to_string_lossy()]));
    assert_eq!(track(&report, "bass")["verdict"], "low");
}

#[test]
fn the_users_role_wins_over_the_name() {
    let folder = session();
    folder.wav("Audio 07.wav", 2, RATE, &tone(0.05, 300.0));
    let guessed = json(&check(folder.path(), &["--json", "-"]));
    assert_eq!(track(&guessed, "Audio 07")["role"], "other");
    for named in ["Audio 07=guitars", "Audio 07.wav=Guitars"] {
        let chosen = json(&check(folder.path(), &["--json", "-", "--role", named]));
        assert_eq!(track(&chosen, "Audio 07")["role"], "guitars");
        assert_eq!(track(&chosen, "Audio 07")["role_is_guess"], false);
    }
}

#[test]
fn one_file_is_a_mixdown_unless_its_name_says_otherwise() {
    let folder = Folder::new();
    let song = folder.wav("Midnight Drive.wav", 2, RATE, &tone(0.5, 300.0));
    let report = json(&keel(&["check", &song.to_string_lossy(), "--json", "-"]));
    assert_eq!(track(&report, "Midnight Drive")["role"], "mix-bus");
    let peak = report["bus"]["sample_peak_dbfs"].as_f64().expect("a peak of the bus");
    assert!((peak + 6.02).abs() < 0.01, "read {peak}");
    let steps = report["density"]["steps"].as_array().expect("the mix along the song");
    assert!(steps.len() == 5 && steps[0]["bands"].as_f64().is_some_and(|share| share < 0.5), "{steps:?}");
    let levels = report["bus"]["bands"]["level_db"].as_array().expect("the mix by bands");
    assert!(levels.iter().any(Value::is_number), "read whole, for there is no kick to find a section by: {levels:?}");
    assert!(report["bus"]["tonal"]["reference"].is_string() && report["bus"]["quiet_bands"].is_array());
    let table = stdout(&keel(&["check", &song.to_string_lossy()]));
    assert!(table.contains("over curve") && table.contains("not audible: "), "{table}");
    assert!(table.starts_with("Keel · mixdown · Midnight Drive") && table.contains("need their stems"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let kick = folder.wav("kick.wav", 1, RATE, &kick(0.2818));
    let report = json(&keel(&["check", &kick.to_string_lossy(), "--json", "-"]));
    assert_eq!(track(&report, "kick")["role"], "kick");
}

#[test]
fn files_of_other_lengths_and_rates_share_one_song() {
    let folder = session();
    let short: Vec<f32> = tone(0.05, 300.0)[..RATE as usize * 5].to_vec();
    folder.wav("pads.wav", 1, RATE, &short);
    folder.wav("guitars.wav", 2, 44_100, &[0.04; 44_100 * 2 * 9]);
    let report = json(&check(folder.path(), &["--json", "-", "--scope", "song"]));
    assert_eq!(report["scope"]["to_s"].as_f64(), Some(f64::from(SECONDS)));
    assert_eq!(track(&report, "bass")["verdict"], "sits");
    let range = json(&check(folder.path(), &["--json", "-", "--scope", "0:02-4.5"]));
    assert_eq!((range["scope"]["from_s"].as_f64(), range["scope"]["to_s"].as_f64()), (Some(2.0), Some(4.5)));
}
