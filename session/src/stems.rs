//! The audio of a session: one stem for each track, at one sample rate.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use keel_cli::decode::{self, Audio};

use crate::resample::resample;
use crate::song;
pub use crate::song::Stem;

impl Stem {
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }
}

/// The stems of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct StemSet {
    pub sample_rate: u32,
    /// Quarter notes a minute, where known: stems from files carry none.
    pub tempo: Option<f64>,
    pub stems: Vec<Stem>,
}

/// A folder that gives no session.
#[derive(Clone, Debug, PartialEq)]
pub enum StemsError {
    Folder {
        path: PathBuf,
        why: String,
    },
    /// Nothing in it can be read; what was wrong with each file.
    NoStems {
        path: PathBuf,
        problems: Vec<String>,
    },
}

impl fmt::Display for StemsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, why } => write!(f, "{}: {why}", path.display()),
            Self::NoStems { path, problems } if problems.is_empty() => {
                write!(f, "{}: holds no WAV or FLAC file", path.display())
            }
            Self::NoStems { path, problems } => {
                write!(f, "{}: none of its stems can be read:\n  {}", path.display(), problems.join("\n  "))
            }
        }
    }
}

impl std::error::Error for StemsError {}

impl StemSet {
    /// All WAV and FLAC files of a folder, by name, and a message for each that cannot be read.
    pub fn read_folder(path: &Path) -> Result<(Self, Vec<String>), StemsError> {
        let failed = |why: std::io::Error| StemsError::Folder { path: path.to_owned(), why: why.to_string() };
        let entries: Result<Vec<_>, _> = std::fs::read_dir(path).map_err(failed)?.collect();
        let mut files: Vec<PathBuf> = entries.map_err(failed)?.into_iter().map(|entry| entry.path()).collect();
        files.retain(|file| file.is_file() && decode::is_audio(file));
        files.sort();
        let (mut read, mut problems) = (Vec::new(), Vec::new());
        for file in &files {
            match decode::decode(file) {
                Ok(audio) => read.push(audio),
                Err(error) => problems.push(error.to_string()),
            }
        }
        if read.is_empty() {
            return Err(StemsError::NoStems { path: path.to_owned(), problems });
        }
        Ok((Self::at_one_rate(read), problems))
    }

    /// The built-in demo song.
    pub fn demo(sample_rate: u32) -> Self {
        Self { sample_rate, tempo: Some(song::TEMPO), stems: song::demo(sample_rate) }
    }

    /// At the rate that most of them have (the higher on a tie).
    fn at_one_rate(read: Vec<Audio>) -> Self {
        let mut rates = BTreeMap::new();
        for audio in &read {
            *rates.entry(audio.sample_rate).or_insert(0usize) += 1;
        }
        let sample_rate = rates.into_iter().max_by_key(|&(rate, count)| (count, rate)).map_or(48_000, |(rate, _)| rate);
        let at_rate = |audio: Audio| Stem {
            channels: audio.channels.iter().map(|c| resample(c, audio.sample_rate, sample_rate)).collect(),
            name: audio.name,
        };
        Self { sample_rate, tempo: None, stems: read.into_iter().map(at_rate).collect() }
    }

    /// Frames of the longest stem: the session's length.
    pub fn frames(&self) -> usize {
        self.stems.iter().map(Stem::frames).max().unwrap_or(0)
    }

    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate)
    }

    /// Writes each stem as a WAV file of 32-bit floats, bit for bit, and names the files.
    pub fn write_folder(&self, path: &Path) -> Result<Vec<PathBuf>, String> {
        std::fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let failed = |stem: &Stem, error| format!("{}: {error}", path.join(format!("{}.wav", stem.name)).display());
        let write = |stem| song::write_wav(path, self.sample_rate, stem).map_err(|error| failed(stem, error));
        self.stems.iter().map(write).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("keel-stems-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    fn set(sample_rate: u32, stems: Vec<Stem>) -> StemSet {
        StemSet { sample_rate, tempo: None, stems }
    }

    fn stem(name: &str, channels: usize, frames: usize) -> Stem {
        let channel = |c: usize| (0..frames).map(|n| ((n * 7 + c) as f32 * 0.37).sin() * 0.9).collect();
        Stem { name: name.into(), channels: (0..channels).map(channel).collect() }
    }

    #[test]
    fn written_stems_read_back_bit_for_bit() {
        let path = folder("back");
        let stems = set(48_000, vec![stem("Bass DI", 1, 4_800), stem("Kick", 2, 9_600)]);
        assert_eq!(stems.write_folder(&path).unwrap().len(), 2);
        let (read, problems) = StemSet::read_folder(&path).unwrap();
        std::fs::remove_dir_all(&path).unwrap();
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(read, stems);
    }

    #[test]
    fn a_broken_stem_is_named_and_the_others_play() {
        let path = folder("broken");
        set(44_100, vec![stem("Kick", 1, 4_410)]).write_folder(&path).unwrap();
        std::fs::write(path.join("snare.wav"), "no audio").unwrap();
        let (read, problems) = StemSet::read_folder(&path).unwrap();
        std::fs::remove_dir_all(&path).unwrap();
        assert_eq!(read.stems.len(), 1);
        assert!(problems.len() == 1 && problems[0].contains("snare.wav"), "{problems:?}");
    }

    #[test]
    fn the_odd_rate_out_is_resampled() {
        let path = folder("rates");
        set(48_000, vec![stem("a", 1, 4_800), stem("b", 1, 4_800)]).write_folder(&path).unwrap();
        set(44_100, vec![stem("c", 1, 4_410)]).write_folder(&path).unwrap();
        let (read, _) = StemSet::read_folder(&path).unwrap();
        std::fs::remove_dir_all(&path).unwrap();
        assert_eq!(read.sample_rate, 48_000);
        assert!(read.stems.iter().all(|stem| stem.frames() == 4_800), "{:?}", read.stems[2].frames());
    }

    #[test]
    fn a_folder_without_stems_says_so() {
        let path = folder("empty");
        let error = StemSet::read_folder(&path).unwrap_err();
        std::fs::remove_dir_all(&path).unwrap();
        assert!(error.to_string().contains("no WAV or FLAC file"), "{error}");
        assert!(matches!(StemSet::read_folder(Path::new("/nowhere")), Err(StemsError::Folder { .. })));
    }
}
