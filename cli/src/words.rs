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
    let tracks = || list(report, "tracks").iter().filter(|track| track["role_is_guess"] == true);
    let mut by_role: Vec<(&str, Vec<&str>)> = Vec::new();
    for track in tracks() {
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
    let mut sentences: Vec<String> = by_role.into_iter().map(sentence).collect();
    let unsure: Vec<&str> = tracks().filter(|track| is_unsure(track)).map(|track| text(track, "name")).collect();
    if !unsure.is_empty() {
        let names = unsure.join(", ");
        sentences.push(format!("Unsure, marked \"?\": {names}. --role FILE=ROLE or keel.toml sets a role."));
    }
    sentences
}

/// The role is a guess that its reader should look at.
pub(crate) fn is_unsure(track: &Value) -> bool {
    text(track, "role_certainty") == "unsure"
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

/// Lines of a view on what remains to be ridden, and on all else, at most.
const MOST_RIDES: usize = 12;
const MOST_OTHERS: usize = 15;

/// What to do: the plan in its order, what remains to be ridden, and all else; a line is the advice and its sentence. A view
/// shows so much, and says how many more the report holds.
pub(crate) struct Todo<'a> {
    pub plan: Vec<(&'a Value, String)>,
    pub rides: Vec<(&'a Value, String)>,
    pub more_rides: Option<String>,
    pub others: Vec<(&'a Value, String)>,
    pub more_others: Option<String>,
}

impl<'a> Todo<'a> {
    pub fn of(report: &'a Value) -> Self {
        let of_plan = |advice: &Value| match text(advice, "kind") {
            "move-fader" | "role" => true,
            // A push too large for a fader; what comes in too hot has no figure.
            "gain-stage" => number(advice, "move_db").is_some(),
            _ => false,
        };
        let lines = list(report, "advice").iter().map(|advice| (advice, sentence(advice)));
        let (plan, rest): (Vec<_>, Vec<_>) = lines.partition(|(advice, _)| of_plan(advice));
        let (mut rides, mut others): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|(advice, _)| text(advice, "kind") == "automate");
        let more_rides = more(rides.len(), MOST_RIDES, "to ride");
        let more_others = more(others.len(), MOST_OTHERS, "of lesser weight");
        rides.truncate(MOST_RIDES);
        others.truncate(MOST_OTHERS);
        Self { plan, rides, more_rides, others, more_others }
    }
}

/// "and 5 more to ride: see --json", where a view leaves some out.
fn more(all: usize, most: usize, what: &str) -> Option<String> {
    (all > most).then(|| format!("And {} more {what}: the report's JSON has all.", all - most))
}

/// The breaks that a view shows, and how many more there are.
pub(crate) fn breaks(report: &Value) -> (&[Value], Option<String>) {
    let all = list(report, "breaks");
    (&all[..all.len().min(MOST_RIDES)], more(all.len(), MOST_RIDES, "moments"))
}

/// What a track reads with the plan done, by its place; nothing in a report of before there were plans.
pub(crate) fn after(report: &Value, at: usize) -> &Value {
    list(report, "after").get(at).unwrap_or(&Value::Null)
}

/// One line of what to do.
fn sentence(advice: &Value) -> String {
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
