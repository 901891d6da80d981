//! A profile as its TOML file has it, and what can be wrong with it, told by line and column.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use toml::Spanned;

use super::rules::{
    BreakPatch, BusPatch, GainStagingPatch, LevelPatch, MonoPatch, PanPatch, ReferencePatch, RulesPatch, ScopePatch,
    VerdictPatch,
};
use super::{PanKind, ProfileError};
use crate::mix::{Measure, Role, TargetAgainst, TargetSource};

/// A profile's file: whatever is absent comes from its base.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct File {
    pub base: Option<Spanned<String>>,
    pub roles: BTreeMap<Role, Spanned<RolePatch>>,
    verdict: VerdictPatch,
    level: LevelPatch,
    scope: ScopePatch,
    reference: ReferencePatch,
    breaks: BreakPatch,
    pan: PanPatch,
    mono: MonoPatch,
    gain_staging: GainStagingPatch,
    bus: BusPatch,
}

/// What a file says of one role.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RolePatch {
    pub judged: Option<bool>,
    pub measure: Option<Measure>,
    pub against: Option<Spanned<TargetAgainst>>,
    pub low: Option<Spanned<Number>>,
    pub high: Option<Spanned<Number>>,
    pub source: Option<TargetSource>,
    pub pan: Option<PanKind>,
    pub pan_source: Option<TargetSource>,
    pub loudness: Option<Spanned<[Number; 2]>>,
}

impl File {
    pub fn read(text: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| Fault::from_toml(&error, text))
    }

    /// Splits the roles from the rules.
    pub fn into_parts(self) -> (BTreeMap<Role, Spanned<RolePatch>>, RulesPatch) {
        let Self { roles, verdict, level, scope, reference, breaks, pan, mono, gain_staging, bus, .. } = self;
        (roles, RulesPatch { verdict, level, scope, reference, breaks, pan, mono, gain_staging, bus })
    }
}

/// A finite number, written with or without a decimal point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(pub f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(NumberVisitor).map(Self)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number without quotes, such as -6.0")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<f64, E> {
        let message = "this is not a number that can be measured against: give one such as -6.0";
        number.is_finite().then_some(number).ok_or_else(|| E::custom(message))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }
}

/// What is wrong, at a byte of the file.
#[derive(Debug)]
pub(super) struct Fault {
    place: usize,
    message: String,
}

impl Fault {
    pub fn at(place: usize, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }

    fn from_toml(error: &toml::de::Error, text: &str) -> Self {
        let place = error.span().map_or(0, |span| span.start);
        let near = text.get(place..).and_then(|rest| rest.split(['\n', '#']).next()).unwrap_or_default();
        let message = if near.contains(['\u{2212}', '\u{2013}']) {
            "this minus sign is a typeset one: write a plain hyphen, as in -6.0".to_owned()
        } else {
            suggest(error.message()).unwrap_or_else(|| error.message().to_owned())
        };
        Self { place, message }
    }

    /// The error a person reads, by line and column.
    pub fn locate(self, profile: &str, text: &str) -> ProfileError {
        let before = text.get(..self.place.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        ProfileError {
            profile: profile.to_owned(),
            line: Some(before.matches('\n').count() + 1),
            column: Some(before[line_start..].chars().count() + 1),
            message: self.message,
        }
    }
}

/// "unknown field `lo`, expected one of `low`, `high`" as advice: the nearest name, else all of them.
fn suggest(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown ")?;
    let mut names = rest.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    let known: Vec<&str> = names.collect();
    let what = if known.contains(&"kick") && known.contains(&"hats") {
        "role"
    } else if rest.starts_with("field") {
        "key"
    } else {
        "value"
    };
    let nearest = known.iter().map(|name| (edit_distance(wrong, name), *name)).min();
    Some(match nearest {
        Some((distance, name)) if distance <= 1 + name.chars().count() / 3 => {
            format!("unknown {what} \"{wrong}\": did you mean \"{name}\"?")
        }
        _ => format!("unknown {what} \"{wrong}\": write one of {}", known.join(", ")),
    })
}

/// Levenshtein's distance, in any case.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
