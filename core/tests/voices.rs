//! Units of several tracks and beside each other: parts, leads, beds, doubles, pan and gain staging.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::dsp::Cell;
use keel_core::mix::{
    AdviceKind, GainStaging, MixReport, PanVerdict, Placement, Profile, Role, ScopeKind, SessionState,
    SessionTransport, Verdict, assess,
};

fn song(tracks: &[Track]) -> MixReport {
    let state = SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() };
    assess(&inputs(tracks), &Profile::guide(), &state)
}

fn tone(name: &str, role: Role, peak_db: f64) -> Track {
    Track::silent(name, role, 40.0).tone(0.0, 40.0, peak_db)
}

#[track_caller]
fn offset(report: &MixReport, name: &str, expected: f64) {
    let read = named(report, name).offset_db.unwrap_or_else(|| panic!("{name} has no offset")).0;
    assert!((read - expected).abs() < 0.001, "{name} expected at {expected}, read {read}");
}

#[test]
fn a_part_is_as_loud_as_its_loudest_member() {
    let gtr = |name: &str, from_s: f64| tone(name, Role::Guitars, -20.0).tone(from_s, from_s + 1.0, -10.0);
    let report = song(&[kick(40.0).build(), gtr("Gtr L", 10.0).build(), gtr("Gtr R", 20.0).build()]);
    // Each member's loud second is too short to count, and two members do not make it longer.
    for name in ["Gtr L", "Gtr R"] {
        offset(&report, name, -9.0);
        assert_eq!(named(&report, name).part.as_deref(), Some("Gtr L+R"));
    }
    let loudness = named(&report, "Gtr L").level_lufs.unwrap().0;
    let alone = song(&[kick(40.0).build(), gtr("Gtr L", 10.0).build()]).tracks[1].level_lufs.unwrap().0;
    assert!((2.5..3.1).contains(&(loudness - alone)), "powers add: {loudness} beside {alone} LUFS");
}

#[test]
fn a_member_that_is_out_leaves_its_part() {
    let left = tone("Gtr L", Role::Guitars, -19.0).build();
    let right = Track { is_out: true, ..tone("Gtr R", Role::Guitars, -12.0).build() };
    let report = song(&[kick(40.0).build(), left, right]);
    offset(&report, "Gtr L", -8.0);
    assert_eq!((named(&report, "Gtr L").part.as_ref(), named(&report, "Gtr L").verdict), (None, Verdict::Sits));
    assert_eq!(named(&report, "Gtr R").verdict, Verdict::NotJudged);
}

#[test]
fn members_before_and_after_the_fader_are_no_part() {
    let left = tone("Gtr L", Role::Guitars, -19.0).build();
    let right = tone("Gtr R", Role::Guitars, -12.0).placed(Placement::Pre).build();
    let report = song(&[kick(40.0).build(), left, right]);
    offset(&report, "Gtr L", -8.0);
    assert_eq!(named(&report, "Gtr L").verdict, Verdict::Sits);
    assert_eq!(named(&report, "Gtr R").verdict, Verdict::NotJudged);
}

#[test]
fn a_vocal_is_compared_with_the_bed_only_on_the_same_side_of_the_fader() {
    let verdict = |vocal, pad| {
        let vocal = tone("Vox", Role::LeadVocal, -16.0).placed(vocal).build();
        let report = song(&[kick(40.0).build(), vocal, tone("Pad", Role::Pads, -19.0).placed(pad).build()]);
        named(&report, "Vox").verdict
    };
    assert_eq!(verdict(Placement::Post, Placement::Post), Verdict::Sits);
    assert_eq!(verdict(Placement::Pre, Placement::Pre), Verdict::Sits, "where the kick is heard is no matter");
    assert_eq!(verdict(Placement::Post, Placement::Pre), Verdict::NotJudged);
    assert_eq!(verdict(Placement::Pre, Placement::Post), Verdict::NotJudged);
}

#[test]
fn a_vocal_is_compared_with_the_bed_only_where_both_were_heard() {
    // The vocal's loud half was heard while the pad's instance was not.
    let vocal = tone("Vox", Role::LeadVocal, -17.0).tone(20.0, 40.0, -7.0);
    let pad = tone("Pad", Role::Pads, -19.0).unheard(20.0, 40.0);
    let report = song(&[kick(40.0).build(), vocal.build(), pad.build()]);
    offset(&report, "Vox", 2.0);
}

