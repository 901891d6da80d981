//! Prints what every case of the standards expects and what the meters read, at every rate: `cargo xtask cases`.
//! Exit status 1 if a reading lies outside its margin.

#[path = "mod.rs"]
mod cases;
#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../dsp/common.rs"]
mod common;

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cases::{CHAPTERS, Case, Margin, Quantity, RATES, Reading};

/// Columns of the table.
const WIDTH: usize = 80;
/// The readings of one case, at each rate.
type Read = [Vec<Reading>; RATES.len()];

const QUANTITIES: [(Quantity, &str); 9] = [
    (Quantity::Loudness, "loudness"),
    (Quantity::Range, "loudness range"),
    (Quantity::TruePeak, "true peak"),
    (Quantity::Weighting, "K-weighting"),
    (Quantity::Rms, "RMS"),
    (Quantity::Correlation, "correlation"),
    (Quantity::Pan, "pan position"),
    (Quantity::MonoLoss, "mono loss"),
    (Quantity::Hits, "hits"),
];

fn main() -> ExitCode {
    if let Some(argument) = std::env::args().nth(1) {
        eprintln!("cases takes no argument, not `{argument}` either");
        return ExitCode::from(2);
    }
    let style = Style { on: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() };
    let all: Vec<&Case> = CHAPTERS.iter().flat_map(|chapter| chapter.cases).collect();
    let read = read_all(&all);
    let mut rest = read.iter();
    let mut text = String::new();
    for chapter in CHAPTERS {
        heading(&mut text, style, chapter.title, ["expected", "margin"]);
        for (case, read) in chapter.cases.iter().zip(&mut rest) {
            case_rows(&mut text, style, case, read);
        }
        text.push('\n');
    }
    heading(&mut text, style, "Furthest from the expected value", ["", "used"]);
    furthest_rows(&mut text, &read);
    let failed = summary(&mut text, style, &read);
    // A reader that has seen enough, as `head`, is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads every case at every rate, on all processors.
fn read_all(all: &[&Case]) -> Vec<Read> {
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Read>> = all.iter().map(|_| Mutex::default()).collect();
    let work = || {
        loop {
            let (case, rate) = match next.fetch_add(1, Ordering::Relaxed) {
                job if job < all.len() * RATES.len() => (job / RATES.len(), job % RATES.len()),
                _ => return,
            };
            let readings = (all[case].read)(RATES[rate]);
            done[case].lock().expect("no reader panics while it writes")[rate] = readings;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    done.into_iter().map(|read| read.into_inner().expect("every reader returned")).collect()
}

/// A title, and the names of the columns: two before the rates, one after.
fn heading(text: &mut String, style: Style, title: &str, [first, last]: [&str; 2]) {
    let rates: String = RATES.iter().map(|rate| format!("{:>8}", rate / 1_000.0)).collect();
    let columns = format!("{first:>24}{rates} kHz{last:>9}");
    let _ = writeln!(text, "{}\n{}", style.bold(title), style.dim(&columns));
}

fn case_rows(text: &mut String, style: Style, case: &Case, read: &Read) {
    let _ = writeln!(text, "{} · {}", style.bold(case.label), case.signal);
    for row in 0..read[0].len() {
        let at_rates = read.each_ref().map(|readings| readings[row]);
        let first = at_rates[0];
        let _ = write!(text, "  {:14}{}", first.what, number(first.expected));
        at_rates.iter().for_each(|reading| text.push_str(&number(reading.read)));
        let passes = at_rates.iter().all(Reading::passes);
        let mark = if passes { "✓".to_owned() } else { style.bad("✗") };
        let _ = writeln!(text, "{:>13} {mark}", margin(&first));
    }
    if read.iter().flatten().any(|reading| !reading.passes()) {
        let _ = writeln!(text, "  {}", style.bad(&format!("cargo test -p keel-core --test dsp {}", case.test)));
    }
    debug_assert!(text.lines().all(|line| style.on || line.chars().count() <= WIDTH), "a row is too wide");
}

/// A level, in eight columns.
fn number(value: Option<f64>) -> String {
    let decimals = |value: f64| if value.abs() < 100.0 { 3 } else { 2 };
    value.map_or_else(|| format!("{:>8}", "–"), |value| format!("{:>8}", signed(value, decimals(value))))
}

/// Without a minus before zero.
fn signed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().any(|digit| digit.is_ascii_digit() && digit != '0') => format!("−{digits}"),
        Some(digits) => digits.to_owned(),
        None => text,
    }
}

fn margin(reading: &Reading) -> String {
    let Margin { below, above } = reading.margin;
    let figures = if below == above { format!("±{below}") } else { format!("−{below} +{above}") };
    format!("{figures} {}", reading.quantity.unit()).trim_end().to_owned()
}

/// For each quantity and rate, the reading that lies furthest from what was expected.
fn furthest_rows(text: &mut String, read: &[Read]) {
    for (quantity, name) in QUANTITIES {
        let _ = write!(text, "  {name:16}{:6}", quantity.unit());
        let mut most = 0.0f64;
        for rate in 0..RATES.len() {
            let readings = read.iter().flat_map(|case| &case[rate]).filter(|reading| reading.quantity == quantity);
            most = readings.clone().map(Reading::used).fold(most, f64::max);
            let off = readings.filter_map(Reading::off).fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            let _ = write!(text, "{:>8}", signed(off, 4));
        }
        let _ = writeln!(text, "{:>11.0} %", 100.0 * most);
    }
}

/// The last line. Gives how many readings failed.
fn summary(text: &mut String, style: Style, read: &[Read]) -> usize {
    let readings = || read.iter().flatten().flatten();
    let failed = readings().filter(|reading| !reading.passes()).count();
    let count = format!("{} cases, {} readings at {} rates", read.len(), readings().count(), RATES.len());
    let _ = match failed {
        0 => writeln!(text, "{}", style.bold(&format!("{count}: all within their margins"))),
        failed => writeln!(text, "{}", style.bad(&format!("{count}: {failed} outside their margins"))),
    };
    failed
}

/// Emphasis, on terminals.
#[derive(Clone, Copy)]
struct Style {
    on: bool,
}

impl Style {
    fn bold(self, text: &str) -> String {
        self.with(text, 1)
    }

    fn dim(self, text: &str) -> String {
        self.with(text, 2)
    }

    fn bad(self, text: &str) -> String {
        self.with(text, 31)
    }

    fn with(self, text: &str, code: u8) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
