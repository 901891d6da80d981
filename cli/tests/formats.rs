//! Every format beside plain WAV and FLAC: the whole recording, in its place, without what encoders add.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::odd::{format, riff, shorts};
use common::{Folder, Sample, ramp, wav};
use keel_cli::decode::{Problem, Reader, Remark, decode};

const RATE: u32 = 22_050;
const FRAMES: usize = 17_600;

/// What was encoded into the fixtures.
fn sweep() -> Vec<f32> {
    let sample = |k: usize| {
        let (t, beat) = (k as f64 / f64::from(RATE), (k % 5880) as f64 / f64::from(RATE));
        let sample = 0.6 * (-beat * 9.0).exp() * (std::f64::consts::TAU * (180.0 * t + 700.0 * t * t)).sin();
        (sample * 32_767.0).round() as f32 / 32_768.0
    };
    (0..FRAMES).map(sample).collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// How alike two signals are with the second moved by `lag` frames, 1 for equal ones.
fn likeness(a: &[f32], b: &[f32], lag: isize) -> f64 {
    let (mut cross, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (k, &x) in a.iter().enumerate() {
        let y = k.checked_add_signed(lag).and_then(|k| b.get(k)).copied().unwrap_or(0.0);
        let (x, y) = (f64::from(x), f64::from(y));
        cross += x * y;
        of_a += x * x;
        of_b += y * y;
    }
    cross / (of_a * of_b).sqrt()
}

#[test]
fn lossy_formats_keep_length_and_place() {
    let original = sweep();
    for (name, alike) in [("sweep.mp3", 0.99), ("sweep.ogg", 0.99), ("sweep.m4a", 0.99), ("sweep-alac.m4a", 1.0)] {
        let audio = decode(&fixture(name)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((audio.sample_rate, audio.channels.len()), (RATE, 1), "{name}");
        // An edit list counts in milliseconds.
        assert!(audio.frames().abs_diff(FRAMES) <= 11, "{name} has {} of {FRAMES} frames", audio.frames());
        let at_place = likeness(&original, &audio.channels[0], 0);
        assert!(at_place >= alike - 1e-9, "{name}: {at_place:.4} alike");
        let moved = [-1, 1].map(|lag| likeness(&original, &audio.channels[0], lag));
        assert!(moved.iter().all(|&other| other < at_place), "{name}: {at_place:.5} at its place, {moved:.5?} beside");
    }
}

#[test]
fn opus_is_refused_with_a_way_out() {
    let problem = decode(&fixture("opus.ogg")).expect_err("Opus cannot be decoded").to_string();
    assert!(problem.contains("is Opus") && problem.contains("ffmpeg -i \"opus.ogg\" \"opus.wav\""), "{problem}");
}

/// An AIFF or AIFC file of 16-bit samples, with a marker that some programs write ahead of the sound.
fn aiff(compression: Option<&[u8; 4]>, channels: u16, samples: &[f32]) -> Vec<u8> {
    let is_little = compression == Some(b"sowt");
    let frames = (samples.len() / usize::from(channels)) as u32;
    let mut common = [&channels.to_be_bytes()[..], &frames.to_be_bytes(), &16u16.to_be_bytes()].concat();
    // 48 kHz as an 80-bit float.
    common.extend([0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]);
    if let Some(compression) = compression {
        common.extend(compression);
        common.extend([0, 0]);
    }
    let mut sound = vec![0; 8];
    for sample in samples {
        let word = (sample * 32_768.0) as i16;
        sound.extend(if is_little { word.to_le_bytes() } else { word.to_be_bytes() });
    }
    let form: &[u8] = if compression.is_some() { b"AIFC" } else { b"AIFF" };
    let chunk = |id: &[u8; 4], body: &[u8]| [&id[..], &(body.len() as u32).to_be_bytes(), body].concat();
    let mut body = [form, &chunk(b"COMM", &common), &chunk(b"xtra", &[1, 2, 3, 4])].concat();
    body.extend(chunk(b"SSND", &sound));
    chunk(b"FORM", &body)
}

#[test]
fn aiff_reads_back_sample_by_sample() {
    let folder = Folder::new();
    let samples = ramp(2, 5000);
    for (name, compression) in [("a.aiff", None), ("b.aif", Some(b"NONE")), ("c.aifc", Some(b"sowt"))] {
        let audio = decode(&folder.file(name, &aiff(compression, 2, &samples))).expect("a sound file");
        assert_eq!((audio.sample_rate, audio.frames()), (48_000, 5000), "{name}");
        for (k, read) in audio.channels.iter().enumerate() {
            assert!(read.iter().zip(samples.iter().skip(k).step_by(2)).all(|(a, b)| a == b), "{name}, channel {k}");
        }
    }
}

#[test]
fn rf64_and_bw64_are_wav_with_wide_lengths() {
    let folder = Folder::new();
    let samples = ramp(1, 3001);
    let data = shorts(&samples);
    let wide = |length: u64| [&0u64.to_le_bytes()[..], &length.to_le_bytes(), &[0; 12]].concat();
    for magic in [b"RF64", b"BW64"] {
        let file = |ds64: &[u8]| {
            let chunks: [(&[u8; 4], u32, &[u8]); 4] = [
                (b"ds64", ds64.len() as u32, ds64),
                (b"fmt ", 16, &format(1, 1, 16, 2)),
                (b"data", u32::MAX, &data),
                (b"LIST", 4, b"INFO"),
            ];
            riff(magic, u32::MAX, &chunks)
        };
        let audio = decode(&folder.file("long.wav", &file(&wide(data.len() as u64)))).expect("a sound file");
        assert_eq!(audio.channels, std::slice::from_ref(&samples), "the list after the sound is no sound");
        let mut cut = Reader::open(&folder.file("cut.wav", &file(&wide(96_000 * 3)))).expect("a file cut short");
        while cut.next_block().expect("what is there").is_some() {}
        assert!(matches!(cut.remarks()[..], [Remark::EndsEarly { of_seconds: 3.0, .. }]), "{:?}", cut.remarks());
    }
}

#[test]
fn streams_of_unknown_length_are_read_to_their_last_sample() {
    let folder = Folder::new();
    let samples = ramp(2, 5003);
    let data = shorts(&samples);
    // As ffmpeg, sox and a recorder that died write them.
    for (riff_length, length) in [(u32::MAX, u32::MAX), (0x7fff_f024, 0x7fff_f000), (0, 0), (u32::MAX, u32::MAX - 36)] {
        let chunks: [(&[u8; 4], u32, &[u8]); 2] = [(b"fmt ", 16, &format(1, 2, 16, 2)), (b"data", length, &data)];
        let audio = decode(&folder.file("piped.wav", &riff(b"RIFF", riff_length, &chunks))).expect("a sound file");
        assert_eq!(audio.frames(), 5003, "{length:#x}");
        assert_eq!(audio.channels[1].last(), samples.last());
    }
}

#[test]
fn extensible_headers_and_odd_chunks_are_read() {
    let folder = Folder::new();
    let samples = ramp(1, 700);
    let extensible = |tag: u16, bits: u16, room: u16, valid: u16| {
        let mut body = format(0xfffe, 1, bits, room);
        body.extend([22u16.to_le_bytes(), valid.to_le_bytes()].concat());
        body.extend(4u32.to_le_bytes());
        body.extend(tag.to_le_bytes());
        body.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
        body
    };
    let floats: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    // 24 bits in the upper part of four bytes.
    let roomy: Vec<u8> =
        samples.iter().flat_map(|sample| ((sample * 8_388_608.0) as i32 * 256).to_le_bytes()).collect();
    for (format, data) in [
        (extensible(1, 16, 2, 16), shorts(&samples)),
        (extensible(3, 32, 4, 32), floats),
        (extensible(1, 32, 4, 24), roomy.clone()),
        (format(1, 1, 24, 4), roomy),
    ] {
        let chunks: [(&[u8; 4], u32, &[u8]); 4] = [
            (b"bext", 7, b"odd one"),
            (b"fmt ", format.len() as u32, &format),
            (b"LIST", 5, b"adtl!"),
            (b"data", data.len() as u32, &data),
        ];
        let audio = decode(&folder.file("a.wav", &riff(b"RIFF", 4, &chunks))).expect("a sound file");
        assert_eq!(audio.channels, std::slice::from_ref(&samples));
    }
}

#[test]
fn wav_that_holds_something_else_says_so() {
    let folder = Folder::new();
    let file = |chunks: &[(&[u8; 4], u32, &[u8])]| {
        let path = folder.file("a.wav", &riff(b"RIFF", 400, chunks));
        decode(&path).expect_err("no samples to read").problem.to_string()
    };
    assert!(file(&[(b"fmt ", 16, &format(2, 1, 4, 1)), (b"data", 4, &[0; 4])]).contains("compressed as ADPCM"));
    assert!(file(&[(b"fmt ", 16, &format(1, 1, 40, 5)), (b"data", 5, &[0; 5])]).contains("WAV of 40 bits"));
    assert!(file(&[(b"data", 4, &[0; 4])]).contains("how its samples are written"));
    assert!(file(&[(b"fmt ", 16, &format(1, 1, 16, 2))]).contains("ends before its samples"));
    assert!(file(&[(b"fmt ", 9, &[0; 9])]).contains("too short"));
    assert!(file(&[(b"fmt ", 90, &[0; 9])]).contains("ends inside its header"));
}

/// The probe would find MPEG audio in the samples of a WAV whose first bytes are gone.
#[test]
fn samples_without_a_header_are_no_audio() {
    let folder = Folder::new();
    let mut noise: Vec<u8> = (0..400_000u64).map(|k| (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    noise[0] = b'x';
    let problem = decode(&folder.file("take.wav", &noise)).expect_err("noise").problem;
    assert_eq!(problem, Problem::NotAudio);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_as_well() {
    let folder = Folder::new();
    let file = folder.file("song.wav", &wav(2, 48_000, Sample::Int(24), &ramp(2, 48_000)));
    let pipe = folder.path().join("pipe.wav");
    let made = Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success());
    assert!(made, "mkfifo makes a pipe");
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(&pipe, std::fs::read(&file)?)
    });
    let audio = decode(&pipe).expect("a sound stream");
    writer.join().expect("the writer ends").expect("all is written");
    assert_eq!(audio.frames(), 48_000);
}
