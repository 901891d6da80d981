//! Logarithm and exponential to base 2 that compilers turn into vector code: masking takes some thousands of them a judgement.

/// Adding this rounds a small float to an integer, which then stands in its lowest bits.
const ROUND: f32 = 12_582_912.0;
const MANTISSA_BITS: u32 = 23;
/// The bits of sqrt(1/2): mantissas are taken about 1.
const HALF_ROOT: u32 = 0x3f35_04f3;

/// Base-2 logarithm of a positive, finite float, within 1e-6.
#[inline(always)]
pub(super) fn log2(x: f32) -> f32 {
    let shifted = x.to_bits().wrapping_sub(HALF_ROOT);
    let exponent = (shifted as i32) >> MANTISSA_BITS;
    let mantissa = f32::from_bits(x.to_bits().wrapping_sub((exponent as u32) << MANTISSA_BITS));
    // ln m = 2 artanh((m - 1) / (m + 1)), whose series falls by a factor of 30 a term.
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let square = z * z;
    let series = 1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square / 9.0)));
    exponent as f32 + 2.0 * std::f32::consts::LOG2_E * z * series
}

/// 2 to the power of x, within 3e-7 of it; 0 under 2^-126, and for x up to 127.
#[inline(always)]
pub(super) fn exp2(x: f32) -> f32 {
    // In this form it is one instruction; `max` would take care of NaN in five.
    let clamped = if x > -127.0 { x } else { -127.0 };
    let rounded = clamped + ROUND;
    let part = (clamped - (rounded - ROUND)) * std::f32::consts::LN_2;
    let series = 1.0 / 6.0 + part * (1.0 / 24.0 + part * (1.0 / 120.0 + part / 720.0));
    let fraction = 1.0 + part * (1.0 + part * (0.5 + part * series));
    // The exponent field of 2^-127 is 0: the float is +0.
    let scale = f32::from_bits((rounded.to_bits() << MANTISSA_BITS).wrapping_add(1.0f32.to_bits()));
    fraction * scale
}

/// x to the power of y, for positive x.
#[inline(always)]
pub(super) fn pow(x: f32, y: f32) -> f32 {
    exp2(y * log2(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_agree_with_the_library() {
        for step in -3_000..3_000 {
            let x = step as f32 / 25.0;
            let power = f64::from(x).exp2();
            assert!((f64::from(exp2(x)) / power - 1.0).abs() < 3e-7, "2^{x}: {} instead of {power}", exp2(x));
            let exact = power.log2();
            let read = f64::from(log2(power as f32));
            assert!((read - exact).abs() < 1e-6 * exact.abs().max(1.0), "log2 of 2^{x}: {read}");
        }
        assert_eq!((exp2(-200.0), exp2(f32::NEG_INFINITY), exp2(0.0), log2(1.0)), (0.0, 0.0, 1.0, 0.0));
        assert!((pow(1e9, 0.2) - 63.095_734).abs() < 1e-4);
    }
}
