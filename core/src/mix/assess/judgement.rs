//! A judgement being made: at once, or a piece at each look.

use super::Assessor;
use super::view_budget::Budgets;
use super::view_report::{Last, Told};
use super::write_report::{Facts, report, write_again, write_tracks};
use crate::mix::breaks::Dynamics;
use crate::mix::levels::Overview;
use crate::mix::masking::Ears;
use crate::mix::verdicts::{Hierarchy, Judged, Loudest, Mixture, Own, judge_unit};
use crate::mix::work::{Budget, parallel};
use crate::mix::{MixReport, Profile, SessionState, TrackInput, TrackReport};

/// Work to read what is new of a track, and for each five places that are; and to judge a unit.
const READ: u32 = 16;
const READ_5_PLACES: u64 = 2;
const JUDGE: u32 = 18;
/// Work for each track to tell what has been heard, and to write all that is not told of single tracks.
const LISTEN: u32 = 5;
const REPORT: u32 = 5;

/// What there is of a judgement that is being made. What it goes by stands still from the first piece to the last: all
/// tracks are read before any is judged, and none is read again until it is made, but for what somebody sets.
#[derive(Debug, Default)]
pub(super) struct Judging {
    pub state: SessionState,
    /// The tracks that have been read, as they were then.
    pub told: Vec<Told>,
    overviews: Vec<Overview>,
    /// Units put together, after that.
    joined: usize,
    judged: Vec<Judged>,
    dynamics: Dynamics,
    /// Whether all that can be heard was listened to; none before.
    listened: Option<bool>,
    pub tracks: Vec<TrackReport>,
}

/// A judgement that was made.
pub(super) struct Made {
    pub report: MixReport,
    /// It misses nothing that [`super::super::assess`] would tell.
    pub is_whole: bool,
}

impl Judging {
    /// Begins anew; lists keep their room.
    pub fn begin(&mut self, state: &SessionState) {
        self.state = *state;
        self.told.clear();
        self.overviews.clear();
        self.joined = 0;
        self.judged.clear();
        self.dynamics.clear();
        self.listened = None;
        self.tracks.clear();
    }
}

impl Assessor {
    /// Goes on with the judgement that has begun.
    pub(super) fn make(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, budgets: &mut Budgets) -> Option<Made> {
        if !self.read_on(tracks, profile, &mut budgets.balance) {
            return None;
        }
        let Self { known, own, loudest, sliding, ears, memos, judging, .. } = self;
        let mix = known.mixture(tracks, profile, &judging.state, loudest);
        let Judging { overviews, judged, dynamics, listened, tracks: written, .. } = judging;
        let Budgets { balance, hearing } = budgets;
        let count = tracks.len() as u32;
        let is_judged = judge_units(&mix, balance, loudest, ears, own, judged)
            && (mix.is_held() || sliding.read(&mix, judged, balance, dynamics));
        if !is_judged || (listened.is_none() && !balance.is_enough_for(LISTEN * count)) {
            ears.go_on(&mix, hearing);
            return None;
        }
        let is_whole = *listened.get_or_insert_with(|| {
            balance.take(LISTEN * count);
            // Of a small session all is told in one look.
            balance.give_to(hearing, 2 * REPORT * count);
            ears.listen(&mix, hearing)
        });
        let facts = Facts { mix: &mix, judged, overviews, listening: ears.last(), unit_of: &known.layout.voice_of };
        if !write_tracks(&facts, balance, written) || !balance.is_enough_for(REPORT * count) {
            return None;
        }
        balance.take(REPORT * count);
        sliding.sort(&mix, &mut dynamics.breaks);
        Some(Made { report: report(&facts, dynamics, &judging.state, memos, std::mem::take(written)), is_whole })
    }

