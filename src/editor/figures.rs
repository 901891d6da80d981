//! Figures that only the screen needs, beside those of [`keel_core::mix::words`].

use keel_core::mix::words;
pub use keel_core::mix::words::{NONE, short};

/// A level where there is one: no sign on positive values.
pub fn level(value: Option<f64>) -> String {
    value.map_or(NONE.to_owned(), words::level)
}

/// A difference where there is one: always signed, but for zero.
pub fn offset(value: Option<f64>) -> String {
    value.map_or(NONE.to_owned(), words::difference)
}

/// A whole number on a scale.
pub fn tick(value: f64, signed: bool) -> String {
    let plus = if signed && value > 0.0 { "+" } else { "" };
    format!("{plus}{}", short(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_whole_and_signed_only_on_scales_of_differences() {
        assert_eq!(
            (tick(-12.0, true).as_str(), tick(6.0, true).as_str(), tick(6.0, false).as_str()),
            ("−12", "+6", "6")
        );
        assert_eq!(tick(0.0, true), "0");
        assert_eq!((level(None), offset(Some(-0.04))), ("–".into(), "0.0".into()));
    }
}
