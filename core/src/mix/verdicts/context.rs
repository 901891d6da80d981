//! A session made ready for the rules: what each track's map says with today's gain, parts as one, the reference, the scope.

use super::reference::ReferenceUnit;
use super::scope::{self, Scope};
use super::unit::Unit;
use crate::mix::input::ScopeKind;
use crate::mix::levels::{Levels, Reading, reading};
use crate::mix::roles::Class;
use crate::mix::song::{BarMap, CellSpan};
use crate::mix::{Profile, ReferenceState, TrackInput};
use crate::units::Dbtp;

/// Everything that verdicts are made from.
#[derive(Debug)]
pub(crate) struct MixContext<'a> {
    pub tracks: &'a [TrackInput<'a>],
    pub profile: &'a Profile,
    pub levels: Vec<&'a Levels>,
    pub units: Vec<Unit<'a>>,
    pub bars: &'a BarMap,
    pub reference: ReferenceUnit<'a>,
    /// `None` while nothing has been heard.
    pub scope: Option<Scope>,
    /// The reference over the scope, or its last hits where it is held.
    pub reference_reading: Option<Reading>,
    /// The true peak of the mix bus, where one is heard.
    pub bus_peak: Option<Dbtp>,
}

impl<'a> MixContext<'a> {
    /// The units that count in sums and in the hierarchy: no buses, nothing switched out.
    pub fn counted(&self) -> impl Iterator<Item = &Unit<'a>> {
        self.units.iter().filter(|unit| unit.is_counted())
    }

    pub fn is_held(&self) -> bool {
        self.reference.state == ReferenceState::Held
    }

    /// A unit's level over a span, at places that `other` has too. A part is as loud in peaks as its loudest member.
    pub fn read(&self, unit: &Unit<'_>, class: Class, span: CellSpan, other: Option<&Levels>) -> Option<Reading> {
        let read = |levels: &Levels| reading::read(levels, class, span, other, &self.profile.rules.level);
        let mut reading = read(unit.levels)?;
        if unit.members.len() > 1 && !unit.is_reference {
            let members = unit.members.iter().filter_map(|&index| read(self.levels[index]));
            reading.peak_db = members.map(|member| member.peak_db).reduce(f64::max).unwrap_or(reading.peak_db);
        }
        Some(reading)
    }

    /// The reference's last hits hold through silence, visibly.
    pub fn settle_reference(&mut self) {
        let Some(scope) = &self.scope else { return };
        let rules = &self.profile.rules;
        self.reference_reading = self.reference.read(scope.span, None, rules);
        let last = self.last_hit_s();
        let may_hold = matches!(scope.kind, ScopeKind::Playing | ScopeKind::Range);
        if let (None, true, Some(last)) = (self.reference_reading, may_hold, last) {
            let from = scope::before(self.bars, last, rules.reference.held_bars, rules.reference.held_seconds);
            let span = CellSpan::from_seconds(from, last + 0.1);
            self.reference_reading = self.reference.read(span, None, rules);
            self.reference.state = ReferenceState::Held;
        }
    }

    /// The reference's newest hit at or before the end of the scope, else its last of all.
    pub fn last_hit_s(&self) -> Option<f64> {
        let end = self.scope.as_ref()?.span.end_s();
        let hits = self.reference.levels.hits();
        let before = hits.partition_point(|hit| hit.onset_s < end);
        hits[..before].last().or(hits.last()).map(|hit| hit.onset_s)
    }
}
