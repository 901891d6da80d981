//! Which files are sums of others, by their sketches.

use std::borrow::Cow;

use super::fit::{Fit, Gram, fit, product};
use super::sketch::Sketch;

/// A sum leaves this share of its energy at most: 20 dB under it.
const RESIDUAL: f64 = 0.01;
/// What others explain half of over the whole song is looked at closely.
const CANDIDATE: f64 = 0.5;
/// A member has this share of the sum's energy at least.
const MEMBER: f64 = 1e-4;
/// A file plays where it lies within 24 dB of its mean power.
const PLAYING: f64 = 0.004;
/// Seconds in which a limiter or a fade moves all gains together, and frames of the sketch that these hold at least.
const WINDOW_S: f64 = 0.1;
const LEAST_IN_WINDOW: usize = 8;
/// Frames of the sketch in which a sum plays at least, for each file that may be in it: fewer fit by chance.
const FRAMES_A_GAIN: usize = 10;

/// What a sum is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sum {
    /// Places of the files, in their order.
    pub members: Vec<usize>,
    /// It holds nearly all: what it lacks would lie 20 dB under it.
    pub is_whole: bool,
}

/// How the channels of files are compared: left with left and right with right, or for a file of one channel the middle
/// of all.
#[derive(Clone, Copy, Debug, PartialEq)]
enum View {
    Left,
    Right,
    Middle,
}

/// Files whose sketches have one grid.
#[derive(Debug)]
pub(super) struct Files<'a> {
    sketches: Vec<&'a Sketch>,
    views: Vec<&'static [View]>,
    /// Frames of a sketch in a window.
    window: usize,
    grams: Vec<(View, Gram)>,
}

impl<'a> Files<'a> {
    /// Sketches of equal length and stride.
    pub fn new(sketches: Vec<&'a Sketch>, sample_rate: u64) -> Self {
        let stride = sketches.first().map_or(1, |sketch| sketch.stride());
        let window = ((WINDOW_S * sample_rate as f64 / stride as f64) as usize).max(LEAST_IN_WINDOW);
        let views: Vec<_> = sketches.iter().map(|sketch| views(sketch)).collect();
        let used = [View::Left, View::Right, View::Middle].into_iter();
        let used = used.filter(|view| views.iter().any(|views| views.contains(view)));
        let gram = |view| Gram::of(&sketches.iter().map(|sketch| seen(sketch, view)).collect::<Vec<_>>());
        Self { grams: used.map(|view| (view, gram(view))).collect(), sketches, views, window }
    }

    /// The sums among them, each by its place. `may_be_sum` says which are asked for, `must_be_in` what a whole mix has.
    pub fn sums(&self, may_be_sum: impl Fn(usize) -> bool, must_be_in: impl Fn(usize) -> bool) -> Vec<(usize, Sum)> {
        let sounding: Vec<usize> = (0..self.sketches.len()).filter(|&file| self.energy(file) > 0.0).collect();
        let asked = || sounding.iter().copied().filter(|&file| may_be_sum(file));
        let found: Vec<_> = asked().filter_map(|file| Some((file, self.parts_of(file, &sounding)?))).collect();
        let is_sum = |file: &usize| found.iter().any(|(sum, _)| sum == file);
        let stems: Vec<usize> = sounding.iter().copied().filter(|file| !is_sum(file)).collect();
        let sum = |(file, parts): &(usize, Vec<Part>)| {
            // A mix of groups is better told by what the groups are made of.
            let of_stems = self.parts_of(*file, &stems);
            let parts = of_stems.as_ref().unwrap_or(parts);
            let members = parts.iter().map(|part| part.file).collect();
            (*file, Sum { members, is_whole: self.is_whole(*file, parts, &stems, &must_be_in) })
        };
        found.iter().map(sum).collect()
    }

    /// What this file is the sum of; `None` where it is none.
    fn parts_of(&self, file: usize, others: &[usize]) -> Option<Vec<Part>> {
        // A copy explains a file, and says nothing of whether it is a sum.
        let others: Vec<usize> =
            others.iter().copied().filter(|&other| other != file && !self.is_copy(file, other)).collect();
        let fits = self.fits(file, &others);
        if self.residual(file, &fits) > CANDIDATE {
            return None;
        }
        let has_gain = |k: usize| fits.iter().any(|(_, fit)| fit.gains[k] > 0.0);
        let used: Vec<usize> = (0..others.len()).filter(|&k| has_gain(k)).map(|k| others[k]).collect();
        let parts = self.prove(file, &used)?;
        (parts.len() > 1).then_some(parts)
    }

    /// One file is the other but for its gain.
    fn is_copy(&self, file: usize, other: usize) -> bool {
        let of_one = self.residual(file, &self.fits(file, &[other]));
        of_one <= CANDIDATE && self.prove(file, &[other]).is_some()
    }

    fn fits(&self, file: usize, others: &[usize]) -> Vec<(View, Fit)> {
        self.grams_of(file).map(|(view, gram)| (*view, fit(gram, file, others))).collect()
    }

    /// Share of the file's energy that the fits leave.
    fn residual(&self, file: usize, fits: &[(View, Fit)]) -> f64 {
        fits.iter().map(|(_, fit)| fit.residual).sum::<f64>() / self.energy(file)
    }

