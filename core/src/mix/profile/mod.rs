//! Target profiles: where each role should sit, and the numbers of the rules. The guide's is built in; users write
//! their own in TOML, and whatever such a file leaves out is the guide's.

mod file;
mod learnt;
mod number;
mod rules;
mod store;
mod target;
#[cfg(test)]
mod tests;
mod toml_error;

use std::fmt;
use std::sync::OnceLock;

use self::file::{File, RolePatch};
pub use self::learnt::Learnt;
pub use self::rules::{
    BreakRules, BusRules, DoubleRules, GainStagingRules, HearingRules, LevelRules, MonoRules, PanRules, ReferenceRules,
    Rules, ScopeRules, VerdictRules,
};
pub use self::store::FileVersion;
pub use self::target::{Measure, Target, TargetAgainst, TargetSource};
pub use self::toml_error::TomlFault;
use crate::mix::roles::Role;
use crate::units::Db;

/// The name of the built-in profile.
pub const GUIDE: &str = "guide";
const GUIDE_TOML: &str = include_str!("../../../../assets/targets/guide.toml");
/// Offsets beyond this are typing errors.
const FARTHEST_DB: f64 = 60.0;

/// A band that needs no verdict of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The lower end.
    pub low: Db,
    /// The upper end.
    pub high: Db,
}

/// Where a role may be panned, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
enum PanKind {
    Centre,
    CentreIsh,
    Slight,
    Wide,
    LeftRight,
    Free,
}

/// Where a role may be panned, with the limits that decide it; pan runs from -1 (left) to +1 (right).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PanRule {
    /// |p| at most this: "centre", and the snare's "centre-ish".
    Centre {
        /// The farthest from the centre, 0 to 1.
        within: f64,
    },
    /// |p| from..=to, on either side.
    Slight {
        /// The nearest to the centre, 0 to 1.
        from: f64,
        /// The farthest from the centre, 0 to 1.
        to: f64,
    },
    /// Members of a part this far out on both sides, or one stereo track with less correlation.
    Wide {
        /// The nearest to the centre on either side, 0 to 1.
        beyond: f64,
        /// Or one track whose correlation lies under this.
        correlation: f64,
    },
    /// Tracks of the role this far out on both sides, or one stereo track with less correlation.
    LeftRight {
        /// The nearest to the centre on either side, 0 to 1.
        beyond: f64,
        /// Or tracks whose correlation lies under this.
        correlation: f64,
    },
    /// Anywhere.
    Free,
}

/// What a profile asks of a role.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoleTarget {
    /// The band in which it should sit; none for what is not judged.
    pub target: Option<Target>,
    /// A second band in LU against the same reference, judged beside the first.
    pub loudness: Option<Band>,
    /// Where it lies between left and right.
    pub pan: PanRule,
    /// Whose rule that is.
    pub pan_source: TargetSource,
    /// How the band was learnt, where it was.
    pub learnt: Option<Learnt>,
    pan_kind: PanKind,
}

impl RoleTarget {
    const BLANK: Self = Self {
        target: None,
        loudness: None,
        pan: PanRule::Free,
        pan_source: TargetSource::Keel,
        learnt: None,
        pan_kind: PanKind::Free,
    };
}

/// Targets and rules.
///
/// ```
/// use keel_core::mix::{Profile, Role};
///
/// let mine = Profile::parse("mine", "[roles.bass]\nlow = -9.0\nhigh = -4.0\n")?;
/// assert_eq!(mine.role(Role::Bass).target.map(|target| target.low_db.0), Some(-9.0));
/// assert_eq!(mine.role(Role::Snare), Profile::guide().role(Role::Snare));
/// # Ok::<(), keel_core::mix::ProfileError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// As it is shown.
    pub name: String,
    /// The numbers of the rules.
    pub rules: Rules,
    roles: [RoleTarget; Role::ALL.len()],
}

impl Profile {
    /// The guide's table, built in.
    pub fn guide() -> Self {
        static PARSED: OnceLock<Profile> = OnceLock::new();
        PARSED
            .get_or_init(|| {
                let blank = Self { name: GUIDE.into(), rules: Rules::default(), roles: [RoleTarget::BLANK; _] };
                blank.patched(GUIDE, GUIDE_TOML, true).expect("the built-in profile is tested")
            })
            .clone()
    }

    /// A profile from the text of its file.
    pub fn parse(name: &str, text: &str) -> Result<Self, ProfileError> {
        Self::guide().patched(name, text, false)
    }

