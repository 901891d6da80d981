//! The sentences of the balance: what it is, what to do, what will happen. The editor and the command line share them.

mod figures;
mod hearing;
mod plan;
#[cfg(test)]
mod tests;

pub use self::figures::{NONE, clock, db, difference, level, place, short};
pub use self::hearing::hz;
pub(crate) use self::hearing::{list, loud, low_side, thin_bands, whisper};
pub use self::plan::move_after_kick;
pub(crate) use self::plan::{MoveReason, bears_out, count, not_landed, reason, ride, step, together};
use crate::mix::input::ScopeKind;
use crate::mix::profile::{Learnt, Measure, Target, TargetAgainst, TargetSource};
use crate::mix::roles::Role;
use crate::mix::{Break, MixReport, Reference, ReferenceState, StaleReport, TrackReport, Verdict};
use crate::units::Db;

/// Tracks that a sentence names at most.
const NAMED: usize = 4;

/// What can be done where a target counts from a kick and there is none.
pub(crate) const NO_KICK: &str = "No kick in the song: tag a track as the kick, or pick a track to stand in for it. The targets \"stems\" judge \
     without one, against the mix.";

/// The verdict in a few words: "2.8 dB too loud", "a bit loud" where so many have it so that it is a matter of taste,
/// "sits, at the edge", "kick held since bar 33".
pub fn verdict(track: &TrackReport, report: &MixReport) -> String {
    match track.verdict {
        Verdict::High if track.is_taste() => "a bit loud".into(),
        Verdict::Low if track.is_taste() => "a bit quiet".into(),
        Verdict::High => format!("{} too loud", deviation(track)),
        Verdict::Low => format!("{} too quiet", deviation(track)),
        Verdict::Sits if track.edge => "sits, at the edge".into(),
        Verdict::Sits => "sits".into(),
        Verdict::Conflict => conflict(&report.reference),
        Verdict::NotJudged if track.is_ignored => "ignored".into(),
        Verdict::NotJudged if track.is_out => "out of the judgement".into(),
        Verdict::NotJudged if track.is_reference => "reference".into(),
        Verdict::NotJudged => "not judged".into(),
        Verdict::Waiting => "waiting for sound".into(),
        Verdict::Silent => "not heard here".into(),
        Verdict::NoReference => no_reference(track.target).into(),
        Verdict::Held => held(&report.reference),
    }
}

/// "2.8 dB", in the unit of the target.
fn deviation(track: &TrackReport) -> String {
    let unit = track.target.map_or(Db::UNIT, |target| target.measure.offset_unit());
    track.deviation_db.map_or_else(|| NONE.to_owned(), |db| format!("{} {unit}", level(db.0.abs())))
}

/// "two kicks: Kick, Kick 2".
fn conflict(reference: &Reference) -> String {
    let count = match reference.claimed_by.len() {
        0..=2 => "two".to_owned(),
        3 => "three".to_owned(),
        more => more.to_string(),
    };
    let colon = if reference.claimed_by.is_empty() { "" } else { ": " };
    format!("{count} kicks{colon}{}", reference.claimed_by.join(", "))
}

fn no_reference(target: Option<Target>) -> &'static str {
    match target.map(|target| target.against) {
        Some(TargetAgainst::LeadVocal) => "no lead vocal here",
        Some(TargetAgainst::Bed) => "no bed here",
        Some(TargetAgainst::Mix) => "no mix here",
        Some(TargetAgainst::Kick | TargetAgainst::FullScale) | None => "no kick yet",
    }
}

/// "kick held since bar 33".
fn held(reference: &Reference) -> String {
    match (reference.last_hit_bar, reference.last_hit_s) {
        (Some(bar), _) => format!("kick held since bar {:.0}", bar.floor()),
        (None, Some(time)) => format!("kick held since {}", clock(time)),
        (None, None) => "kick held".into(),
    }
}

/// What the reference does: "Kick at −11.2 dBFS", "no kick yet".
pub fn reference(reference: &Reference) -> String {
    let name = reference.track.as_deref().unwrap_or("kick");
    let at = reference.hit_peak_dbfs.map_or(String::new(), |peak| format!(" at {} dBFS", level(peak.0)));
    match reference.state {
        ReferenceState::Live => format!("{name}{at}"),
        ReferenceState::Held => format!("{}{at}", held(reference)),
        ReferenceState::None => "no kick yet".into(),
        ReferenceState::Virtual => format!("{name} stands in for the kick{at}"),
        ReferenceState::Conflict => conflict(reference),
    }
}

/// "No kick: Drums, a whole kit, stands in for it; ...".
pub(crate) fn stands_in(tracks: &[TrackReport], kit_within: Db) -> String {
    match tracks.iter().find(|track| track.is_reference) {
        Some(kit) if kit.is_kit => format!(
            "No kick: {}, a whole kit, stands in for it, as its hits lie within {} dB of a kick's; a track so far outside its \
             band still sits. The targets \"stems\" judge without a kick, against the mix.",
            kit.name,
            short(kit_within.0)
        ),
        Some(other) => format!("No kick: {} stands in for it.", other.name),
        None => "No kick: another track stands in for it.".into(),
    }
}

