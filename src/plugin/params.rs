//! The parameters. Their ids are stored by hosts and never change (`tests/contract.rs`).

use std::sync::{Arc, LazyLock};

use keel_core::mix::{Measure, Role};
use keel_core::units::Db;
use nice_plug::params::enums::Enum;
use nice_plug::prelude::*;

/// Trim goes from minus to plus this.
pub const TRIM_RANGE: Db = Db(24.0);

/// What hosts show and automate.
#[derive(Params)]
pub struct KeelParams {
    #[id = "bypass"]
    pub bypass: BoolParam,
    /// In decibels.
    #[id = "trim"]
    pub trim: FloatParam,
    /// Mono check. Never stored.
    #[id = "mono"]
    pub mono: BoolParam,
    #[id = "role"]
    pub role: EnumParam<RoleChoice>,
    #[id = "reference"]
    pub reference: BoolParam,
    #[id = "measure"]
    pub measure: EnumParam<MeasureChoice>,
    /// Out of the judgement.
    #[id = "out"]
    pub out: BoolParam,
}

/// Id of the parameter that is never stored.
pub const MONO_ID: &str = "mono";

impl std::fmt::Debug for KeelParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeelParams").field("trim", &self.trim.value()).finish_non_exhaustive()
    }
}

impl Default for KeelParams {
    fn default() -> Self {
        let range = TRIM_RANGE.0 as f32;
        Self {
            bypass: BoolParam::new("Bypass", false).make_bypass(),
            trim: FloatParam::new("Trim", 0.0, FloatRange::Linear { min: -range, max: range })
                .with_unit(" dB")
                .with_value_to_string(formatters::v2s_f32_rounded(2))
                .with_string_to_value(Arc::new(decibels_from_text)),
            mono: BoolParam::new("Mono check", false).non_automatable(),
            role: EnumParam::new("Role", RoleChoice(None)),
            reference: BoolParam::new("Reference", false),
            measure: EnumParam::new("Measure", MeasureChoice(None)),
            out: BoolParam::new("Out", false),
        }
    }
}

impl KeelParams {
    /// Linear gain of the trim as set; exactly 1 at 0 dB. Bypassed there is none.
    pub fn gain(&self) -> f32 {
        if self.bypass.value() { 1.0 } else { Db(f64::from(self.trim.value())).amplitude() as f32 }
    }
}

fn decibels_from_text(text: &str) -> Option<f32> {
    let number = text.trim().trim_end_matches(|c: char| c.is_alphabetic()).trim();
    number.replace(',', ".").parse::<f32>().ok().filter(|db| db.is_finite())
}

/// The user's word on the role; `None` finds it from the track's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleChoice(pub Option<Role>);

impl Enum for RoleChoice {
    fn variants() -> &'static [&'static str] {
        static NAMES: LazyLock<Vec<&str>> =
            LazyLock::new(|| std::iter::once("Auto").chain(Role::ALL.map(Role::label)).collect());
        &NAMES
    }

    fn ids() -> Option<&'static [&'static str]> {
        static IDS: LazyLock<Vec<&str>> =
            LazyLock::new(|| std::iter::once("auto").chain(Role::ALL.map(Role::id)).collect());
        Some(&IDS)
    }

    fn to_index(self) -> usize {
        self.0.and_then(|role| Role::ALL.iter().position(|&other| other == role)).map_or(0, |index| index + 1)
    }

    fn from_index(index: usize) -> Self {
        Self(index.checked_sub(1).and_then(|index| Role::ALL.get(index)).copied())
    }
}

/// The user's choice of measure; `None` takes the profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureChoice(pub Option<Measure>);

impl MeasureChoice {
    const ALL: [Self; 4] =
        [Self(None), Self(Some(Measure::Peak)), Self(Some(Measure::Rms)), Self(Some(Measure::Loudness))];
}

impl Enum for MeasureChoice {
    fn variants() -> &'static [&'static str] {
        &["Auto", "Peak", "RMS", "Loudness"]
    }

    fn ids() -> Option<&'static [&'static str]> {
        Some(&["auto", "peak", "rms", "loudness"])
    }

    fn to_index(self) -> usize {
        Self::ALL.iter().position(|&other| other == self).unwrap_or(0)
    }

    fn from_index(index: usize) -> Self {
        Self::ALL.get(index).copied().unwrap_or(Self(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_value_come_back_to_each_other() {
        let params = KeelParams::default();
        for tenth in -240..=240 {
            let normalized = params.trim.preview_normalized(tenth as f32 / 10.0);
            let text = params.trim.normalized_value_to_string(normalized, true);
            let back = params.trim.string_to_normalized_value(&text).expect("a text of our own");
            assert_eq!(params.trim.normalized_value_to_string(back, true), text);
        }
        for index in 0..RoleChoice::variants().len() {
            let normalized = params.role.preview_normalized(RoleChoice::from_index(index));
            let text = params.role.normalized_value_to_string(normalized, true);
            assert_eq!(params.role.string_to_normalized_value(&text), Some(normalized), "{text}");
            assert_eq!(RoleChoice::from_index(index).to_index(), index);
        }
        for choice in MeasureChoice::ALL {
            assert_eq!(MeasureChoice::from_index(choice.to_index()), choice);
        }
    }

    #[test]
    fn trim_reads_what_people_type() {
        for (text, db) in [("3", 3.0), ("+3 dB", 3.0), ("-2,5dB", -2.5), (" 0.00 dB ", 0.0)] {
            assert_eq!(decibels_from_text(text), Some(db), "{text}");
        }
        for text in ["", "dB", "loud", "inf", "NaN"] {
            assert_eq!(decibels_from_text(text), None, "{text}");
        }
    }

    #[test]
    fn no_trim_is_exactly_one() {
        assert_eq!(KeelParams::default().gain(), 1.0);
    }
}
