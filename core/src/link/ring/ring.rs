//! Rings of records from one thread to many. Each record is a seqlock of atomic words: the writer never waits and never
//! asks how many read, a reader never holds the writer up, and what it gets is whole or nothing.
//!
//! Seqlock after H.-J. Boehm, "Can seqlocks get along with programming language memory models?" (2012), section 4.

use std::fmt;
use std::hint::black_box;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use super::atomics::{AtomicU32, AtomicU64, Ordering, fence};
use crate::dsp::{Bands, Cell, Hop, RecordWords};

/// Hops in a track's ring: 2.56 s of what moves on the screen.
pub const HOP_RING: usize = 256;
/// Cells in a track's ring: 102 s, which a render at 500 times real time fills in 0.2 s.
pub const CELL_RING: usize = 1024;
/// Records of bands in a track's ring: 128 s.
pub const BANDS_RING: usize = 64;
/// Cells in the ring of a track that is rendered: 13 minutes, 1.6 s at 500 times real time.
pub const RENDER_CELL_RING: usize = 8192;
/// Records of bands in the ring of a track that is rendered: 17 minutes.
pub const RENDER_BANDS_RING: usize = 512;

/// Largest record in words: a reader assembles it on its stack.
const MAX_WORDS: usize = 64;
/// A reader after the newest record gives up when as many were overwritten under its eyes.
const NEWEST_TRIES: usize = 8;

/// Rings whose records [`newest_of`] asks for at a time.
const ASKED_AT_ONCE: usize = 64;

/// The newest record of each ring, in their order, as [`Reader::newest`] gives it.
///
/// What other cores have just written lies in their caches, and to ask ring by ring waits for each of three lines in turn.
/// Here they are under way together.
pub fn newest_of<T: RecordWords>(readers: &[Reader<T>], mut take: impl FnMut(Option<T>)) {
    for readers in readers.chunks(ASKED_AT_ONCE) {
        let mut heads = [0; ASKED_AT_ONCE];
        for (head, reader) in heads.iter_mut().zip(readers) {
            *head = reader.state.head.load(Ordering::Relaxed);
        }
        let asked = heads.iter().zip(readers).fold(0, |all, (head, reader)| all ^ reader.ask(*head));
        black_box(asked);
        readers.iter().for_each(|reader| take(reader.newest()));
    }
}

/// The two ends of a track's ring of hops.
pub fn hop_ring() -> (Writer<Hop>, Reader<Hop>) {
    ring(HOP_RING)
}

/// The two ends of a track's ring of cells.
pub fn cell_ring() -> (Writer<Cell>, Reader<Cell>) {
    ring(CELL_RING)
}

/// The two ends of a track's ring of bands.
pub fn bands_ring() -> (Writer<Bands>, Reader<Bands>) {
    ring(BANDS_RING)
}

/// A ring that keeps the newest `len` records; `len` is a power of two.
///
/// ```
/// use keel_core::dsp::Hop;
/// use keel_core::link::ring;
///
/// let (mut writer, reader) = ring::<Hop>(4);
/// (0..6).for_each(|index| writer.push(&Hop { index, ..Hop::default() }));
/// assert_eq!(reader.newest().map(|hop| hop.index), Some(5));
/// assert_eq!(reader.read(1), None, "overwritten");
/// ```
pub fn ring<T: RecordWords>(len: usize) -> (Writer<T>, Reader<T>) {
    const { assert!(T::WORDS <= MAX_WORDS, "the record does not fit a reader's stack buffer") };
    let state = Arc::new(RingState { head: AtomicU64::new(0), slots: Slots::new::<T>(len), annex: OnceLock::new() });
    let writer = Writer { state: Arc::clone(&state), next: 0, has_moved: false, record: PhantomData };
    (writer, Reader { state, record: PhantomData })
}

/// Words of a slot: the sequence, then the record.
const fn stride<T: RecordWords>() -> usize {
    T::WORDS + 1
}

