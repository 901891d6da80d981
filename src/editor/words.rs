//! The words of this view. Sentences about the balance come from [`keel_core::mix::words`]; here are those that only a
//! window needs, and short forms where the column is narrow.

use keel_core::mix::words as balance;
use keel_core::mix::{
    GainStaging, Limits, LinkReport, LinkState, PanRule, PanVerdict, Placement, ReferenceState, Role, TargetAgainst,
    TrackReport, Verdict,
};
use keel_core::units::Db;

use super::api::Controls;
use super::figures;
use super::shown_report::{self, ShownReport};
use super::standing::{Standing, measure_name};

/// What the large number is.
pub fn caption(shown: &ShownReport) -> String {
    let track = &shown.track;
    let role = track.role_name().to_uppercase();
    let against = track.target.map(|target| target.against);
    if track.is_reference && against != Some(TargetAgainst::Mix) {
        return format!("{role} · THE REFERENCE");
    }
    let reference = &shown.report.reference;
    let against = match against {
        _ if track.role == Role::MixBus => return format!("{role} · TRUE PEAK"),
        _ if track.is_bus() => return format!("{role} · LEVEL"),
        Some(TargetAgainst::FullScale) => return format!("{role} · LEVEL"),
        Some(TargetAgainst::LeadVocal) => "VOCAL".into(),
        Some(TargetAgainst::Bed) => "THE BED".into(),
        Some(TargetAgainst::Mix) => "THE MIX".into(),
        _ if reference.state == ReferenceState::Virtual => {
            reference.track.as_deref().unwrap_or("THE REFERENCE").to_uppercase()
        }
        _ => "KICK".to_owned(),
    };
    format!("{role} AGAINST {against}")
}

/// The verdict in a few words; names of several kicks are left to the sentence below it.
pub fn headline(shown: &ShownReport, standing: Standing) -> String {
    match standing {
        Standing::Ignored => return "ignored in this session".into(),
        Standing::Out => return "out of the judgement".into(),
        Standing::Judged(_) => {}
    }
    let verdict = balance::verdict(&shown.track, &shown.report);
    match shown.track.verdict {
        Verdict::Conflict => verdict.split(':').next().unwrap_or(&verdict).to_owned(),
        _ => verdict,
    }
}

/// Why there is no verdict, or what else must be known.
pub fn detail(shown: &ShownReport, standing: Standing) -> Option<String> {
    let track = &shown.track;
    let verdict = match standing {
        Standing::Judged(verdict) => verdict,
        Standing::Ignored => return Some("It counts for nothing, in every window, until it is taken back.".into()),
        Standing::Out => return Some("Muted, or switched out: it counts for nothing.".into()),
    };
    if track.is_bus() && verdict == Verdict::NotJudged {
        return Some(match track.role {
            Role::MixBus => "Headroom and loudness of the whole mix.".into(),
            _ => "It carries tracks that are judged themselves.".into(),
        });
    }
    let from_kick = track.target.is_some_and(|target| target.against == TargetAgainst::Kick);
    let no_kick = shown.report.reference.state == ReferenceState::None && from_kick;
    let kickless = verdict == Verdict::NoReference && no_kick;
    if let Some(note) = track.note.as_ref().filter(|_| !kickless) {
        return Some(sentence(note));
    }
    match verdict {
        Verdict::High | Verdict::Low => Some(sentence(balance::cause(track.role, verdict))),
        Verdict::Sits if track.is_reference => Some("Everything is measured from here.".into()),
        Verdict::Sits => Some("Leave it where it is.".into()),
        Verdict::Conflict => Some(format!(
            "{} are tagged as the kick. Untag all but one.",
            shown.report.reference.claimed_by.join(" and ")
        )),
        Verdict::NotJudged if track.is_reference => Some("Everything is measured from here.".into()),
        Verdict::NotJudged => Some("This role has no target.".into()),
        Verdict::Waiting => Some("Play the song: a few seconds are enough.".into()),
        Verdict::Silent => Some("This track is silent here.".into()),
        Verdict::NoReference if shown.stand_ins.is_empty() => {
            Some("Tag the kick as the reference, or choose the targets \"stems\" on the session's page (S).".into())
        }
        Verdict::NoReference => Some("Tag the kick as the reference, or:".into()),
        Verdict::Held => {
            Some("The kick is silent: its last level stands, and no move is advised until it is back.".into())
        }
    }
}

/// The band, in the words of a target.
pub fn target(shown: &ShownReport) -> String {
    let Some(target) = shown.track.target else { return "no target".into() };
    format!("{} {}", balance::target_name(target.source), balance::band(&target))
}

/// The badge that says where Keel listens, and whether it asks for care.
pub fn badge(placement: Placement, role: Role) -> Option<(&'static str, bool)> {
    match placement {
        _ if role == Role::MixBus => None,
        Placement::Pre => Some(("PRE-FADER", true)),
        Placement::Post => Some(("POST-FADER", false)),
        Placement::Unknown => Some(("FADER?", true)),
    }
}

