//! What each gesture of the pointer does, and what each state offers.

use egui::{Event, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::Queryable;
use keel::editor::{Action, Controls};
use keel_core::mix::{Measure, MixReport, Placement, Role, ScopeKind, TrackId, Verdict};
use keel_core::units::Db;

use super::states;
use super::window::{DEFAULT, Shown, Window, actions, open, trim_to, window};

fn clicked(state: fn() -> (MixReport, Controls), label: &str) -> Vec<Action> {
    let mut window = window(state);
    window.get_by_label_contains(label).click();
    actions(&mut window)
}

#[test]
fn the_move_button_sets_the_trim_and_then_listens_for_four_bars() {
    let mut window = window(states::too_loud);
    window.get_by_label_contains("Pull 3 dB").click();
    assert_eq!(actions(&mut window), trim_to(-3.0));
    assert!(window.query_by_label_contains("Pull 3 dB").is_none(), "no second move before it was listened to");
    window.get_by_label_contains("Listen · 4 bars");
    // 120 beats a minute: a bar is 2 s.
    for (seconds, words) in [(2.1, "Listen · 3 bars"), (6.1, "Listen · 1 bar")] {
        play_to(&mut window, 64.0 + seconds);
        window.get_by_label_contains(words);
    }
    play_to(&mut window, 72.1);
    window.get_by_label_contains("Pull 3 dB");
}

fn play_to(window: &mut Window, seconds: f64) {
    while window.state().controls.transport.position_s < seconds {
        window.state_mut().controls.transport.position_s += 1.0 / 30.0;
        window.step();
    }
    window.step();
}

#[test]
fn listening_can_be_cut_short() {
    let mut window = window(states::too_loud);
    window.get_by_label_contains("Pull 3 dB").click();
    window.run_steps(3);
    window.get_by_label_contains("Listen · 4 bars").click();
    window.run_steps(3);
    window.get_by_label_contains("Pull 3 dB");
}

#[test]
fn moves_add_to_the_trim_that_is_there() {
    let mut window = window(states::too_loud);
    window.state_mut().controls.trim_db = Db(-1.5);
    window.run_steps(2);
    window.get_by_label_contains("Pull 3 dB").click();
    assert_eq!(actions(&mut window), trim_to(-4.5));
}

#[test]
fn a_double_click_sets_the_trim_to_zero() {
    let mut window = window(states::sits);
    window.state_mut().controls.trim_db = Db(-6.5);
    window.run_steps(2);
    let trim = window.get_by_label("Trim in decibels");
    trim.click();
    trim.click();
    assert_eq!(actions(&mut window), trim_to(0.0));
}

#[test]
fn a_drag_of_the_trim_is_one_gesture() {
    let mut window = window(states::sits);
    let rect = window.get_by_label("Trim in decibels").rect();
    let at = rect.center();
    pointer(&mut window, at, true);
    for step in 1..=8 {
        window.event(Event::PointerMoved(at + vec2(4.0 * step as f32, 0.0)));
        window.step();
        follow_trim(&mut window);
    }
    pointer(&mut window, at + vec2(32.0, 0.0), false);
    let done = window.state_mut().take_actions();
    assert_eq!(done.first(), Some(&Action::BeginTrim), "{done:?}");
    assert_eq!(done.last(), Some(&Action::EndTrim), "{done:?}");
    assert_eq!(done.iter().filter(|action| **action == Action::BeginTrim).count(), 1, "{done:?}");
    let set: Vec<f64> =
        done.iter().filter_map(|action| if let Action::SetTrim(db) = action { Some(db.0) } else { None }).collect();
    assert!(set.is_sorted() && set.last().is_some_and(|last| *last > 2.0), "a drag to the right raises it: {set:?}");
}

fn pointer(window: &mut Window, at: Pos2, pressed: bool) {
    window.event(Event::PointerMoved(at));
    window.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE });
    window.step();
    follow_trim(window);
}

/// The plugin answers a set trim with the parameter's new value.
fn follow_trim(window: &mut Window) {
    let set = window.state().actions.iter().rev().find_map(|action| match action {
        Action::SetTrim(db) => Some(*db),
        _ => None,
    });
    if let Some(db) = set {
        window.state_mut().controls.trim_db = db;
    }
}

#[test]
fn each_switch_says_what_was_asked() {
    assert_eq!(clicked(states::sits, "Mono check"), [Action::SetMono(true)]);
    assert_eq!(clicked(states::sits, "Reference: this track"), [Action::SetReference(true)]);
    assert_eq!(clicked(states::sits, "Out: leave"), [Action::SetOut(true)]);
    assert_eq!(clicked(states::sits, "Reset the maximum peak"), [Action::ResetPeak]);
}

