//! The K-weighting filter's coefficients (BS.1770-5, Annex 1) at any sample rate.
//!
//! The standard gives them at 48 kHz and asks of other rates "the same frequency response that the specified filter
//! provides at 48 kHz": the digital filter's response, not that of an analogue filter behind it. So the shelf is fitted
//! to that response and nothing else. A bilinear transform squeezes the treble differently at each rate, by up to 0.0082 dB.

use std::f64::consts::PI;

/// The rate of the standard's tables.
const TABLE_RATE: f64 = 48_000.0;
/// Where the shelf meets the table's response at any rate, beside DC, in Hz. Between them, and on to 20 kHz, it stays
/// within 0.0002 dB; above it keeps to the plateau at which the table ends.
const MEETS: [f64; 4] = [1_000.0, 2_000.0, 5_000.0, 12_000.0];
/// At low rates the places move down together, the highest to this part of the rate.
const HIGHEST: f64 = 0.45;

/// The two filters' coefficients at one sample rate: `b0 b1 b2 a1 a2` each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Coefficients {
    pub shelf: [f64; 5],
    pub high_pass: [f64; 5],
}

/// BS.1770-5, Annex 1, tables 1 and 2.
const TABLE: Coefficients = Coefficients {
    shelf: [
        1.535_124_859_586_97,
        -2.691_696_189_406_38,
        1.198_392_810_852_85,
        -1.690_659_293_182_41,
        0.732_480_774_215_85,
    ],
    high_pass: [1.0, -2.0, 1.0, -1.990_047_454_833_98, 0.990_072_250_366_21],
};

impl Coefficients {
    /// The filters at a rate from 8 to 768 kHz; at 48 kHz, those of the tables.
    pub fn new(sample_rate: f64) -> Self {
        Self { shelf: shelf(sample_rate), high_pass: high_pass(sample_rate) }
    }
}

/// A biquad's power response is a ratio of two sums over [`basis`], so that meeting a response at a frequency is a linear
/// equation: four of them, and the gain at DC, leave one filter (the form of M. Vicanek's matched filters, 2016).
fn shelf(sample_rate: f64) -> [f64; 5] {
    let dc = power(&TABLE.shelf, basis(0.0, TABLE_RATE));
    let down = (HIGHEST * sample_rate / MEETS[3]).min(1.0);
    let equations = MEETS.map(|hz| {
        let target = power(&TABLE.shelf, basis(down * hz, TABLE_RATE));
        let [low, high, middle] = basis(down * hz, sample_rate);
        [high, middle, -target * high, -target * middle, (target - dc) * low]
    });
    let [b_high, b_middle, a_high, a_middle] = solve(equations);
    let [b0, b1, b2] = polynomial([dc, b_high, b_middle]);
    let [a0, a1, a2] = polynomial([1.0, a_high, a_middle]);
    [b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0]
}

