//! Sessions as they should not be, and still are: slips of the host's clock, wild ranges, pre-roll, a kick without hits.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::dsp::{Cell, CellFlags};
use keel_core::mix::{
    Measure, MixReport, Profile, ReferenceState, Role, ScopeKind, SessionState, SessionTransport, StandIn, TrackId,
    Verdict, assess,
};

fn judge(tracks: &[Track], state: SessionState) -> MixReport {
    assess(&inputs(tracks), &Profile::guide(), &state)
}

fn song(tracks: &[Track]) -> MixReport {
    judge(tracks, SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() })
}

fn range(from_s: f64, to_s: f64) -> SessionState {
    SessionState { scope: Some(ScopeKind::Range), range_s: Some((from_s, to_s)), ..SessionState::default() }
}

fn playing(position_s: f64) -> SessionState {
    let transport = SessionTransport { playing: true, position_s, tempo: Some(120.0), loop_s: None };
    SessionState { transport, ..SessionState::default() }
}

fn offset(report: &MixReport, name: &str) -> Option<f64> {
    named(report, name).offset_db.map(|db| (db.0 * 100.0).round() / 100.0)
}

fn bass(peak_db: f64) -> Track {
    Track::silent("Bass", Role::Bass, 40.0).tone(0.0, 40.0, peak_db)
}

#[test]
fn ranges_of_any_size_and_order_are_read_as_far_as_they_go() {
    let tracks = [kick(40.0).build(), bass(-15.0).build()];
    for (from_s, to_s) in [(-1e12, 1e12), (0.0, f64::INFINITY), (f64::NEG_INFINITY, 20.0), (0.0, 1e9)] {
        let report = judge(&tracks, range(from_s, to_s));
        assert_eq!(offset(&report, "Bass"), Some(-4.0), "from {from_s} to {to_s} s");
    }
    for (from_s, to_s) in [(20.0, 10.0), (5.0, 5.0), (1e12, -1e12), (f64::NAN, f64::NAN), (1e9, 2e9), (f64::NAN, 0.2)] {
        let report = judge(&tracks, range(from_s, to_s));
        assert_eq!(offset(&report, "Bass"), None, "from {from_s} to {to_s} s");
        assert_eq!(named(&report, "Bass").verdict, Verdict::Waiting, "from {from_s} to {to_s} s");
    }
}

#[test]
fn a_slip_of_the_host_s_clock_swells_nothing_and_is_forgotten() {
    let mut tracks = [kick(40.0).build(), bass(-15.0).build()];
    for track in &mut tracks {
        let next = Cell { epoch: 3, ..track.cells[100] };
        track.song.insert(&Cell { index: 1_000_000_000, epoch: 2, ..next });
        assert_eq!(track.song.bounds(), Some((1_000_000_000, 1_000_000_000)), "what is near the newest cell");
        track.song.insert(&next);
        assert_eq!(track.song.bounds(), Some((0, 399)));
    }
    assert_eq!(offset(&song(&tracks), "Bass"), Some(-4.0));
}

#[test]
fn a_single_cell_waits() {
    for role in Role::ALL {
        let track = Track::silent("One", role, 0.1).tone(0.0, 0.1, -12.0).build();
        for state in [SessionState::default(), playing(0.1), range(0.0, 1.0)] {
            let verdict = judge(std::slice::from_ref(&track), state).tracks[0].verdict;
            assert!(matches!(verdict, Verdict::Waiting | Verdict::NotJudged), "{role:?}: {verdict:?}");
        }
    }
}

#[test]
fn silence_has_no_figures() {
    let report = song(&[kick(40.0).build(), Track::silent("Mix", Role::MixBus, 40.0).build()]);
    let bus = named(&report, "Mix");
    assert_eq!((bus.sample_peak_dbfs, bus.true_peak_dbtp, bus.rms_dbfs), (None, None, None));
    assert_eq!((bus.integrated_lufs, bus.max_short_term_lufs, bus.gain_staging), (None, None, None));
    assert_eq!((bus.pan, bus.correlation, bus.mono_loss_db), (None, None, None));
    let bus = report.bus.expect("there is a mix bus");
    assert_eq!((bus.loudness_range_lu, bus.correlation, bus.mono_loss_db), (None, None, None));
}

#[test]
fn what_is_never_judged_does_not_wait_for_anything() {
    let bus = Track::silent("Mix", Role::MixBus, 40.0).tone(0.0, 40.0, -6.0).build();
    let report = song(&[bus, Track { is_out: true, ..bass(-15.0) }.build()]);
    for track in &report.tracks {
        assert_eq!(track.verdict, Verdict::NotJudged, "{}", track.name);
    }
    assert!(report.bus.is_some_and(|bus| bus.sample_peak_dbfs.is_some()), "a mixdown by itself has its facts");
}

