//! Hub files as an attacker would write them who knows the layout (core/src/link/hub/file_layout.rs).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use keel_core::dsp::{Cell, RecordWords};

/// The layout that is in force.
pub const LAYOUT: u32 = 6;
pub const FILE: u64 = LOG_AT + (1 << 20);
const TABLES_AT: u64 = 4_096;
const TABLE: u64 = 80 * 1_024;
const LOG_AT: u64 = TABLES_AT + 2 * TABLE;

/// A file that is held as a live one is, and whose every checksum is right.
pub struct Forged {
    file: File,
    pub path: PathBuf,
    generation: u64,
    table: u64,
    table_bytes: Vec<u8>,
    log: u64,
}

impl Forged {
    /// A file without a table yet, of process 9 of program 1.
    pub fn new(folder: &Path, token: u64) -> Self {
        let forged = Self::raw(folder, token, &head(LAYOUT, b"0.1.0", token));
        Self { generation: 1, ..forged }
    }

    /// A file of any bytes, held.
    pub fn raw(folder: &Path, token: u64, bytes: &[u8]) -> Self {
        let path = folder.join(format!("{token:016x}.hub"));
        let file = File::options().read(true).write(true).create_new(true).open(&path).expect("a forged file");
        file.try_lock().expect("no one else knows it");
        file.write_all_at(bytes, 0).expect("a forged file");
        Self { file, path, generation: 0, table: 0, table_bytes: Vec::new(), log: 0 }
    }

    pub fn write_table(&mut self, table: Vec<u8>) {
        self.table += 1;
        self.file.write_all_at(&table, TABLES_AT + (self.table & 1) * TABLE).expect("a forged file");
        self.table_bytes = table;
        self.tick();
    }

    /// Puts cells of a track into the log.
    pub fn log(&mut self, track: u64, cells: &[Cell]) {
        let mut payload = track.to_le_bytes().to_vec();
        payload.extend([2, 0]);
        payload.extend((cells.len() as u16).to_le_bytes());
        payload.extend([0; 4]);
        for cell in cells {
            let mut words = vec![0; Cell::WORDS];
            cell.write(&mut words);
            words.iter().for_each(|word| payload.extend(word.to_le_bytes()));
        }
        payload.resize(payload.len().next_multiple_of(8), 0);
        let sum = checksum(&payload) ^ self.log;
        let mut batch = [self.log, payload.len() as u64, sum].map(u64::to_le_bytes).concat();
        batch.extend(payload);
        self.file.write_all_at(&batch, LOG_AT + self.log).expect("a forged file");
        self.log += batch.len() as u64;
        self.tick();
    }

    /// Moves, as a live writer does.
    pub fn tick(&mut self) {
        self.generation += 1;
        let mut tip = [self.generation, self.table, self.table_bytes.len() as u64].map(u64::to_le_bytes).concat();
        tip.extend([checksum(&self.table_bytes), self.log].map(u64::to_le_bytes).concat());
        self.file.write_all_at(&sealed(tip, 64), 64 + (self.generation & 1) * 64).expect("a forged file");
    }
}

/// The first 64 bytes of a file.
pub fn head(layout: u32, version: &[u8], token: u64) -> Vec<u8> {
    let mut head = b"KEELHUB\0".to_vec();
    head.extend(u64::from(layout).to_le_bytes());
    head.extend(version);
    head.resize(32, 0);
    head.extend([9, 1, token].map(u64::to_le_bytes).concat());
    sealed(head, 64)
}

/// A table of sustained tracks of one session, by number and name.
pub fn table(tracks: &[(u64, &str)], gain: f32) -> Vec<u8> {
    let mut table = [tracks.len() as u16, 0, 0].map(u16::to_le_bytes).concat();
    for (uid, name) in tracks {
        table.extend([*uid, uid + 1_000, uid + 1_000, 1, 77, 77].map(u64::to_le_bytes).concat());
        table.extend([0; 5]);
        table.extend([gain, f32::NAN].map(f32::to_le_bytes).concat());
        table.extend([0; 4]);
        table.extend((name.len() as u16).to_le_bytes());
        table.extend(name.as_bytes());
    }
    table.resize(table.len().next_multiple_of(8), 0);
    table
}

fn sealed(mut part: Vec<u8>, len: usize) -> Vec<u8> {
    part.resize(len - 8, 0);
    let sum = checksum(&part);
    part.extend(sum.to_le_bytes());
    part
}

/// FNV-1a over words of eight bytes, rotated.
fn checksum(bytes: &[u8]) -> u64 {
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    let (words, rest) = bytes.as_chunks::<8>();
    assert!(rest.is_empty(), "whole words only");
    words.iter().fold(0xcbf2_9ce4_8422_2325 ^ bytes.len() as u64, |sum, word| mix(sum, u64::from_le_bytes(*word)))
}
