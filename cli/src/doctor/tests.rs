use std::path::PathBuf;

use keel_core::link::{Holder, SeenTrack};

use super::*;
use crate::table::Style;

fn file(number: u64, state: FileState, process: u64, scope: u64, tracks: &[(&str, u64, Option<&str>)]) -> HubFile {
    let seen = |&(name, session, code): &(&str, u64, Option<&str>)| SeenTrack {
        name: name.into(),
        role: Role::Other,
        session,
        code: code.map(str::to_owned),
        format: if number % 2 == 1 { Format::Clap } else { Format::Vst3 },
        view: Some(LinkView { state: LinkState::Linked, tracks: 3 }),
    };
    HubFile {
        path: PathBuf::from(format!("/run/user/1000/keel/{number:016x}.hub")),
        state,
        owner: Some(Holder { id: 4000 + process as u32, name: format!("host{process}") }),
        process,
        scope,
        version: env!("CARGO_PKG_VERSION").into(),
        tracks: tracks.iter().map(seen).collect(),
    }
}

fn survey(files: Vec<HubFile>) -> Survey {
    Survey { folder: "/run/user/1000/keel".into(), exists: true, fault: None, files, strangers: 0 }
}

fn group_of<'a>(diagnosis: &'a Diagnosis, name: &str) -> Option<&'a str> {
    let mut tracks = diagnosis.binaries.iter().flat_map(|binary| &binary.tracks);
    tracks.find(|track| track.name == name).expect("a track").group.as_deref()
}

#[test]
fn tracks_of_one_letter_see_each_other() {
    let live = FileState::Live;
    let diagnosis = Diagnosis::of(Some(&survey(vec![
        file(1, live.clone(), 1, 7, &[("Kick", 70, None), ("Snare", 70, None)]),
        file(2, live.clone(), 2, 8, &[("Pad", 80, Some("band room"))]),
        file(3, live.clone(), 1, 7, &[("Bass", 70, None), ("Other song", 71, None)]),
        file(4, live.clone(), 3, 9, &[("Vox", 90, Some("band room"))]),
        file(5, live, 4, 10, &[("Lone", 70, None)]),
    ])));
    let letters = ["Kick", "Snare", "Bass", "Other song", "Pad", "Vox", "Lone"].map(|name| group_of(&diagnosis, name));
    assert_eq!(letters, [Some("A"), Some("A"), Some("A"), Some("B"), Some("C"), Some("C"), Some("D")]);
    let same: Vec<bool> = diagnosis.binaries.iter().map(|binary| binary.same_process).collect();
    assert_eq!(same, [false, true, false, false, false]);
    let text = render(&diagnosis, Style::PLAIN);
    let row = |name: &str| text.lines().find(|line| line.ends_with(name)).expect("a row").split_whitespace().collect();
    let rows: [Vec<&str>; 2] = [row("Pad"), row("Lone")];
    assert_eq!(rows[0][2..], ["VST3", env!("CARGO_PKG_VERSION"), "C", "+3", "Pad"], "{text}");
    assert_eq!(rows[1][2..], ["CLAP", env!("CARGO_PKG_VERSION"), "D", "+3", "Lone"], "{text}");
    assert!(diagnosis.is_fine() && diagnosis.notes.len() == 1, "{:?}", diagnosis.notes);
    assert!(diagnosis.notes[0].contains("session code"));
}

#[test]
fn two_codes_that_turn_out_to_be_one_group_are_one() {
    let live = FileState::Live;
    let diagnosis = Diagnosis::of(Some(&survey(vec![
        file(1, live.clone(), 1, 7, &[("A", 70, Some("x"))]),
        file(2, live.clone(), 2, 8, &[("B", 80, None)]),
        file(3, live, 3, 8, &[("C", 80, Some("x"))]),
    ])));
    assert_eq!(["A", "B", "C"].map(|name| group_of(&diagnosis, name)), [Some("A"); 3]);
}

#[test]
fn every_state_says_what_to_do() {
    let mut other = file(2, FileState::OtherVersion, 0, 0, &[]);
    other.version = "9.1.0".into();
    let mut found = survey(vec![
        file(1, FileState::Asleep, 1, 7, &[("Kick", 70, None)]),
        other,
        file(3, FileState::Unreadable, 0, 0, &[]),
        file(4, FileState::Refused("it is a link".into()), 0, 0, &[]),
        file(5, FileState::Stale, 0, 0, &[]),
    ]);
    found.strangers = 2;
    let diagnosis = Diagnosis::of(Some(&found));
    assert_eq!((diagnosis.problems.len(), diagnosis.binaries.len(), diagnosis.is_fine()), (4, 3, false));
    let all: Vec<&str> = diagnosis.problems.iter().map(|problem| problem.text.as_str()).collect();
    for (text, part) in
        all.iter().zip(["host1 (process 4001) stands still", "Keel 9.1.0", "make sense", "it is a link"])
    {
        assert!(text.contains(part), "{text}");
    }
    assert!(diagnosis.problems.iter().all(|problem| problem.action.len() > 20));
    assert_eq!(group_of(&diagnosis, "Kick"), None, "a process that stands still sees no other");
    assert!(diagnosis.notes[0].starts_with("1 file is left") && diagnosis.notes[1].starts_with("2 files are"));
    let text = render(&diagnosis, Style::PLAIN);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains("Nothing to do"), "{text}");
}

#[test]
fn a_folder_at_fault_and_a_link_switched_off_are_problems_and_silence_is_none() {
    let mut open = survey(Vec::new());
    open.fault = Some("The folder /x is open to other users: close it by chmod 700.".into());
    assert!(Diagnosis::of(Some(&open)).problems[0].action.contains("chmod 700"));
    open.fault = Some("The folder /x belongs to another user.".into());
    assert!(Diagnosis::of(Some(&open)).problems[0].action.contains("KEEL_HUB_DIR"));
    assert!(!Diagnosis::of(None).is_fine());
    let silent = Diagnosis::of(Some(&survey(Vec::new())));
    assert!(silent.is_fine() && silent.notes[0].starts_with("No instance"));
    assert!(silent.to_json().starts_with("{\n  \"schema\": \"keel.doctor/1\""));
}
