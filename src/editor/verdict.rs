//! One number, one sentence, one button.

use egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use keel_core::mix::words as balance;
use keel_core::mix::{Measure, ScopeKind, TrackId};
use keel_core::units::Db;

use super::api::Action;
use super::button::{Button, Fill, down_sign, up_sign};
use super::context::Cx;
use super::listen_timer::ListenTimer;
use super::pen::{Pen, ShapeStyle, Side, cap_height};
use super::picker::{Choice, Dress, Picker};
use super::standing::Tone;
use super::theme::{Type, Weight};
use super::track_view_model::{MarkShape, Offer};
use super::view_state::ViewState;
use super::{figures, words};

/// Sum of the block's parts and of the gaps between them, in points: spare room widens the gaps.
const PARTS: f32 = 139.0;
const GAPS: f32 = 68.0;

/// Walks down the block.
struct Column {
    left: f32,
    right: f32,
    y: f32,
    /// Points of the design to points of the window, for gaps.
    stretch: f32,
}

impl Column {
    fn skip(&mut self, gap: f32) {
        self.y += gap * self.stretch;
    }

    fn take(&mut self, height: f32) -> Rect {
        let rect = Rect::from_min_max(pos2(self.left, self.y.round()), pos2(self.right, (self.y + height).round()));
        self.y += height;
        rect
    }
}

pub(super) fn verdict(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &mut ViewState, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    let spare = (rect.height() / theme.k - PARTS) / GAPS;
    let stretch = theme.k * spare.clamp(0.55, 1.4);
    let mut column = Column { left: rect.left(), right: rect.right(), y: rect.top(), stretch };
    caption(ui, cx, &mut column);
    column.skip(12.0);
    number(ui, cx, &mut column);
    column.skip(12.0);
    target_line(ui, cx, &mut column, actions);
    column.skip(6.0);
    scope_line(ui, cx, &mut column, actions);
    column.skip(16.0);
    headline(ui, cx, &mut column);
    column.skip(12.0);
    what_to_do(ui, cx, &mut column, rect.bottom(), state, actions);
}

/// What the number is, and the light of each kick hit.
fn caption(ui: &Ui, cx: &Cx<'_>, column: &mut Column) {
    let theme = cx.theme;
    let rect = column.take(theme.px(8.0));
    let pen = Pen::new(ui.painter(), theme);
    let light = theme.px(16.0);
    let ink = theme.caption(theme.palette.secondary);
    let said = pen.elided(rect.left_center(), Side::Left, &cx.model.caption, &ink, rect.width() - light);
    let at = pos2(said.right() + theme.px(10.0), rect.center().y);
    pen.painter.circle_filled(at, theme.px(4.5), theme.palette.text.gamma_multiply(cx.flash));
    pen.painter.circle_stroke(at, theme.px(4.0), Stroke::new(theme.px(1.25), theme.palette.outline));
    let area = Rect::from_center_size(at, vec2(theme.px(16.0), theme.px(16.0)));
    let response = ui.interact(area, ui.scope_id().with("hit-light"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "Light on each hit of the kick"));
    response.on_hover_text("Lights on each hit of the kick");
}

fn number(ui: &Ui, cx: &Cx<'_>, column: &mut Column) {
    let theme = cx.theme;
    let color = if cx.model.greyed { theme.palette.faint } else { theme.palette.text };
    let big = theme.ink(Type::Figure, Weight::Bold, color);
    let rect = column.take(cap_height(&big));
    let pen = Pen::new(ui.painter(), theme);
    let text = if cx.model.is_level { figures::level(cx.model.value) } else { figures::offset(cx.model.value) };
    pen.on_baseline(pos2(rect.left() - theme.px(2.0), rect.bottom()), Side::Left, &text, &big);
    // The unit keeps its place whatever the number.
    let widest = pen.width(if cx.shown.wide { "−00.0" } else { "−0.0" }, &big);
    let unit = theme.ink(Type::Title, Weight::Regular, theme.palette.faint);
    if cx.model.value.is_some() {
        let at = pos2(rect.left() + widest + theme.px(4.0), rect.bottom());
        pen.on_baseline(at, Side::Left, cx.model.unit, &unit);
    }
}

