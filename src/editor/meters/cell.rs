//! The place of one small meter: a name, a picture, a word.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use super::super::context::Cx;
use super::super::pen::{Pen, Side};

const NAME_WIDTH: f32 = 58.0;

/// The parts of a cell.
pub struct MeterPlace {
    /// The picture's line.
    pub picture: Rect,
    /// Middle of the line below it.
    pub below: f32,
    pub left: f32,
    pub right: f32,
}

/// Draws the name and names the cell to the screen reader.
pub(super) fn cell(ui: &Ui, cx: &Cx<'_>, rect: Rect, name: &'static str, spoken: &str, help: &str) -> MeterPlace {
    let theme = cx.theme;
    let response: Response = ui.interact(rect, ui.scope_id().with(name), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, spoken));
    let line = rect.top() + theme.px(8.0);
    let pen = Pen::new(ui.painter(), theme);
    pen.centred(pos2(rect.left(), line), Side::Left, name, &theme.caption(theme.palette.secondary));
    response.on_hover_text(help);
    let half = theme.px(4.0);
    MeterPlace {
        picture: Rect::from_min_max(
            pos2(rect.left() + theme.px(NAME_WIDTH), line - half),
            pos2(rect.right(), line + half),
        ),
        below: line + theme.px(16.0),
        left: rect.left(),
        right: rect.right(),
    }
}
