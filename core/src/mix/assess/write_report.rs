//! From the tracks of a session to its report.

use std::borrow::Cow;
use std::sync::Arc;

use super::advice::{SentenceCache, advice};
use super::findings::Findings;
use super::write_plan::plan_report;
use crate::dsp::{CellFlags, correlation, mono_loss};
use crate::mix::breaks::Dynamics;
use crate::mix::levels::TrackSummary;
use crate::mix::masking::{self, HearingFacts};
use crate::mix::profile::{RoleTarget, TargetAgainst};
use crate::mix::roles::{Class, Role, RoleFrom};
use crate::mix::verdicts::{Finding, MixContext, Sides, Unit, UnitVerdict, fallback_note, pan_verdict, scope};
use crate::mix::{
    BusHearing, BusReport, Limits, MixReport, Reference, ReferenceState, SCHEMA, ScopeReport, SessionState, Span,
    StaleReport, TargetOrigin, TrackHearing, TrackInput, TrackReport, words,
};
use crate::units::{Db, Dbfs, Lu, Lufs, Seconds};

/// Writes the report.
pub(super) fn report(
    totals: &Findings<'_>,
    dynamics: &Dynamics,
    state: &SessionState,
    sentences: &mut [SentenceCache],
) -> MixReport {
    let &Findings { mix, summaries, hearing, .. } = totals;
    let findings = findings(totals);
    let tracks: Vec<_> = (0..mix.tracks.len()).map(|index| track_report(totals, &findings, index)).collect();
    let (plan, after) = plan_report(totals);
    let mut advice = advice(totals, &findings, plan.as_ref(), dynamics, sentences);
    advice.extend(masking::advice(mix, &findings, hearing));
    let notes = notes(mix, &tracks);
    MixReport {
        schema: SCHEMA,
        profile: mix.profile.name.clone(),
        profile_about: mix.profile.about.as_deref().map(str::to_owned),
        targets_from: origins(mix),
        limits: Limits::of(&mix.profile.rules),
        scope: scope_report(mix, state),
        reference: reference_report(mix),
        tracks,
        plan,
        after,
        breaks: dynamics.iter().map(|found| Arc::clone(&found.found)).collect(),
        advice,
        bus: bus_report(mix, summaries, hearing),
        hearing: hearing.mix.clone(),
        timeline: None,
        link: None,
        density: None,
        notes,
    }
}

fn findings<'a>(totals: &Findings<'a>) -> Vec<Finding<'a>> {
    let &Findings { mix, summaries: all, .. } = totals;
    let mut mates = [Sides::default(); Role::ALL.len()];
    for unit in mix.counted() {
        unit.members.iter().for_each(|&index| mates[unit.role as usize].add(&all[index]));
    }
    let finding = |(unit, judged): (&'a Unit<'a>, &'a UnitVerdict)| {
        let summaries = match unit.members {
            [only] => Cow::Borrowed(&all[*only..=*only]),
            several => Cow::Owned(several.iter().map(|&index| all[index]).collect()),
        };
        let pan = pan_verdict(&unit.asked(mix.profile).pan, unit, &summaries, mates[unit.role as usize]);
        Finding { unit, judged, summaries, pan }
    };
    mix.units.iter().zip(totals.judged).map(finding).collect()
}

