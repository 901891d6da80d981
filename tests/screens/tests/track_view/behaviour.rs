//! What each gesture does, by pointer and by keyboard, and what must hold while it plays.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use keel::editor::{Action, Controls};
use keel_core::mix::{Measure, MixReport, Role, ScopeKind, TrackId, Verdict};
use keel_core::units::Db;

use super::states;
use super::window::{DEFAULT, Shown, Window, open};

fn window(state: fn() -> (MixReport, Controls)) -> Window {
    let (report, controls) = state();
    let mut window = open(Shown::new(report, controls), DEFAULT, 1.0);
    window.run_steps(2);
    window
}

fn actions(window: &mut Window) -> Vec<Action> {
    window.run_steps(3);
    window.state_mut().take_actions()
}

fn trim_to(db: f64) -> Vec<Action> {
    vec![Action::BeginTrim, Action::SetTrim(Db(db)), Action::EndTrim]
}

fn press(window: &mut Window, key: Key, modifiers: Modifiers) -> Vec<Action> {
    window.key_press_modifiers(modifiers, key);
    actions(window)
}

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
fn enter_on_the_focused_move_button_moves() {
    let mut window = window(states::too_loud);
    window.get_by_label_contains("Pull 3 dB").focus();
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::Enter, Modifiers::NONE), trim_to(-3.0));
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
fn letters_switch_mono_and_reference() {
    let mut window = window(states::sits);
    assert_eq!(press(&mut window, Key::M, Modifiers::NONE), [Action::SetMono(true)]);
    assert_eq!(press(&mut window, Key::R, Modifiers::NONE), [Action::SetReference(true)]);
    window.state_mut().controls.mono_check = true;
    assert_eq!(press(&mut window, Key::M, Modifiers::NONE), [Action::SetMono(false)]);
    assert_eq!(press(&mut window, Key::M, Modifiers::COMMAND), [], "the host's own shortcuts are left alone");
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
    assert_eq!(actions(&mut window), [Action::PickAnchor(Some(TrackId(5)))]);
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

/// Down the window, as one reads it.
#[test]
fn tab_reaches_every_control_in_reading_order() {
    let mut window = window(states::too_loud);
    let expected = [
        "Track name",
        "Role:",
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
        (states::anchor, "−11.2 dBFS"),
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

/// The display leaves "sits" half a decibel later than the report, and comes back with it.
#[test]
fn the_shown_verdict_has_half_a_decibel_of_hysteresis() {
    let mut window = window(states::sits);
    for (deviation, verdict, shown) in [
        (0.4, Verdict::Sits, "sits"),
        (0.9, Verdict::High, "sits"),
        (1.1, Verdict::High, "1.1 dB too loud"),
        (0.7, Verdict::High, "0.7 dB too loud"),
        (0.4, Verdict::Sits, "sits"),
    ] {
        let me = &mut window.state_mut().report.tracks[1];
        me.deviation_db = Some(Db(deviation));
        me.verdict = verdict;
        window.run_steps(20);
        assert!(
            window.query_all_by_label_contains(shown).next().is_some(),
            "{deviation} dB out: \"{shown}\" should be shown"
        );
    }
}

#[test]
fn numbers_are_renewed_at_most_four_times_a_second() {
    let mut window = window(states::sits);
    let mut seen = Vec::new();
    for step in 0..60 {
        window.state_mut().report.tracks[1].offset_db = Some(Db(-6.0 + 0.05 * f64::from(step)));
        window.step();
        let label = window.get_by_label_contains("Bass DI: ").accesskit_node().label().unwrap_or_default();
        if seen.last() != Some(&label) {
            seen.push(label);
        }
    }
    assert!((4..=5).contains(&seen.len()), "60 frames of 1/60 s showed {} numbers: {seen:?}", seen.len());
}

/// Whatever the number, nothing beside it moves: all pixels right of its slot stay as they were.
#[test]
fn a_number_never_changes_its_width() {
    let mut window = window(states::kick_held);
    window.state_mut().report.tracks[1].spread.clear();
    let mut pictures = Vec::new();
    // The first comes to two digits; from there on the room for them stays.
    for (offset, level) in [(-10.8, -15.4), (-3.9, -8.8), (-11.1, -20.0)] {
        let me = &mut window.state_mut().report.tracks[1];
        me.offset_db = Some(Db(offset));
        me.level_dbfs = Some(keel_core::units::Dbfs(level));
        window.run_steps(60);
        pictures.push(window.render().expect("a picture"));
    }
    for (what, columns, rows) in [("large number", 346..424, 80..140), ("readings", 391..424, 290..400)] {
        let unit = |picture: usize| -> Vec<[u8; 4]> {
            let places = rows.clone().flat_map(|y| columns.clone().map(move |x| (x, y)));
            places.map(|(x, y)| pictures[picture].get_pixel(x, y).0).collect()
        };
        assert!(unit(0).iter().any(|pixel| pixel[0] > 100), "the unit of the {what} should be seen there");
        for later in 1..pictures.len() {
            assert!(unit(later) == unit(0), "the unit of the {what} moved with the figures");
        }
    }
}

/// The row of the mark's round head, by its colour in the gutter beside the scale.
fn mark_row(window: &mut Window) -> f32 {
    let picture = window.render().expect("a picture");
    let green = |pixel: [u8; 4]| pixel[1] > 150 && pixel[0] < 90 && pixel[2] < 180;
    let scale = window.get_by_label_contains("Bass DI: ").rect();
    let columns = scale.right() as u32 - 20..scale.right() as u32;
    let rows = scale.top() as u32 - 8..scale.bottom() as u32 + 8;
    let places = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
    let lit: Vec<u32> = places.filter(|&(x, y)| green(picture.get_pixel(x, y).0)).map(|(_, y)| y).collect();
    lit.iter().sum::<u32>() as f32 / lit.len() as f32
}

#[test]
fn marks_glide_for_150_ms() {
    let mut window = window(states::sits);
    let start = mark_row(&mut window);
    window.state_mut().report.tracks[1].offset_db = Some(Db(-12.0));
    window.run_steps(9);
    let at_150_ms = mark_row(&mut window);
    window.run_steps(60);
    let end = mark_row(&mut window);
    let share = (at_150_ms - start) / (end - start);
    assert!(end - start > 60.0, "7.6 dB are a good part of the scale: {start} to {end}");
    assert!((0.9..1.0).contains(&share), "after 150 ms the mark had gone {share} of its way");
}

#[test]
fn the_light_follows_each_hit_of_the_kick() {
    let mut window = window(states::sits);
    let light = window.get_by_label_contains("Light on each hit").rect().center();
    let brightness = |window: &mut Window| {
        let picture = window.render().expect("a picture");
        picture.get_pixel(light.x as u32, light.y as u32)[0]
    };
    let dark = brightness(&mut window);
    window.state_mut().report.tracks[0].live.onsets += 1;
    window.step();
    let lit = brightness(&mut window);
    window.run_steps(60);
    let after = brightness(&mut window);
    assert!(lit > 200 && dark < 60 && after < 60, "dark {dark}, at the hit {lit}, a second later {after}");
}
