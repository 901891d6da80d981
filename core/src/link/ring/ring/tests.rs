use std::sync::atomic::AtomicBool;
use std::thread;

use super::*;

const WORDS: usize = 19;

/// A record that shows whether it is whole: every word follows from the first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Pattern([u32; WORDS]);

impl Pattern {
    fn new(n: u64) -> Self {
        Self(std::array::from_fn(|word| (n as u32).wrapping_mul(2_654_435_761).wrapping_add(word as u32)))
    }

    fn number(&self) -> u32 {
        // The multiplier's inverse modulo 2^32.
        self.0[0].wrapping_mul(244_002_641)
    }
}

impl RecordWords for Pattern {
    const WORDS: usize = WORDS;

    fn write(&self, words: &mut [u32]) {
        words.copy_from_slice(&self.0);
    }

    fn read(words: &[u32]) -> Self {
        Self(std::array::from_fn(|word| words[word]))
    }
}

fn pushed(len: usize, count: u64) -> (Writer<Pattern>, Reader<Pattern>) {
    let (mut writer, reader) = ring(len);
    for n in 0..count {
        writer.push(&Pattern::new(n));
    }
    (writer, reader)
}

fn drained(reader: &Reader<Pattern>, cursor: &mut u64) -> (Vec<u32>, u64) {
    let mut numbers = Vec::new();
    let missed = reader.drain_since(cursor, |record| numbers.push(record.number()));
    (numbers, missed)
}

#[test]
fn an_empty_ring_has_nothing() {
    let (_writer, reader) = pushed(4, 0);
    assert_eq!(reader.newest(), None);
    assert_eq!(reader.read(0), None);
    assert_eq!(drained(&reader, &mut 0), (vec![], 0));
}

#[test]
fn newest_is_the_last_pushed() {
    let (mut writer, reader) = pushed(4, 0);
    for n in 0..20 {
        writer.push(&Pattern::new(n));
        assert_eq!(reader.newest(), Some(Pattern::new(n)));
        assert_eq!(reader.pushed(), n + 1);
    }
}

#[test]
fn the_newest_of_many_rings_are_those_of_each() {
    // Rings that are empty, half full, went round and were grown, in number around that of one asking.
    for count in [0, 1, ASKED_AT_ONCE - 1, ASKED_AT_ONCE, 2 * ASKED_AT_ONCE + 3] {
        let rings: Vec<_> = (0..count as u64).map(|k| pushed(8, k * 7 % 23)).collect();
        rings.iter().step_by(3).for_each(|(_, reader)| reader.grow(16));
        let (mut writers, readers): (Vec<_>, Vec<_>) = rings.into_iter().unzip();
        writers.iter_mut().step_by(6).for_each(|writer| writer.push(&Pattern::new(1000)));
        let mut newest = Vec::new();
        newest_of(&readers, |record| newest.push(record));
        assert_eq!(newest, readers.iter().map(Reader::newest).collect::<Vec<_>>());
        assert!(newest.iter().step_by(6).all(|record| *record == Some(Pattern::new(1000))));
    }
}

#[test]
fn a_full_ring_reads_its_length_back_and_nothing_else() {
    let (_writer, reader) = pushed(8, 21);
    for n in 0..13 {
        assert_eq!(reader.read(n), None, "record {n} is overwritten");
    }
    for n in 13..21 {
        assert_eq!(reader.read(n), Some(Pattern::new(n)), "record {n}");
    }
    assert_eq!(reader.read(21), None, "to come");
}

#[test]
fn draining_resumes_at_the_cursor() {
    let (mut writer, reader) = pushed(8, 3);
    let mut cursor = 0;
    assert_eq!(drained(&reader, &mut cursor), (vec![0, 1, 2], 0));
    assert_eq!(drained(&reader, &mut cursor), (vec![], 0));
    for n in 3..11 {
        writer.push(&Pattern::new(n));
    }
    assert_eq!(drained(&reader, &mut cursor), ((3..11).collect(), 0), "a whole ring at once");
    assert_eq!(cursor, 11);
}

#[test]
fn an_overrun_is_counted_and_the_rest_comes() {
    let (mut writer, reader) = pushed(8, 2);
    let mut cursor = 0;
    drained(&reader, &mut cursor);
    for n in 2..23 {
        writer.push(&Pattern::new(n));
    }
    assert_eq!(drained(&reader, &mut cursor), ((15..23).collect(), 13));
    assert_eq!(drained(&reader, &mut cursor), (vec![], 0), "missed once, not twice");
}

#[test]
fn a_record_under_the_pen_is_not_read() {
    let (writer, reader) = pushed(4, 6);
    // As `push` leaves it half way through record 6, over record 2.
    let (sequence, words) = writer.state.slots.slot::<Pattern>(6);
    sequence.store(writing(6), Ordering::Relaxed);
    words[0].store(99, Ordering::Relaxed);
    assert_eq!(reader.read(2), None);
    let mut cursor = 2;
    assert_eq!(drained(&reader, &mut cursor), (vec![3, 4, 5], 1));
    assert_eq!(reader.newest(), Some(Pattern::new(5)), "the newest whole record stays readable");
}

