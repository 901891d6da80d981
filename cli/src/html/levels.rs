//! Levels of each track over all sound received, and its gain staging.

use keel_core::mix::words::{level, short};
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Mark, Ruler, mark};
use super::{Part, figure, measured, track_head};
use crate::json::{number, text};

/// Levels are drawn from here, in dBFS.
const BOTTOM: f64 = -48.0;

/// A zone of gain staging: its class, and where it begins and ends in dBFS.
type Zone = (&'static str, f64, f64);

/// The zones that the report was judged by; none where it has none.
fn zones(report: &Value) -> Vec<Zone> {
    let end = |key| number(&report["limits"]["gain_staging"], key);
    let (Some(low), Some(ok), Some(warm)) = (end("low_dbfs"), end("ok_dbfs"), end("warm_dbfs")) else {
        return Vec::new();
    };
    let (classes, ends) = (["zone-low", "zone-ok", "zone-warm", "zone-hot"], [BOTTOM, low, ok, warm, 0.0]);
    let drawn = |k: usize| (classes[k], ends[k].max(BOTTOM), ends[k + 1].max(BOTTOM));
    (0..classes.len()).map(drawn).filter(|(_, from, to)| from < to).collect()
}

/// "up to −18 low, −12 ok, −6 warm, 0 hot".
fn zone_words(zones: &[Zone]) -> String {
    let word = |(class, _, to): &Zone| format!("{} {}", short(*to), class.trim_start_matches("zone-"));
    format!("up to {}", zones.iter().map(word).collect::<Vec<_>>().join(", "))
}

pub(super) fn part(report: &Value) -> Option<Part> {
    measured(report).next()?;
    let zones = zones(report);
    let ruler = Ruler::new(BOTTOM, 3.0, 6.0, Some(0.0));
    let body = html! {
        div.scroll role="region" aria-labelledby="levels-title" tabindex="0" {
            table.levels {
                caption { "Largest peak at Keel's input"
                    @if !zones.is_empty() { " against the zones: " (zone_words(&zones)) }
                    "; and levels over all sound received." }
                thead { tr {
                    th scope="col" { "Track" }
                    th.picture scope="col" { span.sr { "Picture" } (ruler.head(|value| if value % 12.0 == 0.0 { short(value) } else { String::new() })) }
                    th scope="col" { "Input" }
                    th.num scope="col" { "Peak" span.unit { " dBFS" } }
                    th.num scope="col" { "True peak" span.unit { " dBTP" } }
                    th.num scope="col" { "RMS" span.unit { " dBFS" } }
                    th.num scope="col" { "Crest" span.unit { " dB" } }
                    th.num scope="col" { "Loudness" span.unit { " LUFS" } }
                    th.num scope="col" { "Range" span.unit { " LU" } }
                } }
                tbody { @for track in measured(report) { (row(&ruler, &zones, track)) } }
            }
        }
    };
    Some(Part { id: "levels", title: "Gain staging and levels", body })
}

fn row(ruler: &Ruler, zones: &[Zone], track: &Value) -> Markup {
    let staging = text(track, "gain_staging");
    let picture = html! {
        @for (class, from, to) in zones { (ruler.bar(class, *from, *to, 10.0)) }
        @if let Some(peak) = number(track, "input_peak_dbfs") {
            (mark(Mark::Dot, &format!("staging-{staging}"), ruler.x(peak)))
        }
    };
    html! {
        tr {
            (track_head(track))
            td.picture { (ruler.row(&picture)) }
            td data-label="Input" { span class={ "staging-" (staging) } { (staging) } }
            @for (label, key) in [("Peak", "sample_peak_dbfs"), ("True peak", "true_peak_dbtp"), ("RMS", "rms_dbfs"),
                ("Crest", "crest_db"), ("Loudness", "integrated_lufs"), ("Range", "loudness_range_lu")] {
                td.num data-label=(label) { (figure(number(track, key), "", level)) }
            }
        }
    }
}