/// What was measured, and how far people differ: "Bass −8.1 ± 3.0 LU".
pub(crate) fn measured_at(label: &str, target: &Target, learnt: &Learnt) -> String {
    let unit = if target.against == TargetAgainst::FullScale { "dBFS" } else { target.measure.offset_unit() };
    format!("{label} {} ± {} {unit}", level(learnt.median.0), level(learnt.spread.0))
}

/// "Pull 3 dB"; "Leave it" where there is nothing to move.
pub fn move_sentence(move_by: Db) -> String {
    match verb(move_by) {
        Some(verb) => format!("{verb} {} dB", short(move_by.0.abs())),
        None => "Leave it".into(),
    }
}

/// "Pull Bass DI 3 dB".
pub fn move_track(name: &str, move_by: Db) -> String {
    match verb(move_by) {
        Some(verb) => format!("{verb} {name} {} dB", short(move_by.0.abs())),
        None => format!("Leave {name}"),
    }
}

fn verb(move_by: Db) -> Option<&'static str> {
    match move_by.0 {
        down if down < 0.0 => Some("Pull"),
        up if up > 0.0 => Some("Push"),
        _ => None,
    }
}

/// "lands at −3.2", where there is a move.
pub fn landing(track: &TrackReport) -> Option<String> {
    let from_full_scale = track.target.is_some_and(|target| target.against == TargetAgainst::FullScale);
    let figure = |db: Db| if from_full_scale { level(db.0) } else { difference(db.0) };
    track.lands_at_db.map(|db| format!("lands at {}", figure(db)))
}

/// "target −6 to −3 · peak · last 8 bars".
pub fn target(track: &TrackReport, report: &MixReport) -> String {
    let Some(target) = track.target else { return "no target".into() };
    let spread = target.spread_db.map_or(String::new(), |spread| {
        format!(" · people differ by ±{} {}", level(spread.0), target.measure.offset_unit())
    });
    let (own, measured) = (target_name(target.source), measured(&target));
    format!("{own} {} · {measured} · {}{spread}", band(&target), scope(track, report))
}

/// Whose target it is, in a word.
pub fn target_name(source: TargetSource) -> &'static str {
    match source {
        TargetSource::Guide | TargetSource::Keel => "target",
        TargetSource::Research => "measured target",
        TargetSource::User => "your target",
    }
}

/// The ends of a band: "−6 to −3", "0 to +6".
pub fn band(target: &Target) -> String {
    let end = |db: Db| {
        let plus = if target.against != TargetAgainst::FullScale && db.0 > 0.0 { "+" } else { "" };
        format!("{plus}{}", short(db.0))
    };
    format!("{} to {}", end(target.low_db), end(target.high_db))
}

/// What is measured, and against what where that is not the kick.
fn measured(target: &Target) -> String {
    let measure = match target.measure {
        Measure::Peak => "peak",
        Measure::Rms => "RMS",
        Measure::Loudness => "loudness",
    };
    match target.against {
        TargetAgainst::Kick => measure.to_owned(),
        TargetAgainst::FullScale => format!("{measure} in dBFS"),
        TargetAgainst::Bed => format!("{measure} over the bed"),
        TargetAgainst::LeadVocal => format!("{measure} against the lead vocal"),
        TargetAgainst::Mix if target.together => format!("{measure} of all of its kind against the mix"),
        TargetAgainst::Mix => format!("{measure} against the mix"),
    }
}

/// Which part of the song the track was judged in: "last 8 bars", "loudest section 0:32–0:48".
pub fn scope(track: &TrackReport, report: &MixReport) -> String {
    let scope = &report.scope;
    let whole = scope.from_s.zip(scope.to_s);
    if let Some(own) = track.scope.filter(|own| whole.is_some_and(|whole| whole != (own.from_s, own.to_s))) {
        return format!("its own loudest stretch {}", place(own.from_s, own.to_s, None, None));
    }
    let here = whole.map(|(from, to)| place(from, to, scope.from_bar, scope.to_bar));
    let bars = scope.from_bar.zip(scope.to_bar).map(|(from, to)| (to - from).round());
    let with = |what: &str| here.as_ref().map_or_else(|| what.to_owned(), |here| format!("{what} {here}"));
    match (scope.kind, bars, whole) {
        (ScopeKind::Playing, Some(1.0), _) => "last bar".into(),
        (ScopeKind::Playing, Some(bars), _) if bars > 1.0 => format!("last {bars:.0} bars"),
        (ScopeKind::Playing, _, Some((from, to))) => format!("last {:.0} s", (to.0 - from.0).round()),
        (ScopeKind::Playing, _, None) => "what plays".into(),
        (ScopeKind::Loudest, ..) => with("loudest section"),
        (ScopeKind::Song, ..) => "whole song".into(),
        (ScopeKind::Range, ..) => here.unwrap_or_else(|| "chosen range".into()),
    }
}

