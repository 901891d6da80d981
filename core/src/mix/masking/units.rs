//! The units of a mix side by side: what each sounds like, and what all the others do to it.

use super::UnitAudibility;
use super::band_levels::TrackBands;
use crate::dsp::BANDS;
use crate::mix::levels::{Levels, read_raw};
use crate::mix::profile::Measure;
use crate::mix::psychoacoustics::BandPowers;
use crate::mix::psychoacoustics::audibility::{self, Sound, calibrate, scaled};
use crate::mix::psychoacoustics::partial_loudness::Excitation;
use crate::mix::roles::{Class, Role};
use crate::mix::song::CellSpan;
use crate::mix::verdicts::{MixContext, Unit, UnitVerdict};
use crate::mix::{HearingRules, LevelRules, Placement};

/// A unit this far under the mix in every band, 0.04 dB of it, is none of what masks it.
const NO_PART: f64 = 0.01;
/// Hits stand this far over their mean at most, 20 dB.
const MOST_BOOST: f64 = 100.0;

/// One unit that sounds in the scope.
#[derive(Debug)]
pub(super) struct SoundingUnit {
    /// Its place among the units.
    pub unit: usize,
    /// Mean squares over the scope.
    pub mean: BandPowers,
    /// The same where it sounds.
    pub sounding: BandPowers,
    /// The kick itself, or one of its own tracks.
    is_kick: bool,
}

#[derive(Debug)]
pub(super) struct SoundingUnits {
    pub list: Vec<SoundingUnit>,
    /// Of all units that count in sums.
    pub total: BandPowers,
    /// Of the kick, where there is one.
    kick: Option<BandPowers>,
}

/// The loudness of each unit over the records that the session is heard by, as long as it stands.
#[derive(Debug, Default)]
pub(super) struct UnitLoudnesses(Vec<UnitLoudness>);

#[derive(Debug, Default)]
struct UnitLoudness {
    went_by: Option<LoudnessKey>,
    /// The version of what was heard that was seen.
    seen: u64,
    /// Before the gain.
    read: Option<f64>,
    /// After it; `None` of a unit that is silent in the scope.
    lufs: Option<f64>,
}

/// What a loudness goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
struct LoudnessKey {
    levels: u64,
    class: Class,
    span: CellSpan,
    /// The gain, on which gates depend.
    scale: f64,
    rules: LevelRules,
}

impl UnitLoudnesses {
    /// Reads a unit over a span; true where its level is other than before.
    pub fn read(&mut self, mix: &MixContext<'_>, unit: &Unit<'_>, judged: &UnitVerdict, span: CellSpan) -> bool {
        let mut is_new = self.0.len() != mix.units.len();
        self.0.resize_with(mix.units.len(), UnitLoudness::default);
        let level = &mut self.0[unit.index];
        let is_heard = judged.reading.is_some() && judged.span == mix.scope.as_ref().map(|scope| scope.span);
        let counts = is_heard && unit.is_counted();
        let lufs = if counts { level.update(mix, unit.levels, judged.class, span) } else { None };
        is_new |= lufs != level.lufs;
        level.lufs = lufs;
        is_new
    }

    pub fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<UnitLoudness>()
    }
}

impl UnitLoudness {
    fn update(&mut self, mix: &MixContext<'_>, levels: &Levels, class: Class, span: CellSpan) -> Option<f64> {
        let (scale, rules) = (levels.scale(), mix.profile.rules.level);
        let key = LoudnessKey { levels: levels.id(), class, span, scale, rules };
        let mut touches = self.went_by != Some(key);
        touches |= !levels.changes().since(self.seen, |from, to| touches |= from < span.to && to > span.from);
        self.seen = levels.changes().version();
        if touches {
            self.went_by = Some(key);
            self.read = read_raw(levels, class, span, Measure::Loudness, &rules).map(|(lufs, _)| lufs);
        }
        self.read.zip(levels.gain_db()).map(|(read, gain)| read + gain)
    }
}

impl SoundingUnits {
    /// `None` where nothing counts, or where levels before and after the fader would have to be added up.
    pub fn new(mix: &MixContext<'_>, levels: &UnitLoudnesses, bands: &[TrackBands]) -> Option<Self> {
        let powers = |members: &[usize]| -> Option<BandPowers> {
            let of = |&index: &usize| {
                let powers = bands[index].bands.as_ref()?.powers();
                Some(scaled(&powers, mix.levels[index].mono_gain()))
            };
            members.iter().filter_map(of).reduce(added)
        };
        if !are_comparable(mix.counted()) {
            return None;
        }
        let mut total = [0.0; BANDS];
        let mut list = Vec::new();
        for (unit, level) in mix.units.iter().zip(&levels.0).filter(|(unit, _)| unit.is_counted()) {
            let Some(mean) = powers(unit.members) else { continue };
            total = added(total, mean);
            if let (Some(lufs), Some(loudness)) = (level.lufs, audibility::loudness(&mean)) {
                let boost = 10f64.powf((lufs - loudness.0) / 10.0).clamp(1.0, MOST_BOOST);
                let is_kick = unit.is_reference || unit.role == Role::Kick;
                list.push(SoundingUnit { unit: unit.index, mean, sounding: scaled(&mean, boost), is_kick });
            }
        }
        let kick = powers(mix.reference.members);
        (total.iter().sum::<f64>() > 0.0).then_some(Self { list, total, kick })
    }