/// The bilinear transform, whose warping is nothing at the 38 Hz of this filter, with the table's gain far above them.
fn high_pass(sample_rate: f64) -> [f64; 5] {
    let [.., a1, a2] = TABLE.high_pass;
    // The analogue filter behind the table: 1 - a1 + a2 is 4 / (1 + k / q + k^2).
    let nyquist = 1.0 - a1 + a2;
    let table_k = ((1.0 + a1 + a2) / nyquist).sqrt();
    let q = table_k * nyquist / (2.0 * (1.0 - a2));
    let k = (table_k.atan() * TABLE_RATE / sample_rate).tan();
    let a0 = 1.0 + k / q + k * k;
    let gain = 4.0 / a0 / nyquist;
    [gain, -2.0 * gain, gain, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
}

/// What a biquad's power response is made of: 1 at DC alone, 1 at the Nyquist frequency alone, and 0 at both.
fn basis(hz: f64, sample_rate: f64) -> [f64; 3] {
    let high = (PI * hz / sample_rate).sin().powi(2);
    [1.0 - high, high, 4.0 * (1.0 - high) * high]
}

/// The power response of `b0 b1 b2 a1 a2`.
fn power(&[b0, b1, b2, a1, a2]: &[f64; 5], [low, high, middle]: [f64; 3]) -> f64 {
    let sum = |c0: f64, c1: f64, c2: f64| {
        (c0 + c1 + c2).powi(2) * low + (c0 - c1 + c2).powi(2) * high - 4.0 * c0 * c2 * middle
    };
    sum(b0, b1, b2) / sum(1.0, a1, a2)
}

/// The polynomial of a power over [`basis`], its roots within the unit circle.
fn polynomial([low, high, middle]: [f64; 3]) -> [f64; 3] {
    let (low, high) = (low.sqrt(), high.sqrt());
    let outer = (low + high) / 2.0;
    let c0 = (outer + (outer * outer + middle).sqrt()) / 2.0;
    [c0, (low - high) / 2.0, -middle / (4.0 * c0)]
}

/// Solves four linear equations, each four factors and what their sum is, by elimination with pivots.
fn solve(mut rows: [[f64; 5]; 4]) -> [f64; 4] {
    for column in 0..4 {
        let pivot = (column..4).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()));
        rows.swap(column, pivot.unwrap_or(column));
        let from = rows[column];
        for row in &mut rows[column + 1..] {
            let factor = row[column] / from[column];
            row.iter_mut().zip(from).for_each(|(value, from)| *value -= factor * from);
        }
    }
    let mut found = [0.0; 4];
    for row in (0..4).rev() {
        let known: f64 = (row + 1..4).map(|column| rows[row][column] * found[column]).sum();
        found[row] = (rows[row][4] - known) / rows[row][row];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [f64; 13] = [
        8_000.0, 11_025.0, 16_000.0, 22_050.0, 32_000.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0,
        384_000.0, 768_000.0,
    ];

    /// The whole filter's gain in dB over that of the table at 48 kHz.
    fn off(coefficients: &Coefficients, hz: f64, sample_rate: f64) -> f64 {
        let whole = |filter: &Coefficients, basis| power(&filter.shelf, basis) * power(&filter.high_pass, basis);
        10.0 * (whole(coefficients, basis(hz, sample_rate)) / whole(&TABLE, basis(hz, TABLE_RATE))).log10()
    }

    /// The largest of [`off`] from 10 Hz up to a frequency.
    fn worst(sample_rate: f64, up_to: f64) -> f64 {
        let coefficients = Coefficients::new(sample_rate);
        let hz = |k: i32| 10.0 * (up_to / 10.0).powf(f64::from(k) / 500.0);
        (0..=500).map(|k| off(&coefficients, hz(k), sample_rate).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn at_48_khz_the_coefficients_are_the_standards() {
        let read = Coefficients::new(TABLE_RATE);
        let pairs = read.shelf.iter().zip(&TABLE.shelf).chain(read.high_pass.iter().zip(&TABLE.high_pass));
        for (read, table) in pairs {
            assert!((read - table).abs() < 1e-12, "read {read}, expected {table}");
        }
    }

    #[test]
    fn at_any_rate_from_44_1_khz_the_curve_is_that_of_48_khz_up_to_20_khz() {
        for rate in RATES.into_iter().filter(|rate| *rate >= 44_100.0) {
            let worst = worst(rate, 20_000.0);
            assert!(worst < 0.0002, "up to {worst} dB off at {rate} Hz");
        }
    }

    /// A digital filter's curve is level at the Nyquist frequency, where at these rates the table's still rises.
    #[test]
    fn at_lower_rates_it_is_that_of_48_khz_nearly_to_the_nyquist_frequency() {
        for (rate, within) in
            [(8_000.0, 0.023), (11_025.0, 0.007), (16_000.0, 0.002), (22_050.0, 0.001), (32_000.0, 0.001)]
        {
            let worst = worst(rate, rate / 2.0);
            assert!(worst < within, "up to {worst} dB off at {rate} Hz");
        }
    }

    #[test]
    fn above_the_tables_rate_the_shelf_keeps_to_its_plateau() {
        let plateau = power(&TABLE.shelf, basis(24_000.0, TABLE_RATE));
        for rate in RATES.into_iter().filter(|rate| *rate > TABLE_RATE) {
            let filter = Coefficients::new(rate);
            for k in 0..=100 {
                let hz = 20_000.0 + (rate / 2.0 - 20_000.0) * f64::from(k) / 100.0;
                let off = 10.0 * (power(&filter.shelf, basis(hz, rate)) / plateau).log10();
                assert!(off.abs() < 0.002, "{off} dB off the plateau at {hz} of {rate} Hz");
            }
        }
    }

    #[test]
    fn the_filters_are_stable_at_any_rate() {
        for rate in (0..=200).map(|k| 8_000.0 * 96f64.powf(f64::from(k) / 200.0)).chain(RATES) {
            let Coefficients { shelf, high_pass } = Coefficients::new(rate);
            for [.., a1, a2] in [shelf, high_pass] {
                assert!(a2 < 1.0 && a1.abs() < 1.0 + a2, "{a1} {a2} at {rate} Hz");
            }
        }
    }
}
