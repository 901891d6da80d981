//! Least-squares fits by gains that are not negative.

/// Lanes that a scalar product is added up in, for the compiler to make vectors of.
const LANES: usize = 8;
/// A sweep over all gains that explains less than this share more is the last.
const SMALL_STEP: f64 = 1e-6;
const MOST_SWEEPS: usize = 500;

/// The scalar products of some signals with each other.
#[derive(Clone, Debug)]
pub(super) struct Gram {
    size: usize,
    products: Vec<f64>,
}

impl Gram {
    /// Of signals of equal length.
    pub fn of<S: AsRef<[f32]>>(signals: &[S]) -> Self {
        let size = signals.len();
        let mut gram = Self { size, products: vec![0.0; size * size] };
        for a in 0..size {
            for b in a..size {
                let product = product(signals[a].as_ref(), signals[b].as_ref());
                gram.products[a * size + b] = product;
                gram.products[b * size + a] = product;
            }
        }
        gram
    }

    pub fn at(&self, a: usize, b: usize) -> f64 {
        self.row(a)[b]
    }

    fn row(&self, a: usize) -> &[f64] {
        &self.products[a * self.size..(a + 1) * self.size]
    }
}

/// Gains of some signals, and the energy of what they leave of the target.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// For each signal in the order of the columns.
    pub gains: Vec<f64>,
    pub residual: f64,
}

/// The gains, none negative, by which the columns come nearest to the target: coordinate descent on the normal equations
/// (Franc, Hlaváč and Navara 2005).
pub(super) fn fit(gram: &Gram, target: usize, columns: &[usize]) -> Fit {
    let energy = gram.at(target, target);
    let wanted: Vec<f64> = columns.iter().map(|&column| gram.at(target, column)).collect();
    // What is left of each scalar product once the fit is taken away.
    let mut left = wanted.clone();
    let mut fit = Fit { gains: vec![0.0; columns.len()], residual: energy };
    for _ in 0..MOST_SWEEPS {
        for (k, &column) in columns.iter().enumerate() {
            let row = gram.row(column);
            let old = fit.gains[k];
            let new = if row[column] > 0.0 { (old + left[k] / row[column]).max(0.0) } else { 0.0 };
            if new != old {
                fit.gains[k] = new;
                left.iter_mut().zip(columns).for_each(|(left, &other)| *left -= (new - old) * row[other]);
            }
        }
        let explained = fit.gains.iter().zip(wanted.iter().zip(&left)).map(|(gain, (all, left))| gain * (all + left));
        let residual = (energy - explained.sum::<f64>()).max(0.0);
        let step = fit.residual - residual;
        fit.residual = residual;
        if step <= SMALL_STEP * energy {
            break;
        }
    }
    fit
}

pub(super) fn product(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    let mut sums = [0.0; LANES];
    for (a, b) in a.zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += f64::from(*a) * f64::from(*b);
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_found_and_none_is_negative() {
        let (a, b) = ([1.0, 0.0, 2.0, -1.0], [0.0, 3.0, 1.0, 0.0]);
        let of = |ga: f32, gb: f32| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| ga * a + gb * b).collect() };
        let gram = Gram::of(&[of(0.5, 2.0), of(1.0, -1.0), a.to_vec(), b.to_vec()]);
        let sum = fit(&gram, 0, &[2, 3]);
        assert!((sum.gains[0] - 0.5).abs() < 1e-3 && (sum.gains[1] - 2.0).abs() < 1e-3, "{sum:?}");
        assert!(sum.residual < 1e-5 * gram.at(0, 0), "{sum:?}");
        let difference = fit(&gram, 1, &[2, 3]);
        // Without b the best gain of a is 1 - ab/aa, with ab = 2 and aa = 6; what it leaves is bb - ab^2/aa of bb = 10.
        assert!((difference.gains[0] - 2.0 / 3.0).abs() < 1e-6 && difference.gains[1] == 0.0, "{difference:?}");
        assert!((difference.residual - 28.0 / 3.0).abs() < 1e-6, "{difference:?}");
    }

    #[test]
    fn silence_explains_nothing_and_equal_signals_share_a_gain() {
        let (sound, silence) = ([1.0, -2.0, 0.5], [0.0; 3]);
        let gram = Gram::of(&[sound, sound, sound, silence]);
        assert_eq!(fit(&gram, 0, &[3]).residual, gram.at(0, 0));
        let fit = fit(&gram, 0, &[1, 2]);
        assert!((fit.gains.iter().sum::<f64>() - 1.0).abs() < 1e-12 && fit.residual < 1e-12, "{fit:?}");
    }
}
