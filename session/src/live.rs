//! The table that is printed while the session plays: where each track sits now.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Redraws on a terminal, by the clock.
const REDRAW: Duration = Duration::from_millis(250);
/// Song seconds between the few lines that go to a file or a pipe.
const LINE_EVERY_S: f64 = 8.0;

/// Prints the live state: in place on a terminal, a line now and then elsewhere.
#[derive(Debug)]
pub struct Live {
    is_terminal: bool,
    drawn_lines: usize,
    last: Option<Instant>,
    next_line_s: f64,
}

impl Default for Live {
    fn default() -> Self {
        Self::new(std::io::stdout().is_terminal())
    }
}

impl Live {
    pub fn new(is_terminal: bool) -> Self {
        Self { is_terminal, drawn_lines: 0, last: None, next_line_s: LINE_EVERY_S }
    }

    /// It is time to show the state at this place of the song.
    pub fn is_due(&self, position_s: f64) -> bool {
        if self.is_terminal {
            self.last.is_none_or(|last| last.elapsed() >= REDRAW)
        } else {
            position_s >= self.next_line_s
        }
    }

    /// Shows the report as it stands. A closed pipe is no reason to stop the session.
    pub fn show(&mut self, out: &mut dyn Write, position_s: f64, end_s: f64, report: &Value) {
        self.last = Some(Instant::now());
        while self.next_line_s <= position_s {
            self.next_line_s += LINE_EVERY_S;
        }
        let _ = if self.is_terminal {
            let text = table(position_s, end_s, report);
            let up = std::mem::replace(&mut self.drawn_lines, text.lines().count());
            let back = if up > 0 { format!("\x1b[{up}A\x1b[J") } else { String::new() };
            write!(out, "{back}{text}")
        } else {
            writeln!(out, "{}", line(position_s, report))
        };
        let _ = out.flush();
    }

    /// Clears the live table to make room for what comes after it.
    pub fn end(&mut self, out: &mut dyn Write) {
        if std::mem::take(&mut self.drawn_lines) > 0 {
            let _ = writeln!(out);
        }
    }
}

fn table(position_s: f64, end_s: f64, report: &Value) -> String {
    let mut text = format!("{} of {}  kick {}\n", clock(position_s), clock(end_s), state(report));
    for track in tracks(report) {
        text += &format!(
            "  {:<20.20} {:<14} {:>9}  {:<12} {}\n",
            word(track, "name"),
            word(track, "role"),
            offset(track),
            word(track, "verdict"),
            mover(track)
        );
    }
    text
}

/// All tracks that do not sit, in one line.
fn line(position_s: f64, report: &Value) -> String {
    let is = |track: &&Value, verdict: &str| word(track, "verdict") == verdict;
    let sits = tracks(report).filter(|track| is(track, "sits")).count();
    let off: Vec<String> = tracks(report)
        .filter(|track| is(track, "low") || is(track, "high"))
        .map(|track| {
            format!("{} {} {}", word(track, "name"), word(track, "verdict"), mover(track)).trim_end().to_owned()
        })
        .collect();
    let off = if off.is_empty() { String::new() } else { format!("; {}", off.join(", ")) };
    format!("{}  kick {}, {sits} sit{off}", clock(position_s), state(report))
}

fn tracks(report: &Value) -> impl Iterator<Item = &Value> {
    report["tracks"].as_array().into_iter().flatten()
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("-")
}

fn state(report: &Value) -> &str {
    word(&report["reference"], "state")
}

fn offset(track: &Value) -> String {
    let unit = if track["target"]["measure"] == "loudness" { "LU" } else { "dB" };
    match track["offset_db"].as_f64() {
        _ if track["is_anchor"] == true => "reference".into(),
        Some(offset) => format!("{offset:+.1} {unit}"),
        None => "-".into(),
    }
}

fn mover(track: &Value) -> String {
    match track["move_db"].as_f64() {
        Some(db) if db != 0.0 => format!("{db:+.0}"),
        _ => String::new(),
    }
}

fn clock(seconds: f64) -> String {
    format!("{}:{:04.1}", (seconds / 60.0).floor(), seconds % 60.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report() -> Value {
        json!({"reference": {"state": "live"}, "tracks": [
            {"name": "Kick", "role": "kick", "is_anchor": true, "offset_db": -11.0, "verdict": "sits", "move_db": null},
            {"name": "Bass", "role": "bass", "offset_db": -1.04, "verdict": "high", "move_db": -3.0}]})
    }

    fn shown(live: &mut Live, position_s: f64) -> String {
        let mut out = Vec::new();
        live.show(&mut out, position_s, 60.0, &report());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_terminal_is_redrawn_in_place() {
        let mut live = Live::new(true);
        let first = shown(&mut live, 1.0);
        assert!(first.contains("Bass") && first.contains("-1.0 dB") && first.contains("-3"), "{first}");
        assert!(first.contains("reference") && !first.contains("-11.0"), "{first}");
        assert!(shown(&mut live, 1.3).starts_with("\x1b[3A\x1b[J"), "three lines up, then the table again");
    }

    #[test]
    fn a_pipe_gets_one_line_in_eight_seconds() {
        let mut live = Live::new(false);
        assert!(!live.is_due(7.9) && live.is_due(8.0));
        assert_eq!(shown(&mut live, 8.0), "0:08.0  kick live, 1 sit; Bass high -3\n");
        assert!(!live.is_due(15.9) && live.is_due(16.0));
    }
}
