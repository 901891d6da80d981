//! Compressed files that are damaged or odd: what is there is read, and the command says what is not.

mod common;

use std::path::{Path, PathBuf};

use common::odd::{ape, format, id3v1, id3v2, riff, wav_saying};
use common::run::{RATE, check, json, keel, kick, session, status, stderr, stdout, tone, track};
use common::{Folder, Sample, wav};
use keel_cli::decode::{Reader, Remark};

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(path).expect("a fixture")
}

/// Frames read, and what is to be remarked.
fn read(path: &Path) -> (u64, Vec<Remark>) {
    let mut reader = Reader::open(path).unwrap_or_else(|error| panic!("{error}"));
    while reader.next_block().unwrap_or_else(|error| panic!("{error}")).is_some() {}
    (reader.frames(), reader.remarks())
}

fn read_bytes(name: &str, bytes: &[u8]) -> (u64, Vec<Remark>) {
    let folder = Folder::new();
    read(&folder.file(name, bytes))
}

#[test]
fn plain_aac_whose_length_is_a_guess_is_whole() {
    // Little sound, then silence: no bit rate of a part tells the length of the whole.
    let whole = fixture("sweep.aac");
    for (what, bytes) in [
        ("as it is", whole.clone()),
        ("ID3v1 behind", [&whole[..], &id3v1()].concat()),
        ("ID3v2 ahead", [&id3v2()[..], &whole].concat()),
        ("APE behind", [&whole[..], &ape()].concat()),
    ] {
        assert_eq!(read_bytes("a.aac", &bytes), (105 * 1024, vec![]), "{what}");
    }
    let (frames, remarks) = read_bytes("a.aac", &whole[..whole.len() / 2]);
    assert!(frames >= 8 * 1024 && remarks.is_empty(), "{frames} {remarks:?}");
}

/// The same Ogg Vorbis with another rate in its first page, and that page's checksum put right (RFC 3533).
fn at_another_rate(ogg: &[u8]) -> Vec<u8> {
    let mut bytes = ogg.to_vec();
    bytes[40..44].copy_from_slice(&44_100u32.to_le_bytes());
    bytes[22..26].fill(0);
    let check = bytes[..58].iter().fold(0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| crc << 1 ^ if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 })
    });
    bytes[22..26].copy_from_slice(&check.to_le_bytes());
    bytes
}

#[test]
fn chained_ogg_is_read_to_its_last_chain() {
    let one = fixture("sweep.ogg");
    for chains in 1..=3 {
        let (frames, remarks) = read_bytes("a.ogg", &one.repeat(chains));
        // Lengths are counted to the sample, but where two recordings meet.
        assert!(frames.abs_diff(17_600 * chains as u64) < 1200, "{chains}: {frames}");
        assert_eq!(remarks, [], "{chains}");
    }
    let other = [&one[..], &at_another_rate(&one)].concat();
    assert_eq!(read_bytes("a.ogg", &other), (17_600, vec![Remark::OtherBehind]), "another rate behind");
    let (frames, remarks) = read_bytes("a.ogg", &one.repeat(3)[..3 * one.len() - 900]);
    assert!(frames > 33_000 && remarks.iter().all(|remark| matches!(remark, Remark::EndsEarly { .. })), "{remarks:?}");
}

#[test]
fn mp3_is_read_whatever_lies_in_it() {
    let whole = fixture("sweep.mp3");
    let read = |bytes: &[u8]| read_bytes("a.mp3", bytes);
    assert_eq!(read(&[&whole[..], &id3v1()].concat()), (17_600, vec![]));
    assert_eq!(read(&[&whole[..], &ape(), &id3v1()].concat()), (17_600, vec![]));
    assert_eq!(read(&[&vec![7; 3000][..], &whole].concat()).0, 17_600, "what comes ahead is skipped");
    let (frames, remarks) = read(&whole.repeat(2));
    assert!(frames >= 2 * 17_600, "one behind the other: {frames}");
    assert!(matches!(remarks[..], [Remark::Longer { .. }]), "{remarks:?}");
    let (frames, remarks) = read(&whole[..whole.len() / 2]);
    assert!(frames > 7_000, "{frames}");
    assert!(matches!(remarks[..], [Remark::EndsEarly { .. }]), "{remarks:?}");
    let mut scratched = whole.clone();
    scratched[3000..3400].fill(0);
    assert!(read(&scratched).0 > 15_000);
}

/// The same with what lists its contents ahead of them, as files for the web have it.
fn list_first(m4a: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_be_bytes(m4a[at..at + 4].try_into().expect("four bytes")) as usize;
    let (mut at, mut list) = (0, Vec::new());
    let mut rest = Vec::new();
    while at < m4a.len() {
        let part = &m4a[at..at + word(at)];
        if part[4..8] == *b"moov" {
            list = part.to_vec()
        } else {
            rest.extend_from_slice(part)
        }
        at += word(at);
    }
    let places = list.windows(4).position(|name| name == b"stco").expect("a list of places");
    let count = u32::from_be_bytes(list[places + 8..places + 12].try_into().expect("four bytes")) as usize;
    let moved = list.len() as u32;
    for k in 0..count {
        let place = places + 12 + 4 * k..places + 16 + 4 * k;
        let old = u32::from_be_bytes(list[place.clone()].try_into().expect("four bytes"));
        list[place].copy_from_slice(&(old + moved).to_be_bytes());
    }
    let (kind, sound) = rest.split_at(word(0));
    [kind, &list, sound].concat()
}