    fn grams_of(&self, file: usize) -> impl Iterator<Item = &(View, Gram)> {
        self.grams.iter().filter(move |(view, _)| self.views[file].contains(view))
    }

    fn energy(&self, file: usize) -> f64 {
        self.grams_of(file).map(|(_, gram)| gram.at(file, file)).sum()
    }

    /// Fits the others to the file where it plays, and lets the gain of all together move from window to window, as a
    /// limiter moves it. The parts where what is left lies 20 dB under the file.
    fn prove(&self, file: usize, others: &[usize]) -> Option<Vec<Part>> {
        let plays = self.playing(file);
        let windows = plays.iter().filter(|plays| **plays).count();
        if windows * self.window < FRAMES_A_GAIN * others.len() {
            return None;
        }
        let mut parts: Vec<Part> = others.iter().map(|&file| Part { file, energy: 0.0, before: 0.0 }).collect();
        // For each window: file by file, file by fit, fit by fit.
        let mut products = vec![[0.0; 3]; windows];
        for &view in self.views[file] {
            let of_file = |file: usize| -> Vec<f32> {
                let seen = seen(self.sketches[file], view);
                let playing = seen.chunks(self.window).zip(&plays).filter(|(_, plays)| **plays);
                playing.flat_map(|(window, _)| window).copied().collect()
            };
            let signals: Vec<Vec<f32>> = std::iter::once(&file).chain(others).map(|&file| of_file(file)).collect();
            let gram = Gram::of(&signals);
            let columns: Vec<usize> = (1..signals.len()).collect();
            let fit = fit(&gram, 0, &columns);
            let mut sum = vec![0.0_f32; signals[0].len()];
            for (k, gain) in columns.into_iter().zip(&fit.gains) {
                sum.iter_mut().zip(&signals[k]).for_each(|(sum, sample)| *sum += *gain as f32 * sample);
                parts[k - 1].before += gram.at(k, k);
                parts[k - 1].energy += gain * gain * gram.at(k, k);
            }
            let pairs = signals[0].chunks(self.window).zip(sum.chunks(self.window));
            for (products, (file, fit)) in products.iter_mut().zip(pairs) {
                let more = [product(file, file), product(file, fit), product(fit, fit)];
                products.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
        }
        let energy: f64 = products.iter().map(|[of_file, ..]| of_file).sum();
        let left = |[of_file, both, of_fit]: &[f64; 3]| of_file - if *both > 0.0 { both * both / of_fit } else { 0.0 };
        let left: f64 = products.iter().map(left).sum();
        parts.retain(|part| part.energy >= MEMBER * energy);
        (left <= RESIDUAL * energy).then_some(parts)
    }

    /// In which windows a file plays.
    fn playing(&self, file: usize) -> Vec<bool> {
        let sketch = self.sketches[file];
        let power = |k: usize| -> f64 {
            let range = k * self.window..((k + 1) * self.window).min(sketch.len());
            sketch.channels().iter().map(|channel| product(&channel[range.clone()], &channel[range.clone()])).sum()
        };
        let powers: Vec<f64> = (0..sketch.len().div_ceil(self.window)).map(power).collect();
        let mean = powers.iter().sum::<f64>() / powers.len() as f64;
        powers.iter().map(|power| *power > PLAYING * mean).collect()
    }

    /// What the sum lacks of the stems that must be in it would lie 20 dB under it, with the gain that its parts have.
    fn is_whole(&self, file: usize, parts: &[Part], stems: &[usize], must_be_in: &impl Fn(usize) -> bool) -> bool {
        let total = |energy: fn(&Part) -> f64| parts.iter().map(energy).sum::<f64>();
        let gain = total(|part| part.energy) / total(|part| part.before);
        let is_in = |stem: usize| parts.iter().any(|part| part.file == stem || self.is_copy(stem, part.file));
        let lacking =
            stems.iter().copied().filter(|&stem| must_be_in(stem) && !is_in(stem) && !self.is_copy(stem, file));
        let lacking: f64 = lacking.map(|stem| self.energy_beside(file, stem)).sum();
        gain * lacking <= RESIDUAL * self.energy(file)
    }

    /// The energy of another file as this one's channels see it.
    fn energy_beside(&self, file: usize, other: usize) -> f64 {
        self.grams_of(file).map(|(_, gram)| gram.at(other, other)).sum()
    }
}

/// A file in a sum, with its energy in it and before its gain.
#[derive(Clone, Copy, Debug)]
struct Part {
    file: usize,
    energy: f64,
    before: f64,
}

/// Channels that are the same are one.
fn views(sketch: &Sketch) -> &'static [View] {
    match sketch.channels() {
        [left, right] if left != right => &[View::Left, View::Right],
        _ => &[View::Middle],
    }
}

fn seen(sketch: &Sketch, view: View) -> Cow<'_, [f32]> {
    match (sketch.channels(), view) {
        ([left, _], View::Left) => left.into(),
        ([_, right], View::Right) => right.into(),
        ([left, right], View::Middle) => left.iter().zip(right).map(|(left, right)| (left + right) / 2.0).collect(),
        (channels, _) => channels.first().map_or(&[][..], Vec::as_slice).into(),
    }
}