fn target_line(ui: &Ui, cx: &Cx<'_>, column: &mut Column, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    let rect = column.take(theme.px(16.0));
    let pen = Pen::new(ui.painter(), theme);
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.secondary);
    let said = pen.centred(rect.left_center(), Side::Left, &words::target(cx.shown), &ink);
    let dot = pos2(said.right() + theme.px(6.0), rect.center().y);
    pen.painter.circle_filled(dot, theme.px(1.25), theme.palette.faint);
    let label = words::measure(cx.shown, cx.controls);
    let spoken = format!("Measure: {label}");
    let picker = Picker { label, aside: "", spoken: &spoken, help: "", dress: Dress::Inline };
    let width = picker.width(&pen).min(rect.right() - dot.x - theme.px(8.0));
    let chip = Rect::from_min_size(pos2(dot.x + theme.px(7.0), rect.top()), vec2(width, rect.height()));
    if let Some(measure) = picker.show(ui, theme, chip, ui.scope_id().with("measure"), &measures(cx)) {
        actions.push(Action::SetMeasure(measure));
    }
}

fn measures(cx: &Cx<'_>) -> Vec<Choice<Option<Measure>>> {
    let chosen = cx.controls.measure;
    [
        (None, "As the target says"),
        (Some(Measure::Peak), "Peak"),
        (Some(Measure::Rms), "RMS"),
        (Some(Measure::Loudness), "Loudness"),
    ]
    .into_iter()
    .map(|(measure, label)| Choice::new(measure, label, chosen == measure))
    .collect()
}

fn scope_line(ui: &Ui, cx: &Cx<'_>, column: &mut Column, actions: &mut Vec<Action>) {
    let theme = cx.theme;
    let rect = column.take(theme.px(16.0));
    let label = words::scope(cx.shown);
    let spoken = format!("Judged over: {label}");
    let picker = Picker { label: &label, aside: "", spoken: &spoken, help: "", dress: Dress::Inline };
    let width = picker.width(&Pen::new(ui.painter(), theme)).min(rect.width());
    let chip = Rect::from_min_size(rect.min, vec2(width, rect.height()));
    if let Some(scope) = picker.show(ui, theme, chip, ui.scope_id().with("scope"), &scopes(cx)) {
        actions.push(Action::SetScope(scope));
    }
}

fn scopes(cx: &Cx<'_>) -> Vec<Choice<Option<ScopeKind>>> {
    let chosen = cx.controls.scope;
    let choice =
        |kind, label: &str, aside: &str| Choice { aside: aside.into(), ..Choice::new(kind, label, chosen == kind) };
    vec![
        choice(None, "Auto", "follows the transport"),
        choice(Some(ScopeKind::Playing), "What plays", &words::last_bars(&cx.shown.report.limits)),
        choice(Some(ScopeKind::Loudest), "Loudest section", ""),
        choice(Some(ScopeKind::Song), "Whole song", ""),
    ]
}

fn headline(ui: &Ui, cx: &Cx<'_>, column: &mut Column) {
    let theme = cx.theme;
    let rect = column.take(theme.px(13.0));
    let color = match cx.model.tone {
        Tone::Quiet => theme.palette.text,
        _ => cx.tone(),
    };
    let pen = Pen::new(ui.painter(), theme);
    let shape = cx.model.mark.filter(|mark| !mark.dashed).map(|mark| mark.shape);
    let at = pos2(rect.left() + theme.px(6.0), rect.center().y);
    match (shape, cx.model.tone) {
        (Some(MarkShape::Round), Tone::Sits) => {
            pen.painter.circle_filled(at, theme.px(5.0), color);
        }
        (Some(MarkShape::Up), _) => pen.triangle(at, theme.px(12.0), true, ShapeStyle::Solid(color)),
        (Some(MarkShape::Down), _) => pen.triangle(at, theme.px(12.0), false, ShapeStyle::Solid(color)),
        _ => pen.dashed_ring(at, theme.px(5.0), Stroke::new(theme.px(1.5), color)),
    }
    let ink = theme.ink(Type::Strong, Weight::Medium, color);
    let left = rect.left() + theme.px(19.0);
    pen.elided(pos2(left, rect.center().y), Side::Left, &cx.model.headline, &ink, rect.right() - left);
}

