//! Where a track stands, and in what tone that is said.

use keel_core::mix::{Class, Measure, TrackReport, Verdict};

/// Where a track stands: its verdict, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// By the session's word.
    Ignored,
    Out,
    Judged(Verdict),
}

/// What colours a mark and its words, after shape and word have said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Sits,
    High,
    Low,
    /// No verdict.
    Quiet,
    Caution,
}

/// As the report has it.
pub fn standing(track: &TrackReport) -> Standing {
    match track.verdict {
        _ if track.is_ignored => Standing::Ignored,
        _ if track.is_out => Standing::Out,
        verdict => Standing::Judged(verdict),
    }
}

pub fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Judged(Verdict::Sits) => Tone::Sits,
        Standing::Judged(Verdict::High) => Tone::High,
        Standing::Judged(Verdict::Low) => Tone::Low,
        Standing::Judged(Verdict::Conflict | Verdict::NoReference) => Tone::Caution,
        Standing::Judged(_) | Standing::Out | Standing::Ignored => Tone::Quiet,
    }
}

/// What a level is called: a hit's peak is not a sustained one.
pub fn measure_name(measure: Measure, class: Class) -> &'static str {
    match (measure, class) {
        (Measure::Peak, Class::Hits) => "hit peak",
        (Measure::Peak, Class::Sustained) => "peak",
        (Measure::Rms, _) => "RMS",
        (Measure::Loudness, Class::Hits) => "hit loudness",
        (Measure::Loudness, Class::Sustained) => "loudness",
    }
}
