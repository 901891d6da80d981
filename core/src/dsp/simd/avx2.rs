//! Eight lanes of f32 or four of f64 in one register of AVX.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::Work;
use super::lanes::{Isa, LANES, Lanes, QUAD, Quad};

/// AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Avx2(());

impl Avx2 {
    pub fn found() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

impl Avx2 {
    /// Does the work in a function that is compiled for AVX2 and FMA.
    pub fn call<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx2,fma")]
        fn inner<W: Work>(isa: Avx2, work: W) -> W::Output {
            work.on(isa)
        }
        // SAFETY: an `Avx2` exists, so the machine has both.
        unsafe { inner(self, work) }
    }
}

/// Made by an [`Avx2`] or of others of its kind only, which is what makes the functions below safe.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct OneOf8(__m256);

impl Isa for Avx2 {
    type Vector = OneOf8;
    const ABREAST: usize = 2;

    #[inline(always)]
    fn splat(self, value: f32) -> OneOf8 {
        // SAFETY: an `Avx2` exists, so the machine has AVX.
        OneOf8(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> OneOf8 {
        let from = &from[..LANES];
        // SAFETY: the machine has AVX; eight floats are there to read; no alignment is asked for.
        OneOf8(unsafe { _mm256_loadu_ps(from.as_ptr()) })
    }

    type Quad = OneOf4;

    #[inline(always)]
    fn quad_splat(self, value: f64) -> OneOf4 {
        // SAFETY: the machine has AVX.
        OneOf4(unsafe { _mm256_set1_pd(value) })
    }

    #[inline(always)]
    fn quad(self, from: &[f64; QUAD]) -> OneOf4 {
        // SAFETY: the machine has AVX; four numbers are there to read; no alignment is asked for.
        OneOf4(unsafe { _mm256_loadu_pd(from.as_ptr()) })
    }

    #[inline(always)]
    fn widen(self, from: &[f32]) -> OneOf4 {
        let from = &from[..QUAD];
        // SAFETY: the machine has AVX; four floats are there to read; no alignment is asked for.
        OneOf4(unsafe { _mm256_cvtps_pd(_mm_loadu_ps(from.as_ptr())) })
    }
}

impl Lanes for OneOf8 {
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        let to = &mut to[..LANES];
        // SAFETY: the machine has AVX; eight floats are there to write; no alignment is asked for.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: a `OneOf8` exists, so the machine has AVX.
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        // SAFETY: a `OneOf8` exists, so the machine has AVX.
        Self(unsafe { _mm256_sub_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: a `OneOf8` exists, so the machine has FMA.
        Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        // SAFETY: a `OneOf8` exists, so the machine has AVX.
        Self(unsafe { _mm256_max_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        // SAFETY: a `OneOf8` exists, so the machine has AVX.
        Self(unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0) })
    }

    #[inline(always)]
    fn within(self, smallest: Self, largest: Self) -> Self {
        let size = self.magnitude().0;
        // SAFETY: a `OneOf8` exists, so the machine has AVX.
        Self(unsafe {
            let loud = _mm256_cmp_ps::<_CMP_GE_OQ>(size, smallest.0);
            let quiet = _mm256_cmp_ps::<_CMP_LE_OQ>(size, largest.0);
            _mm256_and_ps(self.0, _mm256_and_ps(loud, quiet))
        })
    }

    #[inline(always)]
    fn any_beyond(self, largest: Self) -> bool {
        let size = self.magnitude().0;
        // SAFETY: a `OneOf8` exists, so the machine has AVX.
        unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NLE_UQ>(size, largest.0)) != 0 }
    }
}

/// Made by an [`Avx2`] or of others of its kind only.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct OneOf4(__m256d);

impl Quad for OneOf4 {
    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        let to = &mut to[..QUAD];
        // SAFETY: the machine has AVX; four numbers are there to write; no alignment is asked for.
        unsafe { _mm256_storeu_pd(to.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: a `OneOf4` exists, so the machine has AVX.
        Self(unsafe { _mm256_add_pd(self.0, other.0) })
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        // SAFETY: a `OneOf4` exists, so the machine has AVX.
        Self(unsafe { _mm256_mul_pd(self.0, other.0) })
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: a `OneOf4` exists, so the machine has FMA.
        Self(unsafe { _mm256_fmadd_pd(a.0, b.0, self.0) })
    }

    #[inline(always)]
    fn lane<const LANE: i32>(self) -> Self {
        // SAFETY: a `OneOf4` exists, so the machine has AVX2.
        Self(unsafe {
            match LANE {
                0 => _mm256_permute4x64_pd::<0x00>(self.0),
                1 => _mm256_permute4x64_pd::<0x55>(self.0),
                2 => _mm256_permute4x64_pd::<0xaa>(self.0),
                _ => _mm256_permute4x64_pd::<0xff>(self.0),
            }
        })
    }

    #[inline(always)]
    fn swapped(self) -> Self {
        // SAFETY: a `OneOf4` exists, so the machine has AVX.
        Self(unsafe { _mm256_permute_pd::<0b0101>(self.0) })
    }
}
