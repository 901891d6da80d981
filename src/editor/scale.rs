//! The scale against the kick: the target as a place to be, the track as a mark that says which way to go.

use egui::{Color32, Rangef, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, remap};

use super::context::Cx;
use super::figures::tick;
use super::pen::{Pen, ShapeStyle, Side};
use super::theme::{Type, Weight};
use super::track_view_model::{self, Axis, Mark, MarkShape, Offer};
use super::view_state::ViewState;

const TICK_DB: f64 = 3.0;
const LABELS: f32 = 44.0;
const GUTTER: f32 = 28.0;
/// The widest bar of the spread takes this share of the scale.
const SPREAD_SHARE: f32 = 0.55;

/// The parts of the scale on the screen.
struct Frame {
    bar: Rect,
    axis: Axis,
}

impl Frame {
    fn y(&self, db: f64) -> f32 {
        remap(db as f32, self.axis.bottom as f32..=self.axis.top as f32, self.bar.bottom()..=self.bar.top())
    }

    fn clamped(&self, db: f64) -> f64 {
        db.clamp(self.axis.bottom, self.axis.top)
    }
}

pub(super) fn scale(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState) {
    let theme = cx.theme;
    let pen = Pen::new(ui.painter(), theme);
    let word = cx.model.axis.zero.map_or(0.0, |word| pen.width(word, &theme.caption(theme.palette.text)));
    let left = rect.left() + theme.px(LABELS).max(word + theme.px(10.0)).round();
    let bar = Rect::from_min_max(pos2(left, rect.top()), pos2(rect.right() - theme.px(GUTTER), rect.bottom()));
    let frame = Frame { bar, axis: cx.model.axis };
    let response = ui.interact(rect, ui.scope_id().with("scale"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, cx.model.spoken(&cx.shown.track.name)));
    pen.painter.rect_filled(bar, theme.radius(6.0), theme.palette.panel);
    ticks(&pen, cx, &frame);
    target(&pen, cx, &frame);
    spread(&pen, cx, &frame);
    match cx.model.mark {
        Some(mark) => {
            let live = track_view_model::value(cx.track).unwrap_or(mark.at);
            let at = frame.clamped(state.glide("offset", live));
            draw_mark(&pen, cx, &frame, mark, at);
        }
        None => state.lift("offset"),
    }
}

fn ticks(pen: &Pen<'_>, cx: &Cx<'_>, frame: &Frame) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let right = frame.bar.left() - theme.px(10.0);
    let steps = ((frame.axis.top - frame.axis.bottom) / TICK_DB).round() as i32;
    let tight = frame.bar.height() < steps as f32 * theme.px(26.0);
    for step in 0..=steps {
        let db = frame.axis.top - f64::from(step) * TICK_DB;
        let (y, zero) = (frame.y(db), db == 0.0 && frame.axis.zero.is_some());
        let stroke = if zero { Stroke::new(theme.px(1.5), palette.outline) } else { theme.hair(palette.line) };
        let inside = step == 0 || step == steps;
        if !inside {
            pen.painter.hline(frame.bar.x_range(), pen.painter.round_to_pixel_center(y), stroke);
        }
        let ink = match zero {
            true => theme.ink(Type::Small, Weight::Bold, palette.text),
            false => theme.ink(Type::Small, Weight::Regular, palette.secondary),
        };
        match frame.axis.zero.filter(|_| zero) {
            Some(word) if tight => {
                pen.centred(pos2(right, y), Side::Right, word, &theme.caption(palette.text));
            }
            Some(word) => {
                pen.centred(pos2(right, y), Side::Right, "0", &ink);
                let below = pos2(right + theme.px(0.7), y + theme.px(13.0));
                pen.centred(below, Side::Right, word, &theme.caption(palette.text));
            }
            None => {
                pen.centred(pos2(right, y), Side::Right, &tick(db, frame.axis.zero.is_some()), &ink);
            }
        }
    }
}

