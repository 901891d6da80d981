//! The least that any meter must do: read every sample once.

/// Samples side by side: enough that no step waits for the one before.
const LANES: usize = 32;

/// The largest magnitude, with what every processor of this kind has.
pub fn read_floor(samples: &[f32]) -> f32 {
    largest(samples)
}

/// The largest magnitude with AVX2, where the processor has it.
pub fn read_floor_avx2(samples: &[f32]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    if has_avx2() {
        // SAFETY: the processor has it.
        return unsafe { largest_avx2(samples) };
    }
    largest(samples)
}

/// The processor has AVX2 and FMA.
pub fn has_avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn largest_avx2(samples: &[f32]) -> f32 {
    largest(samples)
}

#[inline(always)]
fn largest(samples: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (groups, rest) = samples.as_chunks::<LANES>();
    for group in groups {
        for (lane, &sample) in lanes.iter_mut().zip(group) {
            *lane = larger(*lane, sample.abs());
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        let (low, high) = lanes.split_at_mut(half);
        low.iter_mut().zip(high).for_each(|(low, high)| *low = larger(*low, *high));
        half /= 2;
    }
    rest.iter().fold(lanes[0], |largest, sample| larger(largest, sample.abs()))
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_find_the_largest_magnitude_wherever_it_is() {
        for place in [0, 31, 32, 130] {
            let mut samples = vec![0.25; 131];
            samples[place] = -0.5;
            assert_eq!((read_floor(&samples), read_floor_avx2(&samples)), (0.5, 0.5), "at {place}");
        }
    }
}
