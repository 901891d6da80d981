//! What the user holds: trim, mono check, reference tag, out.

use egui::{Rect, Ui, pos2, vec2};

use super::api::{Action, MonoScope};
use super::button::{Switch, dot_sign, moon_sign, out_sign};
use super::context::Cx;
use super::layout::Form;
use super::trim::trim;
use super::view_state::ViewState;

const GAP: f32 = 8.0;

pub(super) fn footer(ui: &Ui, cx: &Cx<'_>, rect: Rect, form: Form, state: &mut ViewState, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    ui.painter().rect_filled(rect, 0.0, theme.palette.panel);
    let (margin, row) = match form {
        Form::Compact => (12.0, 28.0),
        Form::Regular | Form::Wide => (16.0, 32.0),
    };
    let inner = rect.shrink2(vec2(theme.px(margin), 0.0));
    let row = theme.px(row);
    let (upper, lower) = match form {
        Form::Wide => {
            let (left, right) = inner.split_left_right_at_fraction(0.45);
            let middle = |side: Rect| Rect::from_center_size(side.center(), vec2(side.width(), row));
            (middle(left.with_max_x(left.right() - theme.px(16.0))), middle(right))
        }
        Form::Compact | Form::Regular => {
            let gap = (inner.height() - 2.0 * row) / 3.0;
            let at = |top: f32| Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), row));
            (at(inner.top() + gap * 0.8), at(inner.bottom() - gap - row))
        }
    };
    trim(ui, cx, upper, state, actions);
    switches(ui, cx, lower, actions);
}

fn switches(ui: &Ui, cx: &Cx<'_>, rect: Rect, actions: &mut Vec<Action>) {
    let (theme, palette, controls) = (cx.theme, cx.theme.palette, cx.controls);
    let gap = theme.px(GAP);
    let width = (rect.width() - 2.0 * gap) / 3.0;
    let place =
        |index: f32| Rect::from_min_size(rect.min + vec2(index * (width + gap), 0.0), vec2(width, rect.height()));
    let (spoken, help) = match controls.mono_scope {
        MonoScope::Bus => ("Mono check on the mix bus", "Hear the mix bus in mono (M)"),
        MonoScope::Track => ("Mono check on this track", "No Keel on the mix bus: puts this track alone in mono (M)"),
    };
    let label = if controls.mono_scope == MonoScope::Bus { "Mono bus" } else { "Mono" };
    let mono = Switch { label, spoken, on: controls.mono_check, color: palette.action, sign: moon_sign };
    let response = mono.show(ui, theme, place(0.0), ui.scope_id().with("mono")).on_hover_text(help);
    if response.clicked() {
        actions.push(Action::SetMono(!controls.mono_check));
    }
    let reference = Switch {
        label: "Reference",
        spoken: "Reference: this track is the kick that all are measured against",
        on: controls.reference,
        color: palette.action,
        sign: dot_sign,
    };
    let response = reference.show(ui, theme, place(1.0), ui.scope_id().with("reference"));
    if response.on_hover_text("Measure every track against this one (R)").clicked() {
        actions.push(Action::SetReference(!controls.reference));
    }
    let out = Switch {
        label: "Out",
        spoken: "Out: leave this track out of the judgement",
        on: controls.out,
        color: palette.caution,
        sign: out_sign,
    };
    let response = out.show(ui, theme, place(2.0), ui.scope_id().with("out"));
    if response.on_hover_text("Leave this track out of the judgement").clicked() {
        actions.push(Action::SetOut(!controls.out));
    }
}