/// The move, the listening after it, or what stands in the way of both.
fn what_to_do(
    ui: &Ui,
    cx: &Cx<'_>,
    column: &mut Column,
    bottom: f32,
    state: &mut ViewState,
    actions: &mut Vec<Action>,
) {
    if let Some(listen) = cx.listen {
        return listening(ui, cx, column, listen, state);
    }
    match &cx.model.advice {
        Offer::Move { by, trim_to, .. } => {
            if move_button(ui, cx, column, *by) {
                actions.extend([Action::BeginTrim, Action::SetTrim(*trim_to), Action::EndTrim]);
                state.listen = Some(ListenTimer::after(*by, &cx.shown.report.limits));
            }
            detail(ui, cx, column, bottom);
        }
        Offer::Gain { by } => {
            let text = format!("Bring it up {} dB at the clip or input, then judge again.", figures::short(by.0));
            paragraph(ui, cx, column, &text, bottom);
        }
        Offer::BeyondTrim { by } => {
            let way = if by.0 > 0.0 { "up" } else { "down" };
            let text = format!("Move the fader {way} {} dB: Trim has no room left for it.", figures::short(by.0.abs()));
            paragraph(ui, cx, column, &text, bottom);
        }
        Offer::None => detail(ui, cx, column, bottom),
        Offer::PickStandIn(tracks) => {
            detail(ui, cx, column, bottom - cx.theme.px(38.0));
            column.skip(8.0);
            pick_stand_in(ui, cx, column, tracks, actions);
        }
        Offer::Untag => with_button(ui, cx, column, bottom, ("Untag this track", Action::SetReference(false)), actions),
        Offer::StandDown => {
            with_button(ui, cx, column, bottom, ("Stop standing in", Action::PickStandIn(None)), actions)
        }
        Offer::TakeBack => {
            let action = Action::Ignore(cx.shown.track.id, false);
            with_button(ui, cx, column, bottom, ("Take it back", action), actions)
        }
        Offer::TakeIn => with_button(ui, cx, column, bottom, ("Take it in again", Action::SetOut(false)), actions),
    }
}

fn with_button(
    ui: &Ui,
    cx: &Cx<'_>,
    column: &mut Column,
    bottom: f32,
    what: (&str, Action),
    actions: &mut Vec<Action>,
) {
    let (label, action) = what;
    detail(ui, cx, column, bottom - cx.theme.px(38.0));
    column.skip(8.0);
    let rect = column.take(cx.theme.px(30.0));
    let button = Button { label, spoken: label, fill: Fill::Raised, sign: None, size: Type::Body };
    if button.show(ui, cx.theme, rect, ui.scope_id().with("remedy")).clicked() {
        actions.push(action);
    }
}

fn move_button(ui: &Ui, cx: &Cx<'_>, column: &mut Column, by: Db) -> bool {
    let theme = cx.theme;
    let rect = column.take(theme.px(40.0));
    let (sign, color) = match by.0 > 0.0 {
        true => (up_sign as super::button::Sign, theme.palette.low),
        false => (down_sign as super::button::Sign, theme.palette.high),
    };
    let label = balance::move_sentence(by);
    let lands = balance::landing(&cx.shown.track).map_or(String::new(), |lands| format!(" · {lands}"));
    let first = cx.shown.kick_first.as_deref().unwrap_or("sets Trim");
    let after = format!("{first}{lands}");
    let spoken = format!("{label}: {after}");
    let button =
        Button { label: &label, spoken: &spoken, fill: Fill::Full(color), sign: Some(sign), size: Type::Strong };
    let clicked = button.show(ui, theme, rect, ui.scope_id().with("move")).clicked();
    column.skip(10.0);
    let row = column.take(theme.px(9.0));
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.faint);
    Pen::new(ui.painter(), theme).elided(row.left_center(), Side::Left, &after, &ink, row.width());
    clicked
}

