//! The report for a terminal, 80 columns wide, or wider where names are long. It is written from the report's JSON, so
//! that a report asked from a plug-in prints exactly as one made here.

mod comparison;
pub(crate) mod figures;
mod hearing;
mod mixdown;
mod names;
pub(crate) mod page;
mod targets;

use keel_core::mix::words::{NONE, difference, level};
use keel_core::mix::{MixReport, Role};
use serde_json::Value;

use crate::json::{list, number, text};
use crate::words;
pub use comparison::render_comparison;
use figures::{band, bars, offset, one, step, times, two};
use names::Names;
use page::{Align, Colour, Column, Page};
pub use page::{Style, WIDTH};
pub use targets::render_profile;

/// The report as text.
pub fn render(report: &MixReport, style: Style) -> String {
    serde_json::to_value(report).map_or_else(|_| String::new(), |json| render_json(&json, style))
}

/// A report in the JSON of schema `keel.report/2` or `/1` as text. What the JSON lacks is left out.
pub fn render_json(report: &Value, style: Style) -> String {
    let mut page = Page::new(style);
    if mixdown::is_mixdown(report) {
        mixdown::mixdown(&mut page, report);
    } else {
        let names = Names::of_report(report);
        heading(&mut page, report);
        verdicts(&mut page, report, &names);
        levels(&mut page, report, &names);
        hearing::hearing(&mut page, report, &names);
        breaks(&mut page, report, &names);
    }
    let todo = words::Todo::of(report);
    let lines = |lines: &[(&Value, String)], more: &Option<String>| -> Vec<String> {
        lines.iter().map(|(_, sentence)| sentence.clone()).chain(more.clone()).collect()
    };
    sentences(&mut page, "What to do, in this order", &lines(&todo.plan, &None));
    sentences(&mut page, "Then ride", &lines(&todo.rides, &todo.more_rides));
    sentences(&mut page, "Also", &lines(&todo.others, &todo.more_others));
    let guesses = words::guesses(report);
    if !guesses.is_empty() {
        page.gap();
        page.strong("Roles guessed from the names");
        page.paragraph("  ", &guesses.join(" "));
    }
    sentences(&mut page, "Notes", &words::notes(report));
    sentences(&mut page, "Whose targets these are", &words::origins(report));
    page.finish()
}

/// What a reader must know before all else, above the table.
pub fn render_first(sentence: &str, style: Style) -> String {
    let mut page = Page::new(style);
    page.line(sentence);
    page.gap();
    page.finish()
}

fn heading(page: &mut Page, report: &Value) {
    page.strong(&format!("Keel · {}", words::scope_line(report)));
    page.line(&words::reference_line(report));
}

fn verdicts(page: &mut Page, report: &Value, names: &Names) {
    const COLUMNS: [Column; 7] = [
        Column::new("track", 16, Align::Left),
        Column::new("role", 11, Align::Left),
        Column::new("offset", 10, Align::Right),
        Column::new("target", 11, Align::Right),
        Column::new(" verdict", 17, Align::Left),
        Column::new("move", 4, Align::Right),
        Column::new("after", 5, Align::Right),
    ];
    let columns = names.widen(COLUMNS, 0, page);
    let shown = names.shown(&columns[0]);
    page.header(&columns);
    for ((at, track), name) in list(report, "tracks").iter().enumerate().zip(shown.rows) {
        let cells = [
            name,
            role(track),
            match text(track, "verdict") {
                _ if words::shows_own_level(track) => number(track, "level_dbfs")
                    .map_or_else(|| "reference".to_owned(), |dbfs| format!("{} dBFS", level(dbfs))),
                "not-judged" => NONE.to_owned(),
                _ => offset(number(track, "offset_db"), words::unit(track)),
            },
            band(number(&track["target"], "low_db"), number(&track["target"], "high_db")),
            format!(" {}", words::verdict(track)),
            step(number(track, "move_db")),
            after(track, words::after(report, at)),
        ];
        page.row(&columns, &cells, Some((4, Colour::of(text(track, "verdict")))));
    }
}

/// The offset with the plan done, of what is judged.
fn after(track: &Value, after: &Value) -> String {
    let is_judged = matches!(text(after, "verdict"), "low" | "sits" | "high");
    let is_level = text(&track["target"], "against") == "full-scale";
    let figure = if is_level { level } else { difference };
    number(after, "offset_db").filter(|_| is_judged).map_or(String::new(), figure)
}

