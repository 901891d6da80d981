//! What is wrong with the link, and what to do, in plain sentences.

use std::collections::BTreeSet;

use keel_core::link::{FOLDER_VARIABLE, FileState, HubFile, LinkView, Survey};
use keel_core::mix::LinkState;

use super::{Problem, SeenBinary, State, shown};

/// The version of this command.
const OWN: &str = env!("CARGO_PKG_VERSION");

fn problem(text: String, action: String) -> Problem {
    Problem { text, action }
}

pub fn switched_off() -> Problem {
    problem(
        format!("The link between processes is switched off: {FOLDER_VARIABLE} is empty."),
        format!("Unset {FOLDER_VARIABLE} where the host is started from, and start the host again."),
    )
}

pub fn problems(survey: &Survey) -> Vec<Problem> {
    let fault = survey.fault.iter().map(|fault| problem(fault.clone(), mend_folder(survey, fault)));
    fault.chain(survey.files.iter().filter_map(of_file)).chain(paused(survey)).collect()
}

/// The instances know of it before anybody else: they stored what the copy stored.
fn paused(survey: &Survey) -> Option<Problem> {
    let live = survey.files.iter().filter(|file| file.state == FileState::Live);
    let is_paused = |view: LinkView| view.state == LinkState::Paused;
    let mut tracks = live.flat_map(|file| &file.tracks);
    tracks.any(|track| track.view.is_some_and(is_paused)).then(|| {
        problem(
            "Two copies of one song are open: their tracks are kept apart.".into(),
            "Close one of them: the link goes on by itself.".into(),
        )
    })
}

fn mend_folder(survey: &Survey, fault: &str) -> String {
    let folder = shown(&survey.folder);
    if fault.contains("open to other users") {
        format!("Say chmod 700 '{folder}': instances try again every 5 seconds.")
    } else {
        format!(
            "Remove or rename {folder} if you may; else let {FOLDER_VARIABLE} name a folder of your own where the hosts are started from."
        )
    }
}

fn of_file(file: &HubFile) -> Option<Problem> {
    let path = shown(&file.path);
    let who = process(file);
    match &file.state {
        FileState::Live | FileState::Stale => None,
        FileState::Asleep => Some(problem(
            format!("{who} stands still: its tracks are left out until it runs again."),
            "Let it go on (kill -CONT on Linux and macOS), or end it.".into(),
        )),
        FileState::OtherVersion => Some(problem(
            format!("{who} runs Keel {}, and this is {OWN}: they cannot read each other.", version(file)),
            "Install one version of Keel everywhere, the CLAP and the VST3, and start the hosts again.".into(),
        )),
        FileState::Unreadable => Some(problem(
            format!("{who} holds {path}, of which no Keel can make sense."),
            "End that process: the file goes with it.".into(),
        )),
        FileState::Refused(why) => Some(problem(
            format!("{path} is not read: {why}."),
            format!("Remove it: rm -r '{path}'. Keel makes no such file."),
        )),
    }
}

fn process(file: &HubFile) -> String {
    match &file.owner {
        Some(owner) => format!("{} (process {})", owner.name, owner.id),
        None => "A process".into(),
    }
}

fn version(file: &HubFile) -> &str {
    if file.version.is_empty() { "of an unknown version" } else { &file.version }
}

pub fn notes(survey: &Survey, binaries: &[SeenBinary]) -> Vec<String> {
    let mut notes = Vec::new();
    if binaries.is_empty() && survey.fault.is_none() {
        notes.push(format!(
            "No instance of Keel uses this folder now. If one is open, its host runs as another user or with another \
             {FOLDER_VARIABLE}, XDG_RUNTIME_DIR or TMPDIR than this command."
        ));
    }
    let letters: BTreeSet<_> =
        binaries.iter().flat_map(|binary| &binary.tracks).filter_map(|t| t.group.as_ref()).collect();
    if letters.len() > 1 {
        notes.push(
            "Tracks of different letters do not see each other: they are of different sessions, or of programs that \
             do not belong together. Type one session code in both to link them."
                .into(),
        );
    }
    let live = binaries.iter().filter(|binary| binary.state == State::Live);
    let versions: BTreeSet<_> = live.filter_map(|binary| binary.version.as_deref()).chain([OWN]).collect();
    if versions.len() > 1 {
        notes.push("Versions differ, and understand each other.".into());
    }
    let stale = survey.files.iter().filter(|file| file.state == FileState::Stale).count();
    if stale > 0 {
        notes.push(format!("{} left by processes that ended: the next instance removes them.", files(stale)));
    }
    if survey.strangers > 0 {
        notes.push(format!("{} in the folder not Keel's: left alone.", files(survey.strangers)));
    }
    notes
}

fn files(count: usize) -> String {
    if count == 1 { "1 file is".into() } else { format!("{count} files are") }
}
