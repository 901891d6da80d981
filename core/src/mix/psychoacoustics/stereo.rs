//! Two channels band by band: what they share, what mono loses, what stands beside the centre in the low end.

use std::sync::LazyLock;

use super::audibility::stretches;
use super::{BandPowers, shares};
use crate::dsp::stereo::TOTAL_LOSS;
use crate::dsp::{BANDS, correlation, mono_loss};
use crate::units::{Db, Dbfs};

/// The low end that belongs in the centre, in Hz.
const LOW_END_HZ: f64 = 120.0;
/// Mean square under which a band is silent: -120 dBFS.
const SILENCE: f64 = 1e-12;

/// Mean squares of left and right in each band, and the means of their product.
#[derive(Clone, Debug, PartialEq)]
pub struct StereoBands {
    /// Mean square of the left channel, by band.
    pub left: BandPowers,
    /// Mean square of the right channel, by band.
    pub right: BandPowers,
    /// Mean product of both, by band.
    pub cross: BandPowers,
}

/// A stretch of bands that fades in mono.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thin {
    /// The lowest frequency.
    pub from_hz: f64,
    /// The highest frequency.
    pub to_hz: f64,
    /// Of the stretch as a whole, negative.
    pub loss: Db,
}

impl Default for StereoBands {
    fn default() -> Self {
        Self { left: [0.0; BANDS], right: [0.0; BANDS], cross: [0.0; BANDS] }
    }
}

impl StereoBands {
    /// Adds a share of other powers, such as a stretch of the song weighted by its length.
    pub fn add(&mut self, other: &Self, share: f64) {
        for (sum, more) in
            [(&mut self.left, &other.left), (&mut self.right, &other.right), (&mut self.cross, &other.cross)]
        {
            for (sum, more) in sum.iter_mut().zip(more) {
                *sum += more * share;
            }
        }
    }

    /// The same after a gain of power.
    pub fn scaled(&self, power_gain: f64) -> Self {
        let mut scaled = Self::default();
        scaled.add(self, power_gain);
        scaled
    }

    /// Both channels' power.
    pub fn powers(&self) -> BandPowers {
        std::array::from_fn(|band| self.left[band] + self.right[band])
    }

    /// RMS level of a band (AES17), the mean over the channels; `None` where it is silent.
    pub fn level(&self, band: usize, channels: u8) -> Option<Dbfs> {
        let power = self.left[band] + self.right[band];
        Dbfs::rms(power / f64::from(channels.max(1))).filter(|_| power > SILENCE)
    }

    /// Correlation of a band's channels; `None` where either is silent.
    pub fn correlation(&self, band: usize) -> Option<f64> {
        let heard = self.left[band].min(self.right[band]) > SILENCE / 2.0;
        correlation(self.left[band], self.right[band], self.cross[band]).filter(|_| heard)
    }

    /// What (L+R)/2 loses of a band; `None` where it is silent.
    pub fn mono_loss(&self, band: usize) -> Option<Db> {
        let heard = self.left[band] + self.right[band] > SILENCE;
        mono_loss(self.left[band], self.right[band], self.cross[band]).filter(|_| heard)
    }

    /// Side against mid below 120 Hz: 0 dB for one channel alone or unrelated ones, [`TOTAL_LOSS`] for a low end wholly in
    /// the centre; `None` where nothing sounds there.
    pub fn low_side(&self) -> Option<Db> {
        static LOW: LazyLock<BandPowers> = LazyLock::new(|| shares(0.0, LOW_END_HZ));
        let sum = |powers: &BandPowers| powers.iter().zip(&*LOW).map(|(power, share)| power * share).sum::<f64>();
        let (both, cross) = (sum(&self.left) + sum(&self.right), 2.0 * sum(&self.cross));
        (both > SILENCE).then(|| {
            let ratio = Db::from_power((both - cross) / (both + cross).max(both * 1e-13));
            Db(ratio.map_or(TOTAL_LOSS.0, |ratio| ratio.0.clamp(TOTAL_LOSS.0, -TOTAL_LOSS.0)))
        })
    }

