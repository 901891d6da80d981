//! Which track, which role, and where Keel listens.

use egui::{Id, Key, Rect, Response, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2};
use keel_core::mix::{Certainty, Placement, Role};

use super::api::Action;
use super::button::focus_ring;
use super::context::Cx;
use super::pen::{Pen, Side};
use super::picker::{Choice, Dress, Picker};
use super::theme::{Type, Weight};
use super::view_state::ViewState;
use super::words;

const BADGE_HEIGHT: f32 = 24.0;
const GAP: f32 = 12.0;
/// A name is cut before it gets narrower than this.
const NAME_LEAST: f32 = 72.0;

pub(super) fn header(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    ui.painter().rect_filled(rect, 0.0, theme.palette.panel);
    let margin = theme.px(16.0);
    let inner = rect.shrink2(vec2(margin, 0.0));
    let badge = badge(cx);
    let badge_width = badge.as_ref().map_or(0.0, |(badge, _)| badge.width(&Pen::new(ui.painter(), theme)));
    let badge_left = inner.right() - badge_width;

    let label = cx.shown.track.role.label();
    let guess = cx.controls.role.is_none();
    let unsure = cx.shown.track.role_certainty == Some(Certainty::Unsure);
    let (aside, found) = match (guess, unsure) {
        (false, _) => ("", ""),
        (true, false) => ("auto", ", found from the name"),
        (true, true) => ("auto ?", ", unsure from the name: please choose"),
    };
    let spoken = format!("Role: {label}{found}");
    let mut picker = Picker { label, aside, spoken: &spoken, help: "", dress: Dress::Pill };
    let pen = Pen::new(ui.painter(), theme);
    let ink = theme.ink(Type::Title, Weight::Medium, theme.palette.text);
    let free = badge_left - theme.px(GAP) - inner.left();
    let wanted = pen.width(&cx.shown.track.name, &ink) + theme.px(GAP);
    if wanted + picker.width(&pen) > free {
        picker.aside = "";
    }
    let chip_width = picker.width(&pen).min(free - theme.px(NAME_LEAST + GAP)).max(theme.px(48.0));
    let name_room = free - chip_width - theme.px(GAP);
    let name_width = (pen.width(&cx.shown.track.name, &ink).ceil() + theme.px(2.0)).min(name_room);

    let name_rect = Rect::from_min_size(inner.left_top(), vec2(name_width, rect.height()));
    let field = Rect::from_min_size(inner.left_top(), vec2(name_room, rect.height()));
    name(ui, cx, name_rect, field, state, actions);
    let left = if state.name.is_some() { field.right() } else { name_rect.right() } + theme.px(GAP);
    let chip = Rect::from_center_size(
        pos2(left + chip_width / 2.0, rect.center().y),
        vec2(chip_width, theme.px(BADGE_HEIGHT)),
    );
    if let Some(role) = picker.show(ui, theme, chip, ui.scope_id().with("role"), &roles(cx)) {
        actions.push(Action::SetRole(role));
    }
    if let Some((badge, spoken)) = badge {
        let size = vec2(badge_width, theme.px(BADGE_HEIGHT));
        let place = Rect::from_min_size(pos2(badge_left, rect.center().y - size.y / 2.0), size);
        let badge = Picker { spoken: &spoken, ..badge };
        if let Some(side) = badge.show(ui, theme, place, ui.scope_id().with("badge"), &sides(cx.controls.placement)) {
            actions.push(Action::SetPlacement(side));
        }
    }
}

/// The name; a click or Enter turns it into a field.
fn name(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, field: Rect, state: &mut ViewState, actions: &mut Vec<Action>) {
    let id = ui.scope_id().with("name");
    let track = &cx.shown.track;
    if let Some(text) = &mut state.name {
        let response = name_field(ui, cx, field, id, text);
        let cancelled = ui.input(|input| input.key_pressed(Key::Escape));
        if response.lost_focus() {
            let name = text.trim().to_owned();
            state.name = None;
            if !cancelled && name != track.name {
                actions.push(Action::SetName(name));
            }
        }
        return;
    }
    let rect = Rect::from_center_size(rect.center(), vec2(rect.width(), cx.theme.px(28.0)));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("Track name: {}", track.name)));
    let pen = Pen::new(ui.painter(), cx.theme);
    let ink = cx.theme.ink(Type::Title, Weight::Medium, cx.theme.palette.text);
    let said = pen.elided(rect.left_center(), Side::Left, &track.name, &ink, rect.width());
    if response.hovered() {
        let y = rect.center().y + cx.theme.px(12.0);
        pen.painter.hline(said.x_range(), y, Stroke::new(1.0, cx.theme.palette.outline));
    }
    focus_ring(&pen, &response, rect, 6.0);
    if response.clicked() {
        state.name = Some(track.name.clone());
        ui.memory_mut(|memory| memory.request_focus(field_id(id)));
    }
    response.on_hover_text("Rename; empty for the host's name");
}

fn field_id(id: Id) -> Id {
    id.with("field")
}

fn name_field(ui: &mut Ui, cx: &Cx<'_>, rect: Rect, id: Id, text: &mut String) -> Response {
    let rect = Rect::from_center_size(rect.center(), vec2(rect.width(), cx.theme.px(30.0)));
    let ink = cx.theme.ink(Type::Strong, Weight::Medium, cx.theme.palette.text);
    let edit = TextEdit::singleline(text)
        .id(field_id(id))
        .font(ink.font)
        .text_color(ink.color)
        .char_limit(80)
        .hint_text("host's name")
        .align(egui::Align2::LEFT_CENTER)
        .background_color(cx.theme.palette.ground);
    let response = ui.put(rect, edit);
    let stroke = Stroke::new(cx.theme.px(1.5), cx.theme.palette.action);
    ui.painter().rect_stroke(rect, cx.theme.radius(6.0), stroke, StrokeKind::Inside);
    response
}

/// Automatic first, then every role in the order of a console.
fn roles(cx: &Cx<'_>) -> Vec<Choice<Option<Role>>> {
    let mut auto = Choice::new(None, "Auto", cx.controls.role.is_none());
    auto.aside = "from the track's name".into();
    let each = Role::ALL.into_iter().map(|role| Choice::new(Some(role), role.label(), cx.controls.role == Some(role)));
    std::iter::once(auto).chain(each).collect()
}

/// The host's word first, then both sides of the fader.
fn sides(chosen: Option<Placement>) -> [Choice<Option<Placement>>; 3] {
    let each = |side: Option<Placement>, label: &str| Choice::new(side, label, chosen == side);
    let auto = Choice { aside: "from the host".into(), ..each(None, "Auto") };
    [auto, each(Some(Placement::Pre), "Before the fader"), each(Some(Placement::Post), "After the fader")]
}

/// On which side of the fader Keel listens; a list where the user can say so.
fn badge(cx: &Cx<'_>) -> Option<(Picker<'static>, String)> {
    let track = &cx.shown.track;
    let (label, careful) = words::badge(track.placement, track.role)?;
    let palette = cx.theme.palette;
    let dress = match careful {
        true => Dress::Badge { ink: palette.caution, edge: palette.caution },
        false => Dress::Badge { ink: palette.secondary, edge: palette.outline },
    };
    let spoken = words::placement(track.placement, cx.controls.placement.is_some());
    let picker = Picker { label, aside: "", spoken: "", help: words::placement_help(track.placement), dress };
    Some((picker, spoken))
}
