//! Sums of bins over bands.

use realfft::num_complex::Complex;

use super::plan::BandBins;
use crate::dsp::bands::BANDS;

const LANES: usize = 8;

/// Sum over each band of the real part of `a` times the conjugate of `b`: of a spectrum with itself its power.
pub(super) fn products(bands: &[BandBins; BANDS], a: &[Complex<f32>], b: &[Complex<f32>]) -> [f32; BANDS] {
    std::array::from_fn(|band| {
        let BandBins { first, last, head, tail } = bands[band];
        let one = |bin: usize| a[bin].re * b[bin].re + a[bin].im * b[bin].im;
        let whole = if last > first + 1 { sum(&a[first + 1..last], &b[first + 1..last]) } else { 0.0 };
        head * one(first) + whole + tail * one(last)
    })
}

fn sum(a: &[Complex<f32>], b: &[Complex<f32>]) -> f32 {
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a.re * b.re + a.im * b.im).sum();
    let mut lanes = [0.0f32; LANES];
    for (a, b) in a.zip(b) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a.re * b.re + a.im * b.im;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_sum_their_bins_by_share() {
        let spectrum = |seed: usize| -> Vec<Complex<f32>> {
            (0..100).map(|k| Complex::new((k * seed % 17) as f32 - 8.0, (k * seed % 23) as f32 - 11.0)).collect()
        };
        let (a, b) = (spectrum(5), spectrum(7));
        let mut bands = [BandBins::default(); BANDS];
        bands[0] = BandBins { first: 3, last: 3, head: 0.25, tail: 0.0 };
        bands[1] = BandBins { first: 3, last: 4, head: 0.75, tail: 0.5 };
        bands[2] = BandBins { first: 4, last: 90, head: 0.5, tail: 0.125 };
        let read = products(&bands, &a, &b);
        for (bins, read) in bands.iter().zip(read) {
            let share = |bin: usize| match bin {
                bin if bin == bins.first => bins.head,
                bin if bin == bins.last => bins.tail,
                bin if bin > bins.first && bin < bins.last => 1.0,
                _ => 0.0,
            };
            let expected: f32 = (0..100).map(|bin| share(bin) * (a[bin] * b[bin].conj()).re).sum();
            assert!((read - expected).abs() < 1e-2, "read {read}, expected {expected}");
        }
    }
}
