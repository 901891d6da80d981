//! What moves on the screen: readings over the newest hops.

use std::collections::VecDeque;

use crate::dsp::{CellFlags, Hop, correlation, mono_loss, pan_position};
use crate::mix::work::Sum;
use crate::mix::{Live, TrackInput};
use crate::units::{Dbfs, Lufs};

/// Hops in the 400 ms of a momentary reading.
const MOMENTARY_HOPS: usize = 40;
/// Hops in the 3 s of short-term loudness.
const SHORT_TERM_HOPS: usize = 300;
/// Hops over which the input peak is shown.
const PEAK_HOPS: usize = 10;
/// A track sounds while its peak is over this: -60 dBFS.
const SOUNDING_PEAK: f32 = 0.001;

/// What is kept of a track's newest hops between two looks at them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    /// K-weighted power and frames of the hops of [`SHORT_TERM_HOPS`], and their sums.
    hops: VecDeque<(f32, u32)>,
    k_power: Sum,
    frames: u64,
    oldest: Mark,
    newest: Mark,
    gain: f32,
    live: Live,
}

/// Tells a hop from any other of its track.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
struct Mark {
    index: i64,
    epoch: u16,
    onsets: u32,
    bits: [u32; 3],
}

impl Mark {
    fn of(hop: &Hop) -> Self {
        let bits = [hop.k_power.to_bits(), hop.peak[0].to_bits(), hop.power[1].to_bits()];
        Self { index: hop.index, epoch: hop.epoch, onsets: hop.onsets, bits }
    }
}

impl Recent {
    /// Readings over the newest hops; powers and peaks after the gain, but for the input peak.
    pub fn live(&mut self, track: &TrackInput<'_>) -> Live {
        let hops = &track.hops[track.hops.len().saturating_sub(SHORT_TERM_HOPS)..];
        let (Some(oldest), Some(newest)) = (hops.first(), hops.last()) else {
            *self = Self::default();
            return Live::default();
        };
        let (oldest, newest) = (Mark::of(oldest), Mark::of(newest));
        let is_same = self.hops.len() == hops.len() && self.oldest == oldest && self.newest == newest;
        if !is_same {
            self.follow(hops, oldest, newest);
        }
        if !is_same || self.gain != track.gain {
            self.gain = track.gain;
            let short_term = (hops.len() == SHORT_TERM_HOPS).then(|| self.k_power.value() / self.frames as f64);
            self.live = live(hops, track.gain, short_term);
        }
        self.live.clone()
    }

    /// Takes in the hops that came since.
    fn follow(&mut self, hops: &[Hop], oldest: Mark, newest: Mark) {
        let known = hops.iter().rposition(|hop| Mark::of(hop) == self.newest).map_or(0, |place| place + 1);
        let kept = if known > 0 { known.min(self.hops.len()) } else { 0 };
        while self.hops.len() > kept {
            self.leave();
        }
        if kept < known {
            // More of the past is shown than was before.
            (0..kept).for_each(|_| self.leave());
        }
        for hop in &hops[self.hops.len()..] {
            self.hops.push_back((hop.k_power, hop.frames));
            self.k_power.add(f64::from(hop.k_power));
            self.frames += u64::from(hop.frames);
        }
        (self.oldest, self.newest) = (oldest, newest);
    }

    fn leave(&mut self) {
        if let Some((k_power, frames)) = self.hops.pop_front() {
            self.k_power.take(f64::from(k_power));
            self.frames -= u64::from(frames);
        }
    }
}

fn live(hops: &[Hop], gain: f32, short_term: Option<f64>) -> Live {
    let recent = |count: usize| &hops[hops.len().saturating_sub(count)..];
    let momentary = recent(MOMENTARY_HOPS);
    let Some(newest) = momentary.last() else { return Live::default() };
    let square = f64::from(gain) * f64::from(gain);
    let (mut frames, mut sums) = (0.0, [0.0; 4]);
    for hop in momentary {
        frames += f64::from(hop.frames);
        for (sum, value) in sums.iter_mut().zip([hop.power[0], hop.power[1], hop.cross, hop.k_power]) {
            *sum += f64::from(value);
        }
    }
    let [left, right, cross, k_power] = sums.map(|sum| sum / frames);
    let is_mono = newest.flags.has(CellFlags::MONO);
    let channels = if is_mono { 1.0 } else { 2.0 };
    let peak = |hops: &[Hop]| hops.iter().map(|hop| hop.peak[0].max(hop.peak[1])).fold(0.0, f32::max);
    Live {
        input_peak_dbfs: Dbfs::from_peak(f64::from(peak(recent(PEAK_HOPS)))),
        momentary_lufs: Lufs::from_power(k_power * square),
        short_term_lufs: short_term.and_then(|power| Lufs::from_power(power * square)),
        rms_dbfs: Dbfs::rms((left + right) * square / channels),
        correlation: if is_mono { None } else { correlation(left, right, cross) },
        pan: if is_mono { None } else { pan_position(left, right) },
        mono_loss_db: if is_mono { None } else { mono_loss(left, right, cross) },
        onsets: newest.onsets,
        sounding: peak(momentary) > SOUNDING_PEAK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::{Measure, Placement, Role, SongMap, TrackId};

    /// A 1 kHz tone of -18 dBFS peak in both channels.
    fn tone(count: usize) -> Vec<Hop> {
        let peak = 10f32.powf(-18.0 / 20.0);
        let power = peak * peak / 2.0 * 480.0;
        let hop = Hop {
            frames: 480,
            peak: [peak; 2],
            power: [power; 2],
            cross: power,
            k_power: 2.0 * power,
            ..Hop::default()
        };
        vec![hop; count]
    }

    fn read(hops: &[Hop], gain: f32) -> Live {
        let song = SongMap::new();
        Recent::default().live(&TrackInput {
            id: TrackId(1),
            name: "Pad",
            role: Role::Pads,
            role_is_guess: true,
            is_reference: false,
            is_out: false,
            placement: Placement::Post,
            measure: None::<Measure>,
            gain,
            song: &song,
            hops,
            held_peak: None,
        })
    }

    #[test]
    fn a_tone_reads_what_it_is_after_the_trim() {
        let live = read(&tone(300), 2.0);
        let close = |read: Option<f64>, expected: f64| {
            let read = read.unwrap();
            assert!((read - expected).abs() < 0.01, "expected {expected}, read {read}");
        };
        close(live.input_peak_dbfs.map(|db| db.0), -18.0);
        close(live.rms_dbfs.map(|db| db.0), -18.0 + 6.02);
        close(live.momentary_lufs.map(|db| db.0), -18.0 - 0.691 + 6.02);
        close(live.short_term_lufs.map(|db| db.0), -18.0 - 0.691 + 6.02);
        close(live.correlation, 1.0);
        assert!(live.sounding);
    }

    #[test]
    fn three_seconds_are_not_told_from_less() {
        assert_eq!(read(&tone(299), 1.0).short_term_lufs, None);
        assert_eq!(read(&[], 1.0), Live::default());
    }
}
