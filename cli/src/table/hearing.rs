//! What is heard of each track through the others, and with the monitor turned down.

use keel_core::mix::words::{NONE, hz, level};
use serde_json::Value;

use super::figures::one;
use super::names::{Names, Shown};
use super::page::{Align, Colour, Column, Page};
use crate::json::{is, list, number, text};

/// Nothing is said of what covers a track that keeps more than this.
const COVERED: f64 = 0.5;

/// Left out where no bands were measured.
pub(super) fn hearing(page: &mut Page, report: &Value, names: &Names) {
    const COLUMNS: [Column; 6] = [
        Column::new("heard through", 18, Align::Left),
        Column::new("mix", 6, Align::Right),
        Column::new("kick", 6, Align::Right),
        Column::new(" covered most by", 22, Align::Left),
        Column::new("at a whisper", 14, Align::Left),
        Column::new("2–5 kHz", 8, Align::Right),
    ];
    let columns = names.widen(COLUMNS, 0, page);
    let shown = names.shown(&columns[0]);
    let rows = || list(report, "tracks").iter().zip(&shown.rows);
    let measured = || rows().filter(|(track, _)| !track["bands"].is_null());
    if measured().next().is_some() {
        page.gap();
        page.header(&columns);
    }
    for (track, name) in measured() {
        let masking = &track["masking"];
        let cells = [
            name.clone(),
            percent(number(masking, "by_mix")),
            percent(number(masking, "by_kick")),
            format!(" {}", covered(masking, &shown)),
            whisper(&track["whisper"]),
            one(number(track, "harshness_db")),
        ];
        let risk = if is(masking, "at_risk") { Colour::High } else { Colour::Plain };
        page.row(&columns, &cells, Some((3, risk)));
    }
    for check in ["whisper", "loud"] {
        page.paragraph("", text(&report[check], "text"));
    }
}

fn percent(ratio: Option<f64>) -> String {
    ratio.map_or(NONE.to_owned(), |ratio| format!("{:.0} %", ratio * 100.0))
}

/// "▼ Kick at 55 Hz": the mark says that the track is hardly heard.
fn covered(masking: &Value, shown: &Shown) -> String {
    let risk = is(masking, "at_risk");
    let left = [number(masking, "by_mix"), number(masking, "by_kick")].into_iter().flatten().fold(1.0, f64::min);
    if left > COVERED {
        return String::new();
    }
    let at = number(masking, "band_hz").map_or(String::new(), |band| format!(" at {}", hz(band)));
    format!("{}{}{at}", if risk { "▼ " } else { "" }, shown.of(text(masking, "masker")))
}

/// "● 2. 31.4 phon", "! lost".
fn whisper(whisper: &Value) -> String {
    match (whisper["audible"].as_bool(), number(whisper, "place"), number(whisper, "phon")) {
        (Some(true), Some(place), Some(phon)) => format!("● {place:.0}. {} phon", level(phon)),
        (Some(false), ..) => "! lost".to_owned(),
        _ => NONE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::table::{Style, WIDTH};

    #[test]
    fn what_is_masked_is_told_with_what_covers_it() {
        let report = json!({
            "tracks": [
                { "name": "Kick", "bands": {}, "masking": { "by_kick": null, "by_mix": 0.812, "at_risk": false,
                    "band_hz": 54.9, "masker": "Bass" }, "whisper": { "audible": true, "phon": 31.44, "place": 2 },
                    "harshness_db": -24.13 },
                { "name": "Bass of a name that is long", "bands": {}, "masking": { "by_kick": 0.04, "by_mix": 0.031,
                    "at_risk": true, "band_hz": 3142.0, "masker": "Kick of a name that is long" },
                    "whisper": { "audible": false, "phon": null, "place": null }, "harshness_db": null },
                { "name": "Silent", "bands": null, "masking": null, "whisper": null },
            ],
            "whisper": { "text": "At a whisper Bass is lost." },
            "loud": null,
        });
        let mut page = Page::new(Style::PLAIN);
        hearing(&mut page, &report, &Names::of_report(&report));
        let text = page.finish();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{text}");
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
        assert_eq!(words(lines[1]), "Kick 81 % – ● 2. 31.4 phon −24.1");
        assert!(lines[2].contains("3 %    4 %  ▼ Kick of a name"), "{text}");
        assert!(lines[2].contains("! lost"), "{text}");
        assert_eq!(lines[3], "At a whisper Bass is lost.");
    }

    #[test]
    fn without_bands_there_is_no_table() {
        let mut page = Page::new(Style::PLAIN);
        hearing(&mut page, &json!({ "tracks": [{ "name": "Kick" }] }), &Names::default());
        assert_eq!(page.finish(), "");
    }
}
