//! `keel.toml` beside the stems: what it says counts, unless the command line says otherwise.

mod common;

use common::Folder;
use common::run::{RATE, check, json, keel, kick, session, status, stderr, stdout, tone, track};

/// Stems whose names say nothing.
fn nameless() -> Folder {
    let folder = Folder::new();
    folder.wav("Audio 01.wav", 1, RATE, &kick(0.2818));
    folder.wav("Audio 02.wav", 1, RATE, &tone(0.1679, 110.0));
    folder.wav("Audio 03 bounce.wav", 1, RATE, &tone(0.5, 300.0));
    folder
}

#[test]
fn roles_reference_and_ignored_files_are_taken_from_it() {
    let folder = nameless();
    let text = "reference = \"Audio 01\"\nignore = [\"*bounce*\"]\n[roles]\n\"Audio 02.wav\" = \"bass\"\n\"Audio 09\" = \"pads\"\n";
    folder.file("keel.toml", text.as_bytes());
    let output = check(folder.path(), &["--json", "-"]);
    assert_eq!((status(&output), stderr(&output)), (0, String::new()));
    let report = json(&output);
    assert_eq!(report["reference"]["track"], "Audio 01");
    assert_eq!(report["tracks"].as_array().map(Vec::len), Some(2), "the bounce is no stem");
    let bass = track(&report, "Audio 02");
    assert_eq!(
        (&bass["role"], &bass["role_is_guess"], &bass["verdict"]),
        (&"bass".into(), &false.into(), &"sits".into())
    );
    let notes = report["notes"].to_string();
    assert!(notes.contains("Ignored, as keel.toml asks: Audio 03 bounce.wav."), "{notes}");
    assert!(notes.contains("gives a role to \\\"Audio 09\\\", which is not among the files"), "{notes}");
    let chosen = json(&check(folder.path(), &["--json", "-", "--role", "Audio 02=guitars"]));
    assert_eq!(track(&chosen, "Audio 02")["role"], "guitars", "the command line has the last word");
    let files = [folder.path().join("Audio 01.wav"), folder.path().join("Audio 02.wav")];
    let files = files.each_ref().map(|file| file.to_string_lossy().into_owned());
    let named = json(&keel(&["check", &files[0], &files[1], "--json", "-"]));
    assert_eq!(track(&named, "Audio 02")["role"], "bass", "it counts for files named one by one, too");
}

#[test]
fn profile_scope_and_tempo_are_taken_from_it() {
    let folder = session();
    folder.file("house.toml", b"[roles.bass]\nlow = -2.0\nhigh = 0.0\n");
    folder.file("keel.toml", b"profile = \"./house.toml\"\nscope = \"2-10\"\ntempo = 120\nfirst-bar = 2\n");
    let report = json(&check(folder.path(), &["--json", "-"]));
    assert_eq!((&report["profile"], &track(&report, "bass")["verdict"]), (&"house".into(), &"low".into()));
    let scope = &report["scope"];
    assert_eq!((scope["from_s"].as_f64(), scope["to_s"].as_f64()), (Some(2.0), Some(10.0)));
    assert_eq!((scope["from_bar"].as_f64(), scope["to_bar"].as_f64()), (Some(1.0), Some(5.0)), "2 s a bar from 0:02");
    let report = json(&check(folder.path(), &["--json", "-", "--profile", "guide", "--scope", "song"]));
    assert_eq!((&report["profile"], &report["scope"]["kind"]), (&"guide".into(), &"song".into()));
}

#[test]
fn what_cannot_be_used_ends_with_1_and_names_the_place() {
    let folder = session();
    for (text, expected) in [
        ("refrence = \"kick\"\n", "keel.toml, line 1, column 1: unknown key \"refrence\": did you mean \"reference\"?"),
        ("[roles]\nkick = \"kik\"\n", "line 2, column 8: unknown role \"kik\": did you mean \"kick\"?"),
        ("reference = \"tuba\"\n", "reference = \"tuba\" is not among the files"),
        ("profile = \"nothing like it\"\n", "nothing like it"),
    ] {
        folder.file("keel.toml", text.as_bytes());
        let output = check(folder.path(), &[]);
        assert_eq!((status(&output), stdout(&output)), (1, String::new()), "{text}");
        assert!(stderr(&output).contains(expected), "{text}: {}", stderr(&output));
    }
    let other = session();
    for folder in [&folder, &other] {
        folder.file("keel.toml", b"");
    }
    let both = keel(&["check", &folder.path().to_string_lossy(), &other.path().to_string_lossy()]);
    assert_eq!(status(&both), 1);
    assert!(stderr(&both).contains("would both apply"), "{}", stderr(&both));
}

#[test]
fn the_table_lists_what_was_guessed() {
    let folder = session();
    folder.wav("Audio 07.wav", 1, RATE, &tone(0.01, 500.0));
    let table = stdout(&check(folder.path(), &["--role", "bass=bass"]));
    let guessed = table.split("Roles guessed from the names\n").nth(1).unwrap_or_default();
    assert!(guessed.starts_with("  No role in the name of Audio 07. Kick: kick."), "{table}");
    assert!(table.contains("Audio 07         Other, FX ?"), "a role to ask about is marked: {table}");
    assert!(guessed.contains("Unsure, marked \"?\": Audio 07."), "{table}");
    assert!(!guessed.contains("bass"), "the user's word is no guess: {table}");
}

#[test]
fn two_references_conflict_and_one_decides() {
    let folder = session();
    folder.wav("thump.wav", 1, RATE, &kick(0.2));
    let both = check(folder.path(), &["--reference", "thump", "--reference", "kick", "--json", "-"]);
    assert_eq!(status(&both), 0);
    let report = json(&both);
    assert_eq!(
        (&report["reference"]["state"], &track(&report, "bass")["verdict"]),
        (&"conflict".into(), &"conflict".into())
    );
    assert!(report["notes"].to_string().contains("Two tracks are tagged as the kick"), "{}", report["notes"]);
    let one = json(&check(folder.path(), &["--reference", "thump.wav", "--json", "-"]));
    assert_eq!((&one["reference"]["track"], &track(&one, "thump")["role"]), (&"thump".into(), &"kick".into()));
    let merged = json(&check(folder.path(), &["--role", "thump=kick", "--json", "-"]));
    assert_eq!(merged["reference"]["state"], "live", "two kicks without a tag are one reference");
}

#[test]
fn an_absent_kick_is_said() {
    let folder = session();
    std::fs::remove_file(folder.path().join("kick.wav")).expect("the kick removed");
    folder.wav("guitars.wav", 1, RATE, &tone(0.05, 330.0));
    let output = check(folder.path(), &[]);
    assert_eq!(status(&output), 0);
    assert!(stdout(&output).contains("Reference: none, there is no kick to judge against"), "{}", stdout(&output));
    assert!(stdout(&output).contains("No kick in the song"), "{}", stdout(&output));
    let stand_in = json(&check(folder.path(), &["--reference", "bass", "--json", "-"]));
    assert_eq!(
        (&stand_in["reference"]["state"], &track(&stand_in, "bass")["role"]),
        (&"virtual".into(), &"bass".into())
    );
}
