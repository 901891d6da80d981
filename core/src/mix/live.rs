//! What moves on the screen: readings over the newest hops.

use super::{Live, TrackInput};
use crate::dsp::{CellFlags, Hop, correlation, mono_loss, pan_position};
use crate::units::{Dbfs, Lufs};

/// Hops in the 400 ms of a momentary reading.
const MOMENTARY_HOPS: usize = 40;
/// Hops in the 3 s of short-term loudness.
const SHORT_TERM_HOPS: usize = 300;
/// Hops over which the input peak is shown.
const PEAK_HOPS: usize = 10;
/// A track sounds while its peak is over this: -60 dBFS.
const SOUNDING_PEAK: f32 = 0.001;

/// Readings over the newest hops; powers and peaks after the gain, but for the input peak.
pub(crate) fn live(track: &TrackInput<'_>) -> Live {
    let recent = |count: usize| &track.hops[track.hops.len().saturating_sub(count)..];
    let hops = recent(MOMENTARY_HOPS);
    let Some(newest) = hops.last() else {
        return Live::default();
    };
    let gain = f64::from(track.gain);
    let frames: f64 = hops.iter().map(|hop| f64::from(hop.frames)).sum();
    let mean = |value: fn(&Hop) -> f32| hops.iter().map(|hop| f64::from(value(hop))).sum::<f64>() / frames;
    let (left, right, cross) = (mean(|hop| hop.power[0]), mean(|hop| hop.power[1]), mean(|hop| hop.cross));
    let short_term = (track.hops.len() >= SHORT_TERM_HOPS).then(|| k_power(recent(SHORT_TERM_HOPS)));
    let is_mono = newest.flags.has(CellFlags::MONO);
    let channels = if is_mono { 1.0 } else { 2.0 };
    let peak = |hops: &[Hop]| hops.iter().map(|hop| hop.peak[0].max(hop.peak[1])).fold(0.0, f32::max);
    Live {
        input_peak_dbfs: Dbfs::from_peak(f64::from(peak(recent(PEAK_HOPS)))),
        momentary_lufs: Lufs::from_power(k_power(hops) * gain * gain),
        short_term_lufs: short_term.and_then(|power| Lufs::from_power(power * gain * gain)),
        rms_dbfs: Dbfs::rms((left + right) * gain * gain / channels),
        correlation: if is_mono { None } else { correlation(left, right, cross) },
        pan: if is_mono { None } else { pan_position(left, right) },
        mono_loss_db: if is_mono { None } else { mono_loss(left, right, cross) },
        onsets: newest.onsets,
        sounding: peak(hops) > SOUNDING_PEAK,
    }
}

/// K-weighted mean square.
fn k_power(hops: &[Hop]) -> f64 {
    let frames: f64 = hops.iter().map(|hop| f64::from(hop.frames)).sum();
    hops.iter().map(|hop| f64::from(hop.k_power)).sum::<f64>() / frames
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
        live(&TrackInput {
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