    /// The two units with the most power in each band: whichever is masked there, one of the two is another.
    pub fn loudest(&self) -> [[Option<usize>; 2]; BANDS] {
        std::array::from_fn(|band| {
            let power = |one: Option<usize>| one.map_or(0.0, |one| self.list[one].mean[band]);
            let mut two = [None; 2];
            for one in 0..self.list.len() {
                let own = power(Some(one));
                if own > power(two[0]) {
                    two = [Some(one), two[0]];
                } else if own > power(two[1]) {
                    two[1] = Some(one);
                }
            }
            two
        })
    }

    /// A part goes by its own name.
    pub fn name(&self, mix: &MixContext<'_>, one: usize) -> String {
        mix.units[self.list[one].unit].name.to_owned()
    }

    /// Kick, snare, bass and lead vocal, as far as there are any; of several the most audible, and a lead synth where no one
    /// sings.
    pub fn four(&self, mix: &MixContext<'_>, phon: impl Fn(usize) -> f64) -> Vec<usize> {
        let best = |wanted: &dyn Fn(&Unit<'_>) -> bool| -> Option<usize> {
            let found = (0..self.list.len()).filter(|one| wanted(&mix.units[self.list[*one].unit]));
            found.max_by(|a, b| phon(*a).total_cmp(&phon(*b)).then(b.cmp(a)))
        };
        let role = |role: Role| best(&|unit: &Unit<'_>| unit.role == role && !unit.is_reference);
        let kick = best(&|unit: &Unit<'_>| unit.is_reference).or_else(|| role(Role::Kick));
        let bass = best(&|unit: &Unit<'_>| matches!(unit.role, Role::Bass | Role::Sub808) && !unit.is_reference);
        let lead = role(Role::LeadVocal).or_else(|| role(Role::LeadSynth));
        [kick, role(Role::Snare), bass, lead].into_iter().flatten().collect()
    }
}

/// What is heard of each unit beside all the others and beside the kick alone, the mix at a normal level, and at a
/// whisper.
#[derive(Debug)]
pub(super) struct Audibilities<'a> {
    units: &'a SoundingUnits,
    normal: MonitorLevel,
    whisper: MonitorLevel,
    kick: Option<Excitation>,
}

impl<'a> Audibilities<'a> {
    pub fn new(units: &'a SoundingUnits, rules: &HearingRules) -> Self {
        let [normal, whisper] = [rules.normal, rules.whisper].map(|level| MonitorLevel::new(units, level));
        let kick = units.kick.as_ref().map(|kick| Excitation::of(&scaled(kick, normal.gain)));
        Self { units, normal, whisper, kick }
    }

    /// In the order of the units.
    pub fn of_all(&self) -> Vec<UnitAudibility> {
        self.units.list.iter().map(|one| self.audibility_of(one)).collect()
    }

    fn audibility_of(&self, one: &SoundingUnit) -> UnitAudibility {
        let total = &self.units.total;
        let takes_part = one.mean.iter().zip(total).any(|(own, all)| *own > NO_PART * all);
        let rest: BandPowers = std::array::from_fn(|band| (total[band] - one.mean[band]).max(0.0));
        let rest = takes_part.then_some(&rest);
        let own = Sound::new(scaled(&one.sounding, self.normal.gain));
        let kick = self.kick.as_ref().filter(|_| !one.is_kick);
        UnitAudibility {
            normal: own.beside(&self.normal.masker(rest)),
            whisper: Sound::new(scaled(&one.sounding, self.whisper.gain)).beside(&self.whisper.masker(rest)),
            by_kick: kick.and_then(|kick| own.ratio_beside(kick)),
        }
    }
}

/// The mix at a monitor level.
#[derive(Debug)]
struct MonitorLevel {
    /// From mean squares to 10^(dB SPL / 10).
    gain: f64,
    all: Excitation,
}

impl MonitorLevel {
    fn new(units: &SoundingUnits, monitor_db_spl: f64) -> Self {
        let gain = calibrate(&units.total, monitor_db_spl).unwrap_or(0.0);
        Self { gain, all: Excitation::of(&scaled(&units.total, gain)) }
    }

    /// What the rest of the mix excites; all of it where a unit has no part in it.
    fn masker(&self, rest: Option<&BandPowers>) -> Excitation {
        rest.map_or(self.all, |rest| Excitation::of(&scaled(rest, self.gain)))
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
