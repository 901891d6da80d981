//! A session made ready for the rules: what each track's map says with today's gain, parts as one, the anchor, the scope.

use std::rc::Rc;

use super::anchor::{self, Reference};
use super::bars::Bars;
use super::heard::{CellSpan, Heard};
use super::reading::{self, Reading};
use super::scope::{self, Scope};
use super::{Class, Placement, Profile, ReferenceState, Role, ScopeKind, SessionState, TrackId, TrackInput, parts};

/// One voice of the mix: a track, or a part of several that are judged as one.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Indices into the tracks.
    pub members: Vec<usize>,
    pub role: Role,
    /// The part's name, where there is more than one member.
    pub part: Option<String>,
    pub heard: Rc<Heard>,
    pub is_anchor: bool,
    pub is_out: bool,
    pub placement: Placement,
}

/// Everything that verdicts are made from.
#[derive(Debug)]
pub(crate) struct Mixture<'a> {
    pub tracks: &'a [TrackInput<'a>],
    pub profile: &'a Profile,
    pub heard: Vec<Rc<Heard>>,
    pub units: Vec<Unit>,
    pub bars: Bars,
    pub reference: Reference,
    /// `None` while nothing has been heard.
    pub scope: Option<Scope>,
    /// The anchor over the scope, or its last hits where it is held.
    pub reference_reading: Option<Reading>,
}

impl<'a> Mixture<'a> {
    pub fn new(tracks: &'a [TrackInput<'a>], profile: &'a Profile, state: &SessionState) -> Self {
        let heard: Vec<_> = tracks.iter().map(|track| Rc::new(Heard::new(track.song, track.gain))).collect();
        let bars = Bars::new(tracks.iter().map(|track| track.song));
        let reference = anchor::find(tracks, &heard, profile, state);
        let units = units(tracks, &heard, &reference);
        let mut mix = Self { tracks, profile, heard, units, bars, reference, scope: None, reference_reading: None };
        let counted: Vec<&Heard> = mix.counted().map(|unit| &*unit.heard).collect();
        let kick = mix.reference.exists().then_some(&*mix.reference.heard);
        mix.scope = scope::choose(&counted, kick, &mix.bars, state, &profile.rules);
        mix.settle_reference();
        mix
    }

    /// The units that count in sums and in the hierarchy: no buses, nothing switched out.
    pub fn counted(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|unit| !unit.is_out && !unit.role.is_bus())
    }

    pub fn is_held(&self) -> bool {
        self.reference.state == ReferenceState::Held
    }

    /// A unit's level over a span, at places that `other` has too. A part is as loud in peaks as its loudest member.
    pub fn read(&self, unit: &Unit, class: Class, span: CellSpan, other: Option<&Heard>) -> Option<Reading> {
        let read = |heard: &Heard| reading::read(heard, class, span, other, &self.profile.rules.level);
        let mut reading = read(&unit.heard)?;
        if unit.members.len() > 1 && !unit.is_anchor {
            let members = unit.members.iter().filter_map(|&index| read(&self.heard[index]));
            reading.peak_db = members.map(|member| member.peak_db).reduce(f64::max).unwrap_or(reading.peak_db);
        }
        Some(reading)
    }

    /// The anchor's last hits hold through silence, visibly.
    fn settle_reference(&mut self) {
        let Some(scope) = &self.scope else { return };
        let rules = &self.profile.rules;
        self.reference_reading = self.reference.read(scope.span, None, rules);
        let last = self.last_hit_s();
        let may_hold = matches!(scope.kind, ScopeKind::Playing | ScopeKind::Range);
        if let (None, true, Some(last)) = (self.reference_reading, may_hold, last) {
            let from = scope::before(&self.bars, last, rules.reference.held_bars, rules.reference.held_seconds);
            let span = CellSpan::from_seconds(from, last + 0.1);
            self.reference_reading = self.reference.read(span, None, rules);
            self.reference.state = ReferenceState::Held;
        }
    }

    /// The anchor's newest hit at or before the end of the scope, else its last of all.
    pub fn last_hit_s(&self) -> Option<f64> {
        let end = self.scope.as_ref()?.span.end_s();
        let hits = &self.reference.heard.hits;
        let before = hits.iter().rev().find(|hit| hit.onset_s < end);
        before.or(hits.last()).map(|hit| hit.onset_s)
    }
}

/// The anchor's members as one, then parts as one, then every other track by itself.
fn units(tracks: &[TrackInput<'_>], heard: &[Rc<Heard>], reference: &Reference) -> Vec<Unit> {
    let mut taken = vec![false; tracks.len()];
    let mut units = Vec::new();
    let mut add = |members: Vec<usize>, part: Option<String>, is_anchor: bool| {
        for &index in &members {
            taken[index] = true;
        }
        units.push(unit(tracks, heard, members, part, is_anchor));
    };
    if reference.exists() {
        let names: Vec<&str> = reference.members.iter().map(|&index| tracks[index].name).collect();
        let part = (names.len() > 1).then(|| names.join(" + "));
        add(reference.members.clone(), part, true);
    }
    let free: Vec<(TrackId, &str, Role)> = tracks
        .iter()
        .enumerate()
        .filter(|(index, track)| !reference.members.contains(index) && !track.is_out && !track.role.is_bus())
        .map(|(_, track)| (track.id, track.name, track.role))
        .collect();
    for part in parts::group(&free) {
        let index_of = |id: &TrackId| tracks.iter().position(|track| track.id == *id);
        let members: Vec<usize> = part.members.iter().filter_map(index_of).collect();
        // Levels before and after the fader do not add up to one.
        let mut sides = members.iter().map(|&index| tracks[index].placement.sees_fader());
        let first = sides.next();
        if sides.all(|side| Some(side) == first) {
            add(members, Some(part.name), false);
        }
    }
    let alone: Vec<usize> = (0..tracks.len()).filter(|&index| !taken[index]).collect();
    units.extend(alone.into_iter().map(|index| unit(tracks, heard, vec![index], None, false)));
    units
}

fn unit(
    tracks: &[TrackInput<'_>],
    heard: &[Rc<Heard>],
    members: Vec<usize>,
    part: Option<String>,
    is_anchor: bool,
) -> Unit {
    let first = &tracks[members[0]];
    let whole = Heard::of(&members, heard);
    Unit { role: first.role, is_out: first.is_out, placement: first.placement, members, part, heard: whole, is_anchor }
}
