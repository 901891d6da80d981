//! Masking, the whisper test, the loud check and mono by bands, on bands written one by one.

mod common;

use std::sync::Arc;

use common::{Track, band_at, inputs, named};
use keel_core::dsp::band_hz;
use keel_core::mix::{
    AdviceKind, LoudVerdict, Masking, MixReport, Placement, Profile, Role, ScopeKind, SessionState, WhisperReport,
    assess,
};

const SECONDS: f64 = 40.0;

fn judge(tracks: &[Track]) -> MixReport {
    let state = SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() };
    assess(&inputs(tracks), &Profile::guide(), &state)
}

/// Sound so faint in its cells that the bands alone have the level.
fn track(name: &str, role: Role) -> Track {
    Track::silent(name, role, SECONDS).tone(0.0, SECONDS, -40.0)
}

fn kick() -> Track {
    Track::silent("Kick", Role::Kick, SECONDS).hits(0.0, SECONDS, 0.5, -40.0)
}

fn masking(report: &MixReport, name: &str) -> Arc<Masking> {
    named(report, name).hearing.masking.clone().unwrap_or_else(|| panic!("{name} has no masking"))
}

fn whisper(report: &MixReport) -> &WhisperReport {
    report.hearing.whisper.as_ref().expect("a whisper test")
}

fn advised(report: &MixReport, kind: AdviceKind) -> Vec<&str> {
    report.advice.iter().filter(|advice| advice.kind == kind).map(|advice| advice.text.as_str()).collect()
}

/// A kick whose bass end hides a bass this far under it, and a vocal far above both.
fn low_end(bass_db: f64) -> [Track; 3] {
    [
        kick().band(55.0, -10.0).build(),
        // It sits by its peak, so that no fader's advice comes first.
        track("Bass", Role::Bass).band(55.0, -5.5 + bass_db).gain_db(-4.5).build(),
        track("Vox", Role::LeadVocal).band(1_500.0, -20.0).build(),
    ]
}

#[test]
fn a_kick_masks_the_bass_in_its_own_band_and_no_vocal() {
    let report = judge(&low_end(-6.0));
    let bass = masking(&report, "Bass");
    assert!(bass.at_risk && bass.by_kick.is_some_and(|left| left < 0.05), "{bass:?}");
    assert_eq!(bass.masker.as_deref(), Some("Kick"));
    assert!((bass.band_hz.unwrap() - 55.0).abs() < 40.0, "{bass:?}");
    let vocal = masking(&report, "Vox");
    assert!(!vocal.at_risk && vocal.by_kick.unwrap() > 0.97 && vocal.by_mix.unwrap() > 0.97, "{vocal:?}");
    assert_eq!(masking(&report, "Kick").by_kick, None, "the kick does not mask itself");
    assert_eq!(advised(&report, AdviceKind::Mask), [""; 0], "what is hardly heard is no line of what to do");
}

#[test]
fn a_bass_well_over_the_kick_competes_with_it() {
    let report = judge(&low_end(12.0));
    assert!(!masking(&report, "Bass").at_risk && masking(&report, "Kick").at_risk);
}

#[test]
fn a_gain_moves_masking_at_once() {
    let [kick, _, vocal] = low_end(0.0);
    let bass = |gain_db: f64| track("Bass", Role::Bass).band(55.0, -16.0).gain_db(gain_db).build();
    let left = |gain_db| masking(&judge(&[kick.clone(), bass(gain_db), vocal.clone()]), "Bass").by_kick.unwrap();
    let (before, after) = (left(0.0), left(20.0));
    assert!(before < 0.05 && after > 0.5, "{before} before, {after} after");
    assert_eq!(after, masking(&judge(&low_end(14.0)), "Bass").by_kick.unwrap(), "as if it had been printed so");
}

