//! Folders as people have them: folders in folders, by-products, mixes among stems, finished songs, split stereo, stems
//! that begin later.

mod common;

use std::fs;
use std::path::Path;

use common::odd::{format, riff, shorts};
use common::run::{RATE, check, json, keel, kick, status, stderr, stdout, tone, track};
use common::{Folder, Sample, wav};
use serde_json::Value;

/// A mono WAV at a path below the folder.
fn put(folder: &Folder, path: &str, samples: &[f32]) {
    put_bytes(folder, path, &wav(1, RATE, Sample::Int(16), samples));
}

fn put_bytes(folder: &Folder, path: &str, bytes: &[u8]) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, bytes).expect("a file");
}

fn names(report: &Value) -> Vec<&str> {
    report["tracks"].as_array().expect("tracks").iter().filter_map(|track| track["name"].as_str()).collect()
}

fn report(folder: &Path) -> Value {
    let output = check(folder, &["--json", "-"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    json(&output)
}

fn short() -> Vec<f32> {
    tone(0.1, 220.0)[..RATE as usize * 2].to_vec()
}

#[test]
fn stems_in_folders_are_tracks_and_equal_names_are_kept_apart() {
    let folder = Folder::new();
    put(&folder, "Drums/Kick.wav", &kick(0.2818));
    put(&folder, "Drums/Tops/Hats.wav", &kick(0.1));
    put(&folder, "Low End/Bass.wav", &tone(0.1679, 110.0));
    put(&folder, "Gtr/Double.wav", &short());
    put(&folder, "Vox/Double.wav", &short());
    let report = report(folder.path());
    assert_eq!(names(&report), ["Kick", "Hats", "Gtr/Double", "Bass", "Vox/Double"]);
    assert_eq!((&report["reference"]["track"], &track(&report, "Bass")["verdict"]), (&"Kick".into(), &"sits".into()));
    let chosen = check(folder.path(), &["--json", "-", "--role", "Vox/Double=backing-vocals", "--role", "Hats=toms"]);
    let chosen = json(&chosen);
    assert_eq!(track(&chosen, "Vox/Double")["role"], "backing-vocals", "a folder in the name tells which is meant");
    assert_ne!(track(&chosen, "Gtr/Double")["role"], "backing-vocals");
    assert_eq!(track(&chosen, "Hats")["role"], "toms");
}

#[cfg(unix)]
#[test]
fn folders_that_lead_in_a_circle_are_entered_once() {
    let folder = Folder::new();
    put(&folder, "Drums/Kick.wav", &kick(0.2818));
    std::os::unix::fs::symlink(folder.path(), folder.path().join("Drums/again")).expect("a link");
    assert_eq!(names(&report(folder.path())), ["Kick"]);
}

#[test]
fn by_products_are_passed_over_in_silence() {
    let folder = Folder::new();
    put(&folder, "Kick.wav", &kick(0.2818));
    put(&folder, "Audio Files/Bass.wav", &tone(0.1679, 110.0));
    let sound = wav(1, RATE, Sample::Int(16), &short());
    for path in [
        "__MACOSX/._Kick.wav",
        "__MACOSX/Kick.wav",
        "._Kick.wav",
        ".hidden/Pad.wav",
        "Backup/Kick.wav",
        "Session File Backups/Kick.bak.000.wav",
        "Freeze Files.nosync/Kick.aif",
        "Samples/Processed/Freeze/Freeze Bass.wav",
        "Undo/take 3.wav",
        "song_data/e00/d00/e0000a2f.au",
        "Peaks/Kick.wav",
        "Trash/Old.wav",
    ] {
        put_bytes(&folder, path, &sound);
    }
    for path in ["Kick.wav.asd", "Kick.wav.reapeaks", "Kick.sfk", "Kick.pkf", "song.als", "song.rpp-bak", "Thumbs.db"] {
        put_bytes(&folder, path, b"not sound");
    }
    let output = check(folder.path(), &["--json", "-"]);
    assert_eq!((status(&output), stderr(&output)), (0, String::new()));
    let report = json(&output);
    assert_eq!(names(&report), ["Kick", "Bass"]);
    assert!(!report["notes"].to_string().contains("asd"), "{}", report["notes"]);
}

#[test]
fn what_cannot_be_read_is_named_once_with_a_way_out() {
    let folder = Folder::new();
    put(&folder, "Kick.wav", &kick(0.2818));
    let files = ["a.au", "b.mka", "c.webm", "Film/d.mov", "e.opus", "f.wma", "Film/g.WV", "h.ape", "i.dsf", "j.ac3"];
    for file in files {
        put_bytes(&folder, file, b"something else");
    }
    let output = check(folder.path(), &["--json", "-"]);
    assert_eq!(status(&output), 1);
    let said = stderr(&output);
    assert_eq!(said.lines().count(), files.len(), "{said}");
    for file in files {
        let line = said.lines().find(|line| line.contains(&format!("{file}: ")));
        assert!(line.is_some_and(|line| line.contains("ffmpeg -i ")), "{file}: {said}");
    }
    assert_eq!(names(&json(&output)), ["Kick"]);
}

/// Kick, bass and guitar under these names, and their sum under this one.
fn with_mix(mix: &str, pattern: &str) -> Folder {
    let folder = Folder::new();
    let stems = [("Kick", kick(0.2818)), ("Bass", tone(0.1679, 110.0)), ("Guitar", tone(0.08, 330.0))];
    let mut sum = vec![0.0; stems[0].1.len()];
    for (name, samples) in &stems {
        put(&folder, &format!("{}.wav", pattern.replace("{}", name)), samples);
        sum.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += sample);
    }
    put(&folder, &format!("{mix}.wav"), &sum);
    folder
}

#[test]
fn a_mix_is_known_by_its_place_among_the_stems() {
    for (mix, pattern, name) in [
        ("Night Drive", "Night Drive - {}", "Night Drive"),
        ("night_drive", "Night_Drive_{}", "night_drive"),
        ("Night Drive/Night Drive", "Night Drive/{}", "Night Drive"),
        ("Mixdown/Night Drive", "{}", "Night Drive"),
        ("Master/Night Drive 3", "Stems/{}", "Night Drive 3"),
    ] {
        let folder = with_mix(mix, pattern);
        let report = report(folder.path());
        assert_eq!(track(&report, name)["role"], "mix-bus", "{mix} among {pattern}");
        assert!(report["bus"]["sample_peak_dbfs"].is_number(), "{mix}: {}", report["bus"]);
        let is_told = report["notes"].to_string().contains("Taken as the mix");
        assert!(is_told || track(&report, name)["role_is_guess"] == true, "{mix}: {}", report["notes"]);
    }
    for (other, pattern) in [("Night Drive", "{}"), ("Loop", "Loop {}x"), ("Mixdown/Snare", "{}")] {
        let folder = with_mix(other, pattern);
        // By its sound alone the sum of the others would be the mix.
        put(&folder, &format!("{other}.wav"), &tone(0.05, 777.0));
        let name = Path::new(other).file_name().expect("a name").to_string_lossy().into_owned();
        let role = track(&report(folder.path()), &name)["role"].clone();
        assert!(pattern == "Loop {}x" || role != "mix-bus", "{other} among {pattern}: {role}");
    }
}

/// Noise in two channels, so much of it that it fills the hearing range, as a finished song does.
fn song(seconds: f32, peak: f32) -> Vec<u8> {
    let mut state = 1u32;
    let samples: Vec<f32> = (0..(seconds * RATE as f32) as usize * 2)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            peak * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
        })
        .collect();
    wav(2, RATE, Sample::Int(16), &samples)
}

