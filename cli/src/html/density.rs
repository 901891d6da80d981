//! How dense a mix is along the song: loudness, crest and the share of bands that sound.

use keel_core::mix::words::level;
use maud::{Markup, html};
use serde_json::Value;

use super::Part;
use super::draw::{head, round};
use super::song::{clock_places, column};
use crate::json::{list, number};

/// A lane: its key in the report, its name, its unit, and what one of its unit is worth as it is written.
const LANES: [(&str, &str, &str, f64); 3] = [
    ("lufs", "Loudness", "LUFS", 1.0),
    ("crest_db", "Crest factor", "dB", 1.0),
    ("bands", "Bands that sound", "%", 100.0),
];

pub(super) fn part(report: &Value) -> Option<Part> {
    let density = &report["density"];
    let steps = list(density, "steps");
    let (from, step) = number(density, "from_s").zip(number(density, "step_s")).filter(|_| steps.len() > 1)?;
    let places = clock_places(from, from + step * steps.len() as f64);
    let body = html! {
        div.scroll role="region" aria-labelledby="density-title" tabindex="0" {
            table.lanes {
                caption { "Each column is " (round(step)) " s of the song, each lane from its lowest to its highest. Small crest
                    is where a limiter works or much plays at once; bands sound within 40 dB of the song's loudest." }
                thead { tr { th scope="col" { "Measure" } th scope="col" { span.sr { "Song" } (head(&places)) } th.num scope="col" { "From … to" } } }
                tbody { @for lane in LANES { (row(steps, lane)) } }
            }
        }
    };
    Some(Part { id: "density", title: "Density along the song", body })
}

fn row(steps: &[Value], (key, name, unit, worth): (&str, &str, &str, f64)) -> Markup {
    let values: Vec<Option<f64>> = steps.iter().map(|step| number(step, key).map(|value| value * worth)).collect();
    let lowest = values.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let share = |value: f64| if highest > lowest { (value - lowest) / (highest - lowest) } else { 1.0 };
    let count = values.len();
    let path: String =
        values.iter().enumerate().filter_map(|(k, value)| Some(column(k, count, share((*value)?)))).collect();
    html! {
        tr {
            th scope="row" { span.name { (name) } }
            td.picture { svg.lane viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true" { path.sound d=(path) {} } }
            td.num data-label="From … to" {
                @if highest >= lowest { (level(lowest)) " … " (level(highest)) span.unit { " " (unit) } } @else { span.none { "–" } }
            }
        }
    }
}
