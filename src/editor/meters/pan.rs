//! Where the track lies between left and right.

use egui::{Rect, Stroke, Ui, pos2, remap_clamp};
use keel_core::mix::PanVerdict;

use super::super::context::Cx;
use super::super::pen::{Pen, Side};
use super::super::theme::{Type, Weight};
use super::super::view_state::ViewState;
use super::super::words;
use super::cell::cell;

pub(in super::super) fn pan(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let track = &cx.shown.track;
    let words = words::pan(track, cx.shown.live.pan);
    let parts = cell(ui, cx, rect, "PAN", &format!("Pan: {words}"), &words::pan_help(track.pan_rule));
    let pen = Pen::new(ui.painter(), theme);
    let line = parts.picture;
    let x = |value: f64| remap_clamp(value as f32, -1.0..=1.0, line.x_range());
    pen.painter.hline(line.x_range(), line.center().y, Stroke::new(theme.px(2.0), palette.raised));
    let middle = pen.painter.round_to_pixel_center(x(0.0));
    pen.painter.vline(middle, line.y_range(), Stroke::new(1.0, palette.outline));
    let off = track.pan_verdict == PanVerdict::Off;
    let color = if off { palette.caution } else { palette.secondary };
    match cx.live.pan.or(cx.track.pan) {
        _ if words::is_pan_hidden(track) => {
            let edge = Stroke::new(theme.px(1.5), palette.secondary);
            pen.painter.circle(pos2(x(0.0), line.center().y), theme.px(5.0), palette.ground, edge);
        }
        // What plays while nothing is known of the song yet could be ahead of the knob, too.
        Some(now) if track.pan.is_some() => {
            let at = pos2(x(state.glide("pan", now)), line.center().y);
            pen.painter.circle_filled(at, theme.px(5.0), color);
        }
        _ => state.lift("pan"),
    }
    let color = if off { palette.caution } else { palette.secondary };
    let ink = theme.ink(Type::Small, Weight::Regular, color);
    pen.elided(pos2(parts.left, parts.below), Side::Left, &words, &ink, parts.right - parts.left);
}
