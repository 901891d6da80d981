//! The table of verdicts at the end, from the plugin's own report.

use std::io::{self, Write};

use serde_json::Value;

/// Prints the verdicts, the moves and what else the report has to say.
pub fn print(out: &mut dyn Write, report: &Value) -> io::Result<()> {
    let text = |key: &str, value: &Value| value[key].as_str().unwrap_or("-").to_owned();
    let number = |value: &Value, unit: &str| value.as_f64().map_or_else(|| "-".into(), |x| format!("{x:+.1}{unit}"));
    writeln!(out, "{}", scope_line(report))?;
    writeln!(
        out,
        "{:<20} {:<15} {:>10} {:>9}  {:<13} {:>6}  note",
        "track", "role", "level", "offset", "verdict", "move"
    )?;
    for track in report["tracks"].as_array().into_iter().flatten() {
        let edge = if track["edge"] == true { " (edge)" } else { "" };
        let line = format!(
            "{:<20} {:<15} {:>10} {:>9}  {:<13} {:>6}  {}",
            text("name", track),
            text("role", track),
            number(&track["level_dbfs"], " dBFS"),
            number(&track["offset_db"], " dB"),
            text("verdict", track) + edge,
            number(&track["move_db"], ""),
            track["note"].as_str().unwrap_or_default()
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    for found in report["breaks"].as_array().into_iter().flatten() {
        let (from, to) = (found["from_s"].as_f64().unwrap_or(0.0), found["to_s"].as_f64().unwrap_or(0.0));
        let offset = number(&found["offset_db"], " dB");
        writeln!(
            out,
            "{from:.1}-{to:.1} s: {} {} ({offset}): {}",
            text("track", found),
            text("verdict", found),
            text("cause", found)
        )?;
    }
    for note in report["notes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn scope_line(report: &Value) -> String {
    let scope = &report["scope"];
    let kind = scope["kind"].as_str().unwrap_or("-");
    let span = match (scope["from_s"].as_f64(), scope["to_s"].as_f64()) {
        (Some(from), Some(to)) => format!(", {from:.1} to {to:.1} s"),
        _ => String::new(),
    };
    let reference = &report["reference"];
    let state = reference["state"].as_str().unwrap_or("none");
    let kick = match (reference["track"].as_str(), reference["hit_peak_dbfs"].as_f64()) {
        (Some(track), Some(peak)) => format!("{track}, {state}, hits at {peak:.1} dBFS"),
        _ => state.to_owned(),
    };
    format!("\nReference: {kick}. Scope: {kind}{span}.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_track_has_its_line() {
        let report = json!({
            "scope": {"kind": "song", "from_s": 0.0, "to_s": 48.0},
            "reference": {"track": "Kick", "state": "live", "hit_peak_dbfs": -11.02},
            "tracks": [
                {"name": "Bass", "role": "bass", "level_dbfs": -9.5, "offset_db": 1.5, "verdict": "high", "edge": false,
                 "move_db": -6.0, "note": null},
                {"name": "Toms", "role": "toms", "level_dbfs": null, "offset_db": null, "verdict": "silent", "edge": false,
                 "move_db": null, "note": "makes no sound"}],
            "breaks": [], "notes": ["Two tracks are resampled."]});
        let mut out = Vec::new();
        print(&mut out, &report).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("Kick, live, hits at -11.0 dBFS. Scope: song, 0.0 to 48.0 s"), "{out}");
        assert!(out.contains("-9.5 dBFS   +1.5 dB  high            -6.0"), "{out}");
        assert!(out.contains("silent             -  makes no sound\nTwo tracks"), "{out}");
    }
}
