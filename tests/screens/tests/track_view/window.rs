//! A window of its own for a state: the view, drawn as the plugin draws it, and the actions that come out.

use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::{Harness, SnapshotOptions};
use keel::editor::theme::{Wear, install};
use keel::editor::{Action, Controls, Live, ViewState, show};
use keel_core::mix::{MixReport, TrackId};
use keel_core::units::Db;

use super::fixture;

/// What a window shows, and what the user did in it.
pub struct Shown {
    pub report: MixReport,
    pub live: Live,
    pub controls: Controls,
    pub me: TrackId,
    pub view: ViewState,
    pub actions: Vec<Action>,
}

impl Shown {
    pub fn new(report: MixReport, controls: Controls) -> Self {
        let me = super::states::ME;
        let live = fixture::live(&report, me);
        Self { report, live, controls, me, view: ViewState::default(), actions: Vec::new() }
    }

    /// The actions of one kind of gesture are rarely wanted twice.
    pub fn take_actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }
}

pub type Window = Harness<'static, Shown>;

pub const DEFAULT: Vec2 = vec2(440.0, 592.0);

/// Opens a window. Time passes by 1/60 s a step, whatever the machine's clock says.
pub fn open(shown: Shown, size: Vec2, scale: f32) -> Window {
    let wear = shown.view.wear;
    let pictures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures");
    // Software rasterizers differ by a shade along edges of type.
    let options = SnapshotOptions::new().output_path(pictures).threshold(1.2).max_failed_pixels(12);
    Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
        .with_step_dt(1.0 / 60.0)
        .with_options(options)
        .with_theme(if wear == Wear::Light { egui::Theme::Light } else { egui::Theme::Dark })
        .with_context_setup(move |ctx| install(ctx, wear))
        .build_ui_state(draw, shown)
}

fn draw(ui: &mut egui::Ui, shown: &mut Shown) {
    // All of the window, as in the plugin: the harness would leave a margin.
    let window = ui.ctx().content_rect();
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(window));
    ui.set_clip_rect(window);
    let actions = show(&mut ui, &shown.report, &shown.live, shown.me, &shown.controls, &mut shown.view);
    shown.actions.extend(actions);
}

/// A state's window at the default size, settled.
pub fn window(state: fn() -> (MixReport, Controls)) -> Window {
    let (report, controls) = state();
    let mut window = open(Shown::new(report, controls), DEFAULT, 1.0);
    window.run_steps(2);
    window
}

pub fn actions(window: &mut Window) -> Vec<Action> {
    window.run_steps(3);
    window.state_mut().take_actions()
}

pub fn trim_to(db: f64) -> Vec<Action> {
    vec![Action::BeginTrim, Action::SetTrim(Db(db)), Action::EndTrim]
}

pub fn press(window: &mut Window, key: Key, modifiers: Modifiers) -> Vec<Action> {
    window.key_press_modifiers(modifiers, key);
    actions(window)
}
