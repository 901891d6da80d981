//! The log of a hub file: batches of records, one a tick. A reader gets whole batches of sane records or none.

use super::bytes::{In, Out, checksum};
use crate::dsp::{Bands, CELLS_PER_BANDS, Cell, HOPS_PER_CELL, Hop, RecordWords};
use crate::mix::PageState;

/// Bytes before a batch: its place in the log, its length, its checksum.
pub const BATCH_HEAD: usize = 24;
const ENTRY_HEAD: usize = 16;
/// Frames in a cell at 768 kHz, and then some.
const MOST_FRAMES: u32 = 100_000;
/// Far beyond any song, in cells: 116 hours. What lies farther off is a fault, and sums over all between would be endless.
const FARTHEST: i64 = 1 << 22;
/// Samples over +140 dBFS are a fault, and so are powers over their square times the frames.
const MOST_PEAK: f32 = 1e7;
const MOST_POWER: f32 = 1e20;

/// Something of a track, as it goes from process to process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Record {
    Hop(Hop),
    /// As it was just made.
    Cell(Cell),
    /// A cell of the song as it stands, for those who came late.
    History(Cell),
    /// New or of the song as it stands.
    Bands(Bands),
    /// What holds of the cells and bands that came before it, and what is stale.
    State(PageState),
}

const HOP: u8 = 1;
const CELL: u8 = 2;
const HISTORY: u8 = 3;
const BANDS: u8 = 4;
const STATE: u8 = 5;
/// Words of the longest record.
const MOST_WORDS: usize = 64;

/// Records of one tick on their way into the log.
#[derive(Debug, Default)]
pub struct Batch {
    out: Out,
    /// Where the entry under way begins, and what it is.
    entry: Option<(usize, u64, u8)>,
    count: u16,
}

impl Batch {
    pub fn clear(&mut self) {
        self.out.0.clear();
        self.entry = None;
        self.count = 0;
    }

    pub fn is_empty(&self) -> bool {
        self.out.0.is_empty()
    }

    /// Bytes that the batch takes in the log.
    pub fn len(&self) -> usize {
        self.out.0.len().next_multiple_of(8)
    }

    /// What no reader would take is left out: it counts as unheard.
    pub fn put(&mut self, track: u64, record: &Record) {
        if !record.is_sane() {
            return;
        }
        let mut words = [0; MOST_WORDS];
        let (kind, used) = match record {
            Record::Hop(hop) => (HOP, write_words(hop, &mut words)),
            Record::Cell(cell) => (CELL, write_words(cell, &mut words)),
            Record::History(cell) => (HISTORY, write_words(cell, &mut words)),
            Record::Bands(bands) => (BANDS, write_words(bands, &mut words)),
            Record::State(state) => (STATE, write_words(state, &mut words)),
        };
        let open = self.entry.is_some_and(|(_, of, what)| (of, what) == (track, kind)) && self.count < u16::MAX;
        if !open {
            self.begin(track, kind);
        }
        self.count += 1;
        self.out.words(&words[..used]);
        if let Some((at, ..)) = self.entry {
            self.out.set(at + 10, &self.count.to_le_bytes());
        }
    }

    fn begin(&mut self, track: u64, kind: u8) {
        if self.out.0.is_empty() {
            self.out.0.resize(BATCH_HEAD, 0);
        }
        self.entry = Some((self.out.0.len(), track, kind));
        self.count = 0;
        self.out.u64(track);
        self.out.u8(kind);
        self.out.u8(0);
        self.out.u16(0);
        self.out.u32(0);
    }

    /// The bytes for the log at `at`.
    pub fn seal(&mut self, at: u64) -> &[u8] {
        self.out.pad(8);
        let len = (self.out.0.len() - BATCH_HEAD) as u64;
        let sum = checksum(&self.out.0[BATCH_HEAD..]) ^ at;
        self.out.set(0, &at.to_le_bytes());
        self.out.set(8, &len.to_le_bytes());
        self.out.set(16, &sum.to_le_bytes());
        &self.out.0
    }
}

fn write_words<T: RecordWords>(record: &T, words: &mut [u32]) -> usize {
    record.write(&mut words[..T::WORDS]);
    T::WORDS
}

/// What is wrong with a piece of log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFault {
    /// Overwritten or not yet whole: it may be better at the next read.
    Torn,
    /// Whole, and yet nothing that a Keel writes.
    Nonsense,
}

/// Hands over the records of a piece of log that begins at `at`, after all of it was checked.
pub fn read(bytes: &[u8], at: u64, mut take: impl FnMut(u64, Record)) -> Result<(), LogFault> {
    batches(bytes, at, &mut |_, record| if record.is_sane() { Ok(()) } else { Err(LogFault::Nonsense) })?;
    batches(bytes, at, &mut |track, record| {
        take(track, record);
        Ok(())
    })
}

