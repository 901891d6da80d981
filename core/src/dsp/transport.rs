//! Where the stream lies in the song: the host's clock where it counts, an own count between its words.

use super::record::{CellFlags, Clock, ClockKind};

/// A host that counts samples may round by a couple of them.
const SAMPLES_TOLERANCE: i64 = 2;
/// Beats are reported with less than sample accuracy: 1 ms.
const BEATS_TOLERANCE_S: f64 = 0.001;

/// Follows the host's clock.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    sample_rate: f64,
    clock: Clock,
    /// Of the next frame, in the count that is in use.
    position: i64,
    /// Frames since processing began.
    heard: i64,
    running: bool,
    epoch: u16,
    /// Bars a frame, as the clock's tempo and metre have it; 0 where it has none.
    bar_speed: f64,
    bars: Option<BarLine>,
}

/// A frame whose place in bars the host reported, and how fast bars pass from there.
#[derive(Clone, Copy, Debug)]
struct BarLine {
    position: i64,
    bar: f64,
    /// Bars a frame; 0 where the host reports no tempo or metre.
    speed: f64,
}

impl BarLine {
    fn at(&self, position: i64) -> f64 {
        self.bar + (position - self.position) as f64 * self.speed
    }
}

impl Transport {
    pub fn new(sample_rate: f64) -> Self {
        Self {
            sample_rate,
            clock: Clock::default(),
            position: 0,
            heard: 0,
            running: false,
            epoch: 0,
            bar_speed: 0.0,
            bars: None,
        }
    }

    /// Starts anew in a new epoch, if anything was heard in this one.
    pub fn reset(&mut self) {
        let epoch = self.epoch.wrapping_add(u16::from(self.running));
        *self = Self { epoch, ..Self::new(self.sample_rate) };
    }

    /// Does a block with this clock follow on what came before?
    pub fn continues(&self, clock: &Clock) -> bool {
        let same_count = count_of(clock) == count_of(&self.clock) && clock.playing == self.clock.playing;
        let off = self.reported(clock).saturating_sub(self.position).saturating_abs();
        self.running && same_count && off <= self.tolerance(clock)
    }

    /// Takes the clock of the next block: a new epoch and position where it does not follow on, else the own count.
    pub fn follow(&mut self, clock: &Clock) {
        if !self.continues(clock) {
            self.position = self.reported(clock);
            self.epoch = self.epoch.wrapping_add(u16::from(self.running));
            self.running = true;
        }
        if (clock.tempo, clock.quarters_per_bar) != (self.clock.tempo, self.clock.quarters_per_bar) {
            self.bar_speed = bar_speed(clock, self.sample_rate);
        }
        self.clock = *clock;
        self.bars = self.bar_line();
    }

    /// Frames have passed.
    pub fn advance(&mut self, frames: usize) {
        self.position += frames as i64;
        self.heard += frames as i64;
    }

    pub fn position(&self) -> i64 {
        self.position
    }

    pub fn running(&self) -> bool {
        self.running
    }

    pub fn epoch(&self) -> u16 {
        self.epoch
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Place of the next frame in bars, NaN where unknown.
    pub fn bar(&self) -> f32 {
        self.bars.map_or(f32::NAN, |line| line.at(self.position) as f32)
    }

    /// Flags of the transport.
    pub fn flags(&self) -> CellFlags {
        let count = count_of(&self.clock);
        CellFlags::default()
            .with(CellFlags::PLAYING, self.clock.playing)
            .with(CellFlags::RECORDING, self.clock.recording)
            .with(CellFlags::FREE_RUNNING, count == ClockKind::FreeRunning)
            .with(CellFlags::FROM_BEATS, count == ClockKind::Beats)
    }

    /// The position that a clock names, within what a cell's index can hold.
    fn reported(&self, clock: &Clock) -> i64 {
        let limit = (f64::from(i32::MAX / 2) * self.sample_rate / 10.0) as i64;
        match count_of(clock) {
            ClockKind::FreeRunning => self.heard,
            ClockKind::Samples | ClockKind::Beats => clock.position.clamp(-limit, limit),
        }
    }

    fn tolerance(&self, clock: &Clock) -> i64 {
        match clock.kind {
            ClockKind::Beats => (BEATS_TOLERANCE_S * self.sample_rate).ceil() as i64,
            ClockKind::FreeRunning | ClockKind::Samples => SAMPLES_TOLERANCE,
        }
    }

    /// The line to read bars from: the one in use as long as the host agrees with it, so that blocks leave no trace.
    fn bar_line(&self) -> Option<BarLine> {
        let clock = &self.clock;
        let bar = clock.bar.filter(|bar| bar.is_finite() && count_of(clock) != ClockKind::FreeRunning)?;
        let speed = self.bar_speed;
        let tolerance = 1e-9 + speed.abs() * self.tolerance(clock) as f64;
        let agrees = |line: &BarLine| line.speed == speed && (line.at(self.position) - bar).abs() <= tolerance;
        Some(self.bars.filter(agrees).unwrap_or(BarLine { position: self.position, bar, speed }))
    }
}

/// Bars a frame; 0 where the clock has no tempo or metre.
fn bar_speed(clock: &Clock, sample_rate: f64) -> f64 {
    let metre = clock.quarters_per_bar.filter(|&quarters| quarters > 0.0);
    let speed = clock.tempo.zip(metre).map_or(0.0, |(tempo, metre)| tempo / 60.0 / metre / sample_rate);
    if speed.is_finite() { speed } else { 0.0 }
}

/// The count that places a block: a stopped transport stands still while sound goes on, so its own.
fn count_of(clock: &Clock) -> ClockKind {
    if clock.playing { clock.kind } else { ClockKind::FreeRunning }
}
