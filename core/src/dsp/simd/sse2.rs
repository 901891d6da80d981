//! Eight lanes of f32 in two registers of SSE2.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::lanes::{Isa, LANES, Lanes, Portable, QUAD};

/// The baseline of x86-64.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Sse2(());

impl Sse2 {
    /// Part of every x86-64.
    pub fn found() -> Self {
        Self(())
    }
}

#[derive(Clone, Copy, Debug)]
pub(in super::super) struct TwoOf4(__m128, __m128);

impl Isa for Sse2 {
    type Vector = TwoOf4;
    const ABREAST: usize = 1;

    #[inline(always)]
    fn splat(self, value: f32) -> TwoOf4 {
        // SAFETY: every x86-64 has SSE2.
        let four = unsafe { _mm_set1_ps(value) };
        TwoOf4(four, four)
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> TwoOf4 {
        let from = &from[..LANES];
        // SAFETY: eight floats are there to read; no alignment is asked for.
        unsafe { TwoOf4(_mm_loadu_ps(from.as_ptr()), _mm_loadu_ps(from.as_ptr().add(4))) }
    }

    // Four lanes of f64 gain nothing here: the K-weighting goes by two.
    type Quad = [f64; QUAD];

    #[inline(always)]
    fn quad_splat(self, value: f64) -> Self::Quad {
        Portable.quad_splat(value)
    }

    #[inline(always)]
    fn quad(self, from: &[f64; QUAD]) -> Self::Quad {
        Portable.quad(from)
    }

    #[inline(always)]
    fn widen(self, from: &[f32]) -> Self::Quad {
        Portable.widen(from)
    }
}

impl Lanes for TwoOf4 {
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        let to = &mut to[..LANES];
        // SAFETY: eight floats are there to write; no alignment is asked for.
        unsafe {
            _mm_storeu_ps(to.as_mut_ptr(), self.0);
            _mm_storeu_ps(to.as_mut_ptr().add(4), self.1);
        }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: every x86-64 has SSE2.
        unsafe { Self(_mm_add_ps(self.0, other.0), _mm_add_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        // SAFETY: every x86-64 has SSE2.
        unsafe { Self(_mm_sub_ps(self.0, other.0), _mm_sub_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        // SAFETY: every x86-64 has SSE2.
        self.plus(unsafe { Self(_mm_mul_ps(a.0, b.0), _mm_mul_ps(a.1, b.1)) })
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        // SAFETY: every x86-64 has SSE2.
        unsafe { Self(_mm_max_ps(self.0, other.0), _mm_max_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let sign = _mm_set1_ps(-0.0);
            Self(_mm_andnot_ps(sign, self.0), _mm_andnot_ps(sign, self.1))
        }
    }

    #[inline(always)]
    fn within(self, smallest: Self, largest: Self) -> Self {
        let size = self.magnitude();
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let low = _mm_and_ps(_mm_cmpge_ps(size.0, smallest.0), _mm_cmple_ps(size.0, largest.0));
            let high = _mm_and_ps(_mm_cmpge_ps(size.1, smallest.1), _mm_cmple_ps(size.1, largest.1));
            Self(_mm_and_ps(self.0, low), _mm_and_ps(self.1, high))
        }
    }

    #[inline(always)]
    fn any_beyond(self, largest: Self) -> bool {
        let size = self.magnitude();
        // SAFETY: every x86-64 has SSE2.
        unsafe {
            let beyond = _mm_or_ps(_mm_cmpnle_ps(size.0, largest.0), _mm_cmpnle_ps(size.1, largest.1));
            _mm_movemask_ps(beyond) != 0
        }
    }
}
