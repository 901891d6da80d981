use super::*;
use crate::dsp::band_hz;

fn spl(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}

/// A tone shared between the two bands about it, as it falls between their centres.
fn tone(hz: f64, db: f64) -> BandPowers {
    let place = 21.4 * (1.0 + 0.004_37 * hz).log10() - 1.0;
    let mut powers = [0.0; BANDS];
    let (band, part) = (place.floor() as usize, place.fract());
    powers[band] = spl(db) * (1.0 - part);
    powers[band + 1] = spl(db) * part;
    powers
}

/// A tone as a spectrum shows it whose bins are wider than the lowest bands: a tenth leaks to either side.
fn leaking_tone(hz: f64, db: f64) -> BandPowers {
    let nearest = (0..BANDS).min_by_key(|band| (band_hz(*band) - hz).abs() as u32).unwrap();
    let mut powers = [0.0; BANDS];
    for (band, share) in [(nearest - 1, 0.1), (nearest, 0.8), (nearest + 1, 0.1)] {
        powers[band] = spl(db) * share;
    }
    powers
}

fn left_over(signal: &BandPowers, masker: &BandPowers) -> f64 {
    let (signal, masker) = (Excitation::of(signal), Excitation::of(masker));
    let quiet = SpecificLoudness::in_quiet(&signal);
    ratio(&SpecificLoudness::beside(&signal, &masker), &quiet).expect("heard in quiet")
}

#[test]
fn a_low_tone_is_masked_by_one_in_its_own_band_and_a_high_one_is_not() {
    for tone in [tone, leaking_tone] {
        for (over, expected) in [(-6.0, 0.0), (0.0, 0.02), (6.0, 0.29), (10.0, 0.49), (20.0, 0.88)] {
            let read = left_over(&tone(55.0, 85.0 + over), &tone(55.0, 85.0));
            assert!(
                (read - expected).abs() < 0.03,
                "55 Hz {over} dB over its masker: expected {expected}, read {read:.3}"
            );
        }
        let high = left_over(&tone(4_000.0, 70.0), &tone(55.0, 85.0));
        assert!((high - 1.0).abs() < 0.03, "4 kHz beside 55 Hz: expected 1, read {high:.3}");
    }
}

#[test]
fn masking_spreads_upward_and_the_more_the_louder_the_masker() {
    for (masker, expected) in [(75.0, 0.697), (85.0, 0.238), (95.0, 0.0)] {
        let read = left_over(&tone(80.0, 80.0), &tone(50.0, masker));
        assert!(
            (read - expected).abs() < 0.005,
            "80 Hz beside 50 Hz at {masker} dB: expected {expected}, read {read:.3}"
        );
    }
    let (upward, downward) =
        (left_over(&tone(1_500.0, 60.0), &tone(1_000.0, 85.0)), left_over(&tone(1_000.0, 60.0), &tone(1_500.0, 85.0)));
    assert!(upward + 0.2 < downward, "1.5 kHz beside 1 kHz keeps {upward:.3}, 1 kHz beside 1.5 kHz {downward:.3}");
}

#[test]
fn loudness_grows_with_level_as_for_a_tone_of_1_khz() {
    for (db, sone) in [(20.0, 0.165), (30.0, 0.447), (40.0, 1.0), (60.0, 3.864), (80.0, 13.89), (90.0, 27.887)] {
        let read = SONES * SpecificLoudness::in_quiet(&Excitation::of(&tone(1_000.0, db))).sum();
        assert!((read / sone - 1.0).abs() < 0.01, "{db} dB: expected {sone} sone, read {read:.3}");
    }
}

#[test]
fn what_is_not_heard_in_quiet_has_no_ratio() {
    let masker = Excitation::of(&tone(55.0, 85.0));
    for faint in [[0.0; BANDS], tone(55.0, 30.0), [f64::NAN; BANDS]] {
        let signal = Excitation::of(&faint);
        let quiet = SpecificLoudness::in_quiet(&signal);
        assert_eq!(ratio(&SpecificLoudness::beside(&signal, &masker), &quiet), None);
    }
}

#[test]
fn alone_nothing_is_lost_and_the_band_lost_most_is_the_maskers() {
    let mut signal = tone(1_000.0, 60.0);
    signal[1] = spl(75.0);
    let signal = Excitation::of(&signal);
    let quiet = SpecificLoudness::in_quiet(&signal);
    assert_eq!(ratio(&SpecificLoudness::beside(&signal, &Excitation::SILENCE), &quiet), Some(1.0));
    let beside = SpecificLoudness::beside(&signal, &Excitation::of(&tone(55.0, 85.0)));
    assert!(beside.most_lost(&quiet) <= 3, "55 Hz is band 2, read {}", beside.most_lost(&quiet) + 1);
    let left = beside.ratios(&quiet);
    assert!(left[1] < 0.05 && left[20] > 0.99, "{left:?}");
}