    /// What is asked of a role.
    pub fn role(&self, role: Role) -> &RoleTarget {
        &self.roles[role as usize]
    }

    /// The band of a role, where it has one.
    pub fn target(&self, role: Role) -> Option<Target> {
        self.role(role).target
    }

    /// This profile with what the text changes of it.
    fn patched(self, name: &str, text: &str, is_guide: bool) -> Result<Self, ProfileError> {
        self.apply(text, is_guide)
            .map(|profile| Self { name: name.to_owned(), ..profile })
            .map_err(|fault| ProfileError::at(name, &fault, text))
    }

    fn apply(mut self, text: &str, is_guide: bool) -> Result<Self, TomlFault> {
        let file = File::read(text)?;
        if let Some(base) = file.base.as_ref().filter(|base| base.get_ref() != GUIDE) {
            let message = format!("base = \"{}\": the only base is \"{GUIDE}\"", base.get_ref());
            return Err(TomlFault::at(base.span().start, message));
        }
        let (roles, rules) = file.into_parts();
        self.rules.apply(&rules)?;
        for (role, patch) in &roles {
            let changed = self.roles[*role as usize].patched(*role, patch.get_ref(), patch.span().start, is_guide)?;
            self.roles[*role as usize] = changed;
        }
        for role in Role::ALL {
            let pan = &self.rules.pan;
            self.roles[role as usize].pan = self.roles[role as usize].pan_kind.with_limits(pan);
            let patch = roles.get(&role);
            let place = patch.and_then(|patch| Some(patch.get_ref().low.as_ref()?.span().start));
            self.check_width(role, place.or(rules.verdict.place()).unwrap_or(0))?;
        }
        Ok(self)
    }

    /// A band must be wide enough that one multiple of the step lands in it or within its edge.
    fn check_width(&self, role: Role, place: usize) -> Result<(), TomlFault> {
        let Some(target) = self.target(role) else { return Ok(()) };
        let (low, high) = (target.low_db.0, target.high_db.0);
        let (step, edge) = (self.rules.verdict.step.0, self.rules.verdict.edge.0);
        let narrowest = step - 2.0 * edge;
        if high - low >= narrowest - 1e-9 {
            return Ok(());
        }
        let message = format!(
            "the band {low} to {high} of {} is too narrow for moves of {step} dB: make it {narrowest} dB wide, or lower \
             step under [verdict]",
            role.id()
        );
        Err(TomlFault::at(place, message))
    }
}

impl PanKind {
    fn with_limits(self, pan: &PanRules) -> PanRule {
        let correlation = pan.wide_correlation;
        match self {
            Self::Centre => PanRule::Centre { within: pan.centre },
            Self::CentreIsh => PanRule::Centre { within: pan.centre_ish },
            Self::Slight => PanRule::Slight { from: pan.slight_from, to: pan.slight_to },
            Self::Wide => PanRule::Wide { beyond: pan.wide, correlation },
            Self::LeftRight => PanRule::LeftRight { beyond: pan.left_right, correlation },
            Self::Free => PanRule::Free,
        }
    }
}

impl RoleTarget {
    /// This role with what a file changes of it. A number that a user's file changes is the user's.
    fn patched(&self, role: Role, patch: &RolePatch, place: usize, is_guide: bool) -> Result<Self, TomlFault> {
        let mut changed = *self;
        changed.target = self.patched_target(role, patch, place)?;
        changed.learnt = Learnt::of(patch)?;
        if let Some(pair) = &patch.loudness {
            let [low, high] = *pair.get_ref();
            let place = pair.span().start;
            in_order(low.0, high.0, place)?;
            within_reach(low.0, TargetAgainst::Kick, place).and(within_reach(high.0, TargetAgainst::Kick, place))?;
            changed.loudness = Some(Band { low: Db(low.0), high: Db(high.0) });
        }
        changed.pan_kind = patch.pan.unwrap_or(self.pan_kind);
        if is_guide {
            changed.pan_source = patch.pan_source.unwrap_or(TargetSource::Keel);
            return Ok(changed);
        }
        if changed.pan_kind != self.pan_kind {
            changed.pan_source = TargetSource::User;
        }
        if let Some(target) = &mut changed.target {
            let same = changed.learnt.is_none()
                && self.target.is_some_and(|old| Target { source: old.source, ..*target } == old);
            target.source = if same { self.target.map_or(target.source, |old| old.source) } else { TargetSource::User };
        }
        Ok(changed)
    }

