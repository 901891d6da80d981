//! Four frames at once, in four lanes of f64.
//!
//! Split into partial fractions, the two filters are one gain and two complex one-pole filters `w' = p w + x` side by
//! side, of which the real part of `2 r w` is heard. Four frames on, `w` is `p^4 w` and the four inputs times powers of
//! `p`: one complex product in the way from a group of four to the next, instead of four.

use super::flush;
use crate::dsp::group::{GROUP, Line, RUN};
use crate::dsp::k_design::Coefficients;
use crate::dsp::simd::{Isa, QUAD, Quad};

/// Frames at once.
const STEP: usize = QUAD;

/// A complex number: real and imaginary part.
type Complex = [f64; 2];

fn times([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

fn divided([a, b]: Complex, [c, d]: Complex) -> Complex {
    let square = c * c + d * d;
    [(a * c + b * d) / square, (b * c - a * d) / square]
}

/// The pole above the real axis of `1 + a1/z + a2/z^2`. Both filters have one: their Q is over 0.5.
fn pole([.., a1, a2]: [f64; 5]) -> Option<Complex> {
    let square = a2 - a1 * a1 / 4.0;
    (square > 0.0).then(|| [-a1 / 2.0, square.sqrt()])
}

/// `b0 z^2 + b1 z + b2`.
fn numerator([b0, b1, b2, ..]: [f64; 5], z: Complex) -> Complex {
    let [re, im] = times([b0 * z[0] + b1, b0 * z[1]], z);
    [re + b2, im]
}

/// `z^2 + a1 z + a2`.
fn denominator([.., a1, a2]: [f64; 5], z: Complex) -> Complex {
    numerator([1.0, a1, a2, 0.0, 0.0], z)
}

/// The filter of both channels. A state is `[re, im]` of the shelf's pole, then of the high-pass's.
#[derive(Clone, Debug)]
pub(in super::super) struct Parallel {
    step: Step,
    /// One frame: poles, residues twofold, and what goes straight through.
    poles: [Complex; 2],
    residues: [Complex; 2],
    through: f64,
    state: [[f64; QUAD]; 2],
    /// Sums of squares by the frame's place in its four.
    energy: [[f64; QUAD]; 2],
    /// The run in f64, for frames are broadcast from memory.
    wide: [[f64; RUN]; 2],
}

/// Four frames: columns of matrices, each for one state or one input.
#[derive(Clone, Debug)]
struct Step {
    /// State to state: times itself, and times itself with parts swapped.
    direct: [f64; QUAD],
    crossed: [f64; QUAD],
    /// Input to state.
    input: [[f64; QUAD]; STEP],
    /// State to output.
    output: [[f64; STEP]; QUAD],
    /// Input to output.
    through: [[f64; STEP]; STEP],
}

impl Parallel {
    /// `None` for filters without complex poles, or with the same ones: K-weighting has neither at any rate.
    pub fn new(coefficients: &Coefficients) -> Option<Self> {
        let Coefficients { shelf, high_pass } = *coefficients;
        let poles = [pole(shelf)?, pole(high_pass)?];
        // A pole's residue: what is left of the whole at the pole without its own factor.
        let residue = |p: Complex, other: [f64; 5]| {
            let above = times(numerator(shelf, p), numerator(high_pass, p));
            let below = times([0.0, 2.0 * p[1]], denominator(other, p));
            divided(above, below).map(|part| 2.0 * part)
        };
        let residues = [residue(poles[0], high_pass), residue(poles[1], shelf)];
        let through = shelf[0] * high_pass[0];
        let parallel = Self {
            step: Step::new(poles, residues, through),
            poles,
            residues,
            through,
            state: [[0.0; QUAD]; 2],
            energy: [[0.0; QUAD]; 2],
            wide: [[0.0; RUN]; 2],
        };
        residues.as_flattened().iter().all(|part| part.is_finite()).then_some(parallel)
    }

    #[cfg(test)]
    pub fn is_at_rest(&self) -> bool {
        self.state == [[0.0; QUAD]; 2]
    }

    pub fn reset(&mut self) {
        self.state = [[0.0; QUAD]; 2];
        self.energy = [[0.0; QUAD]; 2];
    }

    /// Filters the first frames of a run in the first `CHANNELS` channels.
    #[inline(always)]
    pub fn process<I: Isa, const CHANNELS: usize>(&mut self, isa: I, lines: &[Line; 2], frames: usize) {
        for (wide, line) in self.wide.iter_mut().zip(lines).take(CHANNELS) {
            widen(isa, line.groups(0, frames.div_ceil(GROUP)), wide);
        }
        let steps = frames / STEP;
        self.run::<I, CHANNELS>(isa, steps);
        for at in steps * STEP..frames {
            for c in 0..CHANNELS {
                self.one_frame(c, self.wide[c][at]);
            }
        }
    }

    #[inline(always)]
    fn run<I: Isa, const CHANNELS: usize>(&mut self, isa: I, steps: usize) {
        let step = &self.step;
        let (direct, crossed) = (isa.quad(&step.direct), isa.quad(&step.crossed));
        let input = columns(isa, &step.input);
        let output = columns(isa, &step.output);
        let through = columns(isa, &step.through);
        let mut state = columns(isa, &self.state);
        let mut energy = columns(isa, &self.energy);
        let [left, right] = self.wide.each_ref().map(|wide| wide.as_chunks::<STEP>().0);
        for (left, right) in left.iter().zip(right).take(steps) {
            for c in 0..CHANNELS {
                let s = state[c];
                let [u0, u1, u2, u3] = [left, right][c];
                let u = [isa.quad_splat(*u0), isa.quad_splat(*u1), isa.quad_splat(*u2), isa.quad_splat(*u3)];
                let early = through[0].times(u[0]).plus_product(through[1], u[1]);
                let late = through[2].times(u[2]).plus_product(through[3], u[3]);
                let early = early.plus_product(output[0], s.lane::<0>()).plus_product(output[1], s.lane::<1>());
                let late = late.plus_product(output[2], s.lane::<2>()).plus_product(output[3], s.lane::<3>());
                let y = early.plus(late);
                energy[c] = energy[c].plus_product(y, y);
                let fed = input[0].times(u[0]).plus_product(input[1], u[1]);
                let fed = fed.plus_product(input[2], u[2]).plus_product(input[3], u[3]);
                state[c] = fed.plus_product(direct, s).plus_product(crossed, s.swapped());
            }
        }
        for c in 0..CHANNELS {
            state[c].store(&mut self.state[c]);
            energy[c].store(&mut self.energy[c]);
        }
    }

    fn one_frame(&mut self, channel: usize, x: f64) {
        let [a, b, c, d] = self.state[channel];
        let mut y = self.through * x;
        for (k, w) in [[a, b], [c, d]].into_iter().enumerate() {
            y += times(self.residues[k], w)[0];
            let [re, im] = times(self.poles[k], w);
            self.state[channel][2 * k] = re + x;
            self.state[channel][2 * k + 1] = im;
        }
        self.energy[channel][0] += y * y;
    }

    /// Sum of squares since the last call. A state too small to matter comes to rest here.
    pub fn take(&mut self) -> f64 {
        self.state = self.state.map(|state| state.map(flush));
        std::mem::take(&mut self.energy).as_flattened().iter().sum()
    }
}

#[inline(always)]
fn widen<I: Isa>(isa: I, groups: &[[f32; GROUP]], to: &mut [f64; RUN]) {
    for (to, group) in to.as_chunks_mut::<GROUP>().0.iter_mut().zip(groups) {
        for at in (0..GROUP).step_by(QUAD) {
            isa.widen(&group[at..]).store(&mut to[at..]);
        }
    }
}

#[inline(always)]
fn columns<I: Isa, const N: usize>(isa: I, from: &[[f64; QUAD]; N]) -> [I::Quad; N] {
    let mut columns = [isa.quad_splat(0.0); N];
    for (column, from) in columns.iter_mut().zip(from) {
        *column = isa.quad(from);
    }
    columns
}

impl Step {
    fn new(poles: [Complex; 2], residues: [Complex; 2], through: f64) -> Self {
        let power = |p: Complex, n: usize| (0..n).fold([1.0, 0.0], |product, _| times(product, p));
        let pair = |f: &dyn Fn(usize) -> Complex| [f(0)[0], f(0)[1], f(1)[0], f(1)[1]];
        // What is heard of a state some frames on: the real part of r p^n (re + i im).
        let heard = |k: usize, n: usize| times(residues[k], power(poles[k], n));
        let response = |n: usize| match n {
            0 => through,
            n => heard(0, n - 1)[0] + heard(1, n - 1)[0],
        };
        let fourth = pair(&|k| power(poles[k], STEP));
        Self {
            direct: [fourth[0], fourth[0], fourth[2], fourth[2]],
            crossed: [-fourth[1], fourth[1], -fourth[3], fourth[3]],
            input: std::array::from_fn(|j| pair(&|k| power(poles[k], STEP - 1 - j))),
            output: std::array::from_fn(|state| {
                std::array::from_fn(|n| match state % 2 {
                    0 => heard(state / 2, n)[0],
                    _ => -heard(state / 2, n)[1],
                })
            }),
            through: std::array::from_fn(|j| std::array::from_fn(|n| if n >= j { response(n - j) } else { 0.0 })),
        }
    }
}
