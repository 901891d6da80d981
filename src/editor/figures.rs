//! Numbers as text: one decimal, a true minus sign, a dash where there is nothing to say.

/// Stands for "no answer".
pub const NONE: &str = "–";

/// A level: no sign on positive values.
pub fn level(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or(NONE.into(), |value| one_decimal(value, ""))
}

/// A difference: always signed, but for zero.
pub fn offset(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map_or(NONE.into(), |value| one_decimal(value, "+"))
}

/// A size of a step, without a sign and without needless decimals: "3", "4.5".
pub fn step(value: f64) -> String {
    let rounded = (value.abs() * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// A whole number on a scale.
pub fn tick(value: f64, signed: bool) -> String {
    let plus = if signed && value > 0.0 { "+" } else { "" };
    format!("{plus}{value:.0}").replace('-', "−")
}

/// A moment of the song as minutes and seconds.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).floor() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

fn one_decimal(value: f64, plus: &str) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 {
        return "0.0".into();
    }
    let sign = if rounded < 0.0 { "−" } else { plus };
    format!("{sign}{:.1}", rounded.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_a_true_minus_and_one_decimal() {
        assert_eq!(level(Some(-15.44)), "−15.4");
        assert_eq!(level(Some(0.3)), "0.3");
        assert_eq!(level(None), "–");
        assert_eq!(level(Some(f64::NEG_INFINITY)), "–");
        assert_eq!(offset(Some(3.06)), "+3.1");
        assert_eq!(offset(Some(-0.04)), "0.0", "a rounded zero has no sign");
        assert_eq!(tick(-12.0, true), "−12");
        assert_eq!(tick(6.0, true), "+6");
        assert_eq!(step(-3.0), "3");
        assert_eq!(step(4.5), "4.5");
        assert_eq!(clock(72.9), "1:12");
    }
}
