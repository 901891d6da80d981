//! The balance rules, one test a rule, on levels written cell by cell.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::mix::{
    MixReport, PanVerdict, Placement, Profile, ReferenceState, Role, RoleFrom, ScopeKind, SessionState,
    SessionTransport, StandIn, TrackId, TrackInput, Verdict, assess,
};

fn judge(tracks: &[Track], state: SessionState) -> MixReport {
    assess(&inputs(tracks), &Profile::guide(), &state)
}

fn song(tracks: &[Track]) -> MixReport {
    judge(tracks, SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() })
}

fn playing(position_s: f64) -> SessionState {
    let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
    SessionState { transport, ..SessionState::default() }
}

#[track_caller]
fn close(read: Option<f64>, expected: f64, tolerance: f64) {
    let read = read.unwrap_or_else(|| panic!("expected {expected}, read nothing"));
    assert!((read - expected).abs() <= tolerance, "expected {expected}, read {read}");
}

fn bass(peak_db: f64) -> Track {
    Track::silent("Bass", Role::Bass, 40.0).tone(0.0, 40.0, peak_db)
}

#[test]
fn a_bass_in_its_band_sits_and_one_too_loud_is_pulled_by_three() {
    for (peak, verdict, move_by, lands) in [
        (-15.5, Verdict::Sits, 0.0, None),
        (-11.2, Verdict::High, -3.0, Some(-3.2)),
        (-21.0, Verdict::Low, 6.0, Some(-4.0)),
    ] {
        let report = song(&[kick(40.0).build(), bass(peak).build()]);
        let bass = named(&report, "Bass");
        assert_eq!(bass.verdict, verdict, "bass at {peak}");
        close(bass.offset_db.map(|db| db.0), peak + 11.0, 0.001);
        close(bass.move_db.map(|db| db.0), move_by, 1e-9);
        assert_eq!(bass.lands_at_db.map(|db| (db.0 * 10.0).round() / 10.0), lands);
    }
}

#[test]
fn a_gain_moves_the_offset_of_the_whole_song_at_once() {
    let flat = song(&[kick(40.0).build(), bass(-15.0).build()]);
    for db in [-6.0, -3.0, 3.0, 6.0] {
        let moved = song(&[kick(40.0).build(), bass(-15.0).gain_db(db).build()]);
        let shift = named(&moved, "Bass").offset_db.unwrap().0 - named(&flat, "Bass").offset_db.unwrap().0;
        close(Some(shift), db, 0.0005);
        let loudness =
            named(&moved, "Bass").loudness_offset_lu.unwrap().0 - named(&flat, "Bass").loudness_offset_lu.unwrap().0;
        close(Some(loudness), db, 0.0005);
    }
}

#[test]
fn gain_staging_reads_the_input_and_peaks_the_output() {
    let report = song(&[kick(40.0).gain_db(6.0).build()]);
    close(report.tracks[0].input_peak_dbfs.map(|db| db.0), -11.0, 0.001);
    close(report.tracks[0].sample_peak_dbfs.map(|db| db.0), -5.0, 0.001);
}

#[test]
fn a_trim_is_automation_only_when_two_passes_change_it_at_the_same_place() {
    let mut bass = bass(-15.0);
    let ride = |bass: &mut Track, epoch: u16| {
        for cell in bass.cells.clone() {
            let gain = if cell.index < 200 { 1.0 } else { 2.0 };
            bass.song.insert(&keel_core::dsp::Cell { gain, epoch, ..cell });
        }
    };
    ride(&mut bass, 1);
    assert!(!bass.song.gain_is_automated(), "one pass may be a hand on the knob");
    ride(&mut bass, 2);
    assert!(bass.song.gain_is_automated(), "the same change at the same place twice is automation");
    let range =
        |from, to| SessionState { scope: Some(ScopeKind::Range), range_s: Some((from, to)), ..SessionState::default() };
    let tracks = [kick(40.0).build(), bass];
    let (first, second) = (judge(&tracks, range(0.0, 16.0)), judge(&tracks, range(24.0, 40.0)));
    close(named(&first, "Bass").offset_db.map(|db| db.0), -4.0, 0.001);
    close(named(&second, "Bass").offset_db.map(|db| db.0), -4.0 + 6.0206, 0.001);
}

