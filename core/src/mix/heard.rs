//! What was heard of one track, laid out by song position with today's gain applied: the form in which the rules read it.

use std::rc::Rc;

use super::SongMap;
use crate::dsp::{Cell, CellFlags};

/// Cells in a second of song.
pub(crate) const CELLS_PER_S: f64 = 10.0;
/// Cells in a 400 ms window: the momentary block of BS.1770-5.
pub(crate) const WINDOW: usize = 4;
/// Mean square under which a 400 ms window is silence whatever the track's own maximum: -80 dBFS.
const SILENCE: f64 = 1e-8;
/// A hit lies within 20 dB of the song's loudest, as an onset does of the loudest so far.
pub(crate) const HIT_RANGE: f64 = 0.01;

/// No span reaches farther, in cells: three years, which still counts from any cell's index without overflow.
const FARTHEST: f64 = 1e9;

/// Cells `[from, to)` of the song grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellSpan {
    pub from: i32,
    pub to: i32,
}

impl CellSpan {
    pub fn from_seconds(from_s: f64, to_s: f64) -> Self {
        let cell = |second: f64| (second * CELLS_PER_S).round().clamp(-FARTHEST, FARTHEST) as i32;
        Self { from: cell(from_s), to: cell(to_s) }
    }

    pub fn start_s(self) -> f64 {
        f64::from(self.from) / CELLS_PER_S
    }

    pub fn end_s(self) -> f64 {
        f64::from(self.to) / CELLS_PER_S
    }
}

/// 100 ms after the gain. Powers are mean squares; `frames` 0 means that the place was not heard.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeardCell {
    pub frames: u32,
    pub complete: bool,
    pub power: [f64; 2],
    pub cross: f64,
    pub k_power: f64,
    pub peak: f64,
    pub true_peak: f64,
}

/// 400 ms of whole cells, after the gain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub peak: f64,
    /// Mean square, both channels.
    pub power: f64,
    /// K-weighted mean square, both channels.
    pub k_power: f64,
}

/// One hit after the gain; powers are mean squares.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeardHit {
    pub onset_s: f64,
    pub peak: f64,
    pub power: f64,
    pub k_power: f64,
}

impl HeardHit {
    pub fn cell(&self) -> i32 {
        (self.onset_s * CELLS_PER_S).floor() as i32
    }
}

/// All that was heard of a track, or of a part of several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub first: i32,
    pub cells: Vec<HeardCell>,
    /// `windows[k]` is cells `first + k .. first + k + 4`; `None` where one of them is missing or a fragment.
    pub windows: Vec<Option<Window>>,
    /// In song order, without the faint ones.
    pub hits: Vec<HeardHit>,
    /// All hits that the gate let through: they tell what kind of sound it is, if not how loud.
    pub onsets: usize,
    /// Mean square of the loudest window.
    pub loudest: f64,
    pub channels: u8,
    /// Largest sample before the gain.
    pub input_peak: f64,
    pub non_finite: bool,
}

impl Heard {
    /// Reads a track's map with the gain as it stands now; where trim is automated each cell keeps its own.
    pub fn new(song: &SongMap, gain: f32) -> Self {
        let Some((first, last)) = song.bounds() else {
            return Self { channels: 2, ..Self::default() };
        };
        let mut heard = Self {
            first,
            cells: vec![HeardCell::default(); (last - first + 1) as usize],
            channels: 1,
            ..Self::default()
        };
        let automated = song.gain_is_automated();
        for cell in song.cells() {
            let gain = f64::from(if automated { cell.gain } else { gain });
            heard.take(cell, gain);
        }
        heard.hits.sort_by(|a, b| a.onset_s.total_cmp(&b.onset_s));
        heard.drop_faint_hits();
        heard.window();
        heard
    }

