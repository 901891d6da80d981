//! How loud a sound is in the presence of another: Moore, Glasberg & Baer, "A model for the prediction of thresholds,
//! loudness, and partial loudness", J. Audio Eng. Soc. 45 (1997), pp. 224-240, with the tables of ANSI S3.4-2007.
//!
//! Powers of the bands go in as 10^(dB SPL / 10). Only the ratio of two loudnesses means something here: the model's
//! constant C is left out, and loudness in dense music comes out somewhat low (Ma, Reiss & Black 2014).

use std::sync::LazyLock;

use super::fast::{exp2, log2, pow};
use super::{BandPowers, centres, erb_width, iso226};
use crate::dsp::BANDS;

/// The bands, filled up to whole groups of eight for vector code.
const WIDTH: usize = 40;
const GROUP: usize = 8;
type Lanes = [f32; WIDTH];

/// A band fainter than this at the eardrum, -20 dB, excites nothing.
const NEGLIGIBLE: f32 = 0.01;
const NEGLIGIBLE_OCTAVES: f32 = -6.643_856;
/// 150 dB: no one listens there, and the sums stay finite.
const LOUDEST: f32 = 1e15;
/// The factor 1 + x of a filter's skirt, as a natural logarithm: more than anywhere that counts.
const SKIRT: f32 = 3.7;
/// Skirts that are not there: farther out than any.
const NOWHERE: f32 = 1e4;

/// The ear at the bands' centres.
struct Ear {
    /// Sound field to excitation, such that the thresholds of ISO 226 are the model's.
    transfer: Lanes,
    /// `below[i][j]`: response of filter j to band i at or above it; its upper skirt knows no level.
    below: [Lanes; BANDS],
    /// `above[i][j]`: p|g| of filter j for band i below it, at 51 dB; the lower skirt is flatter the louder the band.
    above: [Lanes; BANDS],
    /// Change of a lower skirt's steepness with level, a dB.
    tilt: f32,
    /// Signal-to-noise ratio at threshold in a masker.
    k: Lanes,
    /// Excitation at threshold in quiet.
    threshold: Lanes,
    /// Gain of the cochlear amplifier at low levels.
    gain: Lanes,
    a: Lanes,
    alpha: Lanes,
    /// A to the power of alpha, and the same of the threshold.
    rest: Lanes,
    at_threshold: Lanes,
}

impl Ear {
    fn get() -> &'static Self {
        static EAR: LazyLock<Ear> = LazyLock::new(Ear::new);
        &EAR
    }

    fn new() -> Self {
        let centres = centres();
        let lanes = |value: &dyn Fn(f64) -> f64| -> Lanes {
            std::array::from_fn(|band| value(centres[band.min(BANDS - 1)]) as f32)
        };
        let power = |db: f64| 10f64.powf(db / 10.0);
        let gain = |hz: f64| power(gain_db(hz));
        let rest = |hz: f64| a(hz).powf(alpha(hz));
        let at_threshold = |hz: f64| (power(threshold_db(hz)) * gain(hz) + a(hz)).powf(alpha(hz));
        let transfer = |hz: f64| power(threshold_db(hz) - field_threshold(hz));
        let mut ear = Self {
            transfer: lanes(&transfer),
            below: [[0.0; WIDTH]; BANDS],
            above: [[NOWHERE; WIDTH]; BANDS],
            tilt: 0.35 / sharpness(1_000.0) as f32,
            k: lanes(&|hz| power(k_db(hz))),
            threshold: lanes(&|hz| power(threshold_db(hz))),
            gain: lanes(&gain),
            a: lanes(&a),
            alpha: lanes(&alpha),
            rest: lanes(&rest),
            at_threshold: lanes(&at_threshold),
        };
        for (i, band) in centres.iter().enumerate() {
            for (j, filter) in centres.iter().enumerate() {
                let skirt = sharpness(*filter) * ((band - filter) / filter).abs();
                if j <= i {
                    ear.below[i][j] = ((1.0 + skirt) * (-skirt).exp()) as f32;
                } else {
                    ear.above[i][j] = skirt as f32;
                }
            }
        }
        ear
    }
}

