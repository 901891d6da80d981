//! What a listener makes of the session, in the report: null where no bands were heard.

use std::sync::Arc;

use serde::Serialize;

use crate::dsp::{BANDS, band_hz};
use crate::units::{Db, Dbfs, Lu};

/// One track in bands, over the scope.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BandsReport {
    /// RMS after the gain.
    pub level_db: Vec<Option<Dbfs>>,
    /// Of left and right in each band, -1 to 1.
    pub correlation: Vec<Option<f64>>,
    /// What each band loses in mono.
    pub mono_loss_db: Vec<Option<Db>>,
}

/// What the others leave of a track at a normal monitor level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Masking {
    /// Partial loudness beside the kick over loudness in quiet, 0 to 1.
    pub by_kick: Option<f64>,
    /// The same beside all the others together.
    pub by_mix: Option<f64>,
    /// Either is at the limit or under it.
    pub at_risk: bool,
    /// Centre of the band that loses most.
    pub band_hz: Option<f64>,
    /// The track that is loudest there.
    pub masker: Option<String>,
}

/// A track at a whisper.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TrackWhisper {
    /// It is heard at the whisper level.
    pub audible: bool,
    /// Loudness level of what the others leave of it.
    pub phon: Option<f64>,
    /// Predicted place, the most audible being 1.
    pub place: Option<usize>,
}

/// What is heard of one track, and facts that bands give.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct TrackHearing {
    /// Largest sample over the RMS of the sounding stretches, over all that was heard.
    pub crest_db: Option<Db>,
    /// Loudness range (EBU Tech 3342) over the song.
    pub loudness_range_lu: Option<Lu>,
    /// Side against mid below 120 Hz.
    pub low_side_db: Option<Db>,
    /// Share of the power that lies between 2 and 5 kHz.
    pub harshness_db: Option<Db>,
    /// Its levels by band.
    pub bands: Option<Arc<BandsReport>>,
    /// What the others cover of it.
    pub masking: Option<Arc<Masking>>,
    /// Its place in the whisper test.
    pub whisper: Option<TrackWhisper>,
}

/// A stretch of bands of the bus that fades in mono.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ThinBand {
    /// The lowest frequency.
    pub from_hz: f64,
    /// The highest frequency.
    pub to_hz: f64,
    /// What is lost in mono.
    pub loss_db: Db,
}

/// A stretch of bands of the bus under the threshold of hearing at a whisper.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct QuietBand {
    /// The lowest frequency.
    pub from_hz: f64,
    /// The highest frequency.
    pub to_hz: f64,
}

/// The bus against a curve of published music.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TonalBalance {
    /// The curve's name and source.
    pub reference: &'static str,
    /// Each band over the curve, laid through the middle of 100 Hz to 4 kHz.
    pub over_db: Vec<Option<Db>>,
}

/// Facts that bands give of the bus.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct BusHearing {
    /// Largest sample over the RMS.
    pub crest_db: Option<Db>,
    /// Share of 2 to 5 kHz in its power.
    pub harshness_db: Option<Db>,
    /// Its levels by band.
    pub bands: Option<Arc<BandsReport>>,
    /// Bands that lose much in mono.
    pub thin_bands: Vec<ThinBand>,
    /// Bands that are not heard at a whisper.
    pub quiet_bands: Vec<QuietBand>,
    /// Its tonal balance against a reference.
    pub tonal: Option<TonalBalance>,
}

/// Kick, snare, bass and lead with the monitor turned down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WhisperReport {
    /// The monitor level of the test.
    pub level_db_spl: f64,
    /// All audible tracks, the most audible first.
    pub order: Vec<String>,
    /// Kick, snare, bass and lead, as far as there are any, in their order at the normal level.
    pub expected: Vec<String>,
    /// All of those stay audible and in that order; none without two of them.
    pub passes: Option<bool>,
    /// The result in a sentence.
    pub text: String,
}

/// The result of the loud check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoudVerdict {
    /// About as much at 2 to 5 kHz as in the reference.
    Ok,
    /// More.
    Harsh,
    /// Less.
    Dull,
    /// Nothing was heard.
    Unknown,
}

/// The mix turned up: its share of what grows harsh.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoudReport {
    /// Share of 2 to 5 kHz in the mix's power.
    pub harshness_db: Option<Db>,
    /// The reference's share.
    pub target_db: Db,
    /// The result.
    pub verdict: LoudVerdict,
    /// The result in a sentence.
    pub text: String,
}

/// What is heard of the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MixHearing {
    /// Centres of the bands of all lists by band.
    pub band_hz: Vec<f64>,
    /// The whisper test.
    pub whisper: Option<WhisperReport>,
    /// The loud check.
    pub loud: Option<LoudReport>,
}

impl Default for MixHearing {
    fn default() -> Self {
        Self { band_hz: (0..BANDS).map(centre).collect(), whisper: None, loud: None }
    }
}

/// A band's centre to a tenth of a hertz.
pub(crate) fn centre(band: usize) -> f64 {
    (band_hz(band) * 10.0).round() / 10.0
}
