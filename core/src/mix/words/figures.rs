//! Figures as text: fixed decimals, a true minus sign, a dash where there is no answer.

use crate::units::{Db, Seconds};

/// Stands for "no answer".
pub const NONE: &str = "\u{2013}";

/// "+3.0 dB".
pub fn db(level: Db) -> String {
    format!("{} {}", difference(level.0), Db::UNIT)
}

/// A level, or a size: one decimal, no plus sign. "−11.2", "0.3".
pub fn level(value: f64) -> String {
    one_decimal(value, "")
}

/// A difference: one decimal, always with its sign unless it is zero. "+3.1", "−0.2", "0.0".
pub fn difference(value: f64) -> String {
    one_decimal(value, "+")
}

/// The end of a band or the size of a step: no needless decimal. "−6", "2.5".
pub fn short(value: f64) -> String {
    let text = level(value);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// "1:05", begun minutes and seconds of the song's clock; before its start "−0:02".
pub fn clock(time: Seconds) -> String {
    let whole = time.0.floor() as i64;
    let sign = if whole < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}:{:02}", whole.unsigned_abs() / 60, whole.unsigned_abs() % 60)
}

/// The bars or the times of `[from, to)`: "bars 17–24", "bar 9", "0:32–0:48".
pub fn place(from_s: Seconds, to_s: Seconds, from_bar: Option<f64>, to_bar: Option<f64>) -> String {
    let Some((from, to)) = from_bar.zip(to_bar) else {
        return format!("{}\u{2013}{}", clock(from_s), clock(to_s));
    };
    // A break may begin a hair before its bar and end a hair into the next.
    let first = (from + 0.02).floor();
    let last = (to - 0.02).floor().max(first);
    let (first, last) = (first as i64, last as i64);
    if first == last { format!("bar {first}") } else { format!("bars {first}\u{2013}{last}") }
}

fn one_decimal(value: f64, plus: &str) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let tenths = (value * 10.0).round();
    let sign = match tenths {
        tenths if tenths < 0.0 => "\u{2212}",
        tenths if tenths > 0.0 => plus,
        _ => "",
    };
    // By whole numbers: exact decimals of a fraction take a hundred times as long.
    let tenths = tenths.abs() as u64;
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}
