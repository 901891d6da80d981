//! The diagnosis as text, 80 columns wide.

use std::collections::BTreeMap;

use super::{Binary, Diagnosis, State};
use crate::table::page::{Align, Colour, Column, Page, Style};

const COLUMNS: [Column; 4] = [
    Column::new("process", 26, Align::Left),
    Column::new("Keel", 9, Align::Left),
    Column::new("sees", 4, Align::Left),
    Column::new("tracks", 38, Align::Left),
];

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

/// A row for each circle that the binary has tracks in.
fn rows(page: &mut Page, binary: &Binary) {
    let mut circles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for track in &binary.tracks {
        circles.entry(track.circle.as_deref().unwrap_or("–")).or_default().push(&track.name);
    }
    let (what, colour) = match binary.state {
        State::Live => ("no track yet", Colour::Plain),
        State::Asleep => ("stands still", Colour::High),
        State::OtherVersion => ("another version", Colour::High),
        State::Unreadable => ("unreadable", Colour::High),
    };
    if circles.is_empty() || binary.state != State::Live {
        circles = [("–", vec![what])].into();
    }
    for (at, (circle, names)) in circles.into_iter().enumerate() {
        let (who, version) = if at == 0 {
            (process(binary), binary.version.clone().unwrap_or_else(|| "?".into()))
        } else {
            Default::default()
        };
        let names = if names.len() > 1 { format!("{}: {}", names.len(), names.join(", ")) } else { names.concat() };
        page.row(&COLUMNS, &[who, version, circle.to_owned(), names], Some((3, colour)));
    }
}

fn process(binary: &Binary) -> String {
    if binary.same_process {
        return "  the same process".into();
    }
    let name = binary.process_name.as_deref().unwrap_or("a process");
    binary.process_id.map_or_else(|| name.to_owned(), |id| format!("{name} ({id})"))
}
