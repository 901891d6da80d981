//! Setting text and drawing the few shapes that stand for words: triangles, rings, dots.

use std::sync::Arc;

use egui::epaint::text::TextWrapping;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Galley, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

use super::theme::{Ink, Theme};

/// Height of Roboto's capitals over its size.
const CAP_HEIGHT: f32 = 1456.0 / 2048.0;

/// Where the x of a text's position lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Middle,
    Right,
}

/// A painter with the theme at hand. Text is placed by its baseline or by the middle of its capitals, never by its box.
pub struct Pen<'a> {
    pub painter: &'a Painter,
    pub theme: Theme,
}

impl<'a> Pen<'a> {
    pub fn new(painter: &'a Painter, theme: Theme) -> Self {
        Self { painter, theme }
    }

    /// Sets a line of text on its baseline; answers the space it takes.
    pub fn on_baseline(&self, at: Pos2, side: Side, text: &str, ink: &Ink) -> Rect {
        self.put(at, side, self.galley(text, ink, f32::INFINITY, 1))
    }

    /// Sets a line of text with the middle of its capitals at `at.y`.
    pub fn centred(&self, at: Pos2, side: Side, text: &str, ink: &Ink) -> Rect {
        self.on_baseline(at + vec2(0.0, cap_height(ink) / 2.0), side, text, ink)
    }

    /// As [`Self::centred`], ending in an ellipsis where it is wider than `width`.
    pub fn elided(&self, at: Pos2, side: Side, text: &str, ink: &Ink, width: f32) -> Rect {
        let at = at + vec2(0.0, cap_height(ink) / 2.0);
        self.put(at, side, self.galley(text, ink, width, 1))
    }

    /// Sets text over as many lines as it needs, its first capitals' top at `top_left`; answers its bottom.
    pub fn paragraph(&self, top_left: Pos2, text: &str, ink: &Ink, width: f32, rows: usize) -> f32 {
        let galley = self.galley(text, ink, width, rows);
        let top = top_left.y + cap_height(ink) - baseline(&galley);
        let bottom = top + galley.rows.last().map_or(0.0, |row| row.pos.y) + baseline(&galley);
        self.painter.galley(pos2(top_left.x, top), galley, ink.color);
        bottom
    }

    pub fn width(&self, text: &str, ink: &Ink) -> f32 {
        self.galley(text, ink, f32::INFINITY, 1).size().x
    }

    fn put(&self, at: Pos2, side: Side, galley: Arc<Galley>) -> Rect {
        let size = galley.size();
        let left = match side {
            Side::Left => at.x,
            Side::Middle => at.x - size.x / 2.0,
            Side::Right => at.x - size.x,
        };
        let top_left = pos2(left, at.y - baseline(&galley));
        self.painter.galley(top_left, galley, Color32::PLACEHOLDER);
        Rect::from_min_size(top_left, size)
    }

    fn galley(&self, text: &str, ink: &Ink, width: f32, rows: usize) -> Arc<Galley> {
        let format = TextFormat {
            font_id: ink.font.clone(),
            color: ink.color,
            extra_letter_spacing: ink.spacing,
            ..Default::default()
        };
        let mut job = LayoutJob::single_section(text.to_owned(), format);
        job.wrap = TextWrapping { max_width: width, max_rows: rows, break_anywhere: rows == 1, ..Default::default() };
        self.painter.layout_job(job)
    }

    /// A triangle that points up or down, centred.
    pub fn triangle(&self, centre: Pos2, size: f32, up: bool, style: ShapeStyle) {
        let (half, tall) = (size / 2.0, size * 0.84);
        let tip = if up { -tall / 2.0 } else { tall / 2.0 };
        let points = vec![centre + vec2(-half, -tip), centre + vec2(half, -tip), centre + vec2(0.0, tip)];
        self.painter.add(match style {
            ShapeStyle::Solid(color) => Shape::convex_polygon(points, color, Stroke::NONE),
            ShapeStyle::Hollow(fill, stroke) => Shape::convex_polygon(points, fill, stroke),
        });
    }

    /// The small sign of something that unfolds.
    pub fn caret(&self, centre: Pos2, color: Color32) {
        self.triangle(centre, self.theme.px(7.0), false, ShapeStyle::Solid(color));
    }

    /// The small sign of something that leads to another page.
    pub fn chevron(&self, centre: Pos2, size: f32, color: Color32) {
        let points = [vec2(-size / 2.0, -size), vec2(size / 2.0, 0.0), vec2(-size / 2.0, size)].map(|at| centre + at);
        self.painter.line(points.to_vec(), Stroke::new(self.theme.px(1.25), color));
    }

    pub fn dashed(&self, from: Pos2, to: Pos2, stroke: Stroke) {
        let dash = self.theme.px(5.0);
        self.painter.extend(Shape::dashed_line(&[from, to], stroke, dash, dash * 0.7));
    }

    pub fn dashed_ring(&self, centre: Pos2, radius: f32, stroke: Stroke) {
        let points: Vec<Pos2> =
            (0..=48).map(|step| centre + Vec2::angled(std::f32::consts::TAU * step as f32 / 48.0) * radius).collect();
        let dash = std::f32::consts::TAU * radius / 14.0;
        self.painter.extend(Shape::dashed_line(&points, stroke, dash, dash));
    }

    /// A circle with its left half filled: the sign of the mono check.
    pub fn half_moon(&self, centre: Pos2, radius: f32, color: Color32) {
        let arc = |from: f32| {
            (0..=16).map(move |step| {
                let angle = std::f32::consts::PI * (from + step as f32 / 16.0);
                centre + Vec2::angled(angle) * radius
            })
        };
        self.painter.add(Shape::convex_polygon(arc(0.5).collect(), color, Stroke::NONE));
        self.painter.circle_stroke(centre, radius, Stroke::new(self.theme.px(1.25), color));
    }

    /// The sign of starting over: an open circle with an arrow's head.
    pub fn reset_sign(&self, centre: Pos2, radius: f32, color: Color32) {
        let at = |turn: f32| centre + Vec2::angled(std::f32::consts::TAU * turn) * radius;
        let arc: Vec<Pos2> = (0..=20).map(|step| at(-0.17 + 0.78 * step as f32 / 20.0)).collect();
        self.painter.add(Shape::line(arc, Stroke::new(self.theme.px(1.25), color)));
        let (head, size) = (at(-0.17), radius * 0.62);
        let points =
            vec![head + vec2(-size, size * 0.5), head + vec2(size * 0.6, size * 0.7), head + vec2(size * 0.3, -size)];
        self.painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    }
}

/// How a shape is filled.
#[derive(Clone, Copy, Debug)]
pub enum ShapeStyle {
    Solid(Color32),
    /// Its fill and its edge.
    Hollow(Color32, Stroke),
}

/// From the top of a galley to its first baseline.
fn baseline(galley: &Galley) -> f32 {
    let row = galley.rows.first();
    row.and_then(|row| Some(row.pos.y + row.glyphs.first()?.pos.y)).unwrap_or(galley.size().y * 0.8)
}

pub fn cap_height(ink: &Ink) -> f32 {
    ink.font.size * CAP_HEIGHT
}
