//! Every track of the session, one a row, and what can be done with it.

use egui::{Popup, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use keel_core::mix::Verdict;
use keel_core::mix::words as balance;

use super::super::api::Action;
use super::super::button::{dots_sign, focus_ring, out_sign};
use super::super::context::Cx;
use super::super::pen::{Pen, ShapeStyle, Side};
use super::super::row::Row;
use super::super::standing::{Standing, Tone, tone};
use super::super::theme::{Type, Weight};

const HEIGHT: f32 = 30.0;
const MENU: f32 = 26.0;

pub(super) fn tracks(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    let rows = &cx.shown.rows;
    let top = rect.top() + theme.px(22.0);
    let pen = Pen::new(ui.painter(), theme);
    let caption = theme.caption(theme.palette.secondary);
    pen.centred(pos2(rect.left(), top), Side::Left, &format!("TRACKS · {}", rows.len()), &caption);
    let ignored = rows.iter().filter(|row| row.is_ignored()).count();
    if ignored > 0 {
        let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.secondary);
        pen.centred(pos2(rect.right(), top), Side::Right, &format!("{ignored} ignored"), &ink);
    }
    let list = rect.with_min_y(top + theme.px(10.0));
    ui.painter().hline(list.x_range(), list.top(), theme.hair(theme.palette.line));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(list.with_min_y(list.top() + 1.0)));
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ScrollArea::vertical().auto_shrink(false).id_salt("tracks").show(&mut ui, |ui| {
        for row in rows {
            actions.extend(show(ui, cx, row));
        }
    });
}

/// One row; answers what the user asks of the track.
fn show(ui: &mut Ui, cx: &Cx<'_>, row: &Row) -> Option<Action> {
    let theme = cx.theme;
    let size = vec2(ui.available_width(), theme.px(HEIGHT));
    // A click on the row opens nothing: its button is what the keyboard stops at.
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    let is_me = row.id == cx.shown.track.id;
    let spoken = format!("{}, {}: {}{}", row.name, row.role, row.words, if is_me { ", this track" } else { "" });
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &spoken));
    let menu = Rect::from_center_size(
        pos2(rect.right() - theme.px(MENU / 2.0 + 2.0), rect.center().y),
        vec2(theme.px(MENU), theme.px(24.0)),
    );
    let button = ui.interact(menu, ui.scope_id().with(("menu", row.id.0)), Sense::click());
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Menu of {}: {}", row.name, row.words)));
    if button.gained_focus() {
        button.scroll_to_me(None);
    }
    let is_over = response.contains_pointer() || button.has_focus();
    paint(ui, cx, rect.with_max_x(menu.left() - theme.px(8.0)), row, is_over.then_some(rect), is_me);
    let pen = Pen::new(ui.painter(), theme);
    if button.hovered() {
        pen.painter.rect_filled(menu, theme.radius(6.0), theme.palette.hover);
    }
    dots_sign(&pen, menu.center(), theme.palette.secondary, false);
    focus_ring(&pen, &button, menu.shrink(theme.px(2.0)), 6.0);
    let lines = [mend(row), Some(ignore(row))];
    let items = |ui: &mut Ui| menu_of(ui, cx, &lines);
    let by_button = Popup::menu(&button).accessible_name(format!("Menu of {}", row.name)).show(items);
    let by_row = Popup::context_menu(&response).accessible_name(format!("Menu of {}", row.name)).show(items);
    by_button.or(by_row).and_then(|shown| shown.inner)
}

fn paint(ui: &Ui, cx: &Cx<'_>, rect: Rect, row: &Row, lit: Option<Rect>, is_me: bool) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let pen = Pen::new(ui.painter(), theme);
    if let Some(whole) = lit {
        pen.painter.rect_filled(whole, theme.radius(6.0), palette.raised);
    }
    if is_me {
        let bar =
            Rect::from_min_size(rect.min + vec2(0.0, theme.px(6.0)), vec2(theme.px(2.0), theme.px(HEIGHT - 12.0)));
        pen.painter.rect_filled(bar, theme.radius(1.0), palette.action);
    }
    let color = match tone(row.standing) {
        Tone::Sits => palette.sits,
        Tone::High => palette.high,
        Tone::Low => palette.low,
        Tone::Caution => palette.caution,
        Tone::Quiet => palette.faint,
    };
    let middle = rect.center().y;
    sign(&pen, pos2(rect.left() + theme.px(15.0), middle), row.standing, color);
    let ink = theme.ink(Type::Small, Weight::Regular, color);
    let widest = rect.width() * 0.5;
    let width = pen.width(&row.words, &ink).min(widest);
    pen.elided(pos2(rect.right() - width, middle), Side::Left, &row.words, &ink, widest);

    let left = rect.left() + theme.px(30.0);
    let room = rect.right() - width - theme.px(12.0) - left;
    let quiet = matches!(row.standing, Standing::Ignored | Standing::Out);
    let weight = if is_me { Weight::Medium } else { Weight::Regular };
    let name = theme.ink(Type::Body, weight, if quiet { palette.faint } else { palette.text });
    let said = pen.elided(pos2(left, middle), Side::Left, &row.name, &name, room);
    let ink = theme.ink(Type::Small, Weight::Regular, palette.faint);
    let after = said.width() + theme.px(8.0);
    if after + pen.width(&row.role, &ink) <= room {
        pen.centred(pos2(left + after, middle), Side::Left, &row.role, &ink);
    }
}

