//! The level of a track over a stretch of the song: by its hits, or as sustained sound.

use smallvec::SmallVec;

use super::{LevelHit, Levels, Windows};
use crate::dsp::gated_loudness_by;
use crate::mix::LevelRules;
use crate::mix::profile::Measure;
use crate::mix::roles::Class;
use crate::mix::song::CellSpan;
use crate::units::{AES17_OFFSET, Db, Dbfs, LOUDNESS_OFFSET};

/// Values of one stretch: on the stack, as long as it is no longer than the usual ones.
type Values<T> = SmallVec<[T; 256]>;
/// The hits of one stretch.
pub(crate) type SomeHits<'a> = SmallVec<[&'a LevelHit; 64]>;

/// Values counted from the top among which a percentile is found by putting each in its place.
const FEW: usize = 16;

/// A track's level over a stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reading {
    pub class: Class,
    /// Hits that counted; 0 for sustained sound.
    pub hits: usize,
    /// Hit peak or sustained peak level, dBFS.
    pub peak_db: f64,
    /// AES17 level over the same hits or windows, dBFS.
    pub rms_db: f64,
    /// Hit loudness or gated loudness, LUFS.
    pub lufs: f64,
}

impl Reading {
    pub fn value(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Peak => self.peak_db,
            Measure::Rms => self.rms_db,
            Measure::Loudness => self.lufs,
        }
    }

    pub fn shifted(self, db: f64) -> Self {
        Self { peak_db: self.peak_db + db, rms_db: self.rms_db + db, lufs: self.lufs + db, ..self }
    }
}

/// Reads a track over a span, at places that `other` has too; `None` where nothing can be read.
pub(crate) fn read(
    levels: &Levels,
    class: Class,
    span: CellSpan,
    other: Option<&Levels>,
    rules: &LevelRules,
) -> Option<Reading> {
    let gain = levels.gain_db()?;
    let other = other.filter(|other| !other.has_all(clipped(levels, class, span)));
    let reading = match class {
        Class::Hits => read_hits(levels, span, other, rules),
        Class::Sustained => read_sustained(levels, span, other, rules),
    };
    Some(reading?.shifted(gain))
}

/// One measure of a track over a span, before its gain, and the hits that counted.
pub(crate) fn read_raw(
    levels: &Levels,
    class: Class,
    span: CellSpan,
    measure: Measure,
    rules: &LevelRules,
) -> Option<(f64, usize)> {
    match (class, measure) {
        (Class::Hits, Measure::Peak) => {
            let counted = counted_hits(levels.hits_in(span).iter(), rules);
            Some((median(counted.iter().map(|hit| hit.peak_db))?, counted.len()))
        }
        (Class::Sustained, Measure::Peak) => {
            Some((audible_peak(&levels.windows_in(span), levels.sounding_from(), rules, |_| true)?, 0))
        }
        (Class::Hits, _) => read_hits(levels, span, None, rules).map(|read| (read.value(measure), read.hits)),
        (Class::Sustained, _) => read_sustained(levels, span, None, rules).map(|read| (read.value(measure), 0)),
    }
}

/// The part of a span that holds what is read of a track.
fn clipped(levels: &Levels, class: Class, span: CellSpan) -> CellSpan {
    match class {
        Class::Sustained => CellSpan { from: span.from.max(levels.first), to: span.to.min(levels.end()) },
        Class::Hits => {
            let hits = levels.hits_in(span);
            let ends = hits.first().zip(hits.last());
            ends.map_or(CellSpan { from: 0, to: 0 }, |(a, b)| CellSpan { from: a.cell(), to: b.cell() + 1 })
        }
    }
}

fn read_hits(levels: &Levels, span: CellSpan, other: Option<&Levels>, rules: &LevelRules) -> Option<Reading> {
    let hits = levels.hits_in(span).iter().filter(|hit| other.is_none_or(|other| other.cell(hit.cell()).is_some()));
    of_hits(levels, &counted_hits(hits, rules))
}

/// The level of hits that count, before the gain.
pub(crate) fn of_hits(levels: &Levels, counted: &[&LevelHit]) -> Option<Reading> {
    let median_of = |value: fn(&LevelHit) -> f64| {
        let mut powers: Values<f64> = counted.iter().map(|hit| value(hit)).filter(|power| *power > 0.0).collect();
        power_percentile(&mut powers, 0.5)
    };
    Some(Reading {
        class: Class::Hits,
        hits: counted.len(),
        peak_db: median(counted.iter().map(|hit| hit.peak_db))?,
        rms_db: AES17_OFFSET + median_of(|hit| hit.power)? - channels_db(levels),
        lufs: LOUDNESS_OFFSET + median_of(|hit| hit.k_power)? + 10.0 * levels.sides().log10(),
    })
}

