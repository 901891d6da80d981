//! The meters alone: Keel's, the least that any meter must do, and two others that measure the same.

use std::hint::black_box;
use std::time::Instant;

use ebur128::{EbuR128, Mode};
use keel_core::dsp::{Analyzer, Bands, Cell, Clock, Hop, Kernel, KernelAlone, Loudness, Simd, Sink};
use serde::Serialize;

use crate::native::{LibEbur128, has_avx2, read_floor, read_floor_avx2};
use crate::signal::{SAMPLE_RATE, Signal};
use crate::timing::{Case, Timing, clock_cost, interleaved, nanoseconds};

/// Frames in a block, as the table's columns have them.
pub const BLOCKS: [usize; 3] = [64, 512, 2048];
/// Audio in one sample of time: 200 hops, 20 cells, some 60 transforms, whatever the block.
const SECONDS: f64 = 2.0;

/// What one meter costs, in nanoseconds a stereo block of each of [`BLOCKS`].
#[derive(Clone, Debug, Serialize)]
pub struct Meter {
    pub name: &'static str,
    pub kind: Kind,
    pub path: Path,
    pub ns: [Timing; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Reads each sample and keeps the largest magnitude.
    Floor,
    /// A part of Keel's analyzer, the taking in of samples included.
    Kernel,
    /// The whole of Keel's analyzer, its hops taken into momentary, short-term and integrated loudness.
    Analyzer,
    /// The same with its spectrum in bands.
    AnalyzerWithSpectrum,
    /// The most expensive block of the whole analyzer within two seconds.
    WorstBlock,
    /// Another author's.
    Other,
}

/// The code path of a processor's family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Path {
    Avx2,
    Sse2,
    Portable,
    /// Its own choice.
    Own,
}

impl Path {
    fn of(simd: Simd) -> Self {
        match simd {
            Simd::Avx2 => Self::Avx2,
            Simd::Sse2 => Self::Sse2,
            Simd::Portable => Self::Portable,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Avx2 => "AVX2",
            Self::Sse2 => "SSE2",
            Self::Portable => "portable",
            Self::Own => "",
        }
    }
}

/// A meter by its block: `None` where it cannot be made here.
type Make<'a> = Box<dyn Fn(usize) -> Option<Case<'a>> + 'a>;

/// Times all meters in turn.
pub fn measure(rounds: usize) -> Vec<Meter> {
    let signal = Signal::new();
    let library = LibEbur128::load();
    let makers = makers(&signal, library.as_ref());
    let (mut names, mut cases) = (Vec::new(), Vec::new());
    for (name, kind, path, make) in makers {
        let sizes: Option<Vec<Case<'_>>> = BLOCKS.iter().map(|&frames| make(frames)).collect();
        if let Some(sizes) = sizes {
            names.push((name, kind, path));
            cases.extend(sizes);
        }
    }
    let timings = interleaved(&mut cases, rounds);
    let (timings, _) = timings.as_chunks::<3>();
    let mut meters: Vec<Meter> =
        names.into_iter().zip(timings).map(|((name, kind, path), &ns)| Meter { name, kind, path, ns }).collect();
    let others = meters.iter().position(|meter| meter.kind == Kind::Other).unwrap_or(meters.len());
    meters.insert(others, worst_block(&signal, Simd::best(), rounds.div_ceil(4)));
    meters
}

/// Times each block by itself, in several passes over the same sound: of each block the least, of those the most. So it
/// is the analyzer's own worst, and not the machine's.
fn worst_block(signal: &Signal, simd: Simd, passes: usize) -> Meter {
    let clock = clock_cost();
    let ns = BLOCKS.map(|frames| {
        let mut least = vec![f64::INFINITY; blocks(frames)];
        for _ in 0..passes {
            let mut block = feed(own(simd), signal, frames);
            (0..least.len()).for_each(&mut block);
            for (k, least) in least.iter_mut().enumerate() {
                let start = Instant::now();
                block(k + blocks(frames));
                *least = least.min((nanoseconds(start) - clock).max(0.0));
            }
        }
        let worst = least.into_iter().fold(0.0, f64::max);
        Timing { min: worst, median: worst }
    });
    Meter { name: "its worst block", kind: Kind::WorstBlock, path: Path::of(simd), ns }
}

