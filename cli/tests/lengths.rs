//! A length in a header is a hint: whatever sound a file holds is read, and the difference noted.

mod common;

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use common::odd::{aiff_saying, ape, caf_saying, format, id3v1, id3v2, riff, shorts, wav_saying};
use common::{Folder, flac, ramp};
use keel_cli::decode::{Problem, Reader, Remark};

/// All of a file's first channel, and what is to be remarked.
fn read(path: &Path) -> (Vec<f32>, Vec<Remark>) {
    let mut reader = Reader::open(path).unwrap_or_else(|error| panic!("{error}"));
    let mut samples = Vec::new();
    while let Some(block) = reader.next_block().unwrap_or_else(|error| panic!("{error}")) {
        samples.extend_from_slice(&block[0]);
    }
    (samples, reader.remarks())
}

/// What a file's remarks come to, without figures.
fn kinds(remarks: &[Remark]) -> Vec<&'static str> {
    let kind = |remark: &Remark| match remark {
        Remark::EndsEarly { .. } => "early",
        Remark::LengthTooLong => "too long",
        Remark::Longer { .. } => "longer",
        Remark::Unfinished => "unfinished",
        Remark::Damaged { .. } => "damaged",
        Remark::OtherBehind => "other behind",
    };
    remarks.iter().map(kind).collect()
}

/// These bytes are read as these samples, with these remarks.
fn expect(name: &str, what: &str, bytes: &[u8], samples: &[f32], remarks: &[&str]) {
    let folder = Folder::new();
    let (read, found) = read(&folder.file(name, bytes));
    assert_eq!(read.len(), samples.len(), "{what}: frames read; remarks {found:?}");
    assert!(read == samples, "{what}: the samples");
    assert_eq!(kinds(&found), remarks, "{what}: {found:?}");
}

/// No two bytes of the sound look like a chunk's name.
fn sound(frames: usize) -> Vec<f32> {
    ramp(1, frames).iter().map(|sample| sample.abs().mul_add(-0.5, -1.0 / 32_768.0)).map(grid).collect()
}

fn grid(sample: f32) -> f32 {
    (sample * 32_768.0).trunc() / 32_768.0
}

#[test]
fn a_wav_that_claims_more_than_it_holds_is_read_to_its_end() {
    let samples = sound(5000);
    for more in [2, 8, 9_999, 1 << 30] {
        let bytes = wav_saying(None, Some(10_000 + more), &samples, &[]);
        expect("a.wav", &format!("data {more} bytes too long"), &bytes, &samples, &["too long"]);
        let bytes = wav_saying(Some(10_036 + more), Some(10_000 + more), &samples, &[]);
        expect("a.wav", &format!("both {more} bytes too long"), &bytes, &samples, &["early"]);
    }
    let whole = wav_saying(None, None, &samples, &[]);
    for cut in [1usize, 2, 3, 700] {
        let left = 5000 - cut.div_ceil(2);
        expect("a.wav", &format!("cut by {cut}"), &whole[..whole.len() - cut], &samples[..left], &["early"]);
    }
}

#[test]
fn a_wav_that_claims_less_than_it_holds_is_read_to_its_end() {
    let samples = sound(5000);
    for said in [2, 5_000, 9_997, 9_998] {
        for riff_length in [None, Some(36 + said), Some(0), Some(u32::MAX)] {
            let bytes = wav_saying(riff_length, Some(said), &samples, &[]);
            expect("a.wav", &format!("data {said}, RIFF {riff_length:?}"), &bytes, &samples, &["longer"]);
        }
    }
    let list = [&b"LIST\x04\0\0\0"[..], b"INFO"].concat();
    let bytes = wav_saying(None, Some(5_000), &samples, &list);
    // Sound and list cannot be told apart where no length says where the one ends: a list is 6 frames.
    let folder = Folder::new();
    let (read, _) = read(&folder.file("a.wav", &bytes));
    assert!(read.len() >= 5000 && read.len() <= 5006, "{}", read.len());
}

#[test]
fn what_follows_the_samples_of_a_sound_wav_is_no_sound() {
    let samples = sound(5000);
    let (tag, head, ape) = (id3v1(), id3v2(), ape());
    let chunk = |id: &[u8; 4], body: &[u8]| [&id[..], &(body.len() as u32).to_le_bytes(), body].concat();
    let (list, odd) = (chunk(b"LIST", b"INFOINAM"), chunk(b"xy 1", &[7; 300]));
    let cut = [&b"LIST"[..], &500u32.to_le_bytes(), b"INFO"].concat();
    let (two, zeros) = ([list.clone(), odd.clone()].concat(), [0; 4000]);
    for (what, behind) in [
        ("LIST", &list[..]),
        ("a chunk of no known name", &odd),
        ("two chunks", &two),
        ("a list cut off", &cut),
        ("ID3v1", &tag),
        ("ID3v2", &head),
        ("APE", &ape),
        ("zeros", &zeros),
        ("a byte", &[9]),
    ] {
        expect("a.wav", what, &wav_saying(None, None, &samples, behind), &samples, &[]);
    }
    for (what, behind) in [("ID3v1", &tag), ("APE", &ape)] {
        let bytes = wav_saying(None, Some(u32::MAX), &samples, behind);
        expect("a.wav", &format!("{what} behind a stream"), &bytes, &samples, &[]);
    }
}

