//! What moved between two versions, for a terminal.

use std::sync::Arc;

use keel_core::mix::words::{NONE, difference, level};
use keel_core::mix::{Break, Role, Verdict};

use super::figures::{one, times, two};
use super::names::{Name, Names};
use super::page::{Align, Colour, Column, Page, Style};
use super::sentences;
use crate::compare::{BusChange, Comparison, TrackChange, change};

const COLUMNS: [Column; 6] = [
    Column::new("track", 17, Align::Left),
    Column::new("level", 6, Align::Right),
    Column::new("loudness", 8, Align::Right),
    Column::new("offset A", 8, Align::Right),
    Column::new("offset B", 8, Align::Right),
    Column::new(" verdict", 27, Align::Left),
];

/// The comparison as text.
pub fn render_comparison(comparison: &Comparison, style: Style) -> String {
    let mut page = Page::new(style);
    page.strong(&format!("Keel · what moved · profile {}", comparison.profile[1]));
    for (side, at) in [("A", 0), ("B", 1)] {
        let scope = &comparison.scope[at];
        let where_ = times(scope.from_s.map(|s| s.0), scope.to_s.map(|s| s.0));
        let where_ = where_.map_or(String::new(), |times| format!(" · judged at {times}"));
        let kick = comparison.reference[at].as_ref().zip(comparison.hit_peak_dbfs[at]);
        let kick = kick.map_or(String::new(), |(name, peak)| format!(" · {name} at {} dBFS", level(peak)));
        page.line(&format!("{side}: {}{where_}{kick}", comparison.paths[at]));
    }
    let names = names(comparison);
    let columns = names.widen(COLUMNS, 0, &page);
    let shown = names.shown(&columns[0]);
    page.header(&columns);
    for (track, name) in comparison.tracks.iter().zip(shown.rows).filter(|(track, _)| track.moved) {
        let colour = if track.verdict[1] == Some(Verdict::Sits) { Colour::Sits } else { Colour::Plain };
        page.row(&columns, &cells(track, name), Some((5, colour)));
    }
    let same: Vec<_> = comparison.tracks.iter().filter(|track| !track.moved).map(|track| track.name.as_str()).collect();
    if !same.is_empty() {
        page.line(&format!("As before: {}", same.join(", ")));
    }
    let otherwise: Vec<_> = comparison.tracks.iter().filter(|track| !track.moved).filter_map(otherwise).collect();
    if !otherwise.is_empty() {
        page.line(&format!("As before, and judged otherwise: {}", otherwise.join(", ")));
    }
    if let Some(bus) = &comparison.bus {
        page.gap();
        page.line(&format!("Mix bus: {}", facts(bus)));
    }
    sentences(&mut page, "Breaks no more", &breaks(&comparison.breaks_gone));
    sentences(&mut page, "Breaks now", &breaks(&comparison.breaks_new));
    sentences(&mut page, "Notes", &comparison.notes);
    page.finish()
}

fn names(comparison: &Comparison) -> Names {
    let name = |track: &TrackChange| {
        let role = Some(track.role).filter(|role| *role != Role::Other);
        Name { text: track.name.clone(), role, is_mix: role == Some(Role::MixBus) }
    };
    Names::of(&comparison.tracks.iter().map(name).collect::<Vec<_>>())
}

fn cells(track: &TrackChange, name: String) -> [String; 6] {
    let moved = |by: Option<f64>| by.map_or(NONE.to_owned(), difference);
    let verdict = match track.verdict {
        [Some(a), Some(b)] if a == b => format!(" {}", word(b)),
        [Some(a), Some(b)] => format!(" {} → {}", word(a), word(b)),
        [Some(_), None] => " gone".to_owned(),
        [None, Some(b)] => format!(" new: {}", word(b)),
        [None, None] => String::new(),
    };
    [
        name,
        moved(track.level_change_db),
        moved(track.loudness_change_lu),
        moved(track.offset_db[0]),
        moved(track.offset_db[1]),
        verdict,
    ]
}

/// What it is measured against has moved: "bass ● sits → ▼ too loud".
fn otherwise(track: &TrackChange) -> Option<String> {
    let [a, b] = track.verdict;
    let (a, b) = a.zip(b).filter(|(a, b)| a != b)?;
    Some(format!("{} {} → {}", track.name, word(a), word(b)))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Sits => "● sits",
        Verdict::High => "▼ too loud",
        Verdict::Low => "▲ too quiet",
        Verdict::NotJudged => "– not judged",
        Verdict::Silent => "○ silent",
        Verdict::NoReference => "○ no reference",
        Verdict::Held => "○ held",
        Verdict::Conflict => "○ conflict",
        Verdict::Waiting => "○ waiting",
    }
}

fn facts(bus: &BusChange) -> String {
    let fact = |name: &str, pair: [Option<f64>; 2], unit: &str, figure: fn(Option<f64>) -> String| {
        let moved = change(pair).filter(|by| by.abs() >= 0.005);
        moved.map(|by| format!("{name} {} → {}{unit} ({})", figure(pair[0]), figure(pair[1]), difference(by)))
    };
    let facts = [
        fact("sample peak", bus.sample_peak_dbfs, " dBFS", one),
        fact("true peak", bus.true_peak_dbtp, " dBTP", one),
        fact("loudness", bus.integrated_lufs, " LUFS", one),
        fact("range", bus.loudness_range_lu, " LU", one),
        fact("mono loss", bus.mono_loss_db, " dB", one),
    ];
    let correlation = change(bus.correlation).filter(|by| by.abs() >= 0.01);
    let correlation =
        correlation.map(|_| format!("correlation {} → {}", two(bus.correlation[0]), two(bus.correlation[1])));
    let known: Vec<_> = facts.into_iter().chain([correlation]).flatten().collect();
    if known.is_empty() { "as before".to_owned() } else { known.join(", ") }
}

fn breaks(breaks: &[Arc<Break>]) -> Vec<String> {
    let sentence = |found: &Arc<Break>| {
        let times = times(Some(found.from_s.0), Some(found.to_s.0)).unwrap_or_default();
        let how = if found.verdict == Verdict::High { "too loud" } else { "too quiet" };
        format!("{} {how} at {times}", found.track)
    };
    breaks.iter().map(sentence).collect()
}
