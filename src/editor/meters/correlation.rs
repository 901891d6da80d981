//! How alike left and right are: +1 the same, 0 unrelated, -1 opposite.

use egui::{Rect, Stroke, Ui, pos2, remap_clamp};

use super::super::context::Cx;
use super::super::figures;
use super::super::pen::{Pen, Side};
use super::super::theme::{Type, Weight};
use super::super::view_state::ViewState;
use super::cell::cell;

pub(in super::super) fn correlation(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let read = cx.shown.live.correlation.or(cx.shown.track.correlation);
    let text = read.map_or(figures::NONE.into(), two_decimals);
    let spoken = format!("Correlation: {text}");
    let parts = cell(ui, cx, rect, "CORR", &spoken, "Correlation of left and right; below 0 they fight in mono");
    let pen = Pen::new(ui.painter(), theme);
    let bar = parts.picture;
    let x = |value: f64| remap_clamp(value as f32, -1.0..=1.0, bar.x_range());
    pen.painter.rect_filled(bar, theme.radius(3.0), palette.raised);
    let color = if read.is_some_and(|read| read < 0.0) { palette.caution } else { palette.secondary };
    match cx.live.correlation.or(cx.track.correlation) {
        Some(now) => {
            let end = x(state.glide("correlation", now));
            let filled = Rect::from_x_y_ranges(x(0.0).min(end)..=x(0.0).max(end), bar.y_range());
            pen.painter.rect_filled(filled, theme.radius(2.0), color);
        }
        None => state.lift("correlation"),
    }
    let middle = pen.painter.round_to_pixel_center(x(0.0));
    pen.painter.vline(middle, bar.y_range().expand(theme.px(2.0)), Stroke::new(1.0, palette.outline));
    let ink = theme.ink(Type::Tiny, Weight::Regular, palette.faint);
    for (value, label, side) in [(-1.0, "−1", Side::Left), (0.0, "0", Side::Middle), (1.0, "+1", Side::Right)] {
        pen.centred(pos2(x(value), parts.below), side, label, &ink);
    }
    let color = if read.is_some_and(|read| read < 0.0) { palette.caution } else { palette.text };
    pen.centred(pos2(parts.left, parts.below), Side::Left, &text, &theme.ink(Type::Small, Weight::Medium, color));
}

fn two_decimals(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let sign = if rounded < 0.0 { "−" } else { "+" };
    if rounded == 0.0 { "0.00".into() } else { format!("{sign}{:.2}", rounded.abs()) }
}