/// Where Keel listens and who says so, for a screen reader.
pub fn placement(placement: Placement, chosen: bool) -> String {
    let side = match placement {
        Placement::Pre => "before the fader",
        Placement::Post => "after the fader",
        Placement::Unknown => return "Placement: the host does not say".into(),
    };
    format!("Placement: {side}{}", if chosen { "" } else { ", from the host" })
}

/// What follows from where Keel listens.
pub fn placement_help(placement: Placement) -> &'static str {
    match placement {
        Placement::Pre => "Keel listens before the fader: rides of the fader are invisible here",
        Placement::Post => "The reading holds what fader and pan do",
        Placement::Unknown => "The host does not say on which side of the fader Keel is: choose it here",
    }
}

/// What the level is measured as.
pub fn measure(shown: &ShownReport, controls: &Controls) -> &'static str {
    measure_name(shown_report::measure(shown, controls), shown.track.class)
}

/// Which part of the song was judged.
pub fn scope(shown: &ShownReport) -> String {
    balance::scope(&shown.track, &shown.report)
}

/// What is judged while the song plays.
pub fn last_bars(limits: &Limits) -> String {
    match limits.scope_bars {
        1.0 => "loop or last bar".into(),
        bars => format!("loop or last {} bars", balance::short(bars)),
    }
}

/// The loudness beside a peak verdict, short enough for the column.
pub fn loudness_beside(track: &TrackReport) -> Option<String> {
    let offset = track.loudness_offset_lu.filter(|_| !track.is_bus())?;
    let judged = match track.loudness_verdict {
        Some(Verdict::High) => "too loud",
        Some(Verdict::Low) => "too quiet",
        Some(Verdict::Sits) => "sits",
        _ => "not judged",
    };
    Some(format!("Loudness vs kick {} LU, {judged}", balance::difference(offset.0)))
}

pub fn staging(staging: GainStaging) -> &'static str {
    match staging {
        GainStaging::Low => "low",
        GainStaging::Ok => "ok",
        GainStaging::Warm => "warm",
        GainStaging::Hot => "hot",
        GainStaging::Clipping => "clipping",
    }
}

/// The track sounds, but where the pan knob puts it is not seen from here.
pub fn is_pan_hidden(track: &TrackReport) -> bool {
    track.pan.is_none() && track.pan_verdict == PanVerdict::Unknown && !track.placement.sees_fader()
}

/// Where the track lies now, else in the song; the verdict is the song's.
pub fn pan(track: &TrackReport, now: Option<f64>) -> String {
    match (track.pan.map(|song| now.unwrap_or(song)), track.pan_verdict) {
        _ if is_pan_hidden(track) && track.placement == Placement::Pre => "before your pan knob".into(),
        _ if is_pan_hidden(track) => "perhaps before your pan".into(),
        (None, _) => figures::NONE.into(),
        (Some(pan), PanVerdict::Off) => format!("{} · {}", pan_place(pan), wanted_pan(track.pan_rule)),
        (Some(pan), _) => pan_place(pan),
    }
}

fn pan_place(pan: f64) -> String {
    let percent = (pan.abs() * 100.0).round();
    match percent {
        0.0 => "centre".to_owned(),
        _ if pan < 0.0 => format!("{percent:.0} % left"),
        _ => format!("{percent:.0} % right"),
    }
}

fn wanted_pan(rule: PanRule) -> &'static str {
    match rule {
        PanRule::Centre { .. } => "wants the centre",
        PanRule::Slight { .. } => "wants slightly aside",
        PanRule::Wide { .. } => "wants wide",
        PanRule::LeftRight { .. } => "wants left and right",
        PanRule::Free => "free",
    }
}

/// What the meter shows, and where the profile wants the track.
pub fn pan_help(rule: PanRule) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let wanted = match rule {
        PanRule::Centre { within } => format!("within {} of the centre", percent(within)),
        PanRule::Slight { from, to } => format!("{} to {} to one side", percent(from), percent(to)),
        PanRule::Wide { beyond, .. } => format!("{} out on both sides, or wide in stereo", percent(beyond)),
        PanRule::LeftRight { beyond, .. } => format!("tracks {} out on both sides, or wide in stereo", percent(beyond)),
        PanRule::Free => "anywhere".into(),
    };
    format!("Where the track's power lies between left and right. Wanted: {wanted}")
}

/// What mono does to this track now, else in the song.
pub fn mono_loss(track: &TrackReport, now: Option<Db>, limits: &Limits) -> String {
    let Some(loss) = now.or(track.mono_loss_db) else { return figures::NONE.into() };
    let lost = balance::level(loss.0.abs());
    match loss.0.abs() {
        lost_db if lost_db >= limits.mono_disappears_db.0 => "disappears in mono".into(),
        _ if track.thin_in_mono => format!("loses {lost} dB · thinner"),
        _ => format!("loses {lost} dB"),
    }
}

/// Something to know beside the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    pub text: String,
    pub caution: bool,
}

