//! A mixdown for a terminal: facts of the bus. Without stems there is no role, no offset and no break.

use keel_core::mix::words::{NONE, clock, level};
use keel_core::units::Seconds;
use serde_json::Value;

use super::figures::{one, two};
use super::page::{Align, Column, Page};
use crate::json::{list, number, numbers, text};
use crate::words::{self, hz};

/// Columns that the names of facts take.
const NAMES: usize = 23;
/// Bands of hearing in a row of the table.
const BANDS_A_ROW: usize = 3;
/// A side fainter than this is none.
const NO_SIDE_DB: f64 = -40.0;

/// The one track of the report is the mix bus.
pub(super) fn is_mixdown(report: &Value) -> bool {
    matches!(list(report, "tracks"), [only] if text(only, "role") == "mix-bus")
}

pub(super) fn mixdown(page: &mut Page, report: &Value) {
    let (track, bus) = (&report["tracks"][0], &report["bus"]);
    page.strong(&format!("Keel · mixdown · {}", text(track, "name")));
    page.gap();
    for (name, fact) in facts(track, bus, report) {
        page.fact(&name, NAMES, &fact);
    }
    bands(page, report);
    density(page, &report["density"]);
}

fn facts(track: &Value, bus: &Value, report: &Value) -> Vec<(String, String)> {
    let with = |key: &str, unit: &str| figure(number(bus, key), unit);
    let headroom = number(bus, "sample_peak_dbfs").map(|peak| -peak);
    let loudness = [
        with("integrated_lufs", "LUFS"),
        format!("at most {} over 3 s", figure(number(track, "max_short_term_lufs"), "LUFS")),
        format!("range {}", with("loudness_range_lu", "LU")),
    ];
    let thin = words::thin_band_loss(report).map_or("; most: ".to_owned(), |loss| format!("; by {loss} and more: "));
    let soft = words::whisper_level(report).unwrap_or_else(|| "a whisper".to_owned());
    vec![
        ("Headroom".into(), format!("{} (sample peak {})", figure(headroom, "dB"), with("sample_peak_dbfs", "dBFS"))),
        ("True peak".into(), with("true_peak_dbtp", "dBTP")),
        ("Loudness".into(), loudness.join(", ")),
        ("Crest factor".into(), with("crest_db", "dB")),
        ("Correlation".into(), two(number(bus, "correlation"))),
        ("Lost in mono".into(), format!("{}{}", with("mono_loss_db", "dB"), spans(bus, "thin_bands", &thin))),
        ("Low end, below 120 Hz".into(), low_end(number(bus, "low_side_db"), number(&report["limits"], "low_side_db"))),
        ("Share of 2–5 kHz".into(), harshness(bus, &report["loud"])),
        (format!("Quiet at {soft}"), quiet(bus)),
    ]
}

fn figure(value: Option<f64>, unit: &str) -> String {
    if value.is_some() { format!("{} {unit}", one(value)) } else { NONE.to_owned() }
}

/// Centred by the limit that the report was judged by.
fn low_end(side: Option<f64>, limit: Option<f64>) -> String {
    let Some(side) = side else { return NONE.to_owned() };
    let judged = match limit {
        _ if side < NO_SIDE_DB => return "centred, no side".to_owned(),
        None => "",
        Some(limit) if side <= limit => "centred, ",
        Some(_) => "not centred, ",
    };
    format!("{judged}side {} dB against the mid", level(side))
}

fn harshness(bus: &Value, loud: &Value) -> String {
    let share = figure(number(bus, "harshness_db"), "dB");
    match (number(loud, "target_db"), text(loud, "verdict")) {
        (Some(target), "harsh" | "dull" | "ok") => {
            let word = if text(loud, "verdict") == "ok" { "balanced" } else { text(loud, "verdict") };
            format!("{share}, {word} (published music {})", level(target))
        }
        _ => share,
    }
}

fn quiet(bus: &Value) -> String {
    match spans(bus, "quiet_bands", "") {
        none if none.is_empty() && bus["bands"].is_null() => NONE.to_owned(),
        none if none.is_empty() => "every band is audible".to_owned(),
        spans => format!("not audible: {spans}"),
    }
}

fn spans(bus: &Value, key: &str, title: &str) -> String {
    let span = |span: &Value| Some(format!("{}–{}", hz(number(span, "from_hz")?), hz(number(span, "to_hz")?)));
    let spans: Vec<_> = list(bus, key).iter().filter_map(span).collect();
    if spans.is_empty() { String::new() } else { format!("{title}{}", spans.join(", ")) }
}