#[test]
fn the_loudest_and_the_faintest_stay_finite() {
    for db in [-300.0, -20.0, 140.0, 300.0, f64::INFINITY] {
        let loud = Excitation::of(&[spl(db); BANDS]);
        for other in [Excitation::SILENCE, loud, Excitation::of(&[spl(200.0); BANDS])] {
            let quiet = SpecificLoudness::in_quiet(&loud);
            let read = ratio(&SpecificLoudness::beside(&loud, &other), &quiet);
            assert!(read.is_none_or(|read| (0.0..=1.0).contains(&read)), "{db} dB: {read:?}");
            assert_eq!(read.is_none(), db <= 0.0, "{db} dB: {read:?}");
        }
    }
}

/// Random numbers that a numpy model drew, too: x <- 1103515245 x + 12345 mod 2^31.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = (1_103_515_245 * self.0 + 12_345) % (1 << 31);
        self.0 as f64 / f64::from(1u32 << 31)
    }

    /// A tilted spectrum; with gaps where `kind` mod 3 is 1, one side of it only where it is 2.
    fn spectrum(&mut self, kind: u64) -> BandPowers {
        let tilt = -1.5 * self.next();
        let top = 30.0 + 60.0 * self.next();
        let mut powers: BandPowers = std::array::from_fn(|band| spl(top + tilt * band as f64 - 25.0 * self.next()));
        if kind % 3 == 1 {
            powers = powers.map(|power| if self.next() < 0.2 { power } else { 0.0 });
        }
        if kind % 3 == 2 {
            let cut = (39.0 * self.next()) as usize;
            let keeps_low = self.next() < 0.5;
            for (band, power) in powers.iter_mut().enumerate() {
                if (band < cut) != keeps_low {
                    *power = 0.0;
                }
            }
        }
        powers
    }
}

/// Loudness in quiet and partial loudness in sone of 40 random pairs of spectra, by a numpy model of the same equations.
const NUMPY: [(f64, f64); 40] = [
    (0.43602, 0.24179),
    (17.99344, 17.92304),
    (2.89204, 0.79688),
    (25.90085, 14.32125),
    (0.03047, 0.02729),
    (45.21369, 45.17755),
    (1.04258, 1.02190),
    (37.12845, 3.77080),
    (4.26210, 4.05717),
    (20.45841, 14.43621),
    (0.00000, 0.00000),
    (71.18209, 71.16847),
    (2.97155, 2.89150),
    (34.88498, 30.39597),
    (6.31781, 6.03782),
    (29.47831, 27.33383),
    (0.00000, 0.00000),
    (1.84681, 0.56303),
    (2.50983, 1.46963),
    (0.85946, 0.00000),
    (8.73032, 8.59007),
    (1.09952, 0.63968),
    (9.69620, 9.31987),
    (2.59405, 0.32473),
    (7.18293, 7.18291),
    (1.45066, 0.99002),
    (12.28839, 11.72630),
    (1.29084, 0.00000),
    (13.30504, 11.27389),
    (4.55232, 3.52846),
    (6.14741, 5.98390),
    (2.21152, 1.06631),
    (18.29437, 17.93294),
    (0.81987, 0.81987),
    (18.03981, 15.42517),
    (6.37725, 2.15148),
    (37.64530, 36.31030),
    (3.18925, 0.52429),
    (100.00911, 99.97152),
    (2.52630, 2.17494),
];

#[test]
fn random_spectra_are_as_loud_as_in_the_numpy_model() {
    for (seed, (quiet, partial)) in (1..).zip(NUMPY) {
        let mut draw = Draw(seed);
        let (signal, masker) = (draw.spectrum(seed), draw.spectrum(seed / 3));
        let (signal, masker) = (Excitation::of(&signal), Excitation::of(&masker));
        let read_quiet = SONES * SpecificLoudness::in_quiet(&signal).sum();
        let read = SONES * SpecificLoudness::beside(&signal, &masker).sum();
        let tolerance = 0.001 * quiet + 2e-5;
        assert!(
            (read_quiet - quiet).abs() < tolerance,
            "pair {seed}: {quiet} sone in quiet expected, read {read_quiet}"
        );
        assert!((read - partial).abs() < tolerance, "pair {seed}: {partial} sone masked expected, read {read}");
    }
}