/// The loudness offset beside a peak verdict: "loudness +3.1 LU against the kick, not judged".
pub fn loudness(track: &TrackReport) -> Option<String> {
    let offset = track.loudness_offset_lu?;
    let judged = match track.loudness_verdict {
        Some(Verdict::High) => "too loud by loudness",
        Some(Verdict::Low) => "too quiet by loudness",
        Some(Verdict::Sits) => "sits by loudness",
        _ => "not judged",
    };
    Some(format!("loudness {} LU against the kick, {judged}", difference(offset.0)))
}

/// "24 s were heard before its level changed by +3.0 dB: play them again".
pub fn stale(stale: &StaleReport) -> String {
    format!("{} s were heard before its level changed by {}: play them again", length(stale), db(stale.changed_by_db))
}

/// The same of several tracks: "Left out until played again, as the level changed since: Bass (24 s, +3.0 dB).".
pub(crate) fn stale_tracks<'a>(tracks: impl Iterator<Item = (&'a str, &'a StaleReport)>) -> Option<String> {
    let tracks: Vec<_> =
        tracks.map(|(name, stale)| format!("{name} ({} s, {})", length(stale), db(stale.changed_by_db))).collect();
    let more = tracks.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more tracks") } else { String::new() };
    let named = tracks.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    (!tracks.is_empty()).then(|| format!("Left out until played again, as the level changed since: {named}{more}."))
}

fn length(stale: &StaleReport) -> String {
    short(stale.seconds.0)
}

/// "bars 17–24: Pad too quiet, at −13.1 dB".
pub fn broken(found: &Break) -> String {
    let place = place(found.from_s, found.to_s, found.from_bar, found.to_bar);
    let way = if found.verdict == Verdict::High { "too loud" } else { "too quiet" };
    format!("{place}: {} {way}, at {}", found.track, db(found.offset_db))
}

/// How much of a track was lost and is to be played again, where some was: "2.3 s missed: rendered faster than it could be
/// read. Play it again".
pub fn missed(track: &TrackReport) -> Option<String> {
    let lost = seconds(track.missed_cells);
    (track.missed_cells > 0).then(|| format!("{lost} missed: rendered faster than it could be read. Play it again"))
}

/// The same of all tracks, by name: "Rendered faster than it could be read: 2.3 s of Kick are missing. Play it again."
pub(crate) fn all_missed<'a>(tracks: impl Iterator<Item = (&'a str, u32)>) -> Option<String> {
    let lost: Vec<String> = tracks.map(|(name, cells)| format!("{} of {name}", seconds(cells))).collect();
    let more = if lost.len() > NAMED { format!(", and of {} more tracks", lost.len() - NAMED) } else { String::new() };
    let named = lost.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let text = format!("Rendered faster than it could be read: {named}{more} are missing. Play it again.");
    (!lost.is_empty()).then_some(text)
}

/// Cells as time: "2.3 s".
fn seconds(cells: u32) -> String {
    format!("{}.{} s", cells / 10, cells % 10)
}

/// Why a track that is too loud or too quiet hurts, in the guide's words where it has some.
pub fn cause(role: Role, verdict: Verdict) -> &'static str {
    let (high, low) = match role {
        Role::Kick => ("the kick masks the bass", "the kick is lost under the bass"),
        Role::Snare => ("the snare overpowers the groove", "the snare is thin or buried"),
        Role::Hats => ("the hats stick out", "the hats are lost"),
        Role::Toms => ("the toms jump out of the kit", "the toms are lost in the fills"),
        Role::Percussion => ("the percussion sticks out", "the percussion is lost"),
        Role::Cymbals => ("the cymbals wash over the mix", "the cymbals are lost"),
        Role::Bass | Role::Sub808 => ("the bass competes with the kick", "the bass is lost under the kick"),
        Role::Guitars => ("the guitars crowd the mix", "the guitars are lost behind the drums"),
        Role::Pads => ("the pads overwhelm the mix", "the pads do not fill the space"),
        Role::LeadSynth => ("the lead is overpowering", "the lead is not clearly audible"),
        Role::LeadVocal => ("the vocal is overbearing", "the vocal is lost in a dense arrangement"),
        Role::BackingVocals => {
            ("the backing vocals compete with the lead vocal", "the backing vocals are lost behind the lead vocal")
        }
        Role::Other | Role::Group | Role::Return | Role::MixBus => {
            ("it is too loud for its place", "it is too quiet for its place")
        }
    };
    if verdict == Verdict::High { high } else { low }
}

/// "2.8 dB too loud: the bass competes with the kick."; none where nothing is off.
pub fn why(track: &TrackReport, report: &MixReport) -> Option<String> {
    let off = matches!(track.verdict, Verdict::High | Verdict::Low);
    let playing = report.tracks.iter().filter(|other| !other.is_out && other.level_dbfs.is_some());
    let is_borne_out = bears_out(track.role, track.verdict, playing.map(|other| (other.role, other.verdict)));
    let cause = reason(track.role, MoveReason::Off(track.verdict, is_borne_out));
    off.then(|| format!("{}: {cause}.", verdict(track, report)))
}
