//! Which profile the session judges by.

use egui::{Color32, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use keel_core::mix::Profile;

use super::super::api::{Action, Targets};
use super::super::context::Cx;
use super::super::pen::{Pen, ShapeStyle, Side};
use super::super::picker::{Choice, Dress, Picker};
use super::super::theme::{Type, Weight};

const ROW: f32 = 26.0;
/// Lines of what is wrong with a profile; the rest shows when pointed at.
const FAULT_ROWS: usize = 4;

/// Draws the choice at the top of `rect`, and what is wrong with it; answers where that ends.
pub(super) fn targets(ui: &Ui, cx: &Cx<'_>, rect: Rect, actions: &mut Vec<Action>) -> f32 {
    let theme = cx.theme;
    let targets = &cx.controls.targets;
    let pen = Pen::new(ui.painter(), theme);
    let top = rect.top() + theme.px(18.0);
    pen.centred(pos2(rect.left(), top), Side::Left, "TARGETS", &theme.caption(theme.palette.secondary));

    let row = Rect::from_min_size(pos2(rect.left(), top + theme.px(12.0)), vec2(rect.width(), theme.px(ROW)));
    let name = shown(&targets.chosen);
    let whose = whose(targets, cx.shown.report.profile_about.as_deref());
    let spoken = format!("Targets: {name}. {whose}");
    let picker = Picker { label: name, aside: "", spoken: &spoken, help: "", dress: Dress::Pill };
    let width = picker.width(&pen).clamp(theme.px(96.0), rect.width() * 0.5);
    let place = Rect::from_min_size(row.min, vec2(width, row.height()));
    if let Some(profile) = picker.show(ui, theme, place, ui.scope_id().with("targets"), &choices(targets)) {
        actions.push(Action::SetProfile(profile));
    }
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.secondary);
    let left = place.right() + theme.px(10.0);
    pen.elided(pos2(left, row.center().y), Side::Left, &whose, &ink, rect.right() - left);
    let origins = &cx.shown.report.targets_from;
    if !origins.is_empty() {
        let area = Rect::from_min_max(pos2(left, row.top()), row.max);
        let response = ui.interact(area, ui.scope_id().with("whose targets"), Sense::hover());
        let lines = origins.iter().map(|origin| match &origin.who {
            Some(who) => format!("{}: {who}.", origin.text),
            None => format!("{}: learnt of {} songs.", origin.text, origin.songs),
        });
        response.on_hover_text(std::iter::once(whose).chain(lines).collect::<Vec<_>>().join("\n"));
    }
    match &targets.fault {
        Some(fault) => caution(ui, cx, rect, row.bottom() + theme.px(10.0), fault),
        None => row.bottom(),
    }
}

/// A path by its file's name alone.
fn shown(profile: &str) -> &str {
    let file = profile.rsplit(['/', '\\']).next().unwrap_or(profile);
    file.strip_suffix(".toml").unwrap_or(file)
}

/// Who chose the profile for whom, and whose numbers it has, where it says so.
fn whose(targets: &Targets, about: Option<&str>) -> String {
    let chosen = if targets.from_elsewhere {
        "Chosen in another instance, for all"
    } else {
        "For all instances of this session"
    };
    about.map_or_else(|| chosen.to_owned(), |about| format!("{chosen}; {about}"))
}

/// What the plug-in knows, and what is chosen where that lies elsewhere.
fn choices(targets: &Targets) -> Vec<Choice<String>> {
    let choice = |name: &String| Choice {
        aside: match name.as_str() {
            name if Profile::is_built_in(name) => "built in".into(),
            path if path != shown(path) => "a file elsewhere".into(),
            _ => String::new(),
        },
        ..Choice::new(name.clone(), shown(name), *name == targets.chosen)
    };
    let stray = Some(&targets.chosen).filter(|chosen| !targets.known.contains(chosen));
    targets.known.iter().chain(stray).map(choice).collect()
}

/// Draws what the user must know at `top`; answers where that ends.
pub(super) fn caution(ui: &Ui, cx: &Cx<'_>, rect: Rect, top: f32, fault: &str) -> f32 {
    let theme = cx.theme;
    let pen = Pen::new(ui.painter(), theme);
    let left = rect.left() + theme.px(20.0);
    let ink = theme.ink(Type::Small, Weight::Regular, theme.palette.text);
    let bottom = pen.paragraph(pos2(left, top), fault, &ink, rect.right() - left, FAULT_ROWS);
    let edge = Stroke::new(theme.px(1.5), theme.palette.caution);
    let sign = pos2(rect.left() + theme.px(6.0), top + theme.px(4.0));
    pen.triangle(sign, theme.px(11.0), true, ShapeStyle::Hollow(Color32::TRANSPARENT, edge));
    let area = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), bottom));
    let response = ui.interact(area, ui.scope_id().with(("caution", fault)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, fault));
    response.on_hover_text(fault);
    bottom
}
