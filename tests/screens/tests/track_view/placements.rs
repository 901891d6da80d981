//! On which side of the fader Keel listens, and what that lets it see.

use keel::editor::Controls;
use keel_core::mix::{MixReport, PanVerdict, Placement, Verdict};

use super::fixture::{bass, judged, with};
use super::states::{too_loud, waiting};

pub fn post_fader() -> (MixReport, Controls) {
    let mut me = judged(bass(), -0.2, Verdict::High, 2.8, -3.0);
    me.placement = Placement::Post;
    (me.pan, me.pan_verdict) = (Some(0.0), PanVerdict::Ok);
    with(me)
}

pub fn fader_unknown() -> (MixReport, Controls) {
    placed(too_loud(), Placement::Unknown)
}

pub fn post_by_the_users_word() -> (MixReport, Controls) {
    let (report, controls) = post_fader();
    (report, Controls { placement: Some(Placement::Post), ..controls })
}

pub fn waiting_after_the_fader() -> (MixReport, Controls) {
    placed(waiting(), Placement::Post)
}

/// Alike in both channels because the knob stands in the middle.
pub fn equal_channels_after_the_fader() -> (MixReport, Controls) {
    let (mut report, controls) = post_fader();
    let me = &mut report.tracks[1];
    me.correlation = Some(1.0);
    (report, controls)
}

fn placed((mut report, controls): (MixReport, Controls), placement: Placement) -> (MixReport, Controls) {
    report.tracks[1].placement = placement;
    (report, controls)
}
