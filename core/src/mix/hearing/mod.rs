//! What a listener makes of levels: masking between tracks, audibility at a monitor level, tonal balance. Pure functions
//! of the powers in [`BANDS`] ERB bands.

pub mod audibility;
mod fast;
pub mod iso226;
pub mod partial_loudness;
pub mod stereo;
pub mod tonal;

/// ERB bands: the centre of band c, counted from 1, lies at [`erb_frequency`] of c.
pub const BANDS: usize = 39;

/// One power a band: mean square against full scale, or 10^(dB SPL / 10), as the function says.
pub type BandPowers = [f64; BANDS];

/// The frequency in Hz at an ERB number (Glasberg & Moore 1990, equation 4).
pub fn erb_frequency(number: f64) -> f64 {
    (10f64.powf(number / 21.4) - 1.0) / 0.004_37
}

/// Width in Hz of the auditory filter at a frequency (ANSI S3.4-2007, clause 3.5).
fn erb_width(hz: f64) -> f64 {
    24.673 * (0.004_368 * hz + 1.0)
}

/// The bands' centres in Hz: 26 Hz to 15 kHz.
pub fn centres() -> [f64; BANDS] {
    std::array::from_fn(|band| erb_frequency(band as f64 + 1.0))
}

/// Lower and upper end of a band in Hz, half an ERB about its centre.
pub fn edges(band: usize) -> (f64, f64) {
    (erb_frequency(band as f64 + 0.5), erb_frequency(band as f64 + 1.5))
}

/// The part of each band that lies between two frequencies, 0 to 1.
pub fn shares(from_hz: f64, to_hz: f64) -> [f64; BANDS] {
    std::array::from_fn(|band| {
        let (low, high) = edges(band);
        ((to_hz.min(high) - from_hz.max(low)) / (high - low)).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_reach_from_the_sub_bass_to_15_khz() {
        let centres = centres();
        for (band, hz) in [(0, 25.99), (1, 54.93), (3, 123.1), (38, 14_977.0)] {
            assert!((centres[band] / hz - 1.0).abs() < 0.002, "band {}: {} Hz, expected {hz}", band + 1, centres[band]);
        }
        assert!(centres.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((1..BANDS).all(|band| edges(band - 1).1 == edges(band).0), "the bands leave no gap");
    }

    #[test]
    fn shares_cut_the_bands_at_the_edges() {
        let shares = shares(0.0, 120.0);
        assert_eq!(shares[..3], [1.0; 3]);
        assert!((0.3..0.5).contains(&shares[3]), "band 4 is 104 to 143 Hz: {}", shares[3]);
        assert_eq!(shares[4..], [0.0; BANDS - 4]);
    }
}
