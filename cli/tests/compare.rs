//! Two versions of a mix: what moved, by how much, and nothing else.

mod common;

use common::Folder;
use common::run::{RATE, json, keel, kick, session, status, stderr, stdout, tone};
use serde_json::Value;

fn compare(a: &Folder, b: &Folder, args: &[&str]) -> std::process::Output {
    let paths = [a, b].map(|folder| folder.path().to_string_lossy().into_owned());
    keel(&[&["check", "--compare", &paths[0], &paths[1]], args].concat())
}

fn track<'a>(comparison: &'a Value, name: &str) -> &'a Value {
    let tracks = comparison["tracks"].as_array().expect("tracks");
    tracks.iter().find(|track| track["name"] == name).unwrap_or_else(|| panic!("no {name} in {comparison}"))
}

/// A session and its next version: bass 6 dB up, pads new under another name, guitars gone.
fn versions() -> (Folder, Folder) {
    let (a, b) = (session(), session());
    b.wav("bass.wav", 1, RATE, &tone(0.1679 * 1.9953, 110.0));
    a.wav("guitars.wav", 1, RATE, &tone(0.05, 330.0));
    a.wav("Pad warm.wav", 1, RATE, &tone(0.05, 440.0));
    b.wav("Pad bright.wav", 1, RATE, &tone(0.05, 440.0));
    b.wav("hats.wav", 1, RATE, &kick(0.1));
    (a, b)
}