#[test]
fn silence_in_the_scope_is_silent_and_a_muted_track_too() {
    let late = Track::silent("Pad", Role::Pads, 60.0).tone(40.0, 60.0, -19.0);
    let tracks = [kick(60.0).build(), late.build(), Track::silent("Toms", Role::Toms, 60.0).build()];
    let report = judge(&tracks, playing(20.0));
    assert_eq!(report.scope.kind, ScopeKind::Playing);
    close(report.scope.from_s.map(|s| s.0), 4.0, 0.11);
    assert_eq!(named(&report, "Pad").verdict, Verdict::Silent);
    assert_eq!(named(&report, "Toms").verdict, Verdict::Silent);
    assert_eq!(named(&report, "Toms").offset_db, None);
}

#[test]
fn a_track_silent_in_the_loudest_section_is_judged_in_its_own() {
    let verse = Track::silent("Pad", Role::Pads, 60.0).tone(0.0, 24.0, -19.0);
    let chorus = Track::silent("Gtr", Role::Guitars, 60.0).tone(36.0, 60.0, -10.0);
    let vocal = Track::silent("Vox", Role::LeadVocal, 60.0).tone(36.0, 60.0, -14.0);
    let tracks = [kick(60.0).build(), verse.build(), chorus.build(), vocal.build()];
    let report = judge(&tracks, SessionState::default());
    assert_eq!(report.scope.kind, ScopeKind::Loudest);
    let scope = report.scope.from_s.unwrap().0;
    assert!((36.0..=44.0).contains(&scope), "loudest section expected in the chorus, read {scope}");
    let pad = named(&report, "Pad");
    close(pad.scope.map(|span| span.from_s.0), 0.0, 1e-9);
    close(pad.offset_db.map(|db| db.0), -8.0, 0.001);
    assert_eq!(pad.verdict, Verdict::Sits);
}

#[test]
fn the_loudest_section_holds_the_kick() {
    let kick = Track::silent("Kick", Role::Kick, 60.0).hits(0.0, 24.0, 0.5, -11.0);
    let gtr = Track::silent("Gtr", Role::Guitars, 60.0).tone(0.0, 24.0, -19.0).tone(40.0, 60.0, -3.0);
    let report = judge(&[kick.build(), gtr.build()], SessionState::default());
    close(report.scope.from_s.map(|s| s.0), 0.0, 1e-9);
    close(report.scope.to_s.map(|s| s.0), 16.0, 1e-9);
    assert_eq!(report.scope.to_bar, Some(9.0), "bars count from 1");
}

#[test]
fn without_tempo_the_scope_is_sixteen_seconds_a_second_apart() {
    let bass = bass(-15.0).tone(13.0, 30.0, -12.0).without_bars();
    let report = judge(&[kick(40.0).without_bars().build(), bass.build()], SessionState::default());
    close(report.scope.from_s.map(|s| s.0), 13.0, 1e-9);
    close(report.scope.to_s.map(|s| s.0), 29.0, 1e-9);
    assert_eq!(report.scope.from_bar, None);
}

#[test]
fn buses_are_left_out_of_the_sums_and_of_verdicts() {
    let bus = Track::silent("Drum Bus", Role::Group, 60.0).tone(40.0, 60.0, -1.0);
    let report = judge(&[kick(60.0).build(), bass_long(-15.0).build(), bus.build()], SessionState::default());
    close(report.scope.from_s.map(|s| s.0), 0.0, 1e-9);
    assert_eq!(named(&report, "Drum Bus").verdict, Verdict::NotJudged);
}

