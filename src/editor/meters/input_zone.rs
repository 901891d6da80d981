//! Gain staging: in which zone the input's maximum lies, and where it is now.

use egui::{Rangef, Rect, Stroke, Ui, pos2, remap_clamp};
use keel_core::mix::{GainStaging, StagingLimits};

use super::super::context::Cx;
use super::super::pen::{Pen, ShapeStyle, Side};
use super::super::theme::{Type, Weight};
use super::super::view_state::ViewState;
use super::super::{figures, words};
use super::cell::cell;

/// How much of the low zone is drawn.
const LOW_DB: f64 = 12.0;
/// Between two figures below the bar, in points.
const GAP: f32 = 5.0;

/// Where the zones begin and end: low, ok, warm, hot.
fn zones(limits: StagingLimits) -> [f64; 5] {
    let low = limits.low_dbfs.0;
    [low - LOW_DB, low, limits.ok_dbfs.0, limits.warm_dbfs.0, 0.0]
}

pub(in super::super) fn input_zone(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let track = &cx.shown.track;
    let word = track.gain_staging.map_or(figures::NONE, words::staging);
    let peak = figures::level(track.input_peak_dbfs.map(|db| db.0));
    let spoken = format!("Input: {word}, maximum {peak} dBFS");
    let parts = cell(ui, cx, rect, "INPUT", &spoken, "Maximum and present peak at Keel's input: gain staging");
    let pen = Pen::new(ui.painter(), theme);
    let bar = parts.picture;
    let zones = zones(cx.shown.report.limits.gain_staging);
    let bottom = zones[0];
    let x = |db: f64| remap_clamp(db as f32, bottom as f32..=0.0, bar.x_range());
    let now = cx.live.input_peak_dbfs.map(|now| state.glide("input", now.0.max(bottom)));
    if now.is_none() {
        state.lift("input");
    }
    pen.painter.rect_filled(bar, theme.radius(3.0), palette.raised);
    let colors = [palette.secondary, palette.sits, palette.sits, palette.caution];
    let dims = [0.0, 0.34, 0.2, 0.2];
    for (index, (color, dim)) in colors.into_iter().zip(dims).enumerate() {
        let (from, to) = (x(zones[index]), x(zones[index + 1]));
        let corners = if index == 0 { theme.radius(3.0) } else { 0.into() };
        pen.painter.rect_filled(Rect::from_x_y_ranges(from..=to, bar.y_range()), corners, color.gamma_multiply(dim));
        let end = x(now.unwrap_or(bottom)).min(to);
        if end > from {
            pen.painter.rect_filled(Rect::from_x_y_ranges(from..=end, bar.y_range()), corners, color);
        }
    }
    let [_, low, ok, warm, full] = zones;
    ticks(&pen, cx, [full, low, warm, ok].map(|db| (db, pos2(x(db), parts.below))));
    if let Some(max) = track.input_peak_dbfs {
        let at = pos2(x(max.0), bar.top() - theme.px(5.0));
        pen.triangle(at, theme.px(8.0), false, ShapeStyle::Solid(palette.text));
    }
    if let Some(staging) = track.gain_staging {
        zone_word(&pen, cx, staging, pos2(parts.left, parts.below), state.blink());
    }
}

/// The figures below the bar, the weightiest first: what has no room beside those is left out.
fn ticks(pen: &Pen<'_>, cx: &Cx<'_>, ends: [(f64, egui::Pos2); 4]) {
    let ink = cx.theme.ink(Type::Tiny, Weight::Regular, cx.theme.palette.faint);
    let mut drawn: Vec<Rangef> = Vec::new();
    for (db, at) in ends {
        let text = figures::tick(db, false);
        let width = pen.width(&text, &ink);
        let (side, left) = if db == 0.0 { (Side::Right, at.x - width) } else { (Side::Middle, at.x - width / 2.0) };
        let taken = Rangef::new(left, left + width).expand(cx.theme.px(GAP));
        if drawn.iter().all(|other| !other.intersects(taken)) {
            drawn.push(Rangef::new(left, left + width));
            pen.centred(at, side, &text, &ink);
        }
    }
}

fn zone_word(pen: &Pen<'_>, cx: &Cx<'_>, staging: GainStaging, at: egui::Pos2, lit: bool) {
    let palette = cx.theme.palette;
    let color = match staging {
        GainStaging::Low => palette.secondary,
        GainStaging::Ok | GainStaging::Warm => palette.sits,
        GainStaging::Hot => palette.caution,
        GainStaging::Clipping => palette.alarm,
    };
    let ink = cx.theme.ink(Type::Small, Weight::Medium, color);
    let inset = if staging == GainStaging::Clipping { cx.theme.px(4.0) } else { 0.0 };
    let at = pos2(at.x + inset, at.y);
    let said = pen.centred(at, Side::Left, words::staging(staging), &ink);
    if staging == GainStaging::Clipping && lit {
        let edge = Stroke::new(cx.theme.px(1.5), color);
        let around = said.expand2(egui::vec2(cx.theme.px(3.0), 0.0));
        pen.painter.rect_stroke(around, cx.theme.radius(3.0), edge, egui::StrokeKind::Outside);
    }
}
