//! The pan map, correlation, and what each track loses in mono.

use keel_core::mix::words::level;
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Mark, Ruler, mark};
use super::{Part, figure, measured, track_head};
use crate::json::{is, number, text};
use crate::table::figures::two;

/// Mono loss is drawn down to this, in dB.
const FARTHEST_LOSS: f64 = -12.0;

pub(super) fn part(report: &Value) -> Option<Part> {
    measured(report).next()?;
    let pan = Ruler::new(-1.0, 1.0, 0.5, Some(0.0));
    let gone = number(&report["limits"], "mono_disappears_db");
    let loss = Ruler::new(FARTHEST_LOSS, 0.0, 3.0, None);
    let body = html! {
        div.scroll role="region" aria-labelledby="stereo-title" tabindex="0" {
            table.stereo {
                caption { "Where each track stands between the speakers: the mark is its centre, the bar how far its
                    channels differ. What it loses when both channels go to one speaker." }
                thead { tr {
                    th scope="col" { "Track" }
                    th.picture scope="col" { span.sr { "Pan map" } (pan.head(pan_tick)) }
                    th.num scope="col" { "Pan" }
                    th.num scope="col" { "Correlation" }
                    th.picture.small scope="col" { span.sr { "Picture" } (loss.head(|value| if value % 6.0 == 0.0 { level(value).replace(".0", "") } else { String::new() })) }
                    th.num scope="col" { "In mono" span.unit { " dB" } }
                    th.num scope="col" { "Side below 120 Hz" span.unit { " dB" } }
                } }
                tbody { @for track in measured(report) { (row(&pan, &loss, gone, track)) } }
            }
        }
    };
    Some(Part { id: "stereo", title: "Pan and mono", body })
}

fn pan_tick(value: f64) -> String {
    match value {
        value if value <= -1.0 => "left".to_owned(),
        value if value >= 1.0 => "right".to_owned(),
        0.0 => "centre".to_owned(),
        _ => String::new(),
    }
}

/// `gone` is what a track loses at least that disappears in mono.
fn row(pan_ruler: &Ruler, loss_ruler: &Ruler, gone: Option<f64>, track: &Value) -> Markup {
    let (pan, correlation, loss) = (number(track, "pan"), number(track, "correlation"), number(track, "mono_loss_db"));
    let disappears = loss.zip(gone).is_some_and(|(loss, gone)| -loss >= gone);
    let judged = if text(track, "pan_verdict") == "off" { "caution" } else { "plain" };
    let place = html! {
        @if let Some(pan) = pan {
            // Unrelated channels fill the way to the nearer speaker, opposite ones the whole stage.
            @let width = correlation.map_or(0.0, |value| (1.0 - value).clamp(0.0, 2.0) / 2.0);
            (pan_ruler.bar("width", (pan - width).max(-1.0), (pan + width).min(1.0), 8.0))
            (mark(Mark::Dot, judged, pan_ruler.x(pan)))
        }
    };
    let lost = html! {
        @if let Some(loss) = loss {
            (loss_ruler.bar(if is(track, "thin_in_mono") { "loss caution" } else { "loss" }, loss.max(FARTHEST_LOSS), 0.0, 22.0))
        }
    };
    html! {
        tr {
            (track_head(track))
            td.picture { (pan_ruler.row(&place)) }
            td.num data-label="Pan" {
                (figure(pan, "", |value| two(Some(value))))
                @if judged == "caution" { span.word.caution { " ! off" } }
            }
            td.num data-label="Correlation" { (figure(correlation, "", |value| two(Some(value)))) }
            td.picture.small { (loss_ruler.row(&lost)) }
            td.num data-label="In mono" {
                (figure(loss, "", level))
                @if is(track, "thin_in_mono") {
                    span.word.caution { (if disappears { " ! disappears" } else { " ! thinner" }) }
                }
            }
            td.num data-label="Side below 120 Hz" { (figure(number(track, "low_side_db"), "", level)) }
        }
    }
}