fn listening(ui: &Ui, cx: &Cx<'_>, column: &mut Column, listen: ListenTimer, state: &mut ViewState) {
    let theme = cx.theme;
    let rect = column.take(theme.px(40.0));
    let label = match listen.bars_left() {
        1 => "Listen · 1 bar".to_owned(),
        bars => format!("Listen · {bars} bars"),
    };
    let spoken = format!("{label} after the move; activate to go on now");
    let button = Button { label: &label, spoken: &spoken, fill: Fill::Raised, sign: None, size: Type::Strong };
    let clicked = button.show(ui, theme, rect, ui.scope_id().with("listen")).clicked();
    let track = Rect::from_min_max(
        pos2(rect.left() + theme.px(8.0), rect.bottom() - theme.px(5.0)),
        rect.max - vec2(theme.px(8.0), theme.px(3.0)),
    );
    let mut done = track;
    done.set_width(track.width() * listen.done());
    ui.painter().rect_filled(track, theme.radius(1.0), theme.palette.line);
    ui.painter().rect_filled(done, theme.radius(1.0), theme.palette.action);
    column.skip(10.0);
    let row = column.take(theme.px(9.0));
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.faint);
    let verb = if listen.moved.0 > 0.0 { "pushed" } else { "pulled" };
    let text = format!("{verb} {} dB · click to go on now", figures::short(listen.moved.0.abs()));
    Pen::new(ui.painter(), theme).elided(row.left_center(), Side::Left, &text, &ink, row.width());
    if clicked {
        state.listen = None;
    }
}

fn pick_stand_in(ui: &Ui, cx: &Cx<'_>, column: &mut Column, tracks: &[(TrackId, String)], actions: &mut Vec<Action>) {
    let theme = cx.theme;
    let rect = column.take(theme.px(30.0));
    let choices: Vec<Choice<TrackId>> =
        tracks.iter().map(|(id, name)| Choice::new(*id, name.as_str(), false)).collect();
    let picker = Picker {
        label: "Let a track stand in",
        aside: "",
        spoken: "Let a track stand in for the kick",
        help: "",
        dress: Dress::Pill,
    };
    let width = picker.width(&Pen::new(ui.painter(), theme)).min(rect.width());
    let chip = Rect::from_min_size(rect.min, vec2(width, rect.height()));
    if let Some(track) = picker.show(ui, theme, chip, ui.scope_id().with("stand-in"), &choices) {
        actions.push(Action::PickStandIn(Some(track)));
    }
}

fn detail(ui: &Ui, cx: &Cx<'_>, column: &mut Column, bottom: f32) {
    if let Some(text) = &cx.model.detail {
        if matches!(cx.model.advice, Offer::Move { .. }) {
            column.skip(8.0);
        }
        paragraph(ui, cx, column, text, bottom);
    }
}

/// Wrapped text, cut where the room ends.
fn paragraph(ui: &Ui, cx: &Cx<'_>, column: &mut Column, text: &str, bottom: f32) {
    let theme = cx.theme;
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.secondary);
    let rows = ((bottom - column.y + theme.px(8.0)) / theme.px(14.0)).floor() as usize;
    if rows == 0 {
        return;
    }
    let pen = Pen::new(ui.painter(), theme);
    column.y = pen.paragraph(pos2(column.left, column.y), text, &ink, column.right - column.left, rows);
}
