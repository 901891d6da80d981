//! Facts of one track over all that was heard of it: peaks, loudness, stereo, gain staging.

use super::heard::{CELLS_PER_S, Heard};
use super::mixture::Unit;
use super::reading::sounding;
use super::{Class, GainStaging, GainStagingRules, PanRule, PanVerdict, Placement, Rules};
use crate::dsp::{correlation, gated_loudness, mono_loss, mono_loss_phase, pan_position};
use crate::units::{Db, Dbfs, Dbtp, Lufs};

/// A sample at or over this is at full scale: the integers of a converter end just under 1.
const FULL_SCALE: f64 = 0.9999;
/// Cells in the 3 s of short-term loudness (EBU Tech 3341).
const SHORT_TERM_CELLS: usize = (3.0 * CELLS_PER_S) as usize;

/// Power sums of a track's sounding cells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StereoSums {
    pub left: f64,
    pub right: f64,
    pub cross: f64,
}

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
}

pub(crate) fn overview(heard: &Heard, placement: Placement, rules: &Rules) -> Overview {
    let peak = heard.cells.iter().map(|cell| cell.peak).fold(0.0, f64::max);
    let true_peak = heard.cells.iter().map(|cell| cell.true_peak).fold(0.0, f64::max);
    let mut overview = Overview {
        input_peak: Dbfs::from_peak(heard.input_peak),
        sample_peak: Dbfs::from_peak(peak),
        true_peak: Dbtp::from_peak(true_peak),
        rms: mean_square(heard).and_then(Dbfs::rms),
        integrated: gated_loudness(heard.windows.iter().flatten().map(|window| window.k_power)),
        max_short_term: max_short_term(heard),
        gain_staging: gain_staging(heard.input_peak, &rules.gain_staging),
        ..Overview::default()
    };
    stereo(heard, placement, rules, &mut overview);
    overview
}

/// Mean over all frames heard and over the channels.
fn mean_square(heard: &Heard) -> Option<f64> {
    let frames: f64 = heard.cells.iter().map(|cell| f64::from(cell.frames)).sum();
    let sum: f64 = heard.cells.iter().map(|cell| (cell.power[0] + cell.power[1]) * f64::from(cell.frames)).sum();
    (frames > 0.0).then(|| sum / frames / f64::from(heard.channels))
}

fn max_short_term(heard: &Heard) -> Option<Lufs> {
    short_term(heard).max_by(f64::total_cmp).and_then(Lufs::from_power)
}

/// The K-weighted mean square of each 3 s, every 100 ms.
pub(crate) fn short_term(heard: &Heard) -> impl Iterator<Item = f64> {
    heard.cells.windows(SHORT_TERM_CELLS).filter(|cells| cells.iter().all(|cell| cell.complete)).map(|cells| {
        let frames: f64 = cells.iter().map(|cell| f64::from(cell.frames)).sum();
        cells.iter().map(|cell| cell.k_power * f64::from(cell.frames)).sum::<f64>() / frames
    })
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

/// Where the track sounds; silence between would not change sums of power, but a far tail's noise might.
pub(crate) fn stereo_sums(heard: &Heard, rules: &Rules) -> StereoSums {
    let range = sounding(&rules.level);
    let mut sums = StereoSums::default();
    for (start, window) in heard.windows_in(heard.span()) {
        if heard.sounds(window, range)
            && let Some(cell) = heard.cell(start)
        {
            let frames = f64::from(cell.frames);
            sums.left += cell.power[0] * frames;
            sums.right += cell.power[1] * frames;
            sums.cross += cell.cross * frames;
        }
    }
    sums
}

fn stereo(heard: &Heard, placement: Placement, rules: &Rules, overview: &mut Overview) {
    let sums = stereo_sums(heard, rules);
    if heard.channels == 1 {
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

/// Whether a unit's members are panned as their role asks; "left and right" asks it of all tracks of the role together.
pub(crate) fn pan_verdict(rule: &PanRule, unit: &Unit, members: &[Overview], mates: &[Overview]) -> PanVerdict {
    if matches!(rule, PanRule::Free) || unit.is_out || unit.role.is_bus() {
        return PanVerdict::NotJudged;
    }
    let pans: Vec<f64> = members.iter().filter_map(|member| member.pan).collect();
    if pans.is_empty() || pans.len() < members.len() {
        return PanVerdict::Unknown;
    }
    let is_ok = match *rule {
        PanRule::Centre { within } => pans.iter().all(|pan| pan.abs() <= within),
        PanRule::Slight { from, to } => pans.iter().all(|pan| (from..=to).contains(&pan.abs())),
        PanRule::Wide { beyond, correlation } => {
            are_on_both_sides(members, beyond) || (members.len() == 1 && is_wide(&members[0], correlation))
        }
        PanRule::LeftRight { beyond, correlation } => {
            are_on_both_sides(mates, beyond) || members.iter().all(|member| is_wide(member, correlation))
        }
        PanRule::Free => true,
    };
    if is_ok { PanVerdict::Ok } else { PanVerdict::Off }
}

fn are_on_both_sides(tracks: &[Overview], beyond: f64) -> bool {
    let pans = || tracks.iter().filter_map(|track| track.pan);
    pans().any(|pan| pan <= -beyond) && pans().any(|pan| pan >= beyond)
}

/// One stereo track wide by itself.
fn is_wide(track: &Overview, correlation: f64) -> bool {
    track.correlation.is_some_and(|value| value < correlation)
}

/// Hits roles show too few hits: said beside the level.
pub(crate) fn fallback_note(class: Class, fallback: bool) -> Option<&'static str> {
    (class == Class::Sustained && fallback).then_some("too few hits: read as sustained sound")
}
