//! The diagnosis as text, 80 columns wide.

use std::collections::BTreeMap;

use keel_core::link::Format;
use keel_core::mix::LinkState;

use super::{Diagnosis, Link, SeenBinary, State};
use crate::table::page::{Align, Colour, Column, Page, Style};

const COLUMNS: [Column; 6] = [
    Column::new("process", 23, Align::Left),
    Column::new("as", 4, Align::Left),
    Column::new("Keel", 7, Align::Left),
    Column::new("sees", 4, Align::Left),
    Column::new("link", 6, Align::Left),
    Column::new("tracks", 31, Align::Left),
];
const TRACKS: usize = COLUMNS.len() - 1;

/// What the tracks of one row have in common: plug-in format, group, and how their instances see the link.
type Kind<'a> = (&'static str, &'a str, String);

/// The diagnosis as text.
pub fn render(diagnosis: &Diagnosis, style: Style) -> String {
    let mut page = Page::new(style);
    let folder = diagnosis.folder.as_deref().unwrap_or("switched off");
    page.strong(&format!("Keel {} · the link between processes", diagnosis.version));
    page.line(&format!("Hub folder: {folder}"));
    if !diagnosis.binaries.is_empty() {
        page.gap();
        page.header(&COLUMNS);
        diagnosis.binaries.iter().for_each(|binary| rows(&mut page, binary));
    }
    if !diagnosis.problems.is_empty() {
        page.gap();
        page.strong("What to do");
        for problem in &diagnosis.problems {
            page.paragraph("  ", &problem.text);
            page.paragraph("    ", &problem.action);
        }
    }
    if !diagnosis.notes.is_empty() {
        page.gap();
        diagnosis.notes.iter().for_each(|note| page.paragraph("", note));
    }
    if diagnosis.is_fine() {
        page.gap();
        page.line("Nothing to do.");
    }
    page.finish()
}

/// A row for each kind of tracks that the binary has.
fn rows(page: &mut Page, binary: &SeenBinary) {
    let mut kinds: BTreeMap<Kind<'_>, Vec<&str>> = BTreeMap::new();
    for track in &binary.tracks {
        let group = track.group.as_deref().unwrap_or("–");
        kinds.entry((format(track.format), group, link(track.link))).or_default().push(&track.name);
    }
    let (what, colour) = match binary.state {
        State::Live => ("no track yet", Colour::Plain),
        State::Asleep => ("stands still", Colour::High),
        State::OtherVersion => ("another version", Colour::High),
        State::Unreadable => ("unreadable", Colour::High),
    };
    if kinds.is_empty() || binary.state != State::Live {
        kinds = [(("–", "–", String::new()), vec![what])].into();
    }
    for (at, ((format, group, link), names)) in kinds.into_iter().enumerate() {
        let (who, version) = if at == 0 {
            (process(binary), binary.version.clone().unwrap_or_else(|| "?".into()))
        } else {
            Default::default()
        };
        let names = if names.len() > 1 { format!("{}: {}", names.len(), names.join(", ")) } else { names.concat() };
        let cells = [who, format.to_owned(), version, group.to_owned(), link, names];
        page.row(&COLUMNS, &cells, Some((TRACKS, colour)));
    }
}

fn format(format: Format) -> &'static str {
    match format {
        Format::Clap => "CLAP",
        Format::Vst3 => "VST3",
        Format::Unknown => "?",
    }
}

/// The link as an instance shows it: tracks from elsewhere, or why there are none.
fn link(link: Option<Link>) -> String {
    let Some(link) = link else { return "?".into() };
    match link.state {
        LinkState::Linked => format!("+{}", link.tracks),
        LinkState::Alone => "none".into(),
        LinkState::Paused => "paused".into(),
        LinkState::Unavailable | LinkState::VersionMismatch => "fails".into(),
        LinkState::Off => "off".into(),
    }
}

fn process(binary: &SeenBinary) -> String {
    if binary.same_process {
        return "  the same process".into();
    }
    let name = binary.process_name.as_deref().unwrap_or("a process");
    binary.process_id.map_or_else(|| name.to_owned(), |id| format!("{name} ({id})"))
}