/// The hits whose peak lies within 8 dB of the 90th percentile: ghost notes and bleed stay out.
pub(crate) fn counted_hits<'a>(hits: impl Iterator<Item = &'a LevelHit>, rules: &LevelRules) -> SomeHits<'a> {
    let mut hits: SomeHits<'a> = hits.collect();
    let counts = hit_counts(high_peak(hits.iter().copied(), rules), rules);
    hits.retain(|hit| counts(hit));
    hits
}

/// The 90th percentile of the peaks, in dBFS before the gain; NaN where there are none.
pub(crate) fn high_peak<'a>(hits: impl Iterator<Item = &'a LevelHit>, rules: &LevelRules) -> f64 {
    let mut peaks: Values<f64> = hits.map(|hit| hit.peak_db).filter(|peak| *peak > f64::NEG_INFINITY).collect();
    percentile(&mut peaks, rules.hit_percentile / 100.0).unwrap_or(f64::NAN)
}

/// Finds the hits that count beside this [`high_peak`].
pub(crate) fn hit_counts(high_db: f64, rules: &LevelRules) -> impl Fn(&LevelHit) -> bool {
    let range = rules.hit_range.0;
    move |hit| (hit.peak_db - high_db).abs() <= range
}

fn read_sustained(levels: &Levels, span: CellSpan, other: Option<&Levels>, rules: &LevelRules) -> Option<Reading> {
    let windows = levels.windows_in(span);
    let limit = levels.sounding_from();
    let is_heard = |place: usize| other.is_none_or(|other| other.has_window(windows.start + place as i32));
    let peak_db = audible_peak(&windows, limit, rules, is_heard)?;
    let counts = |place: usize| windows.powers[place] >= limit && is_heard(place);
    let places = 0..windows.powers.len();
    let (k_powers, powers): (Values<f32>, Values<f32>);
    let all = if places.clone().all(counts) {
        (windows.k_powers, windows.powers)
    } else {
        k_powers = places.clone().filter(|place| counts(*place)).map(|place| windows.k_powers[place]).collect();
        powers = places.filter(|place| counts(*place)).map(|place| windows.powers[place]).collect();
        (&k_powers[..], &powers[..])
    };
    Some(Reading {
        class: Class::Sustained,
        hits: 0,
        peak_db,
        rms_db: Dbfs::rms(mean_from(all.1, limit)?)?.0 - channels_db(levels),
        lufs: gated(levels, all.0)?,
    })
}

/// Gated loudness of these windows before the gain, with the gates after it.
pub(crate) fn gated(levels: &Levels, k_powers: &[f32]) -> Option<f64> {
    Some(gated_at(k_powers, levels.k_scale())? - 10.0 * levels.scale().log10())
}

/// Gated loudness of these windows after a gain of power.
pub(crate) fn gated_at(k_powers: &[f32], scale: f64) -> Option<f64> {
    gated_loudness_by(|gate| mean_above(k_powers, gate / scale).map(|mean| mean * scale)).map(|after| after.0)
}

/// The mean of what lies above a limit. Four sums side by side keep the processor busy.
fn mean_above(powers: &[f32], limit: f64) -> Option<f64> {
    mean_from(powers, (limit as f32).next_up())
}

/// The mean of what lies at or over a limit: eight sums side by side, which compilers turn into vector code.
fn mean_from(powers: &[f32], limit: f32) -> Option<f64> {
    const LANES: usize = 8;
    let mut sums = [0.0f64; LANES];
    let mut counts = [0u32; LANES];
    let mut add = |chunk: &[f32; LANES]| {
        for lane in 0..LANES {
            let counts_in = chunk[lane] >= limit;
            sums[lane] += f64::from(if counts_in { chunk[lane] } else { 0.0 });
            counts[lane] += u32::from(counts_in);
        }
    };
    let (chunks, rest) = powers.as_chunks::<LANES>();
    chunks.iter().for_each(&mut add);
    let mut last = [f32::NAN; LANES];
    last[..rest.len()].copy_from_slice(rest);
    add(&last);
    let count: u32 = counts.iter().sum();
    (count > 0).then(|| sums.iter().sum::<f64>() / f64::from(count))
}

