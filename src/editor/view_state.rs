//! What the view remembers between frames: time for the eye, and what the user has begun.

use std::collections::BTreeMap;
use std::sync::Arc;

use keel_core::mix::{
    LiveMeters, Measure, MixHearing, MixReport, ReferenceState, TargetAgainst, TrackId, TrackReport, Verdict,
};
use keel_core::units::Db;

use super::listen::Listen;
use super::session::Row;
use super::sight::Standing;
use super::theme::Wear;
use super::{Controls, Live};

/// A mark covers 95 % of its way in 150 ms: three of these.
const GLIDE_S: f64 = 0.05;
/// Closer than this a mark has arrived: less than a tenth of a pixel on any scale.
const REST: f64 = 0.004;
/// Numbers are renewed at most four times a second.
const FIGURES_S: f64 = 0.25;
/// The light of a hit falls to a third in this time.
const FLASH_S: f64 = 0.12;
/// The display leaves "sits" only this much later than the report.
const HYSTERESIS_DB: f64 = 0.5;

/// What the numbers on the screen were taken from.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    /// This track; its verdict as shown, with hysteresis.
    pub track: TrackReport,
    /// What moves on the screen, as its numbers and words show it.
    pub live: LiveMeters,
    /// The report without its tracks.
    pub report: MixReport,
    /// Every track of the session.
    pub rows: Vec<Row>,
    /// Tracks that could stand in for an absent kick.
    pub stand_ins: Vec<(TrackId, String)>,
    /// The large number keeps room for two digits before the point.
    pub wide: bool,
    taken_at: f64,
}

/// What the view remembers between frames. One for each open window.
#[derive(Clone, Debug, Default)]
pub struct ViewState {
    /// Which palette the window wears.
    pub wear: Wear,
    pub(super) now: f64,
    dt: f64,
    figures: Option<Arc<Figures>>,
    marks: BTreeMap<&'static str, f64>,
    onsets: Option<u32>,
    hit_at: Option<f64>,
    pub(super) listen: Option<Listen>,
    /// The name while the user edits it.
    pub(super) name: Option<String>,
    /// The session code while the user edits it.
    pub(super) code: Option<String>,
    /// The session's page is open.
    pub(super) session: bool,
    /// The trim at the start of a drag, and the pointer's x there.
    pub(super) trim_drag: Option<(f64, f32)>,
}

impl ViewState {
    /// Opens the session's page.
    pub fn open_session(&mut self) {
        self.session = true;
    }

    /// The session's page is on show: what it lists should be fresh.
    pub fn shows_session(&self) -> bool {
        self.session
    }

    /// Brings time, figures, hits and listening up to this frame.
    pub(super) fn advance(&mut self, now: f64, report: &MixReport, live: &Live, me: TrackId, controls: &Controls) {
        self.dt = (now - self.now).max(0.0);
        self.now = now;
        self.take_figures(report, live, me, &controls.notes);
        self.watch_hits(live.reference_onsets);
        if let Some(listen) = &mut self.listen {
            listen.advance(&controls.transport, &report.scope, &report.limits);
            if listen.is_over() {
                self.listen = None;
            }
        }
    }

    /// The numbers to show; `None` while the report does not hold this track.
    pub(super) fn figures(&self) -> Option<Arc<Figures>> {
        self.figures.clone()
    }

    /// Where a mark stands on its way to `target`; a new mark starts there.
    pub(super) fn glide(&mut self, mark: &'static str, target: f64) -> f64 {
        let share = 1.0 - (-self.dt / GLIDE_S).exp();
        let place = self.marks.entry(mark).or_insert(target);
        *place += (target - *place) * share;
        if (target - *place).abs() < REST {
            *place = target;
        }
        *place
    }

    /// Forgets a mark that has nothing to show, so that it does not glide in from an old place.
    pub(super) fn lift(&mut self, mark: &'static str) {
        self.marks.remove(mark);
    }

    /// Brightness of the hit light, 0 to 1.
    pub(super) fn flash(&self) -> f32 {
        self.hit_at.map_or(0.0, |at| (-(self.now - at) / FLASH_S).exp() as f32)
    }

    /// Half of each half second: the only thing that blinks is clipping.
    pub(super) fn blink(&self) -> bool {
        (self.now * 4.0).rem_euclid(2.0) < 1.0
    }

    fn take_figures(&mut self, report: &MixReport, live: &Live, me: TrackId, notes: &[String]) {
        let Some(track) = report.track(me) else {
            self.figures = None;
            return;
        };
        let old = self
            .figures
            .as_deref()
            .filter(|old| old.track.id == me && old.track.role == track.role)
            .filter(|old| old.track.placement == track.placement)
            .filter(|old| same_ignored(&old.rows, report));
        if old.is_some_and(|old| (0.0..FIGURES_S).contains(&(self.now - old.taken_at))) {
            return;
        }
        let same = old.filter(|old| old.track.target == track.target && old.report.scope.kind == report.scope.kind);
        let shown = settle(same.map(|old| old.track.verdict), track, report.limits.edge_db);
        let wide = same.is_some_and(|old| old.wide) || wants_room(track);
        let report_without_tracks = MixReport {
            schema: report.schema,
            profile: report.profile.clone(),
            limits: report.limits,
            scope: report.scope,
            reference: report.reference.clone(),
            tracks: Vec::new(),
            breaks: Vec::new(),
            advice: Vec::new(),
            bus: None,
            hearing: MixHearing::default(),
            timeline: None,
            link: report.link.clone(),
            density: None,
            notes: report.notes.iter().chain(notes).cloned().collect(),
        };
        self.figures = Some(Arc::new(Figures {
            rows: rows(report, &shown),
            track: shown,
            live: live.track,
            report: report_without_tracks,
            stand_ins: stand_ins(report),
            wide,
            taken_at: self.now,
        }));
    }

    fn watch_hits(&mut self, onsets: Option<u32>) {
        if self.onsets.is_some() && onsets.is_some_and(|onsets| onsets > 0) && onsets != self.onsets {
            self.hit_at = Some(self.now);
        }
        self.onsets = onsets;
    }
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
    let level = track.is_reference || track.role.is_bus();
    level || value >= TWO_DIGITS || band + NEAR_DB >= TWO_DIGITS
}
