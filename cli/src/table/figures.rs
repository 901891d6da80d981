//! Figures as a person reads them: a true minus, one decimal, clock time, bars counted from 1.

/// With a sign only where it is negative.
pub fn signed(value: f64, digits: usize) -> String {
    let figure = unsigned(value.abs(), digits);
    // What rounds to nothing has no sign.
    let is_zero = figure.chars().all(|c| c == '0' || c == '.');
    if value < 0.0 && !is_zero { format!("−{figure}") } else { figure }
}

pub fn unsigned(value: f64, digits: usize) -> String {
    format!("{value:.digits$}")
}

/// A difference: always with its sign, and its unit.
pub fn offset(value: Option<f64>, unit: &str) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let figure = signed(value, 1);
    let plus = if value > 0.0 && figure != "0.0" { "+" } else { "" };
    format!("{plus}{figure} {unit}").trim_end().to_owned()
}

/// A band, as short as it can be said.
pub fn target(low: Option<f64>, high: Option<f64>) -> String {
    let end = |value: f64| signed(value, usize::from(value.fract() != 0.0));
    match (low, high) {
        (Some(low), Some(high)) => format!("{}…{}", end(low), end(high)),
        _ => String::new(),
    }
}

/// Song time as m:ss.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.abs().round() as u64;
    let sign = if seconds < 0.0 && whole > 0 { "−" } else { "" };
    format!("{sign}{}:{:02}", whole / 60, whole % 60)
}

/// The bars that a span touches.
pub fn bars(from: Option<f64>, to: Option<f64>) -> Option<String> {
    let first = (from? + 1e-3).floor();
    let last = (to? - 1e-3).floor().max(first);
    Some(if first == last { format!("bar {first}") } else { format!("bars {first}–{last}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_a_true_minus_and_no_negative_zero() {
        assert_eq!(signed(-11.25, 1), "−11.2");
        assert_eq!(signed(-0.04, 1), "0.0");
        assert_eq!(offset(Some(1.94), "dB"), "+1.9 dB");
        assert_eq!(offset(Some(-0.01), "dB"), "0.0 dB");
        assert_eq!(offset(Some(-3.0), ""), "−3.0");
        assert_eq!(offset(None, "dB"), "–");
    }

    #[test]
    fn bands_are_short() {
        assert_eq!(target(Some(-6.0), Some(-3.0)), "−6…−3");
        assert_eq!(target(Some(-12.5), Some(-10.0)), "−12.5…−10");
        assert_eq!(target(None, Some(1.0)), "");
    }

    #[test]
    fn times_and_bars() {
        assert_eq!(
            (clock(0.0), clock(59.6), clock(125.2), clock(-2.0)),
            ("0:00".into(), "1:00".into(), "2:05".into(), "−0:02".into())
        );
        assert_eq!(bars(Some(9.0), Some(17.0)).as_deref(), Some("bars 9–16"));
        assert_eq!(bars(Some(9.5), Some(9.75)).as_deref(), Some("bar 9"));
        assert_eq!(bars(None, Some(17.0)), None);
    }
}
