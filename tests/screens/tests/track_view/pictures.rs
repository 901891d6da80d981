//! A picture of every state. `UPDATE_SNAPSHOTS=1 cargo test -p keel-screens` renews them; then look at them.

use egui::{Vec2, vec2};
use egui_kittest::SnapshotResults;
use keel::editor::theme::Wear;

use super::states::{self, State};
use super::window::{DEFAULT, Shown, open};

const SMALLEST: Vec2 = vec2(360.0, 480.0);
const WIDE: Vec2 = vec2(760.0, 500.0);
const LARGE: Vec2 = vec2(1280.0, 860.0);

fn picture(results: &mut SnapshotResults, state: &State, wear: Wear, size: Vec2, scale: f32, name: &str) {
    let (report, controls) = (state.make)();
    let mut shown = Shown::new(report, controls);
    shown.view.wear = wear;
    let mut window = open(shown, size, scale);
    window.run_steps(4);
    window.snapshot(name);
    results.extend_harness(&mut window);
}

fn state(name: &str) -> &'static State {
    states::ALL.iter().find(|state| state.name == name).expect("a registered state")
}

#[test]
fn every_state_at_the_default_size() {
    let mut results = SnapshotResults::new();
    for state in states::ALL {
        picture(&mut results, state, Wear::Dark, DEFAULT, 1.0, &format!("track/{}", state.name));
    }
}

#[test]
fn crisp_at_twice_the_pixels() {
    let mut results = SnapshotResults::new();
    for name in ["too_loud", "sits", "anchor", "no_kick_yet"] {
        picture(&mut results, state(name), Wear::Dark, DEFAULT, 2.0, &format!("track@2x/{name}"));
    }
}

#[test]
fn smallest_wide_and_large_windows() {
    let mut results = SnapshotResults::new();
    for name in ["too_loud", "no_kick_yet", "long_names", "far_too_quiet", "anchor"] {
        picture(&mut results, state(name), Wear::Dark, SMALLEST, 1.0, &format!("smallest/{name}"));
    }
    for name in ["too_loud", "no_kick_yet", "long_names"] {
        picture(&mut results, state(name), Wear::Dark, WIDE, 1.0, &format!("wide/{name}"));
    }
    picture(&mut results, state("too_loud"), Wear::Dark, LARGE, 1.0, "large/too_loud");
    picture(&mut results, state("too_quiet"), Wear::Dark, vec2(600.0, 960.0), 1.0, "tall/too_quiet");
}

#[test]
fn light_and_high_contrast() {
    let mut results = SnapshotResults::new();
    for (wear, folder) in [(Wear::Light, "light"), (Wear::HighContrast, "high_contrast")] {
        for name in ["too_loud", "sits", "two_kicks"] {
            picture(&mut results, state(name), wear, DEFAULT, 1.0, &format!("{folder}/{name}"));
        }
    }
}
