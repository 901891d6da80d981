//! Every state of the track view, registered once: the pictures and the checks walk this list.

use keel::editor::{Controls, MonoScope};
use keel_core::mix::{
    Class, GainStaging, Measure, MixReport, PanVerdict, Placement, ReferenceState, Role, ScopeKind, ScopeReport, Span,
    TargetAgainst, TrackId, TrackReport, Verdict,
};
use keel_core::units::{Db, Dbfs, Dbtp, Lufs, Seconds};

pub use super::fixture::ME;
use super::fixture::{bass, controls, judged, kick, report, target, track, unjudged, with};
pub use super::limits::other_limits;
pub use super::placements::{
    equal_channels_after_the_fader, fader_unknown, post_by_the_users_word, post_fader, waiting_after_the_fader,
};
pub use super::sessions::{ignored, link_paused, linked};
use super::stale::{stale, stale_in_places};

/// A state of the view by name.
pub struct State {
    pub name: &'static str,
    pub make: fn() -> (MixReport, Controls),
}

macro_rules! states {
    ($($name:ident),* $(,)?) => {
        pub const ALL: &[State] = &[$(State { name: stringify!($name), make: $name }),*];
    };
}

states![
    too_loud,
    too_quiet,
    sits,
    sits_at_the_edge,
    other_limits,
    far_too_quiet,
    off_the_scale,
    post_fader,
    fader_unknown,
    waiting_after_the_fader,
    equal_channels_after_the_fader,
    no_kick_yet,
    kick_has_not_hit,
    stands_in,
    against_a_stand_in,
    kick_held,
    two_kicks,
    one_of_two_kicks,
    silent,
    waiting,
    bus,
    mix_bus,
    no_target,
    out,
    ignored,
    switched_out,
    broken_samples,
    rendered_too_fast,
    bypassed,
    reference,
    reference_before_the_fader,
    vocal_against_the_bed,
    lead_against_the_vocal,
    loudest_section,
    own_stretch,
    too_few_hits,
    loudness_disagrees,
    part_of_a_double,
    clipping,
    wide_and_out_of_phase,
    long_names,
    placed_unlike_the_kick,
    no_room_in_trim,
    stale,
    stale_in_places,
    linked,
    link_paused,
    everything_on,
];

pub fn too_loud() -> (MixReport, Controls) {
    with(judged(bass(), -0.2, Verdict::High, 2.8, -3.0))
}

pub fn too_quiet() -> (MixReport, Controls) {
    with(judged(bass(), -10.1, Verdict::Low, -4.1, 6.0))
}

pub fn sits() -> (MixReport, Controls) {
    with(judged(bass(), -4.4, Verdict::Sits, 0.0, 0.0))
}

fn sits_at_the_edge() -> (MixReport, Controls) {
    with(judged(bass(), -2.6, Verdict::Sits, 0.4, 0.0))
}

fn far_too_quiet() -> (MixReport, Controls) {
    let mut me = judged(bass(), -19.2, Verdict::Low, -13.2, 15.0);
    me.note = Some("so far off: check role and gain staging first".into());
    with(me)
}

fn off_the_scale() -> (MixReport, Controls) {
    with(judged(bass(), 11.4, Verdict::High, 14.4, -15.0))
}

pub fn no_kick_yet() -> (MixReport, Controls) {
    let note = "no kick yet: tag a track as the kick, or pick a track to stand in for it";
    let me = unjudged(bass(), Verdict::NoReference, note);
    let mut snare = track(TrackId(5), "Snare Top", Role::Snare);
    snare.target = target(TargetAgainst::Kick, Measure::Peak, -4.0, -2.0);
    snare.verdict = Verdict::NoReference;
    (report(vec![me, snare]), controls())
}

fn kick_has_not_hit() -> (MixReport, Controls) {
    with(unjudged(bass(), Verdict::NoReference, "the kick has not hit yet"))
}

fn stands_in() -> (MixReport, Controls) {
    let mut me = unjudged(bass(), Verdict::NotJudged, "stands in for the kick");
    me.is_reference = true;
    me.target = None;
    let mut report = report(vec![me]);
    report.reference.state = ReferenceState::Virtual;
    (report, controls())
}

fn against_a_stand_in() -> (MixReport, Controls) {
    let mut bass = track(TrackId(3), "Bass DI", Role::Bass);
    bass.is_reference = true;
    let mut me = track(ME, "Gtr Rhythm L", Role::Guitars);
    me.target = target(TargetAgainst::Kick, Measure::Peak, -10.0, -6.0);
    let mut report = report(vec![bass, judged(me, -7.3, Verdict::Sits, 0.0, 0.0)]);
    report.reference.state = ReferenceState::Virtual;
    (report, controls())
}

pub fn kick_held() -> (MixReport, Controls) {
    let mut me = judged(bass(), -3.9, Verdict::Held, 0.0, 0.0);
    me.deviation_db = None;
    let (mut report, controls) = with(me);
    report.reference.state = ReferenceState::Held;
    report.reference.last_hit_bar = Some(33.0);
    (report, controls)
}