#[test]
fn buses_and_what_is_out_mask_nothing() {
    let plain = judge(&low_end(6.0));
    let extra = |role, is_out| {
        let mut extra = track("Extra", role).band(55.0, 10.0).band(1_500.0, 10.0).build();
        extra.is_out = is_out;
        let [kick, bass, vocal] = low_end(6.0);
        judge(&[kick, bass, vocal, extra])
    };
    for (role, is_out) in [(Role::Group, false), (Role::Return, false), (Role::MixBus, false), (Role::Pads, true)] {
        let report = extra(role, is_out);
        for name in ["Kick", "Bass", "Vox"] {
            assert_eq!(masking(&report, name), masking(&plain, name), "{name} beside a {role:?}, out: {is_out}");
        }
        assert_eq!(named(&report, "Extra").hearing.masking, None);
        assert!(!whisper(&report).order.contains(&"Extra".to_owned()));
    }
    assert!(masking(&extra(Role::Pads, false), "Vox").at_risk, "a pad that counts does mask");
}

#[test]
fn takes_of_one_part_do_not_mask_each_other() {
    let side = |name, side| track(name, Role::Guitars).hard(side).band(800.0, -20.0).build();
    let report = judge(&[kick().band(55.0, -10.0).build(), side("Gtr L", -1.0), side("Gtr R", 1.0)]);
    let left = masking(&report, "Gtr L");
    assert!(left.by_mix.unwrap() > 0.95, "{left:?}");
    assert_eq!(left, masking(&report, "Gtr R"));
}

#[test]
fn without_bands_nothing_is_said_of_hearing() {
    let report = judge(&[kick().build(), track("Bass", Role::Bass).build(), track("Mix", Role::MixBus).build()]);
    for track in &report.tracks {
        let hearing = &track.hearing;
        assert_eq!((&hearing.bands, &hearing.masking, &hearing.whisper), (&None, &None, &None), "{}", track.name);
    }
    assert_eq!((&report.hearing.whisper, &report.hearing.loud), (&None, &None));
    let bus = &report.bus.as_ref().unwrap().hearing;
    assert!(bus.bands.is_none() && bus.quiet_bands.is_empty() && bus.thin_bands.is_empty() && bus.tonal.is_none());
    assert_eq!(report.hearing.band_hz.len(), 39);
}

#[test]
fn levels_before_and_after_the_fader_are_not_added_up() {
    let [kick, bass, vocal] = low_end(-6.0);
    let report = judge(&[kick, bass.placed(Placement::Pre), vocal]);
    assert!(report.tracks.iter().all(|track| track.hearing.masking.is_none()), "masking over mixed placements");
    assert_eq!((&report.hearing.whisper, &report.hearing.loud), (&None, &None));
    assert!(report.tracks[0].hearing.bands.is_some());
}

/// Kick with a click, snare, bass and vocal, each in bands of its own.
fn four(click_db: f64, snare_db: f64, bass_db: f64, vocal_db: f64) -> [Track; 4] {
    [
        kick().band(3_150.0, click_db).band(55.0, -14.0).build(),
        track("Snare", Role::Snare).band(1_000.0, snare_db).build(),
        track("Bass", Role::Bass).band(163.0, bass_db).build(),
        track("Vox", Role::LeadVocal).band(500.0, vocal_db).build(),
    ]
}

#[test]
fn the_whisper_order_of_a_synthetic_mix_is_as_predicted() {
    let report = judge(&four(-36.0, -38.0, -28.0, -26.0));
    let read = whisper(&report);
    assert_eq!((&read.order[..], read.level_db_spl), (&["Vox", "Kick", "Snare", "Bass"].map(str::to_owned)[..], 45.0));
    assert_eq!((&read.expected, read.passes), (&read.order, Some(true)), "{read:?}");
    assert!(read.text.ends_with("Vox, Kick, Snare and Bass stay audible in their order."), "{}", read.text);
    // What a numpy model of the same mix predicts: what is left at 75 dB SPL, the score at 45.
    let predicted = [("Vox", 0.904, 32.9), ("Kick", 0.896, 31.1), ("Snare", 0.902, 23.7), ("Bass", 0.720, 14.7)];
    for (place, (name, left, phon)) in (1..).zip(predicted) {
        let heard = named(&report, name).hearing.whisper.unwrap();
        assert_eq!((heard.audible, heard.place), (true, Some(place)), "{name}");
        assert!((heard.phon.unwrap() - phon).abs() < 0.11, "{name}: {phon} phon predicted, read {:?}", heard.phon);
        let read = masking(&report, name).by_mix.unwrap();
        assert!((read - left).abs() < 0.003, "{name}: {left} left predicted, read {read}");
    }
}

