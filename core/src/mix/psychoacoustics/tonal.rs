//! Tonal balance: the share of the band that grows harsh when it is loud, and a mix against a reference curve.

use std::sync::LazyLock;

use super::{BandPowers, centres, shares};
use crate::dsp::{BANDS, band_limits_hz};
use crate::units::Db;

/// The name of [`reference`], as reports give it.
pub const REFERENCE: &str = "pop hits (Pestana et al. 2013)";
/// Where the ear is keenest and mixes turn harsh, in Hz.
pub const HARSH_HZ: (f64, f64) = (2_000.0, 5_000.0);
/// Where the reference curve is straight, in Hz: a mix is laid over it here.
const STRAIGHT_HZ: (f64, f64) = (100.0, 4_000.0);

/// The average spectrum of hits, in dB a Hz against 1 kHz: "a linearly decaying distribution of around 5 dB per octave
/// between 100 and 4000 Hz, becoming gradually steeper with higher frequencies, and a severe low-cut around 60 Hz"
/// (Pestana, Ma, Reiss, Barbosa & Black, "Spectral characteristics of popular commercial recordings 1950-2010", AES
/// convention 135, paper 8960, 2013). How much steeper, and how severe, is Keel's: 2.5 dB an octave more each octave,
/// level from 100 down to 60 Hz, then 12 dB an octave.
pub fn reference(hz: f64) -> f64 {
    let (low, high) = STRAIGHT_HZ;
    let octaves_over = (hz / high).log2().max(0.0);
    let octaves_under = (60.0 / hz).log2().max(0.0);
    -5.0 * (hz.max(low) / 1_000.0).log2() - 1.25 * octaves_over * octaves_over - 12.0 * octaves_under
}

/// The reference curve as powers of the bands, their sum 1.
pub fn reference_bands() -> &'static BandPowers {
    static CURVE: LazyLock<BandPowers> = LazyLock::new(|| {
        let centres = centres();
        let power = |band: usize| {
            let [low, high] = band_limits_hz(band);
            10f64.powf(reference(centres[band]) / 10.0) * (high - low)
        };
        let powers: BandPowers = std::array::from_fn(power);
        let sum: f64 = powers.iter().sum();
        powers.map(|power| power / sum)
    });
    &CURVE
}

/// The part of a spectrum's power that lies between 2 and 5 kHz, in dB; `None` for silence, and where none lies there.
pub fn harshness(powers: &BandPowers) -> Option<Db> {
    static SHARES: LazyLock<BandPowers> = LazyLock::new(|| shares(HARSH_HZ.0, HARSH_HZ.1));
    let harsh: f64 = powers.iter().zip(&*SHARES).map(|(power, share)| power * share).sum();
    Db::from_power(harsh / powers.iter().sum::<f64>())
}

/// How far each band of a spectrum lies over the reference curve, in dB, the curve laid through its middle from 100 Hz to
/// 4 kHz; `None` for silence, and for silent bands.
pub fn balance(powers: &BandPowers) -> Option<[Option<Db>; BANDS]> {
    let over = |band: usize| Db::from_power(powers[band] / reference_bands()[band]);
    let straight = shares(STRAIGHT_HZ.0, STRAIGHT_HZ.1);
    let inside = (0..BANDS).filter(|band| straight[*band] == 1.0).filter_map(over);
    let (sum, count) = inside.fold((0.0, 0.0), |(sum, count), db| (sum + db.0, count + 1.0));
    (count > 0.0).then(|| std::array::from_fn(|band| over(band).map(|db| Db(db.0 - sum / count))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_falls_5_db_an_octave_and_steeper_at_the_ends() {
        for (low, high, fall) in [(125.0, 250.0, 5.0), (1_000.0, 2_000.0, 5.0), (60.0, 100.0, 0.0), (30.0, 60.0, -12.0)]
        {
            let read = reference(low) - reference(high);
            assert!((read - fall).abs() < 1e-9, "{low} to {high} Hz: expected {fall} dB, read {read}");
        }
        let treble = [reference(4_000.0) - reference(8_000.0), reference(8_000.0) - reference(16_000.0)];
        assert!(treble[0] > 5.0 && treble[1] > treble[0], "{treble:?}");
        assert_eq!(reference(1_000.0), 0.0);
        assert!((reference_bands().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn harshness_is_the_share_of_2_to_5_khz() {
        let at = |hz: f64| centres().iter().position(|centre| *centre > hz).unwrap();
        let mut powers = [0.0; BANDS];
        powers[at(100.0)] = 0.9;
        powers[at(3_000.0)] = 0.1;
        assert!((harshness(&powers).unwrap().0 + 10.0).abs() < 1e-9);
        powers[at(3_000.0)] = 0.0;
        assert_eq!((harshness(&powers), harshness(&[0.0; BANDS])), (None, None));
        let reference = harshness(reference_bands()).unwrap().0;
        assert!((-14.0..-12.5).contains(&reference), "the reference curve's own: {reference}");
    }

    #[test]
    fn a_mix_is_laid_over_the_curve_whatever_its_level() {
        let mut mix = reference_bands().map(|power| power * 0.01);
        let flat = balance(&mix).unwrap();
        assert!(flat.iter().flatten().all(|db| db.0.abs() < 1e-9), "{flat:?}");
        mix[35] *= 4.0;
        mix[0] = 0.0;
        let read = balance(&mix).unwrap();
        assert!((read[35].unwrap().0 - 6.02).abs() < 0.01 && read[0].is_none());
        assert_eq!(balance(&[0.0; BANDS]), None);
    }
}
