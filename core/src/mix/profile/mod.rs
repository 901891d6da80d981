//! Target profiles: where each role should sit, and the numbers of the rules. The guide's is built in, and some that were
//! measured; users write their own in TOML, and whatever such a file leaves out is its base's.

mod built_in;
mod error;
mod file;
mod learnt;
mod number;
mod rules;
mod store;
mod target;
#[cfg(test)]
mod tests;
mod toml_error;

use std::sync::{Arc, OnceLock};

pub use self::error::ProfileError;
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
#[derive(Clone, Debug, PartialEq)]
pub struct RoleTarget {
    /// The band in which it should sit; none for what is not judged.
    pub target: Option<Target>,
    /// A second band in LU against the same reference, judged beside the first.
    pub loudness: Option<Band>,
    /// Where it lies between left and right.
    pub pan: PanRule,
    /// Whose rule that is.
    pub pan_source: TargetSource,
    /// How the band was learnt or measured, where it was.
    pub learnt: Option<Learnt>,
    /// Who measured it, in what and how.
    pub who: Option<Arc<str>>,
    pan_kind: PanKind,
}

impl RoleTarget {
    const BLANK: Self = Self {
        target: None,
        loudness: None,
        pan: PanRule::Free,
        pan_source: TargetSource::Keel,
        learnt: None,
        who: None,
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
    /// Whose numbers these are, in a sentence, where the profile says so.
    pub about: Option<Arc<str>>,
    /// The numbers of the rules.
    pub rules: Rules,
    /// What is asked of a whole kit in one track, where it stands for all drums.
    pub drums: RoleTarget,
    roles: [RoleTarget; Role::ALL.len()],
}

impl Profile {
    /// The guide's table, built in.
    pub fn guide() -> Self {
        static PARSED: OnceLock<Profile> = OnceLock::new();
        let text = || built_in::text(GUIDE).unwrap_or_default();
        PARSED.get_or_init(|| Self::parse_built_in(GUIDE, text()).expect("the built-in profile is tested")).clone()
    }

    /// A profile from the text of its file.
    pub fn parse(name: &str, text: &str) -> Result<Self, ProfileError> {
        Self::parse_as(name, text, false)
    }

    /// One of Keel's own, which says whose each number is.
    fn parse_built_in(name: &str, text: &str) -> Result<Self, ProfileError> {
        Self::parse_as(name, text, true)
    }

    fn parse_as(name: &str, text: &str, is_built_in: bool) -> Result<Self, ProfileError> {
        let read = || {
            let file = File::read(text)?;
            let base = if name == GUIDE && is_built_in { Self::blank() } else { Self::base(&file)? };
            base.apply(file, is_built_in)
        };
        read()
            .map(|profile| Self { name: name.to_owned(), ..profile })
            .map_err(|fault| ProfileError::at(name, &fault, text))
    }

    fn blank() -> Self {
        let roles = [const { RoleTarget::BLANK }; _];
        Self { name: GUIDE.into(), about: None, rules: Rules::default(), drums: RoleTarget::BLANK, roles }
    }

    /// What a file leaves out is this one's.
    fn base(file: &File) -> Result<Self, TomlFault> {
        let name = file.base.as_ref().map_or(GUIDE, |base| base.get_ref().as_str());
        let place = file.base.as_ref().map_or(0, |base| base.span().start);
        match built_in::text(name) {
            _ if name == GUIDE => Ok(Self::guide()),
            Some(text) => Self::parse_built_in(name, text).map_err(|error| TomlFault::at(place, error.message)),
            None => {
                let known: Vec<&str> = built_in::names().collect();
                let message = format!("base = \"{name}\": write one of {}", known.join(", "));
                Err(TomlFault::at(place, message))
            }
        }
    }

    /// What is asked of a role.
    pub fn role(&self, role: Role) -> &RoleTarget {
        &self.roles[role as usize]
    }

    /// The band of a role, where it has one.
    pub fn target(&self, role: Role) -> Option<Target> {
        self.role(role).target
    }

    /// This profile with what the file changes of it.
    fn apply(mut self, file: File, is_built_in: bool) -> Result<Self, TomlFault> {
        self.about = file.about.as_deref().map(Arc::from);
        let (roles, drums, rules) = file.into_parts();
        self.rules.apply(&rules)?;
        for (role, patch) in &roles {
            let place = &mut self.roles[*role as usize];
            *place = place.patched(role.id(), Some(*role), patch.get_ref(), patch.span().start, is_built_in)?;
        }
        if let Some(patch) = &drums {
            self.drums = self.drums.patched("drums", None, patch.get_ref(), patch.span().start, is_built_in)?;
        }
        let place = |patch: Option<&toml::Spanned<RolePatch>>| {
            let low = patch.and_then(|patch| Some(patch.get_ref().low.as_ref()?.span().start));
            low.or(rules.verdict.place()).unwrap_or(0)
        };
        for role in Role::ALL {
            let asked = &mut self.roles[role as usize];
            asked.pan = asked.pan_kind.with_limits(&self.rules.pan);
            self.check_width(role.id(), self.target(role), place(roles.get(&role)))?;
        }
        self.drums.pan = self.drums.pan_kind.with_limits(&self.rules.pan);
        self.check_width("drums", self.drums.target, place(drums.as_ref()))?;
        Ok(self)
    }

