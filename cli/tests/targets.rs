//! Profiles: listed, shown, and learnt from songs.

mod common;

use common::Folder;
use common::run::{RATE, check, json, keel, kick, session, status, stderr, stdout, tone, track};

/// A song whose bass lies so many decibels under its kick.
fn song(offset_db: f32) -> Folder {
    let folder = Folder::new();
    folder.wav("kick.wav", 1, RATE, &kick(0.2818));
    folder.wav("bass.wav", 1, RATE, &tone(0.2818 * 10f32.powf(offset_db / 20.0), 110.0));
    folder
}

#[test]
fn a_learnt_profile_judges_by_what_it_learnt() {
    let songs = [-10.0, -11.0, -12.0, -10.5, -11.5].map(song);
    let paths = songs.each_ref().map(|song| song.path().to_string_lossy().into_owned());
    let out = Folder::new();
    let file = out.path().join("mine.toml").to_string_lossy().into_owned();
    let mut args = vec!["targets", "learn", "--output", &file];
    args.extend(paths.iter().map(String::as_str));
    let learnt = keel(&args);
    assert_eq!((status(&learnt), stderr(&learnt)), (0, String::new()));
    assert!(stdout(&learnt).contains("median −11.0, spread 0.7, 5 songs"), "{}", stdout(&learnt));
    let profile = std::fs::read_to_string(&file).expect("a profile");
    assert!(
        profile.contains("[roles.bass]\nlow = -12.0\nhigh = -10.0\nmedian = -11.0\nspread = 0.7\nsongs = 5\n"),
        "{profile}"
    );
    let judged = json(&check(session().path(), &["--profile", &file, "--json", "-"]));
    let bass = track(&judged, "bass");
    assert_eq!((&bass["verdict"], &bass["target"]["source"]), (&"high".into(), &"user".into()));
    let shown = stdout(&keel(&["targets", "show", &file]));
    assert!(shown.contains("learnt: median −11.0, spread 0.7, songs 5"), "{shown}");
}

#[test]
fn too_few_songs_are_said_and_a_folder_of_nothing_is_no_song() {
    let (one, empty) = (song(-4.0), Folder::new());
    let paths = [&one, &empty].map(|folder| folder.path().to_string_lossy().into_owned());
    let output = keel(&["targets", "learn", &paths[0], &paths[1]]);
    assert_eq!(status(&output), 1);
    assert!(
        stderr(&output).contains("too few songs") && stderr(&output).contains("nothing to learn: no track"),
        "{}",
        stderr(&output)
    );
    assert!(stdout(&output).starts_with("# Learnt by keel from 1 songs"), "{}", stdout(&output));
    assert!(stdout(&output).contains("# Beware: too few songs"), "{}", stdout(&output));
    let nothing = keel(&["targets", "learn", &paths[1]]);
    assert_eq!((status(&nothing), stdout(&nothing)), (1, String::new()));
    assert_eq!(status(&keel(&["targets", "learn"])), 2);
}

#[test]
fn profiles_are_listed_and_shown() {
    let list = stdout(&keel(&["targets", "list"]));
    assert!(list.starts_with("guide\n") && list.contains("Your own profiles go in"), "{list}");
    let guide = stdout(&keel(&["targets", "show"]));
    assert!(guide.contains("Bass                   −6…−3 the kick        peak     centre ±0.10  guide"), "{guide}");
    assert!(guide.lines().all(|line| line.chars().count() <= 80), "{guide}");
    assert_eq!(status(&keel(&["targets", "show", "no such profile"])), 1);
}

#[test]
fn shells_get_completions_and_readers_a_manual() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = keel(&["completions", shell]);
        assert_eq!(status(&script), 0, "{shell}");
        assert!(
            stdout(&script).contains("fail-on") && stdout(&script).contains("keel"),
            "{shell}: {}",
            stdout(&script)
        );
    }
    assert_eq!(status(&keel(&["completions", "cmd.exe"])), 2);
    let page = keel(&["man"]);
    assert!(status(&page) == 0 && stdout(&page).contains(".TH keel 1"), "{}", stdout(&page));
    let folder = Folder::new();
    let man = folder.path().join("share/man1");
    assert_eq!(status(&keel(&["man", &man.to_string_lossy()])), 0);
    for page in ["keel.1", "keel-check.1", "keel-targets-learn.1", "keel-completions.1"] {
        let text = std::fs::read_to_string(man.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
    let check = std::fs::read_to_string(man.join("keel-check.1")).expect("a page");
    assert!(check.contains("Exit status") && check.contains("fail\\-on"), "{check}");
    let under_a_file = folder.file("file", b"").join("man1");
    assert_eq!(status(&keel(&["man", &under_a_file.to_string_lossy()])), 1);
}
