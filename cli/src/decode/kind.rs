//! What a file is: by its ending before it is opened, by its first bytes after.

use std::path::Path;

/// Endings of files that [`super::Reader`] reads.
const READABLE: [&str; 15] =
    ["wav", "wave", "bwf", "rf64", "flac", "aif", "aiff", "aifc", "caf", "mp3", "ogg", "oga", "m4a", "mp4", "aac"];
/// Endings of audio, and of films with sound, that it does not read, and says so.
const OTHERS: [&str; 36] = [
    "opus", "wma", "wv", "ape", "w64", "mpc", "dsf", "dff", "ac3", "eac3", "dts", "au", "snd", "mka", "mkv", "webm",
    "mov", "avi", "wmv", "m4v", "mpg", "amr", "tta", "mp2", "mp1", "sd2", "spx", "ra", "rm", "voc", "8svx", "caff",
    "shn", "m4p", "3gp", "rx2",
];
/// What the first bytes of audio say that is not read, and what it is called.
const KNOWN: [(&[u8], &str); 13] = [
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (b".snd", "Sun audio (AU)"),
    (b"\x30\x26\xb2\x75", "Windows Media"),
    (b"wvpk", "WavPack"),
    (b"MAC ", "Monkey's Audio"),
    (b"riff\x2e\x91", "Wave64"),
    (b"DSD ", "DSD"),
    (b"FRM8", "DSD"),
    (b"MThd", "MIDI, which holds notes and no sound"),
    (b"RIFX", "WAV with the high byte first"),
    (b"#!AMR", "AMR"),
    (b"MPCK", "Musepack"),
    (b"TTA1", "True Audio"),
];

/// The name of a format that is known and not read.
pub(super) fn known_name(head: &[u8]) -> Option<&'static str> {
    KNOWN.iter().find(|(start, _)| head.starts_with(start)).map(|&(_, name)| name)
}

/// How to make a file that can be read out of one that cannot.
pub fn way_out(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let target = Path::new(&*name).with_extension("wav");
    format!("export it as WAV, or convert it: ffmpeg -i \"{name}\" \"{}\"", target.display())
}

/// The file's ending names a format that [`super::Reader`] reads.
pub fn is_readable_format(path: &Path) -> bool {
    has_ending(path, &READABLE)
}

/// The file's ending names audio, readable here or not.
pub fn is_audio(path: &Path) -> bool {
    is_readable_format(path) || has_ending(path, &OTHERS)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// How long a file takes to analyse, against others: its size in plain samples, and what decoding adds. A guess from the
/// ending, to put the longest first.
pub fn work_of(path: &Path) -> u64 {
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let times = match path {
        path if has_ending(path, &["flac"]) => 3,
        path if has_ending(path, &["mp3", "ogg", "oga", "m4a", "mp4", "aac"]) => 15,
        _ => 1,
    };
    bytes.saturating_mul(times)
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Wave,
    /// A container or stream that the decoders' own probe knows.
    Packets,
    Unknown,
}

/// Bytes that [`Kind::of`] reads.
pub(super) const HEAD: usize = 12;

impl Kind {
    /// The probe alone would search any file for a thing that looks like MPEG audio, and find it in the samples of a
    /// broken WAV. Only a file that calls itself MPEG audio may begin with something else.
    pub fn of(head: &[u8], path: &Path) -> Self {
        let at = |from: usize, to: usize| head.get(from..to).unwrap_or_default();
        match (at(0, 4), at(8, 12)) {
            (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => Self::Wave,
            (b"FORM", b"AIFF" | b"AIFC") | (b"fLaC" | b"OggS" | b"caff", _) => Self::Packets,
            _ if at(4, 8) == b"ftyp" || at(0, 3) == b"ID3" => Self::Packets,
            _ if has_ending(path, &["mp3", "aac"]) => Self::Packets,
            _ if head.len() >= 2 && head[0] == 0xff && head[1] & 0xe0 == 0xe0 => Self::Packets,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_counts_not_the_ending() {
        let wav = b"RIFF\x24\0\0\0WAVE";
        assert_eq!(Kind::of(wav, Path::new("a.flac")), Kind::Wave);
        assert_eq!(Kind::of(b"fLaC\0\0\0\x22\x10\0\x10\0", Path::new("a.wav")), Kind::Packets);
        assert_eq!(Kind::of(b"la la la la ", Path::new("a.wav")), Kind::Unknown);
        assert_eq!(Kind::of(b"", Path::new("a.wav")), Kind::Unknown);
        assert_eq!(Kind::of(b"\0\0\0\0\0\0\0\0\0\0\0\0", Path::new("a.mp3")), Kind::Packets);
    }
}
