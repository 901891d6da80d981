//! Levels as types: they convert between power, amplitude and decibels in this one place.

use serde::{Serialize, Serializer};

/// Loudness of a full-scale 997 Hz sine in one channel is -3.01 LUFS: the offset of BS.1770-5, Annex 1, equation 2.
pub const LOUDNESS_OFFSET: f64 = -0.691;
/// AES17 reads a full-scale sine as 0 dBFS: 10 log10 2 over its mean square.
pub const AES17_OFFSET: f64 = 3.010_299_956_639_812;

macro_rules! level {
    ($(#[$doc:meta])* $name:ident, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
        pub struct $name(pub f64);

        impl $name {
            /// As it is shown.
            pub const UNIT: &'static str = $unit;
        }

        /// Reports carry three decimals: finer than any rule, and stable to read.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64((self.0 * 1000.0).round() / 1000.0 + 0.0)
            }
        }
    };
}

level!(
    /// A ratio of levels in decibels.
    Db, "dB"
);
level!(
    /// A level against digital full scale: a sample peak, or an AES17 RMS level.
    Dbfs, "dBFS"
);
level!(
    /// A true peak (BS.1770-5, Annex 2) against full scale.
    Dbtp, "dBTP"
);
level!(
    /// Loudness against full scale (BS.1770-5).
    Lufs, "LUFS"
);
level!(
    /// A difference of two loudness values.
    Lu, "LU"
);
level!(
    /// A moment or a span of the song, in seconds from its start.
    Seconds, "s"
);

impl Db {
    /// The amplitude ratio, 1.0 for 0 dB.
    pub fn amplitude(self) -> f64 {
        10f64.powf(self.0 / 20.0)
    }

    /// From an amplitude ratio; `None` for zero, negative or non-finite ratios.
    pub fn from_amplitude(ratio: f64) -> Option<Self> {
        decibels(ratio, 20.0).map(Self)
    }

    /// From a power ratio; `None` for zero, negative or non-finite ratios.
    pub fn from_power(ratio: f64) -> Option<Self> {
        decibels(ratio, 10.0).map(Self)
    }
}

impl Dbfs {
    /// From a sample peak, 1.0 at full scale; `None` for silence.
    pub fn from_peak(peak: f64) -> Option<Self> {
        decibels(peak, 20.0).map(Self)
    }

    /// RMS level from a mean square (AES17: a full-scale sine reads 0); `None` for silence.
    pub fn rms(mean_square: f64) -> Option<Self> {
        decibels(mean_square, 10.0).map(|db| Self(db + AES17_OFFSET))
    }
}

impl Dbtp {
    /// From an interpolated peak, 1.0 at full scale; `None` for silence.
    pub fn from_peak(peak: f64) -> Option<Self> {
        decibels(peak, 20.0).map(Self)
    }
}

impl Lufs {
    /// From the K-weighted mean square summed over the channels; `None` for silence.
    pub fn from_power(k_mean_square: f64) -> Option<Self> {
        decibels(k_mean_square, 10.0).map(|db| Self(db + LOUDNESS_OFFSET))
    }

    /// The K-weighted mean square that reads as this loudness.
    pub fn power(self) -> f64 {
        10f64.powf((self.0 - LOUDNESS_OFFSET) / 10.0)
    }
}

fn decibels(ratio: f64, factor: f64) -> Option<f64> {
    (ratio > 0.0 && ratio.is_finite()).then(|| factor * ratio.log10())
}