fn track_report(totals: &Findings<'_>, findings: &[Finding<'_>], index: usize) -> TrackReport {
    let track = &totals.mix.tracks[index];
    let finding = &findings[totals.unit_of[index]];
    let (unit, judged, own) = (finding.unit, finding.judged, totals.summaries[index]);
    let after = &totals.after[unit.index];
    let is_other = |lands: &f64| judged.offset.is_none_or(|now| (lands - now).abs() > 1e-6);
    let lands = after.offset.filter(|_| after.judgement.is_some()).filter(is_other);
    let fallback = fallback_note(judged.class, judged.class_fallback).map(str::to_owned);
    let db = |value: Option<f64>| value.map(Db);
    TrackReport {
        id: track.id,
        name: track.name.to_owned(),
        role: track.role,
        role_is_guess: track.role_from.is_guess(),
        role_certainty: track.role_from.certainty(),
        is_reference: unit.is_reference,
        is_kit: unit.is_kit,
        part: unit.part.map(str::to_owned),
        class: judged.class,
        class_fallback: judged.class_fallback,
        scope: judged.span.map(|span| Span { from_s: Seconds(span.start_s()), to_s: Seconds(span.end_s()) }),
        input_peak_dbfs: own.input_peak,
        sample_peak_dbfs: own.sample_peak,
        true_peak_dbtp: own.true_peak,
        rms_dbfs: own.rms,
        integrated_lufs: own.integrated,
        max_short_term_lufs: own.max_short_term,
        held_peak_dbfs: track.held_peak.and_then(|peak| Dbfs::from_peak(f64::from(peak))),
        hits: judged.reading.filter(|reading| reading.class == Class::Hits).map(|reading| reading.hits),
        level_dbfs: judged.reading.map(|reading| Dbfs(reading.peak_db)),
        level_rms_dbfs: judged.reading.map(|reading| Dbfs(reading.rms_db)),
        level_lufs: judged.reading.map(|reading| Lufs(reading.lufs)),
        offset_db: db(judged.offset),
        loudness_offset_lu: judged.loudness_offset.map(Lu),
        spread: judged.spread.clone(),
        target: judged.target,
        verdict: judged.verdict,
        edge: judged.judgement.is_some_and(|judgement| judgement.edge),
        deviation_db: judged.judgement.map(|judgement| judgement.deviation),
        move_db: totals.move_of(unit),
        lands_at_db: db(lands),
        loudness_verdict: judged.loudness_verdict,
        note: judged.note.clone().or(totals.far_note(unit)).or(fallback),
        gain_staging: own.gain_staging,
        channels: (!totals.mix.levels[index].is_empty()).then_some(totals.mix.levels[index].channels),
        pan: own.pan,
        pan_rule: unit.asked(totals.mix.profile).pan,
        pan_verdict: finding.pan,
        correlation: own.correlation,
        mono_loss_db: own.mono_loss,
        thin_in_mono: own.thin_in_mono,
        placement: track.placement,
        is_out: track.is_out,
        is_ignored: false,
        non_finite_input: is_bad(totals.mix, index),
        heard_cells: track.song.heard(),
        missed_cells: track.song.missed(),
        stale: StaleReport::of(track.song),
        trim_db: Db::from_amplitude(f64::from(track.gain)),
        hearing: TrackHearing {
            crest_db: own.crest,
            loudness_range_lu: own.loudness_range,
            ..totals.hearing.tracks[index].clone()
        },
    }
}

/// Where the bands of the session's roles come from, in the roles' order, the drums first.
fn origins(mix: &MixContext<'_>) -> Vec<TargetOrigin> {
    let profile = mix.profile;
    let has_kit = mix.units.iter().any(|unit| unit.is_kit);
    let drums = has_kit.then(|| origin("drums", "Drums", &profile.drums)).flatten();
    let has = |role: &Role| mix.counted().any(|unit| unit.role == *role && !unit.is_kit);
    let roles = Role::ALL.into_iter().filter(|role| profile.role(*role).learnt.is_some() && has(role));
    drums.into_iter().chain(roles.filter_map(|role| origin(role.id(), role.label(), profile.role(role)))).collect()
}

/// Where a band comes from, where it was measured or learnt.
fn origin(role: &str, label: &str, asked: &RoleTarget) -> Option<TargetOrigin> {
    let (learnt, target) = asked.learnt.zip(asked.target)?;
    Some(TargetOrigin {
        role: role.to_owned(),
        median_db: learnt.median,
        spread_db: learnt.spread,
        songs: learnt.songs,
        who: asked.who.as_deref().map(str::to_owned),
        text: words::measured_at(label, &target, &learnt),
    })
}

fn scope_report(mix: &MixContext<'_>, state: &SessionState) -> ScopeReport {
    let Some(scope) = &mix.scope else {
        let kind = scope::kind(state);
        return ScopeReport { kind, from_s: None, to_s: None, from_bar: None, to_bar: None };
    };
    let (from_s, to_s) = (scope.span.start_s(), scope.span.end_s());
    ScopeReport {
        kind: scope.kind,
        from_s: Some(Seconds(from_s)),
        to_s: Some(Seconds(to_s)),
        from_bar: mix.bars.number(from_s),
        to_bar: mix.bars.number(to_s),
    }
}

