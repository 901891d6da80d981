//! The sentences of the plan: what to move and why, and what to ride after it.

use super::{cause, clock, move_track, place, short};
use crate::mix::roles::Role;
use crate::mix::{Break, MixReport, StepKind, TrackReport, Verdict};
use crate::units::{Db, Seconds};

/// Why a unit moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MoveReason {
    /// It lies outside its band now. The second says whether the usual cause is borne out.
    Off(Verdict, bool),
    /// It sits now, and keeps to the kick, which moves by this.
    Kick(Db),
    /// It keeps its place among the voices and the bed, which move.
    Others,
    /// It is not judged, and goes along.
    Along,
    /// All others move together, and it does not.
    Stays,
}

/// "the bass competes with the kick".
pub(crate) fn reason(role: Role, reason: MoveReason) -> String {
    match reason {
        MoveReason::Off(verdict, true) => cause(role, verdict).into(),
        MoveReason::Off(Verdict::High, false) => "it is over its place".into(),
        MoveReason::Off(_, false) => "it is under its place".into(),
        MoveReason::Kick(by) => format!("it keeps to the kick, which moves by {}", signed(by)),
        MoveReason::Others => "it keeps its place over and under what else moves".into(),
        MoveReason::Along => "it is not judged, and goes along with the others".into(),
        MoveReason::Stays => "it stays where it is while the others move".into(),
    }
}

/// The step of a plan: "Pull Bass DI 3 dB: the bass competes with the kick."
/// `by` is what is left of the whole move once all are moved together; over `far` a move is a matter of role and gain staging.
pub(crate) fn step(name: &str, kind: StepKind, move_by: Db, by: Db, far: Db, why: &str) -> String {
    match kind {
        StepKind::Gain => {
            format!("Bring {name} up {} dB at the clip or input, then judge again: {why}.", short(by.0))
        }
        StepKind::Fader if move_by.0.abs() > far.0 => {
            format!("{}: {why}. That is far: check role and gain staging.", move_track(name, by))
        }
        StepKind::Fader => format!("{}: {why}.", move_track(name, by)),
    }
}

/// "Seven files", "12 tracks".
pub(crate) fn count(number: usize, what: &str) -> String {
    const WORDS: [&str; 8] = ["Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let number =
        number.checked_sub(2).and_then(|place| WORDS.get(place)).map_or(number.to_string(), |word| (*word).into());
    format!("{number} {what}")
}

/// "All together: pull 3 dB."
pub(crate) fn together(move_by: Db) -> String {
    let verb = if move_by.0 < 0.0 { "pull" } else { "push" };
    format!("All together: {verb} {} dB. The moves below come on top of it.", short(move_by.0.abs()))
}

/// What no move lands: "No move within 24 dB lands Bass, too quiet by 31.0 dB: check role and gain staging."
pub(crate) fn not_landed(reach: Db) -> String {
    format!("no move within {} dB lands it: check role and gain staging", short(reach.0))
}

/// The move of a track as its view says it: "kick first: +12; then this +6".
pub fn move_after_kick(track: &TrackReport, report: &MixReport) -> Option<String> {
    let own = track.move_db.filter(|by| by.0 != 0.0)?;
    let kick = report.tracks.iter().find(|track| track.is_reference)?.move_db.filter(|by| by.0 != 0.0)?;
    let whole = |by: Db| format!("{}{}", if by.0 > 0.0 { "+" } else { "" }, short(by.0));
    (!track.is_reference).then(|| format!("kick first: {}; then this {}", whole(kick), whole(own)))
}

/// "+6 dB".
fn signed(by: Db) -> String {
    format!("{}{} dB", if by.0 > 0.0 { "+" } else { "" }, short(by.0))
}

/// The moments of one unit that lie near each other: "Ride Pad up 6 dB in bars 1–8: the pads do not fill the space.".
/// Before the fader its rides are invisible, so that Trim is ridden.
pub(crate) fn ride(moments: &[&Break], sees_fader: bool) -> String {
    let Some(first) = moments.first() else { return String::new() };
    let at = |one: &Break| {
        let place = in_tenths(one);
        if one.from_bar.is_some() && one.to_bar.is_some() { format!("in {place}") } else { format!("at {place}") }
    };
    let rides: Vec<String> = moments
        .iter()
        .filter_map(|one| {
            let by = one.move_db?;
            let way = if by.0 < 0.0 { "down" } else { "up" };
            Some(format!("{way} {} dB {}", short(by.0.abs()), at(one)))
        })
        .collect();
    let mut sentences = Vec::new();
    if !rides.is_empty() {
        let what = if sees_fader { "Ride" } else { "Automate Trim of" };
        sentences.push(format!("{what} {} {}: {}.", first.track, rides.join(", then "), first.cause));
    }
    let far = moments.iter().filter(|one| one.move_db.is_none());
    sentences.extend(far.map(|one| {
        let way = if one.verdict == Verdict::High { "over" } else { "under" };
        let by = short(one.beyond_db.0);
        format!("{} lies {by} dB {way} its place {}: it rests there, or is not what its name says.", one.track, at(one))
    }));
    sentences.join(" ")
}

fn in_tenths(one: &Break) -> String {
    match (one.from_bar, one.to_bar) {
        (None, _) | (_, None) if clock(one.from_s) == clock(one.to_s) => clock(one.from_s),
        _ => place(Seconds(one.from_s.0), Seconds(one.to_s.0), one.from_bar, one.to_bar),
    }
}

/// The usual cause of a unit that is off names another track or what it does to it: whether that is so here. `others` are
/// the units that play here, each with its role and verdict.
pub(crate) fn bears_out(role: Role, verdict: Verdict, others: impl Iterator<Item = (Role, Verdict)>) -> bool {
    let is_low = verdict == Verdict::Low;
    let mut others = others;
    match (role, is_low) {
        (Role::Kick, _) => {
            let bass = if is_low { Verdict::High } else { Verdict::Low };
            others.any(|(role, verdict)| matches!(role, Role::Bass | Role::Sub808) && verdict == bass)
        }
        (Role::LeadVocal, true) => {
            others.filter(|(role, _)| matches!(role, Role::Guitars | Role::Pads | Role::LeadSynth)).count() > 1
        }
        _ => true,
    }
}