#[test]
fn sequences_outlive_their_word() {
    let (mut writer, reader) = pushed(4, 0);
    // A ring that has seen 2^31 records but two: the sequence's word is about to begin anew.
    let start = (1u64 << 31) - 2;
    writer.next = start;
    writer.state.head.store(start, Ordering::Relaxed);
    let mut cursor = start;
    for n in start..start + 4 {
        writer.push(&Pattern::new(n));
        assert_eq!(reader.newest(), Some(Pattern::new(n)), "record {n}");
    }
    let expected = (start..start + 4).map(|n| n as u32).collect();
    assert_eq!(drained(&reader, &mut cursor), (expected, 0));
    assert_eq!(reader.read(start - 1), None);
}

#[test]
fn a_grown_ring_loses_nothing_at_the_turn_and_holds_more_after_it() {
    let (mut writer, reader) = pushed(4, 6);
    let mut cursor = 2;
    reader.grow(16);
    assert!(reader.is_grown() && writer.is_grown());
    assert_eq!(reader.newest(), Some(Pattern::new(5)), "before the writer moves");
    for n in 6..20 {
        writer.push(&Pattern::new(n));
        assert_eq!(reader.newest(), Some(Pattern::new(n)));
    }
    assert_eq!(
        (reader.read(1), reader.read(2)),
        (None, Some(Pattern::new(2))),
        "the first ring's stay where they were"
    );
    assert_eq!(drained(&reader, &mut cursor), ((2..20).collect(), 0), "both rings in one");
    (20..40).for_each(|n| writer.push(&Pattern::new(n)));
    assert_eq!(drained(&reader, &mut cursor), ((24..40).collect(), 4), "longer than the larger one, too");
    assert_eq!(reader.read(5), Some(Pattern::new(5)));
    assert_eq!(reader.read(6), None);
    reader.grow(1024);
    (40..80).for_each(|n| writer.push(&Pattern::new(n)));
    assert_eq!(drained(&reader, &mut cursor), ((64..80).collect(), 24), "it grows once");
}

#[test]
fn a_ring_that_grew_before_its_first_record_is_the_larger_one() {
    let (mut writer, reader) = pushed(4, 0);
    let before = reader.heap_bytes();
    reader.grow(16);
    assert_eq!(reader.heap_bytes() - before, 16 * 4 * (WORDS + 1) + size_of::<Annex>());
    (0..21).for_each(|n| writer.push(&Pattern::new(n)));
    assert_eq!(drained(&reader, &mut 0), ((5..21).collect(), 5));
}

#[test]
fn hops_and_cells_keep_every_field() {
    let (mut hops, hop_reader) = hop_ring();
    let hop = Hop { index: -3, frames: 441, onsets: 7, epoch: 9, loop_s: [1.5, 8.25], ..Hop::default() };
    hops.push(&hop);
    assert_eq!(hop_reader.newest(), Some(hop));
    let (mut cells, cell_reader) = cell_ring();
    let cell = Cell { index: -40, hit_age: -2, epoch: 65_535, hit_k_power: 0.25, ..Cell::default() };
    cells.push(&cell);
    assert_eq!(cell_reader.newest(), Some(cell));
}

/// One writer at full speed over a tiny ring, readers of each kind: all that they get is whole and in order.
#[test]
fn no_reader_sees_a_torn_record() {
    // `KEEL_READS=10000000 cargo test -p keel-core torn` reads more of them.
    let reads = std::env::var("KEEL_READS").ok().and_then(|reads| reads.parse().ok());
    let whole_wanted: usize = reads.unwrap_or(1_000_000);
    let (mut writer, reader) = ring::<Pattern>(64);
    let done = AtomicBool::new(false);
    let check = |record: Pattern| {
        assert_eq!(record, Pattern::new(u64::from(record.number())), "torn");
        record.number()
    };
    let newest = |reader: Reader<Pattern>| {
        let (mut last, mut whole) = (0, 0);
        while whole < whole_wanted {
            if let Some(record) = reader.newest() {
                let number = check(record);
                assert!(number >= last, "newest went from {last} back to {number}");
                last = number;
                whole += 1;
            }
        }
    };
    let drain = |reader: Reader<Pattern>| {
        let (mut cursor, mut whole, mut missed) = (0, 0, 0);
        let mut next = 0;
        while whole < whole_wanted as u64 || missed == 0 {
            missed += reader.drain_since(&mut cursor, |record| {
                let number = check(record);
                assert!(number >= next, "drained {number} after {next}");
                next = number + 1;
                whole += 1;
            });
        }
        assert_eq!(whole + missed, cursor, "every record is read or counted as missed");
    };
    thread::scope(|scope| {
        let readers = [scope.spawn(|| newest(reader.clone())), scope.spawn(|| drain(reader.clone()))];
        scope.spawn(|| {
            let mut n = 0;
            while !done.load(Ordering::Relaxed) {
                writer.push(&Pattern::new(n));
                n += 1;
                if n == 100_000 {
                    reader.grow(128);
                }
            }
        });
        let results = readers.map(|reader| reader.join());
        done.store(true, Ordering::Relaxed);
        for result in results {
            result.expect("a reader failed");
        }
    });
}
