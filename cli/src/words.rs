//! The report's JSON in the words that table and page share.

use keel_core::mix::Role;
pub(crate) use keel_core::mix::words::hz;
use keel_core::mix::words::{clock, level, short};
use keel_core::units::{Db, Lu, Seconds};
use serde_json::Value;

use crate::json::{list, number, text};
use crate::table::figures::{bars, times};

/// What a whole kit in one track is called.
const DRUMS: &str = "Drums";

/// "profile guide · loudest section 0:23–0:39 (bars 9–16)".
pub(crate) fn scope_line(report: &Value) -> String {
    let scope = &report["scope"];
    let kind = match text(scope, "kind") {
        "loudest" => "loudest section",
        "playing" => "as playing",
        "song" => "whole song",
        "range" => "range",
        other => other,
    };
    let mut line = format!("profile {} · {kind}", text(report, "profile"));
    if let Some(times) = times(number(scope, "from_s"), number(scope, "to_s")) {
        line.push_str(&format!(" {times}"));
    }
    if let Some(bars) = bars(number(scope, "from_bar"), number(scope, "to_bar")) {
        line.push_str(&format!(" ({bars})"));
    }
    line
}

/// "Reference: Kick, hits at −11.2 dBFS".
pub(crate) fn reference_line(report: &Value) -> String {
    let reference = &report["reference"];
    if let Some(tracks) = against_mix_alone(report) {
        return format!("Reference: the mix, the sum of {tracks} tracks");
    }
    let track = text(reference, "track");
    let at = number(reference, "hit_peak_dbfs").map_or(String::new(), |dbfs| format!(" at {} dBFS", level(dbfs)));
    match text(reference, "state") {
        "live" => format!("Reference: {track}, hits{at}"),
        "held" => match number(reference, "last_hit_s") {
            Some(last) => format!("Reference: {track}, held since its last hit at {}{at}", clock(Seconds(last))),
            None => format!("Reference: {track}, held{at}"),
        },
        "virtual" => format!("Reference: {track} stands in for an absent kick{at}"),
        "conflict" => {
            let claims: Vec<_> = list(reference, "claimed_by").iter().filter_map(Value::as_str).collect();
            format!("Reference: more than one track claims it: {}", claims.join(", "))
        }
        _ => "Reference: none, there is no kick to judge against".to_owned(),
    }
}

/// The number of tracks in the mix, where targets count from it and none from the kick.
pub(crate) fn against_mix_alone(report: &Value) -> Option<usize> {
    let tracks = || list(report, "tracks").iter();
    let counts_from = |against: &str| tracks().any(|track| track["target"]["against"] == against);
    let is_bus =
        |track: &&Value| Role::from_id(text(track, "role")).is_some_and(Role::is_bus) && track["is_kit"] != true;
    let counted = || tracks().filter(|track| !is_bus(track) && track["is_out"] != true && track["is_ignored"] != true);
    (counts_from("mix") && !counts_from("kick")).then(|| counted().count())
}

/// Its number is its own level: everything else counts from it.
pub(crate) fn shows_own_level(track: &Value) -> bool {
    track["is_anchor"] == true && track["target"]["against"] != "mix"
}

/// Off by no more than half of what people differ by.
fn is_taste(track: &Value) -> bool {
    let spread = number(&track["target"], "spread_db");
    spread.zip(number(track, "deviation_db")).is_some_and(|(spread, by)| by.abs() <= spread / 2.0)
}

/// A shape and words; colour only repeats them.
pub(crate) fn verdict(track: &Value) -> String {
    let outside = number(track, "deviation_db").map_or(String::new(), |db| format!("{} ", level(db.abs())));
    match text(track, "verdict") {
        "sits" if track["edge"] == true => "● sits (edge)".to_owned(),
        "sits" => "● sits".to_owned(),
        "high" if is_taste(track) => "▼ a bit loud".to_owned(),
        "low" if is_taste(track) => "▲ a bit quiet".to_owned(),
        "high" => format!("▼ {outside}too loud"),
        "low" => format!("▲ {outside}too quiet"),
        "not-judged" if track["is_ignored"] == true => "– ignored".to_owned(),
        "not-judged" => "– not judged".to_owned(),
        other => format!("○ {}", other.replace('-', " ")),
    }
}

