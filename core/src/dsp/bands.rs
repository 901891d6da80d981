//! A track's spectrum in the bands of hearing, coded for ring and song map.
//!
//! Bands are one ERB wide and lie at the numbers 1 to 39 of the ERB-rate scale of Glasberg and Moore, "Derivation of
//! auditory filter shapes from notched-noise data" (1990): number 21.4 lg(0.00437 f/Hz + 1).

use std::sync::LazyLock;

use super::record::{CellFlags, RecordWords};

/// ERB bands: centre c of 1..=39 at (10^(c/21.4) - 1) / 0.00437 Hz, which is 26 Hz to 15.0 kHz. Band `b` has c = b + 1.
pub const BANDS: usize = 39;
/// Cells in a record.
pub const CELLS_PER_BANDS: i32 = 20;

/// Steps of a power's code in a factor of ten: 0.005 dB each.
const STEPS: f64 = 2_000.0;
/// Code 1 stands for 10^-20, -200 dB; quieter is nothing, code 0. The highest stands for +127 dB.
const QUIETEST: f64 = 20.0;
/// Steps from uncorrelated to identical.
const CORRELATION_STEPS: f64 = 32_767.0;

/// Centre of a band of 0..[`BANDS`], in Hz.
pub fn band_hz(band: usize) -> f64 {
    erb_hz(band as f64 + 1.0)
}

/// Limits of a band of 0..[`BANDS`], in Hz: half an ERB number to either side of its centre.
pub fn band_limits_hz(band: usize) -> [f64; 2] {
    [erb_hz(band as f64 + 0.5), erb_hz(band as f64 + 1.5)]
}

/// The frequency of an ERB number.
fn erb_hz(number: f64) -> f64 {
    (10f64.powf(number / 21.4) - 1.0) / 0.00437
}

/// One track in 2 s of audio by bands, before trim and fader: record `k` is cells `20k..20k + 20` of the song. 248 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Place on the 2 s grid of the song.
    pub index: i32,
    /// Frames of the song that it stands for; fewer than the grid's where playback began or ended inside.
    pub frames: u32,
    /// Which stretch of unbroken playing it is from.
    pub epoch: u16,
    /// What holds for all of it.
    pub flags: CellFlags,
    power: [[u16; BANDS]; 2],
    correlation: [i16; BANDS],
}

impl Default for Bands {
    fn default() -> Self {
        Self::new(0, 0, 0, CellFlags::default())
    }
}

impl Bands {
    /// A record with nothing in any band.
    pub fn new(index: i32, frames: u32, epoch: u16, flags: CellFlags) -> Self {
        Self { index, frames, epoch, flags, power: [[0; BANDS]; 2], correlation: [0; BANDS] }
    }

    /// Mean square of left and right in the band (a full-scale sine: 0.5), 0 where there is nothing. Mono: the right is 0.
    /// Exact to 0.0025 dB from -200 to +127 dB.
    pub fn power(&self, band: usize) -> [f64; 2] {
        self.stereo(band).0
    }

    /// Mean of left times right in the band; over the channels' powers it is exact to a correlation of 0.00002.
    pub fn cross(&self, band: usize) -> f64 {
        self.stereo(band).1
    }

    /// Both: the channels' powers, and the mean of their product.
    pub fn stereo(&self, band: usize) -> ([f64; 2], f64) {
        self.decoded(band, &DECODED)
    }

    /// [`Self::stereo`] of each band in turn.
    pub fn each(&self, mut take: impl FnMut(usize, [f64; 2], f64)) {
        let table = &*DECODED;
        for band in 0..BANDS {
            let (power, cross) = self.decoded(band, table);
            take(band, power, cross);
        }
    }

    fn decoded(&self, band: usize, table: &Decoded) -> ([f64; 2], f64) {
        let (left, right) = (self.power[0][band], self.power[1][band]);
        // Spelt out: the map of an array is slow.
        let power = [table.power(left, left), table.power(right, right)];
        (power, f64::from(self.correlation[band]) / CORRELATION_STEPS * table.power(left, right))
    }

    /// Sets a band: mean squares of left and right, mean of left times right.
    pub fn set(&mut self, band: usize, power: [f64; 2], cross: f64) {
        for (codes, power) in self.power.iter_mut().zip(power) {
            codes[band] = coded(power);
        }
        let scale = power[0].max(0.0).sqrt() * power[1].max(0.0).sqrt();
        let correlation = if scale > 0.0 { (cross / scale).clamp(-1.0, 1.0) } else { 0.0 };
        self.correlation[band] = (correlation * CORRELATION_STEPS).round() as i16;
    }

    /// Both of two parts of a record that is `whole` frames long.
    pub(crate) fn with(&self, other: &Self, whole: u32) -> Self {
        let frames = (self.frames + other.frames).min(whole);
        // A part ends with a transform, a few frames off.
        let is_whole = frames >= whole - whole / 50;
        let flags = CellFlags(self.flags.0 | other.flags.0).with(CellFlags::COMPLETE, is_whole);
        let mut both = Self::new(self.index, frames, self.epoch, flags);
        for band in 0..BANDS {
            let [a, b] = [self, other].map(|part| (f64::from(part.frames) / f64::from(frames), part.stereo(band)));
            let sum = |of: fn(&([f64; 2], f64)) -> f64| a.0 * of(&a.1) + b.0 * of(&b.1);
            both.set(band, [sum(|part| part.0[0]), sum(|part| part.0[1])], sum(|part| part.1));
        }
        both
    }
}

