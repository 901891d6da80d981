//! A target profile for a terminal.

use keel_core::mix::words::level;
use keel_core::mix::{Measure, PanRule, Profile, Role, RoleTarget, TargetAgainst, TargetSource};

use super::figures::band;
use super::page::{Align, Column, Page, Style};

/// A profile's bands, a line a role.
pub fn render_profile(profile: &Profile, style: Style) -> String {
    const COLUMNS: [Column; 6] = [
        Column::new("role", 15, Align::Left),
        Column::new("band", 12, Align::Right),
        Column::new("counted from", 15, Align::Left),
        Column::new("measure", 8, Align::Left),
        Column::new("pan", 13, Align::Left),
        Column::new("whose", 8, Align::Left),
    ];
    let mut page = Page::new(style);
    page.strong(&format!("Profile {}", profile.name));
    if let Some(about) = &profile.about {
        page.line(&format!("{about}."));
    }
    page.header(&COLUMNS);
    let (judged, unjudged): (Vec<_>, Vec<_>) = all(profile).partition(|(_, asked)| asked.target.is_some());
    for (label, asked) in judged {
        let Some(target) = asked.target else { continue };
        let cells = [
            label.to_owned(),
            band(Some(target.low_db.0), Some(target.high_db.0)),
            against(target.against).to_owned(),
            measure(target.measure).to_owned(),
            pan(&asked.pan),
            source(target.source).to_owned(),
        ];
        page.row(&COLUMNS, &cells, None);
        if let Some(learnt) = &asked.learnt {
            let (median, spread) = (level(learnt.median.0), level(learnt.spread.0));
            let how = if asked.who.is_some() { "measured" } else { "learnt" };
            let together = if target.together { ", all of its kind as one" } else { "" };
            let figures = format!("{how}: median {median}, spread {spread}, songs {}{together}", learnt.songs);
            page.paragraph("    ", &figures);
        }
    }
    let unjudged: Vec<_> = unjudged.into_iter().map(|(label, _)| label).collect();
    page.line(&format!("Not judged: {}", unjudged.join(", ")));
    whose(&mut page, profile);
    page.finish()
}

/// A whole kit in one track, then the roles.
fn all(profile: &Profile) -> impl Iterator<Item = (&'static str, &RoleTarget)> {
    let roles = Role::ALL.into_iter().map(|role| (role.label(), profile.role(role)));
    std::iter::once(("Drums in one", &profile.drums)).chain(roles)
}

/// Who measured what, each once.
fn whose(page: &mut Page, profile: &Profile) {
    let mut by_who: Vec<(&str, Vec<&str>)> = Vec::new();
    for (label, who) in all(profile).filter_map(|(label, asked)| Some((label, asked.who.as_deref()?))) {
        match by_who.iter_mut().find(|(known, _)| *known == who) {
            Some((_, labels)) => labels.push(label),
            None => by_who.push((who, vec![label])),
        }
    }
    for (who, labels) in by_who {
        page.paragraph("", &format!("{}: {who}.", labels.join(", ")));
    }
}

fn against(against: TargetAgainst) -> &'static str {
    match against {
        TargetAgainst::Kick => "the kick",
        TargetAgainst::FullScale => "full scale",
        TargetAgainst::Bed => "the loudest bed",
        TargetAgainst::LeadVocal => "the lead vocal",
        TargetAgainst::Mix => "the mix",
    }
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Peak => "peak",
        Measure::Rms => "RMS",
        Measure::Loudness => "loudness",
    }
}

fn source(source: TargetSource) -> &'static str {
    match source {
        TargetSource::Guide => "guide",
        TargetSource::Keel => "Keel",
        TargetSource::Research => "research",
        TargetSource::User => "user",
    }
}

fn pan(rule: &PanRule) -> String {
    match rule {
        PanRule::Centre { within } => format!("centre ±{within:.2}"),
        PanRule::Slight { .. } => "slight".to_owned(),
        PanRule::Wide { .. } => "wide".to_owned(),
        PanRule::LeftRight { .. } => "left and right".to_owned(),
        PanRule::Free => "free".to_owned(),
    }
}