#[test]
fn a_recorder_that_was_cut_off_left_all_its_sound() {
    let samples = sound(5000);
    for riff_length in [Some(36), Some(0), None, Some(4)] {
        let bytes = wav_saying(riff_length, Some(0), &samples, &[]);
        expect("a.wav", &format!("data 0, RIFF {riff_length:?}"), &bytes, &samples, &["unfinished"]);
    }
    expect("a.caf", "CAF 0", &caf_saying(Some(0), &samples, &[]), &samples, &["unfinished"]);
    expect("a.aif", "AIFF 0", &aiff_saying(Some(46), Some(0), &samples), &samples, &["unfinished"]);
    expect("a.aif", "AIFF 8", &aiff_saying(Some(0), Some(8), &samples), &samples, &["unfinished"]);
    let list = [&b"LIST\x04\0\0\0"[..], b"INFO"].concat();
    let folder = Folder::new();
    let empty = Reader::open(&folder.file("a.wav", &wav_saying(None, None, &[], &list))).and_then(|mut reader| {
        reader.next_block()?;
        Ok(())
    });
    assert_eq!(empty.expect_err("nothing recorded").problem, Problem::Empty);
}

/// A file of `length` bytes, nearly all of them never written, with `head` ahead and a sound at its end.
fn long_file(folder: &Folder, head: &[u8], length: u64) -> std::path::PathBuf {
    let path = folder.file("long.wav", head);
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).expect("the file again");
    file.seek(SeekFrom::Start(length - 2)).expect("a place far away");
    file.write_all(&[0x11, 0x91]).expect("its last sample");
    path
}

#[test]
fn lengths_that_wrapped_at_4_gib_are_told_from_the_file() {
    const LONG: u64 = (1 << 32) + 1_000_044;
    let folder = Folder::new();
    let header = |riff_length: u32, data_length: u32| {
        let chunks: [(&[u8; 4], u32, &[u8]); 2] = [(b"fmt ", 16, &format(1, 1, 16, 2)), (b"data", data_length, &[])];
        riff(b"RIFF", riff_length, &chunks)
    };
    for (riff_length, data_length) in [(1_000_036, 1_000_000), (u32::MAX, 1_000_000), (36, 0), (u32::MAX, u32::MAX)] {
        let path = long_file(&folder, &header(riff_length, data_length), LONG);
        let reader = Reader::open(&path).expect("a sound file");
        assert_eq!(reader.expected_frames(), Some((LONG - 44) / 2), "RIFF {riff_length}, data {data_length}");
    }
}

#[test]
fn of_two_lengths_the_larger_that_holds_sound_counts() {
    let samples = sound(5000);
    let data = shorts(&samples);
    let wide = |length: u64| [&0u64.to_le_bytes()[..], &length.to_le_bytes(), &[0; 12]].concat();
    for (in_ds64, in_data, remarks) in [
        (10_000, 4_000, &["longer"][..]),
        (4_000, 10_000, &["longer"]),
        (4_000, u32::MAX, &["longer"]),
        (0, u32::MAX, &["unfinished"]),
        (u64::MAX, u32::MAX, &[]),
        (1 << 40, 10_000, &[]),
    ] {
        let ds64 = wide(in_ds64);
        let chunks: [(&[u8; 4], u32, &[u8]); 4] = [
            (b"ds64", 28, &ds64),
            (b"fmt ", 16, &format(1, 1, 16, 2)),
            (b"data", in_data, &data),
            (b"LIST", 4, b"INFO"),
        ];
        for magic in [b"RF64", b"BW64"] {
            let bytes = riff(magic, u32::MAX, &chunks);
            // Without a length that holds, none says where the list begins.
            let bytes = if in_data == u32::MAX { bytes[..bytes.len() - 12].to_vec() } else { bytes };
            expect("a.wav", &format!("ds64 {in_ds64}, data {in_data}"), &bytes, &samples, remarks);
        }
    }
}

#[test]
fn chunks_without_their_padding_byte_are_found() {
    let samples = sound(300);
    let data = shorts(&samples);
    let mut bytes = [&b"RIFF"[..], &0u32.to_le_bytes(), b"WAVELIST", &5u32.to_le_bytes(), b"adtl!"].concat();
    bytes.extend([&b"fmt "[..], &16u32.to_le_bytes(), &format(1, 1, 16, 2)].concat());
    bytes.extend([&b"data"[..], &(data.len() as u32).to_le_bytes(), &data].concat());
    expect("a.wav", "no padding", &bytes, &samples, &[]);
}