/// Bands by threes: level, correlation, mono loss, and how far they lie over the reference curve.
fn bands(page: &mut Page, report: &Value) {
    const COLUMNS: [Column; 5] = [
        Column::new("bands", NAMES - 1, Align::Left),
        Column::new("level", 8, Align::Right),
        Column::new("correlation", 12, Align::Right),
        Column::new("in mono", 8, Align::Right),
        Column::new("over curve", 11, Align::Right),
    ];
    let (bus, centres) = (&report["bus"], numbers(report, "band_hz"));
    let of = |key: &str| numbers(&bus["bands"], key);
    let (levels, correlations, losses) = (of("level_db"), of("correlation"), of("mono_loss_db"));
    let over = numbers(&bus["tonal"], "over_db");
    if levels.iter().flatten().next().is_none() {
        return;
    }
    page.gap();
    page.header(&COLUMNS);
    for (row, centres) in centres.chunks(BANDS_A_ROW).enumerate() {
        let at = |values: &[Option<f64>]| -> Vec<Option<f64>> {
            (0..centres.len()).map(|k| values.get(row * BANDS_A_ROW + k).copied().flatten()).collect()
        };
        let level = at(&levels);
        let cells = [
            range(centres),
            one(sum(&level)),
            two(weighted(&at(&correlations), &level)),
            one(weighted(&at(&losses), &level)),
            one(weighted(&at(&over), &level)),
        ];
        page.row(&COLUMNS, &cells, None);
    }
    let curve = text(&bus["tonal"], "reference");
    if !curve.is_empty() {
        page.line(&format!("Curve: {curve}, laid through the middle of the mix."));
    }
}

fn range(centres: &[Option<f64>]) -> String {
    match (centres.first().copied().flatten(), centres.last().copied().flatten()) {
        (Some(low), Some(high)) => format!("{}–{}", hz(low), hz(high)),
        _ => String::new(),
    }
}

/// Levels added as powers.
fn sum(levels: &[Option<f64>]) -> Option<f64> {
    let power: f64 = levels.iter().flatten().map(|level| 10f64.powf(level / 10.0)).sum();
    (power > 0.0).then(|| 10.0 * power.log10())
}

/// A mean by the bands' powers.
fn weighted(values: &[Option<f64>], levels: &[Option<f64>]) -> Option<f64> {
    let pairs =
        values.iter().zip(levels).filter_map(|(value, level)| Some((((*value)?), 10f64.powf((*level)? / 10.0))));
    let (total, weight) =
        pairs.fold((0.0, 0.0), |(total, sum), (value, weight)| (total + value * weight, sum + weight));
    (weight > 0.0).then_some(total / weight)
}

/// The mix along the song, a column a step.
fn density(page: &mut Page, density: &Value) {
    let steps = list(density, "steps");
    let Some(length) = number(density, "step_s").filter(|_| steps.len() > 1) else { return };
    let from = number(density, "from_s").unwrap_or(0.0);
    let end = Seconds(from + length * steps.len() as f64);
    page.gap();
    page.strong(&format!("Density from {} to {}, {length:.0} s a column", clock(Seconds(from)), clock(end)));
    let percent = |value: f64| format!("{:.0} %", value * 100.0);
    for (key, name, figure) in [
        ("lufs", "loudness, LUFS", &level as &dyn Fn(f64) -> String),
        ("crest_db", "crest, dB", &level),
        ("bands", "bands that sound", &percent),
    ] {
        let values: Vec<_> = steps.iter().map(|step| number(step, key)).collect();
        let known = || values.iter().flatten().copied();
        let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
        if low.is_finite() {
            page.fact(name, NAMES, &format!("{} to {}", figure(low), figure(high)));
            page.line(&bars(&values, low, high));
        }
    }
}

/// One bar a value, as tall as it lies between the ends; a dot where there is none.
fn bars(values: &[Option<f64>], low: f64, high: f64) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let tallest = BARS.len() - 1;
    let bar = |value: &Option<f64>| match value {
        None => '·',
        Some(_) if high - low < 1e-9 => BARS[tallest / 2],
        Some(value) => BARS[(((value - low) / (high - low)) * tallest as f64).round() as usize],
    };
    values.iter().map(bar).collect()
}
