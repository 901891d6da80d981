//! The track view: one look says which track, which role, where it sits against its target from the kick, and how far to
//! move. Pure drawing: everything shown comes from the [`MixReport`], nothing here computes a level.

mod api;
pub mod theme;
mod view_state;

pub use api::{Action, Controls, MonoScope};
pub use view_state::ViewState;

use keel_core::mix::{MixReport, TrackId};

/// Size of the window at first, in points.
pub const DEFAULT_SIZE: [f32; 2] = [440.0, 592.0];
/// The smallest window that holds the view.
pub const MIN_SIZE: [f32; 2] = [360.0, 480.0];

/// Loads fonts and colours into a new egui context, once, before its first pass.
pub fn setup(ctx: &egui::Context) {
    theme::install(ctx);
}

/// Draws the view of track `me` over all of `ui` and tells what the user did. Asks for no repaint of its own: the window
/// paints at its own rate.
pub fn show(
    ui: &mut egui::Ui,
    report: &MixReport,
    me: TrackId,
    controls: &Controls,
    state: &mut ViewState,
) -> Vec<Action> {
    let mut actions = Vec::new();
    state.advance(ui.input(|input| input.time));
    let Some(track) = report.track(me) else {
        ui.label("waiting for the session");
        return actions;
    };
    ui.heading(&track.name);
    if ui.button(track.role.label()).clicked() {
        actions.push(Action::SetRole(controls.role));
    }
    actions
}
