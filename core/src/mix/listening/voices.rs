//! The voices of a mix side by side: what each sounds like, and what all the others do to it.

use crate::dsp::BANDS;
use crate::mix::hearing::audibility::{self, Audibility, beside, calibrate, scaled};
use crate::mix::hearing::partial_loudness::Excitation;
use crate::mix::hearing::{BandPowers, stereo::StereoBands};
use crate::mix::judge::Judged;
use crate::mix::mixture::{Mixture, Unit};
use crate::mix::{Placement, Role};

/// A voice this far under the mix in every band, 0.04 dB of it, is none of what masks it.
const NO_PART: f64 = 0.01;
/// Hits stand this far over their mean at most, 20 dB.
const MOST_BOOST: f64 = 100.0;

/// One unit that sounds in the scope.
#[derive(Debug, PartialEq)]
pub(super) struct Voice {
    /// Its place among the units.
    pub unit: usize,
    /// Mean squares over the scope.
    pub mean: BandPowers,
    /// The same where it sounds.
    pub sounding: BandPowers,
    /// The kick itself, or one of its own tracks.
    is_kick: bool,
}

#[derive(Debug, PartialEq)]
pub(super) struct Voices {
    pub list: Vec<Voice>,
    /// Of all units that count in sums.
    pub total: BandPowers,
    /// Of the kick, where there is one.
    kick: Option<BandPowers>,
}

impl Voices {
    /// `None` where nothing counts, or where levels before and after the fader would have to be added up.
    pub fn new(mix: &Mixture<'_>, judged: &[Judged], spectra: &[Option<StereoBands>]) -> Option<Self> {
        let scope = mix.scope.as_ref()?.span;
        let powers = |members: &[usize]| -> Option<BandPowers> {
            members.iter().filter_map(|&index| spectra[index].as_ref()).map(StereoBands::powers).reduce(added)
        };
        if !are_comparable(mix.counted()) {
            return None;
        }
        let mut total = [0.0; BANDS];
        let mut list = Vec::new();
        for (place, (unit, judged)) in mix.units.iter().zip(judged).enumerate() {
            if unit.is_out || unit.role.is_bus() {
                continue;
            }
            let Some(mean) = powers(unit.members) else { continue };
            total = added(total, mean);
            let reading = judged.reading.filter(|_| judged.span == Some(scope));
            if let (Some(reading), Some(loudness)) = (reading, audibility::loudness(&mean)) {
                let boost = 10f64.powf((reading.lufs - loudness.0) / 10.0).clamp(1.0, MOST_BOOST);
                let is_kick = unit.is_anchor || unit.role == Role::Kick;
                list.push(Voice { unit: place, mean, sounding: scaled(&mean, boost), is_kick });
            }
        }
        let kick = powers(mix.reference.members);
        (total.iter().sum::<f64>() > 0.0).then_some(Self { list, total, kick })
    }

    /// Each voice beside all the others, the mix at a monitor level.
    pub fn listen(&self, monitor_db_spl: f64) -> Vec<Audibility> {
        let gain = calibrate(&self.total, monitor_db_spl).unwrap_or(0.0);
        let all = Excitation::of(&scaled(&self.total, gain));
        let heard = |voice: &Voice| {
            let takes_part = voice.mean.iter().zip(&self.total).any(|(own, all)| *own > NO_PART * all);
            let rest = std::array::from_fn(|band| (self.total[band] - voice.mean[band]).max(0.0) * gain);
            let masker = if takes_part { Excitation::of(&rest) } else { all };
            beside(&scaled(&voice.sounding, gain), &masker)
        };
        self.list.iter().map(heard).collect()
    }

    /// What the kick alone leaves of each voice that is none.
    pub fn beside_kick(&self, monitor_db_spl: f64) -> Vec<Option<f64>> {
        let gain = calibrate(&self.total, monitor_db_spl).unwrap_or(0.0);
        let kick = self.kick.as_ref().map(|kick| Excitation::of(&scaled(kick, gain)));
        let left = |voice: &Voice| beside(&scaled(&voice.sounding, gain), kick.as_ref()?).ratio;
        self.list.iter().map(|voice| if voice.is_kick { None } else { left(voice) }).collect()
    }

    /// The two voices with the most power in each band: whoever is masked there, one of them is another.
    pub fn loudest(&self) -> [[Option<usize>; 2]; BANDS] {
        std::array::from_fn(|band| {
            let power = |voice: Option<usize>| voice.map_or(0.0, |voice| self.list[voice].mean[band]);
            let mut two = [None; 2];
            for voice in 0..self.list.len() {
                let own = power(Some(voice));
                if own > power(two[0]) {
                    two = [Some(voice), two[0]];
                } else if own > power(two[1]) {
                    two[1] = Some(voice);
                }
            }
            two
        })
    }

    /// A part goes by its own name.
    pub fn name(&self, mix: &Mixture<'_>, voice: usize) -> String {
        let unit = &mix.units[self.list[voice].unit];
        unit.part.unwrap_or(mix.tracks[unit.members[0]].name).to_owned()
    }

    /// Kick, snare, bass and lead vocal, as far as there are any; of several the most audible, and a lead synth where nobody
    /// sings.
    pub fn four(&self, mix: &Mixture<'_>, phon: impl Fn(usize) -> f64) -> Vec<usize> {
        let best = |wanted: &dyn Fn(&Unit<'_>) -> bool| -> Option<usize> {
            let found = (0..self.list.len()).filter(|voice| wanted(&mix.units[self.list[*voice].unit]));
            found.max_by(|a, b| phon(*a).total_cmp(&phon(*b)).then(b.cmp(a)))
        };
        let role = |role: Role| best(&|unit: &Unit<'_>| unit.role == role && !unit.is_anchor);
        let kick = best(&|unit: &Unit<'_>| unit.is_anchor).or_else(|| role(Role::Kick));
        let bass = best(&|unit: &Unit<'_>| matches!(unit.role, Role::Bass | Role::Sub808) && !unit.is_anchor);
        let lead = role(Role::LeadVocal).or_else(|| role(Role::LeadSynth));
        [kick, role(Role::Snare), bass, lead].into_iter().flatten().collect()
    }
}

fn added(mut sum: BandPowers, more: BandPowers) -> BandPowers {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
    sum
}

/// Levels before and after the fader do not add up to a mix.
fn are_comparable<'a>(units: impl Iterator<Item = &'a Unit<'a>>) -> bool {
    let (mut before, mut after) = (false, false);
    for unit in units {
        before |= unit.placement == Placement::Pre;
        after |= unit.placement.sees_fader();
    }
    !(before && after)
}