    /// Reads what is new in the songs that have not been read yet, then puts together what belongs together; true once all
    /// of that is done.
    fn read_on(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, budget: &mut Budget) -> bool {
        let Self { known, judging: Judging { told, overviews, joined, .. }, .. } = self;
        if budget.is_unlimited() && told.is_empty() {
            told.extend(tracks.iter().map(Told::of));
            *overviews = known.read_all(tracks, &profile.rules);
            *joined = known.layout.voices.len();
        }
        for (index, track) in tracks.iter().enumerate().skip(told.len()) {
            if !budget.is_left() {
                return false;
            }
            told.push(Told::of(track));
            let (overview, places) = known.read(index, track, &profile.rules);
            overviews.push(overview);
            budget.take(READ + read_places(places));
            if told.len() == tracks.len() {
                known.read_bars(tracks);
            }
        }
        while *joined < known.layout.voices.len() {
            if !budget.is_left() {
                return false;
            }
            budget.take(read_places(known.join(*joined, &profile.rules)));
            *joined += 1;
        }
        true
    }

    /// Judges some tracks again in the last judgement, where somebody has set something of them. What else hangs on them
    /// follows with the next one.
    pub(super) fn judge_again(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, set: &[usize]) -> Option<Last> {
        let Last { by: mut judging, report: mut old, .. } = self.last.take()?;
        let Self { known, own, loudest, sliding, ears, memos, .. } = self;
        let mut units: Vec<usize> = set.iter().map(|&index| known.layout.voice_of[index].0).collect();
        units.sort_unstable();
        units.dedup();
        for &index in set {
            judging.told[index] = Told::of(&tracks[index]);
            judging.overviews[index] = known.read(index, &tracks[index], &profile.rules).0;
        }
        units.iter().for_each(|&unit| _ = known.join(unit, &profile.rules));
        let mix = known.mixture(tracks, profile, &judging.state, loudest);
        let hierarchy = Hierarchy::new(&mix);
        for &unit in &units {
            judging.judged[unit] = judge_unit(&mix, &mix.units[unit], &hierarchy, loudest, &mut own[unit]);
        }
        let Judging { state, overviews, judged, dynamics, .. } = &mut judging;
        if dynamics.extents.len() == mix.units.len() {
            sliding.read_again(&mix, judged, &units, dynamics);
            sliding.sort(&mix, &mut dynamics.breaks);
        }
        let facts = Facts { mix: &mix, judged, overviews, listening: ears.last(), unit_of: &known.layout.voice_of };
        let mut written = std::mem::take(&mut old.tracks);
        let members = units.iter().flat_map(|&unit| mix.units[unit].members);
        write_again(&facts, members.copied(), &mut written);
        let report = report(&facts, dynamics, state, memos, written);
        Some(Last::new(judging, Made { report, is_whole: false }))
    }
}

fn read_places(places: u64) -> u32 {
    (READ_5_PLACES * places / 5) as u32
}

/// Judges the units that have not been judged yet; true once all have been.
fn judge_units(
    mix: &Mixture<'_>,
    budget: &mut Budget,
    loudest: &Loudest,
    ears: &mut Ears,
    own: &mut [Own],
    judged: &mut Vec<Judged>,
) -> bool {
    if judged.len() < mix.units.len() && budget.is_left() {
        let hierarchy = Hierarchy::new(mix);
        if budget.is_unlimited() && judged.is_empty() {
            *judged = parallel::each(own, |place, own| judge_unit(mix, &mix.units[place], &hierarchy, loudest, own));
            mix.units.iter().zip(judged).for_each(|(unit, found)| _ = ears.read_level(mix, unit, found));
            return true;
        }
        for (unit, own) in mix.units.iter().zip(own).skip(judged.len()) {
            if !budget.is_left() {
                break;
            }
            budget.take(JUDGE * unit.members.len() as u32);
            let found = judge_unit(mix, unit, &hierarchy, loudest, own);
            budget.take(ears.read_level(mix, unit, &found));
            judged.push(found);
        }
    }
    judged.len() == mix.units.len()
}
