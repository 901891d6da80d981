//! What was heard of one track, laid out by song position: the form in which the rules read it. It is kept up to date
//! place by place; levels are stored as they came, and today's gain is applied to what is read from them.

mod bleed;
mod cell;
mod hits;
mod hits_of_levels;
mod joined;
pub(crate) mod reading;
mod song_totals;
mod track_summary;
mod usual;
mod windows;

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use self::bleed::{BleedFinder, Drum};
use self::cell::Presence;
pub(crate) use self::cell::{LevelCell, WINDOW};
use self::hits::Hits;
pub(crate) use self::hits::LevelHit;
pub(crate) use self::hits_of_levels::HitsMark;
pub(crate) use self::joined::JoinedLevels;
pub(crate) use self::reading::{Reading, counted_hits, gated, gated_at, hit_counts, of_hits, percentile, read_raw};
pub(crate) use self::song_totals::{SongTotals, StereoSums};
pub(crate) use self::track_summary::{TrackSummary, summarize};
use self::usual::UsualLevel;
pub(crate) use self::windows::Windows;
use self::windows::{Floor, WindowRow};
use crate::mix::song::{CELLS_PER_S, CellSpan, ChangeLog};
use crate::mix::{LevelRules, SongMap};
use crate::units::Db;

/// Mean square under which a 400 ms window is silence whatever the track's own level: -80 dBFS. It is one before the gain:
/// no move changes where a track plays.
const SILENCE: f64 = 1e-8;
/// A hit lies within 20 dB of the song's loudest, as an onset does of the loudest so far.
pub(crate) const HIT_RANGE: f64 = 0.01;

/// All that was heard of a track, or of a part of several.
#[derive(Debug)]
pub(crate) struct Levels {
    /// No two share it.
    id: u64,
    song: SongVersion,
    pub first: i32,
    cells: Vec<LevelCell>,
    presence: Presence,
    windows: WindowRow,
    hits: Hits,
    usual: UsualLevel,
    /// Under the first of them a window is at rest, under the second it counts for no hit.
    sounding: Floor,
    striking: Floor,
    /// Of the trim.
    trim: f64,
    /// Of the trim, and of what the host does to one channel on its way to both sides.
    gain: f64,
    /// A gain on top: of a move that is tried.
    moved: f64,
    pub channels: u8,
    /// What its K-weighted power counts for: one channel is heard from both sides.
    sides: f64,
    /// Facts over the whole song; a part has none.
    totals: Option<SongTotals>,
    changes: ChangeLog,
    /// Cells and windows read for all updates, for tests of the work that an update takes.
    work: u64,
}

/// The map that was read, and how far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct SongVersion {
    id: u64,
    version: u64,
    /// Each cell has its own gain.
    automated: bool,
}

impl Levels {
    pub fn of_track() -> Self {
        Self { totals: Some(SongTotals::default()), ..Self::of_part() }
    }

