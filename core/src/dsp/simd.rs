//! Which instructions the kernels run on: chosen once for an analyzer, and eight lanes of f32 to write kernels in.
//!
//! The intrinsics stay in this folder, behind safe functions: a value of an instruction set's type exists only where the
//! machine has the set.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod lanes;
#[cfg(target_arch = "x86_64")]
mod sse2;

pub(super) use lanes::{Isa, LANES, Lanes, Portable, QUAD, Quad};
#[cfg(target_arch = "x86_64")]
use {avx2::Avx2, sse2::Sse2};

/// Instructions that an [`Analyzer`](super::Analyzer) can run on. They differ in speed, and in the last bits alone: see
/// [`Analyzer::with_simd`](super::Analyzer::with_simd).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Simd {
    /// Plain Rust that the compiler lays out for its target: what ARM and others run (on NEON, where the target has it).
    Portable,
    /// The baseline of x86-64.
    Sse2,
    /// AVX2 and FMA: x86-64 since 2013.
    Avx2,
}

impl Simd {
    /// Every path, the plain one first.
    pub const ALL: [Self; 3] = [Self::Portable, Self::Sse2, Self::Avx2];

    /// The fastest that this machine has.
    pub fn best() -> Self {
        Self::ALL.into_iter().rfind(|simd| simd.is_available()).unwrap_or(Self::Portable)
    }

    /// Does this machine have it?
    pub fn is_available(self) -> bool {
        Path::of(self).is_some()
    }
}

/// An instruction set that the machine has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path {
    Portable(Portable),
    #[cfg(target_arch = "x86_64")]
    Sse2(Sse2),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

impl Path {
    /// `None` where the machine has no such instructions. Asks the CPU, so not for the audio thread.
    pub fn of(simd: Simd) -> Option<Self> {
        match simd {
            Simd::Portable => Some(Self::Portable(Portable)),
            #[cfg(target_arch = "x86_64")]
            Simd::Sse2 => Some(Self::Sse2(Sse2::found())),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => Avx2::found().map(Self::Avx2),
            #[cfg(not(target_arch = "x86_64"))]
            Simd::Sse2 | Simd::Avx2 => None,
        }
    }

    /// The fastest up to this that the machine has.
    pub fn up_to(simd: Simd) -> Self {
        let at_hand = Simd::ALL.into_iter().filter(|&slower| slower <= simd).rev();
        at_hand.filter_map(Self::of).next().unwrap_or(Self::Portable(Portable))
    }

    pub fn simd(self) -> Simd {
        match self {
            Self::Portable(_) => Simd::Portable,
            #[cfg(target_arch = "x86_64")]
            Self::Sse2(_) => Simd::Sse2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Simd::Avx2,
        }
    }

    /// Does the work, compiled for these instructions.
    pub fn call<W: Work>(self, work: W) -> W::Output {
        match self {
            Self::Portable(isa) => work.on(isa),
            #[cfg(target_arch = "x86_64")]
            Self::Sse2(isa) => work.on(isa),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(isa) => isa.call(work),
        }
    }

    /// Does it multiply four numbers of f64 at once?
    pub fn has_quads(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => true,
            _ => false,
        }
    }
}

/// Work that is written for any instruction set. `on`, and all that it calls in a loop, must be `#[inline(always)]`, and
/// no vector may pass through a closure (of `map`, or of `array::from_fn`): only what is inlined is compiled for the set.
pub(super) trait Work {
    type Output;
    fn on<I: Isa>(self, isa: I) -> Self::Output;
}