/// What was taken from the names of tracks: a sentence for each role, and one for the names that say none.
pub(crate) fn guesses(report: &Value) -> Vec<String> {
    let guessed = list(report, "tracks").iter().filter(|track| track["role_is_guess"] == true);
    let mut by_role: Vec<(&str, Vec<&str>)> = Vec::new();
    for track in guessed {
        let (id, name) = (if track["is_kit"] == true { DRUMS } else { text(track, "role") }, text(track, "name"));
        match by_role.iter_mut().find(|(known, _)| *known == id) {
            Some((_, names)) => names.push(name),
            None => by_role.push((id, vec![name])),
        }
    }
    let sentence = |(id, names): (&str, Vec<&str>)| {
        let names = names.join(", ");
        if id == Role::Other.id() {
            format!("No role in the name of {names}.")
        } else {
            format!("{}: {names}.", role(id))
        }
    };
    by_role.into_iter().map(sentence).collect()
}

/// The unit of a track's offset.
pub(crate) fn unit(track: &Value) -> &'static str {
    if track["target"]["measure"] == "loudness" { Lu::UNIT } else { Db::UNIT }
}

/// "45 dB SPL": how soft the monitors are in the whisper test, where the report has it.
pub(crate) fn whisper_level(report: &Value) -> Option<String> {
    number(&report["limits"], "whisper_db_spl").map(|level| format!("{} dB SPL", short(level)))
}

/// "6 dB": what a band loses in mono to be named as thin, where the report has it.
pub(crate) fn thin_band_loss(report: &Value) -> Option<String> {
    number(&report["limits"], "mono_thin_band_db").map(|loss| format!("{} dB", short(loss)))
}

/// The role's name, or that of a whole kit in one track.
pub(crate) fn role_of(track: &Value) -> &str {
    if track["is_kit"] == true { DRUMS } else { role(text(track, "role")) }
}

/// Whose numbers the targets are and how far people differ, a sentence each; none where they are the guide's and Keel's.
pub(crate) fn origins(report: &Value) -> Vec<String> {
    let mut by_who: Vec<(String, Vec<&str>)> = Vec::new();
    for origin in list(report, "targets_from") {
        let who = match text(origin, "who") {
            "" => format!("learnt of {} songs", origin["songs"]),
            who => who.to_owned(),
        };
        match by_who.iter_mut().find(|(known, _)| *known == who) {
            Some((_, figures)) => figures.push(text(origin, "text")),
            None => by_who.push((who, vec![text(origin, "text")])),
        }
    }
    let about = Some(text(report, "profile_about")).filter(|about| !about.is_empty());
    let about = about.map(|about| format!("Profile {}: {about}.", text(report, "profile")));
    about
        .into_iter()
        .chain(by_who.into_iter().map(|(who, figures)| format!("{}: {who}.", figures.join(", "))))
        .collect()
}

/// The role's name.
pub(crate) fn role(id: &str) -> &str {
    Role::from_id(id).map_or(id, |role| role.label())
}

/// What a target is counted from, where it is not the kick.
pub(crate) fn against(target: &Value) -> &'static str {
    match text(target, "against") {
        "bed" => "over the bed",
        "lead-vocal" => "to the vocal",
        "mix" => "to the mix",
        "full-scale" => "dBFS",
        _ => "",
    }
}

/// What to do, a sentence each, in the order of what matters.
pub(crate) fn advice(advice: &Value) -> String {
    let (track, sentence) = (text(advice, "track"), text(advice, "text"));
    if track.is_empty() || sentence.contains(track) { sentence.to_owned() } else { format!("{track}: {sentence}") }
}

/// What a reader must know: of the session, then of its tracks.
pub(crate) fn notes(report: &Value) -> Vec<String> {
    let general = list(report, "notes").iter().filter_map(Value::as_str).map(str::to_owned);
    let of_tracks = list(report, "tracks").iter().filter_map(|track| {
        let note = text(track, "note");
        (!note.is_empty()).then(|| format!("{}: {note}", text(track, "name")))
    });
    general.chain(of_tracks).collect()
}
