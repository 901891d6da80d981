//! Sound files with bytes changed, cut out, doubled and cut off, all the way to the report: every one ends in a report or
//! in a problem of that file. The quick part of what `fuzz/` does at length.

mod common;

use std::path::{Path, PathBuf};

use common::odd::{aiff_saying, caf_saying, wav_saying};
use common::{Folder, Sample, flac, ramp, wav};
use keel_cli::check::{Rules, check};
use keel_cli::progress::Progress;
use keel_cli::stems::Stem;
use keel_cli::{html, table};
use keel_core::mix::{Profile, Role, RoleFrom, SessionState};

/// Mutations of each file, where KEEL_MUTATIONS asks for no other number.
const ROUNDS: u64 = 60;

fn rounds() -> u64 {
    std::env::var("KEEL_MUTATIONS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

/// A small generator of numbers that are the same each time (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

fn mutated(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.next(4) {
        // Headers decide more than samples do.
        let reach = if numbers.next(3) > 0 { bytes.len().min(200) } else { bytes.len() };
        let at = numbers.next(reach);
        match numbers.next(5) {
            0 => bytes.truncate(at),
            1 => bytes.drain(at..(at + numbers.next(64)).min(bytes.len())).for_each(drop),
            2 => bytes.extend_from_within(at..(at + 300).min(bytes.len())),
            3 if at < bytes.len() => bytes[at] = [0x00, 0x01, 0x7f, 0x80, 0xff][numbers.next(5)],
            _ if at < bytes.len() => bytes[at] = numbers.next(256) as u8,
            _ => {}
        }
    }
    bytes
}

fn stem(path: PathBuf, role: Role) -> Stem {
    let name = path.to_string_lossy().into_owned();
    Stem { name, path, right: None, start_s: 0.0, role, role_from: RoleFrom::User, is_reference: false }
}

#[test]
fn no_file_however_broken_is_more_than_a_problem_of_its_own() {
    let fixture = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        (name.to_owned(), std::fs::read(path).expect("a fixture"))
    };
    let own = |name: &str, bytes: Vec<u8>| (name.to_owned(), bytes);
    let seeds = [
        own("a.wav", wav(2, 8_000, Sample::Int(24), &ramp(2, 800))),
        own("b.wav", wav(1, 8_000, Sample::Float, &ramp(1, 800))),
        own("c.flac", flac(2, 8_000, &ramp(2, 192 * 8))),
        own("d.aif", aiff_saying(None, None, &ramp(1, 800))),
        own("e.caf", caf_saying(Some(-1), &ramp(1, 800), &[])),
        own("f.wav", wav_saying(None, Some(0), &ramp(1, 800), b"LIST\x04\0\0\0INFO")),
        fixture("sweep.aac"),
        fixture("sweep.mp3"),
        fixture("sweep.ogg"),
        fixture("sweep.m4a"),
        fixture("sweep-alac.m4a"),
        fixture("opus.ogg"),
    ];
    let folder = Folder::new();
    let sound = stem(folder.wav("kick.wav", 1, 8_000, &ramp(1, 800)), Role::Kick);
    let rules = Rules { profile: Profile::guide(), state: SessionState::default(), tempo: None };
    let mut numbers = Numbers(rounds());
    // Some of these panic inside a decoder, which is caught; the message is no news.
    std::panic::set_hook(Box::new(|_| {}));
    for (name, bytes) in &seeds {
        for round in 0..rounds() {
            let path = folder.file(name, &mutated(bytes, &mut numbers));
            let checked = check(&[sound.clone(), stem(path, Role::Bass)], &rules, &Progress::silent());
            let counted = checked.analysed + checked.problems.len();
            assert!(counted == 2 && checked.analysed >= 1, "{name}, round {round}: the sound file is there");
            let text = table::render(&checked.report, table::Style::PLAIN) + &html::render(&checked.report);
            assert!(!text.contains("NaN") && !text.contains("inf d"), "{name}, round {round}: {text}");
        }
    }
}
