//! Where everything goes, by the window's size. Three forms: compact (smallest windows), regular, wide.

use egui::{Rect, pos2, vec2};

/// Enlargement grows in these steps, so that a resize does not rasterize new type at every pixel.
const ENLARGE_STEP: f32 = 8.0;
const ENLARGE_MAX: f32 = 2.5;
const REGULAR: [f32; 2] = [440.0, 592.0];
const WIDE: [f32; 2] = [720.0, 480.0];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Compact,
    Regular,
    Wide,
}

/// The rooms of the view.
#[derive(Clone, Copy, Debug)]
pub struct WindowLayout {
    pub form: Form,
    /// Enlargement of everything.
    pub k: f32,
    pub header: Rect,
    pub scale: Rect,
    pub verdict: Rect,
    pub readings: Rect,
    /// Input, correlation, pan, mono.
    pub meters: [Rect; 4],
    pub hints: Rect,
    pub footer: Rect,
}

impl WindowLayout {
    pub fn of(window: Rect) -> Self {
        let form = form(window);
        let k = enlargement(window, form);
        let px = |points: f32| (points * k).round();
        let (margin, header, footer, hints) = match form {
            Form::Compact => (12.0, 44.0, 80.0, 22.0),
            Form::Regular => (16.0, 48.0, 88.0, 24.0),
            Form::Wide => (16.0, 48.0, 56.0, 24.0),
        };
        let (top, rest) = split_y(window, px(header));
        let (rest, bottom) = split_y(rest, rest.height() - px(footer));
        let inner = rest.shrink2(vec2(px(margin), 0.0));
        let (body, hint_row) = split_y(inner, inner.height() - px(hints));
        let plan = Self {
            form,
            k,
            header: top,
            scale: body,
            verdict: body,
            readings: body,
            meters: [body; 4],
            hints: hint_row,
            footer: bottom,
        };
        match form {
            Form::Compact => plan.compact(body, px),
            Form::Regular => plan.regular(body, px),
            Form::Wide => plan.wide(body, px),
        }
    }

    fn compact(self, body: Rect, px: impl Fn(f32) -> f32) -> Self {
        let (rest, meters) = split_y(body, body.height() - px(74.0));
        let (upper, readings) = split_y(rest, rest.height() - px(42.0));
        let (scale, verdict) = split_x(upper, (upper.width() * 0.42).clamp(px(136.0), px(220.0)));
        Self {
            scale: shrink_y(scale, px(14.0), px(10.0)),
            verdict: shrink_y(verdict.with_min_x(verdict.left() + px(8.0)), px(10.0), px(10.0)),
            readings,
            meters: grid(shrink_y(meters, px(6.0), 0.0), px(20.0)),
            ..self
        }
    }

    fn regular(self, body: Rect, px: impl Fn(f32) -> f32) -> Self {
        let (upper, meters) = split_y(body, body.height() - px(92.0));
        let (scale, right) = split_x(upper, (upper.width() * 0.455).clamp(px(176.0), px(300.0)));
        let right = Rect::from_min_max(pos2(right.left() + px(12.0), right.top()), right.max);
        let (verdict, readings) = split_y(right, right.height() - px(104.0));
        Self {
            scale: shrink_y(scale, px(20.0), px(18.0)),
            verdict: shrink_y(verdict, px(18.0), px(14.0)),
            readings: shrink_y(readings, 0.0, px(8.0)),
            meters: grid(shrink_y(meters, px(10.0), px(2.0)), px(24.0)),
            ..self
        }
    }

    fn wide(self, body: Rect, px: impl Fn(f32) -> f32) -> Self {
        let gap = px(32.0);
        let third = (body.width() - 2.0 * gap) / 3.0;
        let scale_width = third.min(px(240.0));
        let (scale, rest) = split_x(body, scale_width);
        let rest = Rect::from_min_max(pos2(rest.left() + gap, rest.top()), rest.max);
        let (verdict, side) = split_x(rest, (rest.width() - gap) / 2.0);
        let side = Rect::from_min_max(pos2(side.left() + gap, side.top()), side.max);
        let side = shrink_y(side, px(16.0), px(8.0));
        let (readings, meters) = split_y(side, px(112.0));
        let pitch = (meters.height() / 4.0).min(px(60.0));
        let row = |index: f32| {
            let top = meters.bottom() - (4.0 - index) * pitch;
            Rect::from_min_size(pos2(meters.left(), top), vec2(meters.width(), px(40.0)))
        };
        Self {
            scale: shrink_y(scale, px(20.0), px(18.0)),
            verdict: shrink_y(verdict, px(18.0), px(8.0)),
            readings,
            meters: [row(0.0), row(1.0), row(2.0), row(3.0)],
            ..self
        }
    }
}

fn form(window: Rect) -> Form {
    let (width, height) = (window.width(), window.height());
    if width >= WIDE[0] && width >= height * 1.05 {
        Form::Wide
    } else if width < 420.0 || height < 572.0 {
        Form::Compact
    } else {
        Form::Regular
    }
}

fn enlargement(window: Rect, form: Form) -> f32 {
    let [width, height] = match form {
        Form::Compact => return 1.0,
        Form::Regular => REGULAR,
        Form::Wide => WIDE,
    };
    let room = (window.width() / width).min(window.height() / height);
    ((room * ENLARGE_STEP).floor() / ENLARGE_STEP).clamp(1.0, ENLARGE_MAX)
}

/// Two columns, two rows, read across.
fn grid(rect: Rect, gap: f32) -> [Rect; 4] {
    let size = vec2(((rect.width() - gap) / 2.0).floor(), (rect.height() / 2.0).floor());
    let cell =
        |column: f32, row: f32| Rect::from_min_size(rect.min + vec2(column * (size.x + gap), row * size.y), size);
    [cell(0.0, 0.0), cell(1.0, 0.0), cell(0.0, 1.0), cell(1.0, 1.0)]
}

fn split_y(rect: Rect, height: f32) -> (Rect, Rect) {
    rect.split_top_bottom_at_y((rect.top() + height).round())
}

fn split_x(rect: Rect, width: f32) -> (Rect, Rect) {
    rect.split_left_right_at_x((rect.left() + width).round())
}

fn shrink_y(rect: Rect, top: f32, bottom: f32) -> Rect {
    Rect::from_min_max(pos2(rect.left(), rect.top() + top), pos2(rect.right(), rect.bottom() - bottom))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every room lies in the window and none over another, at any size from the smallest up.
    #[test]
    fn rooms_never_overlap() {
        for width in (360..2400).step_by(40) {
            for height in (480..1800).step_by(40) {
                let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(width as f32, height as f32));
                let plan = WindowLayout::of(window);
                let mut rooms = vec![plan.header, plan.scale, plan.verdict, plan.readings, plan.hints, plan.footer];
                rooms.extend(plan.meters);
                for (index, room) in rooms.iter().enumerate() {
                    assert!(window.contains_rect(*room), "{width}x{height}: room {index} leaves the window: {room}");
                    assert!(room.is_positive(), "{width}x{height}: room {index} has no size");
                    for other in &rooms[index + 1..] {
                        let shared = room.intersect(*other);
                        let overlaps = shared.width() > 0.5 && shared.height() > 0.5;
                        assert!(!overlaps, "{width}x{height}: {room} lies over {other}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_default_window_is_regular_and_not_enlarged() {
        let window = Rect::from_min_size(pos2(0.0, 0.0), REGULAR.into());
        assert_eq!((WindowLayout::of(window).form, WindowLayout::of(window).k), (Form::Regular, 1.0));
    }
}