type Take<'a> = dyn FnMut(u64, Record) -> Result<(), LogFault> + 'a;

fn batches(bytes: &[u8], mut at: u64, take: &mut Take<'_>) -> Result<(), LogFault> {
    let mut read = In(bytes);
    while !read.0.is_empty() {
        let head = [read.u64(), read.u64(), read.u64()];
        let [Some(place), Some(len), Some(sum)] = head else { return Err(LogFault::Torn) };
        let payload = usize::try_from(len).ok().and_then(|len| read.bytes(len)).ok_or(LogFault::Torn)?;
        if place != at || checksum(payload) ^ at != sum {
            return Err(LogFault::Torn);
        }
        at += BATCH_HEAD as u64 + len;
        entries(In(payload), take)?;
    }
    Ok(())
}

fn entries(mut read: In<'_>, take: &mut Take<'_>) -> Result<(), LogFault> {
    // The end of a batch may be padded.
    while read.0.len() >= ENTRY_HEAD {
        let head = (read.u64(), read.u8(), read.u8(), read.u16(), read.u32());
        let (Some(track), Some(kind), _, Some(count), _) = head else { return Err(LogFault::Nonsense) };
        for _ in 0..count {
            let record = match kind {
                HOP => Record::Hop(read_words(&mut read)?),
                CELL => Record::Cell(read_words(&mut read)?),
                HISTORY => Record::History(read_words(&mut read)?),
                BANDS => Record::Bands(read_words(&mut read)?),
                STATE => Record::State(read_words(&mut read)?),
                _ => return Err(LogFault::Nonsense),
            };
            take(track, record)?;
        }
    }
    Ok(())
}

