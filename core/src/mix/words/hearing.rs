//! Sentences about what is heard: the whisper test, the loud check, mono by bands.

use super::{level, short};
use crate::mix::{LoudVerdict, ThinBand};
use crate::units::Db;

/// A frequency as people say it: "55 Hz", "3.2 kHz".
pub fn hz(frequency: f64) -> String {
    match frequency {
        low if low < 999.5 => format!("{low:.0} Hz"),
        middle if middle < 9_950.0 => format!("{:.1} kHz", middle / 1_000.0),
        high => format!("{:.0} kHz", high / 1_000.0),
    }
}

/// "At a whisper (45 dB SPL) Kick, Snare and Bass stay audible in their order."
pub(crate) fn whisper(level_db_spl: f64, expected: &[String], left: &[String], lost: &[String], keeps: bool) -> String {
    let at = format!("At a whisper ({} dB SPL)", short(level_db_spl));
    match (expected.len(), lost.len()) {
        (0, _) => format!("{at}: no kick, snare, bass or lead sounds here."),
        (1, 0) => format!("{at} {} stays audible; there is no other to compare it with.", expected[0]),
        (_, 0) if keeps => format!("{at} {} stay audible in their order.", list(expected)),
        (_, 0) => format!("{at} the order changes to {}, from {} at the normal level.", list(left), list(expected)),
        (_, 1) => format!("{at} {} is lost.", lost[0]),
        _ => format!("{at} {} are lost.", list(lost)),
    }
}

/// The loud check: "Turned up, the mix is harsh: −5.0 dB of it lies between 2 and 5 kHz, the target is −13.3."
pub(crate) fn loud(verdict: LoudVerdict, share: Option<Db>, target: Db) -> String {
    let Some(share) = share else { return "The loud check needs a mix that sounds.".into() };
    let what = match verdict {
        LoudVerdict::Harsh => "Turned up, the mix is harsh",
        LoudVerdict::Dull => "Turned up, the mix is dull",
        LoudVerdict::Ok | LoudVerdict::Unknown => "Turned up, the mix is balanced",
    };
    format!("{what}: 2 to 5 kHz hold {} dB of its power, the target is {}.", level(share.0), level(target.0))
}

/// "Mix is thinner in mono: it loses 7.0 dB at 479 to 749 Hz. Look for phase between the channels there."
pub(crate) fn thin_bands(name: &str, thin: &[ThinBand], disappears: bool) -> String {
    let what = if disappears { "disappears" } else { "is thinner" };
    let one = |thin: &ThinBand| format!("{} dB at {} to {}", level(-thin.loss_db.0), hz(thin.from_hz), hz(thin.to_hz));
    let mut worst: Vec<&ThinBand> = thin.iter().collect();
    worst.sort_by(|a, b| a.loss_db.0.total_cmp(&b.loss_db.0));
    let losses: Vec<String> = worst.iter().take(3).map(|thin| one(thin)).collect();
    format!("{name} {what} in mono: it loses {}. Look for phase between the channels there.", list(&losses))
}

/// "The low end of Mix is not in the centre: below 120 Hz the side lies −8.2 dB from the mid, −12 at most."
pub(crate) fn low_side(name: &str, side: Db, limit: Db) -> String {
    let (side, limit) = (level(side.0), short(limit.0));
    format!(
        "The low end of {name} is not in the centre: below 120 Hz its side stands at {side} dB from the mid; keep it to {limit}."
    )
}

/// "Kick, Snare and Bass".
pub(crate) fn list(names: &[String]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn frequencies_are_said_as_people_do() {
        for (frequency, said) in [(54.9, "55 Hz"), (999.9, "1.0 kHz"), (3_142.0, "3.1 kHz"), (12_031.2, "12 kHz")] {
            assert_eq!(hz(frequency), said);
        }
    }

    #[test]
    fn the_whisper_test_tells_what_is_lost_before_what_changes_places() {
        let four = names(&["Kick", "Snare", "Bass", "Vox"]);
        let text = |left: &[&str], lost: &[&str]| whisper(45.0, &four, &names(left), &names(lost), left[0] == "Kick");
        let all = text(&["Kick", "Snare", "Bass", "Vox"], &[]);
        assert_eq!(all, "At a whisper (45 dB SPL) Kick, Snare, Bass and Vox stay audible in their order.");
        assert!(
            text(&["Vox", "Snare", "Kick", "Bass"], &[]).contains("changes to Vox, Snare, Kick and Bass, from Kick")
        );
        assert!(text(&["Vox", "Snare", "Kick"], &["Bass"]).ends_with("Bass is lost."));
        assert!(text(&["Vox"], &["Kick", "Bass"]).ends_with("Kick and Bass are lost."));
        assert!(whisper(45.0, &[], &[], &[], true).contains("no kick, snare, bass or lead"));
    }

    #[test]
    fn mono_by_bands_names_the_worst_first() {
        let thin = |from_hz, to_hz, loss| ThinBand { from_hz, to_hz, loss_db: Db(loss) };
        let text = thin_bands("Mix", &[thin(100.0, 200.0, -6.5), thin(479.4, 1_200.0, -9.0)], false);
        assert!(
            text.starts_with("Mix is thinner in mono: it loses 9.0 dB at 479 Hz to 1.2 kHz and 6.5 dB at"),
            "{text}"
        );
    }
}
