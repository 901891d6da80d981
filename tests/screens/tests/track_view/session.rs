//! The page of the whole session, seen and handled.

use egui::{Key, Modifiers, PointerButton, vec2};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable;
use keel::editor::theme::Wear;
use keel::editor::{Action, Controls};
use keel_core::link::Refused;
use keel_core::mix::{MixReport, TrackId, Verdict};
use keel_core::units::Db;

use super::sessions::{self, PADS};
use super::states;
use super::window::{DEFAULT, Shown, Window, actions, open, press, window};

/// The page of a session, as a key opens it.
fn page(state: fn() -> (MixReport, Controls)) -> Window {
    let mut window = window(state);
    assert_eq!(press(&mut window, Key::S, Modifiers::NONE), []);
    window.get_by_label_contains("Back to Bass DI");
    window
}

#[test]
fn the_page_opens_from_the_track_and_leads_back() {
    let mut window = window(sessions::nine);
    window.get_by_label_contains("Session: 9 tracks · linked. Link: 4 more tracks").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("Trim in").is_none(), "the track's own view is behind it");
    for row in
        ["Kick, Kick · reference: sits", "Bass DI, Bass: 2.8 dB too loud, this track", "Vox Dbl, Backing vocals: out"]
    {
        window.get_by_label(row);
    }
    press(&mut window, Key::Escape, Modifiers::NONE);
    window.get_by_label_contains("Trim in");
    press(&mut window, Key::S, Modifiers::NONE);
    window.get_by_label_contains("Back to Bass DI").click();
    window.run_steps(3);
    window.get_by_label_contains("Trim in");
}

#[test]
fn a_track_is_ignored_by_keyboard_and_taken_back() {
    let mut window = page(sessions::nine);
    window.get_by_label("Menu of Pads Wide: 2.1 dB too loud").focus();
    window.run_steps(2);
    press(&mut window, Key::Enter, Modifiers::NONE);
    press(&mut window, Key::ArrowDown, Modifiers::NONE);
    press(&mut window, Key::ArrowDown, Modifiers::NONE);
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), [Action::Ignore(PADS, true)]);
    assert!(window.query_by_label("Ignore in this session").is_none(), "the menu closes");
    window.get_by_label_contains("Back to Bass DI");

    // As the session answers: shown at once, though figures are renewed four times a second.
    window.state_mut().report.tracks[3].is_ignored = true;
    window.state_mut().report.tracks[3].verdict = Verdict::NotJudged;
    window.run_steps(1);
    window.get_by_label("Pads Wide, Pads, keys: ignored");
    window.get_by_label("Menu of Pads Wide: ignored").click();
    window.run_steps(3);
    window.get_by_label("Take back: into the judgement").click();
    assert_eq!(actions(&mut window), [Action::Ignore(PADS, false)]);
}

#[test]
fn a_track_is_mended_from_here_and_a_refusal_is_told() {
    let mut window = page(sessions::nine);
    window.get_by_label("Menu of Hats: 2.9 dB too quiet").click();
    window.run_steps(3);
    window.get_by_label("Push 3 dB: sets its Trim to +3.0 dB").click();
    assert_eq!(actions(&mut window), [Action::SetTrimOf(TrackId(5), Db(3.0))]);
    let refused = format!("Hats: {}", Refused::Elsewhere);
    window.state_mut().controls.refused = Some(refused.clone());
    window.run_steps(2);
    window.get_by_label(&refused);
    window.get_by_label("Menu of Snare Top: sits").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("sets its Trim").is_none(), "what sits has nothing to mend");
}

#[test]
fn the_menu_opens_by_the_right_button_on_the_row_too() {
    let mut window = page(sessions::nine);
    window.get_by_label_contains("Hats, Hi-hats").click_button(PointerButton::Secondary);
    window.run_steps(3);
    window.get_by_label("Ignore in this session").click();
    assert_eq!(actions(&mut window), [Action::Ignore(TrackId(5), true)]);
}

