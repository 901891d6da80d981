//! The view without a pointer.

use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use keel::editor::Action;
use keel_core::mix::{Placement, Role};
use keel_core::units::Db;

use super::states;
use super::window::{press, trim_to, window};

#[test]
fn enter_on_the_focused_move_button_moves() {
    let mut window = window(states::too_loud);
    window.get_by_label_contains("Pull 3 dB").focus();
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), trim_to(-3.0));
}

#[test]
fn arrows_on_the_trim_move_it_by_a_tenth_and_with_shift_by_one() {
    let mut window = window(states::sits);
    window.get_by_label("Trim in decibels").focus();
    window.run_steps(2);
    for (key, modifiers, expected) in [
        (Key::ArrowUp, Modifiers::NONE, 0.1),
        (Key::ArrowLeft, Modifiers::NONE, -0.1),
        (Key::ArrowRight, Modifiers::SHIFT, 1.0),
        (Key::ArrowDown, Modifiers::SHIFT, -1.0),
        (Key::PageUp, Modifiers::NONE, 3.0),
        (Key::Delete, Modifiers::NONE, 0.0),
    ] {
        assert_eq!(press(&mut window, key, modifiers), trim_to(expected), "{key:?} with {modifiers:?}");
        assert!(window.get_by_label("Trim in decibels").is_focused(), "{key:?} keeps the focus on the trim");
    }
}

#[test]
fn arrows_without_any_focus_move_the_trim_too() {
    let mut window = window(states::sits);
    assert_eq!(press(&mut window, Key::ArrowDown, Modifiers::NONE), trim_to(-0.1));
}

#[test]
fn the_trim_stays_in_its_range() {
    let mut window = window(states::sits);
    window.state_mut().controls.trim_db = Db(23.5);
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::ArrowUp, Modifiers::SHIFT), trim_to(24.0));
}

#[test]
fn letters_switch_mono_and_reference() {
    let mut window = window(states::sits);
    assert_eq!(press(&mut window, Key::M, Modifiers::NONE), [Action::SetMono(true)]);
    assert_eq!(press(&mut window, Key::R, Modifiers::NONE), [Action::SetReference(true)]);
    window.state_mut().controls.mono_check = true;
    assert_eq!(press(&mut window, Key::M, Modifiers::NONE), [Action::SetMono(false)]);
    assert_eq!(press(&mut window, Key::M, Modifiers::COMMAND), [], "the host's own shortcuts are left alone");
}

#[test]
fn the_role_is_picked_by_keyboard() {
    let mut window = window(states::sits);
    window.get_by_label_contains("Role: Bass").focus();
    window.run_steps(2);
    press(&mut window, Key::Enter, Modifiers::NONE);
    press(&mut window, Key::ArrowDown, Modifiers::NONE);
    press(&mut window, Key::ArrowDown, Modifiers::NONE);
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), [Action::SetRole(Some(Role::Kick))]);
}

#[test]
fn the_placement_is_picked_by_keyboard() {
    for (downs, side) in [(1, None), (2, Some(Placement::Pre)), (3, Some(Placement::Post))] {
        let mut window = window(states::fader_unknown);
        window.get_by_label_contains("Placement:").focus();
        window.run_steps(2);
        press(&mut window, Key::Enter, Modifiers::NONE);
        for _ in 0..downs {
            press(&mut window, Key::ArrowDown, Modifiers::NONE);
        }
        assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), [Action::SetPlacement(side)], "{downs} down");
        assert!(window.query_by_label("After the fader").is_none(), "the list closes");
    }
}

#[test]
fn the_name_is_edited_in_place() {
    let mut window = window(states::sits);
    window.get_by_label_contains("Track name").click();
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.event(Event::Text("Sub Bass".into()));
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::M, Modifiers::NONE), [], "letters go into the name, not to the switches");
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), [Action::SetName("Sub Bass".into())]);
}

#[test]
fn escape_leaves_the_name_as_it_was() {
    let mut window = window(states::sits);
    window.get_by_label_contains("Track name").click();
    window.run_steps(3);
    window.event(Event::Text("oops".into()));
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::Escape, Modifiers::NONE), []);
    window.get_by_label_contains("Track name: Bass DI");
}

#[test]
fn the_session_code_is_typed_and_kept_from_the_shortcuts() {
    let mut window = window(states::linked);
    window.get_by_label_contains("Link: 5 more tracks of 2 other").click();
    window.run_steps(3);
    window.get_by_label("Session code: band room").click();
    window.run_steps(3);
    press(&mut window, Key::A, Modifiers::COMMAND);
    window.event(Event::Text("room m".into()));
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::M, Modifiers::NONE), [], "a letter of the code is no shortcut");
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), [Action::SetCode("room m".into())]);
    window.get_by_label("Session code: band room").click();
    window.run_steps(3);
    window.event(Event::Text("oops".into()));
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::Escape, Modifiers::NONE), []);
    window.get_by_label_contains("Back to");
}

/// Down the window, as one reads it.
#[test]
fn tab_reaches_every_control_in_reading_order() {
    let mut window = window(states::too_loud);
    let expected = [
        "Track name",
        "Role:",
        "Placement:",
        "Measure:",
        "Judged over",
        "Pull 3 dB",
        "Reset the maximum",
        "Trim in",
        "Mono check",
        "Reference:",
        "Out:",
    ];
    for label in expected {
        window.key_press(Key::Tab);
        window.run_steps(3);
        assert!(window.get_by_label_contains(label).is_focused(), "Tab should have come to {label}");
    }
}
