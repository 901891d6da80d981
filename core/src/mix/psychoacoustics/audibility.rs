//! How audible a unit of a mix is at a monitor level: the loudness levels of its bands by ISO 226:2023, less what the
//! other units mask.
//!
//! A digital level has no sound pressure until a knob is turned. Keel takes the mix to be turned up so that its
//! loudness (BS.1770) stands for the monitor level: mid-band noise of that loudness then reads it on a sound level meter,
//! which is how EBU Tech 3343 sets a monitor. Powers of both channels add, as in a room.

use std::f64::consts::TAU;
use std::sync::LazyLock;

use super::fast::pow;
use super::partial_loudness::{Excitation, SpecificLoudness, ratio};
use super::{BandPowers, centres, iso226};
use crate::dsp::{BANDS, band_limits_hz};
use crate::units::Lufs;

/// Ten phon double the loudness: the exponent of loudness that gives 10^(phon / 10).
const DOUBLING: f32 = std::f32::consts::LOG2_10;

/// K-weighting as a power ratio at the bands' centres: the analogue filters behind BS.1770-5's table (Annex 1).
fn k_weights() -> &'static BandPowers {
    static WEIGHTS: LazyLock<BandPowers> = LazyLock::new(|| centres().map(k_weight));
    &WEIGHTS
}

fn k_weight(hz: f64) -> f64 {
    let square = |re: f64, im: f64| re * re + im * im;
    let s = TAU * hz;
    let (w, q) = (TAU * 1_681.974_450_955_533, 0.707_175_236_955_419_6);
    let high = 10f64.powf(3.999_843_853_973_347 / 20.0);
    let band = high.powf(0.499_666_774_154_541_6);
    let shelf = square(w * w - high * s * s, band * w * s / q) / square(w * w - s * s, w * s / q);
    let (w, q) = (TAU * 38.135_470_876_024_44, 0.500_327_037_323_877_3);
    let high_pass = square(1.004_995 * s * s, 0.0) / square(w * w - s * s, w * s / q);
    shelf * high_pass
}

/// Loudness of a spectrum of mean squares against full scale, both channels summed; `None` for silence.
pub fn loudness(powers: &BandPowers) -> Option<Lufs> {
    Lufs::from_power(powers.iter().zip(k_weights()).map(|(power, weight)| power * weight).sum())
}

/// What turns mean squares against full scale into 10^(dB SPL / 10) while a mix plays at a monitor level; `None` for a
/// silent mix.
pub fn calibrate(mix: &BandPowers, monitor_db_spl: f64) -> Option<f64> {
    loudness(mix).map(|loudness| 10f64.powf((monitor_db_spl - loudness.0) / 10.0))
}

/// A spectrum under another gain.
pub fn scaled(powers: &BandPowers, gain: f64) -> BandPowers {
    powers.map(|power| power * gain)
}

/// A unit beside a masker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Audibility {
    /// Partial loudness over loudness in quiet, 0 to 1; `None` where the unit is not heard in quiet either.
    pub ratio: Option<f64>,
    /// Score in phon: 10 log10 of the sum of 10^(phon / 10) over what is left of the bands; `None` for nothing.
    pub phon: Option<f64>,
    /// The band that loses most.
    pub most_lost: usize,
}

/// A unit at a monitor level, before anything stands beside it.
#[derive(Clone, Debug)]
pub struct Sound {
    spl: BandPowers,
    signal: Excitation,
    quiet: SpecificLoudness,
}

impl Sound {
    /// Powers are 10^(dB SPL / 10).
    pub fn new(spl: BandPowers) -> Self {
        let signal = Excitation::of(&spl);
        Self { spl, signal, quiet: SpecificLoudness::in_quiet(&signal) }
    }

    /// How audible it is beside a masker.
    pub fn beside(&self, masker: &Excitation) -> Audibility {
        let partial = SpecificLoudness::beside(&self.signal, masker);
        let score = score(&self.spl, &partial.ratios(&self.quiet));
        Audibility { ratio: ratio(&partial, &self.quiet), phon: score, most_lost: partial.most_lost(&self.quiet) }
    }