pub fn two_kicks() -> (MixReport, Controls) {
    let (mut report, controls) =
        with(unjudged(bass(), Verdict::Conflict, "two kicks are tagged: Kick In, Kick 909. Untag one"));
    report.reference.state = ReferenceState::Conflict;
    report.reference.claimed_by = vec!["Kick In".into(), "Kick 909".into()];
    (report, controls)
}

fn one_of_two_kicks() -> (MixReport, Controls) {
    let mut me = unjudged(
        track(ME, "Kick 909", Role::Kick),
        Verdict::Conflict,
        "two kicks are tagged: Kick In, Kick 909. Untag one",
    );
    me.target = target(TargetAgainst::FullScale, Measure::Peak, -12.0, -10.0);
    let mut report = report(vec![me]);
    report.reference.state = ReferenceState::Conflict;
    report.reference.claimed_by = vec!["Kick In".into(), "Kick 909".into()];
    (report, Controls { reference: true, ..controls() })
}

fn silence(mut track: TrackReport) -> TrackReport {
    track.level_dbfs = None;
    track.level_rms_dbfs = None;
    track.level_lufs = None;
    track.loudness_offset_lu = None;
    track.correlation = None;
    track.pan = None;
    track.mono_loss_db = None;
    track
}

pub fn silent() -> (MixReport, Controls) {
    with(unjudged(silence(bass()), Verdict::Silent, "this track is silent here"))
}

pub fn waiting() -> (MixReport, Controls) {
    let mut me = unjudged(silence(bass()), Verdict::Waiting, "nothing heard yet");
    me.input_peak_dbfs = None;
    me.held_peak_dbfs = None;
    me.gain_staging = None;
    me.pan_verdict = PanVerdict::NotJudged;
    with(me)
}

fn bus() -> (MixReport, Controls) {
    let me = unjudged(track(ME, "Drum Bus", Role::Group), Verdict::NotJudged, "this role has no target");
    with(me)
}

pub fn mix_bus() -> (MixReport, Controls) {
    let mut me = unjudged(track(ME, "Master", Role::MixBus), Verdict::NotJudged, "this role has no target");
    me.true_peak_dbtp = Some(Dbtp(-6.4));
    me.held_peak_dbfs = Some(Dbfs(-6.5));
    me.integrated_lufs = Some(Lufs(-17.9));
    me.placement = Placement::Post;
    me.pan_verdict = PanVerdict::NotJudged;
    me.pan = Some(0.0);
    me.correlation = Some(0.61);
    me.mono_loss_db = Some(Db(-0.8));
    with(me)
}

fn no_target() -> (MixReport, Controls) {
    let mut me = unjudged(track(ME, "Vinyl crackle", Role::Other), Verdict::NotJudged, "this role has no target");
    me.offset_db = Some(Db(-16.3));
    with(me)
}

pub fn out() -> (MixReport, Controls) {
    let mut me = judged(bass(), -0.2, Verdict::NotJudged, 0.0, 0.0);
    me.is_out = true;
    me.note = Some("out: muted, or switched out of the judgement".into());
    with(me)
}

fn switched_out() -> (MixReport, Controls) {
    let (report, controls) = out();
    (report, Controls { out: true, ..controls })
}

fn broken_samples() -> (MixReport, Controls) {
    let (mut report, controls) = too_loud();
    report.tracks[1].non_finite_input = true;
    (report, controls)
}

fn rendered_too_fast() -> (MixReport, Controls) {
    let (mut report, controls) = too_loud();
    report.tracks[1].missed_cells = 1_476;
    report.notes.push("Rendered faster than it could be read: 147.6 s of Bass DI are missing. Play it again.".into());
    (report, controls)
}

fn bypassed() -> (MixReport, Controls) {
    let (report, controls) = sits();
    (report, Controls { bypass: true, ..controls })
}

pub fn reference() -> (MixReport, Controls) {
    let mut me = kick();
    me.id = ME;
    me.placement = Placement::Post;
    me.pan_verdict = PanVerdict::Ok;
    me.pan = Some(0.0);
    (report(vec![me]), Controls { reference: true, ..controls() })
}

fn reference_before_the_fader() -> (MixReport, Controls) {
    let mut me = unjudged(kick(), Verdict::NotJudged, "reference: its own level is judged only after the fader");
    me.id = ME;
    (report(vec![me]), Controls { reference: true, ..controls() })
}

fn vocal_against_the_bed() -> (MixReport, Controls) {
    let mut me = track(ME, "Lead Vox", Role::LeadVocal);
    me.target = target(TargetAgainst::Bed, Measure::Loudness, 0.0, 6.0);
    me.placement = Placement::Post;
    me.pan_verdict = PanVerdict::Ok;
    me.pan = Some(0.0);
    with(judged(me, -2.1, Verdict::Low, -2.1, 3.0))
}

