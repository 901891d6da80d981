//! A profile as its TOML file has it, and what can be wrong with it, by line and column.

use std::collections::BTreeMap;

use toml::Spanned;

use super::PanKind;
use super::number::Number;
use super::rules::{
    BreakPatch, BusPatch, DoublePatch, GainStagingPatch, HearingPatch, LevelPatch, MonoPatch, PanPatch, ReferencePatch,
    RulesPatch, ScopePatch, VerdictPatch,
};
use super::target::{Measure, TargetAgainst, TargetSource};
use super::toml_error::TomlFault;
use crate::mix::roles::Role;

/// A profile's file: whatever is absent comes from its base.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct File {
    pub base: Option<Spanned<String>>,
    /// Whose numbers these are, in a sentence.
    pub about: Option<String>,
    /// A whole kit in one track.
    pub drums: Option<Spanned<RolePatch>>,
    pub roles: BTreeMap<Role, Spanned<RolePatch>>,
    verdict: VerdictPatch,
    level: LevelPatch,
    doubles: DoublePatch,
    scope: ScopePatch,
    reference: ReferencePatch,
    breaks: BreakPatch,
    pan: PanPatch,
    mono: MonoPatch,
    gain_staging: GainStagingPatch,
    bus: BusPatch,
    hearing: HearingPatch,
}

/// A file's roles, its drums, and its rules.
pub(super) type FileParts = (BTreeMap<Role, Spanned<RolePatch>>, Option<Spanned<RolePatch>>, RulesPatch);

/// What a file says of one role.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RolePatch {
    pub judged: Option<bool>,
    pub measure: Option<Measure>,
    pub against: Option<Spanned<TargetAgainst>>,
    pub low: Option<Spanned<Number>>,
    pub high: Option<Spanned<Number>>,
    pub together: Option<bool>,
    pub source: Option<TargetSource>,
    pub who: Option<String>,
    pub pan: Option<PanKind>,
    pub pan_source: Option<TargetSource>,
    pub loudness: Option<Spanned<[Number; 2]>>,
    pub median: Option<Spanned<Number>>,
    pub spread: Option<Spanned<Number>>,
    pub songs: Option<Spanned<Number>>,
}

impl File {
    pub fn read(text: &str) -> Result<Self, TomlFault> {
        toml::from_str(text).map_err(|error| TomlFault::from_toml(&error, text))
    }

    /// What is asked of the roles, of a whole kit in one track, and the rules.
    pub fn into_parts(self) -> FileParts {
        let Self {
            roles,
            drums,
            verdict,
            level,
            doubles,
            scope,
            reference,
            breaks,
            pan,
            mono,
            gain_staging,
            bus,
            hearing,
            ..
        } = self;
        let rules =
            RulesPatch { verdict, level, doubles, scope, reference, breaks, pan, mono, gain_staging, bus, hearing };
        (roles, drums, rules)
    }
}
