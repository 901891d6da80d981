//! The report as the screen shows it, still enough to be read.

use keel_core::mix::{
    LiveMeters, Measure, MixHearing, MixReport, ReferenceState, StepKind, TargetAgainst, TrackId, TrackReport, Verdict,
    words as balance,
};
use keel_core::units::Db;

use super::api::Controls;
use super::row::Row;
use super::standing::Standing;

/// Numbers are renewed at most four times a second.
const RENEW_S: f64 = 0.25;
/// The display leaves "sits" only this much later than the report.
const HYSTERESIS_DB: f64 = 0.5;

/// The report as the screen shows it: what numbers and words are taken from, renewed a few times a second.
#[derive(Clone, Debug)]
pub struct ShownReport {
    /// This track; its verdict as shown, with hysteresis.
    pub track: TrackReport,
    /// What moves on the screen, as its numbers and words show it.
    pub live: LiveMeters,
    /// "kick first: +12; then this +6", where the kick moves, too.
    pub kick_first: Option<String>,
    /// Its move is one of gain staging.
    pub is_gain: bool,
    /// The report without its tracks and its plan.
    pub report: MixReport,
    /// Every track of the session.
    pub rows: Vec<Row>,
    /// Tracks that could stand in for an absent kick.
    pub stand_ins: Vec<(TrackId, String)>,
    /// The large number keeps room for two digits before the point.
    pub wide: bool,
    taken_at: f64,
}

impl ShownReport {
    /// What follows `old`; `None` while that stands.
    pub fn after(
        old: Option<&Self>,
        report: &MixReport,
        track: &TrackReport,
        live: LiveMeters,
        notes: &[String],
        now: f64,
    ) -> Option<Self> {
        let old = old
            .filter(|old| old.track.id == track.id && old.track.role == track.role)
            .filter(|old| is_set_alike(&old.track, track))
            .filter(|old| old.report.scope.kind == report.scope.kind && old.report.profile == report.profile)
            .filter(|old| old.report.reference.state == report.reference.state)
            .filter(|old| same_ignored(&old.rows, report));
        if old.is_some_and(|old| (0.0..RENEW_S).contains(&(now - old.taken_at))) {
            return None;
        }
        let same = old.filter(|old| old.track.target == track.target && old.report.scope.kind == report.scope.kind);
        let shown = settle(same.map(|old| old.track.verdict), track, report.limits.edge_db);
        let wide = same.is_some_and(|old| old.wide) || wants_room(track);
        Some(Self {
            rows: rows(report, &shown),
            kick_first: balance::move_after_kick(&shown, report),
            is_gain: report.step_of(shown.id).is_some_and(|step| step.kind == StepKind::Gain),
            track: shown,
            live,
            report: without_tracks(report, notes),
            stand_ins: stand_ins(report),
            wide,
            taken_at: now,
        })
    }
}

/// The measure on show: the user's choice, else the target's.
pub fn measure(shown: &ShownReport, controls: &Controls) -> Measure {
    controls.measure.or(shown.track.target.map(|target| target.measure)).unwrap_or(Measure::Peak)
}

/// What the view needs of the session as a whole; `notes` are this instance's.
fn without_tracks(report: &MixReport, notes: &[String]) -> MixReport {
    MixReport {
        schema: report.schema,
        profile: report.profile.clone(),
        profile_about: report.profile_about.clone(),
        targets_from: report.targets_from.clone(),
        limits: report.limits,
        scope: report.scope,
        reference: report.reference.clone(),
        tracks: Vec::new(),
        plan: None,
        after: Vec::new(),
        breaks: Vec::new(),
        advice: Vec::new(),
        bus: None,
        hearing: MixHearing::default(),
        timeline: None,
        link: report.link.clone(),
        density: None,
        notes: report.notes.iter().chain(notes).cloned().collect(),
    }
}

/// What the user set shows at once; only what plays is shown more slowly.
fn is_set_alike(old: &TrackReport, new: &TrackReport) -> bool {
    let set = |track: &TrackReport| (track.placement, track.is_reference, track.is_out, track.trim_db);
    set(old) == set(new) && old.target == new.target && old.name == new.name
}

/// Who is ignored is shown at once.
fn same_ignored(rows: &[Row], report: &MixReport) -> bool {
    let ignored = |row: &Row| row.standing == Standing::Ignored;
    rows.len() == report.tracks.len()
        && rows.iter().zip(&report.tracks).all(|(row, track)| ignored(row) == track.is_ignored)
}

/// `me` as it is shown in the window, with hysteresis.
fn rows(report: &MixReport, me: &TrackReport) -> Vec<Row> {
    report.tracks.iter().map(|track| Row::of(if track.id == me.id { me } else { track }, report)).collect()
}

/// Tracks with a band against the kick, offered where the song has none.
fn stand_ins(report: &MixReport) -> Vec<(TrackId, String)> {
    let absent = matches!(report.reference.state, ReferenceState::None | ReferenceState::Virtual);
    let can = |track: &&TrackReport| {
        let target = track.target.filter(|target| target.against == TargetAgainst::Kick);
        absent && !track.is_out && target.is_some_and(|target| target.measure == Measure::Peak)
    };
    report.tracks.iter().filter(can).map(|track| (track.id, track.name.clone())).collect()
}

/// Holds on to "sits" until the track is half a decibel further out than the profile's edge, so that a level at the edge
/// does not flicker between two words.
fn settle(shown: Option<Verdict>, track: &TrackReport, edge: Db) -> TrackReport {
    let outside = track.deviation_db.unwrap_or(Db(0.0)).0.abs();
    let left = matches!(track.verdict, Verdict::Low | Verdict::High);
    let mut track = track.clone();
    if left && shown == Some(Verdict::Sits) && outside <= edge.0 + HYSTERESIS_DB {
        track.verdict = Verdict::Sits;
        track.edge = true;
        track.move_db = None;
    }
    track
}

/// The number has, or near its target is likely to get, two digits before the point. Once given, the room stays: the
/// number does not change its width while it plays.
fn wants_room(track: &TrackReport) -> bool {
    const TWO_DIGITS: f64 = 9.95;
    const NEAR_DB: f64 = 1.0;
    let value = track.offset_db.map_or(0.0, |db| db.0.abs());
    let band = track.target.map_or(0.0, |target| target.low_db.0.abs().max(target.high_db.0.abs()));
    let level = track.is_reference || track.is_bus();
    level || value >= TWO_DIGITS || band + NEAR_DB >= TWO_DIGITS
}
