//! The balance picture: each track on one scale against the kick, its target as a place to be.

use keel_core::mix::words::{difference, level, short};
use maud::{Markup, html};
use serde_json::Value;

use super::draw::{Mark, Ruler, mark, stem};
use super::{Part, figure, track_head};
use crate::json::{is, list, number, text};
use crate::words;

/// Families in the order of a console, with the roles that they hold.
const FAMILIES: [(&str, &[&str]); 6] = [
    ("Drums", &["kick", "snare", "hats", "toms", "percussion", "cymbals", KIT]),
    ("Bass", &["bass", "808"]),
    ("Bed", &["guitars", "pads"]),
    ("Lead", &["lead-synth"]),
    ("Vocal", &["lead-vocal", "backing-vocals"]),
    ("Other", &["other", "group", "return"]),
];
/// Stands for the role of a whole kit in one track.
const KIT: &str = "kit";
/// The scale shows this much at least, in dB.
const USUAL: (f64, f64) = (-18.0, 6.0);
/// And never more than this.
const FARTHEST: (f64, f64) = (-36.0, 24.0);

pub(super) fn part(report: &Value) -> Option<Part> {
    let tracks = list(report, "tracks");
    if !tracks.iter().any(|track| text(track, "role") != "mix-bus") {
        return None;
    }
    let ruler = ruler(tracks);
    let against = if words::against_mix_alone(report).is_some() { "mix" } else { "kick" };
    let body = html! {
        div.scroll role="region" aria-labelledby="balance-title" tabindex="0" {
            table.balance {
                caption { "Offset of each track from the " (against) " in dB. The box is its target; a ring sits in it, a triangle
                    points the way to move. Move and After are the plan's, with all of its moves done." }
                thead { tr {
                    th scope="col" { "Track" }
                    th.picture scope="col" { span.sr { "Picture" } (ruler.head(|value| tick(value, against))) }
                    th.num scope="col" { "Offset" }
                    th.num scope="col" { "Target" }
                    th scope="col" { "Verdict" }
                    th.num scope="col" { "Move" }
                    th.num scope="col" { "After" }
                } }
                @for (family, roles) in FAMILIES {
                    @let members: Vec<_> =
                        tracks.iter().enumerate().filter(|(_, track)| roles.contains(&place_of(track))).collect();
                    @if !members.is_empty() {
                        tbody {
                            tr.family { th scope="rowgroup" colspan="7" { (family) } }
                            @for (at, track) in members { (row(&ruler, track, words::after(report, at))) }
                        }
                    }
                }
            }
        }
    };
    let title = if against == "mix" { "Balance against the mix" } else { "Balance against the kick" };
    Some(Part { id: "balance", title, body })
}

/// The role by which a track has its family.
fn place_of(track: &Value) -> &str {
    if is(track, "is_kit") { KIT } else { text(track, "role") }
}

fn tick(value: f64, zero: &str) -> String {
    if value == 0.0 { zero.to_owned() } else { format!("{}{}", if value > 0.0 { "+" } else { "" }, short(value)) }
}

/// The usual scale, wider where a track or a target asks for it.
fn ruler(tracks: &[Value]) -> Ruler {
    let offsets = tracks.iter().filter_map(|track| number(track, "offset_db"));
    let (low, high) = offsets.fold(USUAL, |(low, high), offset| (low.min(offset), high.max(offset)));
    let from = (low.max(FARTHEST.0) / 6.0).floor() * 6.0;
    let to = (high.min(FARTHEST.1) / 6.0).ceil() * 6.0;
    Ruler::new(from, to, 6.0, Some(0.0))
}

fn row(ruler: &Ruler, track: &Value, after: &Value) -> Markup {
    let is_reference = words::shows_own_level(track);
    let unit = words::unit(track);
    let target = &track["target"];
    html! {
        tr {
            (track_head(track))
            td.picture { (ruler.row(&picture(ruler, track))) }
            td.num data-label="Offset" {
                @if is_reference { (figure(number(track, "level_dbfs"), "dBFS", level)) }
                @else if text(track, "verdict") == "not-judged" { span.none { "–" } }
                @else { (figure(number(track, "offset_db"), unit, difference)) }
            }
            td.num.quiet data-label="Target" {
                @if let Some((low, high)) = number(target, "low_db").zip(number(target, "high_db")) {
                    (short(low)) " … " (short(high))
                    @let against = words::against(target);
                    @if !against.is_empty() { span.against { (against) } }
                }
            }
            td.verdict data-label="Verdict" { span class=(text(track, "verdict")) { (words::verdict(track)) } }
            td.num data-label="Move" {
                @if let Some(by) = number(track, "move_db").filter(|by| *by != 0.0) {
                    strong { (if by > 0.0 { "▲ " } else { "▼ " }) (short(by.abs())) }
                    span.sr { (if by > 0.0 { " dB up" } else { " dB down" }) }
                }
            }
            td.num data-label="After" {
                @if matches!(text(after, "verdict"), "low" | "sits" | "high") {
                    span class=(text(after, "verdict")) {
                        (figure(number(after, "offset_db"), if is_reference { "dBFS" } else { unit }, if is_reference { level } else { difference }))
                    }
                }
            }
        }
    }
}

fn picture(ruler: &Ruler, track: &Value) -> Markup {
    let target = &track["target"];
    let on_scale = matches!(text(target, "against"), "kick" | "bed" | "lead-vocal" | "mix");
    let band = number(target, "low_db").zip(number(target, "high_db")).filter(|_| on_scale);
    let is_reference = words::shows_own_level(track);
    let offset = number(track, "offset_db").filter(|_| on_scale && !is_reference);
    let verdict = text(track, "verdict");
    html! {
        @if let Some((low, high)) = band {
            (ruler.bar(if offset.is_some() { "box" } else { "box absent" }, low, high, 22.0))
        }
        @if is_reference { (mark(Mark::StandIn, "", ruler.x(0.0))) }
        @if let (Some(offset), Some((low, high))) = (offset, band) {
            @match verdict {
                "high" => { (stem("high", ruler.x(high), ruler.x(offset))) (mark(Mark::MoveDown, "high", ruler.x(offset))) }
                "low" => { (stem("low", ruler.x(low), ruler.x(offset))) (mark(Mark::MoveUp, "low", ruler.x(offset))) }
                "sits" => (mark(Mark::Ring, "sits", ruler.x(offset))),
                _ => (mark(Mark::Ring, "held", ruler.x(offset))),
            }
        }
    }
}
