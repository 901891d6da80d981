//! Whether tracks of other processes are in the picture, and the code that links them.

use egui::{Id, Key, Rect, Response, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::button::focus_ring;
use super::pen::{Pen, Side};
use super::theme::{Type, Weight};
use super::{Action, Cx, ViewState, words};

const GAP: f32 = 12.0;
const FIELD: f32 = 168.0;
/// Characters of a code.
const LONGEST: usize = 40;

/// Draws the state of the link at the right end of `rect`; a click or Enter turns it into a field for the session code.
/// Answers what is left of `rect`.
pub(super) fn link(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState, actions: &mut Vec<Action>) -> Rect {
    let Some(link) = &cx.figures.report.link else { return rect };
    let theme = cx.theme;
    let id = ui.scope_id().with("link");
    if let Some(text) = &mut state.code {
        let left = rect.right() - theme.px(FIELD);
        if code_field(ui, cx, rect.with_min_x(left), id, text).lost_focus() {
            let code = state.code.take().unwrap_or_default();
            let cancelled = ui.input(|input| input.key_pressed(Key::Escape));
            if !cancelled && code.trim() != link.session_code.as_deref().unwrap_or_default() {
                actions.push(Action::SetCode(code.trim().to_owned()));
            }
        }
        return rect.with_max_x(left - theme.px(GAP));
    }
    let (label, caution) = words::link(link);
    let color = if caution { theme.palette.caution } else { theme.palette.secondary };
    let ink = theme.ink(Type::Small, Weight::Regular, color);
    let width = Pen::new(ui.painter(), theme).width(&label, &ink).ceil();
    let chip = rect.with_min_x(rect.right() - width);
    let response = ui.interact(chip, id, Sense::click());
    let told = words::link_told(link);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("Link: {told}")));
    let pen = Pen::new(ui.painter(), theme);
    let middle = rect.center().y - theme.px(2.0);
    let said = pen.centred(pos2(rect.right(), middle), Side::Right, &label, &ink);
    if response.hovered() {
        let y = middle + theme.px(9.0);
        pen.painter.hline(said.x_range(), y, Stroke::new(1.0, theme.palette.outline));
    }
    focus_ring(&pen, &response, chip.expand2(vec2(theme.px(4.0), 0.0)), 6.0);
    if response.clicked() {
        state.code = Some(link.session_code.clone().unwrap_or_default());
        ui.memory_mut(|memory| memory.request_focus(field_id(id)));
    }
    response.on_hover_text(format!("{told}\nClick to type a session code: all who type the same are linked"));
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