    /// Partial loudness over loudness in quiet alone.
    pub fn ratio_beside(&self, masker: &Excitation) -> Option<f64> {
        ratio(&SpecificLoudness::beside(&self.signal, masker), &self.quiet)
    }
}

/// The contours of ISO 226 at the bands, ready for powers instead of decibels.
struct BandConstants {
    exponent: [f32; BANDS],
    factor: [f32; BANDS],
    offset: [f32; BANDS],
    threshold: [f32; BANDS],
}

impl BandConstants {
    fn get() -> &'static Self {
        static BANDS_OF_ISO: LazyLock<BandConstants> = LazyLock::new(|| {
            let at = |value: &dyn Fn(&iso226::Contour) -> f64| -> [f32; BANDS] {
                std::array::from_fn(|band| value(&iso226::bands()[band]) as f32)
            };
            BandConstants {
                exponent: at(&|contour| contour.exponent),
                factor: at(&iso226::Contour::factor),
                offset: at(&iso226::Contour::offset),
                threshold: at(&|contour| 10f64.powf(contour.threshold / 10.0)),
            }
        });
        &BANDS_OF_ISO
    }
}

/// The score of a spectrum of which a part of each band's loudness is left; `None` where nothing is over the threshold of
/// hearing.
pub fn score(spl: &BandPowers, left: &BandPowers) -> Option<f64> {
    let bands = BandConstants::get();
    let mut sum = 0.0;
    for band in 0..BANDS {
        let power = if spl[band] > 1e15 { 1e15 } else { spl[band] as f32 };
        // Formula 2 of the standard gives 10^(0.03 phon).
        let heard = pow(power.max(1e-30), bands.exponent[band]) * bands.factor[band] + bands.offset[band];
        let masked = pow((left[band] as f32).max(1e-9), DOUBLING);
        let counts = power > bands.threshold[band];
        sum += if counts { pow(heard.max(1e-30), 10.0 / 3.0) * masked } else { 0.0 };
    }
    (sum > 1e-3).then(|| 10.0 * f64::from(sum).log10())
}

/// Stretches of neighbouring bands that pass a test, as edges in Hz.
pub fn stretches(passes: impl Fn(usize) -> bool) -> Vec<(std::ops::Range<usize>, f64, f64)> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for band in (0..BANDS).filter(|band| passes(*band)) {
        match found.last_mut() {
            Some(last) if last.end == band => last.end = band + 1,
            _ => found.push(band..band + 1),
        }
    }
    found.into_iter().map(|run| (run.clone(), band_limits_hz(run.start)[0], band_limits_hz(run.end - 1)[1])).collect()
}

