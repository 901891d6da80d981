//! The page of the whole session: its targets, its tracks, and how it is linked.

mod targets;
mod tracks;

use egui::{Key, Modifiers, Popup, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::api::Action;
use super::button::{Button, Fill, back_sign, focus_ring};
use super::context::Cx;
use super::layout::{Form, WindowLayout};
use super::pen::{Pen, Side};
use super::theme::{Type, Weight};
use super::view_state::ViewState;
use super::{link, words};

/// Between the hints and what leads here.
const GAP: f32 = 12.0;
const BACK: f32 = 78.0;

/// Draws what leads to the page at the right end of `rect`; answers what is left of it.
pub(super) fn chip(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState) -> Rect {
    let Some(link) = &cx.shown.report.link else { return rect };
    let theme = cx.theme;
    let (label, caution) = words::session(cx.shown.rows.len(), link);
    let color = if caution { theme.palette.caution } else { theme.palette.secondary };
    let ink = theme.ink(Type::Small, Weight::Regular, color);
    let width = Pen::new(ui.painter(), theme).width(&label, &ink).ceil() + theme.px(10.0);
    let place = rect.with_min_x(rect.right() - width);
    let response = ui.interact(place, ui.scope_id().with("session"), Sense::click());
    let sentence = words::link_sentence(link);
    let spoken = format!("Session: {label}. Link: {sentence}");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &spoken));
    let pen = Pen::new(ui.painter(), theme);
    let middle = rect.center().y - theme.px(2.0);
    let said = pen.centred(pos2(place.left(), middle), Side::Left, &label, &ink);
    pen.chevron(pos2(place.right() - theme.px(2.5), middle), theme.px(3.5), color);
    if response.hovered() {
        let y = middle + theme.px(9.0);
        pen.painter.hline(said.x_range(), y, Stroke::new(1.0, theme.palette.outline));
    }
    focus_ring(&pen, &response, place.expand2(vec2(theme.px(4.0), 0.0)), 6.0);
    if response.clicked() {
        state.open_session();
    }
    response.on_hover_text(format!("{sentence}\nTracks, targets and link of the session (S)"));
    rect.with_max_x(place.left() - theme.px(GAP))
}

/// Draws the page over all of the window.
pub(super) fn page(ui: &mut Ui, cx: &Cx<'_>, plan: &WindowLayout, state: &mut ViewState, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    // Escape closes these first; asked before they have seen it.
    let is_busy = state.code.is_some() || Popup::is_any_open(ui.ctx());
    let margin = theme.px(if plan.form == Form::Compact { 12.0 } else { 16.0 });
    header(ui, cx, plan.header, margin, state);
    let inner = Rect::from_min_max(plan.header.left_bottom(), plan.footer.max).shrink2(vec2(margin, 0.0));
    let foot = theme.px(if plan.form == Form::Compact { 34.0 } else { 40.0 });
    let bottom = inner.bottom() - foot;
    let mut below = targets::targets(ui, cx, inner.with_max_y(bottom), actions);
    if let Some(refused) = &cx.controls.refused {
        below = targets::caution(ui, cx, inner, below + theme.px(10.0), refused);
    }
    tracks::tracks(ui, cx, inner.with_min_y(below).with_max_y(bottom), actions);
    let panel = Rect::from_min_max(pos2(plan.header.left(), bottom), plan.footer.max);
    ui.painter().rect_filled(panel, 0.0, theme.palette.panel);
    link::link(ui, cx, inner.with_min_y(bottom), state, actions);
    if !is_busy && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        state.session = false;
    }
}

fn header(ui: &Ui, cx: &Cx<'_>, rect: Rect, margin: f32, state: &mut ViewState) {
    let theme = cx.theme;
    ui.painter().rect_filled(rect, 0.0, theme.palette.panel);
    let inner = rect.shrink2(vec2(margin, 0.0));
    let place = Rect::from_center_size(
        pos2(inner.left() + theme.px(BACK / 2.0), inner.center().y),
        vec2(theme.px(BACK), theme.px(28.0)),
    );
    let spoken = format!("Back to {}", cx.shown.track.name);
    let back = Button { label: "Back", spoken: &spoken, fill: Fill::Raised, sign: Some(back_sign), size: Type::Body };
    let response = back.show(ui, theme, place, ui.scope_id().with("back"));
    if response.clicked() {
        state.session = false;
    }
    response.on_hover_text(format!("{spoken} (Escape)"));
    let ink = theme.ink(Type::Title, Weight::Medium, theme.palette.text);
    let left = place.right() + theme.px(14.0);
    Pen::new(ui.painter(), theme).elided(
        pos2(left, inner.center().y),
        Side::Left,
        "Session",
        &ink,
        inner.right() - left,
    );
}