impl Ear {
    /// Adds what one band excites in all filters: `octaves` is the base-2 logarithm of its power.
    #[inline(always)]
    fn spread(&self, band: usize, power: f32, octaves: f32, pattern: &mut Lanes) {
        let first = band / GROUP * GROUP;
        for (out, weight) in pattern[..first + GROUP].iter_mut().zip(&self.below[band]) {
            *out += power * weight;
        }
        let level = 10.0 * std::f32::consts::LOG10_2 * octaves;
        let steepness = (1.0 - self.tilt * (level - 51.0)).max(0.1);
        // Beyond this the skirt is under what is negligible.
        let far_out = std::f32::consts::LN_2 * (octaves - NEGLIGIBLE_OCTAVES) + SKIRT;
        let skirts = &self.above[band];
        let mut end = first + GROUP;
        while end < WIDTH && skirts[end] * steepness < far_out {
            end += GROUP;
        }
        for (out, skirt) in pattern[first..end].iter_mut().zip(&skirts[first..end]) {
            let skirt = steepness * skirt;
            *out += power * (1.0 + skirt) * exp2(-std::f32::consts::LOG2_E * skirt);
        }
    }
}

/// p of a rounded-exponential filter at 51 dB: its equivalent rectangle is one ERB wide.
fn sharpness(hz: f64) -> f64 {
    4.0 * hz / erb_width(hz)
}

/// Excitation at the threshold in quiet, dB: the standard's table as a cubic over log frequency.
fn threshold_db(hz: f64) -> f64 {
    let l = hz.max(50.0).log10();
    if hz >= 500.0 {
        return 3.73;
    }
    let exponent = -1.206_061_75 + l * (5.073_846_03 + l * (-2.797_609_88 + l * 0.430_688_11));
    10f64.powf(exponent)
}

/// Signal-to-noise ratio at masked threshold, dB: K of the paper's figure as a quartic over log frequency.
fn k_db(hz: f64) -> f64 {
    let l = hz.max(50.0).log10();
    if hz >= 1_000.0 {
        return -3.0;
    }
    let high = 212.890_919 + l * (-49.680_266 + l * 4.468_342_14);
    317.074_664 + l * (-418.885_521 + l * high)
}

/// G, dB: what the cochlea amplifies less at low frequencies, where thresholds are higher.
fn gain_db(hz: f64) -> f64 {
    threshold_db(500.0) - threshold_db(hz)
}

/// A: the standard's table as a quintic over G.
fn a(hz: f64) -> f64 {
    let g = gain_db(hz);
    if g >= 0.0 {
        return 4.720_96;
    }
    let high = -0.001_204_732_66 + g * (-0.000_060_648_487_1 - g * 0.000_001_070_649_72);
    4.713_872_25 + g * (-0.118_478_256 + g * (-0.006_819_041_79 + g * high))
}

/// Exponent alpha: the standard's table as a parabola over G.
fn alpha(hz: f64) -> f64 {
    let g = gain_db(hz);
    if g >= 0.0 {
        return 0.2;
    }
    0.199_931_074 + g * (-0.002_002_335_71 + g * 0.000_026_864_285_7)
}

/// Threshold of hearing in a free field, dB SPL: ISO 226 over log frequency, and 16 dB beyond its last frequency.
fn field_threshold(hz: f64) -> f64 {
    let last = iso226::FREQUENCIES[iso226::FREQUENCIES.len() - 1];
    if hz > last { 16.0 } else { iso226::Contour::at(hz).threshold }
}

/// What each auditory filter puts out, as a power ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excitation(Lanes);

impl Excitation {
    /// No excitation at all.
    pub const SILENCE: Self = Self([0.0; WIDTH]);