#[test]
fn drums_that_rest_in_the_loudest_section_are_judged_where_they_play() {
    // Bleed of the kit sounds in the toms' microphone all along.
    let mut toms = tone("Toms", Role::Toms, -42.0);
    for stroke in 0..24 {
        toms = toms.hit(2.0 + f64::from(stroke) * 0.5, -15.0);
    }
    let gtr = Track::silent("Gtr", Role::Guitars, 40.0).tone(0.0, 40.0, -19.0).tone(22.0, 40.0, -10.0);
    let vocal = Track::silent("Vox", Role::LeadVocal, 40.0).tone(22.0, 40.0, -14.0);
    let tracks = [kick(40.0).build(), toms.build(), gtr.build(), vocal.build()];
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
    offset(&report, "Toms", -4.0);
    assert!(named(&report, "Toms").scope.unwrap().from_s.0 < 14.0 && report.scope.from_s.unwrap().0 >= 20.0);
    let transport = SessionTransport { playing: true, position_s: 40.0, tempo: Some(120.0), loop_s: None };
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState { transport, ..SessionState::default() });
    assert_eq!(named(&report, "Toms").verdict, Verdict::Silent, "while they rest they are not heard");
}

#[test]
fn bleed_between_sparse_fills_makes_no_sustained_sound() {
    let mut toms = Track::silent("Toms", Role::Toms, 120.0).tone(0.0, 120.0, -45.0);
    for stroke in 0..6 {
        toms = toms.hit(30.0 + f64::from(stroke) * 0.5, -15.0);
    }
    let tracks = [kick(120.0).build(), toms.build()];
    let report = song(&tracks);
    offset(&report, "Toms", -4.0);
    assert!(!named(&report, "Toms").class_fallback);
    let transport = SessionTransport { playing: true, position_s: 100.0, tempo: Some(120.0), loop_s: None };
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState { transport, ..SessionState::default() });
    assert_eq!(named(&report, "Toms").verdict, Verdict::Silent);
}

#[test]
fn backing_vocals_are_left_and_right_together() {
    let singer = |name: &str, side: f64| tone(name, Role::BackingVocals, -20.0).hard(side).build();
    let vocal = || tone("Vox", Role::LeadVocal, -16.0).build();
    let report = song(&[vocal(), singer("BGV High", -1.0), singer("BGV Low", 1.0)]);
    assert_eq!(named(&report, "BGV High").part, None);
    for name in ["BGV High", "BGV Low"] {
        assert_eq!(named(&report, name).pan_verdict, PanVerdict::Ok, "{name}");
    }
    let report = song(&[vocal(), singer("BGV High", -1.0), singer("BGV Low", -1.0)]);
    assert_eq!(named(&report, "BGV High").pan_verdict, PanVerdict::Off, "all of them on one side");
}

/// A tone panned to this place by the sin/cos law, its channels correlated so far.
fn panned(role: Role, pan: f64, correlation: f64) -> Track {
    let mut track = tone("Track", role, -19.0);
    let angle = (pan + 1.0) * std::f64::consts::FRAC_PI_4;
    for cell in &mut track.cells {
        let power = f64::from(cell.power[0]);
        let (left, right) = (2.0 * power * angle.cos().powi(2), 2.0 * power * angle.sin().powi(2));
        cell.power = [left as f32, right as f32];
        cell.cross = (correlation * (left * right).sqrt()) as f32;
    }
    track.build()
}

#[test]
fn pan_limits_are_those_of_the_rules() {
    for (role, pan, correlation, expected) in [
        (Role::Bass, 0.09, 1.0, PanVerdict::Ok),
        (Role::Bass, -0.11, 1.0, PanVerdict::Off),
        (Role::LeadVocal, 0.11, 1.0, PanVerdict::Off),
        (Role::Snare, 0.24, 1.0, PanVerdict::Ok),
        (Role::Snare, -0.26, 1.0, PanVerdict::Off),
        (Role::Hats, 0.09, 1.0, PanVerdict::Off),
        (Role::Hats, -0.11, 1.0, PanVerdict::Ok),
        (Role::Hats, 0.39, 1.0, PanVerdict::Ok),
        (Role::Hats, 0.41, 1.0, PanVerdict::Off),
        (Role::Pads, 0.0, 0.71, PanVerdict::Off),
        (Role::Pads, 0.0, 0.69, PanVerdict::Ok),
        (Role::Guitars, 0.8, 1.0, PanVerdict::Off),
        (Role::LeadSynth, 0.8, 1.0, PanVerdict::NotJudged),
        (Role::Group, 0.8, 1.0, PanVerdict::NotJudged),
    ] {
        let report = song(&[panned(role, pan, correlation)]);
        let track = &report.tracks[0];
        assert_eq!(track.pan_verdict, expected, "{role:?} at {pan}, correlation {correlation}");
        assert!((track.pan.unwrap() - pan).abs() < 1e-3 && (track.correlation.unwrap() - correlation).abs() < 1e-3);
    }
    for (pan, expected) in [(0.51, PanVerdict::Ok), (0.49, PanVerdict::Off)] {
        let member = |name: &str, pan| Track { name: name.into(), ..panned(Role::Guitars, pan, 1.0) };
        let report = song(&[member("Gtr L", -pan), member("Gtr R", pan)]);
        assert_eq!(report.tracks[0].pan_verdict, expected, "guitars {pan} to either side");
    }
}

