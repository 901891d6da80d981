//! A judgement being made: at once, or a piece at each look.

use super::super::anchor::Reference;
use super::super::assess::{Facts, report, write_tracks};
use super::super::breaks::Dynamics;
use super::super::budget::Budget;
use super::super::heard::Heard;
use super::super::hierarchy::Hierarchy;
use super::super::judge::{Judged, Own, judge};
use super::super::layout::{Layout, Voice};
use super::super::listening::Ears;
use super::super::mixture::{Mixture, Unit};
use super::super::overview::{Overview, overview};
use super::super::reading::sounding;
use super::super::scope::{self, Loudest};
use super::super::{MixReport, Profile, Rules, SessionState, TrackInput, TrackReport};
use super::glance::Told;
use super::{Assessor, Part, Track};

/// Work to read what is new of a track.
const READ: u32 = 28;
/// Work to judge a unit.
const JUDGE: u32 = 18;
/// Work for each track to tell what has been heard, and to write all that is not told of single tracks.
const LISTEN: u32 = 5;
const REPORT: u32 = 5;

/// What there is of a judgement that is being made. What it goes by stands still from the first piece to the last: all
/// tracks are read before any is judged, and none is read again until it is made.
#[derive(Debug, Default)]
pub(super) struct Judging {
    pub state: SessionState,
    /// The tracks that have been read, as they were then.
    pub told: Vec<Told>,
    overviews: Vec<Overview>,
    judged: Vec<Judged>,
    dynamics: Dynamics,
    /// Whether all that can be heard was listened to; none before.
    listened: Option<bool>,
    pub tracks: Vec<TrackReport>,
}

/// How much may be done of each thing.
pub(super) struct Budgets {
    pub balance: Budget,
    pub hearing: Budget,
}

impl Budgets {
    pub const fn all() -> Self {
        Self { balance: Budget::unlimited(), hearing: Budget::unlimited() }
    }

    /// Some thirty tracks are judged in one look, and 300 in about a second.
    pub const fn of_a_look() -> Self {
        Self { balance: Budget::new(1_300), hearing: Budget::new(500) }
    }
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
        let Self { tracks: kept, layout, parts, own, bars, loudest, sliding, ears, memos, nothing, judging, .. } = self;
        let state = &judging.state;
        let heard: Vec<&Heard> = kept.iter().map(|track| &track.heard).collect();
        let units = units(tracks, layout, &heard, parts);
        let anchor = units.first().filter(|unit| unit.is_anchor).map_or(&*nothing, |unit| unit.heard);
        let reference = Reference::new(&layout.claim, anchor, tracks, profile);
        let kick = reference.exists().then_some(anchor);
        let scope = scope::choose(&units, kick, bars, loudest, state, &profile.rules);
        let mut mix = Mixture { tracks, profile, heard, units, bars, reference, scope, reference_reading: None };
        mix.settle_reference();
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
            ears.listen(&mix, hearing)
        });
        let unit_of = &layout.voice_of;
        let facts = Facts { mix: &mix, judged, overviews, listening: ears.last(), unit_of };
        if !write_tracks(&facts, balance, written) || !balance.is_enough_for(REPORT * count) {
            return None;
        }
        let mut dynamics = std::mem::take(dynamics);
        sliding.sort(&mix, &mut dynamics.breaks);
        Some(Made { report: report(&facts, dynamics, state, memos, std::mem::take(written)), is_whole })
    }

    /// Reads what is new in the songs that have not been read yet; true once all have been.
    fn read_on(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, budget: &mut Budget) -> bool {
        let Judging { told, overviews, .. } = &mut self.judging;
        if told.len() == tracks.len() && !tracks.is_empty() {
            return true;
        }
        let (rules, range) = (&profile.rules, sounding(&profile.rules.level));
        for (own, track) in self.tracks.iter_mut().zip(tracks).skip(told.len()) {
            if !budget.is_left() {
                return false;
            }
            budget.take(READ);
            told.push(Told::of(track));
            overviews.push(own.read(track, range, rules));
        }
        for (part, voice) in self.parts.iter_mut().zip(&self.layout.voices) {
            if let Some(part) = part {
                let members: Vec<&Heard> = voice.members.iter().map(|&index| &self.tracks[index].heard).collect();
                part.update(&members, range);
            }
        }
        self.bars.update(tracks.iter().map(|track| track.song));
        true
    }
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
        for (unit, own) in mix.units.iter().zip(own).skip(judged.len()) {
            if !budget.is_left() {
                break;
            }
            budget.take(JUDGE);
            let found = judge(mix, unit, &hierarchy, loudest, own);
            budget.take(ears.read_level(mix, unit, &found));
            judged.push(found);
        }
    }
    judged.len() == mix.units.len()
}

impl Track {
    /// Reads what is new of its song.
    fn read(&mut self, track: &TrackInput<'_>, sounding: f64, rules: &Rules) -> Overview {
        self.heard.update(track.song, track.gain, sounding);
        let seen = (self.heard.changes().version(), self.heard.gain(), track.placement, *rules);
        if self.seen != Some(seen) {
            self.overview = overview(&self.heard, track.placement, rules);
            self.seen = Some(seen);
        }
        self.overview
    }
}

fn units<'a>(
    tracks: &[TrackInput<'_>],
    layout: &'a Layout,
    heard: &[&'a Heard],
    parts: &'a [Option<Part>],
) -> Vec<Unit<'a>> {
    let voices = layout.voices.iter().zip(parts).enumerate();
    let unit = |(index, (voice, part)): (usize, (&'a Voice, &'a Option<Part>))| {
        let first = &tracks[voice.members[0]];
        Unit {
            index,
            members: &voice.members,
            role: first.role,
            part: voice.part.as_deref(),
            name: &voice.name,
            heard: part.as_ref().map_or(heard[voice.members[0]], |part| &part.heard),
            is_anchor: voice.is_anchor,
            is_out: first.is_out,
            placement: first.placement,
        }
    };
    voices.map(unit).collect()
}
