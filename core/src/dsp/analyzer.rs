//! One track's audio into hops, cells and bands, on the audio thread.

use super::cell::CellBuilder;
use super::grid::{hop_at, hop_start};
use super::group::{FrameGroup, GROUP, RUN};
use super::hit_gate::HitGate;
use super::kernels::{Found, Kernels};
use super::levels::larger;
use super::record::{CellFlags, Clock, HOPS_PER_CELL, Hop};
use super::simd::Simd;
use super::sink::Sink;
use super::spectrum::Spectrum;
use super::transport::Transport;
use super::true_peak::DELAY;

/// Measures one track of one or two channels. The records are bit-equal however the host cuts its blocks.
///
/// Kernels run on groups of 16 frames from a hop's first frame, as many at once as a block holds; frames wait until their
/// group is full or their hop ends.
/// Where the clock jumps, the hop and cell at hand are given out as they are, and the next epoch begins. The filters run
/// on through a jump, as the sound does. The true peak lags by eight frames, 0.2 ms at 44.1 kHz.
///
/// ```
/// use keel_core::dsp::{Analyzer, Cell, Clock, Hop, Sink};
///
/// #[derive(Default)]
/// struct Count(usize, usize);
///
/// impl Sink for Count {
///     fn hop(&mut self, _: &Hop) {
///         self.0 += 1;
///     }
///     fn cell(&mut self, _: &Cell) {
///         self.1 += 1;
///     }
/// }
///
/// let (mut analyzer, mut count) = (Analyzer::new(48_000.0, 2), Count::default());
/// let second = vec![0.5; 48_000];
/// analyzer.process(&second, Some(&second), &Clock { playing: true, gain: 1.0, ..Clock::default() }, &mut count);
/// analyzer.flush(&mut count);
/// assert_eq!((count.0, count.1), (100, 10));
/// ```
#[derive(Clone, Debug)]
pub struct Analyzer {
    sample_rate: f64,
    mono: bool,
    transport: Transport,
    group: FrameGroup,
    kernels: Kernels,
    /// Largest true peak since the reset, given out.
    max_true_peak: f32,
    gate: HitGate,
    spectrum: Spectrum,
    has_spectrum: bool,
    hop: OpenHop,
    cell: CellBuilder,
}

/// A right channel that is missing.
static SILENCE: [f32; RUN] = [0.0; RUN];

/// The hop that is being filled.
#[derive(Clone, Debug, Default)]
struct OpenHop {
    index: i64,
    frames: u32,
    /// Frames to its end on the grid.
    left: usize,
    bar: f32,
    tempo: f32,
    non_finite: bool,
}

