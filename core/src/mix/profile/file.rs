//! A profile as its TOML file has it, and what can be wrong with it, told by line and column.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use toml::Spanned;

use super::PanKind;
use super::rules::{
    BreakPatch, BusPatch, GainStagingPatch, HearingPatch, LevelPatch, MonoPatch, PanPatch, ReferencePatch, RulesPatch,
    ScopePatch, VerdictPatch,
};
use super::target::{Measure, TargetAgainst, TargetSource};
pub(super) use super::toml_error::TomlFault as Fault;
use crate::mix::roles::Role;

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
    hearing: HearingPatch,
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
    pub median: Option<Spanned<Number>>,
    pub spread: Option<Spanned<Number>>,
    pub songs: Option<Spanned<Number>>,
}

impl File {
    pub fn read(text: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| Fault::from_toml(&error, text))
    }

    /// Splits the roles from the rules.
    pub fn into_parts(self) -> (BTreeMap<Role, Spanned<RolePatch>>, RulesPatch) {
        let Self { roles, verdict, level, scope, reference, breaks, pan, mono, gain_staging, bus, hearing, .. } = self;
        (roles, RulesPatch { verdict, level, scope, reference, breaks, pan, mono, gain_staging, bus, hearing })
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
