//! The levels beside the verdict, aligned, their units dimmer.

use egui::{Color32, Rect, Role as Access, Sense, Ui, WidgetInfo, pos2, vec2};
use keel_core::mix::{Class, Role};

use super::api::Action;
use super::button::focus_ring;
use super::context::Cx;
use super::layout::Form;
use super::pen::{Pen, Side};
use super::theme::{Type, Weight};
use super::{figures, words};

struct Figure {
    label: &'static str,
    value: Option<f64>,
    unit: &'static str,
    resets: bool,
}

pub(super) fn readings(ui: &Ui, cx: &Cx<'_>, rect: Rect, form: Form, actions: &mut Vec<Action>) {
    let reset = match form {
        Form::Compact => strip(ui, cx, rect),
        Form::Regular | Form::Wide => table(ui, cx, rect),
    };
    if reset {
        actions.push(Action::ResetPeak);
    }
}

fn rows(cx: &Cx<'_>) -> [Figure; 4] {
    let track = &cx.shown.track;
    let max = Figure { label: "Max peak", value: cx.live.held_peak_dbfs.map(|db| db.0), unit: "dBFS", resets: true };
    if track.role == Role::MixBus {
        return [
            max,
            Figure { label: "True peak", value: track.true_peak_dbtp.map(|db| db.0), unit: "dBTP", resets: false },
            Figure { label: "RMS", value: track.rms_dbfs.map(|db| db.0), unit: "dBFS", resets: false },
            Figure {
                label: "Integrated",
                value: track.integrated_lufs.map(|lufs| lufs.0),
                unit: "LUFS",
                resets: false,
            },
        ];
    }
    let hits = track.class == Class::Hits;
    let level = if hits { "Hit level" } else { "Level" };
    [
        Figure { label: level, value: track.level_dbfs.map(|db| db.0), unit: "dBFS", resets: false },
        max,
        Figure { label: "RMS", value: track.level_rms_dbfs.map(|db| db.0), unit: "dBFS", resets: false },
        Figure { label: "Loudness", value: track.level_lufs.map(|lufs| lufs.0), unit: "LUFS", resets: false },
    ]
}

fn table(ui: &Ui, cx: &Cx<'_>, rect: Rect) -> bool {
    let theme = cx.theme;
    let pen = Pen::new(ui.painter(), theme);
    let pitch = theme.px(20.0);
    let values = rect.right() - theme.px(36.0);
    let mut reset = false;
    for (index, reading) in rows(cx).into_iter().enumerate() {
        let y = rect.top() + pitch * (index as f32 + 0.5);
        let ink = theme.ink(Type::Body, Weight::Regular, theme.palette.secondary);
        let said = pen.centred(pos2(rect.left(), y), Side::Left, reading.label, &ink);
        let ink = theme.ink(Type::Body, Weight::Medium, value_color(cx, &reading));
        pen.centred(pos2(values, y), Side::Right, &figures::level(reading.value), &ink);
        let ink = theme.ink(Type::Tiny, Weight::Regular, theme.palette.faint);
        pen.on_baseline(pos2(rect.right(), y + theme.px(4.6)), Side::Right, reading.unit, &ink);
        if reading.resets {
            reset = reset_button(ui, cx, pos2(said.right() + theme.px(12.0), y));
        }
    }
    if let Some(text) = words::loudness_beside(&cx.shown.track) {
        let y = rect.top() + pitch * 4.0 + theme.px(10.0);
        let color = if cx.shown.track.loudness_verdict.is_some() { theme.palette.caution } else { theme.palette.faint };
        let ink = theme.ink(Type::Small, Weight::Regular, color);
        pen.elided(pos2(rect.left(), y), Side::Left, &text, &ink, rect.width());
    }
    reset
}

/// Four cells side by side, for the smallest windows.
fn strip(ui: &Ui, cx: &Cx<'_>, rect: Rect) -> bool {
    let theme = cx.theme;
    let pen = Pen::new(ui.painter(), theme);
    let width = rect.width() / 4.0;
    let mut reset = false;
    for (index, reading) in rows(cx).into_iter().enumerate() {
        let left = rect.left() + width * index as f32;
        let ink = theme.ink(Type::Tiny, Weight::Regular, theme.palette.secondary);
        let said = pen.centred(pos2(left, rect.top() + theme.px(10.0)), Side::Left, reading.label, &ink);
        let ink = theme.ink(Type::Body, Weight::Medium, value_color(cx, &reading));
        let base = rect.top() + theme.px(33.0);
        pen.on_baseline(pos2(left, base), Side::Left, &figures::level(reading.value), &ink);
        let unit_left = left + pen.width("−00.0", &ink) + theme.px(4.0);
        let ink = theme.ink(Type::Tiny, Weight::Regular, theme.palette.faint);
        pen.on_baseline(pos2(unit_left, base), Side::Left, reading.unit, &ink);
        if reading.resets {
            reset = reset_button(ui, cx, pos2(said.right() + theme.px(9.0), rect.top() + theme.px(10.0)));
        }
    }
    reset
}

fn value_color(cx: &Cx<'_>, reading: &Figure) -> Color32 {
    let palette = cx.theme.palette;
    match reading.value {
        None => palette.faint,
        Some(value) if reading.resets && value >= 0.0 => palette.alarm,
        Some(_) => palette.text,
    }
}

fn reset_button(ui: &Ui, cx: &Cx<'_>, centre: egui::Pos2) -> bool {
    let theme = cx.theme;
    let rect = Rect::from_center_size(centre, vec2(theme.px(18.0), theme.px(18.0)));
    let response = ui.interact(rect, ui.scope_id().with("reset-peak"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Access::Button, true, "Reset the maximum peak"));
    let pen = Pen::new(ui.painter(), theme);
    let color = if response.hovered() { theme.palette.text } else { theme.palette.faint };
    pen.reset_sign(centre, theme.px(4.5), color);
    focus_ring(&pen, &response, rect.shrink(theme.px(2.0)), 6.0);
    let clicked = response.clicked();
    response.on_hover_text("Reset the maximum peak");
    clicked
}
