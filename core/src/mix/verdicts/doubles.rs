//! Lead vocals that are one, sung twice: they play together, and their levels rise and fall together. Sums over the song
//! are kept cell by cell, in whole hundredths of a decibel, so that they do not depend on the order in which cells came.

use std::collections::BTreeMap;

use crate::mix::DoubleRules;
use crate::mix::levels::Levels;
use crate::mix::song::{CELLS_PER_S, CellSpan};

/// Where a vocal was not heard, and where it rests.
const UNHEARD: i16 = i16::MIN;
const RESTS: i16 = i16::MIN + 1;
const FAINTEST: i16 = i16::MIN + 2;

/// The lead vocals of a session, and which of them double each other.
#[derive(Debug, Default)]
pub(crate) struct Doubles {
    voices: Vec<Voice>,
    /// By the voices' ids, the smaller first.
    pairs: BTreeMap<(u64, u64), Together>,
    work: u64,
}

/// A lead vocal as it was last read.
#[derive(Debug)]
struct Voice {
    /// Of its levels.
    id: u64,
    version: u64,
    /// Levels are in hundredths of a decibel. From this one on the voice plays.
    plays_from: i16,
    first: i32,
    cells: Vec<i16>,
}

impl Doubles {
    /// Reads what is new of these tracks, the session's lead vocals; returns the pairs that are doubles, by their places
    /// in the list.
    pub fn update(&mut self, vocals: &[&Levels], rules: &DoubleRules) -> Vec<(usize, usize)> {
        let is_there = |id: u64| vocals.iter().any(|levels| levels.id() == id);
        self.voices.retain(|voice| is_there(voice.id));
        self.pairs.retain(|&(a, b), _| is_there(a) && is_there(b));
        // One alone has nobody to double.
        if vocals.len() < 2 {
            self.voices.clear();
            return Vec::new();
        }
        vocals.iter().for_each(|levels| self.read(levels));
        let pairs = (0..vocals.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        let are_doubles = |&(a, b): &(usize, usize)| {
            self.pairs.get(&pair(vocals[a].id(), vocals[b].id())).is_some_and(|sums| sums.are_doubles(rules))
        };
        pairs.filter(are_doubles).collect()
    }

    fn read(&mut self, levels: &Levels) {
        let known = self.voices.iter().position(|voice| voice.id == levels.id());
        let at = known.unwrap_or_else(|| {
            self.voices.push(Voice::new(levels));
            self.voices.len() - 1
        });
        let mut spans = Vec::new();
        let follows = self.voices[at].first == levels.first
            && levels.changes().since(self.voices[at].version, |from, to| spans.push(CellSpan { from, to }));
        if !follows {
            // What was read of it counts no more.
            let old = self.voices[at].span();
            (old.from..old.to).for_each(|index| self.set(at, index, UNHEARD));
            self.voices[at] = Voice::new(levels);
            spans = vec![levels.span()];
        }
        // In steps of half a decibel: the limit moves a little with every cell.
        self.set_limit(at, hundredths(levels.sounding_from()).div_euclid(50) * 50);
        for span in spans {
            // A change may reach beyond what was heard.
            for index in span.from.max(levels.first)..span.to.min(levels.end()) {
                self.set(at, index, levels.cell(index).map_or(UNHEARD, |cell| hundredths(cell.power())));
            }
        }
        self.voices[at].version = levels.changes().version();
    }

    /// Gives a cell its level.
    fn set(&mut self, at: usize, index: i32, level: i16) {
        self.work += 1;
        let voice = &mut self.voices[at];
        let old = voice.set(index, level);
        let (old, new) = (voice.heard(old), voice.heard(level));
        self.recount(at, index, old, new);
    }

    /// From this level on the voice plays.
    fn set_limit(&mut self, at: usize, limit: i16) {
        let voice = &mut self.voices[at];
        let old = std::mem::replace(&mut voice.plays_from, limit);
        if old == limit {
            return;
        }
        self.work += voice.cells.len() as u64;
        let between = old.min(limit)..old.max(limit);
        let cells = (voice.first..).zip(&voice.cells).filter(|(_, level)| between.contains(*level));
        for (index, level) in cells.map(|(index, level)| (index, *level)).collect::<Vec<_>>() {
            let (old, new) = if limit > old { (level, RESTS) } else { (RESTS, level) };
            self.recount(at, index, old, new);
        }
    }

    /// Brings the sums of all pairs up to date.
    fn recount(&mut self, at: usize, index: i32, old: i16, new: i16) {
        if old == new {
            return;
        }
        let id = self.voices[at].id;
        for other in self.voices.iter().filter(|voice| voice.id != id) {
            let beside = other.heard(other.at(index));
            if beside != UNHEARD {
                let sums = self.pairs.entry(pair(id, other.id)).or_default();
                let in_order = |level: i16| if id < other.id { (level, beside) } else { (beside, level) };
                sums.count(in_order(old), -1);
                sums.count(in_order(new), 1);
            }
        }
    }

    pub fn heap_bytes(&self) -> usize {
        let cells: usize = self.voices.iter().map(|voice| voice.cells.capacity() * size_of::<i16>()).sum();
        cells + self.pairs.len() * size_of::<((u64, u64), Together)>()
    }

    /// Cells read so far.
    pub fn work(&self) -> u64 {
        self.work
    }
}

/// A power in hundredths of a decibel.
fn hundredths(power: f32) -> i16 {
    (1000.0 * f64::from(power).log10()).round().clamp(f64::from(FAINTEST), f64::from(i16::MAX)) as i16
}

fn pair(a: u64, b: u64) -> (u64, u64) {
    (a.min(b), a.max(b))
}

impl Voice {
    /// Nothing is read of it yet.
    fn new(levels: &Levels) -> Self {
        Self { id: levels.id(), version: 0, plays_from: i16::MAX, first: levels.first, cells: Vec::new() }
    }

