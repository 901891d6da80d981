//! What shows where the pointer rests: all of it in the window, however small that is.

use egui::{Event, Order, Rect, Vec2, pos2, vec2};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::Queryable;
use keel::editor::Controls;
use keel_core::mix::MixReport;

use super::pictures::SMALLEST;
use super::window::{Shown, Window, open};
use super::{sessions, stale, states};

/// A window whose tooltips come at once.
fn pointed(state: fn() -> (MixReport, Controls), size: Vec2) -> Window {
    let (report, controls) = state();
    let mut window = open(Shown::new(report, controls), size, 1.0);
    window.ctx.all_styles_mut(|style| {
        style.interaction.tooltip_delay = 0.0;
        style.interaction.tooltip_grace_time = 0.0;
        style.interaction.show_tooltips_only_when_still = false;
    });
    window.run_steps(2);
    window
}

/// The tooltip that is open, if one is.
fn tooltip(window: &Window) -> Option<Rect> {
    window.ctx.memory(|memory| {
        let layers = memory.areas().visible_layer_ids();
        let layer = layers.into_iter().find(|layer| layer.order == Order::Tooltip)?;
        memory.area_rect(layer.id)
    })
}

/// Points everywhere; returns how many places have a tooltip, and the widest.
fn all_lie_inside(window: &mut Window, size: Vec2) -> (usize, f32) {
    const PITCH: f32 = 11.0;
    let inside = Rect::from_min_size(pos2(0.0, 0.0), size);
    let (mut found, mut widest) = (0, 0.0f32);
    for row in 0..(size.y / PITCH) as usize {
        for column in 0..(size.x / PITCH) as usize {
            let at = pos2(1.0, 1.0) + PITCH * vec2(column as f32, row as f32);
            window.event(Event::PointerMoved(at));
            window.run_steps(3);
            if let Some(tooltip) = tooltip(window) {
                assert!(inside.contains_rect(tooltip), "the tooltip at {at} lies at {tooltip}, in a window of {size}");
                (found, widest) = (found + 1, widest.max(tooltip.width()));
            }
        }
    }
    (found, widest)
}

#[test]
fn every_tooltip_lies_in_the_smallest_window() {
    let all = [
        states::too_loud,
        stale::stale,
        states::fader_unknown,
        states::everything_on,
        states::waiting_after_the_fader,
        sessions::link_paused,
    ];
    for state in all {
        let (found, widest) = all_lie_inside(&mut pointed(state, SMALLEST), SMALLEST);
        assert!(found > 100 && widest > 150.0, "{found} places with a tooltip, the widest {widest}");
    }
}

#[test]
fn every_tooltip_of_the_session_s_page_lies_in_the_smallest_window() {
    let mut window = pointed(sessions::link_paused, SMALLEST);
    window.state_mut().view.open_session();
    window.run_steps(3);
    assert!(all_lie_inside(&mut window, SMALLEST).0 > 10);
}

#[test]
fn the_longest_wrap() {
    let mut results = SnapshotResults::new();
    let mut after = |name: &str, state: fn() -> (MixReport, Controls), label: &str| {
        let mut window = pointed(state, SMALLEST);
        window.get_by_label_contains(label).hover();
        window.run_steps(4);
        window.snapshot(format!("tooltips/{name}"));
        results.extend_harness(&mut window);
    };
    after("stale", stale::stale, "Song: ");
    after("fader_unknown", states::fader_unknown, "Placement: ");
}
