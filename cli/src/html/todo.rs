//! What to do, in the order of what matters, and what else must be known.

use maud::html;
use serde_json::Value;

use super::Part;
use crate::json::{list, text};
use crate::words;

pub(super) fn part(report: &Value) -> Option<Part> {
    let advice = list(report, "advice");
    if advice.is_empty() {
        return None;
    }
    let body = html! {
        ol.todo {
            @for advice in advice {
                li { span.kind { (kind(text(advice, "kind"))) } span { (words::advice(advice)) } }
            }
        }
    };
    Some(Part { id: "todo", title: "What to do, most important first", body })
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
