//! What to do, in the order of what matters, and what else must be known.

use maud::{Markup, html};
use serde_json::Value;

use super::Part;
use crate::json::{list, text};
use crate::words::{self, Todo};

pub(super) fn part(report: &Value) -> Option<Part> {
    let todo = Todo::of(report);
    if list(report, "advice").is_empty() {
        return None;
    }
    let body = html! {
        @if !todo.plan.is_empty() {
            h3 { "Move, in this order" }
            p.quiet { "The moves are right when all of them are done." }
            (lines(&todo.plan, None))
        }
        @if !todo.rides.is_empty() {
            h3 { "Then ride" }
            (lines(&todo.rides, todo.more_rides.as_deref()))
        }
        @if !todo.others.is_empty() {
            h3 { "Also" }
            (lines(&todo.others, todo.more_others.as_deref()))
        }
    };
    Some(Part { id: "todo", title: "What to do", body })
}

fn lines(lines: &[(&Value, String)], more: Option<&str>) -> Markup {
    html! {
        ol.todo {
            @for (advice, sentence) in lines {
                li { span.kind { (kind(text(advice, "kind"))) } span { (sentence) } }
            }
        }
        @if let Some(more) = more { p.quiet { (more) } }
    }
}

fn kind(id: &str) -> &str {
    match id {
        "move-fader" => "Fader",
        "automate" => "Automate",
        "pan" => "Pan",
        "gain-stage" => "Gain",
        "mask" => "Masking",
        "mono" => "Mono",
        "role" => "Check",
        other => other,
    }
}

pub(super) fn notes(report: &Value) -> Option<Part> {
    let mut notes = words::notes(report);
    notes.extend(words::origins(report));
    if notes.is_empty() {
        return None;
    }
    let body = html! { ul.notes { @for note in notes { li { (note) } } } };
    Some(Part { id: "notes", title: "Notes", body })
}
