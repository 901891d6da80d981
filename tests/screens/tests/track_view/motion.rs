//! What must hold while it plays: calm numbers, gliding marks, a light that follows.

use egui_kittest::kittest::{NodeT, Queryable};
use keel_core::mix::Verdict;
use keel_core::units::Db;

use super::states;
use super::window::{DEFAULT, Shown, Window, open, window};

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
    window.state_mut().live.reference_onsets = Some(41);
    window.step();
    let lit = brightness(&mut window);
    window.run_steps(60);
    let after = brightness(&mut window);
    assert!(lit > 200 && dark < 60 && after < 60, "dark {dark}, at the hit {lit}, a second later {after}");
}

/// Nothing blinks but clipping.
#[test]
fn nothing_moves_while_nothing_changes() {
    for state in states::ALL {
        let (report, controls) = (state.make)();
        let mut window = open(Shown::new(report, controls), DEFAULT, 1.0);
        let mut pictures = Vec::new();
        for _ in 0..4 {
            window.run_steps(15);
            pictures.push(window.render().expect("a picture"));
        }
        let still = pictures.iter().all(|picture| *picture == pictures[0]);
        assert_eq!(still, state.name != "clipping", "{}", state.name);
    }
}
