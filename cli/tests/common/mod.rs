//! Files to try the decoder and the command on, made afresh in a folder of their own.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod odd;
pub mod run;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("keel-cli-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a file in the temporary folder");
        path
    }

    pub fn wav(&self, name: &str, channels: usize, rate: u32, samples: &[f32]) -> PathBuf {
        self.file(name, &wav(channels, rate, Sample::Int(16), samples))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Sample {
    Int(u16),
    Float,
}

/// A WAV file of interleaved samples.
pub fn wav(channels: usize, rate: u32, kind: Sample, samples: &[f32]) -> Vec<u8> {
    let (bits, sample_format) = match kind {
        Sample::Int(bits) => (bits, hound::SampleFormat::Int),
        Sample::Float => (32, hound::SampleFormat::Float),
    };
    let spec = hound::WavSpec { channels: channels as u16, sample_rate: rate, bits_per_sample: bits, sample_format };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a WAV writer");
    for &sample in samples {
        match kind {
            Sample::Float => writer.write_sample(sample),
            Sample::Int(bits) => {
                writer.write_sample((f64::from(sample) * 2f64.powi(i32::from(bits) - 1)).round() as i32)
            }
        }
        .expect("a sample written");
    }
    writer.finalize().expect("the WAV's header written");
    bytes.into_inner()
}

/// Frames in a FLAC packet of [`flac`].
const BLOCK: usize = 192;

/// A FLAC file of interleaved 16-bit samples in verbatim subframes (RFC 9639), its length a multiple of 192 frames.
pub fn flac(channels: usize, rate: u32, samples: &[f32]) -> Vec<u8> {
    let frames = samples.len() / channels;
    assert_eq!(frames % BLOCK, 0, "whole packets only");
    let mut bytes = b"fLaC".to_vec();
    bytes.extend([0x80, 0, 0, 34]);
    for block in [BLOCK as u16, BLOCK as u16] {
        bytes.extend(block.to_be_bytes());
    }
    bytes.extend([0; 6]);
    let stream = u64::from(rate) << 44 | (channels as u64 - 1) << 41 | 15 << 36 | frames as u64;
    bytes.extend(stream.to_be_bytes());
    bytes.extend([0; 16]);
    for (number, packet) in samples.chunks(BLOCK * channels).enumerate() {
        let start = bytes.len();
        // Sync code, fixed block size; 192 frames, rate from the header; channels, 16 bits; packet number as UTF-8.
        bytes.extend([0xff, 0xf8, 0x10, (channels as u8 - 1) << 4 | 0x08]);
        let number = char::from_u32(number as u32).expect("few packets");
        bytes.extend(number.to_string().as_bytes());
        bytes.push(crc(&bytes[start..], 8, 0x07) as u8);
        for channel in 0..channels {
            bytes.push(0x02);
            for frame in packet.chunks(channels) {
                bytes.extend(((f64::from(frame[channel]) * 32768.0).round() as i16).to_be_bytes());
            }
        }
        let check = crc(&bytes[start..], 16, 0x8005);
        bytes.extend((check as u16).to_be_bytes());
    }
    bytes
}

fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << (bits - 8), |crc, _| {
            let carry = crc >> (bits - 1) & 1;
            ((crc << 1) ^ (carry * polynomial)) & ((1 << bits) - 1)
        })
    })
}

/// Interleaved samples on the 16-bit grid that differ by channel.
pub fn ramp(channels: usize, frames: usize) -> Vec<f32> {
    (0..frames * channels).map(|k| ((k * 37 % 65536) as f32 - 32768.0) / 32768.0).collect()
}

/// Where the stems lie: $KEEL_STEMS, or beside the checkout.
pub fn stems_folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let beside = ["../shared/stems/e3m5", "../../shared/stems/e3m5"].map(|folder| root.join(folder));
    let set = std::env::var_os("KEEL_STEMS").map(PathBuf::from);
    set.into_iter().chain(beside).find(|folder| folder.join("kick.flac").is_file())
}