impl Analyzer {
    /// Everything is allocated here. `channels` is 1 or 2; the sample rate 8 kHz to 768 kHz. Runs on the fastest
    /// instructions that the machine has.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        Self::on(sample_rate, channels, Simd::best())
    }

    /// The same on these instructions, or on slower ones where the machine lacks them: to measure what each costs, and
    /// to test them against each other. Starts the measurement anew.
    ///
    /// Sample peaks are the same on all to the bit, hops begin and end at the same frames. Sums of squares and K-weighted
    /// energy differ by 1e-5 dB at most (or by what lies 200 dB under the input), true peaks by 1e-4 dB.
    pub fn with_simd(self, simd: Simd) -> Self {
        let mut anew = Self::on(self.sample_rate, self.channels(), simd);
        anew.spectrum.stagger_as(&self.spectrum);
        anew.has_spectrum = self.has_spectrum;
        anew
    }

    /// What it runs on.
    pub fn simd(&self) -> Simd {
        self.kernels.simd()
    }

    fn on(sample_rate: f64, channels: usize, simd: Simd) -> Self {
        debug_assert!((1..=2).contains(&channels), "{channels} channels");
        debug_assert!((8_000.0..=768_000.0).contains(&sample_rate), "{sample_rate} Hz");
        Self {
            sample_rate,
            mono: channels < 2,
            transport: Transport::new(sample_rate),
            group: FrameGroup::default(),
            kernels: Kernels::new(sample_rate, channels < 2, simd),
            max_true_peak: 0.0,
            gate: HitGate::new(),
            spectrum: Spectrum::new(sample_rate, channels < 2),
            has_spectrum: true,
            hop: OpenHop::default(),
            cell: CellBuilder::default(),
        }
    }

    /// Shifts the phase of the transforms for the `n`-th of many instances, so that they do not fall in the same block.
    /// Instances of one number read alike; to be set before the first block.
    pub fn with_stagger(mut self, n: u32) -> Self {
        self.spectrum.stagger(n);
        self
    }

    /// Gives out no bands: to measure what they cost. To be said before the first block.
    pub fn without_spectrum(mut self) -> Self {
        self.has_spectrum = false;
        self
    }

    /// Of the audio that it measures, in hertz.
    pub fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    /// One or two.
    pub fn channels(&self) -> usize {
        if self.mono { 1 } else { 2 }
    }

    /// Bytes of its state on stack and heap, but for the tables that all instances of a rate share.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.kernels.heap_bytes() + self.spectrum.heap_bytes()
    }

    /// Forgets all audio, an unfinished hop and cell too. The epoch goes on, so that readers notice.
    pub fn reset(&mut self) {
        self.transport.reset();
        self.group.len = 0;
        self.kernels.reset();
        self.max_true_peak = 0.0;
        self.gate.restart();
        self.spectrum.reset();
        self.hop = OpenHop::default();
        self.cell = CellBuilder::default();
    }

    /// Takes one block, of any length. An analyzer of one channel leaves `right` unread; one of two reads a missing
    /// right channel as silence. Of channels that differ in length the shorter counts.
    pub fn process(&mut self, left: &[f32], right: Option<&[f32]>, clock: &Clock, sink: &mut impl Sink) {
        let right = right.filter(|_| !self.mono);
        let frames = right.map_or(left.len(), |right| right.len().min(left.len()));
        if frames == 0 {
            return;
        }
        if self.transport.running() && !self.transport.continues(clock) {
            self.end_epoch(sink);
        }
        self.transport.follow(clock);
        let mut at = 0;
        while at < frames {
            at += self.take(&left[at..frames], right.map(|right| &right[at..frames]));
            if self.hop.left == 0 {
                self.end_hop(sink);
            }
            self.give_bands(sink);
        }
    }

    /// Ends the stream, as a file ends: the filters are run out with silence, the last hop and cell given out, and the
    /// analyzer reset.
    ///
    /// A file that ends on the grid has given out its last hop already. Only if its last samples interpolate to its
    /// very highest peak, that peak comes in one more hop, of eight frames of silence.
    pub fn flush(&mut self, sink: &mut impl Sink) {
        self.run_group();
        let found = self.kernels.take();
        let tail = self.kernels.drain();
        let true_peak = [0, 1].map(|c| larger(found.true_peak[c], tail[c]));
        if self.hop.frames > 0 {
            self.give_hop(Found { true_peak, ..found }, sink);
        } else if larger(true_peak[0], true_peak[1]) > self.max_true_peak {
            self.open_hop();
            self.hop.frames = DELAY as u32;
            self.give_hop(Found { true_peak, ..found }, sink);
        }
        self.give_cell(sink);
        while self.spectrum.run_out() {
            self.give_bands(sink);
        }
        self.end_bands(sink);
        self.reset();
    }

    /// Takes frames up to the hop's end or to the end of a run: whole groups straight from the block, others by way of
    /// the group that waits.
    fn take(&mut self, left: &[f32], right: Option<&[f32]>) -> usize {
        if self.hop.frames == 0 {
            self.open_hop();
        }
        let room = left.len().min(self.hop.left).min(RUN);
        let whole = if room == self.hop.left { room } else { room - room % GROUP };
        let frames = if self.group.len == 0 && whole > 0 { whole } else { room.min(GROUP - self.group.len) };
        self.hop.frames += frames as u32;
        self.hop.left -= frames;
        self.transport.advance(frames);
        let (left, right) = (&left[..frames], right.map(|right| &right[..frames]));
        if frames == whole && self.group.len == 0 {
            self.hop.non_finite |= self.kernels.run(left, right.unwrap_or(&SILENCE[..frames]));
            self.transform(frames);
        } else {
            self.group.append(left, right);
            if self.group.len == GROUP || self.hop.left == 0 {
                self.run_group();
            }
        }
        frames
    }

    fn open_hop(&mut self) {
        let position = self.transport.position();
        let index = hop_at(position, self.sample_rate);
        if self.has_spectrum && !self.spectrum.running() {
            self.spectrum.start(position);
        }
        self.hop = OpenHop {
            index,
            frames: 0,
            left: (hop_start(index + 1, self.sample_rate) - position) as usize,
            bar: self.transport.bar(),
            tempo: self.transport.clock().tempo.map_or(f32::NAN, |tempo| tempo as f32),
            non_finite: false,
        };
    }

    /// Runs the kernels over the frames that wait.
    fn run_group(&mut self) {
        let frames = std::mem::take(&mut self.group.len);
        if frames > 0 {
            let [left, right] = &self.group.samples;
            self.hop.non_finite |= self.kernels.run(&left[..frames], &right[..frames]);
            self.transform(frames);
        }
    }

    /// Hands the frames that the kernels saw on to the spectrum.
    fn transform(&mut self, frames: usize) {
        if self.has_spectrum {
            self.spectrum.push(self.kernels.samples(frames));
        }
    }

    /// The hop has reached its end on the grid.
    fn end_hop(&mut self, sink: &mut impl Sink) {
        let index = self.hop.index;
        let found = self.kernels.take();
        self.give_hop(found, sink);
        if (index + 1).rem_euclid(HOPS_PER_CELL) == 0 {
            self.give_cell(sink);
        }
    }

    /// The transport jumped: what is at hand goes out, and the hit gate begins anew.
    fn end_epoch(&mut self, sink: &mut impl Sink) {
        self.run_group();
        let cut = (self.hop.frames > 0).then(|| {
            let found = self.kernels.take();
            self.give_hop(found, sink)
        });
        if let Some(hit) = self.gate.end(cut.as_ref()) {
            self.cell.hit(&hit);
        }
        self.give_cell(sink);
        self.give_bands(sink);
        self.end_bands(sink);
        self.gate.restart();
    }

    fn give_hop(&mut self, found: Found, sink: &mut impl Sink) -> Hop {
        let ended_on_the_grid = self.hop.left == 0;
        let mut hop = self.close_hop(&found);
        // A hop that was cut short ends its epoch: no window that it could complete would be whole.
        let hit = if ended_on_the_grid { self.gate.push(&hop) } else { None };
        hop.onsets = self.gate.onsets();
        self.max_true_peak = larger(self.max_true_peak, larger(hop.true_peak[0], hop.true_peak[1]));
        sink.hop(&hop);
        self.cell.add(&hop, hit);
        self.spectrum.note(hop.index, hop.flags);
        hop
    }

    fn close_hop(&mut self, found: &Found) -> Hop {
        let open = std::mem::take(&mut self.hop);
        let sums = found.levels;
        let clock = self.transport.clock();
        let complete = hop_start(open.index + 1, self.sample_rate) - hop_start(open.index, self.sample_rate);
        let both = |value: [f32; 2]| if self.mono { [value[0]; 2] } else { value };
        Hop {
            index: open.index,
            frames: open.frames,
            sample_rate: self.sample_rate as f32,
            peak: both(sums.peak),
            true_peak: both([0, 1].map(|c| larger(sums.peak[c], found.true_peak[c]))),
            power: sums.power.map(|power| power as f32),
            cross: sums.cross as f32,
            k_power: found.k_power as f32,
            gain: clock.gain,
            onsets: self.gate.onsets(),
            epoch: self.transport.epoch(),
            flags: self
                .transport
                .flags()
                .with(CellFlags::COMPLETE, i64::from(open.frames) == complete)
                .with(CellFlags::MONO, self.mono)
                .with(CellFlags::NON_FINITE, open.non_finite),
            bar: open.bar,
            tempo: open.tempo,
            loop_s: clock.loop_s.map_or([f32::NAN; 2], |(from, to)| [from as f32, to as f32]),
        }
    }

    fn give_cell(&mut self, sink: &mut impl Sink) {
        if let Some(cell) = self.cell.take(self.sample_rate) {
            sink.cell(&cell);
        }
    }

    fn give_bands(&mut self, sink: &mut impl Sink) {
        if let Some(bands) = self.spectrum.take(self.transport.epoch()) {
            sink.bands(&bands);
        }
    }

    /// What there is of the epoch's last record.
    fn end_bands(&mut self, sink: &mut impl Sink) {
        if let Some(bands) = self.spectrum.end(self.transport.epoch()) {
            sink.bands(&bands);
        }
    }
}
