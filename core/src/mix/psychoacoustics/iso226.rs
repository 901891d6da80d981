//! Equal-loudness-level contours of ISO 226:2023: from the sound pressure level of a tone to its loudness level and back.

use std::sync::LazyLock;

use super::centres;
use crate::dsp::BANDS;

/// Frequencies of the standard's Table 1.
pub const FREQUENCIES: [f64; 29] = [
    20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0, 800.0,
    1_000.0, 1_250.0, 1_600.0, 2_000.0, 2_500.0, 3_150.0, 4_000.0, 5_000.0, 6_300.0, 8_000.0, 10_000.0, 12_500.0,
];
/// Table 1, alpha_f: the exponent of loudness perception.
const EXPONENTS: [f64; 29] = [
    0.635, 0.602, 0.569, 0.537, 0.509, 0.482, 0.456, 0.433, 0.412, 0.391, 0.373, 0.357, 0.343, 0.330, 0.320, 0.311,
    0.303, 0.300, 0.295, 0.292, 0.290, 0.290, 0.289, 0.289, 0.289, 0.293, 0.303, 0.323, 0.354,
];
/// Table 1, L_U: the linear transfer function relative to 1 kHz, in dB.
const TRANSFERS: [f64; 29] = [
    -31.5, -27.2, -23.1, -19.3, -16.1, -13.1, -10.4, -8.2, -6.3, -4.6, -3.2, -2.1, -1.2, -0.5, 0.0, 0.4, 0.5, 0.0,
    -2.7, -4.2, -1.2, 1.4, 2.3, 1.0, -2.3, -7.2, -11.2, -10.9, -3.5,
];
/// Table 1, T_f: the threshold of hearing, in dB SPL.
const THRESHOLDS: [f64; 29] = [
    78.1, 68.7, 59.5, 51.1, 44.0, 37.5, 31.5, 26.5, 22.1, 17.9, 14.4, 11.4, 8.6, 6.2, 4.4, 3.0, 2.2, 2.4, 3.5, 1.7,
    -1.3, -4.2, -6.0, -5.4, -1.5, 6.0, 12.6, 13.9, 12.3,
];
/// Square of the reference pressure over that of 1 Pa, in formula 1.
const REFERENCE: f64 = 4e-10;
/// The exponent at 1 kHz.
const EXPONENT_1K: f64 = 0.3;
/// Formula 1 counts loudness from the threshold at 1 kHz: 0.03 times 2.4 phon.
const THRESHOLD_1K: f64 = 0.072;

/// The standard's three parameters at one frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contour {
    pub(super) exponent: f64,
    transfer: f64,
    /// Threshold of hearing, dB SPL.
    pub threshold: f64,
}

impl Contour {
    /// At any frequency: between those of Table 1 the parameters run straight over log frequency; outside the last holds.
    pub fn at(hz: f64) -> Self {
        let above = FREQUENCIES.partition_point(|&known| known <= hz).clamp(1, FREQUENCIES.len() - 1);
        let below = above - 1;
        let place = (hz / FREQUENCIES[below]).ln() / (FREQUENCIES[above] / FREQUENCIES[below]).ln();
        let place = place.clamp(0.0, 1.0);
        let between = |table: &[f64; 29]| table[below] + (table[above] - table[below]) * place;
        Self { exponent: between(&EXPONENTS), transfer: between(&TRANSFERS), threshold: between(&THRESHOLDS) }
    }

    /// Formula 1: the level in dB SPL at which a tone has this loudness level, in phon. The standard vouches for 20 to
    /// 90 phon, up to 80 above 4 kHz.
    pub fn spl(&self, phon: f64) -> f64 {
        let loudness = self.reference() * (10f64.powf(0.03 * phon) - 10f64.powf(THRESHOLD_1K));
        10.0 / self.exponent * (loudness + self.grown(self.threshold)).log10() - self.transfer
    }

    /// Formula 2, the inverse: the loudness level in phon of a tone at this level in dB SPL; `None` at and under the
    /// threshold of hearing.
    pub fn phon(&self, spl: f64) -> Option<f64> {
        let loudness = (self.grown(spl) - self.grown(self.threshold)) / self.reference();
        (spl > self.threshold).then(|| 100.0 / 3.0 * (loudness + 10f64.powf(THRESHOLD_1K)).log10())
    }

    /// Formula 2 over powers: 10^(0.03 phon) is this times p^exponent, plus [`Self::offset`], for p = 10^(dB SPL / 10).
    pub(super) fn factor(&self) -> f64 {
        10f64.powf(self.exponent * self.transfer / 10.0) / self.reference()
    }

    pub(super) fn offset(&self) -> f64 {
        10f64.powf(THRESHOLD_1K) - self.grown(self.threshold) / self.reference()
    }

    fn grown(&self, spl: f64) -> f64 {
        10f64.powf(self.exponent * (spl + self.transfer) / 10.0)
    }

    fn reference(&self) -> f64 {
        REFERENCE.powf(EXPONENT_1K - self.exponent)
    }
}