/// Bands of a mix under the threshold of hearing (ISO 226) at a monitor level, as edges in Hz.
pub fn quiet_bands(mix: &BandPowers, monitor_db_spl: f64) -> Vec<(f64, f64)> {
    let Some(gain) = calibrate(mix, monitor_db_spl) else { return Vec::new() };
    let is_quiet = |band: usize| mix[band] * gain <= 10f64.powf(iso226::bands()[band].threshold / 10.0);
    stretches(is_quiet).into_iter().map(|(_, from, to)| (from, to)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spl(db: f64) -> f64 {
        10f64.powf(db / 10.0)
    }

    fn band_at(hz: f64) -> usize {
        let centres = centres();
        (0..BANDS).min_by(|a, b| (centres[*a] - hz).abs().total_cmp(&(centres[*b] - hz).abs())).unwrap()
    }

    #[test]
    fn k_weighting_is_the_meters() {
        for (hz, expected) in [(40.0, -6.3), (60.0, -3.6), (100.0, -1.8), (4_000.0, 3.3)] {
            let read = 10.0 * (k_weight(hz) / k_weight(1_000.0)).log10();
            assert!((read - expected).abs() < 0.05, "{hz} Hz: expected {expected} dB against 1 kHz, read {read:.2}");
        }
        let mut sine = [0.0; BANDS];
        sine[band_at(1_000.0)] = 0.5;
        assert!((loudness(&sine).unwrap().0 + 3.01).abs() < 0.2, "{:?}", loudness(&sine));
        assert_eq!((loudness(&[0.0; BANDS]), calibrate(&[0.0; BANDS], 75.0)), (None, None));
    }

    #[test]
    fn the_mix_stands_at_the_monitor_level_however_hot_it_was_printed() {
        let mix: BandPowers = std::array::from_fn(|band| 1e-4 * 0.8f64.powi(band as i32));
        let quiet = mix.map(|power| power / 100.0);
        let (hot_at, quiet_at) = (calibrate(&mix, 75.0).unwrap(), calibrate(&quiet, 75.0).unwrap());
        assert!((scaled(&mix, hot_at)[10] / scaled(&quiet, quiet_at)[10] - 1.0).abs() < 1e-9);
        assert!((calibrate(&mix, 45.0).unwrap() / hot_at - 1e-3).abs() < 1e-12);
    }

    #[test]
    fn the_score_of_one_band_is_its_loudness_level_and_two_alike_are_3_phon_more() {
        for (hz, db) in [(60.0, 60.0), (1_000.0, 40.0), (3_150.0, 80.0), (10_000.0, 45.0)] {
            let mut powers = [0.0; BANDS];
            powers[band_at(hz)] = spl(db);
            let expected = iso226::bands()[band_at(hz)].phon(db).unwrap();
            let read = score(&powers, &[1.0; BANDS]).unwrap();
            assert!((read - expected).abs() < 0.01, "{hz} Hz at {db} dB: expected {expected:.2} phon, read {read:.2}");
        }
        let mut two = [0.0; BANDS];
        let (low, high) = (band_at(400.0), band_at(2_000.0));
        two[low] = spl(iso226::bands()[low].spl(50.0));
        two[high] = spl(iso226::bands()[high].spl(50.0));
        assert!((score(&two, &[1.0; BANDS]).unwrap() - 53.01).abs() < 0.01);
    }

    #[test]
    fn half_the_loudness_left_is_10_phon_less_and_what_is_under_threshold_counts_nothing() {
        let mut powers = [0.0; BANDS];
        powers[band_at(1_000.0)] = spl(60.0);
        let whole = score(&powers, &[1.0; BANDS]).unwrap();
        assert!((whole - score(&powers, &[0.5; BANDS]).unwrap() - 10.0).abs() < 0.01);
        assert_eq!(score(&powers, &[0.0; BANDS]), None);
        let faint: BandPowers = std::array::from_fn(|band| spl(iso226::bands()[band].threshold - 0.1));
        assert_eq!(score(&faint, &[1.0; BANDS]), None);
        assert_eq!(score(&[f64::NAN; BANDS], &[1.0; BANDS]), None);
    }

    #[test]
    fn a_kick_without_click_falls_behind_at_a_whisper() {
        let mut dull = [0.0; BANDS];
        dull[1] = 1.0;
        let mut clicking = dull;
        clicking[band_at(3_000.0)] = 1e-3;
        let mut vocal = [0.0; BANDS];
        vocal[band_at(700.0)] = 0.05;
        let mix: BandPowers = std::array::from_fn(|band| clicking[band] + vocal[band]);
        let phon = |powers: &BandPowers, at: f64| score(&scaled(powers, calibrate(&mix, at).unwrap()), &[1.0; BANDS]);
        assert!(phon(&dull, 75.0).unwrap() > 20.0, "{:?}", phon(&dull, 75.0));
        assert!(phon(&dull, 45.0).is_none_or(|phon| phon < 10.0), "{:?}", phon(&dull, 45.0));
        assert!(phon(&clicking, 45.0) > phon(&dull, 45.0));
    }

    #[test]
    fn the_lowest_bands_of_a_mix_fall_under_the_threshold_first() {
        let pink: BandPowers = [1e-3; BANDS];
        let whisper = quiet_bands(&pink, 45.0);
        assert_eq!(whisper.len(), 1, "{whisper:?}");
        assert!(whisper[0].0 < 20.0 && (60.0..150.0).contains(&whisper[0].1), "{whisper:?}");
        assert!(quiet_bands(&pink, 85.0).iter().all(|(_, to)| *to < 45.0), "{:?}", quiet_bands(&pink, 85.0));
        assert_eq!(quiet_bands(&[0.0; BANDS], 45.0), []);
    }
}
