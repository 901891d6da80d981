//! Facts of one track over all that was heard of it: peaks, loudness, stereo, gain staging.

use super::{Levels, StereoSums};
use crate::dsp::{correlation, gated_loudness_by, loudness_range_by, mono_loss, mono_loss_phase, pan_position};
use crate::mix::{GainStaging, GainStagingRules, Placement, Rules};
use crate::units::{Db, Dbfs, Dbtp, Lu, Lufs};

/// A sample at or over this is at full scale: the integers of a converter end just under 1.
const FULL_SCALE: f64 = 0.9999;

/// What was measured of a track.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TrackSummary {
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
pub(crate) fn summarize(levels: &Levels, placement: Placement, rules: &Rules) -> TrackSummary {
    let Some(totals) = levels.totals() else { return TrackSummary::default() };
    let scale = levels.trim() * levels.trim();
    let peak = Db::from_amplitude(levels.trim()).map(|trim| totals.peak_db() + trim.0).filter(|peak| peak.is_finite());
    let mean_square = totals.mean_square().map(|sum| sum * scale / f64::from(levels.channels));
    let loudness = |gate: f64| totals.loudness().mean_above(gate / scale).map(|mean| mean * scale);
    let mut summary = TrackSummary {
        input_peak: Dbfs::from_peak(totals.input_peak()),
        sample_peak: peak.map(Dbfs),
        true_peak: Dbtp::from_peak(totals.true_peak() * levels.trim()),
        rms: mean_square.and_then(Dbfs::rms),
        integrated: gated_loudness_by(loudness),
        max_short_term: totals.short_term().last().and_then(|power| Lufs::from_power(power * scale)),
        gain_staging: gain_staging(totals.input_peak(), &rules.gain_staging),
        loudness_range: range_of_loudness(levels),
        crest: peak.and_then(|peak| crest(totals.stereo_sums(), scale / f64::from(levels.channels), peak)),
        ..TrackSummary::default()
    };
    stereo(levels.channels, totals.stereo_sums(), placement, rules, &mut summary);
    summary
}

/// Loudness range (EBU Tech 3342) of a track over the song, after its gain.
fn range_of_loudness(levels: &Levels) -> Option<Lu> {
    let (powers, scale) = (levels.totals()?.short_term(), levels.trim() * levels.trim());
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

fn stereo(channels: u8, sums: StereoSums, placement: Placement, rules: &Rules, summary: &mut TrackSummary) {
    if channels == 1 {
        // Where the host puts one channel cannot be seen in it: no pan.
        let sounds = sums.left > 0.0;
        summary.correlation = sounds.then_some(1.0);
        summary.mono_loss = sounds.then_some(Db(0.0));
        return;
    }
    summary.correlation = correlation(sums.left, sums.right, sums.cross);
    summary.mono_loss = mono_loss(sums.left, sums.right, sums.cross);
    summary.phase_loss = mono_loss_phase(sums.left, sums.right, sums.cross);
    // Unrelated channels lose 3.01 dB by definition, which is no fault: the edge of verdicts holds here, too.
    let limit = -(rules.mono.thin.0 + rules.verdict.edge.0);
    summary.thin_in_mono = summary.phase_loss.is_some_and(|loss| loss.0 < limit);
    summary.pan = pan_position(sums.left, sums.right).filter(|pan| {
        let identical = pan.abs() < 0.005 && summary.correlation.is_some_and(|value| value > 0.9999);
        placement.sees_fader() || !identical
    });
}

/// Peak over the RMS of what sounds: a sine has 3.01 dB. `scale` is the power's gain, and the mean over the channels.
fn crest(sums: StereoSums, scale: f64, peak_db: f64) -> Option<Db> {
    let mean_square = (sums.left + sums.right) / sums.frames * scale;
    Db::from_power(mean_square).map(|rms| Db(peak_db - rms.0))
}