fn coded(power: f64) -> u16 {
    if power <= 0.0 {
        return 0;
    }
    // The cast takes what is out of range to the nearest code, NaN to 0.
    (1.0 + (power.log10() + QUIETEST) * STEPS).round() as u16
}

/// Powers by half steps of their code: those of one factor of ten, and all factors of ten.
struct Decoded {
    steps: [f64; HALF_STEPS],
    decades: [f64; 33],
}

const HALF_STEPS: usize = 2 * STEPS as usize;

static DECODED: LazyLock<Decoded> = LazyLock::new(|| Decoded {
    steps: std::array::from_fn(|step| 10f64.powf(step as f64 / HALF_STEPS as f64)),
    decades: std::array::from_fn(|decade| 10f64.powf(decade as f64 - QUIETEST)),
});

impl Decoded {
    /// The geometric mean of two powers: half way between their codes. 0 where either is.
    fn power(&self, a: u16, b: u16) -> f64 {
        if a == 0 || b == 0 {
            return 0.0;
        }
        let half_steps = usize::from(a) + usize::from(b) - 2;
        self.steps[half_steps % HALF_STEPS] * self.decades[half_steps / HALF_STEPS]
    }
}

impl RecordWords for Bands {
    const WORDS: usize = 3 + BANDS + BANDS.div_ceil(2);

    fn write(&self, w: &mut [u32]) {
        w[0] = self.index as u32;
        w[1] = self.frames;
        w[2] = u32::from(self.epoch) << 16 | u32::from(self.flags.0);
        for (word, (left, right)) in w[3..].iter_mut().zip(self.power[0].iter().zip(&self.power[1])) {
            *word = u32::from(*left) << 16 | u32::from(*right);
        }
        for (word, pair) in w[3 + BANDS..].iter_mut().zip(self.correlation.chunks(2)) {
            let half = |at: usize| u32::from(pair.get(at).map_or(0, |&code| code as u16));
            *word = half(0) << 16 | half(1);
        }
    }

    fn read(w: &[u32]) -> Self {
        let (powers, correlations) = w[3..].split_at(BANDS);
        Self {
            index: w[0] as i32,
            frames: w[1],
            epoch: (w[2] >> 16) as u16,
            flags: CellFlags(w[2] as u16),
            power: [
                std::array::from_fn(|band| (powers[band] >> 16) as u16),
                std::array::from_fn(|band| powers[band] as u16),
            ],
            correlation: std::array::from_fn(|band| {
                let word = correlations[band / 2];
                (if band % 2 == 0 { word >> 16 } else { word }) as u16 as i16
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_lie_on_the_erb_scale() {
        assert!((band_hz(0) - 26.0).abs() < 0.1 && (band_hz(20) - 1_965.0).abs() < 5.0, "{}", band_hz(20));
        assert!((band_limits_hz(0)[0] - 12.6).abs() < 0.1 && (band_limits_hz(BANDS - 1)[1] - 15_815.0).abs() < 5.0);
        for band in 1..BANDS {
            assert_eq!(band_limits_hz(band - 1)[1], band_limits_hz(band)[0]);
        }
    }

    #[test]
    fn powers_keep_their_level_and_channels_their_correlation() {
        let mut bands = Bands::default();
        for (db, correlation) in [(-199.9, 1.0f64), (-87.3, -1.0), (-3.01, 0.25), (0.0, -0.003), (120.0, 0.999)] {
            let power: [f64; 2] = [10f64.powf(db / 10.0), 10f64.powf((db - 0.0031) / 10.0)];
            bands.set(7, power, correlation * (power[0] * power[1]).sqrt());
            let read = bands.power(7);
            for channel in 0..2 {
                let off = 10.0 * (read[channel] / power[channel]).log10();
                assert!(off.abs() <= 0.00251, "{off} dB off at {db} dB");
            }
            assert!((bands.cross(7) / (read[0] * read[1]).sqrt() - correlation).abs() < 2e-5);
        }
    }

    #[test]
    fn nothing_is_0_and_the_loudest_stays_finite() {
        let mut bands = Bands::default();
        for nothing in [0.0, -1.0, 1e-21, f64::NAN] {
            bands.set(0, [nothing, 1.0], nothing);
            assert_eq!((bands.power(0), bands.cross(0)), ([0.0, 1.0], 0.0), "{nothing}");
        }
        bands.set(38, [1e30, 1e30], 1e30);
        assert!((bands.power(38)[0].log10() - 12.767).abs() < 0.001 && bands.cross(38) == bands.power(38)[0]);
    }

    #[test]
    fn every_word_carries_what_it_should() {
        // Of the last word only the upper half is used.
        let last = Bands::WORDS - 1;
        let bits = |k: usize| if k == last { 0xffff_0000 } else { u32::MAX };
        let words: Vec<u32> = (0..Bands::WORDS).map(|k| (0x3f80_0101 + 0x0001_0203 * k as u32) & bits(k)).collect();
        let mut back = vec![0; Bands::WORDS];
        Bands::read(&words).write(&mut back);
        assert_eq!((back, Bands::WORDS, size_of::<Bands>()), (words, 62, 248));
    }
}