/// The 95th percentile of the peaks of the windows that sound.
fn audible_peak(windows: &Windows<'_>, limit: f32, rules: &LevelRules, both: impl Fn(usize) -> bool) -> Option<f64> {
    let mut peaks: Values<f32> = SmallVec::from_elem(f32::NEG_INFINITY, windows.powers.len());
    let mut count = 0u32;
    // Without a branch, so that it becomes vector code.
    for ((peak, power), read) in peaks.iter_mut().zip(windows.powers).zip(windows.peaks_db) {
        let sounds = (*power >= limit) & (*read > f32::NEG_INFINITY);
        count += u32::from(sounds);
        *peak = if sounds { *read } else { f32::NEG_INFINITY };
    }
    for (place, peak) in peaks.iter_mut().enumerate() {
        if *peak > f32::NEG_INFINITY && !both(place) {
            *peak = f32::NEG_INFINITY;
            count -= 1;
        }
    }
    let count = count as usize;
    let place = rules.sustained_percentile / 100.0 * count.checked_sub(1)? as f64;
    let low = place.floor() as usize;
    let rank = count - 1 - low;
    let (below, next) = if rank < FEW {
        let top = highest(&peaks, rank + 1);
        (top[rank], top[rank.saturating_sub(1)])
    } else {
        // What does not sound stands before all that does.
        let silent = peaks.len() - count;
        let (_, below, above) = peaks.select_nth_unstable_by(silent + low, f32::total_cmp);
        (*below, above.iter().copied().min_by(f32::total_cmp).unwrap_or(*below))
    };
    let (below, next) = (f64::from(below), f64::from(next));
    Some(below + (next - below) * (place - low as f64))
}

/// So many of the highest values, falling, and at most [`FEW`].
fn highest(values: &[f32], count: usize) -> [f32; FEW] {
    let mut top = [f32::NEG_INFINITY; FEW];
    let last = count.clamp(1, FEW) - 1;
    for some in values.chunks(8) {
        // Few are among the highest: one pass over eight of them.
        if some.iter().fold(f32::NEG_INFINITY, |most, value| if *value > most { *value } else { most }) <= top[last] {
            continue;
        }
        for &value in some.iter().filter(|value| **value > f32::NEG_INFINITY) {
            if value > top[last] {
                let mut place = last;
                while place > 0 && top[place - 1] < value {
                    top[place] = top[place - 1];
                    place -= 1;
                }
                top[place] = value;
            }
        }
    }
    top
}

/// RMS is the mean over the channels, so that a full-scale sine in both reads 0 dBFS.
fn channels_db(levels: &Levels) -> f64 {
    if levels.channels == 1 { 0.0 } else { AES17_OFFSET }
}

/// The percentile by linear interpolation between the sorted values; `None` of nothing.
pub(crate) fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    interpolated(values, share, Some)
}

/// The middle of these values; `None` of nothing.
pub(super) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    percentile(&mut values.collect::<Values<f64>>(), 0.5)
}

/// The percentile of powers, interpolated in decibels.
fn power_percentile(powers: &mut [f64], share: f64) -> Option<f64> {
    interpolated(powers, share, |power| Db::from_power(power).map(|db| db.0))
}

fn interpolated(values: &mut [f64], share: f64, map: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = share * last as f64;
    let low = place.floor() as usize;
    let (_, &mut below, above) = values.select_nth_unstable_by(low, f64::total_cmp);
    let part = place - low as f64;
    let next = if part > 0.0 { above.iter().copied().min_by(f64::total_cmp).unwrap_or(below) } else { below };
    let (below, next) = (map(below)?, map(next)?);
    Some(below + (next - below) * part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{Cell, CellFlags};
    use crate::mix::{Profile, SongMap};

    #[test]
    fn percentile_interpolates_linearly() {
        let mut values = [4.0, 1.0, 3.0, 2.0, 5.0];
        assert_eq!(percentile(&mut values, 0.5), Some(3.0));
        let high = percentile(&mut values, 0.9).unwrap();
        assert!((high - 4.6).abs() < 1e-12, "expected 4.6, read {high}");
        assert_eq!(percentile(&mut [], 0.5), None);
        assert_eq!(percentile(&mut [7.0], 0.95), Some(7.0));
    }

    #[test]
    fn the_highest_are_found_in_any_order() {
        for count in [1usize, 5, FEW, 40, 157] {
            let values: Vec<f32> = (0..count).map(|k| ((k * 7_919) % 163) as f32).collect();
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            for few in [1, 5, FEW] {
                let (top, few) = (highest(&values, few), few.min(count));
                assert_eq!(top[..few], sorted[..few], "{few} of {count}");
            }
        }
    }

    #[test]
    fn ghost_notes_do_not_count() {
        let mut song = SongMap::new();
        for (index, db) in (0..).zip([-10.0f32, -24.0, -10.2, -25.0, -9.8, -30.0]) {
            let hit_peak = 10f32.powf(db / 20.0);
            let flags = CellFlags::HIT;
            song.insert(&Cell { index, frames: 4800, flags, hit_peak, hit_power: 1.0, ..Cell::default() });
        }
        let mut levels = Levels::of_track();
        levels.update(&song, 1.0, &Profile::guide().rules.level);
        let hits = levels.hits_in(CellSpan { from: -10, to: 10 });
        assert_eq!((hits.len(), counted_hits(hits.iter(), &Profile::guide().rules.level).len()), (6, 3));
    }
}
