//! What moves on the screen: readings over the newest hops.

use super::{Live, TrackInput};
use crate::dsp::{CellFlags, Hop, correlation, mono_loss, pan_position};
use crate::units::{Dbfs, Lufs};

/// Hops in the 400 ms of a momentary reading.
const MOMENTARY_HOPS: usize = 40;
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
    let is_mono = newest.flags.has(CellFlags::MONO);
    let channels = if is_mono { 1.0 } else { 2.0 };
    let peak = |hops: &[Hop]| hops.iter().map(|hop| hop.peak[0].max(hop.peak[1])).fold(0.0, f32::max);
    Live {
        input_peak_dbfs: Dbfs::from_peak(f64::from(peak(recent(PEAK_HOPS)))),
        momentary_lufs: Lufs::from_power(mean(|hop| hop.k_power) * gain * gain),
        short_term_lufs: short_term(track),
        rms_dbfs: Dbfs::rms((left + right) * gain * gain / channels),
        correlation: if is_mono { None } else { correlation(left, right, cross) },
        pan: if is_mono { None } else { pan_position(left, right) },
        mono_loss_db: if is_mono { None } else { mono_loss(left, right, cross) },
        onsets: newest.onsets,
        sounding: peak(hops) > SOUNDING_PEAK,
    }
}

/// The last 3 s of the song map, as the hops reach back 2.5 s only.
fn short_term(track: &TrackInput<'_>) -> Option<Lufs> {
    let newest = track.song.newest()?;
    let cells = track.song.range(newest.index - 29, newest.index + 1);
    let (power, frames, count) = cells.fold((0.0, 0.0, 0), |(power, frames, count), cell| {
        (power + f64::from(cell.k_power), frames + f64::from(cell.frames), count + 1)
    });
    let gain = f64::from(track.gain);
    if count == 30 { Lufs::from_power(power / frames * gain * gain) } else { None }
}
