//! Judges one session again and again, and reads only what is new since the last time.

mod advice;
mod faders;
mod findings;
mod session_levels;
mod write_plan;
mod write_report;

use self::advice::SentenceCache;
use self::faders::Faders;
use self::findings::Findings;
use self::session_levels::SessionLevels;
use self::write_report::report;
use crate::mix::breaks::{BreakFinder, Dynamics};
use crate::mix::levels::TrackSummary;
use crate::mix::masking::Listener;
use crate::mix::plan::{Trials, plan};
use crate::mix::song::CELLS_PER_S;
use crate::mix::verdicts::{KeptReadings, Loudest};
use crate::mix::{MixReport, Profile, SessionState, TrackId, TrackInput};
use crate::units::Db;

/// Judges a whole session. Pure: the same tracks, profile and state give the same report. An [`Assessor`] gives the same
/// one, too, and reads only what is new since the last time.
pub fn assess(tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
    Assessor::new().assess(tracks, profile, state)
}

/// What a session would read with some moves done, each in dB on top of its track's gain: by the same rules, and without
/// touching the session. A track that is named twice makes both moves; one that is not there makes none.
///
/// ```
/// use keel_core::mix::{Profile, SessionState, assess, assess_moved};
///
/// let (profile, state) = (Profile::guide(), SessionState::default());
/// assert_eq!(assess_moved(&[], &profile, &state, &[]), assess(&[], &profile, &state));
/// ```
pub fn assess_moved(
    tracks: &[TrackInput<'_>],
    profile: &Profile,
    state: &SessionState,
    moves: &[(TrackId, Db)],
) -> MixReport {
    Assessor::new().assess_moved(tracks, profile, state, moves)
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
        self.assess_moved(tracks, profile, state, &[])
    }

    /// Judges the session as it would stand with some moves done: see [`assess_moved`]. The next judgement is of the session
    /// as it stands again.
    pub fn assess_moved(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        moves: &[(TrackId, Db)],
    ) -> MixReport {
        self.levels.follow(tracks);
        let summaries = self.levels.read(tracks, moves, &profile.rules);
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
        let mut faders = Faders::new(levels, own, loudest, tracks, profile, state);
        let now = faders.judge(&[]);
        let planned = faders.may_plan().then(|| plan(&mut faders, &now));
        let after = planned.as_ref().and_then(|planned| planned.after.as_deref()).unwrap_or(&now);
        let dynamics = match &planned {
            None if faders.is_held() => Dynamics::default(),
            None => faders.with_moves(&[], |mix| break_finder.read(mix, after)),
            Some(planned) => faders.with_moves(&planned.steps, |mix| break_finder.read(mix, after)),
        };
        faders.with_moves(&[], |mix| {
            let hearing = listener.listen(mix, &now);
            let findings = Findings::new(mix, [&now, after], summaries, hearing, planned.as_ref(), state);
            report(&findings, &dynamics, state, sentences)
        })
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