#[test]
fn a_bass_that_falls_behind_as_the_monitor_is_turned_down_fails_the_whisper_test() {
    let report = judge(&four(-34.0, -36.0, -20.0, -23.0));
    let read = whisper(&report);
    assert_eq!(read.expected, ["Vox", "Kick", "Bass", "Snare"], "{read:?}");
    assert_eq!(read.order, ["Vox", "Kick", "Snare", "Bass"], "{read:?}");
    assert_eq!(read.passes, Some(false));
    assert!(read.text.contains("the order changes to Vox, Kick, Snare and Bass"), "{}", read.text);
}

#[test]
fn two_that_are_alike_to_the_ear_share_a_place() {
    let report = judge(&four(-34.0, -36.0, -28.0, -26.0));
    let read = whisper(&report);
    assert_eq!((&*read.order[0], &*read.expected[0]), ("Kick", "Vox"), "{read:?}");
    let gap = |name: &str| named(&report, name).hearing.whisper.unwrap().phon.unwrap();
    assert!((gap("Vox") - gap("Kick")).abs() < 1.0, "{read:?}");
    assert_eq!(read.passes, Some(true), "{read:?}");
}

#[test]
fn a_kick_without_click_is_lost_at_a_whisper() {
    let [_, snare, bass, vocal] = four(-36.0, -38.0, -28.0, -26.0);
    let report = judge(&[kick().band(55.0, -14.0).build(), snare, bass, vocal]);
    let read = whisper(&report);
    assert_eq!((read.passes, read.order.contains(&"Kick".to_owned())), (Some(false), false));
    assert!(read.text.ends_with("Kick is lost."), "{}", read.text);
    let kick = named(&report, "Kick").hearing.whisper.unwrap();
    assert_eq!((kick.audible, kick.place), (false, None));
}

#[test]
fn hits_are_heard_as_loud_as_they_strike() {
    let snare =
        |peak_db| Track::silent("Snare", Role::Snare, SECONDS).hits(1.0, SECONDS, 2.0, peak_db).band(800.0, -40.0);
    let rest = || [kick().band(55.0, -14.0).build(), track("Pad", Role::Pads).band(800.0, -26.0).build()];
    let left = |peak_db| {
        let [kick, pad] = rest();
        masking(&judge(&[kick, pad, snare(peak_db).build()]), "Snare").by_mix.unwrap()
    };
    assert!(left(-10.0) > left(-40.0) + 0.2, "{} for hits over their mean, {} at it", left(-10.0), left(-40.0));
}

#[test]
fn the_share_of_2_to_5_khz_is_judged_against_its_target() {
    let mix = |treble_db| {
        let report =
            judge(&[kick().band(55.0, -10.0).build(), track("Vox", Role::LeadVocal).band(3_150.0, treble_db).build()]);
        let loud = report.hearing.loud.clone().unwrap();
        (loud.verdict, loud.harshness_db.unwrap().0, named(&report, "Vox").hearing.harshness_db.unwrap().0)
    };
    for (treble_db, verdict) in [(-10.0, LoudVerdict::Harsh), (-22.0, LoudVerdict::Ok), (-40.0, LoudVerdict::Dull)] {
        let (read, share, vocal) = mix(treble_db);
        let expected = treble_db - 10.0 * (0.1 + 10f64.powf(treble_db / 10.0)).log10();
        assert!((share - expected).abs() < 0.01 && vocal.abs() < 0.01, "{treble_db}: {share}, expected {expected}");
        assert_eq!(read, verdict, "{treble_db}");
    }
    let bus = track("Mix", Role::MixBus).band(55.0, -10.0).build();
    let report = judge(&[kick().band(3_150.0, -10.0).build(), bus]);
    assert_eq!(report.hearing.loud.unwrap().verdict, LoudVerdict::Unknown, "the bus is the mix where there is one");
}