fn levels(page: &mut Page, report: &Value, names: &Names) {
    const COLUMNS: [Column; 9] = [
        Column::new("over all sound", 18, Align::Left),
        Column::new("peak", 6, Align::Right),
        Column::new("true", 6, Align::Right),
        Column::new("RMS", 6, Align::Right),
        Column::new("LUFS", 6, Align::Right),
        Column::new("input", 8, Align::Left),
        Column::new("pan", 5, Align::Right),
        Column::new("corr", 5, Align::Right),
        Column::new("in mono", 8, Align::Right),
    ];
    let columns = names.widen(COLUMNS, 0, page);
    let shown = names.shown(&columns[0]);
    page.gap();
    page.header(&columns);
    for (track, name) in list(report, "tracks").iter().zip(shown.rows) {
        let cells = [
            name,
            one(number(track, "sample_peak_dbfs")),
            one(number(track, "true_peak_dbtp")),
            one(number(track, "rms_dbfs")),
            one(number(track, "integrated_lufs")),
            text(track, "gain_staging").to_owned(),
            two(number(track, "pan")),
            two(number(track, "correlation")),
            one(number(track, "mono_loss_db")),
        ];
        let staging = match text(track, "gain_staging") {
            "hot" | "clipping" => Colour::High,
            _ => Colour::Plain,
        };
        page.row(&columns, &cells, Some((5, staging)));
    }
    page.paragraph("", &bus(&report["bus"]));
}

fn bus(bus: &Value) -> String {
    let facts = [
        ("true peak", one(number(bus, "true_peak_dbtp")), " dBTP"),
        ("loudness", one(number(bus, "integrated_lufs")), " LUFS"),
        ("range", one(number(bus, "loudness_range_lu")), " LU"),
        ("correlation", two(number(bus, "correlation")), ""),
        ("mono loss", one(number(bus, "mono_loss_db")), " dB"),
        ("side below 120 Hz", low_side(number(bus, "low_side_db")), ""),
        ("crest", one(number(bus, "crest_db")), " dB"),
    ];
    let known = facts.iter().filter(|(_, figure, _)| figure != NONE);
    let known: Vec<_> = known.map(|(name, figure, unit)| format!("{name} {figure}{unit}")).collect();
    if known.is_empty() { String::new() } else { format!("Mix bus: {}", known.join(", ")) }
}

/// A side fainter than this is none.
fn low_side(side: Option<f64>) -> String {
    const NO_SIDE: f64 = -40.0;
    side.map_or(NONE.to_owned(), |side| if side < NO_SIDE { "none".into() } else { format!("{} dB", level(side)) })
}

fn breaks(page: &mut Page, report: &Value, names: &Names) {
    const COLUMNS: [Column; 5] = [
        Column::new("breaks from – to", 16, Align::Left),
        Column::new("bars", 11, Align::Left),
        Column::new("track", 18, Align::Left),
        Column::new("offset", 8, Align::Right),
        Column::new("verdict", 20, Align::Left),
    ];
    let (breaks, more) = words::breaks(report);
    if breaks.is_empty() {
        return;
    }
    let columns = names.widen(COLUMNS, 2, page);
    let shown = names.shown(&columns[2]);
    page.gap();
    page.header(&columns);
    for moment in breaks {
        let direction = if moment["verdict"] == "low" { "▲ too quiet" } else { "▼ too loud" };
        let by = number(moment, "move_db").map_or_else(|| "rests?".to_owned(), |by| format!("move {}", step(Some(by))));
        let bars = bars(number(moment, "from_bar"), number(moment, "to_bar")).unwrap_or_default();
        let of_track = list(report, "tracks").iter().find(|track| track["name"] == moment["track"]);
        let cells = [
            times(number(moment, "from_s"), number(moment, "to_s")).unwrap_or_default(),
            bars.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned(),
            shown.of(text(moment, "track")).to_owned(),
            offset(number(moment, "offset_db"), words::unit(of_track.unwrap_or(&Value::Null))),
            format!("{direction}, {by}"),
        ];
        page.row(&columns, &cells, Some((4, Colour::of(text(moment, "verdict")))));
        page.paragraph("    ", text(moment, "cause"));
    }
    page.paragraph("    ", &more.unwrap_or_default());
}

fn sentences(page: &mut Page, title: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    page.gap();
    page.strong(title);
    for sentence in sentences {
        page.paragraph("  ", sentence);
    }
}

/// The role's name, cut to its column where the long one does not fit, with a mark where it is unsure.
fn role(track: &Value) -> String {
    let unsure = words::is_unsure(track);
    let label = match Role::from_id(text(track, "role")) {
        Some(Role::BackingVocals) if unsure => "Backing",
        Some(Role::BackingVocals) => "Backing vox",
        Some(Role::Cymbals) if unsure => "Cymbals",
        _ => words::role_of(track),
    };
    format!("{label}{}", if unsure { " ?" } else { "" })
}

impl Colour {
    fn of(verdict: &str) -> Self {
        match verdict {
            "sits" => Self::Sits,
            "high" => Self::High,
            "low" => Self::Low,
            _ => Self::Faint,
        }
    }
}