    /// The excitation pattern of a spectrum by roex filters, each band as if it were a tone at its
    /// centre.
    pub fn of(spl: &BandPowers) -> Self {
        let ear = Ear::get();
        let mut powers: Lanes = [0.0; WIDTH];
        for ((power, field), transfer) in powers.iter_mut().zip(spl).zip(&ear.transfer) {
            let heard = *field as f32 * transfer;
            *power = if heard > LOUDEST { LOUDEST } else { heard };
        }
        let octaves = powers.map(|power| log2(if power > NEGLIGIBLE { power } else { NEGLIGIBLE }));
        let mut pattern: Lanes = [0.0; WIDTH];
        for band in (0..BANDS).filter(|band| powers[*band] > NEGLIGIBLE) {
            ear.spread(band, powers[band], octaves[band], &mut pattern);
        }
        Self(pattern)
    }

    /// The excitation of one band's filter.
    pub fn at(&self, band: usize) -> f64 {
        f64::from(self.0[band])
    }
}

/// Loudness of each band, in the model's units without its constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpecificLoudness(Lanes);

impl SpecificLoudness {
    /// In quiet: beside nothing.
    pub fn in_quiet(signal: &Excitation) -> Self {
        Self::beside(signal, &Excitation::SILENCE)
    }

    /// In the presence of a masker (the paper's equations 17 and 18; those for more than 100 dB are left out).
    pub fn beside(signal: &Excitation, masker: &Excitation) -> Self {
        let ear = Ear::get();
        let mut specific: Lanes = [0.0; WIDTH];
        for (band, out) in specific.iter_mut().enumerate() {
            let (es, en) = (signal.0[band].max(1e-12), masker.0[band]);
            let (gain, a, alpha) = (ear.gain[band], ear.a[band], ear.alpha[band]);
            let grown = |excitation: f32| pow(excitation * gain + a, alpha);
            let threshold = ear.k[band] * en + ear.threshold[band];
            let (total, noise, at_threshold) = (grown(es + en), grown(en), grown(en + threshold));
            let above_quiet = ear.at_threshold[band] - ear.rest[band];
            // Well above threshold the masker takes what it has itself; just above, less the further down.
            let audible = total - ear.rest[band] - (at_threshold - ear.at_threshold[band]) * pow(threshold / es, 0.3);
            // Below threshold loudness falls steeply towards none.
            let ratio = 2.0 * es / (es + threshold);
            let faint = ratio * ratio.sqrt() * above_quiet / (at_threshold - noise) * (total - noise);
            *out = if es >= threshold { audible } else { faint };
        }
        Self(specific)
    }

    /// The loudness: the sum over the bands, an ERB each.
    pub fn sum(&self) -> f64 {
        self.0[..BANDS].iter().map(|band| f64::from(*band)).sum::<f64>().max(0.0)
    }

    /// What is left of each band beside its loudness in quiet, 0 to 1; nothing of what was not heard in quiet.
    pub fn ratios(&self, in_quiet: &Self) -> BandPowers {
        std::array::from_fn(|band| {
            let ratio = f64::from(self.0[band]) / f64::from(in_quiet.0[band]);
            if ratio.is_finite() { ratio.clamp(0.0, 1.0) } else { 0.0 }
        })
    }

    /// The band that loses most of its loudness.
    pub fn most_lost(&self, in_quiet: &Self) -> usize {
        let lost = |band: &usize| in_quiet.0[*band] - self.0[*band];
        (0..BANDS).max_by(|a, b| lost(a).total_cmp(&lost(b))).unwrap_or(0)
    }
}

/// Partial loudness over loudness in quiet, 0 to 1; `None` where the sound is not heard in quiet either.
pub fn ratio(partial: &SpecificLoudness, in_quiet: &SpecificLoudness) -> Option<f64> {
    let quiet = in_quiet.sum();
    // Under the loudness at threshold (0.003 sone in the standard) there is nothing to lose.
    (quiet * SONES > 0.003).then(|| (partial.sum() / quiet).clamp(0.0, 1.0))
}

/// The constant C, such that a tone of 1 kHz at 40 dB SPL in these bands has 1 sone.
const SONES: f64 = 0.0711;

#[cfg(test)]
#[path = "partial_loudness/tests.rs"]
mod tests;
