//! Sets without a kick: four stems, and what is said where nothing can be judged.

mod common;

use common::Folder;
use common::run::{RATE, check, json, keel, kick, session, status, stderr, stdout, tone, track};

/// Drums, bass, other and vocals at these amplitudes, the last three as tones.
fn four_stems(drums: f32, [bass, other, vocals]: [f32; 3]) -> Folder {
    let folder = Folder::new();
    folder.wav("drums.wav", 1, RATE, &kick(drums));
    folder.wav("bass.wav", 1, RATE, &tone(bass, 110.0));
    folder.wav("other.wav", 1, RATE, &tone(other, 500.0));
    folder.wav("vocals.wav", 1, RATE, &tone(vocals, 1000.0));
    folder
}

fn balanced() -> Folder {
    four_stems(0.9, [0.12, 0.13, 0.16])
}

#[test]
fn each_of_four_stems_is_judged_against_the_mix() {
    let folder = balanced();
    let args = ["--profile", "stems", "--role", "other=pads"];
    let table = stdout(&check(folder.path(), &args));
    assert!(
        table.contains("Keel · profile stems") && table.contains("Reference: the mix, the sum of 4 tracks"),
        "{table}"
    );
    for name in
        ["drums            Drums", "bass             Bass", "other            Pads", "vocals           Lead vocal"]
    {
        let line = table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {table}"));
        assert!(line.contains(" LU ") && line.contains("● sits"), "{line}");
    }
    let whose = table.split("Whose targets these are\n").nth(1).unwrap_or_default();
    assert!(whose.contains("62 finished pop and rock songs") && whose.contains("Drums −6.5 ± 2.5 LU"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let report = json(&check(folder.path(), &[&args[..], &["--json", "-"]].concat()));
    let drums = track(&report, "drums");
    assert_eq!((&drums["role"], &drums["is_kit"], &drums["verdict"]), (&"group".into(), &true.into(), &"sits".into()));
    assert_eq!((&drums["target"]["against"], &drums["target"]["source"]), (&"mix".into(), &"research".into()));
    assert_eq!(drums["target"]["spread_db"].as_f64(), Some(2.5));
}

#[test]
fn a_lone_kit_stands_in_for_the_kick_of_the_guide() {
    let folder = balanced();
    let table = stdout(&check(folder.path(), &["--role", "other=pads"]));
    assert!(table.contains("Reference: drums stands in for an absent kick at"), "{table}");
    assert!(table.contains("No kick: drums, a whole kit, stands in for it"), "{table}");
    let report = json(&check(folder.path(), &["--role", "other=pads", "--json", "-"]));
    assert_eq!(track(&report, "bass")["target"]["against"], "kick");
    assert!(track(&report, "bass")["offset_db"].as_f64().is_some_and(|offset| offset < 0.0));
}

#[test]
fn where_nothing_can_be_judged_the_first_line_says_so_and_names_the_option() {
    let folder = Folder::new();
    folder.wav("bass.wav", 1, RATE, &tone(0.12, 110.0));
    folder.wav("guitars.wav", 1, RATE, &tone(0.13, 500.0));
    let output = check(folder.path(), &[]);
    assert_eq!(status(&output), 0);
    let table = stdout(&output);
    assert!(table.starts_with("Nothing could be judged: there is no kick. Add --profile stems"), "{table}");
    assert!(table.contains("or --reference \"bass\""), "{table}");
    let quiet = check(folder.path(), &["--fail-on", "any", "--quiet"]);
    assert_eq!((status(&quiet), stdout(&quiet)), (1, String::new()));
    assert!(stderr(&quiet).contains("Nothing could be judged: there is no kick."), "{}", stderr(&quiet));
    let printed = check(folder.path(), &["--json", "-"]);
    assert!(json(&printed)["notes"][0].as_str().is_some_and(|note| note.starts_with("Nothing could be judged")));
    for option in [["--profile", "stems"], ["--reference", "bass"]] {
        let judged = check(folder.path(), &option);
        assert!(stdout(&judged).starts_with("Keel · "), "{option:?}: {}", stdout(&judged));
        assert!(stderr(&judged).is_empty(), "{}", stderr(&judged));
    }
}

#[test]
fn names_that_say_nothing_and_a_stem_alone_have_a_first_line_of_their_own() {
    let folder = Folder::new();
    folder.wav("Audio 01.wav", 1, RATE, &tone(0.12, 110.0));
    folder.wav("Audio 02.wav", 1, RATE, &tone(0.13, 500.0));
    let table = stdout(&check(folder.path(), &[]));
    assert!(table.starts_with("Nothing could be judged: no name says what its track is."), "{table}");
    assert!(table.contains("--role \"Audio 01=bass\""), "{table}");
    std::fs::remove_file(folder.path().join("Audio 02.wav")).expect("it was there");
    let table = stdout(&check(folder.path(), &["--role", "Audio 01=bass"]));
    assert!(table.starts_with("Nothing could be judged: one track alone"), "{table}");
}

#[test]
fn a_mixdown_passes_no_judgement() {
    let folder = session();
    let file = folder.path().join("kick.wav");
    let mixdown = folder.path().join("Night Drive.wav");
    std::fs::rename(file, &mixdown).expect("a file");
    let mixdown = mixdown.to_string_lossy();
    assert_eq!(status(&keel(&["check", &mixdown])), 0);
    let output = keel(&["check", &mixdown, "--fail-on", "any"]);
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("a mixdown has no verdicts"), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("Keel · mixdown"), "{}", stdout(&output));
}

/// What the profile learnt of these songs says of each of their tracks.
fn judged_by_what_they_teach(songs: &[&Folder], roles: &[&str]) -> Vec<(String, String)> {
    let out = Folder::new();
    let file = out.path().join("mine.toml").to_string_lossy().into_owned();
    let paths: Vec<String> = songs.iter().map(|song| song.path().to_string_lossy().into_owned()).collect();
    for (song, path) in songs.iter().zip(&paths) {
        let lines: String = roles.iter().map(|role| format!("{role}\n")).collect();
        assert!(std::path::Path::new(path).is_dir());
        song.file("keel.toml", format!("[roles]\n{lines}").as_bytes());
    }
    let mut args = vec!["targets", "learn", "--quiet", "--output", &file];
    args.extend(paths.iter().map(String::as_str));
    let learnt = keel(&args);
    assert_eq!(status(&learnt), 0, "{}", stderr(&learnt));
    let reports = songs.iter().map(|song| json(&check(song.path(), &["--profile", &file, "--json", "-"])));
    let tracks = reports.flat_map(|report| report["tracks"].as_array().cloned().unwrap_or_default());
    tracks.map(|track| (track["name"].to_string(), track["verdict"].to_string())).collect()
}

#[test]
fn what_is_learnt_of_a_set_without_a_kick_judges_that_set_as_sitting() {
    // Far from any built-in profile.
    let odd = four_stems(0.2, [0.3, 0.05, 0.04]);
    let judged = judged_by_what_they_teach(&[&odd], &["other = \"pads\""]);
    assert_eq!(judged.len(), 4);
    assert!(judged.iter().all(|(_, verdict)| verdict == "\"sits\""), "{judged:?}");
    // A voice without a bed is learnt against the mix, several guitars as one.
    let voice = Folder::new();
    voice.wav("vocals.wav", 1, RATE, &tone(0.02, 1000.0));
    voice.wav("bass.wav", 1, RATE, &tone(0.3, 110.0));
    let judged = judged_by_what_they_teach(&[&voice], &[]);
    assert!(judged.iter().all(|(_, verdict)| verdict == "\"sits\""), "{judged:?}");
    let band = Folder::new();
    band.wav("Gtr clean.wav", 1, RATE, &tone(0.02, 700.0));
    band.wav("Gtr solo.wav", 1, RATE, &tone(0.2, 500.0));
    band.wav("bass.wav", 1, RATE, &tone(0.3, 110.0));
    let judged = judged_by_what_they_teach(&[&band], &[]);
    assert!(judged.iter().all(|(_, verdict)| verdict == "\"sits\""), "{judged:?}");
}

#[test]
fn what_is_learnt_of_a_set_with_a_kick_judges_that_set_as_sitting() {
    let song = Folder::new();
    song.wav("kick.wav", 1, RATE, &kick(0.2));
    song.wav("bass.wav", 1, RATE, &tone(0.02, 110.0));
    song.wav("pad.wav", 1, RATE, &tone(0.3, 500.0));
    song.wav("lead synth.wav", 1, RATE, &tone(0.02, 1000.0));
    let judged = judged_by_what_they_teach(&[&song], &[]);
    assert!(judged.iter().all(|(_, verdict)| verdict == "\"sits\""), "{judged:?}");
    let mixed = four_stems(0.2, [0.02, 0.3, 0.02]);
    let judged = judged_by_what_they_teach(&[&song, &mixed], &[]);
    let basses: Vec<_> = judged.iter().filter(|(name, _)| name == "\"bass\"").collect();
    assert!(basses.len() == 2 && basses.iter().all(|(_, verdict)| verdict == "\"sits\""), "{judged:?}");
}
