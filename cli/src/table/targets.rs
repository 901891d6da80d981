//! A target profile for a terminal.

use keel_core::mix::words::level;
use keel_core::mix::{Measure, PanRule, Profile, Role, TargetAgainst, TargetSource};

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
        Column::new("whose", 5, Align::Left),
    ];
    let mut page = Page::new(style);
    page.strong(&format!("Profile {}", profile.name));
    page.header(&COLUMNS);
    for role in Role::ALL {
        let role_target = profile.role(role);
        let Some(target) = role_target.target else { continue };
        let cells = [
            role.label().to_owned(),
            band(Some(target.low_db.0), Some(target.high_db.0)),
            against(target.against).to_owned(),
            measure(target.measure).to_owned(),
            pan(&role_target.pan),
            source(target.source).to_owned(),
        ];
        page.row(&COLUMNS, &cells, None);
        if let Some(learnt) = &role_target.learnt {
            let (median, spread) = (level(learnt.median.0), level(learnt.spread.0));
            page.paragraph("    ", &format!("learnt: median {median}, spread {spread}, songs {}", learnt.songs));
        }
    }
    let unjudged: Vec<_> =
        Role::ALL.into_iter().filter(|&role| profile.target(role).is_none()).map(Role::label).collect();
    page.line(&format!("Not judged: {}", unjudged.join(", ")));
    page.finish()
}

fn against(against: TargetAgainst) -> &'static str {
    match against {
        TargetAgainst::Kick => "the kick",
        TargetAgainst::FullScale => "full scale",
        TargetAgainst::Bed => "the loudest bed",
        TargetAgainst::LeadVocal => "the lead vocal",
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
