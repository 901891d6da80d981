//! What is left of the track in mono.

use egui::{Rect, Ui, pos2, vec2};

use super::super::context::Cx;
use super::super::pen::{Pen, Side};
use super::super::theme::{Type, Weight};
use super::super::view_state::ViewState;
use super::super::words;
use super::cell::cell;

pub(in super::super) fn mono(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState) {
    let (theme, palette) = (cx.theme, cx.theme.palette);
    let track = &cx.shown.track;
    let words = words::mono_loss(track, cx.shown.live.mono_loss_db, &cx.shown.report.limits);
    let parts = cell(ui, cx, rect, "MONO", &format!("Mono: {words}"), "What left and right lose when they are summed");
    let pen = Pen::new(ui.painter(), theme);
    let bar = parts.picture;
    pen.painter.rect_filled(bar, theme.radius(3.0), palette.raised);
    match cx.live.mono_loss_db.or(cx.track.mono_loss_db) {
        Some(loss) => {
            let left = state.glide("mono", loss.amplitude().clamp(0.0, 1.0)) as f32;
            let color = if track.thin_in_mono { palette.caution } else { palette.secondary };
            let filled = Rect::from_min_size(bar.min, vec2(bar.width() * left, bar.height()));
            pen.painter.rect_filled(filled, theme.radius(3.0), color);
        }
        None => state.lift("mono"),
    }
    let color = if track.thin_in_mono { palette.caution } else { palette.secondary };
    let ink = theme.ink(Type::Small, Weight::Regular, color);
    pen.elided(pos2(parts.left, parts.below), Side::Left, &words, &ink, parts.right - parts.left);
}
