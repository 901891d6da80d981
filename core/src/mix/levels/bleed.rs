//! Which hits of a drum are another drum's, leaked into its microphone. Levels are those before the gain.

use super::reading::{counted_hits, median};
use super::{HitsMark, LevelHit, Levels};
use crate::mix::LevelRules;

/// Hits that fall with nobody's louder one show how the track itself sounds, if there are so many.
const FEWEST_SOLO: usize = 3;
/// A hit sounds as the track itself does within this brightness, dB.
const ALIKE_DB: f64 = 1.5;
/// So far under the track's own level a hit is no accent of it.
const SOFT_DB: f64 = 5.0;

/// A track that is read by its hits.
#[derive(Debug)]
pub(crate) struct Drum<'a> {
    pub levels: &'a mut Levels,
    /// Tracks of one part are never each other's bleed.
    pub part: usize,
}

/// The louder hit of another drum at the same moment, the loudest of several: whose, and how far this one lies from it.
type Source = Option<(usize, f64)>;

/// Finds bleed, and does so anew only where some hit has changed.
#[derive(Debug, Default)]
pub(crate) struct BleedFinder {
    seen: Vec<(HitsMark, usize)>,
    rules: Option<LevelRules>,
}

impl BleedFinder {
    /// Lets each drum's hits be those of its own.
    pub fn update(&mut self, drums: &mut [Drum<'_>], rules: &LevelRules) {
        let now: Vec<_> = drums.iter().map(|drum| (drum.levels.mark_of_struck(), drum.part)).collect();
        if now == self.seen && self.rules == Some(*rules) {
            return;
        }
        (self.seen, self.rules) = (now, Some(*rules));
        let sources = sources(drums, rules);
        let distances = Distances::new(&sources, rules);
        for (place, (drum, sources)) in drums.iter_mut().zip(&sources).enumerate() {
            let own = own_hits(place, drum.levels.struck(), sources, &distances, rules);
            drum.levels.set_own_hits(&own);
        }
    }
}

/// The loudest hits that begin in one hop, of two parts.
#[derive(Clone, Copy, Debug)]
struct HopPeaks {
    hop: i64,
    /// Peak and drum, the louder first; none of a second part is minus infinity.
    of_parts: [(f64, usize); 2],
}

/// What may have leaked into each hit of each drum.
fn sources(drums: &[Drum<'_>], rules: &LevelRules) -> Vec<Vec<Source>> {
    let hop = |hit: &LevelHit| (hit.onset_s * 100.0).round() as i64;
    let reach = (rules.bleed_seconds.0 * 100.0).round() as i64;
    let loudest = peaks_by_hop(drums, hop);
    let source = |part: usize, hit: &LevelHit| {
        let at = hop(hit);
        let near = loudest[loudest.partition_point(|other| other.hop < at - reach)..].iter();
        let others = near.take_while(|other| other.hop <= at + reach).flat_map(|other| other.of_parts);
        let louder = others.filter(|(peak, drum)| *peak > hit.peak_db && drums[*drum].part != part);
        louder.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(peak, drum)| (drum, hit.peak_db - peak))
    };
    drums.iter().map(|drum| drum.levels.struck().iter().map(|hit| source(drum.part, hit)).collect()).collect()
}

/// In the order of time.
fn peaks_by_hop(drums: &[Drum<'_>], hop: impl Fn(&LevelHit) -> i64) -> Vec<HopPeaks> {
    let all = drums.iter().enumerate();
    let all = all.flat_map(|(drum, of)| of.levels.struck().iter().map(move |hit| (hit, drum)));
    let mut all: Vec<(i64, f64, usize)> = all.map(|(hit, drum)| (hop(hit), hit.peak_db, drum)).collect();
    all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut loudest: Vec<HopPeaks> = Vec::new();
    for (hop, peak, drum) in all {
        match loudest.last_mut().filter(|last| last.hop == hop) {
            None => loudest.push(HopPeaks { hop, of_parts: [(peak, drum), (f64::NEG_INFINITY, drum)] }),
            Some(last)
                if last.of_parts[1].0 == f64::NEG_INFINITY && drums[drum].part != drums[last.of_parts[0].1].part =>
            {
                last.of_parts[1] = (peak, drum);
            }
            Some(_) => {}
        }
    }
    loudest
}

/// For each two drums how far the first one's hits lie from the other's at the same moments; NaN where that varies.
#[derive(Debug)]
struct Distances {
    drums: usize,
    typical: Vec<f64>,
}

impl Distances {
    fn new(sources: &[Vec<Source>], rules: &LevelRules) -> Self {
        let drums = sources.len();
        let mut all: Vec<Vec<f64>> = vec![Vec::new(); drums * drums];
        for (drum, hits) in sources.iter().enumerate() {
            for &(other, distance) in hits.iter().flatten() {
                all[drum * drums + other].push(distance);
            }
        }
        let typical = |distances: Vec<f64>| {
            let is_enough = distances.len() >= rules.bleed_hits;
            let middle = median(distances.iter().copied()).filter(|_| is_enough)?;
            let deviation = median(distances.iter().map(|distance| (distance - middle).abs()))?;
            // Two drums that are always played together are as steady: bleed lies farther down.
            (deviation < rules.bleed_deviation.0 && middle <= -rules.bleed_distance.0).then_some(middle)
        };
        Self { drums, typical: all.into_iter().map(|distances| typical(distances).unwrap_or(f64::NAN)).collect() }
    }

    fn of(&self, drum: usize, other: usize) -> f64 {
        self.typical[drum * self.drums + other]
    }
}

/// Which of a drum's hits are its own.
fn own_hits(
    drum: usize,
    hits: &[LevelHit],
    sources: &[Source],
    distances: &Distances,
    rules: &LevelRules,
) -> Vec<bool> {
    let solo = || hits.iter().zip(sources).filter(|(_, source)| source.is_none()).map(|(hit, _)| hit);
    let has_solo = solo().count() >= FEWEST_SOLO;
    let counted = if has_solo { counted_hits(solo(), rules) } else { counted_hits(hits.iter(), rules) };
    let middle = |value: fn(&LevelHit) -> f64| median(counted.iter().map(|hit| value(hit))).unwrap_or(f64::NAN);
    let (level, bright) = (middle(|hit| hit.peak_db), middle(brightness));
    // Programmed drums keep a steady distance, too, but are as loud as alone, or sound as they do alone.
    let is_other = |hit: &LevelHit| {
        let differs = (brightness(hit) - bright).abs() > ALIKE_DB;
        hit.peak_db <= level - SOFT_DB || (differs && hit.peak_db < level)
    };
    let is_bleed = |hit: &LevelHit, source: &Source| {
        let is_faint = hit.peak_db < level - rules.bleed_under.0;
        source.is_some_and(|(other, distance)| {
            let is_at = (distance - distances.of(drum, other)).abs() <= rules.bleed_spread.0;
            is_faint || (has_solo && is_at && is_other(hit))
        })
    };
    hits.iter().zip(sources).map(|(hit, source)| !is_bleed(hit, source)).collect()
}

/// K-weighted over plain power, dB.
fn brightness(hit: &LevelHit) -> f64 {
    10.0 * (hit.k_power / hit.power).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{Cell, CellFlags};
    use crate::mix::{Profile, SongMap};

    /// A hit: its time in 10 ms, its peak in dB, and its K-weighted over plain power in dB.
    type Struck = (i32, f64, f64);

    fn drum(hits: &[Struck]) -> Levels {
        let mut song = SongMap::new();
        for &(hop, peak_db, bright) in hits {
            let (index, hit_peak) = (hop.div_euclid(10) + 2, 10f64.powf(peak_db / 20.0));
            song.insert(&Cell {
                index,
                frames: 4800,
                flags: CellFlags::HIT,
                hit_age: (i64::from(index) * 10 - i64::from(hop)) as i16,
                hit_peak: hit_peak as f32,
                hit_power: (hit_peak * hit_peak / 10.0) as f32,
                hit_k_power: (hit_peak * hit_peak / 10.0 * 10f64.powf(bright / 10.0)) as f32,
                ..Cell::default()
            });
        }
        let mut levels = Levels::of_track();
        levels.update(&song, 1.0, &Profile::guide().rules.level);
        levels
    }

    /// The onsets of each drum's own hits, in 10 ms; each is a part of its own.
    fn own(drums: &[Vec<Struck>]) -> Vec<Vec<i32>> {
        let mut levels: Vec<Levels> = drums.iter().map(|hits| drum(hits)).collect();
        let mut drums: Vec<Drum<'_>> =
            levels.iter_mut().enumerate().map(|(part, levels)| Drum { levels, part }).collect();
        BleedFinder::default().update(&mut drums, &Profile::guide().rules.level);
        let onsets = |levels: &Levels| levels.hits().iter().map(|hit| (hit.onset_s * 100.0).round() as i32).collect();
        levels.iter().map(onsets).collect()
    }

    /// A kick on every second, each with its own level.
    fn kick(count: i32) -> Vec<Struck> {
        (0..count).map(|k| (k * 100, -10.0 - f64::from(k % 3), -5.0)).collect()
    }

    #[test]
    fn a_faint_hit_beside_a_louder_one_is_bleed() {
        let toms = [(0, -33.0, -5.0), (50, -12.0, -2.0), (70, -12.0, -2.0), (90, -12.0, -2.0), (102, -33.0, -5.0)];
        assert_eq!(own(&[kick(20), toms.to_vec()])[1], [50, 70, 90]);
    }

    #[test]
    fn steady_bleed_is_found_however_loud_it_is_beside_the_track() {
        // A hat between the beats; in its microphone the kick, 12 dB down: as loud as the hat.
        let bleed = kick(20).into_iter().map(|(hop, peak, bright)| (hop + 1, peak - 12.0, bright));
        let hats: Vec<Struck> = bleed.chain((0..20).map(|k| (k * 100 + 50, -21.0, 4.0))).collect();
        let found = own(&[kick(20), hats]);
        assert_eq!(found[1], (0..20).map(|k| k * 100 + 50).collect::<Vec<_>>());
        assert_eq!(found[0].len(), 20, "the kick keeps its own");
    }

    #[test]
    fn a_hat_played_with_the_kick_stays_with_its_accents() {
        let accents = [0.0, 4.0, -4.0, 2.0];
        let hats: Vec<Struck> = (0..40).map(|k| (k * 50, -20.0 + accents[k as usize % 4], 4.0)).collect();
        assert_eq!(own(&[kick(20), hats.clone()])[1].len(), 40);
        let machine: Vec<Struck> = hats.iter().map(|(hop, _, bright)| (*hop, -20.0, *bright)).collect();
        let steady: Vec<Struck> = kick(20).iter().map(|(hop, _, bright)| (*hop, -10.0, *bright)).collect();
        assert_eq!(own(&[steady, machine])[1].len(), 40, "it sounds as it does alone");
    }

    #[test]
    fn a_snare_that_always_falls_on_a_kick_is_no_bleed() {
        let on_kicks = |under: f64| (0..20).map(|k| (k * 100, -10.0 - f64::from(k % 3) - under, 2.0)).collect();
        assert_eq!(own(&[kick(20), on_kicks(3.0)])[1].len(), 20);
        let clap: Vec<Struck> = on_kicks(8.0);
        assert_eq!(own(&[kick(20), clap.clone()])[1].len(), 20, "nothing tells how it sounds by itself");
        let with_fill: Vec<Struck> =
            on_kicks(3.0).into_iter().chain([(1_930, -14.0, 5.0), (1_950, -14.0, 5.0), (1_970, -14.0, 5.0)]).collect();
        assert_eq!(own(&[kick(20), with_fill])[1].len(), 23, "3 dB down is no bleed");
    }

    #[test]
    fn a_kept_finder_finds_what_a_new_one_does() {
        let bleed: Vec<Struck> = kick(40).into_iter().map(|(hop, peak, bright)| (hop, peak - 14.0, bright)).collect();
        let tom: Vec<Struck> = bleed.into_iter().chain((0..4).map(|k| (k * 500 + 40, -20.0, 0.0))).collect();
        let rules = Profile::guide().rules.level;
        let mut levels = [drum(&kick(40)), drum(&tom)];
        let mut finder = BleedFinder::default();
        for _ in 0..2 {
            let mut drums: Vec<Drum<'_>> =
                levels.iter_mut().enumerate().map(|(part, levels)| Drum { levels, part }).collect();
            finder.update(&mut drums, &rules);
            assert_eq!(levels[1].hits().len(), 4);
        }
        let before = levels[1].mark_of_hits(levels[1].span());
        let mut drums: Vec<Drum<'_>> = levels.iter_mut().map(|levels| Drum { levels, part: 0 }).collect();
        finder.update(&mut drums, &rules);
        assert_eq!(levels[1].hits().len(), 44, "members of a part are never each other's bleed");
        assert!(levels[1].mark_of_hits(levels[1].span()).begins_with(&before).is_none());
    }
}
