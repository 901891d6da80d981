//! The level of a track over a stretch of the song: by its hits, or as sustained sound (rules: "Level of a track").

use super::heard::{CellSpan, Heard, HeardHit};
use super::{Class, LevelRules, Measure};
use crate::dsp::gated_loudness;
use crate::units::{AES17_OFFSET, Db, Dbfs, LOUDNESS_OFFSET};

/// How far under its loudest a track still sounds, as a power ratio.
pub(crate) fn sounding(rules: &LevelRules) -> f64 {
    10f64.powf(-rules.sounding.0 / 10.0)
}

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
}

/// Reads a track over a span, at places that `other` has too; `None` where nothing can be read.
pub(crate) fn read(
    heard: &Heard,
    class: Class,
    span: CellSpan,
    other: Option<&Heard>,
    rules: &LevelRules,
) -> Option<Reading> {
    match class {
        Class::Hits => read_hits(heard, span, other, rules),
        Class::Sustained => read_sustained(heard, span, other, rules),
    }
}

fn read_hits(heard: &Heard, span: CellSpan, other: Option<&Heard>, rules: &LevelRules) -> Option<Reading> {
    let hits = heard.hits_in(span).iter().filter(|hit| other.is_none_or(|other| other.cell(hit.cell()).is_some()));
    let counted = counted_hits(hits, rules);
    let median_of = |value: fn(&HeardHit) -> f64| {
        let mut levels: Vec<f64> = counted.iter().filter_map(|hit| Db::from_power(value(hit)).map(|db| db.0)).collect();
        percentile(&mut levels, 0.5)
    };
    Some(Reading {
        class: Class::Hits,
        hits: counted.len(),
        peak_db: median_of(|hit| hit.peak * hit.peak)?,
        rms_db: AES17_OFFSET + median_of(|hit| hit.power)? - channels_db(heard),
        lufs: LOUDNESS_OFFSET + median_of(|hit| hit.k_power)?,
    })
}

/// The hits whose peak lies within 8 dB of the 90th percentile: ghost notes and bleed stay out.
pub(crate) fn counted_hits<'a>(hits: impl Iterator<Item = &'a HeardHit>, rules: &LevelRules) -> Vec<&'a HeardHit> {
    let hits: Vec<(&HeardHit, f64)> =
        hits.filter_map(|hit| Db::from_amplitude(hit.peak).map(|peak| (hit, peak.0))).collect();
    let mut peaks: Vec<f64> = hits.iter().map(|(_, peak)| *peak).collect();
    let Some(high) = percentile(&mut peaks, rules.hit_percentile / 100.0) else { return Vec::new() };
    hits.into_iter().filter(|(_, peak)| (peak - high).abs() <= rules.hit_range.0).map(|(hit, _)| hit).collect()
}

fn read_sustained(heard: &Heard, span: CellSpan, other: Option<&Heard>, rules: &LevelRules) -> Option<Reading> {
    let range = sounding(rules);
    let windows: Vec<_> = heard
        .windows_in(span)
        .filter(|(start, _)| other.is_none_or(|other| other.has_window(*start)))
        .map(|(_, window)| *window)
        .collect();
    let audible: Vec<_> = windows.iter().filter(|window| heard.sounds(window, range)).collect();
    let mut peaks: Vec<f64> =
        audible.iter().filter_map(|window| Db::from_amplitude(window.peak)).map(|db| db.0).collect();
    let power = audible.iter().map(|window| window.power).sum::<f64>() / audible.len().max(1) as f64;
    Some(Reading {
        class: Class::Sustained,
        hits: 0,
        peak_db: percentile(&mut peaks, rules.sustained_percentile / 100.0)?,
        rms_db: Dbfs::rms(power)?.0 - channels_db(heard),
        lufs: gated_loudness(windows.iter().map(|window| window.k_power))?.0,
    })
}

/// RMS is the mean over the channels, so that a full-scale sine in both reads 0 dBFS.
fn channels_db(heard: &Heard) -> f64 {
    10.0 * f64::from(heard.channels).log10()
}

/// The percentile by linear interpolation between the sorted values; `None` of nothing.
pub(crate) fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = share * last as f64;
    let low = place.floor() as usize;
    let (_, &mut below, above) = values.select_nth_unstable_by(low, f64::total_cmp);
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    Some(below + (next - below) * (place - low as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::Profile;

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
    fn ghost_notes_do_not_count() {
        let hit = |db: f64| HeardHit { onset_s: 0.0, peak: 10f64.powf(db / 20.0), power: 0.0, k_power: 0.0 };
        let rules = Profile::guide().rules.level;
        let hits: Vec<_> = [-10.0, -24.0, -10.2, -25.0, -9.8, -30.0].map(hit).into();
        assert_eq!(counted_hits(hits.iter(), &rules).len(), 3);
    }
}
