//! How loud a track usually is where it plays: what tells playing from resting.

use super::SILENCE;
use super::windows::WindowRow;
use crate::mix::LevelRules;
use crate::mix::exact_sum::Sorted;

/// From so many windows on sorting all anew costs less than putting each in its place.
const MANY: usize = 512;

/// The powers of all windows that are no silence, in their order. All before the gain.
#[derive(Clone, Debug, Default)]
pub(super) struct UsualLevel {
    powers: Sorted<f32>,
    /// They are to be sorted anew.
    is_stale: bool,
}

impl UsualLevel {
    /// So many windows are about to change.
    pub fn expect(&mut self, windows: usize) {
        self.is_stale |= windows >= MANY;
    }

    /// Takes a window in or out.
    pub fn count(&mut self, power: f32, in_or_out: bool) {
        if self.is_stale || !may_count(power) {
            return;
        }
        if in_or_out { self.powers.insert(power) } else { self.powers.remove(power) }
    }

    pub fn settle(&mut self, windows: &WindowRow) {
        if std::mem::take(&mut self.is_stale) {
            let loud = windows.powers().iter().copied().filter(|power| may_count(*power));
            self.powers = Sorted::new(loud.collect());
        }
    }

    /// The power from which on a window plays: so far under the median of those near the loudest. One channel is heard
    /// from two `sides`, so that it is silent where the same sound in both would be.
    pub fn plays_from(&self, rules: &LevelRules, sides: f64) -> f32 {
        let silence = ((SILENCE / sides) as f32).next_up();
        let silent = self.powers.under(silence);
        let Some(high) = self.percentile(silent, rules.usual_percentile / 100.0) else { return silence };
        let near = self.powers.under((high * ratio(-rules.usual_range.0)) as f32).max(silent);
        let usual = self.percentile(near, 0.5).unwrap_or(high);
        ((usual * ratio(-rules.sounding.0)) as f32).max(silence)
    }

    /// A window lies between these powers.
    pub fn any_in(&self, (low, high): (f32, f32)) -> bool {
        self.powers.under(high) > self.powers.under(low)
    }

    /// The percentile of those from a place on, interpolated in decibels.
    fn percentile(&self, from: usize, share: f64) -> Option<f64> {
        let place = from as f64 + share * (self.powers.len() - from).checked_sub(1)? as f64;
        let at = |place: f64| self.powers.at(place as usize).map(f64::from);
        let below = at(place.floor())?;
        let above = at(place.ceil()).unwrap_or(below);
        Some(below * (above / below).powf(place.fract()))
    }

    pub fn heap_bytes(&self) -> usize {
        self.powers.heap_bytes()
    }
}

/// It is no silence, be it one channel or two.
fn may_count(power: f32) -> bool {
    f64::from(power) > SILENCE / 2.0
}

/// Power ratio of these decibels.
fn ratio(db: f64) -> f64 {
    10f64.powf(db / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::Profile;

    /// The limit over windows of these levels in decibels.
    fn limit_db(windows: &[f64]) -> f64 {
        let mut usual = UsualLevel::default();
        windows.iter().for_each(|db| usual.count(ratio(*db) as f32, true));
        10.0 * f64::from(usual.plays_from(&Profile::guide().rules.level, 1.0)).log10()
    }

    #[test]
    fn what_is_soft_beside_the_usual_level_is_rest() {
        let song = [vec![-20.0; 100], vec![-50.0; 300]].concat();
        assert!((limit_db(&song) + 44.0).abs() < 1e-4, "24 dB under -20, not {}", limit_db(&song));
    }

    #[test]
    fn one_shout_does_not_set_the_usual_level() {
        let song = [vec![-30.0; 500], vec![-10.0; 3]].concat();
        assert!((limit_db(&song) + 54.0).abs() < 1e-4, "24 dB under -30, not {}", limit_db(&song));
    }

    #[test]
    fn silence_neither_counts_nor_plays() {
        let song = [vec![-12.0; 2], vec![-110.0; 1_000], vec![f64::NEG_INFINITY; 1_000]].concat();
        assert!((limit_db(&song) + 36.0).abs() < 1e-4, "24 dB under -12, not {}", limit_db(&song));
        assert!((limit_db(&[-70.0; 9]) + 80.0).abs() < 1e-4, "nothing under -80 dBFS plays");
        assert!((limit_db(&[]) + 80.0).abs() < 1e-4);
        let mut usual = UsualLevel::default();
        usual.count(ratio(-82.0) as f32, true);
        let rules = Profile::guide().rules.level;
        assert!(usual.plays_from(&rules, 2.0) <= ratio(-82.0) as f32, "-82 on each side is -79 in all");
        assert!(usual.plays_from(&rules, 1.0) > ratio(-82.0) as f32);
    }

    #[test]
    fn the_median_is_interpolated_in_decibels() {
        assert!((limit_db(&[-10.0, -14.0]) + 36.0).abs() < 1e-4, "{}", limit_db(&[-10.0, -14.0]));
    }

    #[test]
    fn taken_out_and_put_in_in_any_order_the_limit_is_the_same() {
        let rules = Profile::guide().rules.level;
        let level = |k: u64| ratio(-((k * 7_919 % 97) as f64)) as f32;
        let mut kept = UsualLevel::default();
        (0..900).for_each(|k| kept.count(level(k), true));
        (0..900).step_by(3).for_each(|k| kept.count(level(k), false));
        let mut anew = UsualLevel::default();
        (0..900).rev().filter(|k| k % 3 != 0).for_each(|k| anew.count(level(k), true));
        assert_eq!(kept.plays_from(&rules, 1.0), anew.plays_from(&rules, 1.0));
    }
}
