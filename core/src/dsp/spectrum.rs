//! The spectrum in ERB bands: a transform of each channel 30 times a second, its bins summed over bands, two seconds of
//! them to a record.
//!
//! Welch's averaged periodogram (P. D. Welch, 1967) under a Hann window. Left and right are transformed an eighth of a
//! window apart, so that no short block has both; the left's bins wait for the right's.

mod half_band;
mod history;
mod plan;
mod power;
mod schedule;

use std::sync::Arc;

use realfft::num_complex::Complex;

use self::history::History;
use self::plan::{LONGEST, TransformPlan, USUAL};
use self::power::products;
use self::schedule::Schedule;
use super::bands::{BANDS, Bands};
use super::group::{GROUP, RUN};
use super::record::CellFlags;

/// Samples that a history keeps beyond what is read: what comes in between two checks of the schedule.
const SLACK: usize = RUN;
/// A transform whose centre lies farther outside of what was heard, in parts of half a window, is left out: an eighth of
/// the window, its skirt, would hold all.
const REACH: f64 = 0.75;
/// A fragment that comes to less than this part of one transform says nothing of bands.
const LEAST: f64 = 0.25;

/// Makes records of bands from runs of samples, of one epoch after the other. Nothing of an epoch's sound reaches
/// into another's records. A transform counts into the record in which its centre lies, which is given out when the
/// last one is done: up to 85 ms after its end.
#[derive(Clone, Debug)]
pub(super) struct Spectrum {
    plan: Arc<TransformPlan>,
    schedule: Schedule,
    mono: bool,
    histories: [History; 2],
    /// Between [`Self::start`] and [`Self::end`].
    running: bool,
    /// Frame of the song at which the epoch began, and frames since.
    origin: i64,
    frames: i64,
    /// The sound has ended, and silence is run through.
    ended: bool,
    next: Next,
    left: Box<[Complex<f32>]>,
    left_power: [f32; BANDS],
    left_is_heard: bool,
    open: Open,
    done: Option<Bands>,
}

/// The transform that comes next.
#[derive(Clone, Debug, Default)]
struct Next {
    k: i64,
    /// The sample of the histories with which its window ends.
    end: u64,
    /// The sample with which the next channel's turn comes.
    due: u64,
    /// The left channel is done.
    right: bool,
}

/// The record that is being filled.
#[derive(Clone, Debug)]
struct Open {
    record: i64,
    /// LL, RR and LR.
    sums: [[f64; BANDS]; 3],
    /// Transforms that they are of; where one reaches over an end of the sound, the part of its window that does not.
    coverage: f64,
    flags: CellFlags,
    /// Of the hops that came after it.
    later: CellFlags,
}

impl Spectrum {
    pub fn new(rate: f64, mono: bool) -> Self {
        let plan = TransformPlan::of(rate);
        let left = vec![Complex::default(); if mono { 0 } else { plan.used }].into();
        let histories = [0, plan.len / 8]
            .map(|late| if mono && late > 0 { 0 } else { plan.len + late + SLACK })
            .map(|len| History::new(plan.factor, len));
        Self {
            plan,
            schedule: Schedule::new(rate),
            mono,
            histories,
            running: false,
            origin: 0,
            frames: 0,
            ended: false,
            next: Next::default(),
            left,
            left_power: [0.0; BANDS],
            left_is_heard: false,
            open: Open::new(0),
            done: None,
        }
    }

    /// Shifts the transforms' phase for the `n`-th instance. From the next epoch on.
    pub fn stagger(&mut self, n: u32) {
        self.schedule.stagger(n);
    }

    /// Takes over the phase of another.
    pub fn stagger_as(&mut self, other: &Self) {
        self.schedule = other.schedule.clone();
    }

    pub fn running(&self) -> bool {
        self.running
    }

    /// An epoch begins at this frame of the song.
    pub fn start(&mut self, position: i64) {
        self.histories.iter_mut().for_each(History::restart);
        (self.running, self.ended) = (true, false);
        (self.origin, self.frames) = (position, 0);
        self.open = Open::new(self.schedule.record_at(position));
        self.aim(self.schedule.first_from(position - self.reach()));
    }

    /// Takes at most [`RUN`] frames of both channels. At 44.1 kHz and up they bring one channel's transform at most.
    pub fn push(&mut self, samples: [&[f32]; 2]) {
        self.frames += samples[0].len() as i64;
        self.feed(samples);
    }

    /// A hop has ended. Its flags are its record's.
    pub fn note(&mut self, hop: i64, flags: CellFlags) {
        let is_later = Schedule::record_of_hop(hop) > self.open.record;
        let to = if is_later { &mut self.open.later } else { &mut self.open.flags };
        *to = CellFlags(to.0 | flags.0);
    }

    /// The record that is ready to go out.
    pub fn take(&mut self, epoch: u16) -> Option<Bands> {
        let mut bands = self.done.take()?;
        bands.epoch = epoch;
        Some(bands)
    }

    /// Ends the epoch: what there is of its last record, if that is enough to speak of bands.
    pub fn end(&mut self, epoch: u16) -> Option<Bands> {
        let least = if self.ended { 0.0 } else { LEAST };
        let is_enough = self.running && self.open.coverage > least;
        self.running = false;
        self.done = is_enough.then(|| self.record());
        self.take(epoch)
    }

