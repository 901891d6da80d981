//! Tracks and reports as the rules would make them, with made-up levels.

use keel::editor::{Controls, Live, MonoScope};
use keel_core::mix::{
    Certainty, GainStaging, Limits, LinkReport, LinkState, LiveMeters, Measure, MixHearing, MixReport, PanVerdict,
    Placement, Profile, Reference, ReferenceState, Role, SCHEMA, ScopeKind, ScopeReport, SessionTransport, Target,
    TargetAgainst, TargetSource, TrackHearing, TrackId, TrackReport, Verdict,
};
use keel_core::units::{Db, Dbfs, Lu, Lufs, Seconds};

/// The track whose window is drawn.
pub const ME: TrackId = TrackId(2);
const KICK: TrackId = TrackId(1);

pub fn target(against: TargetAgainst, measure: Measure, low: f64, high: f64) -> Option<Target> {
    let source = if measure == Measure::Loudness { TargetSource::Keel } else { TargetSource::Guide };
    Some(Target { measure, against, low_db: Db(low), high_db: Db(high), source, together: false, spread_db: None })
}

pub fn bell(centre: f64, width: f64) -> Vec<(Db, f32)> {
    (-6..=6)
        .map(|step| (f64::from(step) * 0.5, (-(f64::from(step) / width).powi(2)).exp()))
        .filter(|(_, share)| *share > 0.03)
        .map(|(db, share)| (Db((centre * 2.0).round() / 2.0 + db), share as f32 / 4.0))
        .collect()
}

pub fn track(id: TrackId, name: &str, role: Role) -> TrackReport {
    TrackReport {
        id,
        name: name.into(),
        role,
        role_is_guess: true,
        role_certainty: Some(Certainty::Sure),
        is_reference: false,
        is_kit: false,
        part: None,
        class: role.class(),
        class_fallback: false,
        scope: None,
        input_peak_dbfs: Some(Dbfs(-14.9)),
        sample_peak_dbfs: Some(Dbfs(-14.9)),
        true_peak_dbtp: None,
        rms_dbfs: Some(Dbfs(-22.4)),
        integrated_lufs: Some(Lufs(-24.6)),
        max_short_term_lufs: None,
        held_peak_dbfs: Some(Dbfs(-14.9)),
        hits: None,
        level_dbfs: Some(Dbfs(-15.4)),
        level_rms_dbfs: Some(Dbfs(-22.1)),
        level_lufs: Some(Lufs(-24.0)),
        offset_db: None,
        loudness_offset_lu: Some(Lu(3.1)),
        spread: Vec::new(),
        target: None,
        verdict: Verdict::Waiting,
        edge: false,
        deviation_db: None,
        move_db: None,
        lands_at_db: None,
        loudness_verdict: None,
        note: None,
        gain_staging: Some(GainStaging::Ok),
        channels: Some(2),
        pan: None,
        pan_rule: Profile::guide().role(role).pan,
        pan_verdict: PanVerdict::Unknown,
        correlation: Some(0.92),
        mono_loss_db: Some(Db(0.0)),
        thin_in_mono: false,
        placement: Placement::Pre,
        is_out: false,
        is_ignored: false,
        non_finite_input: false,
        heard_cells: 300,
        missed_cells: 0,
        stale: None,
        trim_db: Some(Db(0.0)),
        hearing: TrackHearing::default(),
    }
}

/// What moves on the screen while a track plays as the song does.
pub fn live(report: &MixReport, me: TrackId) -> Live {
    let meters = |track: &TrackReport| LiveMeters {
        input_peak_dbfs: match track.gain_staging {
            Some(GainStaging::Clipping) => Some(Dbfs(-0.3)),
            _ => track.level_dbfs.map(|_| Dbfs(-17.2)),
        },
        held_peak_dbfs: track.held_peak_dbfs,
        correlation: track.correlation,
        pan: track.pan,
        mono_loss_db: track.mono_loss_db,
        onsets: 0,
    };
    Live { track: report.track(me).map(meters).unwrap_or_default(), reference_onsets: Some(40) }
}

