//! Buttons and switches, in the four steps: size and place come in, interact, name it to the screen reader, paint.

use egui::{Color32, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::pen::{Pen, Side};
use super::theme::{Theme, Type, Weight};

/// A small drawing at `centre`, in a colour; `on` is the state of a switch.
pub type Sign = fn(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, on: bool);

/// What a button weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// The one thing to do.
    Full(Color32),
    Raised,
}

/// A button with a word and perhaps a sign before it.
pub struct Button<'a> {
    pub label: &'a str,
    /// What the screen reader says, where it is more than the label.
    pub spoken: &'a str,
    pub fill: Fill,
    pub sign: Option<Sign>,
    pub size: Type,
}

impl Button<'_> {
    pub fn show(&self, ui: &Ui, theme: Theme, rect: Rect, id: Id) -> Response {
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.spoken));
        let pen = Pen::new(ui.painter(), theme);
        let (fill, text) = match self.fill {
            Fill::Full(color) => (lighten(color, &response), theme.palette.on_fill),
            Fill::Raised => (rest_or_hover(theme, &response), theme.palette.text),
        };
        pen.painter.rect_filled(rect, theme.radius(8.0), fill);
        let ink = theme.ink(self.size, if self.size == Type::Strong { Weight::Bold } else { Weight::Medium }, text);
        let lead = self.sign.map_or(0.0, |_| theme.px(22.0));
        let width = pen.width(self.label, &ink) + lead;
        let left = rect.center().x - width / 2.0;
        if let Some(sign) = self.sign {
            sign(&pen, egui::pos2(left + theme.px(7.0), rect.center().y), text, true);
        }
        pen.centred(egui::pos2(left + lead, rect.center().y), Side::Left, self.label, &ink);
        focus_ring(&pen, &response, rect, 8.0);
        response
    }
}

/// A switch that says its state by a sign as well as by its colour.
pub struct Switch<'a> {
    pub label: &'a str,
    pub spoken: &'a str,
    pub on: bool,
    pub color: Color32,
    pub sign: Sign,
}

impl Switch<'_> {
    pub fn show(&self, ui: &Ui, theme: Theme, rect: Rect, id: Id) -> Response {
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, self.on, self.spoken));
        let pen = Pen::new(ui.painter(), theme);
        let fill = rest_or_hover(theme, &response);
        let text = if self.on { self.color } else { theme.palette.text };
        pen.painter.rect_filled(rect, theme.radius(8.0), fill);
        if self.on {
            let edge = Stroke::new(theme.px(1.5), self.color);
            pen.painter.rect_stroke(rect, theme.radius(8.0), edge, StrokeKind::Inside);
        }
        let ink = theme.ink(Type::Body, Weight::Medium, text);
        let lead = theme.px(20.0);
        let left = rect.center().x - (pen.width(self.label, &ink) + lead) / 2.0;
        (self.sign)(&pen, egui::pos2(left + theme.px(6.0), rect.center().y), text, self.on);
        pen.centred(egui::pos2(left + lead, rect.center().y), Side::Left, self.label, &ink);
        focus_ring(&pen, &response, rect, 8.0);
        response
    }
}

/// The visible sign of keyboard focus.
pub fn focus_ring(pen: &Pen<'_>, response: &Response, rect: Rect, radius: f32) {
    if response.has_focus() {
        let stroke = Stroke::new(pen.theme.px(2.0), pen.theme.palette.action);
        let grown = rect.expand(pen.theme.px(3.0));
        pen.painter.rect_stroke(grown, pen.theme.radius(radius + 2.0), stroke, StrokeKind::Middle);
    }
}

pub fn rest_or_hover(theme: Theme, response: &Response) -> Color32 {
    let pressed = response.hovered() || response.is_pointer_button_down_on();
    if pressed { theme.palette.hover } else { theme.palette.raised }
}

fn lighten(color: Color32, response: &Response) -> Color32 {
    if response.is_pointer_button_down_on() {
        color.gamma_multiply(0.85)
    } else if response.hovered() {
        color.lerp_to_gamma(Color32::WHITE, 0.12)
    } else {
        color
    }
}

/// A ring that is filled when on.
pub fn dot_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, on: bool) {
    let radius = pen.theme.px(4.5);
    pen.painter.circle_stroke(centre, radius, Stroke::new(pen.theme.px(1.25), color));
    if on {
        pen.painter.circle_filled(centre, radius - pen.theme.px(2.0), color);
    }
}

pub fn moon_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, _on: bool) {
    pen.half_moon(centre, pen.theme.px(5.0), color);
}

/// A circle struck through.
pub fn out_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, _on: bool) {
    let radius = pen.theme.px(5.0);
    let stroke = Stroke::new(pen.theme.px(1.25), color);
    let across = vec2(radius, -radius) * std::f32::consts::FRAC_1_SQRT_2;
    pen.painter.circle_stroke(centre, radius, stroke);
    pen.painter.line_segment([centre - across, centre + across], stroke);
}

/// What leads back.
pub fn back_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, _on: bool) {
    let (across, up) = (pen.theme.px(3.0), pen.theme.px(4.5));
    let points = [vec2(across, -up), vec2(-across, 0.0), vec2(across, up)].map(|at| centre + at);
    pen.painter.line(points.to_vec(), Stroke::new(pen.theme.px(1.75), color));
}

/// Three dots: more can be done here.
pub fn dots_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, _on: bool) {
    for step in [-1.0, 0.0, 1.0] {
        pen.painter.circle_filled(centre + vec2(pen.theme.px(5.0 * step), 0.0), pen.theme.px(1.6), color);
    }
}

pub fn up_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, _on: bool) {
    pen.triangle(centre, pen.theme.px(13.0), true, super::pen::ShapeStyle::Solid(color));
}

pub fn down_sign(pen: &Pen<'_>, centre: egui::Pos2, color: Color32, _on: bool) {
    pen.triangle(centre, pen.theme.px(13.0), false, super::pen::ShapeStyle::Solid(color));
}