fn reference_report(mix: &MixContext<'_>) -> Reference {
    let reference = &mix.reference;
    let names = |indices: &[usize]| indices.iter().map(|&index| mix.tracks[index].name.to_owned()).collect::<Vec<_>>();
    let last_hit_s = mix.last_hit_s();
    Reference {
        track: reference.exists().then(|| names(reference.members).join(" + ")),
        state: reference.state,
        hit_peak_dbfs: mix.reference_reading.map(|reading| Dbfs(reading.peak_db)),
        hit_lufs: mix.reference_reading.map(|reading| Lufs(reading.lufs)),
        last_hit_s: last_hit_s.map(Seconds),
        last_hit_bar: last_hit_s.and_then(|second| mix.bars.number(second)),
        claimed_by: names(reference.claimed_by),
    }
}

/// The facts of the mix bus, where the session has one.
fn bus_report(mix: &MixContext<'_>, summaries: &[TrackSummary], hearing: &HearingFacts) -> Option<BusReport> {
    let index = mix.tracks.iter().position(|track| track.role == Role::MixBus && !track.is_out)?;
    let (levels, own) = (mix.levels[index], &summaries[index]);
    let sums = levels.totals().map(crate::mix::levels::SongTotals::stereo_sums).unwrap_or_default();
    Some(BusReport {
        sample_peak_dbfs: own.sample_peak,
        true_peak_dbtp: own.true_peak,
        integrated_lufs: own.integrated,
        loudness_range_lu: own.loudness_range,
        correlation: correlation(sums.left, sums.right, sums.cross),
        mono_loss_db: mono_loss(sums.left, sums.right, sums.cross),
        low_side_db: hearing.bus_low_side,
        hearing: BusHearing { crest_db: own.crest, ..hearing.bus.clone() },
    })
}

fn notes(mix: &MixContext<'_>, tracks: &[TrackReport]) -> Vec<String> {
    let mut notes = Vec::new();
    match mix.reference.state {
        ReferenceState::Conflict => {
            notes.push("Two tracks are tagged as the kick: untag one. Nothing counts from the kick until then.".into());
        }
        ReferenceState::None if !mix.tracks.is_empty() && mix.tracks.iter().all(|track| track.role == Role::MixBus) => {
            notes.push("Facts of the mix alone: verdicts on tracks need their stems, or a Keel on each track.".into());
        }
        ReferenceState::None if tracks.iter().any(counts_from_kick) => notes.push(words::NO_KICK.into()),
        ReferenceState::Virtual if tracks.iter().any(counts_from_kick) => {
            notes.push(words::stands_in(tracks, mix.profile.rules.reference.kit_within));
        }
        _ => {}
    }
    let triggers: Vec<&str> =
        mix.tracks.iter().filter(|track| track.role_from == RoleFrom::Trigger).map(|track| track.name).collect();
    if !triggers.is_empty() {
        notes.push(format!(
            "Left out of all sums as triggers of a sidechain: {}. Give such a track a role if it is heard.",
            triggers.join(", ")
        ));
    }
    let bad: Vec<&str> =
        (0..mix.tracks.len()).filter(|&index| is_bad(mix, index)).map(|index| mix.tracks[index].name).collect();
    if !bad.is_empty() {
        notes.push(format!("Not-a-number or infinite samples came in, read as silence: {}.", bad.join(", ")));
    }
    let missed = mix.tracks.iter().map(|track| (track.name, track.song.missed())).filter(|(_, cells)| *cells > 0);
    notes.extend(words::all_missed(missed));
    let stale = tracks.iter().filter_map(|track| Some((track.name.as_str(), track.stale.as_ref()?)));
    notes.extend(words::stale_tracks(stale));
    if mix.tracks.iter().any(is_free_running) {
        notes.push("The host reports no song position: places count from when it began to play.".into());
    }
    notes
}

fn counts_from_kick(track: &TrackReport) -> bool {
    track.target.is_some_and(|target| target.against == TargetAgainst::Kick)
}

/// Its song is laid out by running time.
fn is_free_running(track: &TrackInput<'_>) -> bool {
    track.song.newest().is_some_and(|cell| cell.flags.has(CellFlags::FREE_RUNNING))
}

/// Non-finite samples came in.
fn is_bad(mix: &MixContext<'_>, index: usize) -> bool {
    mix.levels[index].totals().is_some_and(crate::mix::levels::SongTotals::non_finite)
}