/// The verdict's shape, so that it needs no colour.
fn sign(pen: &Pen<'_>, at: egui::Pos2, standing: Standing, color: egui::Color32) {
    let px = |points: f32| pen.theme.px(points);
    match standing {
        Standing::Ignored | Standing::Out => out_sign(pen, at, color, true),
        Standing::Judged(Verdict::Sits) => _ = pen.painter.circle_filled(at, px(4.5), color),
        Standing::Judged(Verdict::High) => pen.triangle(at, px(11.0), false, ShapeStyle::Solid(color)),
        Standing::Judged(Verdict::Low) => pen.triangle(at, px(11.0), true, ShapeStyle::Solid(color)),
        Standing::Judged(_) => pen.dashed_ring(at, px(4.5), Stroke::new(px(1.5), color)),
    }
}

/// A line of the menu; one without an action says why there is none.
struct Item {
    label: String,
    aside: String,
    action: Option<Action>,
}

/// The line that moves the track by its trim, where something is to be mended.
fn mend(row: &Row) -> Option<Item> {
    let (by, trim) = row.mend?;
    let aside = format!("sets its Trim to {}", balance::db(trim));
    Some(Item { label: balance::move_sentence(by), aside, action: Some(Action::SetTrimOf(row.id, trim)) })
}

/// The line that ignores, takes back, or says why neither.
fn ignore(row: &Row) -> Item {
    let (label, aside, enabled) = match (row.is_ignored(), row.is_reference) {
        (true, _) => ("Take back", "into the judgement", true),
        (false, true) => ("Ignore in this session", "not while all is measured against it", false),
        (false, false) => ("Ignore in this session", "", true),
    };
    let action = enabled.then(|| Action::Ignore(row.id, !row.is_ignored()));
    Item { label: label.into(), aside: aside.into(), action }
}

/// All lines of a menu, alike in width; answers what was chosen.
fn menu_of(ui: &mut Ui, cx: &Cx<'_>, lines: &[Option<Item>]) -> Option<Action> {
    let theme = cx.theme;
    let pen = Pen::new(ui.painter(), theme);
    let ink = |kind| theme.ink(kind, Weight::Regular, theme.palette.text);
    let width = |item: &Item| pen.width(&item.label, &ink(Type::Body)).max(pen.width(&item.aside, &ink(Type::Small)));
    let items = || lines.iter().flatten();
    let widest = items().map(width).fold(0.0, f32::max) + theme.px(28.0);
    let mut chosen = None;
    for item in items() {
        chosen = show_item(ui, cx, item, widest).or(chosen);
    }
    chosen
}

fn show_item(ui: &mut Ui, cx: &Cx<'_>, item: &Item, width: f32) -> Option<Action> {
    let theme = cx.theme;
    let (label, aside, enabled) = (&item.label, &item.aside, item.action.is_some());
    let color = if enabled { theme.palette.text } else { theme.palette.faint };
    let ink = theme.ink(Type::Body, Weight::Regular, color);
    let small = theme.ink(Type::Small, Weight::Regular, theme.palette.faint);
    let height = if aside.is_empty() { 30.0 } else { 44.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, theme.px(height)), Sense::click());
    let spoken = if aside.is_empty() { label.clone() } else { format!("{label}: {aside}") };
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, enabled, &spoken));
    paint_item(ui, cx, rect, &response, enabled);
    let pen = Pen::new(ui.painter(), theme);
    let left = rect.left() + theme.px(14.0);
    let first = if aside.is_empty() { rect.center().y } else { rect.top() + theme.px(15.0) };
    pen.centred(pos2(left, first), Side::Left, label, &ink);
    pen.centred(pos2(left, rect.bottom() - theme.px(14.0)), Side::Left, aside, &small);
    let action = item.action.clone().filter(|_| response.clicked())?;
    ui.close();
    Some(action)
}

fn paint_item(ui: &Ui, cx: &Cx<'_>, rect: Rect, response: &Response, enabled: bool) {
    let theme = cx.theme;
    if enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, theme.radius(6.0), theme.palette.hover);
    }
    if response.has_focus() {
        let stroke = Stroke::new(theme.px(1.5), theme.palette.action);
        ui.painter().rect_stroke(rect, theme.radius(6.0), stroke, StrokeKind::Inside);
    }
}
