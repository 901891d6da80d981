//! Loudness (BS.1770-5, EBU Tech 3341) and loudness range (EBU Tech 3342) from 10 ms sums of K-weighted squares.

mod histogram;

use super::record::{CellFlags, Hop};
use crate::units::{Lu, Lufs};

use histogram::Histogram;

/// Hops in the momentary window, 400 ms, which is a gating block too (Tech 3341, 2.2; BS.1770-5, Annex 1).
const MOMENTARY: usize = 40;
/// Hops in the short-term window, 3 s (Tech 3341, 2.2).
const SHORT_TERM: usize = 300;
/// Hops from one gating block to the next: 75 % overlap.
const STEP: usize = 10;
/// Blocks must be louder than this (BS.1770-5, Annex 1, the absolute gate).
const ABSOLUTE_GATE: Lufs = Lufs(-70.0);
/// Power of the relative gate of integrated loudness, 10 LU under what passed the absolute one.
const RELATIVE_GATE: f64 = 0.1;
/// Power of the relative gate of loudness range, 20 LU under (Tech 3342, 3.1).
const RANGE_GATE: f64 = 0.01;
/// Loudness range is what lies between these parts of the distribution (Tech 3342, 3.1).
const RANGE_PERCENTILES: (f64, f64) = (0.10, 0.95);

/// A loudness meter of one programme: momentary and short-term each 10 ms, integrated and range each 100 ms.
///
/// Holds about 240 kB from the start and never more, however long the programme.
#[derive(Clone, Debug)]
pub struct Loudness {
    /// Sums of K-weighted squares and frames of the newest hops.
    ring: Box<[(f64, u32)]>,
    next: usize,
    hops: usize,
    gating_blocks: Histogram,
    short_terms: Histogram,
    max_momentary: f64,
    max_short_term: f64,
}

impl Default for Loudness {
    fn default() -> Self {
        Self::new()
    }
}

impl Loudness {
    /// Everything is allocated here.
    pub fn new() -> Self {
        Self {
            ring: vec![(0.0, 0); SHORT_TERM].into(),
            next: 0,
            hops: 0,
            gating_blocks: Histogram::new(),
            short_terms: Histogram::new(),
            max_momentary: 0.0,
            max_short_term: 0.0,
        }
    }

    /// Forgets all that was measured.
    pub fn reset(&mut self) {
        self.next = 0;
        self.hops = 0;
        self.gating_blocks.clear();
        self.short_terms.clear();
        self.max_momentary = 0.0;
        self.max_short_term = 0.0;
    }

    /// Takes the next hop. One that a file's end or a locate cut short completes no gating block (BS.1770-5, Annex 1:
    /// an incomplete block at the end is not used).
    pub fn push(&mut self, hop: &Hop) {
        self.ring[self.next] = (f64::from(hop.k_power), hop.frames);
        self.next = (self.next + 1) % SHORT_TERM;
        self.hops += 1;
        let on_step = self.hops.is_multiple_of(STEP) && hop.flags.has(CellFlags::COMPLETE);
        if let Some(power) = self.newest(MOMENTARY) {
            self.max_momentary = self.max_momentary.max(power);
            if on_step {
                self.gating_blocks.add(power);
            }
        }
        if let Some(power) = self.newest(SHORT_TERM) {
            self.max_short_term = self.max_short_term.max(power);
            if on_step {
                self.short_terms.add(power);
            }
        }
    }

    /// Loudness of the newest 400 ms; `None` before so much was heard, and for silence.
    pub fn momentary(&self) -> Option<Lufs> {
        self.newest(MOMENTARY).and_then(Lufs::from_power)
    }

    /// Loudness of the newest 3 s; `None` before so much was heard, and for silence.
    pub fn short_term(&self) -> Option<Lufs> {
        self.newest(SHORT_TERM).and_then(Lufs::from_power)
    }

    /// The loudest 400 ms so far.
    pub fn max_momentary(&self) -> Option<Lufs> {
        Lufs::from_power(self.max_momentary)
    }

    /// The loudest 3 s so far.
    pub fn max_short_term(&self) -> Option<Lufs> {
        Lufs::from_power(self.max_short_term)
    }

