//! What a listener makes of levels: masking between tracks, audibility at a monitor level, tonal balance. Pure functions
//! of the powers in 39 ERB bands.

pub mod audibility;
mod fast;
pub mod iso226;
pub mod partial_loudness;
pub mod stereo;
pub mod tonal;

use crate::dsp::{BANDS, band_hz, band_limits_hz};

/// One power a band: mean square against full scale, or 10^(dB SPL / 10), as the function says.
pub type BandPowers = [f64; BANDS];

/// Width in Hz of the auditory filter at a frequency (ANSI S3.4-2007).
fn erb_width(hz: f64) -> f64 {
    24.673 * (0.004_368 * hz + 1.0)
}

/// The bands' centres in Hz.
pub fn centres() -> [f64; BANDS] {
    std::array::from_fn(band_hz)
}

/// The part of each band that lies between two frequencies, 0 to 1.
pub fn shares(from_hz: f64, to_hz: f64) -> [f64; BANDS] {
    std::array::from_fn(|band| {
        let [low, high] = band_limits_hz(band);
        ((to_hz.min(high) - from_hz.max(low)) / (high - low)).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cut_the_bands_at_the_edges() {
        let shares = shares(0.0, 120.0);
        assert_eq!(shares[..3], [1.0; 3]);
        assert!((0.3..0.5).contains(&shares[3]), "band 4 is 104 to 143 Hz: {}", shares[3]);
        assert_eq!(shares[4..], [0.0; BANDS - 4]);
    }
}