#[test]
fn finished_songs_have_their_own_facts_and_judge_nobody() {
    let folder = Folder::new();
    for (name, seconds) in [("01 Kick Back", 6.0), ("02 Ride On", 9.0), ("03 Bass Culture", 12.0)] {
        folder.file(&format!("{name}.wav"), &song(seconds, 0.9));
    }
    let album = report(folder.path());
    assert_eq!((&album["reference"]["track"], &album["bus"]), (&Value::Null, &Value::Null));
    for at in 0..3 {
        assert_eq!(
            (&album["tracks"][at]["role"], &album["tracks"][at]["verdict"]),
            (&"mix-bus".into(), &"not-judged".into())
        );
        let peak = album["songs"][at]["bus"]["sample_peak_dbfs"].as_f64().expect("a peak");
        assert!((peak + 0.92).abs() < 0.1, "{peak}");
    }
    assert!(album["notes"].to_string().contains("finished songs"), "{}", album["notes"]);
    let table = stdout(&check(folder.path(), &[]));
    for name in ["01 Kick Back", "02 Ride On", "03 Bass Culture"] {
        assert!(table.contains(&format!("mixdown · {name}")), "{table}");
    }
    // One stem among them, one length, or the user's word: no album.
    let told = json(&check(folder.path(), &["--json", "-", "--role", "02 Ride On=pads"]));
    assert_eq!(told["songs"], Value::Null);
    folder.wav("04 tone.wav", 2, RATE, &tone(0.9, 300.0));
    assert_eq!(report(folder.path())["songs"], Value::Null, "a tone is no song");
    let alike = Folder::new();
    for name in ["Kick", "Drums"] {
        alike.file(&format!("{name}.wav"), &song(6.0, 0.9));
    }
    assert_eq!(report(alike.path())["songs"], Value::Null, "stems of one length");
}