fn read_words<T: RecordWords>(read: &mut In<'_>) -> Result<T, LogFault> {
    let bytes = read.bytes(T::WORDS * 4).ok_or(LogFault::Nonsense)?;
    let mut words = [0; MOST_WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    Ok(T::read(&words[..T::WORDS]))
}

impl Record {
    /// Neither infinities nor numbers that no audio has.
    fn is_sane(&self) -> bool {
        match self {
            Self::Hop(hop) => is_sane_hop(hop),
            Self::Cell(cell) | Self::History(cell) => is_sane_cell(cell),
            // Codes, each of which is a level.
            Self::Bands(bands) => {
                let is_placed = is_place(i64::from(bands.index) * i64::from(CELLS_PER_BANDS));
                is_placed && bands.frames <= MOST_FRAMES * CELLS_PER_BANDS as u32
            }
            // Bits, each of which may be.
            Self::State(state) => is_place(state.place()) && state.is_sane(),
        }
    }
}

fn is_sane_hop(hop: &Hop) -> bool {
    let peaks = [hop.peak, hop.true_peak].concat().into_iter().all(is_peak);
    let powers = [hop.power[0], hop.power[1], hop.k_power].into_iter().all(is_power);
    let is_usual = |value: f32| value.is_nan() || value.abs() < 1e9;
    let usual = [hop.bar, hop.tempo, hop.loop_s[0], hop.loop_s[1]].into_iter().all(is_usual);
    let placed = is_place(hop.index.div_euclid(HOPS_PER_CELL)) && hop.frames <= MOST_FRAMES;
    peaks && powers && usual && placed && is_gain(hop.gain) && is_cross(hop.cross) && is_rate(hop.sample_rate)
}

fn is_sane_cell(cell: &Cell) -> bool {
    let peaks = [cell.peak[0], cell.peak[1], cell.true_peak, cell.hit_peak].into_iter().all(is_peak);
    let powers = [cell.power[0], cell.power[1], cell.k_power, cell.hit_power, cell.hit_k_power];
    let usual = cell.bar.is_nan() || cell.bar.abs() < 1e9;
    let sane = powers.into_iter().all(is_power) && cell.frames <= MOST_FRAMES && is_place(cell.index.into());
    peaks && sane && usual && is_gain(cell.gain) && is_cross(cell.cross)
}

/// A place in cells.
fn is_place(cell: i64) -> bool {
    (-FARTHEST..FARTHEST).contains(&cell)
}

fn is_peak(value: f32) -> bool {
    (0.0..=MOST_PEAK).contains(&value)
}

fn is_power(value: f32) -> bool {
    (0.0..=MOST_POWER).contains(&value)
}

fn is_cross(value: f32) -> bool {
    value.abs() <= MOST_POWER
}

/// Linear: up to +100 dB.
pub fn is_gain(value: f32) -> bool {
    (0.0..=1e5).contains(&value)
}

fn is_rate(value: f32) -> bool {
    (0.0..=1e6).contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::CellFlags;

    fn cell(index: i32) -> Cell {
        Cell {
            index,
            frames: 4800,
            power: [2.0, 3.0],
            cross: -1.0,
            peak: [0.5, 0.25],
            gain: 1.0,
            bar: f32::NAN,
            ..Cell::default()
        }
    }

    fn bands(index: i32) -> Bands {
        let mut bands = Bands::new(index, 96_000, 1, CellFlags::PLAYING);
        bands.set(7, [0.5, 0.25], 0.1);
        bands
    }

    fn hop(index: i64) -> Hop {
        Hop { index, frames: 480, sample_rate: 48_000.0, peak: [0.5; 2], gain: 2.0, tempo: 120.0, ..Hop::default() }
    }

    fn sealed(at: u64, records: &[(u64, Record)]) -> Vec<u8> {
        let mut batch = Batch::default();
        records.iter().for_each(|(track, record)| batch.put(*track, record));
        batch.seal(at).to_vec()
    }

    fn taken(bytes: &[u8], at: u64) -> Result<Vec<(u64, i64)>, LogFault> {
        let mut all = Vec::new();
        read(bytes, at, |track, record| {
            all.push(match record {
                Record::Hop(hop) => (track, hop.index),
                Record::Cell(cell) => (track, 1000 + i64::from(cell.index)),
                Record::History(cell) => (track, 2000 + i64::from(cell.index)),
                Record::Bands(bands) => (track, 3000 + i64::from(bands.index)),
                Record::State(state) => (track, 4000 + i64::from(state.page)),
            });
        })?;
        Ok(all)
    }

    #[test]
    fn batches_come_back_in_their_order() {
        let first = sealed(64, &[(1, Record::Hop(hop(1))), (1, Record::Hop(hop(2))), (1, Record::Cell(cell(3)))]);
        let second = sealed(
            64 + first.len() as u64,
            &[
                (2, Record::Cell(cell(4))),
                (1, Record::History(cell(5))),
                (1, Record::Bands(bands(6))),
                (1, Record::State(PageState { page: 7, ..PageState::default() })),
            ],
        );
        let log = [first, second].concat();
        assert_eq!(taken(&log, 64), Ok(vec![(1, 1), (1, 2), (1, 1003), (2, 1004), (1, 2005), (1, 3006), (1, 4007)]));
        assert_eq!(taken(&[], 64), Ok(vec![]));
    }

    #[test]
    fn every_bit_that_is_torn_shows_and_nothing_is_handed_over() {
        let bytes = sealed(0, &[(1, Record::Hop(hop(1))), (1, Record::Cell(cell(3)))]);
        for bit in 0..bytes.len() * 8 {
            let mut torn = bytes.clone();
            torn[bit / 8] ^= 1 << (bit % 8);
            assert!(taken(&torn, 0).is_err(), "bit {bit}");
        }
        for len in 1..bytes.len() {
            assert!(taken(&bytes[..len], 0).is_err(), "{len} bytes");
        }
        assert_eq!(taken(&bytes, 8), Err(LogFault::Torn), "of another round of the ring");
    }

    #[test]
    fn what_is_whole_but_no_audio_is_refused_as_a_whole() {
        let sound = Record::Cell(cell(3));
        let mut bytes = sealed(0, &[(1, sound), (1, sound)]);
        let last = bytes.len() - 4 * Cell::WORDS;
        for (word, bits) in
            [(4, f32::NAN.to_bits()), (7, f32::INFINITY.to_bits()), (8, (-1f32).to_bits()), (1, u32::MAX), (0, 1 << 30)]
        {
            let mut wrong = bytes.clone();
            wrong[last + 4 * word..][..4].copy_from_slice(&bits.to_le_bytes());
            let sum = checksum(&wrong[BATCH_HEAD..]);
            wrong[16..24].copy_from_slice(&sum.to_le_bytes());
            let mut handed = 0;
            assert_eq!(read(&wrong, 0, |_, _| handed += 1), Err(LogFault::Nonsense), "word {word}");
            assert_eq!(handed, 0);
        }
        bytes[BATCH_HEAD + 8] = 77;
        let sum = checksum(&bytes[BATCH_HEAD..]);
        bytes[16..24].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(taken(&bytes, 0), Err(LogFault::Nonsense), "a kind that this layout does not have");
    }

    #[test]
    fn a_writer_leaves_out_what_no_reader_would_take() {
        let loud = Cell { power: [f32::INFINITY, 0.0], ..cell(1) };
        let mut batch = Batch::default();
        batch.put(1, &Record::Cell(loud));
        assert!(batch.is_empty());
    }
}
