//! Every order in which a writer's and a reader's atomic steps can meet, as the memory model allows them.

use keel_loom::dsp::RecordWords;
use keel_loom::ring::{Reader, Writer, ring};
use loom::thread;

/// A record whose words all hold its number: words of two records in one are seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Twin([u32; 2]);

impl Twin {
    fn new(n: u32) -> Self {
        Self([n + 1, n + 1])
    }

    fn number(self) -> u32 {
        assert_eq!(self.0[0], self.0[1], "words of two records");
        assert_ne!(self.0[0], 0, "a record before any was written");
        self.0[0] - 1
    }
}

impl RecordWords for Twin {
    const WORDS: usize = 2;

    fn write(&self, words: &mut [u32]) {
        words.copy_from_slice(&self.0);
    }

    fn read(words: &[u32]) -> Self {
        Self([words[0], words[1]])
    }
}

/// Tries a reader against a writer that pushes `records` into a ring of `len`, `before` of them beforehand.
fn model(len: usize, before: u32, records: u32, read: fn(&Reader<Twin>)) {
    let mut model = loom::model::Builder::new();
    // Three changes of thread at places where none is forced find all known faults of seqlocks.
    model.preemption_bound = Some(3);
    model.check(move || {
        let (mut writer, reader): (Writer<Twin>, Reader<Twin>) = ring(len);
        (0..before).for_each(|n| writer.push(&Twin::new(n)));
        let pushing = thread::spawn(move || (before..records).for_each(|n| writer.push(&Twin::new(n))));
        read(&reader);
        pushing.join().expect("the writer ends");
    });
}

#[test]
fn a_record_is_whole_or_not_there() {
    model(2, 1, 4, |reader| {
        for n in 0..3 {
            if let Some(record) = reader.read(n) {
                assert_eq!(u64::from(record.number()), n, "another record in its place");
            }
        }
    });
}

#[test]
fn the_newest_never_goes_back() {
    model(2, 1, 2, |reader| {
        let first = reader.newest().map(Twin::number);
        let second = reader.newest().map(Twin::number);
        if let (Some(first), Some(second)) = (first, second) {
            assert!(second >= first, "newest went from {first} back to {second}");
        }
    });
}

#[test]
fn what_is_drained_comes_in_order_or_is_counted_as_missed() {
    model(2, 0, 3, |reader| {
        let (mut cursor, mut got, mut missed) = (0, Vec::new(), 0);
        for _ in 0..2 {
            missed += reader.drain_since(&mut cursor, |record| got.push(record.number()));
        }
        assert!(got.is_sorted_by(|a, b| a < b), "{got:?}");
        assert_eq!(got.len() as u64 + missed, cursor, "every record is read or counted");
    });
}

/// The writer moves to the larger ring under the reader's eyes.
#[test]
fn a_grown_ring_gives_every_record_in_order_or_counts_it_as_missed() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let (mut writer, reader): (Writer<Twin>, Reader<Twin>) = ring(1);
        writer.push(&Twin::new(0));
        reader.grow(2);
        let pushing = thread::spawn(move || (1..4).for_each(|n| writer.push(&Twin::new(n))));
        let (mut cursor, mut got, mut missed) = (0, Vec::new(), 0);
        for _ in 0..2 {
            missed += reader.drain_numbered(&mut cursor, |n, record| {
                assert_eq!(u64::from(record.number()), n, "another record in its place");
                got.push(n);
            });
        }
        assert!(got.is_sorted_by(|a, b| a < b), "{got:?}");
        assert_eq!(got.len() as u64 + missed, cursor, "every record is read or counted");
        if let Some(record) = reader.read(0) {
            assert_eq!(record.number(), 0);
        }
        pushing.join().expect("the writer ends");
    });
}
