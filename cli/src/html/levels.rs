//! Levels of each track over all that was heard, and its gain staging.

use keel_core::mix::words::{level, short};
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Mark, Ruler, mark};
use super::{Part, figure, heard, track_head};
use crate::json::{number, text};

/// Where the zones of gain staging end, in dBFS (rules: "Gain staging").
const ZONES: [(&str, f64, f64); 4] =
    [("zone-low", -48.0, -18.0), ("zone-ok", -18.0, -12.0), ("zone-warm", -12.0, -6.0), ("zone-hot", -6.0, 0.0)];

pub(super) fn part(report: &Value) -> Option<Part> {
    heard(report).next()?;
    let ruler = Ruler::new(-48.0, 3.0, 6.0, Some(0.0));
    let body = html! {
        div.scroll role="region" aria-labelledby="levels-title" tabindex="0" {
            table.levels {
                caption { "Largest peak at Keel's input against the zones: up to −18 low, −12 ok, −6 warm, 0 hot; and
                    levels over all that was heard." }
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
                tbody { @for track in heard(report) { (row(&ruler, track)) } }
            }
        }
    };
    Some(Part { id: "levels", title: "Gain staging and levels", body })
}

fn row(ruler: &Ruler, track: &Value) -> Markup {
    let staging = text(track, "gain_staging");
    let picture = html! {
        @for (class, from, to) in ZONES { (ruler.bar(class, from, to, 10.0)) }
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
