//! Judges one session again and again, and reads only what is new since the last time.

mod advice;
mod session_levels;
mod track_stamp;
mod write_report;

use self::advice::Memo;
use self::session_levels::{Known, show_now};
use self::track_stamp::{Last, by_cells};
use self::write_report::{Findings, report};
use crate::mix::breaks::{Dynamics, Sliding};
use crate::mix::masking::Ears;
use crate::mix::verdicts::{Hierarchy, Judged, Loudest, Own, judge_unit};
use crate::mix::{MixReport, Profile, SessionState, TrackInput};

/// Judges a whole session. Pure: the same tracks, profile and state give the same report. An [`Assessor`] gives the same
/// one, too, and reads only what is new since the last time.
pub fn assess(tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
    Assessor::new().assess(tracks, profile, state)
}

/// Judges one session again and again. Its report equals that of [`assess`], and costs what is new in it.
///
/// It holds what it has read of each song: see [`Assessor::heap_bytes`].
#[derive(Debug, Default)]
pub struct Assessor {
    known: Known,
    own: Vec<Own>,
    loudest: Loudest,
    sliding: Sliding,
    ears: Ears,
    /// What is said of each unit.
    memos: Vec<Memo>,
    /// The last judgement, which holds until a cell or a record of bands is new.
    last: Option<Last>,
}

impl Assessor {
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges the session as it stands.
    pub fn assess(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.arrange(tracks, profile, state);
        let state = &by_cells(state);
        let last = match self.last.take().filter(|last| last.is_of(tracks, state)) {
            Some(last) => last,
            None => Last::new(tracks, state, self.judge(tracks, profile, state)),
        };
        let mut report = self.last.insert(last).report.clone();
        show_now(tracks, &mut report);
        report
    }

    fn judge(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        let Self { known, own, loudest, sliding, ears, memos, .. } = self;
        let overviews = known.read(tracks, &profile.rules);
        let mix = known.mixture(tracks, profile, state, loudest);
        let hierarchy = Hierarchy::new(&mix);
        let units = mix.units.iter().zip(own);
        let judged: Vec<Judged> = units.map(|(unit, own)| judge_unit(&mix, unit, &hierarchy, loudest, own)).collect();
        let dynamics = if mix.is_held() { Dynamics::default() } else { sliding.read(&mix, &judged) };
        let hearing = ears.listen(&mix, &judged);
        let unit_of = &known.layout.voice_of;
        let findings = Findings { mix: &mix, judged: &judged, overviews: &overviews, hearing, unit_of };
        report(&findings, &dynamics, state, memos)
    }

    /// Follows what came and went, and who belongs together.
    fn arrange(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) {
        self.known.follow(tracks);
        if !self.known.layout.update(tracks, profile, state) {
            return;
        }
        let old = self.known.rearrange(tracks);
        let mut own = std::mem::take(&mut self.own);
        self.own =
            old.iter().map(|place| place.map_or_else(Own::default, |place| std::mem::take(&mut own[place]))).collect();
        self.sliding.rearrange(old.into_iter());
        self.ears.forget();
        self.memos = vec![Memo::default(); self.known.layout.voices.len()];
        self.last = None;
    }

    /// Bytes held on the heap: under 100 KiB for each track and minute of song.
    pub fn heap_bytes(&self) -> usize {
        let kept = self.loudest.heap_bytes() + self.sliding.heap_bytes() + self.ears.heap_bytes();
        self.known.heap_bytes() + kept
    }

    /// Cells, windows and stretches read so far: what a judgement costs, whatever the machine.
    pub fn work(&self) -> u64 {
        self.known.work() + self.loudest.work() + self.sliding.work()
    }
}