    /// Leaves out what the gate took for hits only because nothing louder had come yet: bleed before a tom's first
    /// fill. A second pass over the song would not hear it either.
    fn drop_faint_hits(&mut self) {
        self.onsets = self.hits.len();
        let loudest = self.hits.iter().map(|hit| hit.power).fold(0.0, f64::max);
        self.hits.retain(|hit| hit.power >= loudest * HIT_RANGE);
    }

    fn take(&mut self, cell: &Cell, gain: f64) {
        let frames = f64::from(cell.frames);
        let square = gain * gain / frames;
        self.cells[(cell.index - self.first) as usize] = HeardCell {
            frames: cell.frames,
            complete: cell.flags.has(CellFlags::COMPLETE),
            power: cell.power.map(|sum| f64::from(sum) * square),
            cross: f64::from(cell.cross) * square,
            k_power: f64::from(cell.k_power) * square,
            peak: f64::from(cell.max_peak()) * gain,
            true_peak: f64::from(cell.true_peak) * gain,
        };
        self.input_peak = self.input_peak.max(f64::from(cell.max_peak()));
        self.non_finite |= cell.flags.has(CellFlags::NON_FINITE);
        if !cell.flags.has(CellFlags::MONO) {
            self.channels = 2;
        }
        if let Some(hit) = cell.hit() {
            self.hits.push(HeardHit {
                onset_s: hit.onset as f64 / 100.0,
                peak: f64::from(hit.peak) * gain,
                power: f64::from(hit.power) * gain * gain,
                k_power: f64::from(hit.k_power) * gain * gain,
            });
        }
    }

    /// These tracks as one: nothing of none, one as it is, several together.
    pub fn of(members: &[usize], all: &[Rc<Self>]) -> Rc<Self> {
        match members {
            [only] => Rc::clone(&all[*only]),
            several => Rc::new(Self::combine(&several.iter().map(|&index| &*all[index]).collect::<Vec<_>>())),
        }
    }

    /// Several tracks as one: at each place the loudest member's peak, and the sum of the powers.
    fn combine(members: &[&Self]) -> Self {
        let heard = members.iter().filter(|member| !member.cells.is_empty());
        let Some(first) = heard.clone().map(|member| member.first).min() else {
            return Self { channels: 2, ..Self::default() };
        };
        let end = heard.clone().map(|member| member.end()).max().unwrap_or(first);
        let mut whole = Self { first, cells: vec![HeardCell::default(); (end - first) as usize], ..Self::default() };
        for member in heard {
            let offset = (member.first - first) as usize;
            for (cell, other) in whole.cells[offset..].iter_mut().zip(&member.cells) {
                cell.join(other);
            }
            whole.channels = whole.channels.max(member.channels);
            whole.input_peak = whole.input_peak.max(member.input_peak);
            whole.non_finite |= member.non_finite;
            whole.onsets = whole.onsets.max(member.onsets);
            whole.hits.extend(&member.hits);
        }
        whole.join_hits();
        whole.onsets = whole.onsets.max(whole.hits.len());
        whole.window();
        whole
    }

    /// Hits of several members within 50 ms are one: its peak is the loudest member's, its powers add.
    fn join_hits(&mut self) {
        self.hits.sort_by(|a, b| a.onset_s.total_cmp(&b.onset_s));
        let mut joined: Vec<HeardHit> = Vec::with_capacity(self.hits.len());
        for hit in self.hits.drain(..) {
            match joined.last_mut() {
                Some(last) if hit.onset_s - last.onset_s <= 0.05 => {
                    last.peak = last.peak.max(hit.peak);
                    last.power += hit.power;
                    last.k_power += hit.k_power;
                }
                _ => joined.push(hit),
            }
        }
        self.hits = joined;
    }

    fn window(&mut self) {
        self.windows = (0..self.cells.len())
            .map(|start| {
                let cells = self.cells.get(start..start + WINDOW)?;
                cells.iter().all(|cell| cell.complete).then(|| Window::of(cells))
            })
            .collect();
        self.loudest = self.windows.iter().flatten().map(|window| window.power).fold(0.0, f64::max);
    }

