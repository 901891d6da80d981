//! The view goes by the limits that its report was judged by, whatever profile that was.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use keel::editor::Controls;
use keel_core::mix::{Limits, MixReport, PanRule, PanVerdict, Profile, Role, Verdict};
use keel_core::units::Db;

use super::fixture::{bass, judged, with};
use super::window::{press, trim_to, window};

const PROFILE: &str = r#"
[roles.bass]
pan = "left-right"
[verdict]
edge = 0.2
step = 2.0
listen-bars = 6.0
[scope]
bars = 16.0
[pan]
left-right = 0.6
[mono]
thin = 1.0
disappears = 5.0
[gain-staging]
low = -24.0
ok = -9.0
warm = -3.0
"#;

/// The report as another profile makes it.
fn by_profile((mut report, controls): (MixReport, Controls)) -> (MixReport, Controls) {
    let profile = Profile::parse("mine", PROFILE).expect("a profile");
    report.limits = Limits::of(&profile.rules);
    for track in &mut report.tracks {
        track.pan_rule = profile.role(track.role).pan;
    }
    (report, controls)
}

pub fn other_limits() -> (MixReport, Controls) {
    let mut me = judged(bass(), -2.2, Verdict::High, 0.8, -2.0);
    (me.pan, me.pan_verdict) = (Some(0.1), PanVerdict::Off);
    me.mono_loss_db = Some(Db(-6.0));
    me.thin_in_mono = true;
    by_profile(with(me))
}

#[test]
fn the_pan_that_is_wanted_is_the_profiles() {
    let window = window(other_limits);
    window.get_by_label("Pan: 10 % right · wants left and right");
    for (rule, words) in [
        (PanRule::Centre { within: 0.1 }, "wants the centre"),
        (PanRule::Slight { from: 0.1, to: 0.4 }, "wants slightly aside"),
        (PanRule::Wide { beyond: 0.5, correlation: 0.7 }, "wants wide"),
    ] {
        let mut window = self::window(other_limits);
        window.state_mut().report.tracks[1].pan_rule = rule;
        window.run_steps(20);
        window.get_by_label_contains(words);
    }
}

#[test]
fn the_pan_tooltip_has_the_profiles_numbers() {
    let mut window = window(other_limits);
    window.ctx.all_styles_mut(|style| style.interaction.tooltip_delay = 0.0);
    window.get_by_label_contains("Pan: ").hover();
    window.run_steps(4);
    window.get_by_label_contains("Wanted: tracks 60 % out on both sides, or wide in stereo");
}

#[test]
fn a_track_disappears_in_mono_by_the_profiles_limit() {
    window(other_limits).get_by_label("Mono: disappears in mono");
    let mut guide = window(other_limits);
    guide.state_mut().report.limits = Limits::of(&Profile::guide().rules);
    guide.run_steps(20);
    guide.get_by_label("Mono: loses 6.0 dB · thinner");
}

#[test]
fn listening_lasts_as_many_bars_as_the_profile_says() {
    let mut window = window(other_limits);
    window.get_by_label_contains("Pull 2 dB").click();
    window.run_steps(3);
    window.get_by_label_contains("Listen · 6 bars");
}

#[test]
fn a_page_key_moves_the_trim_by_the_profiles_step() {
    let mut window = window(other_limits);
    assert_eq!(press(&mut window, Key::PageUp, Modifiers::NONE), trim_to(2.0));
}

/// The display holds on to "sits" for half a decibel over the edge that the report was judged by.
#[test]
fn what_sits_leaves_by_the_profiles_edge() {
    let sits = || by_profile(with(judged(bass(), -3.4, Verdict::Sits, 0.0, 0.0)));
    for (outside, still) in [(0.6, true), (0.8, false)] {
        let mut window = window(sits);
        window.state_mut().report.tracks[1] = judged(bass(), -3.0 + outside, Verdict::High, outside, -2.0);
        window.run_steps(20);
        let shown = window.query_by_label_contains("Pull 2 dB").is_none();
        assert_eq!(shown, still, "{outside} dB over the band, with an edge of 0.2 dB");
    }
}

#[test]
fn the_fixture_is_another_profile() {
    let (report, _) = other_limits();
    let guide = Profile::guide();
    assert_ne!(report.limits, Limits::of(&guide.rules));
    assert_ne!(report.tracks[1].pan_rule, guide.role(Role::Bass).pan);
}
