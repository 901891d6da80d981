//! The words beside the marks: what it is, what to do, what will happen.

use keel_core::mix::{
    GainStaging, PanVerdict, ReferenceState, Role, ScopeKind, TargetAgainst, TargetSource, TrackReport, Verdict,
};

use super::sight::{self, Standing, measure_name};
use super::view_state::Figures;
use super::{Controls, figures};

/// What the large number is.
pub fn caption(figures: &Figures) -> String {
    let track = &figures.track;
    let role = track.role.label().to_uppercase();
    if track.is_anchor {
        return format!("{role} · THE ANCHOR");
    }
    let against = match track.target.map(|target| target.against) {
        Some(TargetAgainst::FullScale) => return format!("{role} · LEVEL"),
        Some(TargetAgainst::LeadVocal) => "LEAD VOCAL".into(),
        Some(TargetAgainst::Bed) => "THE BED".into(),
        _ if figures.reference.state == ReferenceState::Virtual => {
            figures.reference.track.as_deref().unwrap_or("ANCHOR").to_uppercase()
        }
        _ => "KICK".to_owned(),
    };
    format!("{role} AGAINST {against}")
}

/// The verdict in a few words.
pub fn headline(figures: &Figures, standing: Standing) -> String {
    let track = &figures.track;
    let by = track.deviation_db.map_or(0.0, |db| db.0);
    let verdict = match standing {
        Standing::Out => return "out of the judgement".into(),
        Standing::Judged(verdict) => verdict,
    };
    let headline = match verdict {
        Verdict::High => return format!("{} {} too loud", figures::level(Some(by.abs())), offset_unit(track)),
        Verdict::Low => return format!("{} {} too quiet", figures::level(Some(by.abs())), offset_unit(track)),
        Verdict::Sits if track.edge || by != 0.0 => "sits, at the edge",
        Verdict::Sits => "sits",
        Verdict::Conflict => "two kicks",
        Verdict::Solo => "judged in solo",
        Verdict::NotJudged if track.is_anchor => "the anchor",
        Verdict::NotJudged => "not judged",
        Verdict::Waiting => "waiting for sound",
        Verdict::Silent => "this track is silent",
        Verdict::NoReference => no_reference(track),
        Verdict::Held => "kick silent (held)",
    };
    headline.into()
}

fn no_reference(track: &TrackReport) -> &'static str {
    match track.target.map(|target| target.against) {
        Some(TargetAgainst::LeadVocal) => "no vocal here",
        Some(TargetAgainst::Bed) => "nothing to lead here",
        _ => "no kick yet",
    }
}

fn offset_unit(track: &TrackReport) -> &'static str {
    track.target.map_or("dB", |target| target.measure.offset_unit())
}

/// Why there is no verdict, or what else must be known.
pub fn detail(figures: &Figures, standing: Standing) -> Option<String> {
    let track = &figures.track;
    let Standing::Judged(verdict) = standing else {
        return Some("Muted, or switched out: it counts for nothing.".into());
    };
    if let Some(note) = &track.note {
        return Some(sentence(note));
    }
    match verdict {
        Verdict::Conflict => {
            Some(format!("{} are tagged as the kick. Untag all but one.", figures.reference.claimed_by.join(" and ")))
        }
        Verdict::Solo => Some("Never set levels soloed: unsolo to judge.".into()),
        Verdict::NotJudged if track.role.is_bus() => Some("It carries tracks that are judged themselves.".into()),
        Verdict::NotJudged if track.is_anchor => Some("Everything is measured from here.".into()),
        Verdict::NotJudged => Some("This role has no target.".into()),
        Verdict::Waiting => Some("Play the song: a few seconds are enough.".into()),
        Verdict::Silent => Some(format!("Not heard in the {}.", scope(figures))),
        Verdict::NoReference => Some("Tag the kick, or let another track stand in.".into()),
        Verdict::Held => Some(held_since(figures)),
        _ => None,
    }
}

fn held_since(figures: &Figures) -> String {
    let reference = &figures.reference;
    let since = match (reference.last_hit_bar, reference.last_hit_s) {
        (Some(bar), _) => format!(" since bar {:.0}", bar.floor()),
        (None, Some(at)) => format!(" since {}", figures::clock(at.0)),
        _ => String::new(),
    };
    format!("Its level is held{since}; no moves until it is back.")
}