#[test]
fn an_m4a_that_breaks_off_is_read_to_there() {
    for name in ["sweep.m4a", "sweep-alac.m4a"] {
        let (whole, normal) = (list_first(&fixture(name)), read_bytes("a.m4a", &fixture(name)));
        assert_eq!(read_bytes("a.m4a", &whole), normal, "{name}");
        for cut in [1, 700, 3000] {
            let (frames, remarks) = read_bytes("a.m4a", &whole[..whole.len() - cut]);
            assert!(frames > 4_000 && frames < normal.0 + 1, "{name} cut by {cut}: {frames}");
            let is_told = remarks.iter().all(|remark| matches!(remark, Remark::EndsEarly { .. }));
            assert!(is_told && (cut < 3000 || remarks.len() == 1), "{name} cut by {cut}: {remarks:?}");
        }
    }
}

#[test]
fn what_cannot_be_read_says_why_and_what_to_do_in_plain_words() {
    let folder = Folder::new();
    let m4a = fixture("sweep.m4a");
    let adpcm: [(&[u8; 4], u32, &[u8]); 2] = [(b"fmt ", 16, &format(0x11, 1, 4, 1)), (b"data", 64, &[0; 64])];
    for (name, bytes, why, way) in [
        ("a.m4a", &m4a[..m4a.len() - 900], "its end is missing", "copy or export it again"),
        ("b.ogg", &fixture("opus.ogg")[..], "is Opus", "ffmpeg -i \"b.ogg\" \"b.wav\""),
        ("c.wav", &riff(b"RIFF", 100, &adpcm), "WAV compressed as ADPCM", "export it as WAV"),
        ("d.wav", b"\x1a\x45\xdf\xa3 and so on", "Matroska or WebM", "ffmpeg -i \"d.wav\""),
        ("e.wav", b".snd\0\0\0\x18 and so on", "Sun audio (AU)", "export it as WAV"),
        ("f.wav", b"la la la la la", "is not an audio file", "export it again"),
        ("g.flac", b"fLaC and so on, which is nothing", "is damaged", "copy or export it again"),
        ("h.mp3", &[7; 5000], "is not an audio file", "export it again"),
    ] {
        let output = keel(&["check", &folder.file(name, bytes).to_string_lossy()]);
        let said = stderr(&output);
        assert_eq!(status(&output), 1, "{name}");
        assert!(said.contains(why) && said.contains(way), "{name}: {said}");
        for jargon in ["atom", "isomp4", "core (", "chunk", "packet", "os error", "malformed", "unsupported"] {
            assert!(!said.contains(jargon), "{name}: {said}");
        }
    }
}

/// A session with one file more, and what the command makes of it.
fn with_bass(name: &str, bytes: &[u8]) -> (std::process::Output, PathBuf) {
    let folder = session();
    std::fs::remove_file(folder.path().join("bass.wav")).expect("the sound bass removed");
    let path = folder.file(name, bytes);
    (check(folder.path(), &["--json", "-"]), path)
}

#[test]
fn small_differences_are_a_note_and_large_ones_end_with_1() {
    let bass = wav(1, RATE, Sample::Int(16), &tone(0.1679, 110.0));
    let second = 2 * RATE as usize;
    for (cut, expected) in [(0, 0), (1, 0), (second / 2, 0), (second * 3, 1), (second * 10, 1)] {
        let (output, path) = with_bass("bass.wav", &bass[..bass.len() - cut]);
        let (report, said) = (json(&output), stderr(&output));
        assert_eq!(status(&output), expected, "cut by {cut}: {said}");
        assert_eq!(track(&report, "bass")["verdict"], "sits", "cut by {cut}");
        let notes = report["notes"].to_string();
        assert_eq!(notes.contains("bass"), cut > 0, "cut by {cut}: {notes}");
        assert_eq!(said.contains(&*path.to_string_lossy()), expected == 1, "cut by {cut}: {said}");
        assert!(!notes.contains("Left out"), "cut by {cut}: {notes}");
    }
}

#[test]
fn notes_of_one_kind_are_one_line() {
    let folder = Folder::new();
    let samples = vec![0.25; 50_000];
    for name in ["Pad", "Bass", "Gtr"] {
        folder.file(&format!("{name}.wav"), &wav_saying(None, Some(9_000), &samples, &[]));
    }
    folder.wav("Kick.wav", 1, RATE, &kick(0.2818));
    let output = check(folder.path(), &["--json", "-"]);
    let notes = json(&output)["notes"].as_array().cloned().unwrap_or_default();
    let of_lengths: Vec<_> = notes.iter().filter(|note| note.to_string().contains("more than they say")).collect();
    assert_eq!((status(&output), of_lengths.len()), (0, 1), "{notes:?}");
    assert!(of_lengths[0].to_string().contains("Bass, Gtr, Pad"), "{of_lengths:?}");
    assert!(stdout(&check(folder.path(), &[])).contains("3 files hold more than they say"));
}