    /// Gated loudness of the programme; `None` while no 400 ms of it passed the absolute gate.
    pub fn integrated(&self) -> Option<Lufs> {
        let gate = RELATIVE_GATE * self.gating_blocks.mean()?;
        self.gating_blocks.mean_above(gate).and_then(Lufs::from_power)
    }

    /// Loudness range of the programme; `None` while no 3 s of it passed the absolute gate.
    pub fn range(&self) -> Option<Lu> {
        let gate = RANGE_GATE * self.short_terms.mean()?;
        let low = self.short_terms.percentile_above(gate, RANGE_PERCENTILES.0)?;
        let high = self.short_terms.percentile_above(gate, RANGE_PERCENTILES.1)?;
        span(low, high)
    }

    /// Mean power of the newest hops, once so many were heard. Summed anew each time: a running sum would drift.
    fn newest(&self, hops: usize) -> Option<f64> {
        if self.hops < hops {
            return None;
        }
        let (old, new) = if hops <= self.next {
            (&self.ring[..0], &self.ring[self.next - hops..self.next])
        } else {
            (&self.ring[SHORT_TERM + self.next - hops..], &self.ring[..self.next])
        };
        let [(old_power, old_frames), (new_power, new_frames)] = [sum(old), sum(new)];
        let (power, frames) = (old_power + new_power, (old_frames + new_frames) as f64);
        (frames > 0.0).then(|| power / frames)
    }
}

/// Sums of energy and frames, in four lanes side by side: one would wait for its own last addition each time.
fn sum(hops: &[(f64, u32)]) -> (f64, u64) {
    let (fours, rest) = hops.as_chunks::<4>();
    let (mut power, mut frames) = ([0.0; 4], [0; 4]);
    for four in fours {
        for (lane, hop) in four.iter().enumerate() {
            power[lane] += hop.0;
            frames[lane] += u64::from(hop.1);
        }
    }
    for (lane, hop) in rest.iter().enumerate() {
        power[lane] += hop.0;
        frames[lane] += u64::from(hop.1);
    }
    (power.iter().sum(), frames.iter().sum())
}

/// Gated loudness (BS.1770-5, Annex 1, equations 5 to 7) of the mean powers of 400 ms blocks, K-weighted and summed over
/// channels; `None` if none passes the absolute gate.
pub fn gated_loudness<I: Iterator<Item = f64> + Clone>(blocks: I) -> Option<Lufs> {
    gated_loudness_by(|gate| mean_above(blocks.clone(), gate))
}

/// [`gated_loudness`] where the mean of the blocks above a power is known in another way than from a list.
pub fn gated_loudness_by(mean_above: impl Fn(f64) -> Option<f64>) -> Option<Lufs> {
    let gate = RELATIVE_GATE * mean_above(ABSOLUTE_GATE.power())?;
    mean_above(gate.max(ABSOLUTE_GATE.power())).and_then(Lufs::from_power)
}

/// Loudness range (Tech 3342) of the mean powers of 3 s windows that overlap by 2 s or more; sorts them. `None` if none
/// passes the absolute gate.
pub fn loudness_range(windows: &mut [f64]) -> Option<Lu> {
    windows.sort_unstable_by(f64::total_cmp);
    let count_under = |gate| windows.partition_point(|&power| power <= gate);
    loudness_range_by(
        windows.len(),
        |gate| mean_above(windows.iter().copied(), gate),
        count_under,
        |place| windows.get(place).copied(),
    )
}

/// [`loudness_range`] of so many sorted windows: the mean of those above a power, the count of those at or under it, and
/// the power at a place are known in another way than from a list.
pub fn loudness_range_by(
    count: usize,
    mean_above: impl Fn(f64) -> Option<f64>,
    count_under: impl Fn(f64) -> usize,
    at: impl Fn(usize) -> Option<f64>,
) -> Option<Lu> {
    let absolute = ABSOLUTE_GATE.power();
    let first = count_under((RANGE_GATE * mean_above(absolute)?).max(absolute));
    let at = |part: f64| at(first + rank(count - first, part));
    span(at(RANGE_PERCENTILES.0)?, at(RANGE_PERCENTILES.1)?)
}

