//! The report as one HTML file: no script, no font, no picture or link that would leave the page. Like the table it is
//! written from the report's JSON, so that a report asked from a plug-in reads as one made here.
//!
//! Every picture stands in a row of a table that says the same in words and figures, for screen readers and print.

mod balance;
mod bus;
mod density;
mod draw;
mod levels;
mod song;
mod spectra;
mod stereo;
mod todo;

use keel_core::mix::MixReport;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use crate::json::{is, list, number, text};
use crate::words;

const STYLE: &str = include_str!("../../assets/report/report.css");
/// The page may use its own styles and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A part of the page: what a reader may jump to.
struct Part {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

/// The report as a page.
pub fn render(report: &MixReport) -> String {
    serde_json::to_value(report).map_or_else(|_| String::new(), |json| render_json(&json))
}

/// A report in the JSON of schema `keel.report/2` or `/1` as a page. What the JSON lacks is left out.
pub fn render_json(report: &Value) -> String {
    let of_tracks = || {
        [balance::part, todo::part, song::part, levels::part, stereo::part, spectra::part, bus::part, density::part]
            .map(|part| part(report))
    };
    // A mixdown has facts of the bus alone: no track has a place in it.
    let of_mixdown = || [bus::part, density::part, todo::part].map(|part| part(report));
    let first = if is_mixdown(report) { Vec::from(of_mixdown()) } else { Vec::from(of_tracks()) };
    let parts: Vec<Part> = first.into_iter().chain([bus::listening(report), todo::notes(report)]).flatten().collect();
    page(report, &parts).into_string()
}

fn page(report: &Value, parts: &[Part]) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="dark light";
                meta name="generator" content=(concat!("Keel ", env!("CARGO_PKG_VERSION")));
                title { "Keel balance report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the report" }
                header { (masthead(report)) }
                nav aria-label="Parts of the report" {
                    ul { @for part in parts { li { a href={ "#" (part.id) } { (part.title) } } } }
                }
                main id="main" {
                    @for part in parts {
                        section id=(part.id) aria-labelledby={ (part.id) "-title" } {
                            h2 id={ (part.id) "-title" } { (part.title) }
                            (part.body)
                        }
                    }
                }
                footer { p { "Keel " (env!("CARGO_PKG_VERSION")) " · " (text(report, "schema")) } }
            }
        }
    }
}

fn masthead(report: &Value) -> Markup {
    html! {
        p.mark { "Keel" }
        div {
            h1 { (headline(report)) }
            @if is_mixdown(report) {
                p { @for track in list(report, "tracks") { (text(track, "name")) } }
                p { "Facts of the mix as a whole. Verdicts on tracks need the stems." }
            } @else {
                p { (words::scope_line(report)) }
                p { (words::reference_line(report)) }
            }
        }
        (tally(report))
    }
}

/// A report of a mix without its tracks.
fn is_mixdown(report: &Value) -> bool {
    let tracks = list(report, "tracks");
    !tracks.is_empty() && tracks.iter().all(|track| text(track, "role") == "mix-bus")
}

/// What a reader wants to know first, in a sentence.
fn headline(report: &Value) -> String {
    let tracks = || list(report, "tracks").iter();
    if is_mixdown(report) {
        return "Mixdown report".to_owned();
    }
    let off = tracks().filter(|track| matches!(text(track, "verdict"), "high" | "low")).count();
    let judged = off + tracks().filter(|track| text(track, "verdict") == "sits").count();
    match (judged, off) {
        (0, _) => "No track could be judged".to_owned(),
        (_, 0) => "Every judged track sits".to_owned(),
        (judged, off) if judged == off => format!("None of {judged} judged tracks sits"),
        (judged, off) => format!("{} of {judged} judged tracks sit", judged - off),
    }
}

fn tally(report: &Value) -> Markup {
    let count = |verdict: &str| list(report, "tracks").iter().filter(|track| text(track, "verdict") == verdict).count();
    let facts = [("sits", "●", "sit"), ("high", "▼", "too loud"), ("low", "▲", "too quiet")];
    let any = facts.iter().any(|(verdict, ..)| count(verdict) > 0);
    html! {
        @if any {
            dl.tally {
                @for (verdict, shape, words) in facts {
                    div class=(verdict) { dt { (words) } dd { span aria-hidden="true" { (shape) " " } (count(verdict)) } }
                }
            }
        }
    }
}

/// The name of a track as the head of its row, its role under it.
fn track_head(track: &Value) -> Markup {
    html! {
        th scope="row" {
            span.name { (text(track, "name")) }
            @if !text(track, "role").is_empty() {
                span.role { (words::role_of(track)) @if is(track, "role_is_guess") { " · guessed" } @if words::is_unsure(track) { " ?" } }
            }
        }
    }
}

/// A figure with a unit that is dimmer than it; a dash where there is none.
fn figure(value: Option<f64>, unit: &str, words: fn(f64) -> String) -> Markup {
    html! {
        @match value {
            Some(value) => { (words(value)) @if !unit.is_empty() { span.unit { " " (unit) } } }
            None => { span.none { span aria-hidden="true" { "–" } span.sr { "not measured" } } }
        }
    }
}

/// Tracks of the report that have levels.
fn measured(report: &Value) -> impl Iterator<Item = &Value> + Clone {
    list(report, "tracks").iter().filter(|track| number(track, "sample_peak_dbfs").is_some())
}
