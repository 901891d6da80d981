//! A picture of every state. `UPDATE_SNAPSHOTS=1 cargo test -p keel-screens` renews them; then open them.

use egui::{Vec2, vec2};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable;
use keel::editor::theme::Wear;

use super::states::{self, State};
use super::window::{DEFAULT, Shown, Window, open};

pub const SMALLEST: Vec2 = vec2(360.0, 480.0);
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

/// States that only a hand brings about.
#[test]
fn handled() {
    let mut results = SnapshotResults::new();
    let mut after = |name: &str, handle: fn(&mut Window)| {
        let (report, controls) = match name {
            "placement" => states::fader_unknown(),
            "placement_chosen" => states::post_by_the_users_word(),
            "typing_a_code" => states::linked(),
            _ => states::too_loud(),
        };
        let mut window = open(Shown::new(report, controls), DEFAULT, 1.0);
        window.run_steps(2);
        handle(&mut window);
        window.run_steps(4);
        window.snapshot(format!("handled/{name}"));
        results.extend_harness(&mut window);
    };
    after("listen", |window| {
        window.get_by_label_contains("Pull 3 dB").click();
        window.run_steps(3);
        for _ in 0..90 {
            window.state_mut().controls.transport.position_s += 1.0 / 30.0;
            window.step();
        }
        window.remove_cursor();
    });
    after("roles", |window| {
        window.get_by_label_contains("Role:").focus();
        window.run_steps(2);
        window.key_press(egui::Key::Enter);
    });
    for name in ["placement", "placement_chosen"] {
        after(name, |window| {
            window.get_by_label_contains("Placement:").focus();
            window.run_steps(2);
            window.key_press(egui::Key::Enter);
        });
    }
    after("renaming", |window| {
        window.get_by_label_contains("Track name").click();
        window.remove_cursor();
    });
    after("typing_a_code", |window| {
        window.get_by_label_contains("Link: 5 more").click();
        window.run_steps(3);
        window.get_by_label("Session code: band room").click();
        window.remove_cursor();
    });
    after("focus_on_the_move", |window| window.get_by_label_contains("Pull 3 dB").focus());
    after("focus_on_the_trim", |window| window.get_by_label("Trim in decibels").focus());
    after("hit", |window| window.state_mut().live.reference_onsets = Some(41));
}

#[test]
fn crisp_at_twice_the_pixels() {
    let mut results = SnapshotResults::new();
    for name in ["too_loud", "sits"] {
        picture(&mut results, state(name), Wear::Dark, DEFAULT, 2.0, &format!("track@2x/{name}"));
    }
}

#[test]
fn smallest_wide_and_large_windows() {
    let mut results = SnapshotResults::new();
    for name in ["too_loud", "no_kick_yet", "long_names", "far_too_quiet", "reference", "fader_unknown"] {
        picture(&mut results, state(name), Wear::Dark, SMALLEST, 1.0, &format!("smallest/{name}"));
    }
    for name in ["too_loud", "long_names"] {
        picture(&mut results, state(name), Wear::Dark, WIDE, 1.0, &format!("wide/{name}"));
    }
    picture(&mut results, state("too_loud"), Wear::Dark, LARGE, 1.0, "large/too_loud");
    picture(&mut results, state("too_quiet"), Wear::Dark, vec2(600.0, 960.0), 1.0, "tall/too_quiet");
}

#[test]
fn light_and_high_contrast() {
    let mut results = SnapshotResults::new();
    for (wear, folder) in [(Wear::Light, "light"), (Wear::HighContrast, "high_contrast")] {
        for name in ["too_loud", "two_kicks"] {
            picture(&mut results, state(name), wear, DEFAULT, 1.0, &format!("{folder}/{name}"));
        }
    }
}
