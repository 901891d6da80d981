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
    assert_eq!(comparison["breaks_new"][0]["track"], "bass");
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
    assert!(table.contains("Breaks now\n  bass too loud at 0:00–0:20"), "{table}");
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