/// The contours at the bands' centres.
pub fn bands() -> &'static [Contour; BANDS] {
    static AT_CENTRES: LazyLock<[Contour; BANDS]> = LazyLock::new(|| centres().map(Contour::at));
    &AT_CENTRES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contours of 20, 40, 60 and 80 phon in dB SPL, as a numpy model of the standard gives them.
    const CONTOURS: [(f64, [f64; 4]); 29] = [
        (20.0, [89.54, 99.74, 109.37, 118.86]),
        (25.0, [82.87, 93.94, 104.16, 114.19]),
        (31.5, [76.29, 88.21, 99.06, 109.68]),
        (40.0, [69.93, 82.66, 94.18, 105.44]),
        (50.0, [64.30, 77.77, 89.93, 101.81]),
        (63.0, [58.76, 72.96, 85.80, 98.35]),
        (80.0, [53.37, 68.33, 81.89, 95.15]),
        (100.0, [48.57, 64.24, 78.50, 92.46]),
        (125.0, [44.10, 60.44, 75.41, 90.07]),
        (160.0, [39.61, 56.65, 72.38, 87.82]),
        (200.0, [35.63, 53.28, 69.73, 85.91]),
        (250.0, [32.09, 50.29, 67.42, 84.31]),
        (315.0, [28.87, 47.58, 65.36, 82.93]),
        (400.0, [25.92, 45.09, 63.51, 81.75]),
        (500.0, [23.62, 43.13, 62.06, 80.86]),
        (630.0, [21.59, 41.35, 60.76, 80.08]),
        (800.0, [20.06, 39.99, 59.83, 79.64]),
        (1_000.0, [20.00, 40.00, 60.00, 80.00]),
        (1_250.0, [21.43, 41.78, 62.12, 82.46]),
        (1_600.0, [21.50, 42.56, 63.23, 83.81]),
        (2_000.0, [18.15, 39.22, 60.00, 80.71]),
        (2_500.0, [15.47, 36.60, 57.39, 78.11]),
        (3_150.0, [14.16, 35.47, 56.36, 77.16]),
        (4_000.0, [15.28, 36.72, 57.65, 78.45]),
        (5_000.0, [18.73, 40.06, 60.96, 81.76]),
        (6_300.0, [25.03, 45.81, 66.36, 86.86]),
        (8_000.0, [31.39, 51.60, 71.50, 91.33]),
        (10_000.0, [34.67, 54.38, 73.23, 91.87]),
        (12_500.0, [32.98, 51.31, 68.58, 85.61]),
    ];

    #[test]
    fn contours_are_those_of_the_standard() {
        for (hz, expected) in CONTOURS {
            for (phon, expected) in [20.0, 40.0, 60.0, 80.0].into_iter().zip(expected) {
                let read = Contour::at(hz).spl(phon);
                assert!((read - expected).abs() < 0.06, "{phon} phon at {hz} Hz: expected {expected}, read {read}");
            }
        }
    }

    #[test]
    fn a_tone_of_1_khz_has_as_many_phon_as_db() {
        for phon in [20.0, 40.0, 60.0, 80.0, 90.0] {
            let read = Contour::at(1_000.0).spl(phon);
            assert!((read - phon).abs() < 0.1, "expected {phon}, read {read}");
        }
    }

    #[test]
    fn phon_and_spl_are_inverse_at_all_bands() {
        for (hz, contour) in centres().iter().zip(bands()) {
            for phon in [3.0, 20.0, 45.0, 90.0] {
                let back = contour.phon(contour.spl(phon)).expect("above threshold");
                assert!((back - phon).abs() < 1e-9, "{phon} phon at {hz} Hz came back as {back}");
            }
            assert_eq!(contour.phon(contour.threshold), None, "at the threshold of {hz} Hz nothing is heard");
        }
    }

    /// Below the whole 30 phon that 1 kHz loses when the monitor is turned from 75 to 45 dB SPL.
    #[test]
    fn bass_loses_more_than_the_monitor_is_turned_down() {
        for (hz, beyond) in [
            (50.0, 2.8),
            (63.0, 6.7),
            (80.0, 8.6),
            (100.0, 8.9),
            (200.0, 6.2),
            (400.0, 2.7),
            (1_000.0, 0.0),
            (3_150.0, -1.2),
        ] {
            let phon = |spl| Contour::at(hz).phon(spl).expect("above threshold");
            let read = phon(75.0) - phon(45.0) - 30.0;
            assert!((read - beyond).abs() < 0.06, "{hz} Hz: expected {beyond} phon more, read {read:.2}");
        }
    }

    #[test]
    fn between_the_frequencies_of_the_table_parameters_run_straight() {
        let (low, high) = (Contour::at(100.0), Contour::at(125.0));
        let middle = Contour::at((100.0f64 * 125.0).sqrt());
        for phon in [20.0, 60.0] {
            let between = (low.spl(phon) + high.spl(phon)) / 2.0;
            assert!((middle.spl(phon) - between).abs() < 0.1, "{phon} phon");
        }
        assert_eq!((Contour::at(10.0), Contour::at(16_000.0)), (Contour::at(20.0), Contour::at(12_500.0)));
    }
}
