//! The mix bus, or a mixdown: facts without a kick to judge by. And how the mix fares soft and loud.

use keel_core::mix::words::{difference, level};
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Mark, Ruler, mark};
use super::{Part, figure};
use crate::json::{list, number, numbers, text};
use crate::table::figures::two;
use crate::words;

/// A fact of the bus: its key in the report, its name, its unit.
const FACTS: [(&str, &str, &str); 9] = [
    ("true_peak_dbtp", "True peak", "dBTP"),
    ("sample_peak_dbfs", "Sample peak", "dBFS"),
    ("integrated_lufs", "Loudness", "LUFS"),
    ("loudness_range_lu", "Loudness range", "LU"),
    ("crest_db", "Crest factor", "dB"),
    ("correlation", "Correlation", ""),
    ("mono_loss_db", "Mono loss", "dB"),
    ("low_side_db", "Side below 120 Hz", "dB"),
    ("harshness_db", "2–5 kHz share", "dB"),
];

pub(super) fn part(report: &Value) -> Option<Part> {
    let bus = &report["bus"];
    if bus.is_null() {
        return None;
    }
    let body = html! {
        dl.facts {
            @for (key, name, unit) in FACTS {
                @if number(bus, key).is_some() {
                    div { dt { (name) } dd { (figure(number(bus, key), unit, if key == "correlation" { ratio } else { level })) } }
                }
            }
        }
        (spans(list(bus, "thin_bands"), &thin_title(report)))
        (spans(list(bus, "quiet_bands"), &quiet_title(report)))
        (bands(report, bus))
    };
    Some(Part { id: "bus", title: "Mix bus", body })
}

fn thin_title(report: &Value) -> String {
    let loss = words::thin_band_loss(report).map_or("much".to_owned(), |loss| format!("{loss} or more"));
    format!("Loses {loss} in mono")
}

fn quiet_title(report: &Value) -> String {
    let soft = words::whisper_level(report).unwrap_or_else(|| "a whisper".to_owned());
    format!("Falls below the threshold of hearing at {soft}")
}

fn ratio(value: f64) -> String {
    two(Some(value))
}

fn spans(spans: &[Value], title: &str) -> Markup {
    html! {
        @if !spans.is_empty() {
            p { strong { (title) ": " }
                @for (at, span) in spans.iter().enumerate() {
                    @if at > 0 { ", " }
                    (number(span, "from_hz").map_or_else(String::new, words::hz)) "–"
                    (number(span, "to_hz").map_or_else(String::new, words::hz))
                    @if let Some(loss) = number(span, "loss_db") { " (" (level(loss)) " dB)" }
                }
            }
        }
    }
}

/// Band by band: level, correlation, mono loss.
fn bands(report: &Value, bus: &Value) -> Markup {
    let hz: Vec<f64> = numbers(report, "band_hz").into_iter().flatten().collect();
    let of = |key: &str| numbers(&bus["bands"], key);
    let (levels, correlations, losses) = (of("level_db"), of("correlation"), of("mono_loss_db"));
    let over_curve = numbers(&bus["tonal"], "over_db");
    let measured: Vec<usize> = (0..hz.len()).filter(|&k| levels.get(k).copied().flatten().is_some()).collect();
    let loudest = levels.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let level_ruler = Ruler::new(-48.0, 0.0, 12.0, None);
    let side_ruler = Ruler::new(-1.0, 1.0, 0.5, Some(0.0));
    html! {
        @if !measured.is_empty() {
            details open {
                summary { "Band by band" }
                div.scroll role="region" aria-label="The mix bus band by band" tabindex="0" {
                    table.bands {
                        caption { "The ear's bands: level under the loudest band, and correlation of the two channels."
                            @if !over_curve.is_empty() { " Tonal balance against " (text(&bus["tonal"], "reference")) ", laid through the middle of the mix." } }
                        thead { tr {
                            th.num scope="col" { "Band" }
                            th.picture scope="col" { span.sr { "Picture" } (level_ruler.head(|value| format!("{value:.0}").replace('-', "−"))) }
                            th.num scope="col" { "Level" span.unit { " dBFS" } }
                            th.picture.small scope="col" { span.sr { "Picture" } (side_ruler.head(|value| if value.fract() == 0.0 { format!("{value:+.0}").replace('-', "−").replace("+0", "0") } else { String::new() })) }
                            th.num scope="col" { "Correlation" }
                            th.num scope="col" { "In mono" span.unit { " dB" } }
                            th.num scope="col" { "Over curve" span.unit { " dB" } }
                        } }
                        tbody {
                            @for k in measured {
                                @let (level_db, correlation) = (levels[k], correlations.get(k).copied().flatten());
                                tr {
                                    th.num scope="row" { (words::hz(hz[k])) }
                                    td.picture { (level_ruler.row(&html! {
                                        @if let Some(level_db) = level_db { (level_ruler.bar("band", -48.0, (level_db - loudest).max(-48.0), 12.0)) }
                                    })) }
                                    td.num data-label="Level" { (figure(level_db, "", level)) }
                                    td.picture.small { (side_ruler.row(&html! {
                                        @if let Some(value) = correlation { (mark(Mark::Dot, if value < 0.0 { "caution" } else { "plain" }, side_ruler.x(value))) }
                                    })) }
                                    td.num data-label="Correlation" { (figure(correlation, "", ratio)) }
                                    td.num data-label="In mono" { (figure(losses.get(k).copied().flatten(), "", level)) }
                                    td.num data-label="Over curve" { (figure(over_curve.get(k).copied().flatten(), "", difference)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The whisper test and the loud check.
pub(super) fn listening(report: &Value) -> Option<Part> {
    let (whisper, loud) = (&report["whisper"], &report["loud"]);
    let order: Vec<&str> = list(whisper, "order").iter().filter_map(Value::as_str).collect();
    if whisper.is_null() && loud.is_null() {
        return None;
    }
    let passes = match whisper["passes"].as_bool() {
        Some(true) => ("sits", "● passes"),
        Some(false) => ("caution", "! does not pass"),
        None => ("none", "– unknown"),
    };
    let body = html! {
        div.cards {
            @if !whisper.is_null() {
                div.card {
                    h3 { "Whisper test" @if let Some(level) = number(whisper, "level_db_spl") { ", " (level) " dB SPL" } }
                    p class=(passes.0) { (passes.1) }
                    @if !text(whisper, "text").is_empty() { p { (text(whisper, "text")) } }
                    @if !order.is_empty() {
                        p.quiet { "Predicted order, most audible first:" }
                        ol.order { @for name in order { li { (name) } } }
                    }
                }
            }
            @if !loud.is_null() {
                div.card {
                    h3 { "Loud check" }
                    p class=(if text(loud, "verdict") == "ok" { "sits" } else { "caution" }) {
                        (match text(loud, "verdict") { "ok" => "● balanced", "harsh" => "! harsh", "dull" => "! dull", _ => "– unknown" })
                    }
                    @if !text(loud, "text").is_empty() { p { (text(loud, "text")) } }
                }
            }
        }
    };
    Some(Part { id: "listening", title: "Soft and loud", body })
}