#[test]
fn two_mono_sides_are_one_stereo_track() {
    let (left, right) = (tone(0.12, 330.0), tone(0.12, 440.0));
    for (l, r) in [(".L", ".R"), ("_L", "_R"), ("-L", "-R"), (" L", " R"), (".l", ".r")] {
        let folder = Folder::new();
        put(&folder, "Kick.wav", &kick(0.2818));
        put(&folder, &format!("Gtr Rhy{l}.wav"), &left);
        put(&folder, &format!("Gtr Rhy{r}.wav"), &right);
        let report = report(folder.path());
        assert_eq!(names(&report), ["Gtr Rhy", "Kick"], "{l} and {r}");
        let gtr = track(&report, "Gtr Rhy");
        assert_eq!((&gtr["role"], &gtr["verdict"]), (&"guitars".into(), &"sits".into()), "{l} and {r}");
        let correlation = gtr["correlation"].as_f64().expect("two channels");
        assert!(correlation.abs() < 0.05, "{l} and {r}: {correlation}");
        let chosen = check(folder.path(), &["--json", "-", "--role", &format!("Gtr Rhy{r}=pads")]);
        assert_eq!(track(&json(&chosen), "Gtr Rhy")["role"], "pads", "the user may name either side");
    }
}

#[test]
fn what_only_looks_like_two_sides_stays_two_tracks() {
    let stereo = wav(2, RATE, Sample::Int(16), &tone(0.08, 330.0));
    for (what, left, right, names_of) in [
        (
            "of other lengths",
            wav(1, RATE, Sample::Int(16), &short()),
            wav(1, RATE, Sample::Int(16), &tone(0.1, 90.0)),
            ["Gtr L", "Gtr R"],
        ),
        ("of two channels", stereo.clone(), stereo, ["Gtr L", "Gtr R"]),
        (
            "called otherwise",
            wav(1, RATE, Sample::Int(16), &short()),
            wav(1, RATE, Sample::Int(16), &short()),
            ["Coal", "Coar"],
        ),
        (
            "two lefts",
            wav(1, RATE, Sample::Int(16), &short()),
            wav(1, RATE, Sample::Int(16), &short()),
            ["Gtr L", "Gtr_L"],
        ),
    ] {
        let folder = Folder::new();
        put(&folder, "Kick.wav", &kick(0.2818));
        put_bytes(&folder, &format!("{}.wav", names_of[0]), &left);
        put_bytes(&folder, &format!("{}.wav", names_of[1]), &right);
        assert_eq!(names(&report(folder.path())).len(), 3, "{what}");
    }
}

/// A WAV that says where its project has it.
fn stamped(first_frame: u64, samples: &[f32]) -> Vec<u8> {
    let bext = [&[0; 338][..], &first_frame.to_le_bytes(), &[0; 256]].concat();
    let data = shorts(samples);
    let mut head = format(1, 1, 16, 2);
    head[4..8].copy_from_slice(&RATE.to_le_bytes());
    let chunks: [(&[u8; 4], u32, &[u8]); 3] =
        [(b"bext", bext.len() as u32, &bext), (b"fmt ", 16, &head), (b"data", data.len() as u32, &data)];
    riff(b"RIFF", 0, &chunks)
}

#[test]
fn time_stamps_place_stems_where_they_differ() {
    let (second, hour) = (u64::from(RATE), 3600 * u64::from(RATE));
    let bass = &tone(0.1679, 110.0)[..RATE as usize * 12];
    for (base, late) in [(0, 8), (hour, 8), (hour, 3)] {
        let folder = Folder::new();
        put_bytes(&folder, "Kick.wav", &stamped(base, &kick(0.2818)));
        put_bytes(&folder, "Bass.wav", &stamped(base + late * second, bass));
        let report = report(folder.path());
        let heard = track(&report, "Bass");
        assert_eq!(heard["verdict"], "sits");
        let notes = report["notes"].to_string();
        assert!(notes.contains(&format!("Bass at 0:0{late}.0")), "{base}, {late}: {notes}");
    }
}

#[test]
fn time_stamps_that_are_alike_or_senseless_place_nothing() {
    let hour = 3600 * u64::from(RATE);
    let bass = &tone(0.1679, 110.0)[..RATE as usize * 12];
    for (what, first, second, is_said) in [
        ("alike", hour, hour, false),
        ("hours apart, as two takes of a day", hour, 5 * hour, true),
        ("none", 0, 0, false),
    ] {
        let folder = Folder::new();
        put_bytes(&folder, "Kick.wav", &stamped(first, &kick(0.2818)));
        put_bytes(&folder, "Bass.wav", &stamped(second, bass));
        let report = report(folder.path());
        assert_eq!(track(&report, "Bass")["verdict"], "sits", "{what}");
        let to = report["timeline"].to_string().len();
        assert!(to < 100_000, "{what}: the set is no longer for it");
        let notes = report["notes"].to_string();
        assert_eq!((notes.contains("time stamps"), notes.contains("Placed")), (is_said, false), "{what}: {notes}");
    }
}

#[test]
fn a_folder_of_nothing_but_by_products_says_so() {
    let folder = Folder::new();
    put(&folder, "Backup/Kick.wav", &kick(0.2818));
    let output = keel(&["check", &folder.path().to_string_lossy()]);
    assert_eq!((status(&output), stdout(&output)), (1, String::new()));
    assert!(stderr(&output).contains("nothing to analyse"), "{}", stderr(&output));
}