#[test]
fn what_moved_is_told_by_track() {
    let (a, b) = versions();
    let output = compare(&a, &b, &["--json", "-"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let comparison = json(&output);
    assert_eq!(comparison["schema"], "keel.compare/1");
    let bass = track(&comparison, "bass");
    for key in ["level_change_db", "offset_change_db", "loudness_change_lu"] {
        let change = bass[key].as_f64().expect("a change");
        assert!((change - 6.0).abs() < 0.02, "{key} reads {change}");
    }
    assert_eq!((&bass["verdict"][0], &bass["verdict"][1]), (&"sits".into(), &"high".into()));
    assert_eq!((&track(&comparison, "kick")["moved"], &bass["moved"]), (&false.into(), &true.into()));
    let pad = track(&comparison, "Pad bright");
    assert_eq!((&pad["names"][0], &pad["moved"]), (&"Pad warm".into(), &false.into()), "the only pad on both sides");
    assert_eq!(track(&comparison, "guitars")["verdict"][1], Value::Null);
    assert_eq!(track(&comparison, "hats")["verdict"][0], Value::Null);
    assert_eq!(comparison["breaks_new"], Value::Array(Vec::new()), "what is off throughout is no break");
    assert_eq!(comparison["bus"], Value::Null);
}

#[test]
fn versions_and_dates_in_the_names_part_nobody() {
    for (old, new) in [("{}_v1", "{}_v2"), ("{} 2024-05-03", "{} 2024-06-11"), ("{} rough", "{} with new drums")] {
        let (a, b) = (Folder::new(), Folder::new());
        for (folder, pattern, bass) in [(&a, old, 0.1679), (&b, new, 0.1679 * 1.9953)] {
            let called = |name: &str| format!("{}.wav", pattern.replace("{}", name));
            folder.wav(&called("Kick"), 1, RATE, &kick(0.2818));
            folder.wav(&called("Bass"), 1, RATE, &tone(bass, 110.0));
            folder.wav(&called("Gtr 1"), 1, RATE, &tone(0.05, 330.0));
            folder.wav(&called("Gtr 2"), 1, RATE, &tone(0.04, 440.0));
        }
        let comparison = json(&compare(&a, &b, &["--json", "-"]));
        let tracks = comparison["tracks"].as_array().expect("tracks");
        assert_eq!(tracks.len(), 4, "{old} and {new}: {tracks:?}");
        let moved: Vec<_> = tracks.iter().filter(|track| track["moved"] == true).map(|track| &track["name"]).collect();
        assert_eq!(moved, [&Value::from(new.replace("{}", "Bass"))], "{old} and {new}");
    }
}

#[test]
fn the_table_shows_what_moved_and_names_the_rest() {
    let (a, b) = versions();
    let output = compare(&a, &b, &["--fail-on", "high"]);
    assert_eq!(status(&output), 1, "B is too loud");
    let table = stdout(&output);
    let line = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("bass").contains("+6.0     +6.0     −4.5     +1.5  ● sits → ▼ too loud"), "{table}");
    assert!(line("guitars").ends_with(" gone") && line("hats").contains(" new: "), "{table}");
    assert!(table.contains("As before: ") && line("As before").contains("kick"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert_eq!(status(&compare(&b, &a, &["--fail-on", "high"])), 0, "now A is");
    let same = stdout(&compare(&a, &a, &[]));
    assert!(same.contains("As before: ") && !same.contains('→'), "{same}");
}

#[test]
fn two_mixdowns_are_compared_by_their_bus() {
    let folder = Folder::new();
    let files = [("song v1.wav", 0.25), ("song v2.wav", 0.5)]
        .map(|(name, peak)| folder.wav(name, 1, RATE, &tone(peak, 440.0)).to_string_lossy().into_owned());
    let comparison = json(&keel(&["check", "--compare", &files[0], &files[1], "--json", "-"]));
    let loudness = &comparison["bus"]["integrated_lufs"];
    let louder = loudness[1].as_f64().zip(loudness[0].as_f64()).map(|(b, a)| b - a).expect("two loudnesses");
    assert!((louder - 6.02).abs() < 0.01, "6.02 LU louder, read {louder}");
    assert_eq!(comparison["tracks"].as_array().map(Vec::len), Some(1), "one mix in two versions");
    let table = stdout(&keel(&["check", "--compare", &files[0], &files[1]]));
    assert!(table.contains("Mix bus: sample peak −12.0 → −6.0 dBFS (+6.0)"), "{table}");
}

#[test]
fn wrong_usage_ends_with_2_and_a_side_without_audio_with_1() {
    let (a, _) = versions();
    let path = a.path().to_string_lossy();
    for args in [
        vec!["--compare", &path],
        vec!["--compare", &path, &path, "--role", "bass=bass"],
        vec![&path, "--compare", &path, &path],
    ] {
        assert_eq!(status(&keel(&[vec!["check"], args.clone()].concat())), 2, "{args:?}");
    }
    let empty = Folder::new();
    let output = compare(&a, &empty, &[]);
    assert_eq!((status(&output), stdout(&output)), (1, String::new()));
    assert!(stderr(&output).contains(&*empty.path().to_string_lossy()), "{}", stderr(&output));
}

/// A kick, a bass and pads through two sections, and a guitar that sings in one of them.
fn long_session(gain: impl Fn(&str) -> f32) -> Folder {
    let folder = Folder::new();
    let loud_half = |samples: Vec<f32>, first: f32, second: f32| -> Vec<f32> {
        let half = samples.len() / 2;
        samples
            .into_iter()
            .enumerate()
            .map(|(n, sample)| if n < half { first * sample } else { second * sample })
            .collect()
    };
    for (name, samples) in [
        ("kick", kick(0.2818)),
        ("bass", loud_half(tone(0.1679, 110.0), 0.8, 1.0)),
        ("Gtr 1", loud_half(tone(0.08, 330.0), 1.0, 0.7)),
        ("Gtr 2", loud_half(tone(0.06, 350.0), 0.7, 1.0)),
        ("Pad warm", loud_half(tone(0.05, 440.0), 1.0, 0.5)),
        ("Lead Vox", loud_half(tone(0.12, 700.0), 0.3, 1.0)),
    ] {
        let samples: Vec<f32> = samples.iter().map(|sample| gain(name) * sample).collect();
        folder.file(&format!("{name}.wav"), &common::wav(1, RATE, common::Sample::Float, &samples));
    }
    folder
}

#[test]
fn a_set_with_one_track_moved_reads_as_that_track_moved_and_by_how_much() {
    let before = long_session(|_| 1.0);
    for moved in ["kick", "bass", "Gtr 1", "Gtr 2", "Pad warm", "Lead Vox"] {
        for by in [-9.0_f64, -1.0, 0.5, 6.0] {
            let after = long_session(|name| if name == moved { 10f64.powf(by / 20.0) as f32 } else { 1.0 });
            let comparison = json(&compare(&before, &after, &["--json", "-"]));
            let tracks = comparison["tracks"].as_array().expect("tracks");
            let names: Vec<_> =
                tracks.iter().filter(|track| track["moved"] == true).map(|track| &track["name"]).collect();
            assert_eq!(names, [moved], "{moved} by {by} dB");
            let track = track(&comparison, moved);
            let read = track["loudness_change_lu"].as_f64().expect("a change");
            assert!((read - by).abs() < 0.05, "{moved} by {by} dB reads {read}");
            // What is one of a part has the part's level.
            if !moved.starts_with("Gtr") {
                let read = track["level_change_db"].as_f64().expect("a change");
                assert!((read - by).abs() < 0.05, "{moved} by {by} dB reads {read}");
            }
        }
    }
}

#[test]
fn both_versions_are_judged_in_the_section_of_the_first() {
    let a = long_session(|_| 1.0);
    // The loudest section of B lies elsewhere: its vocal is out, its guitars are up.
    let b = long_session(|name| {
        if name == "Lead Vox" {
            0.0
        } else if name == "Gtr 1" {
            4.0
        } else {
            1.0
        }
    });
    let scope = |comparison: &Value, side: usize| {
        let scope = &comparison["scope"][side];
        (scope["from_s"].as_f64(), scope["to_s"].as_f64())
    };
    let comparison = json(&compare(&a, &b, &["--json", "-"]));
    assert_eq!(scope(&comparison, 0), scope(&comparison, 1));
    for name in ["kick", "bass", "Pad warm", "Gtr 2"] {
        assert_eq!(track(&comparison, name)["moved"], false, "{name}");
    }
    let turned = json(&compare(&b, &a, &["--json", "-"]));
    assert_eq!(scope(&turned, 0), scope(&turned, 1));
    assert_ne!(scope(&comparison, 0), scope(&turned, 0), "or the sections say nothing");
    let given = json(&compare(&a, &b, &["--json", "-", "--scope", "2-12"]));
    assert_eq!([scope(&given, 0), scope(&given, 1)], [(Some(2.0), Some(12.0)); 2]);
}

#[test]
fn a_track_that_is_as_before_and_judged_otherwise_is_told_apart() {
    let before = long_session(|_| 1.0);
    let after = long_session(|name| if name == "kick" { 0.25 } else { 1.0 });
    let table = stdout(&compare(&before, &after, &[]));
    let line = |start: &str| table.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("kick").contains("−12.0"), "{table}");
    assert!(line("As before: ").contains("bass"), "{table}");
    assert!(line("As before, and judged otherwise: ").contains("bass ● sits → ▼ too loud"), "{table}");
    assert!(!table.lines().any(|line| line.starts_with("bass")), "{table}");
}
