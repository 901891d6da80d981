//! What was taken out of a track's rings: its song map, its newest hops, its held peak.

mod asleep;
mod band_parts;
mod places;
mod recent_hops;
mod rolls;

use std::collections::VecDeque;
use std::hint::black_box;
use std::ops::Deref;
use std::time::Instant;

pub(crate) use self::asleep::Rest;
use self::band_parts::BandParts;
use self::places::{has_place, lost_places};
use self::recent_hops::RecentHops;
pub(crate) use self::rolls::Roll;
use self::rolls::Rolls;
use crate::dsp::{Bands, Cell, Hop};
use crate::link::ring::{CELL_RING, RENDER_BANDS_RING, RENDER_CELL_RING, Reader, Writer, bands_ring, cell_ring, ring};
use crate::mix::{PageState, SongMap};

/// What waits for the hub at most: hops of a tick that came late, and cells of a render that outruns it.
const MOST_HOPS_OUT: usize = 64;
const MOST_CELLS_OUT: usize = 4096;
const MOST_BANDS_OUT: usize = 256;
/// Cells that wait at one collection: more of them, and a collector sixteen times as late as this one would lose some.
const MANY_CELLS: u64 = CELL_RING as u64 / 16;
/// Ticks of the collector without a hop (300 ms, past the largest usual block) after which the host no longer calls.
pub(crate) const IDLE_TICKS: u32 = 15;

/// The newest sign of life of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pulse<'a> {
    pub hop: &'a Hop,
    /// Ticks of the collector since that hop.
    pub idle_ticks: u32,
}

/// What is on its way to other processes.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// So many of the newest.
    hops: usize,
    pub cells: VecDeque<Cell>,
    pub bands: VecDeque<Bands>,
    /// What the others know of what is stale.
    states: u64,
    /// Some fell out: others are to get the song anew.
    pub lost: bool,
}

impl Outbox {
    fn cell(&mut self, cell: Cell) {
        if self.cells.len() == MOST_CELLS_OUT {
            self.cells.pop_front();
            self.lost = true;
        }
        self.cells.push_back(cell);
    }

    fn bands(&mut self, bands: Bands) {
        if self.bands.len() == MOST_BANDS_OUT {
            self.bands.pop_front();
            self.lost = true;
        }
        self.bands.push_back(bands);
    }
}

/// Tracks whose rings are asked for at a time.
pub(crate) const ASKED_AT_ONCE: usize = 16;

/// Asks for what waits in the rings of some tracks, [`ASKED_AT_ONCE`] of them at most, before any of it is taken in. What
/// other cores have just written lies in their caches: track by track each line would be waited for in turn.
pub(crate) fn ask(some: &[impl Deref<Target = Inbox>]) {
    let ends = some.iter().fold(0, |all, inbox| all ^ inbox.ask_for_ends());
    let hops = some.iter().fold(0, |all, inbox| all ^ inbox.ask_for_hops());
    black_box((ends, hops));
}

/// What was taken out of a track's rings.
#[derive(Debug)]
pub(crate) struct Inbox {
    hops: Reader<Hop>,
    cells: Reader<Cell>,
    bands: Reader<Bands>,
    hop_cursor: u64,
    cell_cursor: u64,
    bands_cursor: u64,
    song: SongMap,
    /// How well the song map's clock is known; see [`clock_rank`].
    song_rank: u8,
    recent_hops: RecentHops,
    newest: Option<Hop>,
    idle_ticks: u32,
    held_peak: Option<f32>,
    /// Hops were overwritten unread: until the cells have caught up, these stand in for the held peak.
    hops_missed: bool,
    /// Where the last cell lay in the song, if it did.
    last_place: Option<i32>,
    rolls: Rolls,
    /// Bands that came while cells wait.
    waiting_bands: Vec<Bands>,
    band_parts: BandParts,
    /// Filled while other processes listen.
    outbox: Option<Box<Outbox>>,
}

impl Inbox {
    pub fn new(hops: Reader<Hop>, cells: Reader<Cell>, bands: Reader<Bands>) -> Self {
        Self {
            hops,
            cells,
            bands,
            hop_cursor: 0,
            cell_cursor: 0,
            bands_cursor: 0,
            song: SongMap::new(),
            song_rank: 0,
            recent_hops: RecentHops::new(),
            newest: None,
            idle_ticks: 0,
            held_peak: None,
            hops_missed: false,
            last_place: None,
            rolls: Rolls::default(),
            waiting_bands: Vec::new(),
            band_parts: BandParts::default(),
            outbox: None,
        }
    }