fn mean_above(powers: impl Iterator<Item = f64>, gate: f64) -> Option<f64> {
    let add = |(sum, count): (f64, u64), power: f64| (sum + power, count + 1);
    let (sum, count) = powers.filter(|&power| power > gate).fold((0.0, 0), add);
    (count > 0).then(|| sum / count as f64)
}

/// Place in a sorted list of what lies above the given part of it: the nearest rank, as in Tech 3342's example.
fn rank(count: usize, part: f64) -> usize {
    (count.saturating_sub(1) as f64 * part).round() as usize
}

fn span(low: f64, high: f64) -> Option<Lu> {
    Some(Lu(Lufs::from_power(high)?.0 - Lufs::from_power(low)?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(k_power: f64, frames: u32) -> Hop {
        Hop { k_power: k_power as f32, frames, flags: CellFlags::COMPLETE, ..Hop::default() }
    }

    #[test]
    fn a_hop_that_was_cut_short_completes_no_gating_block() {
        let mut meter = Loudness::new();
        for _ in 0..39 {
            meter.push(&hop(480.0, 480));
        }
        meter.push(&Hop { flags: CellFlags::default(), ..hop(479.0, 479) });
        assert_eq!((meter.momentary(), meter.integrated()), (Lufs::from_power(1.0), None));
    }

    #[test]
    fn nothing_reads_before_its_window_is_full() {
        let mut meter = Loudness::new();
        for _ in 0..39 {
            meter.push(&hop(480.0, 480));
        }
        assert_eq!((meter.momentary(), meter.integrated()), (None, None));
        meter.push(&hop(480.0, 480));
        assert_eq!(meter.momentary(), Lufs::from_power(1.0));
        assert_eq!(meter.integrated(), Lufs::from_power(1.0));
        assert_eq!((meter.short_term(), meter.range()), (None, None));
    }

    #[test]
    fn silence_has_no_loudness() {
        let mut meter = Loudness::new();
        for _ in 0..400 {
            meter.push(&hop(0.0, 441));
        }
        assert_eq!(meter.momentary(), None);
        assert_eq!(meter.short_term(), None);
        assert_eq!(meter.integrated(), None);
        assert_eq!(meter.range(), None);
        assert_eq!(gated_loudness(std::iter::repeat_n(0.0, 10)), None);
        assert_eq!(loudness_range(&mut []), None);
    }

    #[test]
    fn the_lists_and_the_meter_agree_on_a_programme_that_moves() {
        let mut meter = Loudness::new();
        let (mut blocks, mut windows) = (Vec::new(), Vec::new());
        for k in 0..6_000 {
            let db = -30.0 + 12.0 * (f64::from(k) * 0.003).sin() + 5.0 * (f64::from(k) * 0.071).cos();
            meter.push(&hop(480.0 * 10f64.powf(db / 10.0), 480));
            if k % 10 == 9 {
                blocks.extend(meter.momentary().map(Lufs::power));
                windows.extend(meter.short_term().map(Lufs::power));
            }
        }
        let (read, exact) = (meter.integrated().unwrap().0, gated_loudness(blocks.iter().copied()).unwrap().0);
        assert!((read - exact).abs() < 0.005, "integrated {read}, from the list {exact}");
        let (read, exact) = (meter.range().unwrap().0, loudness_range(&mut windows).unwrap().0);
        assert!((read - exact).abs() < 0.02, "range {read}, from the list {exact}");
    }

    #[test]
    fn a_reset_meter_is_as_new() {
        let mut meter = Loudness::new();
        for _ in 0..700 {
            meter.push(&hop(4_800.0, 480));
        }
        meter.reset();
        assert_eq!((meter.max_momentary(), meter.max_short_term(), meter.integrated()), (None, None, None));
        for _ in 0..300 {
            meter.push(&hop(7.5, 480));
        }
        assert_eq!(meter.integrated(), Lufs::from_power(0.015_625));
        assert_eq!(meter.short_term(), Lufs::from_power(0.015_625));
    }
}
