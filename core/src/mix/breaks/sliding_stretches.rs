//! The sliding 2 bars of the song, and the reference's level over each of them: the same for every track, so read once.

use crate::mix::input::ScopeKind;
use crate::mix::levels::read_raw;
use crate::mix::profile::Measure;
use crate::mix::roles::Class;
use crate::mix::song::{CELLS_PER_S, CellSpan, ChangeLog};
use crate::mix::verdicts::{MixContext, scope};
use crate::mix::{BreakRules, LevelRules};

/// Cells between the starts of two sliding readings.
pub(super) const STEP: i32 = 2;
/// Hits of the reference in 2 bars that count as "the kick is hitting".
const KICK_HITS: usize = 2;

/// What readings of the reference go by; another one needs them all anew.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ReferenceKey {
    kick: u64,
    class: Class,
    first: i32,
    /// The end of a chosen range.
    end: Option<i32>,
    /// The gain, where gates depend on it.
    scale: Option<f64>,
    level: LevelRules,
    breaks: BreakRules,
}

/// The sliding stretches. Each begins [`STEP`] cells after the one before.
#[derive(Clone, Debug)]
pub(crate) struct SlidingStretches {
    measure: Measure,
    key: Option<ReferenceKey>,
    first: i32,
    /// The cell after each stretch.
    ends: Vec<i32>,
    /// The reference's level over each, before its gain; NaN where it is not hitting.
    kick: Vec<f64>,
    seen_kick: u64,
    seen_bars: u64,
    /// Which of them are other than they were.
    changes: ChangeLog,
    work: u64,
}

impl SlidingStretches {
    pub fn new(measure: Measure) -> Self {
        Self {
            measure,
            key: None,
            first: 0,
            ends: Vec::new(),
            kick: Vec::new(),
            seen_kick: 0,
            seen_bars: 0,
            changes: ChangeLog::default(),
            work: 0,
        }
    }

    /// Reads what is new of the reference.
    pub fn update(&mut self, mix: &MixContext<'_>) {
        let kick = mix.reference.levels;
        let mut whole = kick.span();
        let range = mix.scope.as_ref().filter(|scope| scope.kind == ScopeKind::Range).map(|scope| scope.span);
        if let Some(range) = range {
            whole = CellSpan { from: whole.from.max(range.from), to: whole.to.min(range.to) };
        }
        let rules = &mix.profile.rules;
        let key = ReferenceKey {
            kick: kick.id(),
            class: mix.reference.class,
            first: whole.from,
            end: range.map(|_| whole.to),
            scale: (self.measure == Measure::Loudness).then_some(kick.scale()),
            level: rules.level,
            breaks: rules.breaks,
        };
        let mut spans = Vec::new();
        let mut steady = i32::MAX;
        let follows = self.key == Some(key)
            && kick.changes().since(self.seen_kick, |from, to| spans.push(CellSpan { from, to }))
            && mix.bars.changes().since(self.seen_bars, |after, _| steady = steady.min(after));
        if !follows {
            (self.key, self.first) = (Some(key), whole.from);
            self.ends.clear();
            self.kick.clear();
            self.changes.note_all();
            (spans, steady) = (Vec::new(), i32::MIN);
        }
        (self.seen_kick, self.seen_bars) = (kick.changes().version(), mix.bars.changes().version());
        self.lay(mix, whole, steady);
        for span in spans {
            let touched = self.touching(span);
            self.read(mix, touched);
        }
    }

    /// Lays the stretches out anew where the bars have moved, and goes on to the end of what was heard.
    fn lay(&mut self, mix: &MixContext<'_>, whole: CellSpan, steady: i32) {
        let breaks = &mix.profile.rules.breaks;
        let kept = self.ends.partition_point(|end| *end <= steady);
        let old = self.ends.split_off(kept);
        for place in kept.. {
            let start = f64::from(self.start(place)) / CELLS_PER_S;
            let end = scope::after(mix.bars, start, breaks.bars, breaks.seconds);
            let span = CellSpan::from_seconds(start, end);
            if self.start(place) >= whole.to || span.to > whole.to {
                break;
            }
            self.ends.push(span.to);
        }
        self.work += (self.ends.len() - kept) as u64;
        self.kick.resize(self.ends.len(), f64::NAN);
        if self.ends.len() < kept + old.len() {
            self.changes.note(self.ends.len() as i32, (kept + old.len()) as i32);
        }
        for place in kept..self.ends.len() {
            if old.get(place - kept) != Some(&self.ends[place]) {
                self.changes.note(place as i32, place as i32 + 1);
                self.read(mix, place..place + 1);
            }
        }
    }

    fn read(&mut self, mix: &MixContext<'_>, places: std::ops::Range<usize>) {
        let (kick, class) = (mix.reference.levels, mix.reference.class);
        for place in places {
            let span = self.span(place);
            let hits = class == Class::Sustained || kick.hits_in(span).len() >= KICK_HITS;
            let level = hits.then(|| read_raw(kick, class, span, self.measure, &mix.profile.rules.level)).flatten();
            let level = level.map_or(f64::NAN, |(level, _)| level);
            self.work += 1;
            if level.to_bits() != self.kick[place].to_bits() {
                self.kick[place] = level;
                self.changes.note(place as i32, place as i32 + 1);
            }
        }
    }

    fn start(&self, place: usize) -> i32 {
        self.first + STEP * place as i32
    }

    pub fn measure(&self) -> Measure {
        self.measure
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn span(&self, place: usize) -> CellSpan {
        CellSpan { from: self.start(place), to: self.ends[place] }
    }

    /// The reference's level over a stretch, before its gain; NaN where it is not hitting.
    pub fn kick(&self, place: usize) -> f64 {
        self.kick[place]
    }

    /// The stretches that hold any of these cells.
    pub fn touching(&self, cells: CellSpan) -> std::ops::Range<usize> {
        let from = self.ends.partition_point(|end| *end <= cells.from);
        let to = cells.to.saturating_sub(self.first).saturating_add(STEP - 1).max(0) / STEP;
        from..(to as usize).clamp(from, self.ends.len().max(from))
    }

    /// The stretch, among these, whose middle lies nearest at or after a moment; the last where none does.
    pub fn around(&self, second: f64, places: std::ops::Range<usize>) -> usize {
        let (mut low, mut high) = (places.start, places.end);
        while low < high {
            let middle = (low + high) / 2;
            let span = self.span(middle);
            if span.start_s() + span.end_s() < 2.0 * second { low = middle + 1 } else { high = middle }
        }
        low.min(places.end - 1)
    }

    pub fn changes(&self) -> &ChangeLog {
        &self.changes
    }

    pub fn work(&self) -> u64 {
        self.work
    }

    pub fn heap_bytes(&self) -> usize {
        self.ends.capacity() * size_of::<i32>() + self.kick.capacity() * size_of::<f64>()
    }
}
