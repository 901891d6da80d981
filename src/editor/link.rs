//! Whether tracks of other processes are in the session, and the code that links them.

use egui::{Id, Key, Rect, Response, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2};

use keel_core::mix::LinkReport;

use super::api::Action;
use super::button::focus_ring;
use super::context::Cx;
use super::pen::{Pen, Side};
use super::theme::{Type, Weight};
use super::view_state::ViewState;
use super::words;

const GAP: f32 = 12.0;
const FIELD: f32 = 168.0;
/// Characters of a code.
const LONGEST: usize = 40;

/// Draws how the session is linked, and at the right end its code; a click or Enter turns that into a field.
pub(super) fn link(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState, actions: &mut Vec<Action>) {
    let Some(link) = &cx.shown.report.link else { return };
    let rest = code(ui, cx, rect, link, state, actions);
    let theme = cx.theme;
    let sentence = words::link_sentence(link);
    let color = if words::link(link).1 { theme.palette.caution } else { theme.palette.secondary };
    let ink = theme.ink(Type::Small, Weight::Regular, color);
    let response = ui.interact(rest, ui.scope_id().with("link"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("Link: {sentence}")));
    Pen::new(ui.painter(), theme).elided(rest.left_center(), Side::Left, &words::link_line(link), &ink, rest.width());
    response.on_hover_text(sentence);
}

/// Answers what is left of `rect`.
fn code(
    ui: &mut Ui,
    cx: &Cx<'_>,
    rect: Rect,
    link: &LinkReport,
    state: &mut ViewState,
    actions: &mut Vec<Action>,
) -> Rect {
    let theme = cx.theme;
    let id = ui.scope_id().with("code");
    let own = link.session_code.as_deref().unwrap_or_default();
    if let Some(text) = &mut state.code {
        let left = rect.right() - theme.px(FIELD);
        if code_field(ui, cx, rect.with_min_x(left), id, text).lost_focus() {
            let code = state.code.take().unwrap_or_default();
            let cancelled = ui.input(|input| input.key_pressed(Key::Escape));
            if !cancelled && code.trim() != own {
                actions.push(Action::SetCode(code.trim().to_owned()));
            }
        }
        return rect.with_max_x(left - theme.px(GAP));
    }
    let label = if own.is_empty() { "Add a code".to_owned() } else { format!("Code: {own}") };
    let ink = theme.ink(Type::Small, Weight::Medium, theme.palette.action);
    let width = Pen::new(ui.painter(), theme).width(&label, &ink).ceil().min(rect.width() * 0.5);
    let chip = Rect::from_center_size(
        pos2(rect.right() - width / 2.0, rect.center().y),
        vec2(width, rect.height().min(theme.px(24.0))),
    );
    let response = ui.interact(chip, id, Sense::click());
    let spoken = if own.is_empty() { "Session code: none".to_owned() } else { format!("Session code: {own}") };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &spoken));
    let pen = Pen::new(ui.painter(), theme);
    let said = pen.elided(chip.left_center(), Side::Left, &label, &ink, width);
    if response.hovered() {
        let y = chip.center().y + theme.px(9.0);
        pen.painter.hline(said.x_range(), y, Stroke::new(1.0, theme.palette.outline));
    }
    focus_ring(&pen, &response, chip.expand2(vec2(theme.px(4.0), 0.0)), 6.0);
    if response.clicked() {
        state.code = Some(own.to_owned());
        ui.memory_mut(|memory| memory.request_focus(field_id(id)));
    }
    response.on_hover_text("All who type the same session code are linked, in whatever program");
    rect.with_max_x(chip.left() - theme.px(GAP))
}

fn field_id(id: Id) -> Id {
    id.with("field")
}

fn code_field(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, id: Id, text: &mut String) -> Response {
    let rect = Rect::from_center_size(rect.center(), vec2(rect.width(), cx.theme.px(24.0)));
    let ink = cx.theme.ink(Type::Small, Weight::Regular, cx.theme.palette.text);
    let edit = TextEdit::singleline(text)
        .id(field_id(id))
        .font(ink.font)
        .text_color(ink.color)
        .char_limit(LONGEST)
        .hint_text("session code")
        .align(egui::Align2::LEFT_CENTER)
        .background_color(cx.theme.palette.ground);
    let response = ui.put(rect, edit);
    let stroke = Stroke::new(cx.theme.px(1.5), cx.theme.palette.action);
    ui.painter().rect_stroke(rect, cx.theme.radius(6.0), stroke, StrokeKind::Inside);
    response
}
