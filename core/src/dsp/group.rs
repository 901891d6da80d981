//! Sixteen frames at a time: what the kernels run on, whatever the host's block.

use super::simd::{Isa, LANES, Lanes};

/// Frames in a group. Groups begin at a hop's first frame, and the hop's last group is as short as it must be.
pub(super) const GROUP: usize = 16;
/// Groups that the kernels run on at once, at most.
pub(super) const GROUPS_IN_RUN: usize = 8;
/// Frames of the same.
pub(super) const RUN: usize = GROUP * GROUPS_IN_RUN;
/// Frames before a run that the kernels look back on.
pub(super) const HISTORY: usize = GROUP;
/// Louder samples are read as this, +300 dBFS: their squares and their sums stay finite in f32.
const LOUDEST: f32 = 1e15;
/// Quieter samples are read as silence, -300 dBFS: their squares never are denormal in f32.
const QUIETEST: f32 = 1e-15;

/// The samples that wait for their group to fill, as they came in.
#[derive(Clone, Debug, Default)]
pub(super) struct FrameGroup {
    pub samples: [[f32; GROUP]; 2],
    pub len: usize,
}

impl FrameGroup {
    /// Appends equally many frames of both channels, of the left alone for one channel.
    pub fn append(&mut self, left: &[f32], right: Option<&[f32]>) {
        let place = self.len..self.len + left.len();
        self.samples[0][place.clone()].copy_from_slice(left);
        match right {
            Some(right) => self.samples[1][place].copy_from_slice(right),
            None => self.samples[1][place].fill(0.0),
        }
        self.len += left.len();
    }
}

/// One channel's samples in a run, fit for f32 arithmetic, after those that came before it.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Line([[f32; GROUP]; 1 + GROUPS_IN_RUN]);

impl Line {
    pub fn new() -> Self {
        Self([[0.0; GROUP]; 1 + GROUPS_IN_RUN])
    }

    /// Takes the samples of the next run, at most [`RUN`], and silences the rest of their last group. Says whether any
    /// was not finite.
    #[inline(always)]
    pub fn fill<I: Isa>(&mut self, isa: I, from: &[f32]) -> bool {
        let (whole, rest) = from.as_chunks::<GROUP>();
        let range = [isa.splat(QUIETEST), isa.splat(LOUDEST)];
        let mut odd = false;
        for (to, from) in self.0[1..].iter_mut().zip(whole) {
            odd |= clean(isa, range, to, from);
        }
        if !rest.is_empty() {
            let mut last = [0.0; GROUP];
            last[..rest.len()].copy_from_slice(rest);
            odd |= clean(isa, range, &mut self.0[1 + whole.len()], &last);
        }
        odd && self.clamp_the_finite(from)
    }

    /// The rare other half of [`Line::fill`]: finite samples beyond the range keep their sign, the others stay silent.
    #[cold]
    fn clamp_the_finite(&mut self, from: &[f32]) -> bool {
        let mut non_finite = false;
        for (to, &sample) in self.0.as_flattened_mut()[HISTORY..].iter_mut().zip(from) {
            if !sample.is_finite() {
                non_finite = true;
            } else if sample.abs() > LOUDEST {
                *to = LOUDEST.copysign(sample);
            }
        }
        non_finite
    }

    /// The run has been read: its end becomes the history.
    pub fn pass(&mut self, frames: usize) {
        self.0.as_flattened_mut().copy_within(frames..frames + HISTORY, 0);
    }

    /// The samples of the run.
    pub fn samples(&self, frames: usize) -> &[f32] {
        &self.0.as_flattened()[HISTORY..HISTORY + frames]
    }

    /// Some of the run's groups.
    #[inline(always)]
    pub fn groups(&self, from: usize, to: usize) -> &[[f32; GROUP]] {
        &self.0[1 + from..1 + to]
    }

    /// One group of the run with what came before it.
    #[inline(always)]
    pub fn window(&self, group: usize) -> &[f32; HISTORY + GROUP] {
        self.0.as_flattened()[group * GROUP..].first_chunk().unwrap_or(&[0.0; HISTORY + GROUP])
    }
}

/// Copies a group, silence in place of samples out of range. Says whether any was too loud or no number.
#[inline(always)]
fn clean<I: Isa>(isa: I, range: [I::Vector; 2], to: &mut [f32; GROUP], from: &[f32; GROUP]) -> bool {
    let [smallest, largest] = range;
    let mut odd = false;
    for at in [0, LANES] {
        let samples = isa.load(&from[at..]);
        samples.within(smallest, largest).store(&mut to[at..]);
        odd |= samples.any_beyond(largest);
    }
    odd
}

#[cfg(test)]
mod tests {
    use super::super::simd::Portable;
    use super::*;

    #[test]
    fn non_finite_samples_read_as_silence_and_are_told() {
        let mut line = Line::new();
        assert!(line.fill(Portable, &[0.5, f32::NAN, f32::INFINITY, -0.25]));
        assert_eq!(line.samples(4), [0.5, 0.0, 0.0, -0.25]);
    }

    #[test]
    fn finite_samples_out_of_range_are_clamped_and_not_told() {
        let mut line = Line::new();
        assert!(!line.fill(Portable, &[1e30, -f32::MAX, 1e-40, -1e-20]));
        assert_eq!(line.samples(4), [LOUDEST, -LOUDEST, 0.0, 0.0]);
    }

    #[test]
    fn what_lies_past_a_short_run_is_silent_and_its_end_is_kept() {
        let mut line = Line::new();
        line.fill(Portable, &[1.0; RUN]);
        line.pass(RUN);
        line.fill(Portable, &[0.5; GROUP + 3]);
        assert_eq!(line.window(0)[..HISTORY], [1.0; HISTORY]);
        assert_eq!(line.groups(1, 2)[0][..4], [0.5, 0.5, 0.5, 0.0]);
        line.pass(GROUP + 3);
        assert_eq!(line.window(0)[..HISTORY], [0.5; HISTORY]);
    }
}