fn makers<'a>(signal: &'a Signal, library: Option<&'a LibEbur128>) -> Vec<(&'static str, Kind, Path, Make<'a>)> {
    let mut makers: Vec<(&'static str, Kind, Path, Make<'a>)> = Vec::new();
    if has_avx2() {
        makers.push(("read floor", Kind::Floor, Path::Avx2, Box::new(|frames| floor(signal, frames, read_floor_avx2))));
    }
    makers.push(("read floor", Kind::Floor, Path::Sse2, Box::new(|frames| floor(signal, frames, read_floor))));
    let paths = || Simd::ALL.into_iter().rev().filter(|simd| simd.is_available());
    for kernel in Kernel::ALL {
        for simd in paths() {
            let make: Make<'a> = Box::new(move |frames| alone(signal, frames, simd, kernel));
            makers.push((name(kernel), Kind::Kernel, Path::of(simd), make));
        }
    }
    for simd in paths() {
        let make: Make<'a> = Box::new(move |frames| analyzer(signal, frames, own(simd).without_spectrum()));
        makers.push(("analyzer", Kind::Analyzer, Path::of(simd), make));
    }
    for simd in paths() {
        let make: Make<'a> = Box::new(move |frames| analyzer(signal, frames, own(simd)));
        makers.push(("with spectrum", Kind::AnalyzerWithSpectrum, Path::of(simd), make));
    }
    makers.push(("ebur128 crate", Kind::Other, Path::Own, Box::new(|frames| ebur128(signal, frames))));
    makers.push((
        "libebur128 in C",
        Kind::Other,
        Path::Own,
        Box::new(move |frames| libebur128(signal, library?, frames)),
    ));
    makers
}

fn name(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::Input => "taking in",
        Kernel::Levels => "levels",
        Kernel::TruePeak => "true peak",
        Kernel::KWeighting => "K-weighting",
    }
}

fn blocks(frames: usize) -> usize {
    (SECONDS * SAMPLE_RATE / frames as f64).ceil() as usize
}

/// A meter that is given block after block of the signal.
fn case<'a>(frames: usize, mut block: impl FnMut(usize) + 'a) -> Case<'a> {
    let mut k = 0;
    let run = move |calls| {
        for _ in 0..calls {
            block(k);
            k += 1;
        }
    };
    Case { calls: blocks(frames), run: Box::new(run) }
}

fn floor<'a>(signal: &'a Signal, frames: usize, read: fn(&[f32]) -> f32) -> Option<Case<'a>> {
    Some(case(frames, move |k| {
        let (left, right) = signal.block(k, frames);
        black_box(read(black_box(left)));
        black_box(read(black_box(right)));
    }))
}

/// Takes what an analyzer gives out as a meter of loudness does.
#[derive(Debug, Default)]
pub struct Measures {
    loudness: Loudness,
}

impl Sink for Measures {
    fn hop(&mut self, hop: &Hop) {
        self.loudness.push(black_box(hop));
    }

    fn cell(&mut self, cell: &Cell) {
        black_box(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        black_box(bands);
    }
}

/// Feeds an analyzer a song that never ends.
pub fn feed<'a>(mut analyzer: Analyzer, signal: &'a Signal, frames: usize) -> impl FnMut(usize) + 'a {
    let mut measures = Measures::default();
    move |k| {
        let (left, right) = signal.block(k, frames);
        let clock = Clock { position: (k * frames) as i64, playing: true, gain: 1.0, ..Clock::default() };
        analyzer.process(black_box(left), Some(black_box(right)), &clock, &mut measures);
    }
}

fn alone<'a>(signal: &'a Signal, frames: usize, simd: Simd, kernel: Kernel) -> Option<Case<'a>> {
    let mut alone = KernelAlone::new(SAMPLE_RATE, simd, kernel);
    Some(case(frames, move |k| {
        let (left, right) = signal.block(k, frames);
        alone.process(black_box(left), black_box(right));
    }))
}

fn own(simd: Simd) -> Analyzer {
    Analyzer::new(SAMPLE_RATE, 2).with_simd(simd)
}

fn analyzer<'a>(signal: &'a Signal, frames: usize, analyzer: Analyzer) -> Option<Case<'a>> {
    Some(case(frames, feed(analyzer, signal, frames)))
}

fn ebur128<'a>(signal: &'a Signal, frames: usize) -> Option<Case<'a>> {
    let mode = Mode::M | Mode::S | Mode::I | Mode::TRUE_PEAK | Mode::SAMPLE_PEAK;
    let mut meter = EbuR128::new(2, SAMPLE_RATE as u32, mode).ok()?;
    Some(case(frames, move |k| {
        let (left, right) = signal.block(k, frames);
        black_box(meter.add_frames_planar_f32(&[black_box(left), black_box(right)]).is_ok());
    }))
}

fn libebur128<'a>(signal: &'a Signal, library: &LibEbur128, frames: usize) -> Option<Case<'a>> {
    let mut meter = library.stereo(SAMPLE_RATE as u32)?;
    Some(case(frames, move |k| {
        black_box(meter.add(black_box(signal.interleaved_block(k, frames))));
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meter_measures_the_signal() {
        let meters = measure(1);
        for kind in
            [Kind::Floor, Kind::Kernel, Kind::Analyzer, Kind::AnalyzerWithSpectrum, Kind::WorstBlock, Kind::Other]
        {
            assert!(meters.iter().any(|meter| meter.kind == kind), "{kind:?} is missing");
        }
        for meter in &meters {
            assert!(meter.ns.iter().all(|ns| ns.min > 0.0 && ns.min <= ns.median), "{meter:?}");
        }
    }
}
