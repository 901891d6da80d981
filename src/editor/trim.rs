//! The trim: the fader where none can be read.

use egui::accesskit::Action as Ask;
use egui::{EventFilter, Id, Key, Modifiers, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, remap, vec2};
use keel_core::units::Db;

use super::api::Action;
use super::button::focus_ring;
use super::context::Cx;
use super::figures;
use super::pen::{Pen, Side};
use super::theme::{Type, Weight};
use super::track_view_model::TRIM_RANGE_DB;
use super::view_state::ViewState;

const FINE_DB: f64 = 0.1;
const COARSE_DB: f64 = 1.0;
/// With shift a drag is this much finer.
const FINE_DRAG: f64 = 0.1;

pub(super) fn trim(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    let now = cx.controls.trim_db.0;
    let rail = Rect::from_min_max(
        pos2(rect.left() + theme.px(44.0), rect.top()),
        pos2(rect.right() - theme.px(72.0), rect.bottom()),
    );
    let id = trim_id(ui);
    let response = ui.interact(rail.expand2(vec2(theme.px(8.0), 0.0)), id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, now, "Trim in decibels"));
    drag(ui, &response, rail, now, state, actions);
    if response.double_clicked() {
        set(0.0, actions);
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        keys(ui, cx, actions);
    }
    asked(ui, id, now, actions);
    paint(ui, cx, rect, rail, &response);
}

pub(super) fn trim_id(ui: &Ui) -> Id {
    ui.scope_id().with("trim")
}

/// Arrows move it by 0.1 dB, with shift by 1; page keys by the profile's step; Delete sets it to 0.
pub(super) fn keys(ui: &Ui, cx: &Cx<'_>, actions: &mut Vec<Action>) {
    let (now, bold) = (cx.controls.trim_db.0, cx.shown.report.limits.step_db.0);
    let step = ui.input_mut(|input| {
        let mut pressed = |key: Key, fine: f64, coarse: f64| {
            // With shift first: a pattern without modifiers matches a shifted key too.
            let coarse = input.count_and_consume_key(Modifiers::SHIFT, key) as f64 * coarse;
            coarse + input.count_and_consume_key(Modifiers::NONE, key) as f64 * fine
        };
        pressed(Key::ArrowUp, FINE_DB, COARSE_DB) + pressed(Key::ArrowRight, FINE_DB, COARSE_DB)
            - pressed(Key::ArrowDown, FINE_DB, COARSE_DB)
            - pressed(Key::ArrowLeft, FINE_DB, COARSE_DB)
            + pressed(Key::PageUp, bold, bold)
            - pressed(Key::PageDown, bold, bold)
    });
    let zero = ui.input(|input| input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace));
    if zero {
        set(0.0, actions);
    } else if step != 0.0 {
        set(now + step, actions);
    }
}

/// What assistive technology asks of a slider.
fn asked(ui: &Ui, id: Id, now: f64, actions: &mut Vec<Action>) {
    let count = |action: Ask| ui.input(|input| input.num_accesskit_action_requests(id, action)) as f64;
    let step = (count(Ask::Increment) - count(Ask::Decrement)) * FINE_DB;
    if step != 0.0 {
        set(now + step, actions);
    }
}

/// A whole gesture. A trim that is already there is not set again.
fn set(db: f64, actions: &mut Vec<Action>) {
    actions.extend([Action::BeginTrim, Action::SetTrim(rounded(db)), Action::EndTrim]);
}

fn drag(ui: &Ui, response: &Response, rail: Rect, now: f64, state: &mut ViewState, actions: &mut Vec<Action>) {
    let pointer = response.interact_pointer_pos().map(|at| at.x);
    if response.drag_started() {
        state.trim_drag = pointer.map(|x| (now, x));
        actions.push(Action::BeginTrim);
    }
    if let (true, Some((at, from)), Some(x)) = (response.dragged(), state.trim_drag, pointer) {
        let fine = if ui.input(|input| input.modifiers.shift) { FINE_DRAG } else { 1.0 };
        let moved = f64::from(x - from) / f64::from(rail.width()) * 2.0 * TRIM_RANGE_DB * fine;
        // Relative to the last frame, so that shift can come and go within one drag.
        let to = (at + moved).clamp(-TRIM_RANGE_DB, TRIM_RANGE_DB);
        state.trim_drag = Some((to, x));
        if rounded(to) != rounded(now) {
            actions.push(Action::SetTrim(rounded(to)));
        }
    }
    if response.drag_stopped() {
        state.trim_drag = None;
        actions.push(Action::EndTrim);
    }
}

fn rounded(db: f64) -> Db {
    Db(((db * 10.0).round() / 10.0).clamp(-TRIM_RANGE_DB, TRIM_RANGE_DB) + 0.0)
}

fn paint(ui: &Ui, cx: &Cx<'_>, rect: Rect, rail: Rect, response: &Response) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let pen = Pen::new(ui.painter(), theme);
    let now = cx.controls.trim_db.0;
    let y = rect.center().y;
    let ink = theme.ink(Type::Body, Weight::Regular, palette.secondary);
    pen.centred(pos2(rect.left(), y), Side::Left, "Trim", &ink);
    let x = |db: f64| remap(db as f32, -TRIM_RANGE_DB as f32..=TRIM_RANGE_DB as f32, rail.x_range());
    let slot = Rect::from_x_y_ranges(rail.x_range(), y - theme.px(3.0)..=y + theme.px(3.0));
    pen.painter.rect_filled(slot, theme.radius(3.0), palette.raised);
    let (from, to) = (x(0.0), x(now));
    let filled = Rect::from_x_y_ranges(from.min(to)..=from.max(to), slot.y_range());
    pen.painter.rect_filled(filled, 0.0, palette.action);
    let middle = pen.painter.round_to_pixel_center(from);
    pen.painter.vline(middle, y - theme.px(7.0)..=y + theme.px(7.0), Stroke::new(1.0, palette.outline));
    let held = response.hovered() || response.dragged();
    pen.painter.circle_filled(pos2(to, y), theme.px(if held { 8.5 } else { 8.0 }), palette.text);
    let around = Rect::from_center_size(pos2(to, y), vec2(theme.px(16.0), theme.px(16.0)));
    focus_ring(&pen, response, around, 8.0);
    let ink = theme.ink(Type::Body, Weight::Medium, palette.text);
    pen.centred(pos2(rect.right() - theme.px(18.0), y), Side::Right, &figures::offset(Some(now)), &ink);
    let unit = theme.ink(Type::Tiny, Weight::Regular, palette.faint);
    pen.on_baseline(pos2(rect.right(), y + theme.px(4.6)), Side::Right, "dB", &unit);
}