/// The place to be.
fn target(pen: &Pen<'_>, cx: &Cx<'_>, frame: &Frame) {
    let Some(target) = cx.shown.track.target else { return };
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let color = if cx.model.greyed { palette.outline } else { palette.sits };
    let (top, bottom) = (frame.y(frame.clamped(target.high_db.0)), frame.y(frame.clamped(target.low_db.0)));
    let band = Rect::from_x_y_ranges(frame.bar.x_range(), Rangef::new(top, bottom));
    pen.painter.rect_filled(band, 0.0, color.gamma_multiply(0.2));
    for y in [top, bottom] {
        pen.painter.hline(band.x_range(), y, Stroke::new(theme.px(1.5), color));
    }
}

/// How the level spreads over the scope: how often it was where.
fn spread(pen: &Pen<'_>, cx: &Cx<'_>, frame: &Frame) {
    let most = cx.shown.track.spread.iter().map(|(_, share)| *share).fold(0.0, f32::max);
    if most <= 0.0 || cx.model.mark.is_none() {
        return;
    }
    let color = cx.tone().gamma_multiply(if cx.model.greyed { 0.22 } else { 0.38 });
    let right = frame.bar.right();
    for (db, share) in &cx.shown.track.spread {
        let (top, bottom) = (frame.y(frame.clamped(db.0 + 0.25)), frame.y(frame.clamped(db.0 - 0.25)));
        let left = right - frame.bar.width() * SPREAD_SHARE * share / most;
        if bottom - top > 0.5 {
            let step = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
            pen.painter.rect_filled(step, 0.0, color);
        }
    }
}

fn draw_mark(pen: &Pen<'_>, cx: &Cx<'_>, frame: &Frame, mark: Mark, at: f64) {
    let theme = cx.theme;
    let color = cx.tone();
    let y = frame.y(at);
    let stroke = Stroke::new(theme.px(2.0), color);
    let (from, to) = (pos2(frame.bar.left(), y), pos2(frame.bar.right(), y));
    if mark.dashed || mark.at != frame.clamped(mark.at) {
        pen.dashed(from, to, stroke);
    } else {
        pen.painter.line_segment([from, to], stroke);
    }
    let centre = pos2(frame.bar.right() + theme.px(GUTTER / 2.0 + 1.0), y);
    way(pen, cx, frame, centre, color);
    let edge = Stroke::new(theme.px(2.0), color);
    match (mark.shape, mark.hollow) {
        (MarkShape::Round, _) if mark.dashed => pen.dashed_ring(centre, theme.px(7.0), edge),
        (MarkShape::Round, true) => {
            pen.painter.circle(centre, theme.px(7.0), theme.palette.ground, edge);
        }
        (MarkShape::Round, false) => {
            pen.painter.circle_filled(centre, theme.px(8.0), color);
        }
        (shape, hollow) => {
            let style = if hollow { ShapeStyle::Hollow(theme.palette.ground, edge) } else { ShapeStyle::Solid(color) };
            pen.triangle(centre, theme.px(if hollow { 18.0 } else { 20.0 }), shape == MarkShape::Up, style);
        }
    }
}

/// From the mark to where the advised move lands.
fn way(pen: &Pen<'_>, cx: &Cx<'_>, frame: &Frame, from: egui::Pos2, color: Color32) {
    let lands = match cx.model.advice {
        Offer::Move { lands_at: Some(lands), .. } if cx.listen.is_none() => frame.clamped(lands.0),
        _ => return,
    };
    let to = pos2(from.x, frame.y(lands));
    let radius = cx.theme.px(4.0);
    let stop = pos2(to.x, to.y + radius * (from.y - to.y).signum());
    pen.painter.line_segment([from, stop], Stroke::new(cx.theme.px(1.5), color.gamma_multiply(0.7)));
    let ring = Stroke::new(cx.theme.px(1.5), cx.theme.palette.sits);
    pen.painter.circle(to, radius, cx.theme.palette.ground, ring);
    let (left, right) = (frame.bar.right(), to.x - radius);
    pen.painter.line_segment([pos2(left, to.y), pos2(right, to.y)], ring);
}
