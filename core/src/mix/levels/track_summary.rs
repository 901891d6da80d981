//! Facts of one track over all that was heard of it: peaks, loudness, stereo, gain staging.

use super::{Heard, StereoSums};
use crate::dsp::{correlation, gated_loudness_by, loudness_range_by, mono_loss, mono_loss_phase, pan_position};
use crate::mix::verdicts::Unit;
use crate::mix::{Class, GainStaging, GainStagingRules, PanRule, PanVerdict, Placement, Rules};
use crate::units::{Db, Dbfs, Dbtp, Lu, Lufs};

/// A sample at or over this is at full scale: the integers of a converter end just under 1.
const FULL_SCALE: f64 = 0.9999;

/// What was measured of a track.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Overview {
    pub input_peak: Option<Dbfs>,
    pub sample_peak: Option<Dbfs>,
    pub true_peak: Option<Dbtp>,
    pub rms: Option<Dbfs>,
    pub integrated: Option<Lufs>,
    pub max_short_term: Option<Lufs>,
    pub gain_staging: Option<GainStaging>,
    pub pan: Option<f64>,
    pub correlation: Option<f64>,
    pub mono_loss: Option<Db>,
    /// Lost in mono beyond what the pan explains.
    pub phase_loss: Option<Db>,
    pub thin_in_mono: bool,
    pub crest: Option<Db>,
    pub loudness_range: Option<Lu>,
}

/// Facts of a track over the song, after its gain.
pub(crate) fn overview(heard: &Heard, placement: Placement, rules: &Rules) -> Overview {
    let Some(facts) = heard.facts() else { return Overview::default() };
    let scale = heard.scale();
    let peak = heard.gain_db().map(|gain| facts.peak_db() + gain).filter(|peak| peak.is_finite());
    let mean_square = facts.mean_square().map(|sum| sum * scale / f64::from(heard.channels));
    let loudness = |gate: f64| facts.loudness().mean_above(gate / scale).map(|mean| mean * scale);
    let mut overview = Overview {
        input_peak: Dbfs::from_peak(facts.input_peak()),
        sample_peak: peak.map(Dbfs),
        true_peak: Dbtp::from_peak(facts.true_peak() * heard.gain()),
        rms: mean_square.and_then(Dbfs::rms),
        integrated: gated_loudness_by(loudness),
        max_short_term: facts.short_term().last().and_then(|power| Lufs::from_power(power * scale)),
        gain_staging: gain_staging(facts.input_peak(), &rules.gain_staging),
        loudness_range: range_of_loudness(heard),
        crest: peak.and_then(|peak| crest(facts.stereo_sums(), scale / f64::from(heard.channels), peak)),
        ..Overview::default()
    };
    stereo(heard.channels, facts.stereo_sums(), placement, rules, &mut overview);
    overview
}

/// Loudness range (EBU Tech 3342) of a track over the song, after its gain.
fn range_of_loudness(heard: &Heard) -> Option<Lu> {
    let (powers, scale) = (heard.facts()?.short_term(), heard.scale());
    let mean = |gate: f64| powers.mean_above(gate / scale).map(|mean| mean * scale);
    let at = |place: usize| powers.at(place).map(|power| f64::from(power) * scale);
    loudness_range_by(powers.len(), mean, |gate| powers.split(gate / scale).0, at)
}

/// The zone of the largest peak at Keel's input.
pub(crate) fn gain_staging(peak: f64, rules: &GainStagingRules) -> Option<GainStaging> {
    let level = Dbfs::from_peak(peak)?;
    Some(match level {
        _ if peak >= FULL_SCALE => GainStaging::Clipping,
        level if level < rules.low => GainStaging::Low,
        level if level <= rules.ok => GainStaging::Ok,
        level if level <= rules.warm => GainStaging::Warm,
        _ => GainStaging::Hot,
    })
}