    fn span(&self) -> CellSpan {
        CellSpan { from: self.first, to: self.first + self.cells.len() as i32 }
    }

    fn at(&self, index: i32) -> i16 {
        let place = usize::try_from(index - self.first).ok();
        place.and_then(|place| self.cells.get(place)).copied().unwrap_or(UNHEARD)
    }

    /// A cell's level where the voice plays.
    fn heard(&self, level: i16) -> i16 {
        if level != UNHEARD && level < self.plays_from { RESTS } else { level }
    }

    /// Returns the level before.
    fn set(&mut self, index: i32, level: i16) -> i16 {
        let place = (index - self.first) as usize;
        self.cells.resize(self.cells.len().max(place + 1), UNHEARD);
        std::mem::replace(&mut self.cells[place], level)
    }
}

/// Two voices over the cells in which both were heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Together {
    /// Cells in which each plays, and both.
    plays: [i64; 2],
    both: i64,
    /// Sums over the cells in which both play: of the levels, their squares, and their product.
    sums: [i64; 2],
    squares: [i64; 2],
    products: i64,
}

impl Together {
    /// Counts a cell in, or out.
    fn count(&mut self, (a, b): (i16, i16), times: i64) {
        if a == UNHEARD || b == UNHEARD {
            return;
        }
        self.plays[0] += if a == RESTS { 0 } else { times };
        self.plays[1] += if b == RESTS { 0 } else { times };
        if a != RESTS && b != RESTS {
            let (a, b) = (i64::from(a), i64::from(b));
            self.both += times;
            self.products += times * a * b;
            for (k, level) in [a, b].into_iter().enumerate() {
                self.sums[k] += times * level;
                self.squares[k] += times * level * level;
            }
        }
    }

    fn are_doubles(&self, rules: &DoubleRules) -> bool {
        let shorter = self.plays[0].min(self.plays[1]);
        self.both as f64 >= rules.seconds.0 * CELLS_PER_S
            && self.both as f64 >= rules.together * shorter as f64
            && self.correlation().is_some_and(|correlation| correlation >= rules.correlation)
    }

    /// `None` where a level does not change.
    fn correlation(&self) -> Option<f64> {
        // Each moment by the square of the count, in whole numbers: nothing is rounded before the quotient.
        let moment =
            |product: i64, a: i64, b: i64| i128::from(self.both) * i128::from(product) - i128::from(a) * i128::from(b);
        let [a, b] = [0, 1].map(|k| moment(self.squares[k], self.sums[k], self.sums[k]) as f64);
        let both = moment(self.products, self.sums[0], self.sums[1]) as f64;
        (a > 0.0 && b > 0.0).then(|| both / (a * b).sqrt())
    }
}