#[test]
fn a_trigger_counts_in_no_sum_and_is_told() {
    let bass = Track::silent("Bass", Role::Bass, 60.0).tone(0.0, 30.0, -14.0).tone(30.0, 60.0, -20.0);
    let trigger = Track::silent("SC Kick", Role::Other, 60.0).hits(30.0, 60.0, 0.5, -1.0);
    let tracks = [kick(60.0).build(), bass.build(), trigger.build()];
    let mut inputs = inputs(&tracks);
    let judge = |inputs: &[TrackInput<'_>]| assess(inputs, &Profile::guide(), &SessionState::default());
    inputs[2].role_from = RoleFrom::Trigger;
    let report = judge(&inputs);
    assert!(report.scope.from_s.is_some_and(|from| from.0 < 16.0), "{:?}", report.scope);
    let told = named(&report, "SC Kick");
    let says_trigger = told.note.as_ref().is_some_and(|note| note.contains("trigger"));
    assert_eq!((told.verdict, says_trigger), (Verdict::NotJudged, true), "{:?}", told.note);
    assert!(report.notes.iter().any(|note| note.contains("triggers of a sidechain: SC Kick.")), "{:?}", report.notes);
    assert!(report.advice.iter().all(|advice| advice.track != "SC Kick"), "{:?}", report.advice);
    inputs[2].is_reference = true;
    assert_eq!(judge(&inputs).reference.track.as_deref(), Some("SC Kick"), "the user's word goes over the name");
}

fn bass_long(peak_db: f64) -> Track {
    Track::silent("Bass", Role::Bass, 60.0).tone(0.0, 60.0, peak_db)
}

#[test]
fn a_loop_of_two_bars_is_the_scope_while_it_plays() {
    let mut state = playing(9.0);
    state.transport.loop_s = Some((8.0, 12.0));
    let tracks = [kick(40.0).build(), bass(-15.0).tone(8.0, 12.0, -12.0).build()];
    let report = judge(&tracks, state);
    assert_eq!((report.scope.from_s.unwrap().0, report.scope.to_s.unwrap().0), (8.0, 12.0));
    close(named(&report, "Bass").offset_db.map(|db| db.0), -1.0, 0.001);
    // One bar is too short: the last 8 bars it is.
    state.transport.loop_s = Some((8.0, 10.0));
    let report = judge(&tracks, state);
    close(report.scope.to_s.map(|s| s.0), 9.0, 1e-9);
}

#[test]
fn a_silent_kick_is_held_for_as_long_as_it_is_silent() {
    let kick = Track::silent("Kick", Role::Kick, 60.0).hits(0.0, 20.0, 0.5, -11.0);
    let tone = |name: &str, role, peak_db| Track::silent(name, role, 60.0).tone(0.0, 60.0, peak_db).build();
    let bed = tone("Pad", Role::Pads, -19.0);
    let tracks = [kick.build(), bass_long(-12.0).build(), bed, tone("Vox", Role::LeadVocal, -25.0)];
    assert_eq!(named(&judge(&tracks, playing(34.0)), "Vox").verdict, Verdict::Low);
    assert_eq!(judge(&tracks, playing(34.0)).reference.state, ReferenceState::Live, "hits lie in the last 8 bars");
    let report = judge(&tracks, playing(40.0));
    assert_eq!(report.reference.state, ReferenceState::Held);
    close(report.reference.hit_peak_dbfs.map(|db| db.0), -11.0, 0.001);
    close(report.reference.last_hit_s.map(|s| s.0), 19.5, 1e-9);
    let bass = named(&report, "Bass");
    assert_eq!((bass.verdict, bass.move_db), (Verdict::Held, None));
    let vocal = named(&report, "Vox");
    assert_eq!((vocal.verdict, vocal.move_db), (Verdict::Held, None), "no moves at all while the kick rests");
    close(vocal.offset_db.map(|db| db.0), -6.0, 0.001);
    close(bass.offset_db.map(|db| db.0), -1.0, 0.001);
    assert!(report.breaks.is_empty());
}

#[test]
fn without_a_kick_there_is_no_reference_until_an_anchor_is_picked() {
    let tracks = [bass(-15.0).build(), Track::silent("Snare", Role::Snare, 40.0).hits(0.5, 40.0, 1.0, -14.0).build()];
    let report = song(&tracks);
    assert_eq!(report.reference.state, ReferenceState::None);
    assert_eq!(named(&report, "Snare").verdict, Verdict::NoReference);
    assert!(report.notes.iter().any(|note| note.contains("No kick")), "{:?}", report.notes);
    let state =
        SessionState { scope: Some(ScopeKind::Song), stand_in: Some(StandIn(TrackId(1))), ..SessionState::default() };
    let report = judge(&tracks, state);
    assert_eq!(report.reference.state, ReferenceState::Virtual);
    // The bass at -15 stands 4.5 under the kick that it implies: -10.5.
    close(report.reference.hit_peak_dbfs.map(|db| db.0), -10.5, 0.001);
    close(named(&report, "Snare").offset_db.map(|db| db.0), -3.5, 0.001);
    assert_eq!(named(&report, "Snare").verdict, Verdict::Sits);
    assert_eq!(named(&report, "Bass").verdict, Verdict::NotJudged);
}

#[test]
fn two_tagged_kicks_are_a_conflict_and_never_a_silent_choice() {
    let second = Track { name: "Kick 2".into(), ..kick(40.0) };
    let vocal = Track::silent("Vox", Role::LeadVocal, 40.0).tone(0.0, 40.0, -15.0);
    let bed = Track::silent("Pad", Role::Pads, 40.0).tone(0.0, 40.0, -18.0);
    let report = song(&[
        kick(40.0).reference().build(),
        second.reference().build(),
        bass(-15.0).build(),
        vocal.build(),
        bed.build(),
    ]);
    assert_eq!(report.reference.state, ReferenceState::Conflict);
    assert_eq!(report.reference.claimed_by, ["Kick", "Kick 2"]);
    for name in ["Kick", "Kick 2", "Bass", "Pad"] {
        assert_eq!(named(&report, name).verdict, Verdict::Conflict, "{name}");
    }
    assert_eq!(
        named(&report, "Vox").verdict,
        Verdict::Sits,
        "a vocal is judged against the bed, whichever is the kick"
    );
}

#[test]
fn kick_mics_are_one_anchor_with_the_loudest_member_at_each_hit() {
    let inside = Track::silent("Kick In", Role::Kick, 40.0).hits(0.0, 40.0, 0.5, -11.0);
    let outside = Track::silent("Kick Out", Role::Kick, 40.0).hits(0.02, 40.0, 0.5, -15.0);
    let report = song(&[inside.build(), outside.build(), bass(-15.5).build()]);
    close(report.reference.hit_peak_dbfs.map(|db| db.0), -11.0, 0.001);
    close(named(&report, "Bass").offset_db.map(|db| db.0), -4.5, 0.001);
    assert_eq!(named(&report, "Kick In").verdict, Verdict::Sits);
    assert_eq!(named(&report, "Kick Out").verdict, Verdict::Sits, "one part, one verdict");
}

#[test]
fn a_tagged_kick_bus_is_the_anchor_and_its_members_are_not_judged() {
    let bus = Track::silent("Kick Bus", Role::Group, 40.0).hits(0.0, 40.0, 0.5, -10.5).reference();
    let report = song(&[kick(40.0).build(), bus.build(), bass(-15.0).build()]);
    assert_eq!(report.reference.track.as_deref(), Some("Kick Bus"));
    assert_eq!(named(&report, "Kick").verdict, Verdict::NotJudged);
    close(named(&report, "Bass").offset_db.map(|db| db.0), -4.5, 0.001);
}

#[test]
fn an_808_is_bass_beside_a_kick_and_the_anchor_without_one() {
    let sub = || Track::silent("808", Role::Sub808, 40.0).tone(0.0, 40.0, -15.0).hits(0.0, 40.0, 1.0, -11.0);
    let with_kick = song(&[kick(40.0).build(), sub().build()]);
    assert_eq!(named(&with_kick, "808").verdict, Verdict::High);
    let alone = song(&[sub().build(), Track::silent("Snare", Role::Snare, 40.0).hits(0.5, 40.0, 1.0, -14.0).build()]);
    assert_eq!(alone.reference.track.as_deref(), Some("808"));
    close(named(&alone, "Snare").offset_db.map(|db| db.0), -3.0, 0.001);
}

#[test]
fn the_kick_is_judged_against_full_scale_only_after_the_fader() {
    for (placement, verdict) in [(Placement::Post, Verdict::Low), (Placement::Pre, Verdict::NotJudged)] {
        let kick = Track::silent("Kick", Role::Kick, 40.0).hits(0.0, 40.0, 0.5, -15.0).placed(placement);
        assert_eq!(song(&[kick.build()]).tracks[0].verdict, verdict, "{placement:?}");
    }
}

#[test]
fn different_placements_are_not_compared() {
    let report = song(&[kick(40.0).build(), bass(-15.0).placed(Placement::Pre).build()]);
    let bass = named(&report, "Bass");
    assert_eq!(bass.verdict, Verdict::NotJudged);
    assert!(bass.note.as_deref().is_some_and(|note| note.contains("fader")), "{:?}", bass.note);
}

#[test]
fn a_hits_role_without_hits_is_read_as_sustained_and_says_so() {
    let shaker = Track::silent("Shaker", Role::Percussion, 40.0).tone(0.0, 40.0, -15.0).hit(1.0, -15.0);
    let report = song(&[kick(40.0).build(), shaker.build()]);
    let shaker = named(&report, "Shaker");
    assert!(shaker.class_fallback);
    assert_eq!(shaker.verdict, Verdict::Sits);
    assert!(shaker.note.as_deref().is_some_and(|note| note.contains("too few hits")));
}

#[test]
fn places_that_only_one_track_has_are_left_out() {
    // The loud half of the bass was heard while the kick's instance was not: it must not count.
    let kick = kick(40.0).unheard(20.0, 40.0);
    let bass = bass(-15.0).tone(20.0, 40.0, -5.0);
    let report = song(&[kick.build(), bass.build()]);
    close(named(&report, "Bass").offset_db.map(|db| db.0), -4.0, 0.001);
}

#[test]
fn a_newer_pass_wins_and_a_fragment_never_replaces_a_whole_cell() {
    let mut bass = bass(-15.0).build();
    for mut cell in bass.cells.clone() {
        cell.epoch = 2;
        cell.power = cell.power.map(|power| power * 4.0);
        cell.peak = cell.peak.map(|peak| peak * 2.0);
        bass.song.insert(&cell);
        let fragment = keel_core::dsp::Cell {
            frames: 10,
            peak: [1.0; 2],
            flags: cell.flags.with(keel_core::dsp::CellFlags::COMPLETE, false),
            ..cell
        };
        bass.song.insert(&fragment);
    }
    let report = song(&[kick(40.0).build(), bass]);
    close(named(&report, "Bass").offset_db.map(|db| db.0), -4.0 + 6.0206, 0.001);
}

#[test]
fn leads_and_vocals_are_judged_in_loudness_against_bed_and_vocal() {
    let track = |name: &str, role, peak| Track::silent(name, role, 40.0).tone(0.0, 40.0, peak).build();
    let report = song(&[
        kick(40.0).build(),
        track("Pad", Role::Pads, -19.0),
        track("Gtr", Role::Guitars, -17.0),
        track("Lead Vox", Role::LeadVocal, -15.0),
        track("BGV", Role::BackingVocals, -20.0),
        track("Lead", Role::LeadSynth, -18.0),
    ]);
    close(named(&report, "Lead Vox").offset_db.map(|db| db.0), 2.0, 0.001);
    close(named(&report, "BGV").offset_db.map(|db| db.0), -5.0, 0.001);
    close(named(&report, "Lead").offset_db.map(|db| db.0), -3.0, 0.001);
    for name in ["Lead Vox", "BGV", "Lead"] {
        assert_eq!(named(&report, name).verdict, Verdict::Sits, "{name}");
    }
}

#[test]
fn without_a_vocal_the_loudest_lead_takes_its_rule() {
    let track = |name: &str, role, peak| Track::silent(name, role, 40.0).tone(0.0, 40.0, peak).build();
    let report = song(&[
        kick(40.0).build(),
        track("Pad", Role::Pads, -19.0),
        track("Lead A", Role::LeadSynth, -17.0),
        track("Lead B", Role::LeadSynth, -21.0),
    ]);
    close(named(&report, "Lead A").offset_db.map(|db| db.0), 2.0, 0.001);
    close(named(&report, "Lead B").offset_db.map(|db| db.0), -4.0, 0.001);
    assert_eq!(named(&report, "Lead B").verdict, Verdict::Sits);
}

#[test]
fn a_switched_out_track_is_neither_judged_nor_measured_against() {
    let mut loud = Track::silent("Gtr", Role::Guitars, 40.0).tone(0.0, 40.0, -1.0);
    loud.is_out = true;
    let vocal = Track::silent("Vox", Role::LeadVocal, 40.0).tone(0.0, 40.0, -15.0);
    let pad = Track::silent("Pad", Role::Pads, 40.0).tone(0.0, 40.0, -18.0);
    let report = song(&[kick(40.0).build(), loud.build(), vocal.build(), pad.build()]);
    assert_eq!(named(&report, "Gtr").verdict, Verdict::NotJudged);
    close(named(&report, "Vox").offset_db.map(|db| db.0), 3.0, 0.001);
}

#[test]
fn pan_is_judged_after_the_knob_and_unknown_before_it() {
    for (placement, verdict) in [(Placement::Post, PanVerdict::Ok), (Placement::Pre, PanVerdict::Unknown)] {
        let report = song(&[kick(40.0).placed(placement).build()]);
        assert_eq!(report.tracks[0].pan_verdict, verdict);
    }
    for placement in [Placement::Post, Placement::Pre, Placement::Unknown] {
        let unheard = Track::silent("Bass", Role::Bass, 40.0).placed(placement).build();
        assert_eq!(song(&[kick(40.0).build(), unheard]).tracks[1].pan_verdict, PanVerdict::NotJudged);
    }
    let hard = Track::silent("Bass", Role::Bass, 40.0).tone(0.0, 40.0, -15.0).hard(-1.0);
    let report = song(&[kick(40.0).build(), hard.build()]);
    assert_eq!(named(&report, "Bass").pan_verdict, PanVerdict::Off);
    close(named(&report, "Bass").pan, -1.0, 1e-9);
    assert_eq!(named(&report, "Bass").correlation, None);
}

#[test]
fn nothing_heard_waits_and_says_so() {
    let report = song(&[Track::silent("Bass", Role::Bass, 0.0).build()]);
    assert_eq!(report.tracks[0].verdict, Verdict::Waiting);
    assert_eq!(report.scope.from_s, None);
    let report = judge(&[], SessionState::default());
    assert!(report.tracks.is_empty() && report.bus.is_none());
}