/// What leads to the session's page: how many tracks there are, or what is wrong with the link; and whether that wants
/// attention.
pub fn session(tracks: usize, link: &LinkReport) -> (String, bool) {
    let count = if tracks == 1 { "1 track".to_owned() } else { format!("{tracks} tracks") };
    match link.state {
        LinkState::Linked => (format!("{count} · linked"), link.text.is_some()),
        LinkState::Alone => (count, false),
        LinkState::Off if link.text.is_none() => (count, false),
        _ => self::link(link),
    }
}

/// The state of the link in two words, and whether it wants attention.
pub fn link(link: &LinkReport) -> (String, bool) {
    match link.state {
        LinkState::Linked => (format!("Linked +{}", link.tracks_remote), link.text.is_some()),
        LinkState::Alone if link.session_code.is_some() => ("No linked tracks".into(), false),
        LinkState::Alone => ("Not linked".into(), false),
        LinkState::Paused => ("Link paused".into(), true),
        LinkState::Unavailable => ("No link".into(), true),
        LinkState::VersionMismatch => ("Other version".into(), true),
        LinkState::Off => ("Link off".into(), link.text.is_some()),
    }
}

/// The state of the link as its line has room for.
pub fn link_line(link: &LinkReport) -> String {
    match (link.state, link.tracks_remote) {
        (LinkState::Linked, 1) => "Linked: 1 track from elsewhere".into(),
        (LinkState::Linked, tracks) => format!("Linked: {tracks} tracks from elsewhere"),
        (LinkState::Alone, _) => "No tracks of other processes".into(),
        _ => link_sentence(&LinkReport { session_code: None, ..link.clone() }),
    }
}

/// The state of the link in a sentence.
pub fn link_sentence(link: &LinkReport) -> String {
    let code = link.session_code.as_ref().map_or(String::new(), |code| format!(" Session code: {code}."));
    let state = match (&link.text, link.state) {
        (Some(text), _) => text.clone(),
        (None, LinkState::Linked) => match (link.tracks_remote, link.peers) {
            (1, _) => "One more track of another process or plug-in format.".into(),
            (tracks, 1) => format!("{tracks} more tracks of another process or plug-in format."),
            (tracks, peers) => format!("{tracks} more tracks of {peers} other processes or plug-in formats."),
        },
        (None, LinkState::Off) => "The link to other processes is switched off.".into(),
        (None, _) => "No other process has tracks of this session.".into(),
    };
    state + &code
}

/// What the reader must know beside the verdict, the weightiest first.
pub fn hints(shown: &ShownReport, bypass: bool) -> Vec<Hint> {
    let track = &shown.track;
    let mut hints = Vec::new();
    let mut say = |text: String, caution: bool| hints.push(Hint { text, caution });
    if track.non_finite_input {
        say("Broken samples came in (NaN or infinite): read as silence".into(), true);
    }
    if let Some(missed) = balance::missed(track) {
        say(missed, true);
    }
    if bypass {
        say("Bypassed: Trim and checks are off, the reading goes on".into(), true);
    }
    if let (Verdict::Low | Verdict::High, Some(note)) = (track.verdict, &track.note) {
        say(sentence(note), true);
    }
    if let Some(stale) = &track.stale {
        say(sentence(&balance::stale(stale)), true);
    }
    match track.placement {
        _ if track.role == Role::MixBus => {}
        Placement::Pre => say("Balance with Trim, fader at 0, or put Keel after the fader".into(), true),
        Placement::Unknown => say("After the fader? Say so above; else use Trim, fader at 0".into(), true),
        Placement::Post => {}
    }
    if track.class_fallback {
        say("Too few hits here: read as sustained sound".into(), false);
    }
    if let Some(part) = &track.part {
        say(format!("Part of {part}: one verdict, one move for all of it"), false);
    }
    for note in &shown.report.notes {
        say(sentence(note), false);
    }
    hints
}

/// A note of the report as a sentence of its own.
fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if note.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use keel_core::mix::Profile;

    use super::*;

    #[test]
    fn what_plays_is_as_long_as_the_profile_says() {
        let guide = Limits::of(&Profile::guide().rules);
        for (scope_bars, words) in
            [(8.0, "loop or last 8 bars"), (1.0, "loop or last bar"), (4.5, "loop or last 4.5 bars")]
        {
            assert_eq!(last_bars(&Limits { scope_bars, ..guide }), words);
        }
    }

    #[test]
    fn the_pan_that_is_wanted_is_given_in_percent() {
        for (rule, wanted) in [
            (PanRule::Centre { within: 0.25 }, "within 25 % of the centre"),
            (PanRule::Slight { from: 0.1, to: 0.4 }, "10 % to 40 % to one side"),
            (PanRule::Wide { beyond: 0.5, correlation: 0.7 }, "50 % out on both sides, or wide in stereo"),
            (PanRule::Free, "anywhere"),
        ] {
            assert!(pan_help(rule).ends_with(&format!("Wanted: {wanted}")), "{}", pan_help(rule));
        }
    }
}