    fn patched_target(&self, role: Role, patch: &RolePatch, place: usize) -> Result<Option<Target>, TomlFault> {
        if patch.judged == Some(false) {
            return Ok(None);
        }
        let old = self.target;
        let says_something = patch.judged == Some(true) || patch.low.is_some() || patch.high.is_some();
        if old.is_none() && !says_something {
            return Ok(None);
        }
        let band = |given: &Option<toml::Spanned<number::Number>>, old: Option<Db>, key: &str| {
            given.as_ref().map(|number| number.get_ref().0).or(old.map(|db| db.0)).ok_or_else(|| {
                TomlFault::at(
                    place,
                    format!("{} has no band yet: give it both low and high, {key} is missing", role.id()),
                )
            })
        };
        let low = band(&patch.low, old.map(|target| target.low_db), "low")?;
        let high = band(&patch.high, old.map(|target| target.high_db), "high")?;
        let against = patch.against.as_ref().map(|against| *against.get_ref());
        let target = Target {
            measure: patch.measure.or(old.map(|target| target.measure)).unwrap_or(Measure::Peak),
            against: against.or(old.map(|target| target.against)).unwrap_or(TargetAgainst::Kick),
            low_db: Db(low),
            high_db: Db(high),
            source: patch.source.or(old.map(|target| target.source)).unwrap_or(TargetSource::Keel),
        };
        check_target(role, &target, patch, place)?;
        Ok(Some(target))
    }
}

/// What must hold of any target.
fn check_target(role: Role, target: &Target, patch: &RolePatch, place: usize) -> Result<(), TomlFault> {
    let of = |number: &Option<toml::Spanned<number::Number>>| number.as_ref().map(|number| number.span().start);
    let (low_place, high_place) = (of(&patch.low).unwrap_or(place), of(&patch.high).unwrap_or(place));
    let against_place = patch.against.as_ref().map_or(place, |against| against.span().start);
    let counts_from_itself = matches!(
        (role, target.against),
        (Role::Kick, TargetAgainst::Kick) | (Role::LeadVocal, TargetAgainst::LeadVocal)
    );
    if counts_from_itself {
        let message = format!("{} cannot be counted from itself: give another against", role.id());
        return Err(TomlFault::at(against_place, message));
    }
    let between_tracks = matches!(target.against, TargetAgainst::Bed | TargetAgainst::LeadVocal);
    if between_tracks && target.measure != Measure::Loudness {
        let message =
            format!("{} is counted from the bed or a lead in loudness only: give measure = \"loudness\"", role.id());
        return Err(TomlFault::at(against_place, message));
    }
    within_reach(target.low_db.0, target.against, low_place)?;
    within_reach(target.high_db.0, target.against, high_place)?;
    in_order(target.low_db.0, target.high_db.0, of(&patch.low).or(of(&patch.high)).unwrap_or(place))
}

fn in_order(low: f64, high: f64, place: usize) -> Result<(), TomlFault> {
    let message = || format!("low = {low} is over high = {high}: swap them");
    if low <= high { Ok(()) } else { Err(TomlFault::at(place, message())) }
}

fn within_reach(db: f64, against: TargetAgainst, place: usize) -> Result<(), TomlFault> {
    let highest = if against == TargetAgainst::FullScale { 0.0 } else { FARTHEST_DB };
    let message = || format!("{db} dB is out of reach: give a number from {} to {highest}", -FARTHEST_DB);
    if (-FARTHEST_DB..=highest).contains(&db) { Ok(()) } else { Err(TomlFault::at(place, message())) }
}

/// Why a profile cannot be used, and where its file says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// The profile's name.
    pub profile: String,
    /// Counted from 1; none where the file could not be read at all.
    pub line: Option<usize>,
    /// In characters, counted from 1.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl ProfileError {
    fn at(profile: &str, fault: &TomlFault, text: &str) -> Self {
        let (line, column) = fault.place(text);
        let (line, column) = (Some(line), Some(column));
        Self { profile: profile.to_owned(), line, column, message: fault.message().to_owned() }
    }

    fn unread(profile: &str, message: &str) -> Self {
        Self { profile: profile.to_owned(), line: None, column: None, message: message.to_owned() }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "profile {}", self.profile)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(formatter, ", line {line}, column {column}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for ProfileError {}
