//! Stems as WAV files.

use std::path::{Path, PathBuf};

use hound::{Error, SampleFormat, WavSpec, WavWriter};

use super::{Stem, demo};

/// Writes the demo song as one float WAV a stem, named as its track, into a folder that is made if need be.
pub fn write_stems(dir: &Path, sample_rate: u32) -> Result<Vec<PathBuf>, Error> {
    std::fs::create_dir_all(dir)?;
    demo(sample_rate).iter().map(|stem| write_wav(dir, sample_rate, stem)).collect()
}

/// Writes one stem as 32-bit float WAV: the very samples.
pub fn write_wav(dir: &Path, sample_rate: u32, stem: &Stem) -> Result<PathBuf, Error> {
    let path = dir.join(format!("{}.wav", stem.name));
    let spec = WavSpec {
        channels: stem.channels.len() as u16,
        sample_rate,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut writer = WavWriter::create(&path, spec)?;
    let frames = stem.channels.iter().map(Vec::len).min().unwrap_or(0);
    for frame in 0..frames {
        for channel in &stem.channels {
            writer.write_sample(channel[frame])?;
        }
    }
    writer.finalize()?;
    Ok(path)
}