    /// Of a track of another process, which the hub brings.
    pub fn remote() -> Self {
        Self::new(ring(1).1, ring(1).1, ring(1).1)
    }

    /// Loads the ends of the rings, so that they come; what it loads means nothing.
    fn ask_for_ends(&self) -> u64 {
        self.hops.pushed() ^ self.cells.pushed() ^ self.bands.pushed()
    }

    /// Behind [`Self::ask_for_ends`]; a tick finds two, as a rule.
    fn ask_for_hops(&self) -> u32 {
        let head = self.hops.pushed();
        self.hops.ask(head) ^ self.hops.ask(head.wrapping_sub(1))
    }

    /// Takes in what waits in the rings.
    pub fn collect(&mut self) {
        let missed = self.collect_hops();
        self.hops_missed |= missed > 0;
        let cells_came = self.collect_cells();
        self.collect_bands();
        if missed == 0 && cells_came {
            self.hops_missed = false;
        }
    }

    /// [`Self::collect`] at the collector's beat, which also notices when the host has ceased to call.
    pub fn tick(&mut self) {
        self.idle_ticks = self.idle_ticks.saturating_add(1);
        self.collect();
        if self.idle_ticks >= IDLE_TICKS {
            self.recent_hops.clear();
        }
    }

    pub fn reset_held_peak(&mut self) {
        self.collect();
        self.held_peak = None;
        self.hops_missed = false;
    }

