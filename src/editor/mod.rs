//! The track view: which track, which role, where it sits against its target from the kick, and how far to
//! move it. Pure drawing: everything shown comes from the [`MixReport`], nothing here computes a level.

mod api;
mod button;
mod context;
mod figures;
mod footer;
mod header;
mod layout;
mod link;
mod listen_timer;
mod meters;
mod palette;
mod pen;
mod picker;
mod readings;
mod row;
mod scale;
mod session;
mod shown_report;
mod stale;
mod standing;
pub mod theme;
mod track_view_model;
mod trim;
mod verdict;
mod view_state;
mod words;

use egui::{Color32, Key, Modifiers, Popup, Rect, Ui, pos2, vec2};
use keel_core::mix::{MixReport, TrackId};

pub use api::{Action, Controls, Live, MonoScope, Targets};
use context::Cx;
use layout::{Form, WindowLayout};
use pen::{Pen, Side};
use theme::{Theme, Type, Weight};
use track_view_model::TrackViewModel;
pub use view_state::ViewState;

/// Size of the window at first, in points.
pub const DEFAULT_SIZE: [f32; 2] = [440.0, 592.0];
/// The smallest window that holds the view.
pub const MIN_SIZE: [f32; 2] = [360.0, 480.0];

/// Loads fonts and colours into a new egui context, once, before its first pass.
pub fn setup(ctx: &egui::Context) {
    theme::install(ctx, theme::Wear::default());
}

/// Draws the view of track `me` over all of `ui` and returns what the user did. Asks for no repaint of its own: the window
/// paints at its own rate.
pub fn show(
    ui: &mut Ui,
    report: &MixReport,
    live: &Live,
    me: TrackId,
    controls: &Controls,
    state: &mut ViewState,
) -> Vec<Action> {
    let mut actions = Vec::new();
    let window = ui.max_rect();
    let plan = WindowLayout::of(window);
    let theme = Theme::new(state.wear, plan.k);
    theme::fit_tooltips(ui.ctx(), window.width());
    ui.painter().rect_filled(window, 0.0, theme.palette.ground);
    state.advance(ui.input(|input| input.time), report, live, me, controls);
    let (Some(shown), Some(track)) = (state.shown(), report.track(me)) else {
        if state.is_long_absent() {
            joining(ui, theme, window, report.notes.first());
        }
        return actions;
    };
    let model = TrackViewModel::of(&shown, controls);
    let (listen, flash) = (state.listen, state.flash());
    let cx = Cx { theme, controls, shown: &shown, track, live: live.track, model, listen, flash };

    if state.session {
        session::page(ui, &cx, &plan, state, &mut actions);
        return actions;
    }
    header::header(ui, &cx, plan.header, state, &mut actions);
    scale::scale(ui, &cx, plan.scale, state);
    verdict::verdict(ui, &cx, plan.verdict, state, &mut actions);
    readings::readings(ui, &cx, plan.readings, plan.form, &mut actions);
    divider(ui, &cx, &plan);
    meters::input_zone(ui, &cx, plan.meters[0], state);
    meters::correlation(ui, &cx, plan.meters[1], state);
    meters::pan(ui, &cx, plan.meters[2], state);
    meters::mono(ui, &cx, plan.meters[3], state);
    let rest = session::chip(ui, &cx, plan.hints, state);
    // Of two places that overlap the first one's tooltip shows.
    stale::strip(ui, &cx, plan.hints);
    hints(ui, &cx, rest);
    footer::footer(ui, &cx, plan.footer, plan.form, state, &mut actions);
    shortcuts(ui, &cx, state, &mut actions);
    actions
}

/// Keys that work wherever the focus is, but in a text field or an open list.
fn shortcuts(ui: &Ui, cx: &Cx<'_>, state: &mut ViewState, actions: &mut Vec<Action>) {
    if state.name.is_some() || Popup::is_any_open(ui.ctx()) {
        return;
    }
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::M) {
        actions.push(Action::SetMono(!cx.controls.mono_check));
    }
    if pressed(Key::R) {
        actions.push(Action::SetReference(!cx.controls.reference));
    }
    if pressed(Key::S) {
        state.open_session();
    }
    if ui.memory(|memory| memory.focused()).is_none() {
        trim::keys(ui, cx, actions);
    }
}

fn divider(ui: &Ui, cx: &Cx<'_>, plan: &WindowLayout) {
    if plan.form != Form::Wide {
        let y = plan.meters[0].top() - cx.theme.px(if plan.form == Form::Regular { 10.0 } else { 6.0 });
        let y = ui.painter().round_to_pixel_center(y);
        ui.painter().hline(plan.hints.x_range(), y, cx.theme.hair(cx.theme.palette.line));
    }
}

/// The weightiest thing to know beside the verdict; the others when pointed at.
fn hints(ui: &Ui, cx: &Cx<'_>, rect: Rect) {
    let hints = words::hints(cx.shown, cx.controls.bypass);
    let Some(first) = hints.first() else { return };
    let theme = cx.theme;
    let all: Vec<&str> = hints.iter().map(|hint| hint.text.as_str()).collect();
    let response = ui.interact(rect, ui.scope_id().with("hints"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, all.join(". ")));
    let pen = Pen::new(ui.painter(), theme);
    let middle = rect.center().y - theme.px(2.0);
    let mut left = rect.left();
    if first.caution {
        let at = pos2(left + theme.px(6.0), middle);
        pen.triangle(at, theme.px(11.0), true, pen::ShapeStyle::Hollow(Color32::TRANSPARENT, caution_edge(theme)));
        left += theme.px(18.0);
    }
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.secondary);
    let more = if hints.len() > 1 { format!("+{}", hints.len() - 1) } else { String::new() };
    let room = rect.right() - left - pen.width(&more, &ink) - theme.px(8.0);
    pen.elided(pos2(left, middle), Side::Left, &first.text, &ink, room);
    pen.centred(pos2(rect.right(), middle), Side::Right, &more, &ink);
    response.on_hover_text(all.join("\n"));
}

fn caution_edge(theme: Theme) -> egui::Stroke {
    egui::Stroke::new(theme.px(1.5), theme.palette.caution)
}

/// Before the session has counted this track in.
fn joining(ui: &Ui, theme: Theme, window: Rect, note: Option<&String>) {
    let below = note.map_or("Nothing has come in on this track yet", String::as_str);
    let response = ui.interact(window, ui.scope_id().with("joining"), egui::Sense::hover());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("Joining the session. {below}")));
    let pen = Pen::new(ui.painter(), theme);
    let ink = theme.ink(Type::Strong, Weight::Medium, theme.palette.text);
    pen.centred(window.center(), Side::Middle, "Joining the session", &ink);
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.secondary);
    let at = window.center() + vec2(0.0, theme.px(24.0));
    pen.centred(at, Side::Middle, below, &ink);
}
