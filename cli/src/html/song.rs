//! The song from left to right: each track's loudness, and where the balance breaks.

use keel_core::mix::words::{clock, difference, short};
use keel_core::units::Seconds;
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{head, round};
use super::{Part, track_head};
use crate::json::{list, number, numbers, text};
use crate::table::figures::{bars, times};
use crate::words;

/// A lane's picture in its own units.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 40.0;
/// How far under its loudest a track is still drawn, in LU.
const RANGE: f64 = 40.0;
/// Figures on the clock, at most.
const TICKS: f64 = 8.0;

/// The stretch of the song that the lanes show.
struct Axis {
    from: f64,
    to: f64,
    steps: usize,
}

impl Axis {
    fn x(&self, second: f64) -> f64 {
        ((second - self.from) / (self.to - self.from)).clamp(0.0, 1.0) * WIDTH
    }
}

pub(super) fn part(report: &Value) -> Option<Part> {
    let timeline = &report["timeline"];
    let (from, step) = number(timeline, "from_s").zip(number(timeline, "step_s"))?;
    let lanes = list(timeline, "lanes");
    let steps = lanes.iter().map(|lane| list(lane, "lufs").len()).max().filter(|steps| *steps > 0)?;
    let axis = Axis { from, to: from + step * steps as f64, steps };
    let body = html! {
        div.scroll role="region" aria-labelledby="song-title" tabindex="0" {
            table.lanes {
                caption { "Loudness of each track along the song, 40 LU down from its own loudest. Where the balance
                    breaks stands in colour, and as a list below. The outlined stretch is where the verdicts were read." }
                thead { tr { th scope="col" { "Track" } th scope="col" { span.sr { "Song" } (head(&clock_places(axis.from, axis.to))) } } }
                tbody { @for (at, lane) in lanes.iter().enumerate() { (row(report, &axis, at, lane)) } }
            }
        }
        (breaks(report))
    };
    Some(Part { id: "song", title: "Along the song", body })
}

/// Whole seconds, minutes or more between the figures of the clock.
fn tick_step(length: f64) -> f64 {
    const STEPS: [f64; 9] = [5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0];
    STEPS.into_iter().find(|step| length / step <= TICKS).unwrap_or(3600.0)
}

/// The figures of the clock from one second to another, at their share of the way.
pub(super) fn clock_places(from: f64, to: f64) -> Vec<(f64, String)> {
    let step = tick_step(to - from);
    let (first, last) = ((from / step).ceil() as i64, (to / step).floor() as i64);
    let places = (first..=last).map(|k| k as f64 * step);
    let places = places.map(|second| ((second - from) / (to - from), clock(Seconds(second))));
    // A figure at the very end would be cut.
    places.filter(|(share, _)| *share < 0.98).collect()
}

/// One of `count` columns, as high as its share; a hair lies between them, so that few of them read as steps.
pub(super) fn column(k: usize, count: usize, share: f64) -> String {
    let width = WIDTH / count as f64;
    let (a, b) = (width * k as f64, width * (k + 1) as f64 - (width * 0.15).min(1.5));
    let (top, bottom) = (HEIGHT - 2.0 - share.clamp(0.0, 1.0) * (HEIGHT - 6.0), HEIGHT - 2.0);
    format!("M{} {}H{}V{}H{}Z", round(a), round(top), round(b), round(bottom), round(a))
}

fn row(report: &Value, axis: &Axis, at: usize, lane: &Value) -> Markup {
    let name = text(lane, "track");
    let none = Value::Null;
    let same_place = list(report, "tracks").get(at).filter(|track| text(track, "name") == name);
    let track = same_place.or_else(|| list(report, "tracks").iter().find(|track| text(track, "name") == name));
    let track = track.unwrap_or(&none);
    let part = text(track, "part");
    let breaks: Vec<_> = list(report, "breaks")
        .iter()
        .filter(|found| text(found, "track") == name || (!part.is_empty() && text(found, "track") == part))
        .collect();
    html! {
        tr {
            (track_head(track))
            td.picture {
                svg.lane viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true" {
                    path.sound d=(sound(&numbers(lane, "lufs"), axis.steps)) {}
                    @for found in &breaks { (span(axis, found, text(found, "verdict"))) }
                    (span(axis, &report["scope"], "scope"))
                }
                span.sr {
                    @if breaks.is_empty() { "no break" } @else { (breaks.len()) " breaks, listed below" }
                }
            }
        }
    }
}

fn span(axis: &Axis, span: &Value, class: &str) -> Markup {
    let Some((from, to)) = number(span, "from_s").zip(number(span, "to_s")) else { return html! {} };
    let (a, b) = (axis.x(from), axis.x(to));
    html! { rect class=(class) x=(round(a)) width=(round((b - a).max(2.0))) y="0.5" height="39" {} }
}

/// A column for each step with sound, as high as it was loud.
fn sound(lufs: &[Option<f64>], steps: usize) -> String {
    let loudest = lufs.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let steps_of = lufs.iter().enumerate();
    steps_of.filter_map(|(k, lufs)| Some(column(k, steps, 1.0 - (loudest - (*lufs)?) / RANGE))).collect()
}

fn breaks(report: &Value) -> Markup {
    let (breaks, more) = words::breaks(report);
    html! {
        @if breaks.is_empty() {
            p.quiet { "With the plan done the balance does not break anywhere in the song." }
        } @else {
            h3 { "Where it breaks with the plan done, the worst first" }
            ul.breaks {
                @for found in breaks {
                    @let high = text(found, "verdict") == "high";
                    @let track = list(report, "tracks").iter().find(|track| track["name"] == found["track"]);
                    li {
                        span.when {
                            (times(number(found, "from_s"), number(found, "to_s")).unwrap_or_default())
                            @if let Some(bars) = bars(number(found, "from_bar"), number(found, "to_bar")) { span.unit { " " (bars) } }
                        }
                        span class=(text(found, "verdict")) { (if high { "▼ " } else { "▲ " }) strong { (text(found, "track")) }
                            (if high { " too loud" } else { " too quiet" }) }
                        span {
                            "at " (number(found, "offset_db").map_or_else(String::new, difference)) " "
                            (words::unit(track.unwrap_or(&Value::Null)))
                            @match number(found, "move_db") {
                                Some(by) => { ", ride " (if by > 0.0 { "+" } else { "" }) (short(by)) },
                                None => { ", more than any ride: it rests there, or is not what its name says" },
                            }
                            ": " (text(found, "cause"))
                        }
                    }
                }
            }
            @if let Some(more) = more { p.quiet { (more) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_has_eight_figures_at_most() {
        for length in [3.0, 40.0, 61.0, 240.0, 3_600.0, 10_800.0] {
            assert!(length / tick_step(length) <= TICKS, "{length} s");
        }
        assert_eq!(tick_step(240.0), 30.0);
    }

    #[test]
    fn silence_leaves_a_gap() {
        let path = sound(&[Some(-20.0), None, Some(-60.0)], 3);
        assert_eq!(path.matches('M').count(), 2);
        assert!(path.starts_with("M0 4H"), "the loudest reaches the top: {path}");
    }
}
