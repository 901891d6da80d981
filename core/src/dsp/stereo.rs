//! What two channels' power sums say of the stereo image. Any sums over the same frames do; `ll` and `rr` are sums of
//! squares, `lr` the sum of products.

use std::f64::consts::FRAC_PI_4;

use crate::units::Db;

/// Antiphase loses everything. Said as this, as no number of decibels would be enough.
pub const TOTAL_LOSS: Db = Db(-120.0);

/// Correlation of the channels, -1 to +1; `None` where either is silent.
pub fn correlation(ll: f64, rr: f64, lr: f64) -> Option<f64> {
    let scale = ll.max(0.0).sqrt() * rr.max(0.0).sqrt();
    (scale > 0.0 && scale.is_finite()).then(|| (lr / scale).clamp(-1.0, 1.0))
}

/// Where the track sits, -1 left to +1 right, under a sin/cos pan law; `None` for silence.
pub fn pan_position(ll: f64, rr: f64) -> Option<f64> {
    let heard = ll + rr > 0.0 && (ll + rr).is_finite();
    heard.then(|| rr.max(0.0).sqrt().atan2(ll.max(0.0).sqrt()) / FRAC_PI_4 - 1.0)
}

/// What (L+R)/2 is quieter than the mean power of L and R: 0 dB for identical channels, -3.01 for uncorrelated or
/// hard-panned ones, [`TOTAL_LOSS`] for antiphase; `None` for silence.
pub fn mono_loss(ll: f64, rr: f64, lr: f64) -> Option<Db> {
    loss(ll + rr + 2.0 * lr, 2.0 * (ll + rr))
}

/// [`mono_loss`] without what the pan position explains: 0 dB for any pan of one signal.
pub fn mono_loss_phase(ll: f64, rr: f64, lr: f64) -> Option<Db> {
    loss(ll + rr + 2.0 * lr, ll + rr + 2.0 * ll.max(0.0).sqrt() * rr.max(0.0).sqrt())
}

fn loss(mono: f64, reference: f64) -> Option<Db> {
    let heard = reference > 0.0 && reference.is_finite();
    heard.then(|| match Db::from_power(mono / reference) {
        Some(Db(db)) => Db(db.clamp(TOTAL_LOSS.0, 0.0)),
        None => TOTAL_LOSS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(read: Option<f64>, expected: f64) {
        assert!(read.is_some_and(|read| (read - expected).abs() < 0.001), "read {read:?}, expected {expected}");
    }

    fn db(read: Option<Db>) -> Option<f64> {
        read.map(|db| db.0)
    }

    #[test]
    fn silence_has_neither_correlation_nor_pan_nor_loss() {
        assert_eq!(correlation(0.0, 0.0, 0.0), None);
        assert_eq!(correlation(1.0, 0.0, 0.0), None, "one silent channel");
        assert_eq!(pan_position(0.0, 0.0), None);
        assert_eq!(mono_loss(0.0, 0.0, 0.0), None);
        assert_eq!(mono_loss_phase(0.0, 0.0, 0.0), None);
    }

    #[test]
    fn identical_opposite_and_unrelated_channels_correlate_as_they_should() {
        close(correlation(3.0, 3.0, 3.0), 1.0);
        close(correlation(3.0, 12.0, -6.0), -1.0);
        close(correlation(3.0, 3.0, 0.0), 0.0);
    }

    #[test]
    fn correlation_survives_sums_whose_product_would_underflow() {
        close(correlation(1e-200, 1e-200, 1e-200), 1.0);
    }

    #[test]
    fn pan_position_follows_the_sin_cos_law() {
        close(pan_position(1.0, 0.0), -1.0);
        close(pan_position(0.0, 1.0), 1.0);
        close(pan_position(2.0, 2.0), 0.0);
        let angle = 1.5 * FRAC_PI_4;
        close(pan_position(angle.cos().powi(2), angle.sin().powi(2)), 0.5);
    }

    #[test]
    fn half_right_under_other_laws_reads_as_measured() {
        // Amplitudes of the linear law are 1-x and x with x = (p+1)/2; the -4.5 dB law is the geometric mean of it
        // and of sin/cos.
        let (left, right) = (0.25f64, 0.75f64);
        close(pan_position(left.powi(2), right.powi(2)), 0.590);
        let angle = 0.75 * 2.0 * FRAC_PI_4;
        close(pan_position(left * angle.cos(), right * angle.sin()), 0.547);
    }

    #[test]
    fn mono_loss_of_identical_unrelated_panned_and_opposite_channels() {
        close(db(mono_loss(1.0, 1.0, 1.0)), 0.0);
        close(db(mono_loss(1.0, 1.0, 0.0)), -3.0103);
        close(db(mono_loss(1.0, 0.0, 0.0)), -3.0103);
        assert_eq!(mono_loss(1.0, 1.0, -1.0), Some(TOTAL_LOSS));
    }

    #[test]
    fn pan_explains_no_phase_loss() {
        close(db(mono_loss_phase(1.0, 0.0, 0.0)), 0.0);
        close(db(mono_loss_phase(1.0, 0.25, 0.5)), 0.0);
        close(db(mono_loss_phase(1.0, 1.0, 0.0)), -3.0103);
        assert_eq!(mono_loss_phase(1.0, 1.0, -1.0), Some(TOTAL_LOSS));
    }
}
