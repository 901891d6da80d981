//! `keel doctor`: what the link between processes looks like from outside, and what to do where it fails.

mod page;
mod sentences;

use std::collections::BTreeMap;
use std::path::Path;

use keel_core::link::{FileState, Format, HubFile, LinkView, Survey};
use keel_core::mix::{LinkState, Role};
use serde::Serialize;

pub use page::render;

/// What the hub folder shows, schema `keel.doctor/1`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    pub schema: &'static str,
    /// Of this command: instances should have the same.
    pub version: &'static str,
    /// Where instances meet; `None` where the user switched the link off.
    pub folder: Option<String>,
    pub binaries: Vec<SeenBinary>,
    /// What keeps tracks apart, and what to do about it.
    pub problems: Vec<Problem>,
    /// What is worth knowing, a sentence or two each.
    pub notes: Vec<String>,
}

/// One loaded plug-in file of one process: a host that runs the CLAP and the VST3 has two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenBinary {
    pub file: String,
    pub state: State,
    /// Number and name of the process; `None` where the system does not report it.
    pub process_id: Option<u32>,
    pub process_name: Option<String>,
    /// The process is that of the binary before.
    pub same_process: bool,
    /// Keel's; `None` where unknown.
    pub version: Option<String>,
    pub tracks: Vec<Track>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Live,
    Asleep,
    OtherVersion,
    Unreadable,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Track {
    pub name: String,
    pub role: Role,
    pub format: Format,
    pub session_code: Option<String>,
    /// Tracks of one letter see each other; `None` of a process that stands still.
    #[serde(rename = "circle")]
    pub group: Option<String>,
    /// How its own instance sees the link, which a VST3 shows in its window alone.
    pub link: Option<Link>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    pub state: LinkState,
    /// Tracks of other binaries.
    pub tracks: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub action: String,
}

impl Diagnosis {
    /// Reads a survey; `None` of a link that is switched off.
    pub fn of(survey: Option<&Survey>) -> Self {
        let mut diagnosis = Self {
            schema: "keel.doctor/1",
            version: env!("CARGO_PKG_VERSION"),
            folder: survey.map(|survey| survey.folder.display().to_string()),
            binaries: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
        };
        let Some(survey) = survey else {
            diagnosis.problems.push(sentences::switched_off());
            return diagnosis;
        };
        diagnosis.binaries = binaries(survey);
        diagnosis.problems = sentences::problems(survey);
        diagnosis.notes = sentences::notes(survey, &diagnosis.binaries);
        diagnosis
    }

    /// Nothing keeps tracks apart but the user's own choice.
    pub fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// Pretty JSON, ending in a line break.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// The files of processes that run, those of one process together.
fn binaries(survey: &Survey) -> Vec<SeenBinary> {
    let mut files: Vec<(&HubFile, State)> =
        survey.files.iter().filter_map(|file| Some((file, running(&file.state)?))).collect();
    files.sort_by_key(|(file, _)| (file.scope, file.process, file.owner.as_ref().map(|owner| owner.id)));
    let groups = Groups::of(files.iter().filter(|(_, state)| *state == State::Live).map(|(file, _)| *file));
    let mut before = None;
    files
        .into_iter()
        .map(|(file, state)| {
            let same_process = file.process != 0 && before.replace(file.process) == Some(file.process);
            binary(file, state, same_process, &groups)
        })
        .collect()
}

fn running(state: &FileState) -> Option<State> {
    match state {
        FileState::Live => Some(State::Live),
        FileState::Asleep => Some(State::Asleep),
        FileState::OtherVersion => Some(State::OtherVersion),
        FileState::Unreadable => Some(State::Unreadable),
        FileState::Stale | FileState::Refused(_) => None,
    }
}

fn binary(file: &HubFile, state: State, same_process: bool, groups: &Groups) -> SeenBinary {
    let tracks = file.tracks.iter().map(|track| Track {
        name: track.name.clone(),
        role: track.role,
        format: track.format,
        session_code: track.code.clone(),
        group: groups.letter(file.scope, track.session).filter(|_| state == State::Live),
        link: track.view.filter(|_| state == State::Live).map(|LinkView { state, tracks }| Link { state, tracks }),
    });
    SeenBinary {
        file: shown(&file.path),
        state,
        process_id: file.owner.as_ref().map(|owner| owner.id),
        process_name: file.owner.as_ref().map(|owner| owner.name.clone()),
        same_process,
        version: Some(file.version.clone()).filter(|version| !version.is_empty()),
        tracks: tracks.collect(),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A session within a program.
type Place = (u64, u64);

/// Which sessions see each other: those of one program and number, and those of one code.
struct Groups(BTreeMap<Place, usize>);

impl Groups {
    fn of<'a>(files: impl Iterator<Item = &'a HubFile>) -> Self {
        let mut groups: BTreeMap<Place, usize> = BTreeMap::new();
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        let mut next = 0;
        for (scope, track) in files.flat_map(|file| file.tracks.iter().map(|track| (file.scope, track))) {
            let place = (scope, track.session);
            let by_place = groups.get(&place).copied();
            let by_code = track.code.as_deref().and_then(|code| codes.get(code).copied());
            let group = by_place.or(by_code).unwrap_or(next);
            next = next.max(group + 1);
            if let Some(other) = by_code.filter(|&other| other != group) {
                groups.values_mut().chain(codes.values_mut()).filter(|one| **one == other).for_each(|one| *one = group);
            }
            groups.insert(place, group);
            codes.extend(track.code.as_deref().map(|code| (code, group)));
        }
        Self(groups)
    }

    /// A, B, C and so on, in the order of the places.
    fn letter(&self, scope: u64, session: u64) -> Option<String> {
        let group = *self.0.get(&(scope, session))?;
        let mut seen: Vec<usize> = Vec::new();
        self.0.values().for_each(|one| {
            if !seen.contains(one) {
                seen.push(*one)
            }
        });
        let number = seen.iter().position(|one| *one == group)?;
        let letter = char::from(b'A' + (number % 26) as u8);
        Some(if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26) })
    }
}

#[cfg(test)]
mod tests;