#[test]
fn the_bus_is_read_band_by_band() {
    let bus = track("Mix", Role::MixBus)
        .stereo_band(55.0, -10.0, 0.5)
        .stereo_band(600.0, -16.0, -0.6)
        .stereo_band(700.0, -16.0, 0.9)
        .stereo_band(3_150.0, -70.0, -1.0);
    let report = judge(&[kick().band(55.0, -10.0).build(), bus.build()]);
    let bus = report.bus.as_ref().unwrap();
    let thin = &bus.hearing.thin_bands;
    assert_eq!(thin.len(), 1, "a faint band is no matter: {thin:?}");
    assert!((thin[0].loss_db.0 + 6.99).abs() < 0.01 && (559.0..561.0).contains(&thin[0].from_hz), "{thin:?}");
    assert!((bus.low_side_db.unwrap().0 + 4.77).abs() < 0.01, "{:?}", bus.low_side_db);
    let bands = bus.hearing.bands.as_ref().unwrap();
    let at = band_at(55.0);
    assert!(
        (bands.level_db[at].unwrap().0 + 10.0).abs() < 0.01,
        "RMS of a sine reads its peak: {:?}",
        bands.level_db[at]
    );
    assert_eq!((bands.correlation[at], bands.level_db[0]), (Some(0.5), None));
    assert!((bands.mono_loss_db[at].unwrap().0 + 1.25).abs() < 0.01, "{:?}", bands.mono_loss_db[at]);
    let quiet = &bus.hearing.quiet_bands;
    assert!(quiet.iter().any(|quiet| quiet.from_hz < 20.0), "nothing at 26 Hz: {quiet:?}");
    assert!(!quiet.iter().any(|quiet| (quiet.from_hz..quiet.to_hz).contains(&600.0)), "{quiet:?}");
    let tonal = bus.hearing.tonal.as_ref().unwrap();
    assert!(tonal.reference.contains("Pestana") && tonal.over_db[0].is_none() && tonal.over_db[at].is_some());
    let mono = advised(&report, AdviceKind::Mono);
    assert!(mono.iter().any(|text| text.starts_with("Mix is thinner in mono: it loses 7.0 dB at")), "{mono:?}");
    assert!(mono.iter().any(|text| text.contains("low end of Mix") && text.contains("−4.8 dB")), "{mono:?}");
}

#[test]
fn bands_are_those_of_the_scope() {
    let mut bass = track("Bass", Role::Bass).band(55.0, -20.0);
    for record in &mut bass.bands[10..] {
        record.set(band_at(55.0), [0.5; 2], 0.5);
    }
    let tracks = [kick().band(55.0, -10.0).build(), bass.build()];
    let level = |from, to| {
        let range =
            SessionState { scope: Some(ScopeKind::Range), range_s: Some((from, to)), ..SessionState::default() };
        let report = assess(&inputs(&tracks), &Profile::guide(), &range);
        named(&report, "Bass").hearing.bands.as_ref().unwrap().level_db[band_at(55.0)].unwrap().0
    };
    assert!((level(0.0, 20.0) + 20.0).abs() < 0.01 && level(20.0, 40.0).abs() < 0.01);
    // Records of 2 s count whole, by their middle: at 19 and at 21 s.
    assert!((level(19.0, 21.0) + 20.0).abs() < 0.01 && level(19.1, 21.1).abs() < 0.01);
    assert!((level(18.0, 22.0) - 10.0 * 0.505f64.log10()).abs() < 0.01, "{}", level(18.0, 22.0));
}

#[test]
fn crest_and_range_are_read_of_every_track() {
    let steady = judge(&[kick().build(), track("Bass", Role::Bass).build()]);
    let bass = &named(&steady, "Bass").hearing;
    assert!((bass.crest_db.unwrap().0 - 3.01).abs() < 0.01, "a sine: {:?}", bass.crest_db);
    assert!(bass.loudness_range_lu.unwrap().0.abs() < 0.01, "{:?}", bass.loudness_range_lu);
    let pauses = Track::silent("Vox", Role::LeadVocal, SECONDS).tone(10.0, 15.0, -20.0).build();
    let vocal = judge(&[kick().build(), pauses]);
    let crest = named(&vocal, "Vox").hearing.crest_db.unwrap().0;
    assert!((crest - 3.01).abs() < 0.3, "silence between does not count: {crest}");
}

#[test]
fn the_report_names_the_bands_centres() {
    let report = judge(&low_end(0.0));
    for (band, hz) in report.hearing.band_hz.iter().enumerate() {
        assert!((hz - band_hz(band)).abs() < 0.06);
    }
}
