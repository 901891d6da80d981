//! Hits: levels that do not depend on how often a drum plays. From 10 ms hops, as they come.

use super::record::{Hit, Hop};

/// An onset rises at least 6 dB above the largest of the hops before it.
const RISE: f64 = 3.981_071_705_534_972;
/// How many hops before it that is.
const LOOK_BACK: usize = 3;
/// An onset lies within 20 dB of the loudest hop so far.
const RANGE: f64 = 0.01;
/// Hops from one onset to the next: 100 ms.
const REFRACTORY: u32 = 10;
/// Hops in a hit's window: 200 ms.
const WINDOW: u32 = 20;
/// Mean power under which a sound has died away: -80 dBFS.
const SILENCE: f64 = 1e-8;

/// Finds onsets and measures the windows that they open.
#[derive(Clone, Debug)]
pub(super) struct HitGate {
    /// Mean powers of the newest hops.
    recent: [f64; LOOK_BACK],
    loudest: f64,
    since_onset: u32,
    onsets: u32,
    window: Option<HitWindow>,
}

#[derive(Clone, Copy, Debug)]
struct HitWindow {
    onset: i64,
    hops: u32,
    frames: f64,
    /// Frames of its longest hop.
    longest: u32,
    peak: f32,
    power: f64,
    k_power: f64,
}

impl HitGate {
    pub fn new() -> Self {
        Self { recent: [0.0; LOOK_BACK], loudest: 0.0, since_onset: REFRACTORY, onsets: 0, window: None }
    }

    /// Forgets everything, an unfinished window too: at each epoch.
    pub fn restart(&mut self) {
        *self = Self::new();
    }

    /// Onsets since the restart.
    pub fn onsets(&self) -> u32 {
        self.onsets
    }

    /// Takes the next hop; gives the hit whose window it closed.
    pub fn push(&mut self, hop: &Hop) -> Option<Hit> {
        let mut hit = None;
        if self.is_onset(hop) {
            // The window of the hit before ended with the hop before.
            hit = self.window.take().map(HitWindow::hit);
            self.window = Some(HitWindow::open(hop.index));
            self.onsets = self.onsets.wrapping_add(1);
            self.since_onset = 0;
        }
        self.since_onset = self.since_onset.saturating_add(1);
        if let Some(window) = &mut self.window {
            window.add(hop);
            if window.hops == WINDOW {
                hit = self.window.take().map(HitWindow::hit);
            }
        }
        hit
    }

    /// The epoch breaks off in a hop. A hit whose sound has died away by then is measured as if silence followed: hosts
    /// no longer call a track that is silent.
    pub fn end(&mut self, cut: Option<&Hop>) -> Option<Hit> {
        let mut window = self.window.take()?;
        let mut last = self.recent[LOOK_BACK - 1];
        if let Some(hop) = cut {
            window.add(hop);
            last = mean(hop);
        }
        (last < SILENCE).then(|| window.whole().hit())
    }

    fn is_onset(&mut self, hop: &Hop) -> bool {
        let power = mean(hop);
        let before = self.recent.iter().copied().fold(0.0, f64::max);
        self.recent.rotate_left(1);
        self.recent[LOOK_BACK - 1] = power;
        self.loudest = self.loudest.max(power);
        let rises = power > 0.0 && power >= RISE * before;
        rises && power >= RANGE * self.loudest && self.since_onset >= REFRACTORY
    }
}

fn mean(hop: &Hop) -> f64 {
    f64::from(hop.power[0] + hop.power[1]) / f64::from(hop.frames.max(1))
}

impl HitWindow {
    fn open(onset: i64) -> Self {
        Self { onset, hops: 0, frames: 0.0, longest: 0, peak: 0.0, power: 0.0, k_power: 0.0 }
    }

    fn add(&mut self, hop: &Hop) {
        self.hops += 1;
        self.frames += f64::from(hop.frames);
        self.longest = self.longest.max(hop.frames);
        self.peak = self.peak.max(hop.peak[0]).max(hop.peak[1]);
        self.power += f64::from(hop.power[0]) + f64::from(hop.power[1]);
        self.k_power += f64::from(hop.k_power);
    }

    /// With silence to its end.
    fn whole(self) -> Self {
        Self { frames: self.frames.max(f64::from(WINDOW * self.longest)), ..self }
    }

    fn hit(self) -> Hit {
        Hit {
            onset: self.onset,
            peak: self.peak,
            power: (self.power / self.frames) as f32,
            k_power: (self.k_power / self.frames) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hops with onsets, of a track with these levels in dB, hop by hop.
    fn onsets(levels: &[f64]) -> Vec<usize> {
        let mut gate = HitGate::new();
        let mut found = Vec::new();
        for (k, level) in levels.iter().enumerate() {
            let power = (480.0 * 10f64.powf(level / 10.0)) as f32;
            let before = gate.onsets();
            gate.push(&Hop { index: k as i64, frames: 480, power: [power / 4.0, power * 0.75], ..Hop::default() });
            if gate.onsets() != before {
                found.push(k);
            }
        }
        found
    }

    /// A loud hop, then 15 hops at each of the levels.
    fn steps(levels: &[f64]) -> Vec<f64> {
        [0.0].into_iter().chain(levels.iter().flat_map(|&level| [level; 15])).collect()
    }

    #[test]
    fn an_onset_rises_6_db() {
        assert_eq!(onsets(&steps(&[-15.0, -9.1])), [0]);
        assert_eq!(onsets(&steps(&[-15.0, -8.9])), [0, 16]);
    }

    #[test]
    fn it_rises_above_the_largest_of_three_hops() {
        let mut levels = steps(&[-40.0]);
        levels.extend([-10.0, -40.0, -40.0, -9.0]);
        assert_eq!(onsets(&levels), [0, 16], "the third hop before is as loud");
        let mut levels = steps(&[-40.0]);
        levels.extend([-21.0, -40.0, -40.0, -40.0, -18.0]);
        assert_eq!(onsets(&levels), [0, 20], "the fourth hop before no longer counts");
        let mut levels = steps(&[-40.0]);
        levels.extend([-21.0, -40.0, -40.0, -18.0]);
        assert_eq!(onsets(&levels), [0], "the third does");
    }

    #[test]
    fn it_lies_within_20_db_of_the_loudest_so_far() {
        assert_eq!(onsets(&steps(&[-40.0, -20.2])), [0]);
        assert_eq!(onsets(&steps(&[-40.0, -19.8])), [0, 16]);
        assert_eq!(
            onsets(&[[-60.0; 15], [-45.0; 15], [-30.0; 15]].concat()),
            [0, 15, 30],
            "what comes later is not known"
        );
    }

    #[test]
    fn another_follows_after_100_ms_at_the_earliest() {
        let gap = |hops: usize| {
            let mut levels = vec![0.0];
            levels.extend(vec![-40.0; hops - 1]);
            levels.push(0.0);
            onsets(&levels)
        };
        assert_eq!(gap(9), [0]);
        assert_eq!(gap(10), [0, 10]);
    }

    #[test]
    fn a_hop_of_few_frames_counts_by_its_mean() {
        let mut gate = HitGate::new();
        gate.push(&Hop { frames: 48, power: [48.0, 0.0], ..Hop::default() });
        for index in 1..20 {
            gate.push(&Hop { index, frames: 480, power: [480.0, 0.0], ..Hop::default() });
        }
        assert_eq!(gate.onsets(), 1, "ten times the power in ten times the frames is no rise");
    }
}
