//! What the view says of its track, before a pixel is drawn: state, tone, mark, words and what to do.

use keel_core::mix::{Measure, ReferenceState, Role, Target, TargetAgainst, TrackId, TrackReport, Verdict};
use keel_core::units::Db;

use super::api::Controls;
use super::shown_report::{ShownReport, measure};
use super::standing::{Standing, Tone, standing, tone};
use super::{figures, words};

/// Range of the trim in decibels, either way.
pub const TRIM_RANGE_DB: f64 = 24.0;
/// A scale always spans this much.
const SCALE_SPAN_DB: f64 = 24.0;

/// The shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkShape {
    Round,
    /// Points the way to move.
    Up,
    Down,
}

/// How a track's level is drawn on the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub at: f64,
    pub shape: MarkShape,
    /// Read before the fader.
    pub hollow: bool,
    /// Held or otherwise not to be judged now.
    pub dashed: bool,
}

/// What the user may do about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    None,
    Move {
        by: Db,
        trim_to: Db,
        lands_at: Option<Db>,
    },
    /// A push that is one of gain staging.
    Gain {
        by: Db,
    },
    /// The move would take the trim past its end.
    BeyondTrim {
        by: Db,
    },
    PickStandIn(Vec<(TrackId, String)>),
    /// This track is one of the two kicks.
    Untag,
    /// This track stands in for the kick.
    StandDown,
    TakeIn,
    /// The session ignores this track.
    TakeBack,
}

/// The scale beside the mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub top: f64,
    pub bottom: f64,
    /// What lies at zero; `None` for full scale.
    pub zero: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TrackViewModel {
    pub standing: Standing,
    pub tone: Tone,
    pub caption: String,
    pub value: Option<f64>,
    pub unit: &'static str,
    /// The value is a level, not a difference.
    pub is_level: bool,
    pub headline: String,
    pub detail: Option<String>,
    pub advice: Offer,
    pub mark: Option<Mark>,
    pub axis: Axis,
    /// The reading is shown, but compares nothing now.
    pub greyed: bool,
}

impl TrackViewModel {
    pub fn of(shown: &ShownReport, controls: &Controls) -> Self {
        let track = &shown.track;
        let standing = match standing(track) {
            Standing::Judged(_) if controls.out => Standing::Out,
            standing => standing,
        };
        let judged = matches!(standing, Standing::Judged(Verdict::Low | Verdict::Sits | Verdict::High));
        let greyed = !judged && !track.is_bus();
        let target = track.target;
        let is_level = counts_from_full_scale(track);
        let value = value(track).filter(|_| !matches!(standing, Standing::Judged(Verdict::Silent | Verdict::Waiting)));
        Self {
            standing,
            tone: tone(standing),
            caption: words::caption(shown),
            value,
            unit: unit(measure(shown, controls), track),
            is_level,
            headline: words::headline(shown, standing),
            detail: words::detail(shown, standing),
            advice: advice(shown, standing, controls),
            mark: value.map(|at| mark(at, shown, standing)),
            axis: axis(target, is_level, shown.report.reference.state),
            greyed,
        }
    }

    /// One sentence that says all of it, for a screen reader.
    pub fn spoken(&self, name: &str) -> String {
        let value = match self.is_level {
            true => figures::level(self.value),
            false => figures::offset(self.value),
        };
        format!("{name}: {value} {}, {}", self.unit, self.headline)
    }
}

/// Its number is a level: the reference's, a bus's.
fn counts_from_full_scale(track: &TrackReport) -> bool {
    let counts_from = |against| track.target.is_some_and(|target| target.against == against);
    let is_reference = track.is_reference && !counts_from(TargetAgainst::Mix);
    is_reference || counts_from(TargetAgainst::FullScale) || track.is_bus()
}

/// The one number: the offset; a level where the track counts from full scale; the true peak of the mix bus.
pub fn value(track: &TrackReport) -> Option<f64> {
    if track.role == Role::MixBus {
        return track.true_peak_dbtp.map(|db| db.0);
    }
    let level = track.level_dbfs.filter(|_| counts_from_full_scale(track)).map(|db| db.0);
    match track.is_bus() {
        true => level,
        false => track.offset_db.map(|db| db.0).or(level),
    }
}

fn unit(measure: Measure, track: &TrackReport) -> &'static str {
    match (counts_from_full_scale(track), measure) {
        _ if track.role == Role::MixBus => "dBTP",
        (true, Measure::Loudness) => "LUFS",
        (true, _) => "dBFS",
        (false, _) => measure.offset_unit(),
    }
}

fn mark(at: f64, shown: &ShownReport, standing: Standing) -> Mark {
    let (shape, dashed) = match standing {
        Standing::Judged(Verdict::High) => (MarkShape::Down, false),
        Standing::Judged(Verdict::Low) => (MarkShape::Up, false),
        Standing::Judged(Verdict::Sits) => (MarkShape::Round, false),
        _ => (
            MarkShape::Round,
            !(shown.track.is_reference || shown.track.is_bus()) || !matches!(standing, Standing::Judged(_)),
        ),
    };
    Mark { at, shape, hollow: !shown.track.placement.sees_fader(), dashed }
}

/// All scales span 24 dB; where it begins follows what the target counts from.
fn axis(target: Option<Target>, is_level: bool, reference: ReferenceState) -> Axis {
    let (top, zero) = match target.map(|target| target.against) {
        _ if is_level => (0.0, None),
        Some(TargetAgainst::LeadVocal) => (9.0, Some("VOCAL")),
        Some(TargetAgainst::Bed) => (12.0, Some("BED")),
        Some(TargetAgainst::Mix) => (3.0, Some("MIX")),
        _ if reference == ReferenceState::Virtual => (6.0, Some("STAND-IN")),
        _ => (6.0, Some("KICK")),
    };
    Axis { top, bottom: top - SCALE_SPAN_DB, zero }
}

fn advice(shown: &ShownReport, standing: Standing, controls: &Controls) -> Offer {
    let track = &shown.track;
    // A kit stands in by itself.
    let is_virtual = shown.report.reference.state == ReferenceState::Virtual;
    let stands_in = track.is_reference && is_virtual && !track.is_kit;
    match standing {
        Standing::Ignored => Offer::TakeBack,
        Standing::Out if controls.out => Offer::TakeIn,
        Standing::Judged(Verdict::Conflict) if controls.reference => Offer::Untag,
        Standing::Judged(_) if stands_in => Offer::StandDown,
        Standing::Judged(Verdict::NoReference)
            if shown.report.reference.state == ReferenceState::None && !shown.stand_ins.is_empty() =>
        {
            Offer::PickStandIn(shown.stand_ins.clone())
        }
        // What sits moves, too, where the kick or the bed does.
        Standing::Judged(Verdict::Low | Verdict::High | Verdict::Sits) => {
            match track.move_db.filter(|by| by.0 != 0.0) {
                Some(by) if shown.is_gain => Offer::Gain { by },
                Some(by) if (controls.trim_db.0 + by.0).abs() > TRIM_RANGE_DB + 1e-9 => Offer::BeyondTrim { by },
                Some(by) => Offer::Move { by, trim_to: Db(controls.trim_db.0 + by.0), lands_at: track.lands_at_db },
                None => Offer::None,
            }
        }
        _ => Offer::None,
    }
}
