//! Judges one session again and again, and reads only what is new since the last time.

mod advice;
mod session_levels;
mod write_report;

use self::advice::SentenceCache;
use self::session_levels::SessionLevels;
use self::write_report::{Findings, report};
use crate::mix::breaks::{BreakFinder, Dynamics};
use crate::mix::levels::TrackSummary;
use crate::mix::masking::Listener;
use crate::mix::song::CELLS_PER_S;
use crate::mix::verdicts::{Hierarchy, KeptReadings, Loudest, UnitVerdict, judge_unit};
use crate::mix::{MixReport, Profile, SessionState, TrackInput};

/// Judges a whole session. Pure: the same tracks, profile and state give the same report. An [`Assessor`] gives the same
/// one, too, and reads only what is new since the last time.
pub fn assess(tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
    Assessor::new().assess(tracks, profile, state)
}

/// Judges one session again and again. Its report equals that of [`assess`], and costs what is new in it.
///
/// It holds what it has read of each song: see [`Assessor::heap_bytes`].
///
/// ```
/// use keel_core::mix::{Assessor, Profile, SessionState, assess};
///
/// let (profile, state) = (Profile::guide(), SessionState::default());
/// let mut assessor = Assessor::new();
/// assert_eq!(assessor.assess(&[], &profile, &state), assess(&[], &profile, &state));
/// ```
#[derive(Debug, Default)]
pub struct Assessor {
    levels: SessionLevels,
    own: Vec<KeptReadings>,
    loudest: Loudest,
    break_finder: BreakFinder,
    listener: Listener,
    /// What is said of each unit.
    sentences: Vec<SentenceCache>,
}

impl Assessor {
    /// One that has read nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the session as it stands.
    pub fn assess(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.levels.follow(tracks);
        let summaries = self.levels.read(tracks, &profile.rules);
        self.arrange(tracks, profile, state);
        self.levels.join(tracks, &profile.rules);
        // A position counts by its cell.
        let mut state = *state;
        state.transport.position_s = (state.transport.position_s * CELLS_PER_S).floor() / CELLS_PER_S;
        self.judge(tracks, &summaries, profile, &state)
    }

    fn judge(
        &mut self,
        tracks: &[TrackInput<'_>],
        summaries: &[TrackSummary],
        profile: &Profile,
        state: &SessionState,
    ) -> MixReport {
        let Self { levels, own, loudest, break_finder, listener, sentences } = self;
        let mix = levels.context(tracks, profile, state, loudest);
        let hierarchy = Hierarchy::new(&mix);
        let units = mix.units.iter().zip(own);
        let judged: Vec<UnitVerdict> =
            units.map(|(unit, own)| judge_unit(&mix, unit, &hierarchy, loudest, own)).collect();
        let dynamics = if mix.is_held() { Dynamics::default() } else { break_finder.read(&mix, &judged) };
        let hearing = listener.listen(&mix, &judged);
        let unit_of = &levels.grouping.unit_of;
        let findings = Findings { mix: &mix, judged: &judged, summaries, hearing, unit_of };
        report(&findings, &dynamics, state, sentences)
    }

    /// Follows who belongs together.
    fn arrange(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) {
        let doubles = self.levels.doubles(tracks, &profile.rules);
        if !self.levels.grouping.update(tracks, profile, state, doubles) {
            return;
        }
        let old = self.levels.rearrange(tracks);
        let mut own = std::mem::take(&mut self.own);
        self.own = old
            .iter()
            .map(|place| place.map_or_else(KeptReadings::default, |place| std::mem::take(&mut own[place])))
            .collect();
        self.break_finder.rearrange(old.into_iter());
        self.listener.forget();
        self.sentences = vec![SentenceCache::default(); self.levels.grouping.groups.len()];
    }

    /// Bytes held on the heap: under 100 KiB for each track and minute of song.
    pub fn heap_bytes(&self) -> usize {
        let kept = self.loudest.heap_bytes() + self.break_finder.heap_bytes() + self.listener.heap_bytes();
        self.levels.heap_bytes() + kept
    }

    /// Cells, windows and stretches read so far: what a judgement costs, whatever the machine.
    pub fn work(&self) -> u64 {
        self.levels.work() + self.loudest.work() + self.break_finder.work()
    }
}