    /// Runs silence through after the sound's end. False when no transform is left that reaches back into the sound.
    pub fn run_out(&mut self) -> bool {
        self.ended = true;
        let is_due = self.running && self.schedule.centre(self.next.k) <= self.position() + self.reach();
        if is_due {
            self.feed([&[0.0; GROUP]; 2]);
        }
        is_due
    }

    /// Forgets all.
    pub fn reset(&mut self) {
        self.running = false;
        self.done = None;
    }

    /// Bytes on the heap, but for the plan that all instances of a rate share.
    pub fn heap_bytes(&self) -> usize {
        self.histories.iter().map(History::bytes).sum::<usize>() + size_of_val(&*self.left)
    }

    /// Frame of the song that comes next.
    fn position(&self) -> i64 {
        self.origin + self.frames
    }

    /// [`REACH`] in frames.
    fn reach(&self) -> i64 {
        (REACH * (self.plan.len / 2 * self.plan.factor) as f64) as i64
    }

    fn aim(&mut self, k: i64) {
        let centre = (self.schedule.centre(k) - self.origin + self.plan.delay()).div_euclid(self.plan.factor as i64);
        let end = (centre + self.plan.len as i64 / 2).max(0) as u64;
        self.next = Next { k, end, due: end, right: false };
    }

    fn feed(&mut self, samples: [&[f32]; 2]) {
        let channels = if self.mono { 1 } else { 2 };
        for (history, samples) in self.histories.iter_mut().zip(samples).take(channels) {
            history.push(samples);
        }
        while self.histories[0].written() >= self.next.due {
            self.transform();
        }
    }

    /// Transforms the channel that is due, in buffers on the stack: 32 KiB for the usual rates.
    #[cold]
    fn transform(&mut self) {
        if self.plan.len <= USUAL {
            self.measure(&mut [0.0; USUAL], &mut [Complex::default(); USUAL / 2 + 1]);
        } else {
            self.measure(&mut [0.0; LONGEST], &mut [Complex::default(); LONGEST / 2 + 1]);
        }
        if self.mono || self.next.right {
            self.complete();
        } else {
            self.next.right = true;
            self.next.due += self.plan.len as u64 / 8;
        }
    }

    fn measure(&mut self, samples: &mut [f32], bins: &mut [Complex<f32>]) {
        let plan = &*self.plan;
        let channel = usize::from(self.next.right);
        let (samples, bins) = (&mut samples[..plan.len], &mut bins[..plan.len / 2 + 1]);
        let is_heard = self.histories[channel].read(self.next.end, &plan.window, samples);
        if is_heard {
            plan.transform(samples, bins);
        }
        let bins = &bins[..plan.used];
        if channel == 0 {
            self.left_power = if is_heard { products(&plan.bins, bins, bins) } else { [0.0; BANDS] };
            self.left_is_heard = is_heard;
            if !self.mono {
                self.left.copy_from_slice(bins);
            }
        } else if is_heard {
            add(&mut self.open.sums[1], &products(&plan.bins, bins, bins));
            if self.left_is_heard {
                add(&mut self.open.sums[2], &products(&plan.bins, &self.left, bins));
            }
        }
    }

    /// All channels of a transform are done.
    fn complete(&mut self) {
        add(&mut self.open.sums[0], &self.left_power);
        let begin = self.next.end as f64 - self.plan.len as f64;
        let at = |frame: i64| {
            let sample = (frame + self.plan.delay()) as f64 / self.plan.factor as f64;
            (sample - begin) / self.plan.len as f64
        };
        self.open.coverage += self.plan.coverage(at(0), if self.ended { at(self.frames) } else { 1.0 });
        self.aim(self.next.k + 1);
        if self.record_of_next() > self.open.record {
            self.done = Some(self.record());
            let later = self.open.later;
            self.open = Open { flags: later, ..Open::new(self.open.record + 1) };
        }
    }

    /// The record of the next transform's centre; of one beyond an end of the sound, the record of that end.
    fn record_of_next(&self) -> i64 {
        let record = Schedule::record_of(self.next.k).max(self.schedule.record_at(self.origin));
        if self.ended { record.min(self.schedule.record_at(self.position() - 1)) } else { record }
    }

    /// The open record as it stands: means over its transforms.
    fn record(&self) -> Bands {
        let Open { record, sums: [left, right, cross], coverage, flags, .. } = &self.open;
        let grid = [*record, record + 1].map(|record| self.schedule.record_start(record));
        let frames = grid[1].min(self.position()) - grid[0].max(self.origin);
        let flags = flags.with(CellFlags::COMPLETE, frames == grid[1] - grid[0]);
        let mut bands = Bands::new(*record as i32, frames.max(0) as u32, 0, flags);
        for band in 0..BANDS {
            bands.set(band, [left[band] / coverage, right[band] / coverage], cross[band] / coverage);
        }
        bands
    }
}

impl Open {
    fn new(record: i64) -> Self {
        let flags = CellFlags::default();
        Self { record, sums: [[0.0; BANDS]; 3], coverage: 0.0, flags, later: flags }
    }
}

fn add(sums: &mut [f64; BANDS], values: &[f32; BANDS]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += f64::from(*value);
    }
}