fn lead_against_the_vocal() -> (MixReport, Controls) {
    let mut me = track(ME, "Saw Lead", Role::LeadSynth);
    me.target = target(TargetAgainst::LeadVocal, Measure::Loudness, -6.0, -1.0);
    me.pan = Some(0.32);
    me.pan_verdict = PanVerdict::Ok;
    me.placement = Placement::Post;
    with(judged(me, -3.2, Verdict::Sits, 0.0, 0.0))
}

fn loudest_section() -> (MixReport, Controls) {
    let (mut report, mut controls) = sits();
    report.scope = ScopeReport {
        kind: ScopeKind::Loudest,
        from_s: Some(Seconds(12.0)),
        to_s: Some(Seconds(28.0)),
        from_bar: None,
        to_bar: None,
    };
    controls.transport.playing = false;
    (report, controls)
}

fn own_stretch() -> (MixReport, Controls) {
    let (mut report, controls) = loudest_section();
    report.tracks[1].scope = Some(Span { from_s: Seconds(95.0), to_s: Seconds(111.0) });
    (report, controls)
}

fn too_few_hits() -> (MixReport, Controls) {
    let mut me = track(ME, "Snare Verb Hit", Role::Snare);
    me.target = target(TargetAgainst::Kick, Measure::Peak, -4.0, -2.0);
    me.class = Class::Sustained;
    me.class_fallback = true;
    me.placement = Placement::Post;
    (me.pan, me.pan_verdict) = (Some(0.0), PanVerdict::Ok);
    with(judged(me, -2.7, Verdict::Sits, 0.0, 0.0))
}

fn loudness_disagrees() -> (MixReport, Controls) {
    let mut me = judged(bass(), -4.4, Verdict::Sits, 0.0, 0.0);
    me.loudness_verdict = Some(Verdict::High);
    with(me)
}

fn part_of_a_double() -> (MixReport, Controls) {
    let mut me = track(ME, "Gtr L", Role::Guitars);
    me.target = target(TargetAgainst::Kick, Measure::Peak, -10.0, -6.0);
    me.part = Some("Gtr".into());
    me.placement = Placement::Post;
    me.pan = Some(-0.85);
    me.pan_verdict = PanVerdict::Ok;
    with(judged(me, -4.1, Verdict::High, 1.9, -3.0))
}

fn clipping() -> (MixReport, Controls) {
    let mut me = judged(bass(), 2.1, Verdict::High, 5.1, -6.0);
    me.gain_staging = Some(GainStaging::Clipping);
    me.input_peak_dbfs = Some(Dbfs(0.4));
    me.held_peak_dbfs = Some(Dbfs(0.4));
    with(me)
}

fn wide_and_out_of_phase() -> (MixReport, Controls) {
    let mut me = track(ME, "Pad Wide", Role::Pads);
    me.target = target(TargetAgainst::Kick, Measure::Peak, -10.0, -6.0);
    me.placement = Placement::Post;
    me.pan = Some(0.18);
    me.pan_verdict = PanVerdict::Off;
    me.correlation = Some(-0.46);
    me.mono_loss_db = Some(Db(-5.7));
    me.thin_in_mono = true;
    with(judged(me, -7.9, Verdict::Sits, 0.0, 0.0))
}

fn long_names() -> (MixReport, Controls) {
    let mut me = track(ME, "Background Vocals Octave Up (double) – Take 14", Role::BackingVocals);
    me.target = target(TargetAgainst::LeadVocal, Measure::Loudness, -6.0, -2.0);
    me.part = Some("Background Vocals Octave Up".into());
    me.placement = Placement::Post;
    (me.pan, me.pan_verdict) = (Some(0.0), PanVerdict::Ok);
    let (mut report, controls) = with(judged(me, -12.6, Verdict::Low, -6.6, 9.0));
    report.scope.kind = ScopeKind::Loudest;
    report.scope.from_s = Some(Seconds(3600.0));
    report.scope.to_s = Some(Seconds(3616.0));
    (report, controls)
}

fn placed_unlike_the_kick() -> (MixReport, Controls) {
    let note = "this track is read before its fader, the kick after: put both alike";
    with(unjudged(judged(bass(), -0.2, Verdict::High, 0.0, 0.0), Verdict::NotJudged, note))
}

fn no_room_in_trim() -> (MixReport, Controls) {
    let (report, controls) = too_quiet();
    (report, Controls { trim_db: Db(22.0), ..controls })
}

pub fn everything_on() -> (MixReport, Controls) {
    let (report, controls) = sits();
    let set = Controls {
        trim_db: Db(-6.5),
        mono_check: true,
        mono_scope: MonoScope::Track,
        reference: true,
        role: Some(Role::Bass),
        scope: Some(ScopeKind::Song),
        ..controls
    };
    (report, set)
}
