//! The standards' cases: each a signal, what is expected of it and what the meters read. The tests (`dsp/cases.rs`) and
//! the table (`cargo xtask cases`) walk this one registry, so that they cannot disagree.
//!
//! Of EBU Tech 3341, case 6 has five channels, which a stereo meter does not, and cases 7 and 8 are recordings.

pub mod gating;
pub mod hits;
pub mod image;
pub mod programme;
pub mod rms;
pub mod tech_3341;
pub mod tech_3342;
pub mod true_peak;
pub mod weighting;

/// The sample rates that every case is read at, in Hz.
pub const RATES: [f64; 5] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0];

/// A standard, or a part of one, and its cases.
#[derive(Debug)]
pub struct Chapter {
    pub title: &'static str,
    pub cases: &'static [Case],
}

pub const CHAPTERS: &[Chapter] = &[
    Chapter { title: "EBU Tech 3341: momentary, short-term and integrated loudness, LUFS", cases: tech_3341::CASES },
    Chapter { title: "EBU Tech 3341: true peak, dBTP", cases: true_peak::CASES },
    Chapter { title: "EBU Tech 3342: loudness range, LU", cases: tech_3342::CASES },
    Chapter { title: "BS.1770-5, Annex 1: loudness in LUFS and weighting in dB", cases: weighting::CASES },
    Chapter { title: "BS.1770-5, Annex 1: gating, LUFS", cases: gating::CASES },
    Chapter { title: "AES17: RMS, dBFS, where a full-scale sine reads 0", cases: rms::CASES },
    Chapter { title: "Correlation, pan position, and loss in mono in dB", cases: image::CASES },
    Chapter { title: "Hits: loudness in LUFS and peak in dBFS, and changes in dB", cases: hits::CASES },
];

/// One signal at any rate.
#[derive(Debug)]
pub struct Case {
    /// Name of its test.
    pub test: &'static str,
    /// Its number in the standard, or its name.
    pub label: &'static str,
    pub signal: &'static str,
    /// Synthesises and measures it at a sample rate in Hz.
    pub read: fn(f64) -> Vec<Reading>,
}

/// What is read, in which unit, and how far from the expected value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Loudness,
    TruePeak,
    Range,
    Weighting,
    Rms,
    Correlation,
    Pan,
    MonoLoss,
    Hits,
}

/// How far a reading may lie under and over the expected value, in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    pub below: f64,
    pub above: f64,
}

impl Quantity {
    /// The unit of a difference, empty for numbers that have none.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Loudness | Self::Range => "LU",
            Self::TruePeak | Self::Weighting | Self::Rms | Self::MonoLoss | Self::Hits => "dB",
            Self::Correlation | Self::Pan => "",
        }
    }

    /// Tighter than the standards: Tech 3341 allows 0.1 LU and +0.2/-0.4 dB, Tech 3342 1 LU.
    fn margin(self) -> Margin {
        let both = |margin| Margin { below: margin, above: margin };
        match self {
            Self::Loudness | Self::Range => both(0.05),
            Self::TruePeak => Margin { below: 0.3, above: 0.1 },
            Self::Weighting => both(0.002),
            Self::Rms | Self::Correlation | Self::Pan | Self::MonoLoss => both(0.001),
            Self::Hits => both(0.01),
        }
    }
}

/// What one meter read of a case at one rate; `None` is "no answer", as of silence.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    pub quantity: Quantity,
    pub what: &'static str,
    pub expected: Option<f64>,
    pub read: Option<f64>,
    pub margin: Margin,
}

impl Reading {
    pub fn new(quantity: Quantity, what: &'static str, expected: impl Into<Option<f64>>, read: Option<f64>) -> Self {
        Self { quantity, what, expected: expected.into(), read, margin: quantity.margin() }
    }

    /// The same with another margin, where the signal itself is less exact or the meter's promise differs.
    pub fn within(self, margin: f64) -> Self {
        Self { margin: Margin { below: margin, above: margin }, ..self }
    }

    /// How far the reading lies over the expected value; `None` unless there are both.
    pub fn off(&self) -> Option<f64> {
        Some(self.read? - self.expected?)
    }

    /// The part of the margin that the reading uses: 1 is its edge, infinite where one of two values is missing.
    pub fn used(&self) -> f64 {
        match (self.expected, self.off()) {
            (_, Some(off)) => off / if off < 0.0 { -self.margin.below } else { self.margin.above },
            (None, None) if self.read.is_none() => 0.0,
            _ => f64::INFINITY,
        }
    }

    pub fn passes(&self) -> bool {
        self.used() <= 1.0
    }
}

/// Of readings of like signals, the one that uses most of its margin.
pub fn worst(readings: impl IntoIterator<Item = Reading>) -> Reading {
    let worse = |a: Reading, b: Reading| if a.used() >= b.used() { a } else { b };
    readings.into_iter().reduce(worse).expect("a signal to read")
}