fn stereo(channels: u8, sums: StereoSums, placement: Placement, rules: &Rules, overview: &mut Overview) {
    if channels == 1 {
        // One channel in both speakers: centre, unless a pan knob follows.
        let sounds = sums.left > 0.0;
        overview.pan = (sounds && placement.sees_fader()).then_some(0.0);
        overview.correlation = sounds.then_some(1.0);
        overview.mono_loss = sounds.then_some(Db(0.0));
        return;
    }
    overview.correlation = correlation(sums.left, sums.right, sums.cross);
    overview.mono_loss = mono_loss(sums.left, sums.right, sums.cross);
    overview.phase_loss = mono_loss_phase(sums.left, sums.right, sums.cross);
    // Unrelated channels lose 3.01 dB by definition, which is no fault: the edge of verdicts holds here, too.
    let limit = -(rules.mono.thin.0 + rules.verdict.edge.0);
    overview.thin_in_mono = overview.phase_loss.is_some_and(|loss| loss.0 < limit);
    overview.pan = pan_position(sums.left, sums.right).filter(|pan| {
        let identical = pan.abs() < 0.005 && overview.correlation.is_some_and(|value| value > 0.9999);
        placement.sees_fader() || !identical
    });
}

/// Peak over the RMS of what sounds: a sine has 3.01 dB. `scale` is the power's gain, and the mean over the channels.
fn crest(sums: StereoSums, scale: f64, peak_db: f64) -> Option<Db> {
    let mean_square = (sums.left + sums.right) / sums.frames * scale;
    Db::from_power(mean_square).map(|rms| Db(peak_db - rms.0))
}

/// Whether a unit's members are panned as their role asks; "left and right" asks it of all tracks of the role together.
pub(crate) fn pan_verdict(rule: &PanRule, unit: &Unit<'_>, members: &[Overview], mates: Sides) -> PanVerdict {
    if matches!(rule, PanRule::Free) || unit.is_out || unit.role.is_bus() {
        return PanVerdict::NotJudged;
    }
    let pans: Vec<f64> = members.iter().filter_map(|member| member.pan).collect();
    if pans.is_empty() || pans.len() < members.len() {
        let is_hidden = |member: &Overview| member.pan.is_none() && member.input_peak.is_some();
        return if members.iter().any(is_hidden) { PanVerdict::Unknown } else { PanVerdict::NotJudged };
    }
    let is_ok = match *rule {
        PanRule::Centre { within } => pans.iter().all(|pan| pan.abs() <= within),
        PanRule::Slight { from, to } => pans.iter().all(|pan| (from..=to).contains(&pan.abs())),
        PanRule::Wide { beyond, correlation } => {
            Sides::of(members).reach(beyond) || (members.len() == 1 && is_wide(&members[0], correlation))
        }
        PanRule::LeftRight { beyond, correlation } => {
            mates.reach(beyond) || members.iter().all(|member| is_wide(member, correlation))
        }
        PanRule::Free => true,
    };
    if is_ok { PanVerdict::Ok } else { PanVerdict::Off }
}

/// How far out tracks lie on either side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sides {
    left: f64,
    right: f64,
}

impl Default for Sides {
    fn default() -> Self {
        Self { left: f64::INFINITY, right: f64::NEG_INFINITY }
    }
}

impl Sides {
    pub fn add(&mut self, track: &Overview) {
        if let Some(pan) = track.pan {
            self.left = self.left.min(pan);
            self.right = self.right.max(pan);
        }
    }

    fn of(tracks: &[Overview]) -> Self {
        let mut sides = Self::default();
        tracks.iter().for_each(|track| sides.add(track));
        sides
    }

    fn reach(self, beyond: f64) -> bool {
        self.left <= -beyond && self.right >= beyond
    }
}

/// One stereo track wide by itself.
fn is_wide(track: &Overview, correlation: f64) -> bool {
    track.correlation.is_some_and(|value| value < correlation)
}

/// Hits roles show too few hits: said beside the level.
pub(crate) fn fallback_note(class: Class, fallback: bool) -> Option<&'static str> {
    (class == Class::Sustained && fallback).then_some("too few hits: read as sustained sound")
}