/// A slot's sequence while record `n` is being written, and once it is whole. Only the low bits are kept: to be taken in,
/// a reader would have to sleep through 2^31 records (248 days of hops) between two loads.
fn writing(n: u64) -> u32 {
    (n as u32) << 1 | 1
}

fn written(n: u64) -> u32 {
    writing(n).wrapping_add(1)
}

struct RingState {
    /// Records ever pushed.
    head: AtomicU64,
    slots: Slots,
    /// A larger place, which the writer moves to when it finds it there.
    annex: OnceLock<Box<Annex>>,
}

struct Annex {
    slots: Slots,
    /// The first record that lies here; `u64::MAX` before there is one.
    first: AtomicU64,
}

impl Annex {
    /// Out of the way of the usual ring's steps.
    #[cold]
    fn put<T: RecordWords>(&self, n: u64, record: &T, has_moved: &mut bool) {
        if !*has_moved {
            // Who sees by the head a record that lies here also sees this.
            self.first.store(n, Ordering::Relaxed);
            *has_moved = true;
        }
        self.slots.put(n, record);
    }
}

/// Slots of [`stride`] words.
struct Slots {
    words: Box<[AtomicU32]>,
    len: u64,
}

impl Slots {
    fn new<T: RecordWords>(len: usize) -> Self {
        assert!(len.is_power_of_two(), "a ring's length is a power of two, not {len}");
        Self { words: (0..len * stride::<T>()).map(|_| AtomicU32::new(0)).collect(), len: len as u64 }
    }

    fn slot<T: RecordWords>(&self, n: u64) -> (&AtomicU32, &[AtomicU32]) {
        let start = (n & (self.len - 1)) as usize * stride::<T>();
        let slot = &self.words[start..start + stride::<T>()];
        (&slot[0], &slot[1..])
    }

    #[inline(always)]
    fn put<T: RecordWords>(&self, n: u64, record: &T) {
        let mut buffer = [0; MAX_WORDS];
        record.write(&mut buffer[..T::WORDS]);
        let (sequence, words) = self.slot::<T>(n);
        sequence.store(writing(n), Ordering::Relaxed);
        // Who reads one of the words below also sees the sequence above.
        fence(Ordering::Release);
        for (word, value) in words.iter().zip(&buffer[..T::WORDS]) {
            word.store(*value, Ordering::Relaxed);
        }
        sequence.store(written(n), Ordering::Release);
    }

    fn bytes(&self) -> usize {
        self.words.len() * size_of::<AtomicU32>()
    }
}

/// The end of a ring that lives on the audio thread.
pub struct Writer<T> {
    state: Arc<RingState>,
    next: u64,
    /// Records go into the annex.
    has_moved: bool,
    record: PhantomData<T>,
}

impl<T: RecordWords> Writer<T> {
    /// Puts a record over the oldest. Wait-free: as many steps as the record has words.
    pub fn push(&mut self, record: &T) {
        match self.state.annex.get() {
            None => self.state.slots.put(self.next, record),
            Some(annex) => annex.put(self.next, record, &mut self.has_moved),
        }
        self.next += 1;
        self.state.head.store(self.next, Ordering::Release);
    }

    /// Some reader made the ring larger.
    pub fn is_grown(&self) -> bool {
        self.state.annex.get().is_some()
    }
}

impl<T> fmt::Debug for Writer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("len", &self.state.slots.len).field("pushed", &self.next).finish()
    }
}

/// The end of a ring for all others: any number of them, on any thread.
pub struct Reader<T> {
    state: Arc<RingState>,
    record: PhantomData<T>,
}

impl<T: RecordWords> Reader<T> {
    /// Records ever pushed: the number of the next.
    pub fn pushed(&self) -> u64 {
        self.state.head.load(Ordering::Acquire)
    }