#[test]
fn an_aiff_is_read_whatever_its_sizes_say() {
    let samples = sound(5000);
    for form in [0, 4, 46, 10_045, 10_047, 10_054, 20_000, u32::MAX] {
        let (bytes, what) = (aiff_saying(Some(form), None, &samples), format!("FORM {form}"));
        expect("a.aif", &what, &bytes, &samples, &[]);
    }
    for (sound, remark) in [(10_010, "too long"), (1 << 31, "too long"), (5_008, "longer"), (10_006, "longer")] {
        let (bytes, what) = (aiff_saying(None, Some(sound), &samples), format!("SSND {sound}"));
        expect("a.aif", &what, &bytes, &samples, &[remark]);
    }
    let whole = aiff_saying(None, None, &samples);
    for (frames, remarks) in [(2_500u32, &["longer"][..]), (0, &["longer"]), (9_000, &[])] {
        let mut bytes = whole.clone();
        bytes[22..26].copy_from_slice(&frames.to_be_bytes());
        expect("a.aiff", &format!("COMM says {frames}"), &bytes, &samples, remarks);
    }
    for cut in [1usize, 2, 3, 1001] {
        let left = 5000 - cut.div_ceil(2);
        expect("a.aiff", &format!("cut by {cut}"), &whole[..whole.len() - cut], &samples[..left], &["early"]);
    }
    expect("a.aiff", "ID3v1", &[whole, id3v1()].concat(), &samples, &[]);
}

#[test]
fn a_caf_is_read_whatever_its_sizes_say() {
    let samples = sound(5000);
    for (length, remarks) in [
        (-1, &[][..]),
        (i64::MAX, &["unfinished"]),
        (1 << 40, &["early"]),
        (10_006, &["early"]),
        (10_002, &["longer"]),
        (5_004, &["longer"]),
        (-2, &["unfinished"]),
    ] {
        let (bytes, what) = (caf_saying(Some(length), &samples, &[]), format!("data {length}"));
        expect("a.caf", &what, &bytes, &samples, remarks);
    }
    let info = [&b"info"[..], &4i64.to_be_bytes(), &[0; 4]].concat();
    expect("a.caf", "a chunk behind", &caf_saying(None, &samples, &info), &samples, &[]);
    let mut hostile = whole_caf(&samples);
    hostile[40..44].copy_from_slice(&0xfeff_fffcu32.to_be_bytes());
    expect("a.caf", "packets of 4 thousand million frames", &hostile, &samples, &[]);
    let lost = [&b"caff\0\x01\0\0uuid"[..], &(-1i64).to_be_bytes(), &whole_caf(&samples)[8..]].concat();
    let problem = Reader::open(&Folder::new().file("a.caf", &lost)).expect_err("a chunk to the end of all things");
    assert!(!problem.to_string().contains("os error"), "{problem}");
    let whole = whole_caf(&samples);
    expect("a.caf", "cut", &whole[..whole.len() - 3], &samples[..4998], &["early"]);
}

fn whole_caf(samples: &[f32]) -> Vec<u8> {
    caf_saying(None, samples, &[])
}

/// With the number of frames that its header claims.
fn flac_saying(frames: u64, samples: &[f32]) -> Vec<u8> {
    let mut bytes = flac(1, 48_000, samples);
    bytes[21] = bytes[21] & 0xf0 | (frames >> 32) as u8;
    bytes[22..26].copy_from_slice(&(frames as u32).to_be_bytes());
    bytes
}

#[test]
fn a_flac_is_read_whatever_lies_around_it() {
    let samples = ramp(1, 192 * 50);
    let whole = flac(1, 48_000, &samples);
    let both = [&ape()[..], &id3v1()].concat();
    for (what, bytes) in [
        ("ID3v1 behind", [&whole[..], &id3v1()].concat()),
        ("APE behind", [&whole[..], &ape()].concat()),
        ("APE and ID3v1 behind", [&whole[..], &both].concat()),
        ("ID3v2 ahead", [&id3v2()[..], &whole].concat()),
        ("ID3v2 ahead, ID3v1 behind", [&id3v2()[..], &whole, &id3v1()].concat()),
        ("zeros behind", [&whole[..], &[0; 3000]].concat()),
    ] {
        expect("a.flac", what, &bytes, &samples, &[]);
    }
    for (frames, remarks) in
        [(0, &[][..]), (9_601, &["early"]), (9_000, &["longer"]), (1 << 35, &["early"]), (1, &["longer"])]
    {
        expect("a.flac", &format!("says {frames}"), &flac_saying(frames, &samples), &samples, remarks);
    }
    expect("a.flac", "last packet cut", &whole[..whole.len() - 7], &samples[..192 * 49], &["early"]);
}

#[test]
fn a_damaged_packet_is_silence_and_what_follows_keeps_its_place() {
    let samples = ramp(1, 192 * 60);
    let whole = flac(1, 48_000, &samples);
    let packet = (whole.len() - 42) / 60;
    for packets in [1, 3] {
        let mut bytes = whole.clone();
        let at = 42 + 20 * packet;
        bytes[at..at + packets * packet].fill(0x55);
        // Whose end cannot be told is lost with what follows it.
        let mut expected = samples.clone();
        expected[19 * 192..(20 + packets) * 192].fill(0.0);
        expect("a.flac", &format!("{packets} scratched"), &bytes, &expected, &["damaged"]);
    }
}
