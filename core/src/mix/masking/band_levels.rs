//! The tracks' bands over a stretch of the song, after today's gain.

use crate::dsp::{BANDS, CELLS_PER_BANDS};
use crate::mix::levels::Levels;
use crate::mix::psychoacoustics::stereo::StereoBands;
use crate::mix::song::CellSpan;
use crate::mix::verdicts::{MixContext, Scope};
use crate::mix::{SongMap, TrackHearing, TrackInput};

/// Cells that a record may come late by, half a second: it ends with a transform that reaches beyond it, and travels.
const LATE: i32 = 5;

/// The whole records that stand for a scope: those whose middle lies in it, or the one that holds its middle. A scope that
/// slides along with the song goes by the stretch as long that ended with the last record that has come for certain.
pub(super) fn records_of(scope: &Scope) -> CellSpan {
    let whole = |cell: i32| cell.div_euclid(CELLS_PER_BANDS) * CELLS_PER_BANDS;
    let CellSpan { mut from, mut to } = scope.span;
    if scope.slides {
        let end = whole(to.saturating_sub(LATE));
        (from, to) = (from.saturating_sub(to - end), end);
    }
    let half = CELLS_PER_BANDS / 2;
    // Whose middle is at or after a cell.
    let first = |cell: i32| whole(cell.saturating_sub(half).saturating_add(CELLS_PER_BANDS - 1));
    let records = CellSpan { from: first(from), to: first(to) };
    let middle = whole(from.midpoint(to));
    if records.from < records.to {
        records
    } else {
        CellSpan { from: middle, to: middle.saturating_add(CELLS_PER_BANDS) }
    }
}

/// The spectra of a session's tracks, as long as they stand.
#[derive(Debug, Default)]
pub(super) struct BandLevels(Vec<TrackBands>);

/// What was read of one track.
#[derive(Debug, Default)]
pub(super) struct TrackBands {
    went_by: Option<BandKey>,
    /// The version of the song's cells that was seen.
    seen: u64,
    /// Before the gain where that is one for the whole song.
    read: Option<StereoBands>,
    gain: f64,
    channels: u8,
    /// After today's gain.
    pub bands: Option<StereoBands>,
    /// What the bands say by themselves.
    pub facts: TrackHearing,
}

/// What a reading goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
struct BandKey {
    song: u64,
    bands: u64,
    span: CellSpan,
    automated: bool,
}

impl BandLevels {
    /// Reads the tracks' bands over whole records, after today's gain; true where any are other than before.
    pub fn read(&mut self, mix: &MixContext<'_>, span: CellSpan) -> bool {
        let mut is_new = self.0.len() != mix.tracks.len();
        self.0.resize_with(mix.tracks.len(), TrackBands::default);
        for ((kept, track), levels) in self.0.iter_mut().zip(mix.tracks).zip(&mix.levels) {
            is_new |= kept.update(track, span, levels);
        }
        is_new
    }

    pub fn all(&self) -> &[TrackBands] {
        &self.0
    }

    pub fn heap_bytes(&self) -> usize {
        let lists = 3 * BANDS * size_of::<Option<f64>>();
        self.0.capacity() * (size_of::<TrackBands>() + lists)
    }
}

impl TrackBands {
    fn update(&mut self, track: &TrackInput<'_>, span: CellSpan, levels: &Levels) -> bool {
        let song = track.song;
        let automated = song.gain_is_automated();
        let key = BandKey { song: song.id(), bands: song.bands_version(), span, automated };
        let (gain, channels) = (levels.gain(), levels.channels);
        let reads = self.went_by != Some(key) || (automated && self.has_other_gains(song, span));
        self.seen = song.changes().version();
        if !reads && (gain, channels) == (self.gain, self.channels) {
            return false;
        }
        if reads {
            let read = spectrum(song, span);
            let is_same = self.went_by.is_some() && read == self.read;
            (self.went_by, self.read) = (Some(key), read);
            if is_same && (gain, channels) == (self.gain, self.channels) {
                return false;
            }
        }
        (self.gain, self.channels) = (gain, channels);
        let power_gain = gain * gain;
        self.bands = self.read.as_ref().map(|bands| bands.scaled(power_gain));
        self.facts = self.bands.as_ref().map(|bands| super::facts(bands, channels)).unwrap_or_default();
        true
    }

    /// Cells of the span may have another gain than they had.
    fn has_other_gains(&self, song: &SongMap, span: CellSpan) -> bool {
        let mut touches = false;
        !song.changes().since(self.seen, |from, to| touches |= from < span.to && to > span.from) || touches
    }
}

/// The mean over what was heard of whole records; `None` where nothing was.
fn spectrum(song: &SongMap, span: CellSpan) -> Option<StereoBands> {
    let mut sum = StereoBands::default();
    let mut weights = 0.0;
    for record in song.bands(span.from, span.to) {
        let first = record.index * CELLS_PER_BANDS;
        let weight = f64::from(record.frames);
        let power_gain = weight * power_gain(song, CellSpan { from: first, to: first + CELLS_PER_BANDS });
        record.each(|band, [left, right], cross| {
            sum.left[band] += left * power_gain;
            sum.right[band] += right * power_gain;
            sum.cross[band] += cross * power_gain;
        });
        weights += weight;
    }
    (weights > 0.0).then(|| sum.scaled(1.0 / weights))
}

/// Where trim is automated the mean of what the cells had, as a power ratio; else 1.
fn power_gain(song: &SongMap, record: CellSpan) -> f64 {
    if !song.gain_is_automated() {
        return 1.0;
    }
    let gains = song.range(record.from, record.to).map(|cell| f64::from(cell.gain) * f64::from(cell.gain));
    let (sum, count) = gains.fold((0.0, 0.0), |(sum, count), gain| (sum + gain, count + 1.0));
    if count > 0.0 { sum / count } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::ScopeKind;

    fn records(from: i32, to: i32, slides: bool) -> (i32, i32) {
        let span = records_of(&Scope { kind: ScopeKind::Playing, span: CellSpan { from, to }, slides });
        (span.from, span.to)
    }

    #[test]
    fn records_count_whole_by_their_middle() {
        assert_eq!(records(0, 160, false), (0, 160));
        assert_eq!(records(10, 170, false), (0, 160));
        assert_eq!(records(11, 171, false), (20, 180));
        assert_eq!(records(-30, 31, false), (-40, 40));
        // Shorter than a record: the one that it lies in.
        assert_eq!((records(1, 9, false), records(25, 29, false)), ((0, 20), (20, 40)));
    }

    #[test]
    fn while_the_song_plays_they_stand_for_two_seconds() {
        let ends: Vec<i32> = (165..186).map(|now| records(now - 160, now, true).1).collect();
        assert_eq!(ends, [vec![160; 20], vec![180]].concat());
        assert_eq!(records(5, 165, true), (0, 160));
    }
}
