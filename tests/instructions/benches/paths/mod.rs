//! What is counted.

mod limits;
mod meters;
mod session;

use std::hint::black_box;

use gungraun::prelude::*;
use keel_core::dsp::Simd::{Avx2, Sse2};
use keel_core::dsp::{Cell, Hop};
use keel_core::link::{Writer, cell_ring, hop_ring};
use limits::limited;
use meters::{Feed, TWO_SECONDS, fed, fed_to_the_worst};
use session::{Session, judged, playing};

// Two seconds of music in blocks of this size: whole hops, cells, transforms and a record of bands.
#[library_benchmark]
#[bench::avx2_64(args = (Avx2, 64), setup = fed, config = limited("two_seconds avx2_64"))]
#[bench::avx2_512(args = (Avx2, 512), setup = fed, config = limited("two_seconds avx2_512"))]
#[bench::sse2_64(args = (Sse2, 64), setup = fed, config = limited("two_seconds sse2_64"))]
#[bench::sse2_512(args = (Sse2, 512), setup = fed, config = limited("two_seconds sse2_512"))]
fn two_seconds(mut feed: Feed) -> Feed {
    feed.blocks(TWO_SECONDS / feed.frames);
    feed
}

// The one block in which most comes together.
#[library_benchmark]
#[bench::avx2_64(args = (Avx2, 64), setup = fed_to_the_worst, config = limited("worst_block avx2_64"))]
#[bench::avx2_512(args = (Avx2, 512), setup = fed_to_the_worst, config = limited("worst_block avx2_512"))]
#[bench::sse2_64(args = (Sse2, 64), setup = fed_to_the_worst, config = limited("worst_block sse2_64"))]
#[bench::sse2_512(args = (Sse2, 512), setup = fed_to_the_worst, config = limited("worst_block sse2_512"))]
fn worst_block(mut feed: Feed) -> Feed {
    feed.blocks(1);
    feed
}

// Ten thousand records into a ring.
#[library_benchmark]
#[bench::hops(args = (hop_ring().0, Hop::default()), config = limited("publish hops"))]
#[bench::cells(args = (cell_ring().0, Cell::default()), config = limited("publish cells"))]
fn publish<T: keel_core::dsp::RecordWords>(mut writer: Writer<T>, record: T) -> Writer<T> {
    for _ in 0..10_000 {
        writer.push(black_box(&record));
    }
    writer
}

// A judgement of a song that stands, each track a cell longer than at the last.
#[library_benchmark]
#[bench::tracks_300(args = (300), setup = judged, config = limited("judge tracks_300"))]
fn judge(mut session: Session) -> Session {
    black_box(session.judge());
    session
}

// Two seconds of a session that plays.
#[library_benchmark]
#[bench::tracks_300(args = (300), setup = playing, config = limited("play tracks_300"))]
fn play(mut session: Session) -> Session {
    session.play_and_judge();
    session
}

library_benchmark_group!(name = hot_paths, benchmarks = [two_seconds, worst_block, publish, judge, play]);
