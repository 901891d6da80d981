//! Whole sessions, as their page shows them.

use keel::editor::{Controls, Targets};
use keel_core::link::Refused;
use keel_core::mix::{LinkState, Measure, MixReport, PanVerdict, Role, TargetAgainst, TrackId, TrackReport, Verdict};

use super::fixture::{bass, controls, judged, kick, link, report, target, track, unjudged};
use super::states;

/// The track that one of these sessions ignores.
pub const PADS: TrackId = TrackId(4);
pub const FAULT: &str = "Profile loud, line 12, column 1: unknown key \"hihg\": did you mean \"high\"? \
                         The guide's targets are used here until it can be read.";

fn against_the_kick(id: u64, name: &str, role: Role, low: f64, high: f64) -> TrackReport {
    let target = target(TargetAgainst::Kick, Measure::Peak, low, high);
    TrackReport { target, pan: Some(0.0), pan_verdict: PanVerdict::Ok, ..track(TrackId(id), name, role) }
}

/// Nine tracks in every state that a row has but ignored.
pub fn nine() -> (MixReport, Controls) {
    let snare = against_the_kick(3, "Snare Top", Role::Snare, -4.0, -2.0);
    let pads = against_the_kick(PADS.0, "Pads Wide", Role::Pads, -10.0, -6.0);
    let hats = against_the_kick(5, "Hats", Role::Hats, -12.0, -8.0);
    let guitars = against_the_kick(6, "Gtr L", Role::Guitars, -10.0, -6.0);
    let vocal = track(TrackId(7), "Lead Vox (comp, tuned, take 14 final)", Role::LeadVocal);
    let mut muted = unjudged(track(TrackId(8), "Vox Dbl", Role::BackingVocals), Verdict::NotJudged, "out");
    muted.is_out = true;
    let report = report(vec![
        kick(),
        judged(bass(), -0.2, Verdict::High, 2.8, -3.0),
        judged(snare, -3.1, Verdict::Sits, 0.0, 0.0),
        judged(pads, -3.9, Verdict::High, 2.1, -3.0),
        judged(hats, -14.9, Verdict::Low, -2.9, 3.0),
        judged(guitars, -7.0, Verdict::Sits, 0.0, 0.0),
        unjudged(vocal, Verdict::Silent, "this track is silent here"),
        muted,
        unjudged(track(TrackId(9), "Mix", Role::MixBus), Verdict::NotJudged, ""),
    ]);
    let (mut report, controls) = link((report, controls()), LinkState::Linked, 4, None);
    if let Some(link) = &mut report.link {
        link.session_code = None;
    }
    (report, controls)
}

/// Pads and the vocal ignored, under targets that another instance chose.
pub fn with_ignored() -> (MixReport, Controls) {
    let (mut report, mut controls) = nine();
    for track in report.tracks.iter_mut().filter(|track| [PADS, TrackId(7)].contains(&track.id)) {
        (track.is_out, track.is_ignored, track.verdict) = (true, true, Verdict::NotJudged);
    }
    controls.targets = Targets { chosen: "loud".into(), known: known(), from_elsewhere: true, fault: None };
    (report, controls)
}

/// Targets that cannot be read here, and no link.
pub fn with_a_fault() -> (MixReport, Controls) {
    let (mut report, mut controls) = nine();
    if let Some(link) = &mut report.link {
        (link.state, link.tracks_remote, link.session_code) = (LinkState::Alone, 0, Some("band room".into()));
    }
    controls.targets = Targets {
        chosen: "/home/me/loud.toml".into(),
        known: known(),
        from_elsewhere: false,
        fault: Some(FAULT.into()),
    };
    (report, controls)
}

fn known() -> Vec<String> {
    ["guide", "loud", "quiet verses"].map(str::to_owned).into()
}

pub fn linked() -> (MixReport, Controls) {
    link(states::sits(), LinkState::Linked, 5, None)
}

pub fn link_paused() -> (MixReport, Controls) {
    link(states::sits(), LinkState::Paused, 0, Some("Two copies of this song are open."))
}

pub fn ignored() -> (MixReport, Controls) {
    let (mut report, controls) = states::out();
    report.tracks[1].is_ignored = true;
    report.tracks[1].note = Some("ignored in this session: it counts for nothing until it is taken back".into());
    (report, controls)
}

/// The session whose last request to another track was refused.
pub fn refused() -> (MixReport, Controls) {
    let (report, controls) = nine();
    (report, Controls { refused: Some(format!("Gtr L: {}", Refused::Elsewhere)), ..controls })
}
