//! A number in a profile, whole or not.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

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
