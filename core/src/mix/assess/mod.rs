//! Judges one session again and again, and reads only what is new since the last look.

mod advice;
mod judgement;
mod session_levels;
mod view_budget;
mod view_report;
pub(crate) mod write_report;

use self::advice::Memo;
use self::judgement::{Judging, Made};
use self::session_levels::Known;
use self::view_budget::{Budgets, Pace};
pub use self::view_report::Glance;
use self::view_report::{Last, by_cells, copy};
pub use self::write_report::assess;
use crate::mix::breaks::Sliding;
use crate::mix::masking::Ears;
use crate::mix::verdicts::{Loudest, Own};
use crate::mix::work::Budget;
use crate::mix::{MixReport, Profile, SessionState, TrackInput};

/// Of more tracks that somebody has set something of the whole session is judged anew.
const FEW: usize = 16;

/// Judges one session again and again. Its report equals that of [`super::assess`]; a look costs what is new in it.
///
/// It holds what it has read of each song: see [`Assessor::heap_bytes`].
#[derive(Debug)]
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
    /// The judgement that is being made. Its lists are those of the one before the last: to give their room back and ask
    /// for it again costs more than to fill it.
    judging: Judging,
    is_judging: bool,
    /// What somebody set bears on more than what was judged again: the next judgement begins at once.
    is_due: bool,
    /// What a glance may do.
    pace: Pace,
}

impl Default for Assessor {
    fn default() -> Self {
        Self::new()
    }
}

impl Assessor {
    pub fn new() -> Self {
        Self {
            known: Known::new(),
            own: Vec::new(),
            loudest: Loudest::default(),
            sliding: Sliding::default(),
            ears: Ears::default(),
            memos: Vec::new(),
            last: None,
            judging: Judging::default(),
            is_judging: false,
            is_due: false,
            pace: Pace::OF_A_WINDOW,
        }
    }

    /// One that does so much at a [`Self::glance`] of what the balance takes, and what hearing does: 100 is about a
    /// thirtieth of a millisecond. A small pace takes many glances to judge even a few tracks.
    pub fn with_pace(balance: u32, hearing: u32) -> Self {
        Self { pace: Pace { balance, hearing }, ..Self::new() }
    }

    /// Judges the session as it stands.
    pub fn assess(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.arrange(tracks, profile, state);
        // As the rules read it: a position counts by its cell.
        let state = &by_cells(state, 1.0);
        let mut report = match self.last.as_ref().filter(|last| last.is_of(tracks, state)) {
            Some(last) => last.report.clone(),
            None => self.judge_at_once(tracks, profile, state, Budgets::unlimited()).report.clone(),
        };
        self.known.show_live(tracks, &mut report);
        report
    }

    /// [`Self::assess`] for the eye: while a song plays on, its judgements move at each half second of the song, so that
    /// they can be read, and a look between costs next to nothing. Of many tracks a look judges but some: the judgement
    /// shows once it is made, and what a look takes does not grow with the session. What moves on the screen
    /// ([`crate::mix::Live`] and the held peak) is of now, and what somebody sets is judged at once. `amend` is called with each
    /// new judgement; what it adds holds as long.
    pub fn glance(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        glance: &mut Glance,
        amend: impl FnOnce(&mut MixReport),
    ) {
        self.arrange(tracks, profile, state);
        let mut budgets = self.pace.budgets();
        let is_behind = self.last.as_ref().is_some_and(|last| last.judgement != glance.judgement);
        if is_behind {
            budgets.take_to_show(tracks.len());
        }
        let is_asked_for = self.bring_up(tracks, profile, state, &mut budgets);
        let Some(last) = &self.last else { return };
        // A judgement that is made bit by bit shows one look later where there is no time left to write it down.
        let is_time = is_asked_for || is_behind || budgets.are_enough_to_show(tracks.len());
        if last.judgement == glance.judgement || !is_time {
            glance.report.notes.truncate(glance.notes);
            self.known.show_live(tracks, &mut glance.report);
            return;
        }
        copy(&last.report, &mut glance.report);
        glance.judgement = last.judgement;
        self.known.show_live(tracks, &mut glance.report);
        amend(&mut glance.report);
        glance.notes = glance.report.notes.len();
    }

    /// Judges what a glance asks for; true where that is to show at once.
    fn bring_up(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        budgets: &mut Budgets,
    ) -> bool {
        let by_cell = &by_cells(state, 1.0);
        let alike = self.last.as_ref().filter(|last| last.is_alike(state));
        let is_far = alike.is_none_or(|last| last.is_far(state));
        let set = alike.map(|last| last.set_since(tracks)).unwrap_or_default();
        let plays_on = state.transport.playing && alike.is_some();
        if set.is_empty() && plays_on && !is_far {
            self.go_on(tracks, profile, state, budgets);
            return false;
        }
        if set.is_empty() && self.last.as_ref().is_some_and(|last| last.is_of(tracks, by_cell)) {
            return false;
        }
        if set.is_empty() || set.len() > FEW || is_far || budgets.are_enough_for(tracks.len()) {
            let hearing = if plays_on && is_far { self.pace.hearing() } else { Budget::unlimited() };
            self.judge_at_once(tracks, profile, by_cell, Budgets { balance: Budget::unlimited(), hearing });
            return true;
        }
        self.last = self.judge_again(tracks, profile, &set);
        self.is_due = true;
        if plays_on {
            self.go_on(tracks, profile, state, &mut self.pace.beside());
        }
        true
    }

    /// Begins a judgement where one is due, and goes on with it.
    fn go_on(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState, budgets: &mut Budgets) {
        let is_due = self.is_due || self.last.as_ref().is_some_and(|last| last.is_over(state));
        if !self.is_judging && is_due {
            self.judging.begin(&by_cells(state, 1.0));
            budgets.take_to_begin(tracks.len());
            (self.is_judging, self.is_due) = (true, false);
        }
        if self.is_judging
            && let Some(made) = self.make(tracks, profile, budgets)
        {
            self.keep(made);
            // What was set while it was made.
            let set = self.last.as_ref().map(|last| last.set_since(tracks)).unwrap_or_default();
            if !set.is_empty() {
                self.last = self.judge_again(tracks, profile, &set);
            }
        }
    }

    fn judge_at_once(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        mut budgets: Budgets,
    ) -> &Last {
        self.judging.begin(state);
        loop {
            if let Some(made) = self.make(tracks, profile, &mut budgets) {
                return self.keep(made);
            }
        }
    }

    /// Keeps a judgement that was made, and the room of the one before.
    fn keep(&mut self, made: Made) -> &Last {
        self.is_judging = false;
        let old = self.last.take();
        let by = std::mem::take(&mut self.judging);
        if let Some(old) = old {
            self.judging = old.by;
            self.judging.tracks = old.report.tracks;
        }
        self.last.insert(Last::new(by, made))
    }

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
        (self.last, self.is_judging, self.is_due) = (None, false, false);
    }

    /// Bytes held on the heap: under 100 KiB for each track and minute of song.
    pub fn heap_bytes(&self) -> usize {
        let kept = self.loudest.heap_bytes() + self.sliding.heap_bytes() + self.ears.heap_bytes();
        self.known.heap_bytes() + kept
    }

    /// Cells, windows and stretches read for all looks: what a look costs, whatever the machine.
    pub fn work(&self) -> u64 {
        self.known.work() + self.loudest.work() + self.sliding.work()
    }
}
