//! The last report, how long it holds, and those that show it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::heard::CELLS_PER_S;
use super::super::{Measure, MixReport, Profile, SessionState, TrackInput};
use super::Assessor;

/// Cells for which a judgement holds at a [`Assessor::glance`] while the song plays on: half a second.
const HELD_CELLS: f64 = 5.0;
/// A judgement this old is made anew at once: somebody looks but now and then, or the song has jumped.
const OLDEST_S: f64 = 4.0;

/// A report that somebody looks at again and again: [`Assessor::glance`] brings it up to date in its place.
#[derive(Debug)]
pub struct Glance {
    pub(super) report: MixReport,
    /// The judgement that it shows; 0 for none.
    pub(super) judgement: u64,
    /// Notes of it that hold as long.
    pub(super) notes: usize,
}

impl Default for Glance {
    fn default() -> Self {
        Self::new()
    }
}

impl Glance {
    /// Of a session of nobody.
    pub fn new() -> Self {
        let report = Assessor::new().assess(&[], &Profile::guide(), &SessionState::default());
        Self { report, judgement: 0, notes: 0 }
    }

    pub fn report(&self) -> &MixReport {
        &self.report
    }

    /// For notes of now: they go with the next glance.
    pub fn report_mut(&mut self) -> &mut MixReport {
        &mut self.report
    }

    pub fn into_report(self) -> MixReport {
        self.report
    }
}

/// A report, and what it went by besides the layout.
#[derive(Debug)]
pub(super) struct Last {
    /// No two share it.
    pub judgement: u64,
    pub state: SessionState,
    pub tracks: Vec<Told>,
    pub report: MixReport,
    /// Nothing that can be heard is missing in it.
    pub is_whole: bool,
}

/// A clone in the place of another, whose longest list keeps its room.
pub(super) fn copy(report: &MixReport, to: &mut MixReport) {
    let mut tracks = std::mem::take(&mut to.tracks);
    tracks.clone_from(&report.tracks);
    *to = MixReport {
        schema: report.schema,
        profile: report.profile.clone(),
        scope: report.scope,
        reference: report.reference.clone(),
        tracks,
        breaks: report.breaks.clone(),
        sections: report.sections.clone(),
        advice: report.advice.clone(),
        bus: report.bus.clone(),
        hearing: report.hearing.clone(),
        timeline: report.timeline.clone(),
        link: report.link.clone(),
        density: report.density.clone(),
        notes: report.notes.clone(),
    };
}

pub(super) fn new_judgement() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// What a report goes by in one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    wished: Wished,
    /// Of the song, its bands, and cells told as missed, which may be without another that came.
    versions: [u64; 3],
}

/// What somebody set: the gain, whether it is automated, and the measure.
type Wished = (f32, bool, Option<Measure>);

impl Told {
    pub fn of(track: &TrackInput<'_>) -> Self {
        let song = track.song;
        let versions = [song.changes().version(), song.bands_version(), song.missed().into()];
        Self { wished: wished(track), versions }
    }
}

fn wished(track: &TrackInput<'_>) -> Wished {
    (track.gain, track.song.gain_is_automated(), track.measure)
}

impl Last {
    pub fn is_of(&self, tracks: &[TrackInput<'_>], state: &SessionState) -> bool {
        self.is_whole && self.state == *state && self.tracks.iter().copied().eq(tracks.iter().map(Told::of))
    }

    /// The song has played on a little, and nothing else has changed.
    pub fn plays_on(&self, tracks: &[TrackInput<'_>], state: &SessionState) -> bool {
        let of_here = |state: &SessionState| {
            let mut state = *state;
            state.transport.position_s = 0.0;
            state
        };
        let moved_s = state.transport.position_s - self.state.transport.position_s;
        state.transport.playing
            && (0.0..OLDEST_S).contains(&moved_s)
            && of_here(&self.state) == of_here(state)
            && self.tracks.iter().map(|told| told.wished).eq(tracks.iter().map(wished))
    }

    /// Half a second of the song has ended since.
    pub fn is_due(&self, state: &SessionState) -> bool {
        by_cells(&self.state, HELD_CELLS) != by_cells(state, HELD_CELLS)
    }
}

/// The state with its position in steps of so many cells.
pub(super) fn by_cells(state: &SessionState, cells: f64) -> SessionState {
    let mut state = *state;
    let steps = (state.transport.position_s * CELLS_PER_S / cells).floor();
    state.transport.position_s = steps * cells / CELLS_PER_S;
    state
}