pub fn kick() -> TrackReport {
    TrackReport {
        is_reference: true,
        level_dbfs: Some(Dbfs(-11.2)),
        offset_db: Some(Db(-11.2)),
        target: target(TargetAgainst::FullScale, Measure::Peak, -12.0, -10.0),
        verdict: Verdict::Sits,
        deviation_db: Some(Db(0.0)),
        held_peak_dbfs: Some(Dbfs(-9.8)),
        level_rms_dbfs: Some(Dbfs(-19.3)),
        level_lufs: Some(Lufs(-27.1)),
        loudness_offset_lu: None,
        spread: bell(-11.0, 1.2),
        ..track(KICK, "Kick", Role::Kick)
    }
}

/// A track judged against a band, as the rules would.
pub fn judged(mut track: TrackReport, offset: f64, verdict: Verdict, deviation: f64, move_db: f64) -> TrackReport {
    track.offset_db = Some(Db(offset));
    track.verdict = verdict;
    track.deviation_db = Some(Db(deviation));
    track.edge = verdict == Verdict::Sits && deviation != 0.0;
    track.move_db = (move_db != 0.0).then_some(Db(move_db));
    track.lands_at_db = (move_db != 0.0).then_some(Db(offset + move_db));
    track.spread = bell(offset, 2.0);
    track
}

pub fn bass() -> TrackReport {
    TrackReport { target: target(TargetAgainst::Kick, Measure::Peak, -6.0, -3.0), ..track(ME, "Bass DI", Role::Bass) }
}

pub fn report(tracks: Vec<TrackReport>) -> MixReport {
    let kick = tracks.iter().find(|track| track.is_reference);
    MixReport {
        schema: SCHEMA,
        profile: "guide".into(),
        profile_about: None,
        targets_from: Vec::new(),
        limits: Limits::of(&Profile::guide().rules),
        scope: ScopeReport {
            kind: ScopeKind::Playing,
            from_s: Some(Seconds(48.0)),
            to_s: Some(Seconds(64.0)),
            from_bar: Some(25.0),
            to_bar: Some(33.0),
        },
        reference: Reference {
            track: kick.map(|kick| kick.name.clone()),
            state: if kick.is_some() { ReferenceState::Live } else { ReferenceState::None },
            hit_peak_dbfs: kick.and_then(|kick| kick.level_dbfs),
            hit_lufs: kick.and_then(|kick| kick.level_lufs),
            last_hit_s: None,
            last_hit_bar: None,
            claimed_by: Vec::new(),
        },
        tracks,
        plan: None,
        after: Vec::new(),
        breaks: Vec::new(),
        advice: Vec::new(),
        bus: None,
        hearing: MixHearing::default(),
        timeline: None,
        link: None,
        density: None,
        notes: Vec::new(),
    }
}

pub fn controls() -> Controls {
    Controls {
        mono_scope: MonoScope::Bus,
        transport: SessionTransport { playing: true, position_s: 64.0, tempo: Some(120.0), loop_s: None },
        ..Controls::default()
    }
}

pub fn with(me: TrackReport) -> (MixReport, Controls) {
    (report(vec![kick(), me]), controls())
}

/// A verdict that holds no comparison, with the rules' own sentence.
pub fn unjudged(mut me: TrackReport, verdict: Verdict, note: &str) -> TrackReport {
    me.verdict = verdict;
    me.note = (!note.is_empty()).then(|| note.into());
    me
}

/// The same, linked to tracks of other processes, or kept from it.
pub fn link(
    (mut report, controls): (MixReport, Controls),
    state: LinkState,
    tracks_remote: usize,
    text: Option<&str>,
) -> (MixReport, Controls) {
    let text = text.map(str::to_owned);
    report.notes.extend(text.clone());
    report.link = Some(LinkReport { state, peers: 2, tracks_remote, session_code: Some("band room".into()), text });
    (report, controls)
}