    /// Stretches that lose this much in mono or more (a positive number), among the bands within `range` of the loudest.
    pub fn thin(&self, loss: Db, range: Db) -> Vec<Thin> {
        let powers = self.powers();
        let faintest = powers.iter().fold(0.0, |a: f64, b| a.max(*b)) / 10f64.powf(range.0 / 10.0);
        let is_thin =
            |band: usize| powers[band] > faintest && self.mono_loss(band).is_some_and(|lost| lost.0 <= -loss.0);
        let sum = |powers: &BandPowers, run: &std::ops::Range<usize>| powers[run.clone()].iter().sum::<f64>();
        stretches(is_thin)
            .into_iter()
            .filter_map(|(run, from_hz, to_hz)| {
                let lost = mono_loss(sum(&self.left, &run), sum(&self.right, &run), sum(&self.cross, &run))?;
                Some(Thin { from_hz, to_hz, loss: lost })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All bands alike: left, right and cross.
    fn alike(left: f64, right: f64, cross: f64) -> StereoBands {
        StereoBands { left: [left; BANDS], right: [right; BANDS], cross: [cross; BANDS] }
    }

    #[test]
    fn identical_opposite_and_unrelated_bands_read_as_channels_do() {
        for (cross, loss, side) in [(1.0, 0.0, -120.0), (0.0, -3.01, 0.0), (-1.0, -120.0, 120.0)] {
            let bands = alike(1.0, 1.0, cross);
            assert_eq!(bands.correlation(20), Some(cross));
            assert!((bands.mono_loss(20).unwrap().0 - loss).abs() < 0.01, "{:?}", bands.mono_loss(20));
            assert!((bands.low_side().unwrap().0 - side).abs() < 0.01, "{:?}", bands.low_side());
        }
        let nothing = StereoBands::default();
        assert_eq!((nothing.level(0, 2), nothing.correlation(0), nothing.mono_loss(0)), (None, None, None));
        assert_eq!((nothing.low_side(), nothing.thin(Db(6.0), Db(40.0))), (None, vec![]));
    }

    #[test]
    fn a_full_scale_sine_reads_0_dbfs_in_one_channel_or_two() {
        assert!(alike(0.5, 0.5, 0.5).level(3, 2).unwrap().0.abs() < 1e-9);
        assert!(alike(0.5, 0.0, 0.0).level(3, 1).unwrap().0.abs() < 1e-9);
        assert_eq!(alike(1e-13, 1e-13, 0.0).level(3, 2), None);
    }

    #[test]
    fn the_low_end_ends_at_120_hz() {
        let mut bands = alike(1.0, 1.0, 1.0);
        for band in 4..BANDS {
            bands.cross[band] = -1.0;
        }
        assert_eq!(bands.low_side(), Some(TOTAL_LOSS), "what is out of phase above 140 Hz is no matter");
        bands.cross[1] = 0.0;
        assert!((-9.0..-6.0).contains(&bands.low_side().unwrap().0), "{:?}", bands.low_side());
    }

    #[test]
    fn bands_that_lose_6_db_are_found_as_stretches_and_faint_ones_are_not() {
        let mut bands = alike(1.0, 1.0, 0.9);
        for band in [10, 11, 12, 30] {
            bands.cross[band] = -0.6;
        }
        bands.left[30] = 1e-5;
        bands.right[30] = 1e-5;
        bands.cross[30] = -1e-5;
        let thin = bands.thin(Db(6.0), Db(40.0));
        assert_eq!(thin.len(), 1, "{thin:?}");
        assert!((thin[0].loss.0 + 6.99).abs() < 0.01, "{thin:?}");
        assert!((470.0..490.0).contains(&thin[0].from_hz) && (740.0..760.0).contains(&thin[0].to_hz), "{thin:?}");
        assert_eq!(bands.thin(Db(7.5), Db(40.0)), []);
        assert_eq!(bands.thin(Db(6.0), Db(60.0)).len(), 2);
    }

    #[test]
    fn shares_of_stretches_add_up() {
        let mut sum = StereoBands::default();
        sum.add(&alike(1.0, 2.0, 0.5), 0.25);
        sum.add(&alike(3.0, 2.0, 0.5), 0.75);
        assert_eq!(sum, alike(2.5, 2.0, 0.5));
        assert_eq!(sum.scaled(4.0).powers(), [18.0; BANDS]);
    }
}
