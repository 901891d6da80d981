//! A chip that unfolds a list to choose from.

use egui::{
    Color32, Id, Popup, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::button::{focus_ring, rest_or_hover};
use super::pen::{Pen, Side};
use super::theme::{Theme, Type, Weight};

const ROW_HEIGHT: f32 = 26.0;

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Choice<T> {
    pub value: T,
    pub label: String,
    /// Dimmer words behind the label.
    pub aside: String,
    pub chosen: bool,
}

impl<T> Choice<T> {
    pub fn new(value: T, label: impl Into<String>, chosen: bool) -> Self {
        Self { value, label: label.into(), aside: String::new(), chosen }
    }
}

/// How the chip looks at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dress {
    /// A raised pill.
    Pill,
    /// Words in a line, with a caret.
    Inline,
    /// Capitals within an edge.
    Badge { ink: Color32, edge: Color32 },
}

pub struct Picker<'a> {
    pub label: &'a str,
    /// Dimmer words behind the label.
    pub aside: &'a str,
    pub spoken: &'a str,
    /// Shows when pointed at.
    pub help: &'a str,
    pub dress: Dress,
}

impl Picker<'_> {
    /// The width that the chip wants.
    pub fn width(&self, pen: &Pen<'_>) -> f32 {
        let theme = pen.theme;
        let aside =
            if self.aside.is_empty() { 0.0 } else { pen.width(self.aside, &self.ink(theme, true)) + theme.px(5.0) };
        let pad = if self.dress == Dress::Inline { theme.px(14.0) } else { theme.px(36.0) };
        (pen.width(self.label, &self.ink(theme, false)) + aside + pad).ceil()
    }

    /// Draws the chip and, where open, its list; answers what was chosen.
    pub fn show<T: Clone>(&self, ui: &Ui, theme: Theme, rect: Rect, id: Id, choices: &[Choice<T>]) -> Option<T> {
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, self.spoken));
        self.paint(&Pen::new(ui.painter(), theme), &response, rect);
        let response = if self.help.is_empty() { response } else { response.on_hover_text(self.help) };
        let popup = Popup::menu(&response).gap(4.0).accessible_name(self.spoken);
        let tallest = ui.ctx().content_rect().height() - 24.0;
        popup.show(|ui| list(ui, theme, choices, rect.width(), tallest)).and_then(|shown| shown.inner)
    }

    fn ink(&self, theme: Theme, aside: bool) -> super::theme::Ink {
        let (size, color) = match self.dress {
            Dress::Pill => (Type::Body, theme.palette.text),
            Dress::Inline => (Type::Small, theme.palette.secondary),
            Dress::Badge { ink, .. } => return theme.caption(ink),
        };
        theme.ink(size, Weight::Regular, if aside { theme.palette.faint } else { color })
    }

    fn paint(&self, pen: &Pen<'_>, response: &Response, rect: Rect) {
        let theme = pen.theme;
        let radius = if self.dress == Dress::Inline { 6.0 } else { 14.0 };
        let active = response.hovered() || response.is_pointer_button_down_on();
        let (ground, pad) = match self.dress {
            Dress::Pill | Dress::Badge { .. } => (rect, theme.px(12.0)),
            Dress::Inline => (rect.expand2(vec2(theme.px(4.0), 0.0)), 0.0),
        };
        if self.dress == Dress::Pill || active {
            pen.painter.rect_filled(ground, theme.radius(radius), rest_or_hover(theme, response));
        }
        let mut caret_ink = theme.palette.faint;
        if let Dress::Badge { ink, edge } = self.dress {
            let edge = Stroke::new(theme.px(1.25), edge);
            pen.painter.rect_stroke(ground, theme.radius(radius), edge, StrokeKind::Inside);
            caret_ink = ink;
        }
        let middle = rect.center().y;
        let room = rect.width() - 2.0 * pad - theme.px(12.0);
        let mut caret = rect.right() - pad - theme.px(2.0);
        let said = pen.elided(pos2(rect.left() + pad, middle), Side::Left, self.label, &self.ink(theme, false), room);
        if self.dress == Dress::Inline {
            caret = said.right() + theme.px(9.0);
        }
        if !self.aside.is_empty() {
            let at = pos2(said.right() + theme.px(5.0), middle);
            pen.elided(
                at,
                Side::Left,
                self.aside,
                &self.ink(theme, true),
                (room - said.width() - theme.px(5.0)).max(1.0),
            );
        }
        pen.caret(pos2(caret, middle), caret_ink);
        focus_ring(pen, response, ground, radius);
    }
}

fn list<T: Clone>(ui: &mut Ui, theme: Theme, choices: &[Choice<T>], at_least: f32, tallest: f32) -> Option<T> {
    let mut picked = None;
    let pen_width = |choice: &Choice<T>| {
        let pen = Pen::new(ui.painter(), theme);
        let ink = theme.ink(Type::Body, Weight::Regular, theme.palette.text);
        pen.width(&choice.label, &ink) + pen.width(&choice.aside, &ink) + theme.px(54.0)
    };
    let width = choices.iter().map(pen_width).fold(at_least, f32::max);
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ui.set_max_height(tallest);
    ScrollArea::vertical().max_height(tallest).show(ui, |ui| {
        for choice in choices {
            let (rect, response) = ui.allocate_exact_size(vec2(width, theme.px(ROW_HEIGHT)), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::MenuItemRadio, true, choice.chosen, &choice.label));
            paint_row(&Pen::new(ui.painter(), theme), &response, rect, choice);
            if response.clicked() {
                picked = Some(choice.value.clone());
                ui.close();
            }
        }
    });
    picked
}

fn paint_row<T>(pen: &Pen<'_>, response: &Response, rect: Rect, choice: &Choice<T>) {
    let theme = pen.theme;
    if response.hovered() || response.has_focus() {
        pen.painter.rect_filled(rect, theme.radius(6.0), theme.palette.hover);
    }
    let middle = rect.center().y;
    if choice.chosen {
        pen.painter.circle_filled(pos2(rect.left() + theme.px(13.0), middle), theme.px(3.5), theme.palette.action);
    }
    let weight = if choice.chosen { Weight::Medium } else { Weight::Regular };
    let ink = theme.ink(Type::Body, weight, theme.palette.text);
    let said = pen.centred(pos2(rect.left() + theme.px(26.0), middle), Side::Left, &choice.label, &ink);
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.faint);
    pen.centred(pos2(said.right() + theme.px(8.0), middle), Side::Left, &choice.aside, &ink);
    if response.has_focus() {
        let stroke = Stroke::new(theme.px(1.5), theme.palette.action);
        pen.painter.rect_stroke(rect, theme.radius(6.0), stroke, StrokeKind::Inside);
    }
}
