//! What the decoder reads, sample by sample, and what it says of files that it cannot read.

mod common;

use std::path::Path;

use common::{Folder, Sample, flac, ramp, wav};
use keel_cli::decode::{Problem, Reader, Remark, decode, track_name};

fn problem(path: &Path) -> Problem {
    decode(path).expect_err("an unreadable file").problem
}

fn channel(samples: &[f32], channels: usize, which: usize) -> Vec<f32> {
    samples.iter().skip(which).step_by(channels).copied().collect()
}

#[test]
fn every_wav_kind_reads_back_sample_by_sample() {
    let folder = Folder::new();
    for (kind, scale) in [(Sample::Int(16), 1.0), (Sample::Int(24), 1.0), (Sample::Int(32), 1.0), (Sample::Float, 2.5)]
    {
        for channels in [1, 2] {
            // Floats may pass full scale, and a meter must see that.
            let samples: Vec<f32> = ramp(channels, 3000).iter().map(|sample| sample * scale).collect();
            let path = folder.file("take 1.wav", &wav(channels, 44_100, kind, &samples));
            let audio = decode(&path).expect("a sound file");
            assert_eq!((audio.name.as_str(), audio.sample_rate), ("take 1", 44_100));
            assert_eq!(audio.channels.len(), channels);
            for (k, read) in audio.channels.iter().enumerate() {
                assert_eq!(*read, channel(&samples, channels, k), "{kind:?}, channel {k} of {channels}");
            }
        }
    }
}

#[test]
fn flac_reads_back_sample_by_sample() {
    let folder = Folder::new();
    for channels in [1, 2] {
        let samples = ramp(channels, 192 * 30);
        let audio = decode(&folder.file("bass.flac", &flac(channels, 48_000, &samples))).expect("a sound file");
        assert_eq!((audio.sample_rate, audio.channels.len(), audio.frames()), (48_000, channels, 192 * 30));
        for (k, read) in audio.channels.iter().enumerate() {
            assert_eq!(*read, channel(&samples, channels, k), "channel {k} of {channels}");
        }
    }
}

#[test]
fn blocks_add_up_to_the_file() {
    let folder = Folder::new();
    let samples = ramp(2, 100_000);
    let mut reader = Reader::open(&folder.wav("mix.wav", 2, 96_000, &samples)).expect("a sound file");
    let mut read = Vec::new();
    while let Some(block) = reader.next_block().expect("a sound block") {
        assert!(block[0].len() == block[1].len() && block[0].len() < 10_000, "a block stays small");
        read.extend_from_slice(&block[1]);
    }
    assert_eq!(reader.frames(), 100_000);
    assert_eq!(read, channel(&samples, 2, 1));
}

#[test]
fn a_name_is_the_file_without_its_ending() {
    assert_eq!(track_name(Path::new("/a/b/Lead Vox v1.2.wav")), "Lead Vox v1.2");
    assert_eq!(track_name(Path::new("kick")), "kick");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_utf8_is_still_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"ki\xffck.wav"));
    std::fs::write(&path, wav(1, 48_000, Sample::Int(16), &[0.5; 10])).expect("a file of that name");
    assert_eq!(decode(&path).expect("a sound file").name, "ki\u{fffd}ck");
}

#[test]
fn files_that_cannot_be_opened_say_why() {
    let folder = Folder::new();
    assert!(matches!(problem(&folder.path().join("absent.wav")), Problem::Unreadable(_)));
    assert!(matches!(problem(folder.path()), Problem::Unreadable(_)));
}

#[test]
fn content_that_is_no_audio_is_named_so() {
    let folder = Folder::new();
    let text = "These are the lyrics, saved under the wrong name.\n".repeat(200);
    assert_eq!(problem(&folder.file("lyrics.wav", text.as_bytes())), Problem::NotAudio);
    assert_eq!(problem(&folder.file("short.flac", b"hi")), Problem::NotAudio);
}

#[test]
fn files_of_no_samples_are_empty() {
    let folder = Folder::new();
    assert_eq!(problem(&folder.file("nothing.wav", b"")), Problem::Empty);
    assert_eq!(problem(&folder.wav("header only.wav", 1, 48_000, &[])), Problem::Empty);
}

#[test]
fn more_than_two_channels_and_rates_out_of_range_are_refused() {
    let folder = Folder::new();
    assert_eq!(problem(&folder.wav("surround.wav", 6, 48_000, &[0.0; 600])), Problem::Channels(6));
    assert_eq!(problem(&folder.wav("slow.wav", 1, 4_000, &[0.0; 600])), Problem::SampleRate(4_000));
}

#[test]
fn files_that_end_early_are_read_and_say_how_much_is_left() {
    let folder = Folder::new();
    let remarks = |path: &Path| {
        let mut reader = Reader::open(path).expect("a file cut short");
        while reader.next_block().expect("what is there").is_some() {}
        reader.remarks()
    };
    let whole = flac(1, 48_000, &ramp(1, 192 * 500));
    let cut = remarks(&folder.file("cut.flac", &whole[..whole.len() / 2]));
    let [Remark::EndsEarly { seconds, of_seconds }] = cut[..] else {
        panic!("expected a file cut short, read {cut:?}")
    };
    assert_eq!(of_seconds, 2.0);
    assert!((0.95..=1.0).contains(&seconds), "read {seconds} s of the half");

    let whole = wav(1, 48_000, Sample::Int(16), &ramp(1, 96_000));
    let cut = remarks(&folder.file("cut.wav", &whole[..whole.len() / 2]));
    assert!(matches!(cut[..], [Remark::EndsEarly { of_seconds: 2.0, .. }]), "expected a file cut short, read {cut:?}");
}

/// Headers that lie must end in an error of that file, be it by a decoder's panic.
#[test]
fn hostile_headers_are_errors() {
    let folder = Folder::new();
    let sound = wav(1, 48_000, Sample::Int(16), &[0.0; 64]);
    for at in 4..44 {
        for value in [0x00, 0x7f, 0xff] {
            let mut bytes = sound.clone();
            bytes[at] = value;
            // Some of these are still sound files: only the return matters.
            let _ = decode(&folder.file("hostile.wav", &bytes));
        }
    }
    let mut bytes = sound;
    bytes[22..24].copy_from_slice(&[0xff, 0xff]);
    assert!(decode(&folder.file("channels.wav", &bytes)).is_err());
}
