//! Figures of the report's JSON as the words of the rules write them.

use keel_core::mix::words::{NONE, difference, level, place, short};
use keel_core::units::Seconds;

/// A level with one decimal.
pub fn one(value: Option<f64>) -> String {
    value.map_or(NONE.to_owned(), level)
}

/// A ratio with two decimals.
pub fn two(value: Option<f64>) -> String {
    let Some(value) = value else { return NONE.to_owned() };
    let hundredths = (value * 100.0).round();
    // What rounds to nothing has no sign.
    let sign = if hundredths < 0.0 { "−" } else { "" };
    format!("{sign}{:.2}", hundredths.abs() / 100.0)
}

/// A difference with its unit.
pub fn offset(value: Option<f64>, unit: &str) -> String {
    value.map_or(NONE.to_owned(), |value| format!("{} {unit}", difference(value)))
}

/// A move, in whole steps where it is one; nothing where there is none.
pub fn step(value: Option<f64>) -> String {
    let plus = |value: f64| if value > 0.0 { "+" } else { "" };
    value.filter(|value| *value != 0.0).map_or(String::new(), |value| format!("{}{}", plus(value), short(value)))
}

/// A band, as short as it can be said.
pub fn band(low: Option<f64>, high: Option<f64>) -> String {
    low.zip(high).map_or(String::new(), |(low, high)| format!("{}…{}", short(low), short(high)))
}

/// Where a span lies on the song's clock.
pub fn times(from_s: Option<f64>, to_s: Option<f64>) -> Option<String> {
    let (from, to) = from_s.zip(to_s)?;
    Some(place(Seconds(from), Seconds(to), None, None))
}

/// The bars of a span: "bars 17–24".
pub fn bars(from: Option<f64>, to: Option<f64>) -> Option<String> {
    let both = from.zip(to)?;
    Some(place(Seconds(0.0), Seconds(0.0), Some(both.0), Some(both.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_a_true_minus_and_no_negative_zero() {
        assert_eq!(
            (one(Some(-11.24)), two(Some(-0.251)), two(Some(-0.001))),
            ("−11.2".into(), "−0.25".into(), "0.00".into())
        );
        assert_eq!((offset(Some(1.94), "dB"), offset(None, "LU")), ("+1.9 dB".into(), "–".into()));
        assert_eq!((step(Some(-6.0)), step(Some(4.5)), step(Some(0.0))), ("−6".into(), "+4.5".into(), String::new()));
        assert_eq!((band(Some(-12.5), Some(-10.0)), band(None, Some(1.0))), ("−12.5…−10".into(), String::new()));
    }

    #[test]
    fn places_are_told_by_clock_and_by_bar() {
        assert_eq!(times(Some(12.0), Some(125.2)).as_deref(), Some("0:12–2:05"));
        assert_eq!(bars(Some(9.0), Some(17.0)).as_deref(), Some("bars 9–16"));
        assert_eq!((times(None, Some(1.0)), bars(Some(1.0), None)), (None, None));
    }
}