    fn of_part() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        Self {
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            song: SongVersion::default(),
            first: 0,
            cells: Vec::new(),
            presence: Presence::default(),
            windows: WindowRow::default(),
            hits: Hits::default(),
            usual: UsualLevel::default(),
            sounding: Floor::default(),
            striking: Floor::default(),
            trim: 1.0,
            gain: 1.0,
            moved: 1.0,
            channels: 2,
            sides: 1.0,
            totals: None,
            changes: ChangeLog::default(),
            work: 0,
        }
    }

    /// Reads what is new in a track's map, with the gain as it stands now; where trim is automated each cell keeps its
    /// own.
    pub fn update(&mut self, song: &SongMap, gain: f32, rules: &LevelRules) {
        let automated = song.gain_is_automated();
        let bounds = song.bounds();
        let mut spans = Vec::new();
        let follows = self.song.id == song.id()
            && self.song.automated == automated
            && song.changes().since(self.song.version, |from, to| spans.push(CellSpan { from, to }))
            && (self.cells.is_empty() || bounds.is_some_and(|(first, _)| first == self.first));
        self.song = SongVersion { id: song.id(), version: song.changes().version(), automated };
        if !follows || (self.cells.is_empty() && bounds.is_some()) {
            self.restart(bounds.map_or(0, |(first, _)| first));
            spans = bounds.map(|(first, last)| CellSpan { from: first, to: last + 1 }).into_iter().collect();
        }
        for span in spans {
            self.overwrite(span, |cells| {
                song.range(span.from, span.to).for_each(|cell| {
                    let own = if automated { f64::from(cell.gain) } else { 1.0 };
                    cells[(cell.index - span.from) as usize] = LevelCell::new(cell, own);
                });
            });
            let hits = song.range(span.from, span.to).filter_map(|cell| LevelHit::new(cell, automated));
            self.hits.overwrite(span, hits, &mut self.changes);
        }
        self.trim = if automated { 1.0 } else { f64::from(gain) };
        self.settle(rules);
    }

    /// Forgets everything; the song begins at `first`.
    fn restart(&mut self, first: i32) {
        let changes = std::mem::take(&mut self.changes);
        let totals = self.totals.as_ref().map(|_| SongTotals::default());
        let hits = self.hits.emptied();
        *self = Self { id: self.id, song: self.song, first, totals, hits, changes, work: self.work, ..Self::of_part() };
        self.changes.note_all();
    }

    /// Lets `fill` write the cells of a span, which are empty before, and brings up to date what follows from them.
    fn overwrite(&mut self, span: CellSpan, fill: impl FnOnce(&mut [LevelCell])) {
        let (from, to) = ((span.from - self.first) as usize, (span.to - self.first) as usize);
        let len = self.cells.len().max(to);
        self.cells.resize(len, LevelCell::default());
        self.windows.resize(len);
        let starts = from.saturating_sub(WINDOW - 1)..to;
        self.usual.expect(starts.len());
        self.count(starts.clone(), false);
        if let Some(totals) = &mut self.totals {
            totals.leave(&self.cells[from..to], self.windows.k_powers(starts.clone()));
        }
        self.cells[from..to].fill(LevelCell::default());
        fill(&mut self.cells[from..to]);
        self.presence.set(from, &self.cells[from..to]);
        self.windows.read(&self.cells, starts.clone());
        if let Some(totals) = &mut self.totals {
            totals.enter(&self.cells, from..to, self.windows.k_powers(starts.clone()));
        }
        self.work += (to - from + starts.len()) as u64;
        self.count(starts, true);
        self.changes.note(span.from, span.to);
    }

    /// Adds these windows to what counts the sounding ones, or takes them away.
    fn count(&mut self, starts: std::ops::Range<usize>, in_or_out: bool) {
        for start in starts {
            let power = self.windows.power(start);
            self.usual.count(power, in_or_out);
            self.striking.count(power, in_or_out);
            if self.sounding.count(power, in_or_out)
                && let Some(totals) = &mut self.totals
            {
                totals.sounds(&self.cells[start], in_or_out);
            }
        }
    }

    /// Lets the limits follow the windows.
    fn settle(&mut self, rules: &LevelRules) {
        if let Some(totals) = &mut self.totals {
            self.channels = if totals.is_stereo() || self.cells.is_empty() { 2 } else { 1 };
            let law = if self.channels == 1 { Db(rules.mono_law.0).amplitude() } else { 1.0 };
            self.gain = self.trim * law;
            totals.settle(&self.cells, &self.windows);
        }
        self.sides = if self.channels == 1 { 2.0 } else { 1.0 };
        self.usual.settle(&self.windows);
        if let Some((low, high, in_or_out)) = self.sounding.moves(self.usual.plays_from(rules, self.sides))
            && self.usual.any_in((low, high))
        {
            self.recount_sounding((low, high, in_or_out));
        }
        let loudest = f64::from(self.windows.loudest());
        if let Some((low, high, in_or_out)) =
            self.striking.moves(windows::limit(loudest, HIT_RANGE, SILENCE / self.sides))
        {
            self.work += self.cells.len() as u64;
            for power in self.windows.powers().iter().filter(|power| (low..high).contains(*power)) {
                self.striking.recount(*power, in_or_out);
            }
        }
    }

    /// The windows of these powers sound now, or no longer do.
    fn recount_sounding(&mut self, (low, high, in_or_out): (f32, f32, bool)) {
        self.work += self.cells.len() as u64;
        let mut run: Option<(i32, i32)> = None;
        for (start, power) in self.windows.powers().iter().enumerate() {
            if *power < low || *power >= high {
                continue;
            }
            self.sounding.recount(*power, in_or_out);
            if let Some(totals) = &mut self.totals {
                totals.sounds(&self.cells[start], in_or_out);
            }
            let cell = self.first + start as i32;
            if let Some((from, to)) = run.filter(|(_, to)| *to < cell) {
                self.changes.note(from, to);
                run = None;
            }
            run = Some((run.map_or(cell, |(from, _)| from), cell + WINDOW as i32));
        }
        if let Some((from, to)) = run {
            self.changes.note(from, to);
        }
    }

    /// Reports which cells are read otherwise than at a version; false where all may be.
    pub fn changes(&self) -> &ChangeLog {
        &self.changes
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    /// Today's trim alone, with the move that is tried.
    pub fn trim(&self) -> f64 {
        self.trim * self.moved
    }

    /// Tries a move: this gain comes on top until another is tried.
    pub fn try_move(&mut self, gain: f64) {
        self.moved = gain;
    }

    /// Power ratio of today's gain.
    pub fn scale(&self) -> f64 {
        self.gain() * self.gain()
    }

    /// Today's gain, with the move that is tried.
    pub fn gain(&self) -> f64 {
        self.gain * self.moved
    }

    /// Today's gain against another's; the same to the last bit where both are moved alike.
    pub fn gain_over(&self, other: &Self) -> f64 {
        self.gain / other.gain * (self.moved / other.moved)
    }

    /// Today's gain, as verdicts count it; `None` where it lets nothing through.
    pub fn gain_db(&self) -> Option<f64> {
        Db::from_amplitude(self.gain()).map(|db| db.0)
    }

    pub fn totals(&self) -> Option<&SongTotals> {
        self.totals.as_ref()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The first cell after all that was heard.
    pub fn end(&self) -> i32 {
        self.first + self.cells.len() as i32
    }

    /// From the first to the last cell heard.
    pub fn span(&self) -> CellSpan {
        CellSpan { from: self.first, to: self.end() }
    }

    pub fn cell(&self, index: i32) -> Option<&LevelCell> {
        let cell = self.cells.get(usize::try_from(index - self.first).ok()?)?;
        cell.is_heard().then_some(cell)
    }

    pub fn cells_in(&self, span: CellSpan) -> &[LevelCell] {
        let len = self.cells.len() as i32;
        let from = span.from.saturating_sub(self.first).clamp(0, len);
        let to = span.to.saturating_sub(self.first).clamp(from, len);
        &self.cells[from as usize..to as usize]
    }

    /// Every cell of the span was heard.
    pub fn has_all(&self, span: CellSpan) -> bool {
        let (from, to) = (span.from.saturating_sub(self.first), span.to.saturating_sub(self.first));
        from >= 0 && to <= self.cells.len() as i32 && (from >= to || self.presence.all(from as usize, to as usize))
    }

    /// Windows inside a span, in song order.
    pub fn windows_in(&self, span: CellSpan) -> Windows<'_> {
        let len = self.cells.len() as i32;
        let from = span.from.saturating_sub(self.first).clamp(0, len);
        let to = (span.to.saturating_sub(self.first).saturating_sub(WINDOW as i32 - 1)).clamp(from, len);
        self.windows.slice(self.first + from, from as usize..to as usize)
    }

    /// What its K-weighted power counts for.
    pub fn sides(&self) -> f64 {
        self.sides
    }

    /// Power ratio that one channel gains by being heard from both sides.
    pub fn mono_gain(&self) -> f64 {
        self.sides * (self.gain / self.trim).powi(2)
    }

    /// Power ratio from its K-weighted power to what is heard of it.
    pub fn k_scale(&self) -> f64 {
        self.scale() * self.sides
    }

    /// This place was heard.
    pub fn has_window(&self, start: i32) -> bool {
        self.has_all(CellSpan { from: start, to: start + WINDOW as i32 })
    }

    /// The power before the gain from which on a window sounds.
    pub fn sounding_from(&self) -> f32 {
        self.sounding.limit()
    }

    /// No window of the span sounds.
    pub fn is_silent_in(&self, span: CellSpan) -> bool {
        let limit = self.sounding_from();
        !self.windows_in(span).powers.iter().any(|power| *power >= limit)
    }

    /// Anything that can be read was heard.
    pub fn has_windows(&self) -> bool {
        self.windows.any()
    }

    /// Seconds within [`HIT_RANGE`] of the loudest.
    pub fn striking_s(&self) -> f64 {
        self.striking.counted() as f64 / CELLS_PER_S
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let cells = self.cells.capacity() * size_of::<LevelCell>() + self.presence.heap_bytes();
        let totals = self.totals.as_ref().map_or(0, SongTotals::heap_bytes);
        cells + self.windows.heap_bytes() + self.usual.heap_bytes() + self.hits.heap_bytes() + totals
    }

    pub fn work(&self) -> u64 {
        self.work
    }
}
