//! The newest samples of one channel, at the rate of the transforms.

use super::half_band::{HalfBand, stages};

/// Quieter samples are kept as silence, -200 dBFS: no product with the window's edge is denormal, and no record shows them.
const QUIETEST: f32 = 1e-10;

/// The newest samples of one channel, decimated.
#[derive(Clone, Debug)]
pub(super) struct History {
    stages: Box<[HalfBand]>,
    line: HistoryLine,
}

#[derive(Clone, Debug)]
struct HistoryLine {
    samples: Box<[f32]>,
    /// Where the next sample goes.
    at: usize,
    /// Samples since the start.
    written: u64,
    /// The same up to the last call that brought one that was not silent.
    heard: u64,
}

impl History {
    /// Keeps `len` samples of every `factor`-th frame.
    pub fn new(factor: usize, len: usize) -> Self {
        Self {
            stages: stages(factor),
            line: HistoryLine { samples: vec![0.0; len].into(), at: 0, written: 0, heard: 0 },
        }
    }

    /// Begins anew: what was before reads as silence.
    pub fn restart(&mut self) {
        self.stages.iter_mut().for_each(HalfBand::reset);
        (self.line.at, self.line.written, self.line.heard) = (0, 0, 0);
    }

    pub fn push(&mut self, frames: &[f32]) {
        feed(&mut self.stages, frames, &mut self.line);
    }

    /// Samples since the start.
    pub fn written(&self) -> u64 {
        self.line.written
    }

    /// Fills `out` with the samples before sample `end` under the window. False, and nothing done, where all are silent.
    pub fn read(&self, end: u64, window: &[f32], out: &mut [f32]) -> bool {
        let HistoryLine { samples, at, written, heard } = &self.line;
        debug_assert!(end <= *written && (written - end) as usize + window.len() <= samples.len(), "overwritten");
        let begin = end.saturating_sub(window.len() as u64);
        if *heard <= begin {
            return false;
        }
        let missing = window.len() - (end - begin) as usize;
        out[..missing].fill(0.0);
        let (window, out) = (&window[missing..], &mut out[missing..]);
        let back = (written - begin) as usize;
        let from = if back <= *at { at - back } else { at + samples.len() - back };
        let split = window.len().min(samples.len() - from);
        multiply(&samples[from..from + split], &window[..split], &mut out[..split]);
        multiply(samples, &window[split..], &mut out[split..]);
        true
    }

    pub fn bytes(&self) -> usize {
        size_of_val(&*self.stages) + size_of_val(&*self.line.samples)
    }
}

fn multiply(samples: &[f32], window: &[f32], out: &mut [f32]) {
    for (out, (sample, weight)) in out.iter_mut().zip(samples.iter().zip(window)) {
        *out = sample * weight;
    }
}

fn feed(stages: &mut [HalfBand], samples: &[f32], line: &mut HistoryLine) {
    match stages.split_first_mut() {
        None => line.push(samples),
        Some((first, rest)) => first.push(samples, |samples| feed(rest, samples, line)),
    }
}

impl HistoryLine {
    fn push(&mut self, samples: &[f32]) {
        let (first, rest) = samples.split_at(samples.len().min(self.samples.len() - self.at));
        let heard = keep(first, &mut self.samples[self.at..]) | keep(rest, &mut self.samples);
        self.at += samples.len();
        if self.at >= self.samples.len() {
            self.at -= self.samples.len();
        }
        self.written += samples.len() as u64;
        if heard {
            self.heard = self.written;
        }
    }
}

/// Says whether any was heard.
fn keep(from: &[f32], to: &mut [f32]) -> bool {
    let mut heard = false;
    for (to, &sample) in to.iter_mut().zip(from) {
        let is_heard = sample.abs() >= QUIETEST;
        *to = if is_heard { sample } else { 0.0 };
        heard |= is_heard;
    }
    heard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_samples_before_any_of_the_newest_ends() {
        let mut history = History::new(1, 100);
        let mut out = [9.0; 40];
        for first in (0..700u32).step_by(7) {
            let group: Vec<f32> = (first + 1..=first + 7).map(|k| k as f32).collect();
            history.push(&group);
            for late in [0, 1, 20] {
                let end = history.written().saturating_sub(late);
                assert!(history.read(end, &[2.0; 40], &mut out) || end == 0);
                let expected = |at: u64| 2.0 * (end + at).saturating_sub(39) as f32;
                assert!((0..40).all(|at| end == 0 || out[at as usize] == expected(at)), "before {end}: {out:?}");
            }
        }
    }

    #[test]
    fn silence_and_what_is_quieter_than_a_record_shows_is_not_read() {
        let mut history = History::new(1, 64);
        history.push(&[0.5, 1e-11, -1e-30]);
        history.push(&[0.0; 29]);
        let mut out = [9.0; 32];
        assert!(history.read(32, &[1.0; 32], &mut out) && out[0] == 0.5 && out[1..].iter().all(|&x| x == 0.0));
        history.push(&[0.0; 3]);
        assert!(!history.read(35, &[1.0; 32], &mut out));
        history.restart();
        assert!(!history.read(0, &[1.0; 32], &mut out), "what was before the start is silence");
    }
}