    pub fn pulse(&self) -> Option<Pulse<'_>> {
        self.newest.as_ref().map(|hop| Pulse { hop, idle_ticks: self.idle_ticks })
    }

    pub fn song(&self) -> &SongMap {
        &self.song
    }

    /// Oldest first, 640 ms at most; places are missing where a render outran the collector.
    pub fn newest_hops(&self) -> &[Hop] {
        self.recent_hops.newest()
    }

    pub fn held_peak(&self) -> Option<f32> {
        self.held_peak
    }

    /// A render comes, or came unannounced: gives the audio thread rings that hold a song. Allocates.
    pub fn expect_render(&mut self) {
        self.cells.grow(RENDER_CELL_RING);
        self.bands.grow(RENDER_BANDS_RING);
    }

    /// Fresh rings of the usual size, once what the old ones hold is taken in.
    pub fn renew_rings(&mut self) -> (Writer<Cell>, Writer<Bands>) {
        self.collect();
        let ((cells, cell_reader), (bands, bands_reader)) = (cell_ring(), bands_ring());
        (self.cells, self.bands) = (cell_reader, bands_reader);
        (self.cell_cursor, self.bands_cursor, self.last_place) = (0, 0, None);
        (cells, bands)
    }

    /// Keeps what comes from now on for the hub, or no more.
    pub fn set_export(&mut self, on: bool) {
        if on != self.outbox.is_some() {
            self.outbox = on.then(Box::default);
        }
    }

    pub fn outbox(&mut self) -> Option<&mut Outbox> {
        self.outbox.as_deref_mut()
    }

    /// The hops that came since the last call, the newest where there are too many.
    pub fn hops_to_send(&mut self) -> &[Hop] {
        let count = self.outbox.as_deref_mut().map_or(0, |outbox| std::mem::take(&mut outbox.hops));
        let hops = self.recent_hops.newest();
        &hops[hops.len().saturating_sub(count)..]
    }

    /// What holds of the song, where the others do not know it yet and have all that it is about.
    pub fn states_to_send(&mut self) -> Vec<PageState> {
        let version = self.song.states_version();
        let is_due =
            |outbox: &&mut Outbox| outbox.cells.is_empty() && outbox.bands.is_empty() && outbox.states != version;
        let Some(outbox) = self.outbox.as_deref_mut().filter(is_due) else { return Vec::new() };
        outbox.states = version;
        let extent = self.song.extent();
        extent.into_iter().flat_map(|(first, last)| self.song.states(first, last + 1)).collect()
    }

    /// A hop of another process.
    pub fn take_hop(&mut self, hop: Hop) {
        self.recent_hops.push(hop);
        self.newest = Some(hop);
        self.idle_ticks = 0;
    }

    /// A cell that another process just made.
    pub fn take_cell(&mut self, cell: &Cell) {
        if has_place(&mut self.song, &mut self.song_rank, cell.flags) {
            self.song.insert_told(cell);
        }
    }

    /// What holds of another process' song.
    pub fn take_state(&mut self, state: &PageState) {
        self.song.set_state(state);
    }

    /// A cell of another process' song, as it stands there.
    pub fn take_history(&mut self, cell: &Cell) {
        if has_place(&mut self.song, &mut self.song_rank, cell.flags) {
            self.song.restore(cell);
        }
    }

    /// Bands of another process' song.
    pub fn take_bands(&mut self, bands: &Bands) {
        if has_place(&mut self.song, &mut self.song_rank, bands.flags) {
            self.song.insert_bands(bands);
        }
    }

    /// What another process knows of its track over all that it heard.
    pub fn take_facts(&mut self, held_peak: Option<f32>, gain_is_automated: bool, missed: u32) {
        self.held_peak = held_peak;
        self.song.set_gain_automated(gain_is_automated);
        self.song.set_missed(missed);
    }

    /// Bytes held on the heap but for the song map, which grows with what was heard.
    pub fn heap_bytes(&self) -> usize {
        let rings = self.hops.heap_bytes() + self.cells.heap_bytes() + self.bands.heap_bytes();
        rings + self.recent_hops.heap_bytes() + self.band_parts.heap_bytes()
    }

    fn collect_hops(&mut self) -> u64 {
        let Self { hops, hop_cursor, recent_hops, newest, idle_ticks, held_peak, outbox, rolls, .. } = self;
        let mut came = 0;
        let missed = hops.drain_since(hop_cursor, |hop| {
            hold(held_peak, hop.peak[0].max(hop.peak[1]) * hop.gain);
            recent_hops.push(hop);
            rolls.hop(&hop);
            came += 1;
        });
        if came > 0 {
            (*newest, *idle_ticks) = (recent_hops.newest().last().copied(), 0);
        }
        if let Some(outbox) = outbox {
            outbox.hops = (outbox.hops + came).min(MOST_HOPS_OUT);
        }
        missed
    }

    fn collect_cells(&mut self) -> bool {
        let before = self.cell_cursor;
        let waits = self.cells.pushed() - before;
        if waits == 0 {
            return false;
        }
        if waits > MANY_CELLS {
            self.expect_render();
        }
        let (mut next, mut cursor) = (before, before);
        let (cells, now) = (self.cells.clone(), Instant::now());
        cells.drain_numbered(&mut cursor, |number, cell| {
            if self.hops_missed {
                hold(&mut self.held_peak, cell.max_peak() * cell.gain);
            }
            let clock = self.song_rank;
            let is_placed = has_place(&mut self.song, &mut self.song_rank, cell.flags);
            let place = is_placed.then_some(cell.index);
            let lost = lost_places(number - next, self.last_place, place);
            if clock != self.song_rank || lost.is_some() {
                self.break_off(clock == self.song_rank, now);
            }
            if let Some(lost) = lost {
                self.song.lose(lost.start, lost.end);
            }
            (next, self.last_place) = (number + 1, place);
            self.arrive(cell, is_placed, now);
        });
        // What was overwritten behind them is counted in front of the next one.
        self.cell_cursor = next;
        next > before
    }

    /// A cell takes its place, here and where others listen.
    fn keep(&mut self, cell: &Cell) {
        let cell = Cell { epoch: self.rolls.epoch(cell.epoch), ..*cell };
        self.song.insert(&cell);
        self.send(cell);
    }

    /// A cell of which a part was kept before: no step of the pass.
    fn amend(&mut self, cell: &Cell) {
        let cell = Cell { epoch: self.rolls.epoch(cell.epoch), ..*cell };
        self.song.insert_told(&cell);
        self.send(cell);
    }

    fn send(&mut self, cell: Cell) {
        if let Some(outbox) = &mut self.outbox {
            outbox.cell(cell);
        }
    }

    fn collect_bands(&mut self) {
        let bands = self.bands.clone();
        let mut cursor = self.bands_cursor;
        bands.drain_since(&mut cursor, |bands| {
            if !self.rolls.waiting.is_empty() {
                self.waiting_bands.push(bands);
            } else if has_place(&mut self.song, &mut self.song_rank, bands.flags) {
                self.keep_bands(bands);
            }
        });
        self.bands_cursor = cursor;
    }

    fn keep_bands(&mut self, mut bands: Bands) {
        bands.epoch = self.rolls.epoch(bands.epoch);
        let bands = self.band_parts.join(bands, self.frames_of(0).unwrap_or(0));
        self.song.insert_bands(&bands);
        if let Some(outbox) = &mut self.outbox {
            outbox.bands(bands);
        }
    }
}

fn hold(held: &mut Option<f32>, peak: f32) {
    *held = Some(held.map_or(peak, |held| held.max(peak)));
}

#[cfg(test)]
mod tests;