#[test]
fn the_reference_cannot_be_ignored_and_says_why() {
    let mut window = page(sessions::nine);
    for _ in 0..2 {
        window.get_by_label("Menu of Kick: sits").click();
        window.run_steps(3);
        window.get_by_label_contains("not while all is measured against it");
        assert_eq!(press(&mut window, Key::Escape, Modifiers::NONE), []);
        window.get_by_label_contains("Back to Bass DI");
    }
    window.get_by_label("Menu of Kick: sits").click();
    window.run_steps(3);
    window.get_by_label_contains("not while all is measured against it").click();
    assert_eq!(actions(&mut window), []);
}

#[test]
fn an_ignored_track_says_so_in_its_own_window_and_offers_the_way_back() {
    let mut window = window(states::ignored);
    assert!(window.query_all_by_label_contains("ignored in this session").next().is_some());
    window.get_by_label("Take it back").click();
    assert_eq!(actions(&mut window), [Action::Ignore(states::ME, false)]);
}

#[test]
fn targets_are_chosen_for_the_whole_session() {
    let mut window = page(sessions::with_ignored);
    window.get_by_label("Targets: loud. Chosen in another instance, for all").click();
    window.run_steps(3);
    window.get_by_label("quiet verses").click();
    assert_eq!(actions(&mut window), [Action::SetProfile("quiet verses".into())]);
    let mut window = page(sessions::with_a_fault);
    window.get_by_label(sessions::FAULT);
    window.get_by_label_contains("Targets: loud").focus();
    window.run_steps(2);
    press(&mut window, Key::Enter, Modifiers::NONE);
    press(&mut window, Key::ArrowDown, Modifiers::NONE);
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), [Action::SetProfile("guide".into())]);
}

#[test]
fn tab_goes_down_the_page() {
    let mut window = page(sessions::nine);
    for label in ["Back to", "Targets:", "Menu of Kick", "Menu of Bass DI", "Menu of Snare Top"] {
        window.key_press(Key::Tab);
        window.run_steps(3);
        assert!(window.get_by_label_contains(label).is_focused(), "Tab should have come to {label}");
    }
}

#[test]
fn pictures() {
    let mut results = SnapshotResults::new();
    let mut picture = |state: fn() -> (MixReport, Controls), wear: Wear, size, scale: f32, name: &str, menu: &str| {
        let (report, controls) = state();
        let mut shown = Shown::new(report, controls);
        shown.view.wear = wear;
        let mut window = open(shown, size, scale);
        window.run_steps(2);
        press(&mut window, Key::S, Modifiers::NONE);
        if !menu.is_empty() {
            window.get_by_label_contains(menu).focus();
            window.run_steps(2);
            press(&mut window, Key::Enter, Modifiers::NONE);
        }
        window.run_steps(4);
        window.snapshot(format!("session/{name}"));
        results.extend_harness(&mut window);
    };
    let smallest = vec2(360.0, 480.0);
    picture(sessions::with_ignored, Wear::Dark, smallest, 1.0, "ignored_smallest", "");
    picture(sessions::with_ignored, Wear::Dark, smallest, 2.0, "menu_smallest@2x", "Menu of Pads");
    picture(sessions::with_a_fault, Wear::Dark, smallest, 1.0, "fault_smallest", "");
    picture(sessions::nine, Wear::Dark, smallest, 1.0, "reference_menu_smallest", "Menu of Kick");
    picture(sessions::refused, Wear::Dark, smallest, 1.0, "mend_menu_refused_smallest", "Menu of Hats");
    picture(sessions::with_a_fault, Wear::Light, DEFAULT, 1.0, "fault_light", "Targets:");
    picture(sessions::with_ignored, Wear::HighContrast, vec2(760.0, 500.0), 1.0, "ignored_wide_high_contrast", "");
}
