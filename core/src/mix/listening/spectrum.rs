//! The tracks' bands over a stretch of the song, after today's gain.

use crate::dsp::{BANDS, CELLS_PER_BANDS};
use crate::mix::heard::CellSpan;
use crate::mix::hearing::stereo::StereoBands;
use crate::mix::{SongMap, TrackInput};

/// The spectra of a session's tracks, as long as songs and scope stand.
#[derive(Debug, Default)]
pub(super) struct Spectra(Vec<Kept>);

/// What was read of one track, before the gain where that is one for the whole song.
#[derive(Debug, Default)]
struct Kept {
    /// The song's id and version, and the span.
    went_by: Option<(u64, u64, CellSpan)>,
    bands: Option<StereoBands>,
}

impl Spectra {
    /// The bands of all tracks over a span, after today's gain.
    pub fn read(&mut self, tracks: &[TrackInput<'_>], span: CellSpan) -> Vec<Option<StereoBands>> {
        self.0.resize_with(tracks.len(), Kept::default);
        let read = |(kept, track): (&mut Kept, &TrackInput<'_>)| {
            let now = Some((track.song.id(), track.song.version(), span));
            if kept.went_by != now {
                *kept = Kept { went_by: now, bands: spectrum(track.song, span) };
            }
            let gain = f64::from(if track.song.gain_is_automated() { 1.0 } else { track.gain });
            kept.bands.as_ref().map(|bands| bands.scaled(gain * gain))
        };
        self.0.iter_mut().zip(tracks).map(read).collect()
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Kept>()
    }
}

/// The mean over what was heard of a span; records that reach over its ends count by what lies inside. `None` where nothing
/// was heard.
fn spectrum(song: &SongMap, span: CellSpan) -> Option<StereoBands> {
    let mut sum = StereoBands::default();
    let mut weights = 0.0;
    for record in song.bands(span.from, span.to) {
        let first = record.index * CELLS_PER_BANDS;
        let inside = CellSpan { from: first.max(span.from), to: (first + CELLS_PER_BANDS).min(span.to) };
        let weight = f64::from(record.frames) * f64::from(inside.to - inside.from) / f64::from(CELLS_PER_BANDS);
        let power_gain = power_gain(song, inside);
        for band in 0..BANDS {
            let ([left, right], cross) = (record.power(band), record.cross(band));
            sum.left[band] += left * weight * power_gain;
            sum.right[band] += right * weight * power_gain;
            sum.cross[band] += cross * weight * power_gain;
        }
        weights += weight;
    }
    (weights > 0.0).then(|| sum.scaled(1.0 / weights))
}

/// Where trim is automated the mean of what the cells had, as a power ratio; else 1.
fn power_gain(song: &SongMap, inside: CellSpan) -> f64 {
    if !song.gain_is_automated() {
        return 1.0;
    }
    let gains = song.range(inside.from, inside.to).map(|cell| f64::from(cell.gain) * f64::from(cell.gain));
    let (sum, count) = gains.fold((0.0, 0.0), |(sum, count), gain| (sum + gain, count + 1.0));
    if count > 0.0 { sum / count } else { 1.0 }
}