    /// A band must be wide enough that one multiple of the step lands in it or within its edge.
    fn check_width(&self, name: &str, target: Option<Target>, place: usize) -> Result<(), TomlFault> {
        let Some(target) = target else { return Ok(()) };
        let (low, high) = (target.low_db.0, target.high_db.0);
        let (step, edge) = (self.rules.verdict.step.0, self.rules.verdict.edge.0);
        let narrowest = step - 2.0 * edge;
        if high - low >= narrowest - 1e-9 {
            return Ok(());
        }
        let message = format!(
            "the band {low} to {high} of {name} is too narrow for moves of {step} dB: make it {narrowest} dB wide, or \
             lower step under [verdict]"
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
    fn patched(
        &self,
        name: &str,
        role: Option<Role>,
        patch: &RolePatch,
        place: usize,
        is_built_in: bool,
    ) -> Result<Self, TomlFault> {
        let mut changed = self.clone();
        changed.target = self.patched_target(name, role, patch, place)?;
        changed.learnt = Learnt::of(patch)?;
        changed.who = patch.who.as_deref().map(Arc::from);
        if let Some(pair) = &patch.loudness {
            let [low, high] = *pair.get_ref();
            let place = pair.span().start;
            in_order(low.0, high.0, place)?;
            within_reach(low.0, TargetAgainst::Kick, place).and(within_reach(high.0, TargetAgainst::Kick, place))?;
            changed.loudness = Some(Band { low: Db(low.0), high: Db(high.0) });
        }
        changed.pan_kind = patch.pan.unwrap_or(self.pan_kind);
        changed.pan_source = match () {
            () if is_built_in => patch.pan_source.unwrap_or(self.pan_source),
            () if changed.pan_kind != self.pan_kind => TargetSource::User,
            () => self.pan_source,
        };
        if let Some(target) = &mut changed.target {
            let as_before = |old: Target| Target { source: old.source, spread_db: old.spread_db, ..*target } == old;
            let old = self.target.filter(|old| changed.learnt.is_none() && as_before(*old));
            if old.is_some() && !is_built_in {
                (changed.learnt, changed.who) = (self.learnt, changed.who.or_else(|| self.who.clone()));
            }
            if !is_built_in {
                target.source = old.map_or(TargetSource::User, |old| old.source);
            }
            target.spread_db = changed.learnt.map(|learnt| learnt.spread);
        }
        Ok(changed)
    }

    fn patched_target(
        &self,
        name: &str,
        role: Option<Role>,
        patch: &RolePatch,
        place: usize,
    ) -> Result<Option<Target>, TomlFault> {
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
                let message = format!("{name} has no band yet: give it both low and high, {key} is missing");
                TomlFault::at(place, message)
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
            together: patch.together.or(old.map(|target| target.together)).unwrap_or(false),
            spread_db: None,
        };
        check_target(name, role, &target, patch, place)?;
        Ok(Some(target))
    }
}

/// What must hold of any target.
fn check_target(
    name: &str,
    role: Option<Role>,
    target: &Target,
    patch: &RolePatch,
    place: usize,
) -> Result<(), TomlFault> {
    let of = |number: &Option<toml::Spanned<number::Number>>| number.as_ref().map(|number| number.span().start);
    let (low_place, high_place) = (of(&patch.low).unwrap_or(place), of(&patch.high).unwrap_or(place));
    let against_place = patch.against.as_ref().map_or(place, |against| against.span().start);
    let counts_from_itself = matches!(
        (role, target.against),
        (Some(Role::Kick), TargetAgainst::Kick) | (Some(Role::LeadVocal), TargetAgainst::LeadVocal)
    );
    if counts_from_itself {
        let message = format!("{name} cannot be counted from itself: give another against");
        return Err(TomlFault::at(against_place, message));
    }
    let other = match target.against {
        TargetAgainst::Bed | TargetAgainst::LeadVocal => Some("the bed or a lead"),
        TargetAgainst::Mix => Some("the mix"),
        TargetAgainst::Kick | TargetAgainst::FullScale => None,
    };
    if let Some(other) = other.filter(|_| target.measure != Measure::Loudness) {
        let message = format!("{name} is counted from {other} in loudness only: give measure = \"loudness\"");
        return Err(TomlFault::at(against_place, message));
    }
    if target.together && target.against != TargetAgainst::Mix {
        let message = format!("{name} counts together against the mix only: give against = \"mix\", or leave it out");
        return Err(TomlFault::at(place, message));
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
    let highest = Target::highest_db(against);
    let message = || format!("{db} dB is out of reach: give a number from {} to {highest}", -FARTHEST_DB);
    if (-FARTHEST_DB..=highest).contains(&db) { Ok(()) } else { Err(TomlFault::at(place, message())) }
}