#[test]
fn a_track_that_is_out_gets_no_advice() {
    let clipping = |is_out| {
        let hot = Track { is_out, ..Track::silent("Gtr", Role::Guitars, 40.0).tone(0.0, 40.0, 1.0) };
        song(&[kick(40.0).build(), hot.build()]).advice.iter().filter(|advice| advice.track == "Gtr").count()
    };
    assert!(clipping(false) > 0);
    assert_eq!(clipping(true), 0);
}

#[test]
fn pre_roll_is_song_like_any_other() {
    let early = |mut track: Track| {
        for cell in &mut track.cells {
            cell.index -= 200;
            cell.bar -= 10.0;
        }
        track.build()
    };
    let tracks = [early(kick(40.0)), early(bass(-15.0))];
    for state in [range(-16.0, -4.0), playing(-2.0), SessionState::default()] {
        assert_eq!(offset(&judge(&tracks, state), "Bass"), Some(-4.0), "{state:?}");
    }
    let report = judge(&tracks, range(-16.0, -4.0));
    assert_eq!((report.scope.from_bar, report.scope.to_bar), (Some(-7.0), Some(-1.0)));
}

#[test]
fn non_finite_input_is_told() {
    let mut bass = bass(-15.0);
    bass.cells[7].flags = bass.cells[7].flags.with(CellFlags::NON_FINITE, true);
    let report = song(&[kick(40.0).build(), bass.build()]);
    assert!(named(&report, "Bass").non_finite_input && !named(&report, "Kick").non_finite_input);
    assert!(report.notes.iter().any(|note| note.contains("Bass")), "{:?}", report.notes);
}

#[test]
fn a_kick_without_rests_is_read_as_sustained_and_says_so() {
    let roar = Track::silent("Kick", Role::Kick, 40.0).tone(0.0, 40.0, -11.0).hit(0.0, -11.0);
    let report = song(&[roar.build(), bass(-15.0).build()]);
    let kick = named(&report, "Kick");
    assert!(kick.class_fallback);
    assert!(kick.note.as_deref().is_some_and(|note| note.contains("too few hits")), "{:?}", kick.note);
    assert_eq!((kick.verdict, offset(&report, "Bass")), (Verdict::Sits, Some(-4.0)));
}

#[test]
fn another_measure_than_the_target_s_is_shown_and_not_judged() {
    let with = |measure| {
        let kick = Track { measure: Some(measure), ..kick(40.0).build() };
        let bass = Track { measure: Some(measure), ..bass(-15.0).build() };
        song(&[kick, bass])
    };
    assert_eq!(named(&with(Measure::Peak), "Kick").verdict, Verdict::Sits);
    for measure in [Measure::Rms, Measure::Loudness] {
        for name in ["Kick", "Bass"] {
            let report = with(measure);
            let track = named(&report, name);
            assert_eq!((track.verdict, track.move_db), (Verdict::NotJudged, None), "{name} by {measure:?}");
            assert!(track.note.as_deref().is_some_and(|note| note.contains("measure")), "{:?}", track.note);
        }
    }
}

#[test]
fn a_track_without_a_band_from_the_kick_cannot_stand_in_for_it() {
    let vocal = Track::silent("Vox", Role::LeadVocal, 40.0).tone(0.0, 40.0, -15.0);
    let state =
        SessionState { scope: Some(ScopeKind::Song), stand_in: Some(StandIn(TrackId(1))), ..SessionState::default() };
    let report = judge(&[vocal.build(), bass(-15.0).build()], state);
    assert_eq!(report.reference.state, ReferenceState::None);
    assert_eq!(named(&report, "Bass").verdict, Verdict::NoReference);
}

#[test]
fn a_stand_in_is_held_as_a_kick_is() {
    let snare = Track::silent("Snare", Role::Snare, 60.0).hits(0.5, 20.0, 1.0, -14.0);
    let bass = Track::silent("Bass", Role::Bass, 60.0).tone(0.0, 60.0, -15.5);
    let report =
        judge(&[snare.build(), bass.build()], SessionState { stand_in: Some(StandIn(TrackId(1))), ..playing(55.0) });
    assert_eq!(report.reference.state, ReferenceState::Held);
    assert_eq!((named(&report, "Bass").verdict, offset(&report, "Bass")), (Verdict::Held, Some(-4.5)));
}

#[test]
fn a_third_kick_is_in_the_conflict_of_the_other_two() {
    let tagged = |name: &str| Track { name: name.into(), ..kick(40.0) }.reference().build();
    let report = song(&[tagged("Kick A"), tagged("Kick B"), Track { name: "Kick C".into(), ..kick(40.0) }.build()]);
    for track in &report.tracks {
        assert_eq!(track.verdict, Verdict::Conflict, "{}", track.name);
    }
}
