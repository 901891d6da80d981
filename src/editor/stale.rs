//! The song from end to end, where part of it was received before the track's level changed: what holds, and what to play
//! again. Hatched, so that it is seen without colour.

use egui::{Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};
use keel_core::mix::{Span, StaleReport};

use super::context::Cx;
use super::theme::Theme;

const HEIGHT: f32 = 5.0;
/// From one line of the hatching to the next.
const PITCH: f32 = 5.0;
/// A stretch is drawn so wide at least.
const NARROWEST: f32 = 2.0;

/// Draws the strip along the bottom of `rect`; nothing where nothing is stale.
pub(super) fn strip(ui: &Ui, cx: &Cx<'_>, rect: Rect) {
    let Some(stale) = &cx.shown.track.stale else { return };
    let theme = cx.theme;
    let strip = rect.with_min_y(rect.bottom() - theme.px(HEIGHT));
    let response = ui.interact(strip, ui.scope_id().with("stale"), Sense::hover());
    let sentence = keel_core::mix::words::stale(stale);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("Song: {sentence}")));
    let (first, last) = ends(stale);
    let place = |second: f64| strip.left() + ((second - first) / (last - first)) as f32 * strip.width();
    let stretch = |span: &Span| {
        let (from, to) = (place(span.from_s.0), place(span.to_s.0));
        Rect::from_x_y_ranges(from..=to.max(from + theme.px(NARROWEST)), strip.y_range()).intersect(strip)
    };
    for span in &stale.heard {
        ui.painter().rect_filled(stretch(span), 0.0, theme.palette.secondary);
    }
    for span in &stale.spans {
        hatch(ui, theme, stretch(span));
    }
    response.on_hover_text(format!("The song from end to end. Hatched: {sentence}"));
}

fn ends(stale: &StaleReport) -> (f64, f64) {
    let spans = || stale.heard.iter().chain(&stale.spans);
    let first = spans().map(|span| span.from_s.0).fold(f64::INFINITY, f64::min);
    (first, spans().map(|span| span.to_s.0).fold(first + 0.1, f64::max))
}

fn hatch(ui: &Ui, theme: Theme, rect: Rect) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let stroke = Stroke::new(theme.px(1.0), theme.palette.outline);
    let pitch = theme.px(PITCH);
    // The lines of all stretches lie on one lattice.
    let first = (rect.left() / pitch).floor() as i32 - (rect.height() / pitch).ceil() as i32;
    for line in first..=(rect.right() / pitch).ceil() as i32 {
        let left = line as f32 * pitch;
        painter.line_segment([pos2(left, rect.bottom()), pos2(left + rect.height(), rect.top())], stroke);
    }
    painter.rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
}
