//! Measures a WAV file: `cargo run -p keel-core --example measure -- song.wav`.

mod wav;

use std::error::Error;

use keel_core::dsp::{Analyzer, Bands, Cell, Clock, ClockKind, Hop, Loudness, Sink};
use keel_core::units::{Dbfs, Dbtp};

/// Frames that are handed over at a time, as a host does.
const BLOCK: usize = 512;

/// What comes out of the analyzer.
#[derive(Default)]
struct Meters {
    loudness: Loudness,
    peak: f32,
    true_peak: f32,
}

impl Sink for Meters {
    fn hop(&mut self, hop: &Hop) {
        self.loudness.push(hop);
        self.peak = hop.peak.into_iter().fold(self.peak, f32::max);
        self.true_peak = hop.true_peak.into_iter().fold(self.true_peak, f32::max);
    }

    fn cell(&mut self, _: &Cell) {}

    fn bands(&mut self, _: &Bands) {}
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of a WAV file")?;
    let ([left, right], rate) = wav::read(path.as_ref())?;
    let mut analyzer = Analyzer::new(rate, 2);
    let mut meters = Meters::default();
    for (index, block) in left.chunks(BLOCK).enumerate() {
        let from = index * BLOCK;
        let clock =
            Clock { kind: ClockKind::Samples, position: from as i64, playing: true, gain: 1.0, ..Clock::default() };
        analyzer.process(block, Some(&right[from..from + block.len()]), &clock, &mut meters);
    }
    // The filters hold a little sound back.
    analyzer.flush(&mut meters);
    println!("sample peak  {}", shown(Dbfs::from_peak(f64::from(meters.peak)).map(|db| db.0), "dBFS"));
    println!("true peak    {}", shown(Dbtp::from_peak(f64::from(meters.true_peak)).map(|db| db.0), "dBTP"));
    println!("integrated   {}", shown(meters.loudness.integrated().map(|lufs| lufs.0), "LUFS"));
    Ok(())
}

fn shown(value: Option<f64>, unit: &str) -> String {
    value.map_or("silence".into(), |value| format!("{value:.1} {unit}"))
}