#[test]
fn a_track_is_thin_in_mono_beyond_3_db_of_what_its_pan_explains() {
    for (pan, correlation, thin, advised) in [
        (0.0, 0.1, false, None),
        // Unrelated channels lose 3.01 dB: the edge of 0.5 dB keeps them out.
        (0.0, 0.0, false, None),
        (0.0, -0.1, false, None),
        (0.0, -0.12, true, Some("thinner")),
        (0.6, -0.12, false, None),
        (0.0, -0.9, true, Some("disappears")),
        (1.0, 0.0, false, None),
    ] {
        let report = song(&[panned(Role::Pads, pan, correlation)]);
        assert_eq!(report.tracks[0].thin_in_mono, thin, "pan {pan}, correlation {correlation}");
        let text = report.advice.iter().find(|advice| advice.kind == AdviceKind::Mono).map(|advice| &advice.text);
        assert_eq!(text.is_some(), advised.is_some(), "{text:?}");
        assert!(text.zip(advised).is_none_or(|(text, word)| text.contains(word)), "{text:?}");
    }
}

#[test]
fn gain_staging_zones_are_those_of_the_rules() {
    for (peak_db, zone) in [
        (-18.01, GainStaging::Low),
        (-17.99, GainStaging::Ok),
        (-12.01, GainStaging::Ok),
        (-11.99, GainStaging::Warm),
        (-6.01, GainStaging::Warm),
        (-5.99, GainStaging::Hot),
        (-0.002, GainStaging::Hot),
        (-0.0005, GainStaging::Clipping),
        (3.0, GainStaging::Clipping),
    ] {
        // A trim after the input is no part of it.
        let report = song(&[tone("Pad", Role::Pads, peak_db).gain_db(-9.0).build()]);
        assert_eq!(report.tracks[0].gain_staging, Some(zone), "at {peak_db} dBFS");
    }
}

#[test]
fn a_hand_on_the_trim_in_a_loop_is_no_automation_and_automation_may_end() {
    let mut bass = tone("Bass", Role::Bass, -15.0).build();
    let cells = bass.cells.clone();
    let pass = |bass: &mut Track, epoch: u16, gain_at: &dyn Fn(i32) -> f32| {
        for cell in &cells[100..300] {
            bass.song.insert(&Cell { gain: gain_at(cell.index), epoch, ..*cell });
        }
    };
    pass(&mut bass, 2, &|index| if index < 200 { 1.0 } else { 2.0 });
    pass(&mut bass, 3, &|index| if index < 200 { 2.0 } else { 1.5 });
    assert!(!bass.song.gain_is_automated(), "two moves at one place to different gains are two moves by hand");
    pass(&mut bass, 4, &|index| if index < 200 { 2.0 } else { 1.5 });
    assert!(bass.song.gain_is_automated());
    // Playback that begins at the very place says nothing of a change there.
    for cell in &cells[200..300] {
        bass.song.insert(&Cell { gain: 1.5, epoch: 5, ..*cell });
    }
    assert!(bass.song.gain_is_automated());
    pass(&mut bass, 6, &|_| 1.0);
    assert!(!bass.song.gain_is_automated(), "the automation was taken away");
}

#[test]
fn advice_for_tracks_of_one_name_is_each_one_s_own() {
    let pad = |peak_db| Track::silent("Pad", Role::Pads, 64.0).tone(0.0, 64.0, peak_db);
    let loudest = Track::silent("FX", Role::Other, 64.0).tone(44.0, 60.0, -20.0);
    let tracks = [kick(64.0).build(), pad(-19.0).build(), pad(-19.0).tone(24.0, 32.0, -11.0).build(), loudest.build()];
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
    let rides = report.advice.iter().filter(|advice| advice.kind == AdviceKind::Automate).count();
    assert_eq!((report.breaks.len(), rides), (1, 1), "{:?}", report.advice);
}