#[test]
fn the_role_is_picked_from_the_list() {
    let mut window = window(states::sits);
    window.get_by_label_contains("Role: Bass").click();
    window.run_steps(3);
    for role in Role::ALL {
        window.get_by_label(role.label());
    }
    window.get_by_label(Role::Sub808.label()).click();
    assert_eq!(actions(&mut window), [Action::SetRole(Some(Role::Sub808))]);
    assert!(window.query_by_label(Role::Sub808.label()).is_none(), "the list closes");
}

#[test]
fn the_side_of_the_fader_is_picked_from_the_badge() {
    for (label, side) in
        [("Auto", None), ("Before the fader", Some(Placement::Pre)), ("After the fader", Some(Placement::Post))]
    {
        let mut window = window(states::fader_unknown);
        window.get_by_label("Placement: the host does not say").click();
        window.run_steps(3);
        window.get_by_label(label).click();
        assert_eq!(actions(&mut window), [Action::SetPlacement(side)]);
        assert!(window.query_by_label("Before the fader").is_none(), "the list closes");
    }
    assert!(window(states::mix_bus).query_by_label_contains("Placement:").is_none(), "a mix bus is judged as it comes");
}

/// The badge, its list and the hint change together, and at once.
#[test]
fn the_users_word_on_the_placement_is_told_as_such() {
    let mut window = window(states::fader_unknown);
    window.get_by_label_contains("After the fader? Say so above");
    for (side, spoken, careful) in
        [(Placement::Pre, "Placement: before the fader", true), (Placement::Post, "Placement: after the fader", false)]
    {
        let shown = window.state_mut();
        shown.controls.placement = Some(side);
        shown.report.tracks[1].placement = side;
        window.run_steps(2);
        window.get_by_label(spoken);
        assert!(window.query_by_label_contains("After the fader? Say so").is_none(), "it was said");
        assert_eq!(window.query_by_label_contains("Balance with Trim, fader at 0").is_some(), careful, "{spoken}");
        window.state_mut().controls.placement = None;
        window.run_steps(2);
        window.get_by_label(&format!("{spoken}, from the host"));
    }
}

#[test]
fn measure_and_scope_are_picked() {
    let mut window = window(states::sits);
    window.get_by_label_contains("Measure:").click();
    window.run_steps(3);
    window.get_by_label("RMS").click();
    assert_eq!(actions(&mut window), [Action::SetMeasure(Some(Measure::Rms))]);
    window.get_by_label_contains("Judged over").click();
    window.run_steps(3);
    window.get_by_label("Whole song").click();
    assert_eq!(actions(&mut window), [Action::SetScope(Some(ScopeKind::Song))]);
}

#[test]
fn a_song_without_a_kick_offers_tracks_to_stand_in() {
    let mut window = window(states::no_kick_yet);
    window.get_by_label_contains("Let a track stand in").click();
    window.run_steps(3);
    window.get_by_label("Snare Top").click();
    assert_eq!(actions(&mut window), [Action::PickStandIn(Some(TrackId(5)))]);
}

#[test]
fn every_state_says_its_verdict_in_words() {
    for (state, words) in [
        (states::too_loud as fn() -> _, "−0.2 dB, 2.8 dB too loud"),
        (states::too_quiet, "4.1 dB too quiet"),
        (states::sits, "sits"),
        (states::no_kick_yet, "no kick yet"),
        (states::kick_held, "kick held since bar 33"),
        (states::two_kicks, "two kicks"),
        (states::silent, "not heard here"),
        (states::reference, "−11.2 dBFS"),
        (states::out, "out of the judgement"),
    ] {
        let window = window(state);
        assert!(window.query_all_by_label_contains(words).next().is_some(), "the scale should say \"{words}\"");
    }
}

#[test]
fn only_low_and_high_offer_a_move() {
    for state in states::ALL {
        let (report, controls) = (state.make)();
        let me = report.track(states::ME).expect("the state's own track");
        let may = matches!(me.verdict, Verdict::Low | Verdict::High) && !me.is_out && controls.trim_db.0 == 0.0;
        let mut window = open(Shown::new(report, controls), DEFAULT, 1.0);
        window.run_steps(2);
        let offered = ["Pull", "Push"].iter().any(|verb| window.query_by_label_contains(verb).is_some());
        assert_eq!(offered, may, "{}", state.name);
    }
}

#[test]
fn a_window_waits_for_its_first_judgement_before_it_says_so() {
    let mut window = window(states::sits);
    let report = window.state().report.clone();
    window.state_mut().report.tracks.clear();
    window.run_steps(20);
    assert!(window.query_by_label_contains("Joining").is_none(), "a third of a second is no wait");
    window.run_steps(20);
    assert!(window.query_by_label_contains("Joining the session. Nothing has come in").is_some());
    window.state_mut().report.notes = vec!["A fault.".into()];
    window.run_steps(2);
    assert!(window.query_by_label_contains("Joining the session. A fault.").is_some());
    window.state_mut().report = report;
    window.run_steps(2);
    assert!(window.query_by_label_contains("Joining").is_none());
}
