//! The meters alone: Keel's, the least that any meter must do, and two others that measure the same.

use std::hint::black_box;

use ebur128::{EbuR128, Mode};
use keel_core::dsp::{Analyzer, Cell, Clock, Hop, Loudness, Sink};
use serde::Serialize;

use crate::native::{LibEbur128, has_avx2, read_floor, read_floor_avx2};
use crate::signal::{SAMPLE_RATE, Signal};
use crate::timing::{Case, Timing, interleaved};

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
    /// The whole of Keel's analyzer, its hops taken into momentary, short-term and integrated loudness.
    Analyzer,
    /// Somebody else's.
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
    names.into_iter().zip(timings).map(|((name, kind, path), &ns)| Meter { name, kind, path, ns }).collect()
}

fn makers<'a>(signal: &'a Signal, library: Option<&'a LibEbur128>) -> Vec<(&'static str, Kind, Path, Make<'a>)> {
    let mut makers: Vec<(&'static str, Kind, Path, Make<'a>)> = Vec::new();
    if has_avx2() {
        makers.push(("read floor", Kind::Floor, Path::Avx2, Box::new(|frames| floor(signal, frames, read_floor_avx2))));
    }
    makers.push(("read floor", Kind::Floor, Path::Sse2, Box::new(|frames| floor(signal, frames, read_floor))));
    makers.push(("analyzer", Kind::Analyzer, Path::Own, Box::new(|frames| analyzer(signal, frames))));
    makers.push(("ebur128 crate", Kind::Other, Path::Own, Box::new(|frames| ebur128(signal, frames))));
    makers.push((
        "libebur128 in C",
        Kind::Other,
        Path::Own,
        Box::new(move |frames| libebur128(signal, library?, frames)),
    ));
    makers
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

fn analyzer<'a>(signal: &'a Signal, frames: usize) -> Option<Case<'a>> {
    Some(case(frames, feed(Analyzer::new(SAMPLE_RATE, 2), signal, frames)))
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
        for kind in [Kind::Floor, Kind::Analyzer, Kind::Other] {
            assert!(meters.iter().any(|meter| meter.kind == kind), "{kind:?} is missing");
        }
        for meter in &meters {
            assert!(meter.ns.iter().all(|ns| ns.min > 0.0 && ns.min <= ns.median), "{meter:?}");
        }
    }
}