/// The band, in the words of a target.
pub fn target(figures: &Figures) -> String {
    let Some(target) = figures.track.target else { return "no target".into() };
    let signed = target.against != TargetAgainst::FullScale;
    let end = |db: f64| if db.fract() == 0.0 { figures::tick(db, signed) } else { figures::offset(Some(db)) };
    let own = if target.source == TargetSource::User { "your target" } else { "target" };
    format!("{own} {} to {}", end(target.low_db.0), end(target.high_db.0))
}

/// What the level is measured as.
pub fn measure(figures: &Figures, controls: &Controls) -> &'static str {
    measure_name(sight::measure(figures, controls), figures.track.class)
}

/// Which part of the song was judged.
pub fn scope(figures: &Figures) -> String {
    let scope = &figures.scope;
    let here = scope.from_s.zip(scope.to_s);
    let own = figures.track.scope.map(|span| (span.from_s, span.to_s)).filter(|own| Some(*own) != here);
    let times = |(from, to): (keel_core::units::Seconds, keel_core::units::Seconds)| {
        format!("{}–{}", figures::clock(from.0), figures::clock(to.0))
    };
    match scope.kind {
        ScopeKind::Playing => match scope.from_bar.zip(scope.to_bar).map(|(from, to)| (to - from).round()) {
            Some(1.0) => "last bar".into(),
            Some(bars) if bars >= 1.0 => format!("last {bars:.0} bars"),
            _ => here.map_or("what plays".into(), |(from, to)| format!("last {:.0} s", (to.0 - from.0).round())),
        },
        ScopeKind::Loudest => match own {
            Some(own) => format!("its loudest stretch {}", times(own)),
            None => here.map_or("loudest section".into(), |here| format!("loudest section {}", times(here))),
        },
        ScopeKind::Song => "whole song".into(),
        ScopeKind::Range => here.map_or("chosen range".into(), times),
    }
}

pub fn loudness_beside(track: &TrackReport) -> Option<String> {
    let offset = track.loudness_offset_lu?;
    let judged = match track.loudness_verdict {
        Some(Verdict::High) => "too loud by ear",
        Some(Verdict::Low) => "too quiet by ear",
        Some(Verdict::Sits) => "sits by ear",
        _ => "not judged",
    };
    Some(format!("Loudness vs kick {} LU, {judged}", figures::offset(Some(offset.0))))
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

pub fn pan(track: &TrackReport) -> String {
    let Some(pan) = track.pan else {
        return if track.pan_verdict == PanVerdict::Unknown {
            "before your pan knob".into()
        } else {
            figures::NONE.into()
        };
    };
    let percent = (pan.abs() * 100.0).round();
    let place = match percent {
        0.0 => "centre".to_owned(),
        _ if pan < 0.0 => format!("{percent:.0} % left"),
        _ => format!("{percent:.0} % right"),
    };
    match track.pan_verdict {
        PanVerdict::Off => format!("{place} · {}", wanted_pan(track.role)),
        PanVerdict::Unknown => format!("{place}, before your pan knob"),
        PanVerdict::Ok | PanVerdict::NotJudged => place,
    }
}

fn wanted_pan(role: Role) -> &'static str {
    match role {
        Role::Hats => "wants slightly aside",
        Role::Guitars | Role::Pads | Role::BackingVocals => "wants wide",
        _ => "wants the centre",
    }
}

/// What mono does to this track.
pub fn mono_loss(track: &TrackReport) -> String {
    let Some(loss) = track.mono_loss_db else { return figures::NONE.into() };
    let lost = figures::level(Some(loss.0.abs()));
    match loss.0.abs() {
        lost_db if lost_db >= 10.0 => "disappears in mono".into(),
        _ if track.thin_in_mono => format!("loses {lost} dB · thinner"),
        _ => format!("loses {lost} dB"),
    }
}

/// What the reader must know beside the verdict, the weightiest first.
pub fn hints(figures: &Figures, bypass: bool) -> Vec<String> {
    let track = &figures.track;
    let mut hints = Vec::new();
    if track.non_finite_input {
        hints.push("Broken samples came in (NaN or infinite): read as silence".into());
    }
    if bypass {
        hints.push("Bypassed: Trim and checks are off, the reading goes on".into());
    }
    if !track.placement.sees_fader() && track.role != Role::MixBus {
        hints.push("Balance with Trim, fader at 0, or put Keel after the fader".into());
    }
    if track.class_fallback {
        hints.push("Too few hits here: read as sustained sound".into());
    }
    if let Some(part) = &track.part {
        hints.push(format!("Part of {part}: one verdict, one move for all of it"));
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
