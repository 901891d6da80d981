//! Eight lanes of f32, whatever registers they lie in.

/// Lanes of a vector, on every instruction set: sums come out in the same order.
pub(in super::super) const LANES: usize = 8;

/// Lanes of a vector of f64.
pub(in super::super) const QUAD: usize = 4;

/// An instruction set. A value of the type proves that the machine has it.
pub(in super::super) trait Isa: Copy {
    type Vector: Lanes;
    /// Vectors that are best interpolated side by side: as many as the registers hold.
    const ABREAST: usize;

    /// The same value in all lanes.
    fn splat(self, value: f32) -> Self::Vector;
    /// Reads the first lanes of the slice.
    fn load(self, from: &[f32]) -> Self::Vector;

    type Quad: Quad;

    /// The same value in all lanes.
    fn quad_splat(self, value: f64) -> Self::Quad;
    fn quad(self, from: &[f64; QUAD]) -> Self::Quad;
    /// Reads the first lanes of the slice.
    fn widen(self, from: &[f32]) -> Self::Quad;
}

/// Arithmetic in all lanes at once. Numbers are never NaN where they are compared, but where it says so.
pub(in super::super) trait Lanes: Copy {
    /// Writes the first lanes of the slice.
    fn store(self, to: &mut [f32]);
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    /// `self + a * b`, rounded once or twice as the machine does it best.
    fn plus_product(self, a: Self, b: Self) -> Self;
    fn larger(self, other: Self) -> Self;
    fn magnitude(self) -> Self;
    /// The lanes whose magnitude lies in the range, zero for the others and for NaN.
    fn within(self, smallest: Self, largest: Self) -> Self;
    /// Is any lane's magnitude beyond `largest`, or NaN?
    fn any_beyond(self, largest: Self) -> bool;
}

/// Arithmetic in four lanes of f64.
pub(in super::super) trait Quad: Copy {
    /// Writes the first lanes of the slice.
    fn store(self, to: &mut [f64]);
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// `self + a * b`, rounded once or twice as the machine does it best.
    fn plus_product(self, a: Self, b: Self) -> Self;
    /// One lane in all.
    fn lane<const LANE: i32>(self) -> Self;
    /// The lanes of each pair change places.
    fn swapped(self) -> Self;
}

/// Plain arrays, which the compiler puts into what registers its target has.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Portable;

impl Isa for Portable {
    type Vector = [f32; LANES];
    const ABREAST: usize = 1;

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        std::array::from_fn(|lane| from[..LANES][lane])
    }

    type Quad = [f64; QUAD];

    #[inline(always)]
    fn quad_splat(self, value: f64) -> Self::Quad {
        [value; QUAD]
    }

    #[inline(always)]
    fn quad(self, from: &[f64; QUAD]) -> Self::Quad {
        *from
    }

    #[inline(always)]
    fn widen(self, from: &[f32]) -> Self::Quad {
        std::array::from_fn(|lane| f64::from(from[..QUAD][lane]))
    }
}

impl Lanes for [f32; LANES] {
    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[..LANES].copy_from_slice(&self);
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + other[lane])
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] - other[lane])
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + a[lane] * b[lane])
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        std::array::from_fn(|lane| if self[lane] > other[lane] { self[lane] } else { other[lane] })
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        self.map(f32::abs)
    }

    #[inline(always)]
    fn within(self, smallest: Self, largest: Self) -> Self {
        std::array::from_fn(|lane| {
            let size = self[lane].abs();
            if size >= smallest[lane] && size <= largest[lane] { self[lane] } else { 0.0 }
        })
    }

    #[inline(always)]
    fn any_beyond(self, largest: Self) -> bool {
        !(0..LANES).all(|lane| self[lane].abs() <= largest[lane])
    }
}

impl Quad for [f64; QUAD] {
    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        to[..QUAD].copy_from_slice(&self);
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + other[lane])
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] * other[lane])
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + a[lane] * b[lane])
    }

    #[inline(always)]
    fn lane<const LANE: i32>(self) -> Self {
        [self[LANE as usize]; QUAD]
    }

    #[inline(always)]
    fn swapped(self) -> Self {
        [self[1], self[0], self[3], self[2]]
    }
}