    /// The first cell after all that was heard.
    pub fn end(&self) -> i32 {
        self.first + self.cells.len() as i32
    }

    /// From the first to the last cell heard.
    pub fn span(&self) -> CellSpan {
        CellSpan { from: self.first, to: self.end() }
    }

    pub fn cell(&self, index: i32) -> Option<&HeardCell> {
        let cell = self.cells.get(usize::try_from(index - self.first).ok()?)?;
        (cell.frames > 0).then_some(cell)
    }

    pub fn cells_in(&self, span: CellSpan) -> &[HeardCell] {
        let len = self.cells.len() as i32;
        let from = (span.from - self.first).clamp(0, len);
        let to = (span.to - self.first).clamp(from, len);
        &self.cells[from as usize..to as usize]
    }

    /// Whole windows inside a span, with the index of their first cell.
    pub fn windows_in(&self, span: CellSpan) -> impl Iterator<Item = (i32, &Window)> + Clone {
        let len = self.windows.len() as i32;
        let from = (span.from - self.first).clamp(0, len);
        let to = (span.to - WINDOW as i32 + 1 - self.first).clamp(from, len);
        let start = self.first + from;
        self.windows[from as usize..to as usize]
            .iter()
            .enumerate()
            .filter_map(move |(k, window)| window.as_ref().map(|window| (start + k as i32, window)))
    }

    pub fn hits_in(&self, span: CellSpan) -> &[HeardHit] {
        let (from, to) = (span.start_s() - 1e-9, span.end_s() - 1e-9);
        let start = self.hits.partition_point(|hit| hit.onset_s < from);
        let end = self.hits.partition_point(|hit| hit.onset_s < to);
        &self.hits[start..end.max(start)]
    }

    /// This place was heard in both.
    pub fn has_window(&self, start: i32) -> bool {
        (start..start + WINDOW as i32).all(|cell| self.cell(cell).is_some())
    }

    /// The track sounds in this window: within `range` (a power ratio) of its loudest, and above silence.
    pub fn sounds(&self, window: &Window, range: f64) -> bool {
        self.is_audible(window.power, range)
    }

    /// A mean square within `range` of the loudest window's, and above silence.
    pub fn is_audible(&self, power: f64, range: f64) -> bool {
        power > SILENCE && power >= self.loudest * range
    }

    /// No window of the span sounds.
    pub fn is_silent_in(&self, span: CellSpan, range: f64) -> bool {
        !self.windows_in(span).any(|(_, window)| self.sounds(window, range))
    }

    /// Seconds in which the track sounds.
    pub fn sounding_s(&self, range: f64) -> f64 {
        let count = self.windows.iter().flatten().filter(|window| self.sounds(window, range)).count();
        count as f64 / CELLS_PER_S
    }
}

impl HeardCell {
    /// Mean square, both channels.
    pub fn power(&self) -> f64 {
        self.power[0] + self.power[1]
    }

    fn join(&mut self, other: &Self) {
        if other.frames == 0 {
            return;
        }
        self.complete = if self.frames == 0 { other.complete } else { self.complete && other.complete };
        self.frames = self.frames.max(other.frames);
        for (power, more) in self.power.iter_mut().zip(other.power) {
            *power += more;
        }
        self.cross += other.cross;
        self.k_power += other.k_power;
        self.peak = self.peak.max(other.peak);
        self.true_peak = self.true_peak.max(other.true_peak);
    }
}

impl Window {
    fn of(cells: &[HeardCell]) -> Self {
        let frames: f64 = cells.iter().map(|cell| f64::from(cell.frames)).sum();
        let mean = |value: fn(&HeardCell) -> f64| {
            cells.iter().map(|cell| value(cell) * f64::from(cell.frames)).sum::<f64>() / frames
        };
        Self {
            peak: cells.iter().map(|cell| cell.peak).fold(0.0, f64::max),
            power: mean(|cell| cell.power[0] + cell.power[1]),
            k_power: mean(|cell| cell.k_power),
        }
    }
}
