//! What moves on the screen: readings over a track's newest hops.

use crate::dsp::{CellFlags, Hop, correlation, mono_loss, pan_position};
use crate::units::{Db, Dbfs};

/// Hops in the 400 ms over which correlation, pan and mono loss are read.
const STEREO_HOPS: usize = 40;
/// Hops over which the input peak is shown.
const PEAK_HOPS: usize = 10;

/// What moves on the screen. No report holds it: a view reads it as often as it draws.
///
/// ```
/// use keel_core::dsp::Hop;
/// use keel_core::mix::LiveMeters;
///
/// let hop = Hop { frames: 480, peak: [0.5; 2], power: [60.0; 2], cross: 60.0, ..Hop::default() };
/// let meters = LiveMeters::of(&[hop; 40], None);
/// assert_eq!(meters.input_peak_dbfs.map(|db| db.0.round()), Some(-6.0));
/// assert_eq!(meters.correlation, Some(1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct LiveMeters {
    /// Peak of the last 100 ms at Keel's input.
    pub input_peak_dbfs: Option<Dbfs>,
    /// Plain maximum since the user's reset, after the trim.
    pub held_peak_dbfs: Option<Dbfs>,
    /// These three over the last 400 ms; `None` on one channel.
    pub correlation: Option<f64>,
    /// -1 is left, 1 is right.
    pub pan: Option<f64>,
    /// What left and right lose when they are summed.
    pub mono_loss_db: Option<Db>,
    /// Onsets heard: a change is a hit.
    pub onsets: u32,
}

impl LiveMeters {
    /// Reads a track's newest hops, oldest first, and its held peak as a linear value.
    pub fn of(hops: &[Hop], held_peak: Option<f32>) -> Self {
        let held_peak_dbfs = held_peak.and_then(|peak| Dbfs::from_peak(f64::from(peak)));
        let recent = |count: usize| &hops[hops.len().saturating_sub(count)..];
        let Some(newest) = hops.last() else { return Self { held_peak_dbfs, ..Self::default() } };
        let peak = recent(PEAK_HOPS).iter().map(|hop| hop.peak[0].max(hop.peak[1])).fold(0.0, f32::max);
        let meters = Self {
            input_peak_dbfs: Dbfs::from_peak(f64::from(peak)),
            held_peak_dbfs,
            onsets: newest.onsets,
            ..Self::default()
        };
        if newest.flags.has(CellFlags::MONO) {
            return meters;
        }
        let mut sums = [0.0; 3];
        for hop in recent(STEREO_HOPS) {
            for (sum, value) in sums.iter_mut().zip([hop.power[0], hop.power[1], hop.cross]) {
                *sum += f64::from(value);
            }
        }
        let [left, right, cross] = sums;
        Self {
            correlation: correlation(left, right, cross),
            pan: pan_position(left, right),
            mono_loss_db: mono_loss(left, right, cross),
            ..meters
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 1 kHz tone of -18 dBFS peak, the right channel at a share of the left.
    fn tone(count: usize, right: f32, flags: CellFlags) -> Vec<Hop> {
        let peak = 10f32.powf(-18.0 / 20.0);
        let power = peak * peak / 2.0 * 480.0;
        let hop = Hop {
            frames: 480,
            peak: [peak, peak * right],
            power: [power, power * right * right],
            cross: power * right,
            flags,
            onsets: 7,
            ..Hop::default()
        };
        vec![hop; count]
    }

    fn assert_close(read: Option<f64>, expected: f64) {
        let read = read.expect("a reading");
        assert!((read - expected).abs() < 0.01, "expected {expected}, read {read}");
    }

    #[test]
    fn a_tone_reads_what_it_is_at_the_input() {
        let meters = LiveMeters::of(&tone(60, 1.0, CellFlags(0)), Some(0.5));
        assert_close(meters.input_peak_dbfs.map(|db| db.0), -18.0);
        assert_close(meters.held_peak_dbfs.map(|db| db.0), -6.02);
        assert_close(meters.correlation, 1.0);
        assert_close(meters.pan, 0.0);
        assert_close(meters.mono_loss_db.map(|db| db.0), 0.0);
        assert_eq!(meters.onsets, 7);
        let inverted = LiveMeters::of(&tone(60, -0.5, CellFlags(0)), None);
        assert_close(inverted.correlation, -1.0);
        assert!(inverted.pan.is_some_and(|pan| pan < -0.2), "{inverted:?}");
    }

    #[test]
    fn old_hops_leave_and_one_channel_has_no_place() {
        let mut hops = tone(60, -1.0, CellFlags(0));
        hops.extend(tone(STEREO_HOPS, 1.0, CellFlags(0)));
        assert_close(LiveMeters::of(&hops, None).correlation, 1.0);
        let mono = LiveMeters::of(&tone(60, 1.0, CellFlags::MONO), None);
        assert_eq!((mono.correlation, mono.pan, mono.mono_loss_db), (None, None, None));
        assert_close(mono.input_peak_dbfs.map(|db| db.0), -18.0);
        assert_eq!(LiveMeters::of(&[], None), LiveMeters::default());
    }
}
