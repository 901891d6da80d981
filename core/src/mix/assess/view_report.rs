//! The last report, how long it holds, and those that show it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Assessor;
use super::judgement::{Judging, Made};
use crate::mix::profile::Measure;
use crate::mix::song::CELLS_PER_S;
use crate::mix::{MixReport, Profile, SessionState, TrackInput};

/// Cells for which a judgement holds at a [`Assessor::glance`] while the song plays on: half a second.
const HELD_CELLS: f64 = 5.0;
/// A judgement this old is made anew at once: somebody looks but now and then, or the song has jumped.
const OLDEST_S: f64 = 8.0;

/// A report that somebody looks at again and again: [`Assessor::glance`] brings it up to date in its place.
#[derive(Debug)]
pub struct Glance {
    pub(super) report: MixReport,
    /// The judgement that it shows; 0 for none.
    pub(super) judgement: u64,
    /// Notes of it that hold as long.
    pub(super) notes: usize,
    /// What its amendments went by.
    amended_by: u64,
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
        Self { report, judgement: 0, notes: 0, amended_by: 0 }
    }

    /// It shows no judgement yet.
    pub fn is_new(&self) -> bool {
        self.judgement == 0
    }

    pub fn report(&self) -> &MixReport {
        &self.report
    }

    /// What amendments go by ([`Assessor::glance`]): where it is another than before, the next glance makes them anew.
    pub fn amend_by(&mut self, what: u64) {
        if std::mem::replace(&mut self.amended_by, what) != what {
            self.judgement = 0;
        }
    }

    /// For notes of now: they go with the next glance.
    pub fn report_mut(&mut self) -> &mut MixReport {
        &mut self.report
    }

    pub fn into_report(self) -> MixReport {
        self.report
    }
}

/// The last judgement.
#[derive(Debug)]
pub(super) struct Last {
    /// No two share it.
    pub judgement: u64,
    /// What it went by besides the layout, and what it found.
    pub by: Judging,
    pub report: MixReport,
    /// Nothing is missing in it.
    is_whole: bool,
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

/// What a report goes by in one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    wished: Wished,
    /// Of the song, its bands, and cells told as missed, which may be without another that came.
    versions: [u64; 3],
}

/// What somebody set: the gain, or that it is automated and each cell has its own, and the measure.
type Wished = (Option<f32>, Option<Measure>);

impl Told {
    pub fn of(track: &TrackInput<'_>) -> Self {
        let song = track.song;
        let versions = [song.changes().version(), song.bands_version(), song.missed().into()];
        Self { wished: wished(track), versions }
    }
}

fn wished(track: &TrackInput<'_>) -> Wished {
    (Some(track.gain).filter(|_| !track.song.gain_is_automated()), track.measure)
}

impl Last {
    pub fn new(by: Judging, made: Made) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let judgement = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { judgement, by, report: made.report, is_whole: made.is_whole }
    }

    /// A judgement of now would be the same.
    pub fn is_of(&self, tracks: &[TrackInput<'_>], state: &SessionState) -> bool {
        self.is_whole && self.by.state == *state && self.by.told.iter().copied().eq(tracks.iter().map(Told::of))
    }

    /// But for where the song is, nothing of the whole session has changed.
    pub fn is_alike(&self, state: &SessionState) -> bool {
        let elsewhere = |state: &SessionState| {
            let mut state = *state;
            state.transport.position_s = 0.0;
            state
        };
        elsewhere(&self.by.state) == elsewhere(state)
    }

    /// The song is no longer near to where it was judged.
    pub fn is_far(&self, state: &SessionState) -> bool {
        let moved_s = state.transport.position_s - self.by.state.transport.position_s;
        moved_s.abs() >= OLDEST_S
    }

    /// The tracks of which somebody has set something since.
    pub fn set_since(&self, tracks: &[TrackInput<'_>]) -> Vec<usize> {
        let pairs = self.by.told.iter().zip(tracks).enumerate();
        pairs.filter(|(_, (told, track))| told.wished != wished(track)).map(|(index, _)| index).collect()
    }

    /// The half second that it holds for is over.
    pub fn is_over(&self, state: &SessionState) -> bool {
        by_cells(&self.by.state, HELD_CELLS) != by_cells(state, HELD_CELLS)
    }
}

/// The state with its position in steps of so many cells.
pub(super) fn by_cells(state: &SessionState, cells: f64) -> SessionState {
    let mut state = *state;
    let steps = (state.transport.position_s * CELLS_PER_S / cells).floor();
    state.transport.position_s = steps * cells / CELLS_PER_S;
    state
}