    /// Record number `n`, unless it is still to come or already overwritten.
    pub fn read(&self, n: u64) -> Option<T> {
        let head = self.pushed();
        let turn = self.turn();
        let (slots, end) = match self.state.annex.get() {
            Some(annex) if n >= turn => (&annex.slots, head),
            _ => (&self.state.slots, head.min(turn)),
        };
        let age = end.checked_sub(n)?;
        if age == 0 || age > slots.len {
            return None;
        }
        let (sequence, words) = slots.slot::<T>(n);
        let mut buffer = [0; MAX_WORDS];
        // Record `n` was whole before the head passed it: these words are its own or a later one's.
        for (value, word) in buffer.iter_mut().zip(words) {
            *value = word.load(Ordering::Relaxed);
        }
        // A word from a later record brings that record's sequence with it.
        fence(Ordering::Acquire);
        let whole = sequence.load(Ordering::Relaxed) == written(n);
        whole.then(|| T::read(&buffer[..T::WORDS]))
    }

    /// The newest record; `None` before the first, or if the writer laps this reader time and again.
    pub fn newest(&self) -> Option<T> {
        (0..NEWEST_TRIES).find_map(|_| self.read(self.pushed().checked_sub(1)?))
    }

    /// Loads something of each line of the record before `head`, so that the lines come; what it loads means nothing.
    pub(crate) fn ask(&self, head: u64) -> u32 {
        let (sequence, words) = self.state.slots.slot::<T>(head.wrapping_sub(1));
        sequence.load(Ordering::Relaxed) ^ words[T::WORDS - 1].load(Ordering::Relaxed)
    }

    /// Hands over every record from number `cursor` to the newest that was there at the call, oldest first, and moves the
    /// cursor past them. Returns how many were overwritten before they could be read.
    pub fn drain_since(&self, cursor: &mut u64, mut take: impl FnMut(T)) -> u64 {
        self.drain_numbered(cursor, |_, record| take(record))
    }

    /// [`Self::drain_since`] with each record's number.
    pub fn drain_numbered(&self, cursor: &mut u64, mut take: impl FnMut(u64, T)) -> u64 {
        let end = self.pushed();
        let first = self.oldest(end).max(*cursor);
        let mut missed = first - *cursor;
        for n in first..end {
            match self.read(n) {
                Some(record) => take(n, record),
                None => missed += 1,
            }
        }
        *cursor = end.max(*cursor);
        missed
    }

    /// Gives the writer `len` slots to go on in, once: a render comes that may outrun who reads. What it wrote before
    /// stays readable. Allocates.
    pub fn grow(&self, len: usize) {
        if !self.is_grown() {
            let annex = Box::new(Annex { slots: Slots::new::<T>(len), first: AtomicU64::new(u64::MAX) });
            // Of two at once either is as good.
            let _ = self.state.annex.set(annex);
        }
    }

    /// The ring was made larger.
    pub fn is_grown(&self) -> bool {
        self.state.annex.get().is_some()
    }

    /// The first record in the annex; `u64::MAX` before there is one.
    fn turn(&self) -> u64 {
        self.state.annex.get().map_or(u64::MAX, |annex| annex.first.load(Ordering::Relaxed))
    }

    /// No record before this one is there when `end` were pushed.
    fn oldest(&self, end: u64) -> u64 {
        let turn = self.turn().min(end);
        match self.state.annex.get() {
            Some(annex) if end - turn > annex.slots.len => end - annex.slots.len,
            _ => turn.saturating_sub(self.state.slots.len),
        }
    }

    /// Bytes held on the heap, shared by all ends of the ring.
    pub fn heap_bytes(&self) -> usize {
        let annex = self.state.annex.get().map_or(0, |annex| size_of::<Annex>() + annex.slots.bytes());
        size_of::<RingState>() + self.state.slots.bytes() + annex
    }
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), record: PhantomData }
    }
}

impl<T> fmt::Debug for Reader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("len", &self.state.slots.len).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
