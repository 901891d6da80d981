//! The spectrum of each track by ERB bands, and how much of it is heard through the others.

use keel_core::mix::words::NONE;
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{head, round};
use super::{Part, measured, track_head};
use crate::json::{is, number, numbers, text};
use crate::words;

/// A strip's picture in its own units: a cell for each band.
const CELL: f64 = 10.0;
/// How far under its loudest band a band is still drawn, in dB.
const RANGE: f64 = 48.0;
/// Frequencies that the head names.
const NAMED: [(f64, &str); 6] =
    [(100.0, "100"), (250.0, "250"), (500.0, "500"), (1_000.0, "1k"), (3_000.0, "3k"), (10_000.0, "10k")];

pub(super) fn part(report: &Value) -> Option<Part> {
    let hz: Vec<f64> = numbers(report, "band_hz").into_iter().flatten().collect();
    let with_bands = || measured(report).filter(|track| !numbers(&track["bands"], "level_db").is_empty());
    with_bands().next().filter(|_| !hz.is_empty())?;
    let soft = words::whisper_level(report);
    let title = soft.as_ref().map_or("Whisper".to_owned(), |level| format!("Whisper, {level}"));
    let body = html! {
        div.scroll role="region" aria-labelledby="spectra-title" tabindex="0" {
            table.spectra {
                caption { "Level of each of the ear's bands, in Hz, down to 48 dB under the track's loudest; the tick marks the
                    band that the others cover most. Heard: how much of its loudness a track keeps in the mix, and at "
                    (soft.as_deref().unwrap_or("a whisper")) " whether it stays audible." }
                thead { tr {
                    th scope="col" { "Track" }
                    th.picture scope="col" { span.sr { "Spectrum" } (head(&names(&hz))) }
                    th.num scope="col" { "Heard in the mix" }
                    th.num scope="col" { "Heard over the kick" }
                    th scope="col" { "Covered most by" }
                    th scope="col" { (title) }
                } }
                tbody { @for track in with_bands() { (row(&hz, &title, track)) } }
            }
        }
    };
    Some(Part { id: "spectra", title: "Spectra and masking", body })
}

/// Where a frequency lies among the bands' centres, in cells.
fn place(hz: &[f64], frequency: f64) -> f64 {
    let after = hz.partition_point(|centre| *centre < frequency);
    match (after.checked_sub(1).map(|k| hz[k]), hz.get(after)) {
        (Some(below), Some(above)) => after as f64 - 0.5 + (frequency / below).ln() / (above / below).ln(),
        (None, _) => 0.5,
        (_, None) => hz.len() as f64 - 0.5,
    }
}

fn names(hz: &[f64]) -> Vec<(f64, String)> {
    NAMED.iter().map(|(frequency, name)| (place(hz, *frequency) / hz.len() as f64, (*name).to_owned())).collect()
}

fn row(hz: &[f64], whisper_title: &str, track: &Value) -> Markup {
    let masking = &track["masking"];
    let risk = is(masking, "at_risk");
    html! {
        tr {
            (track_head(track))
            td.picture { (strip(hz, track)) }
            td.num data-label="Heard in the mix" {
                (share(number(masking, "by_mix")))
                @if risk { span.word.caution { " ! masked" } }
            }
            td.num data-label="Heard over the kick" { (share(number(masking, "by_kick"))) }
            td data-label="Covered most by" {
                @if text(masking, "masker").is_empty() { span.none { (NONE) } } @else { (text(masking, "masker")) }
                @if let Some(band) = number(masking, "band_hz") { span.unit { " at " (words::hz(band)) } }
            }
            td data-label=(whisper_title) { (whisper(&track["whisper"])) }
        }
    }
}

fn whisper(whisper: &Value) -> Markup {
    html! {
        @match whisper["audible"].as_bool() {
            Some(true) => { span.sits { "● audible" } @if let Some(place) = number(whisper, "place") { span.unit { " no. " (place) } } }
            Some(false) => span.caution { "! lost" },
            None => span.none { (NONE) },
        }
    }
}

fn share(ratio: Option<f64>) -> Markup {
    html! {
        @match ratio {
            Some(ratio) => { (format!("{:.0}", ratio * 100.0)) span.unit { " %" } }
            None => span.none { (NONE) },
        }
    }
}

fn strip(hz: &[f64], track: &Value) -> Markup {
    let levels = numbers(&track["bands"], "level_db");
    let loudest = levels.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let lost = number(&track["masking"], "band_hz");
    html! {
        svg.strip viewBox={ "0 0 " (CELL * hz.len() as f64) " 40" } preserveAspectRatio="none" aria-hidden="true" {
            @for (band, level) in levels.iter().enumerate() {
                @if let Some(level) = level {
                    @let share = (1.0 - (loudest - level) / RANGE).clamp(0.0, 1.0);
                    rect.band x=(round(CELL * band as f64 + 0.5)) width=(round(CELL - 1.0)) y=(round(36.0 - 34.0 * share))
                        height=(round(34.0 * share)) {}
                }
            }
            @if let Some(lost) = lost {
                rect.caution x=(round(CELL * (place(hz, lost) - 0.5))) width=(CELL) y="37" height="3" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frequency_lies_between_the_centres_around_it() {
        let hz = [100.0, 200.0, 400.0];
        assert_eq!((place(&hz, 50.0), place(&hz, 800.0)), (0.5, 2.5));
        assert!((place(&hz, 200.0) - 1.5).abs() < 1e-9);
        assert!((place(&hz, 283.0) - 2.0).abs() < 0.01);
    }
}
