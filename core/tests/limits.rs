//! The limits of the rules, from both sides.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::mix::{
    Class, Measure, MixReport, Profile, Role, ScopeKind, SessionState, SessionTransport, TargetSource, Verdict, assess,
};

fn judge(tracks: &[Track], profile: &Profile, scope: ScopeKind) -> MixReport {
    assess(&inputs(tracks), profile, &SessionState { scope: Some(scope), ..SessionState::default() })
}

fn song(tracks: &[Track]) -> MixReport {
    judge(tracks, &Profile::guide(), ScopeKind::Song)
}

fn tone(name: &str, role: Role, peak_db: f64) -> Track {
    Track::silent(name, role, 40.0).tone(0.0, 40.0, peak_db)
}

#[test]
fn a_tail_is_rest_from_24_db_under_the_usual_level() {
    for (tail_db, verdict) in [(-33.9, Verdict::Low), (-34.1, Verdict::Silent)] {
        let pad = Track::silent("Pad", Role::Pads, 40.0).tone(0.0, 10.0, -10.0).tone(10.0, 40.0, tail_db);
        let transport = SessionTransport { playing: true, position_s: 40.0, tempo: Some(120.0), loop_s: None };
        let tracks = [kick(40.0).build(), pad.build()];
        let report =
            assess(&inputs(&tracks), &Profile::guide(), &SessionState { transport, ..SessionState::default() });
        assert_eq!(named(&report, "Pad").verdict, verdict, "a tail at {tail_db} dBFS");
    }
}

#[test]
fn the_95th_percentile_of_the_windows_is_the_level_of_sustained_sound() {
    // Windows reach 300 ms back: a second of 40 touches 13 of 397, 3.3 %; two touch 5.8 %.
    for (seconds, expected) in [(1.0, -20.0), (2.0, -10.0)] {
        let pad = tone("Pad", Role::Pads, -20.0).tone(10.0, 10.0 + seconds, -10.0);
        let report = song(&[kick(40.0).build(), pad.build()]);
        let level = named(&report, "Pad").level_dbfs.unwrap().0;
        assert!((level - expected).abs() < 0.001, "{seconds} s: expected {expected}, read {level}");
    }
}

#[test]
fn eight_hits_in_16_s_of_sound_make_a_drum() {
    for (every_s, class) in [(1.9, Class::Hits), (2.2, Class::Sustained)] {
        let ride = tone("Perc", Role::Percussion, -25.0).hits(0.0, 40.0, every_s, -15.0);
        let report = song(&[kick(40.0).build(), ride.build()]);
        let read = named(&report, "Perc");
        assert_eq!((read.class, read.class_fallback), (class, class == Class::Sustained), "every {every_s} s");
    }
}

#[test]
fn the_loudest_section_holds_8_hits_of_the_kick() {
    // With 7 there, the section begins early enough to hold two more.
    for (hits, from_s) in [(8, 22.0), (7, 14.0)] {
        let mut kick = Track::silent("Kick", Role::Kick, 40.0).hits(0.0, 16.0, 1.0, -11.0);
        for hit in 0..hits {
            kick = kick.hit(22.0 + f64::from(hit), -11.0);
        }
        let loud = |name: &str, role: Role| tone(name, role, -19.0).tone(22.0, 38.0, -9.0).build();
        let tracks = [kick.build(), loud("Pad", Role::Pads), loud("Gtr", Role::Guitars)];
        let report = judge(&tracks, &Profile::guide(), ScopeKind::Loudest);
        assert_eq!(report.scope.from_s.map(|s| s.0), Some(from_s), "{hits} hits in the loud section");
    }
}

#[test]
fn a_move_over_12_db_asks_for_role_and_gain_staging() {
    for (peak_db, move_by, asks) in [(-29.0, 12.0, false), (-30.0, 15.0, true)] {
        let report = song(&[kick(40.0).build(), tone("Bass", Role::Bass, peak_db).build()]);
        let bass = named(&report, "Bass");
        assert_eq!(bass.move_db.map(|db| db.0), Some(move_by));
        assert_eq!(bass.note.as_deref().is_some_and(|note| note.contains("gain staging")), asks, "{:?}", bass.note);
    }
}

#[test]
fn loudness_is_judged_beside_the_peak_only_where_the_profile_has_a_band_for_it() {
    // Peak 4 dB under the kick; what its loudness is to the kick's hits is read first.
    let tracks = || [kick(40.0).build(), tone("Bass", Role::Bass, -15.0).build()];
    let bass = named(&song(&tracks()), "Bass").clone();
    assert_eq!((bass.verdict, bass.loudness_verdict), (Verdict::Sits, None));
    let offset = bass.loudness_offset_lu.expect("shown in any case").0;
    let with_band = |low: f64, high: f64| {
        let text = format!("[roles.bass]\nloudness = [{low:.1}, {high:.1}]\n");
        Profile::parse("mine", &text).unwrap_or_else(|error| panic!("{error}"))
    };
    for (low, high, verdict) in [(-9.0, -6.0, Some(Verdict::High)), (6.0, 9.0, Some(Verdict::Low)), (-2.0, 2.0, None)] {
        let profile = with_band(offset + low, offset + high);
        let report = judge(&tracks(), &profile, ScopeKind::Song);
        let bass = named(&report, "Bass");
        assert_eq!((bass.verdict, bass.loudness_verdict), (Verdict::Sits, verdict), "{low} to {high} about it");
        // Who asks for loudness is judged by that band.
        let [kick, bass] = tracks();
        let report = judge(&[kick, Track { measure: Some(Measure::Loudness), ..bass }], &profile, ScopeKind::Song);
        let bass = named(&report, "Bass");
        assert_eq!((bass.verdict, bass.target.unwrap().measure), (verdict.unwrap_or(Verdict::Sits), Measure::Loudness));
    }
}

#[test]
fn a_band_of_one_s_own_decides_and_says_whose_it_is() {
    let profile = Profile::parse("mine", "[roles.bass]\nlow = -12\nhigh = -9\n").expect("a sound profile");
    let report = judge(&[kick(40.0).build(), tone("Bass", Role::Bass, -15.0).build()], &profile, ScopeKind::Song);
    let bass = named(&report, "Bass");
    assert_eq!((bass.verdict, bass.move_db.unwrap().0), (Verdict::High, -6.0));
    assert_eq!((report.profile.as_str(), bass.target.unwrap().source), ("mine", TargetSource::User));
}

#[test]
fn a_mix_bus_is_told_of_headroom_and_of_true_peaks() {
    for (peak_db, expected) in [(-6.0, None), (-5.8, Some("headroom")), (-1.0, Some("headroom")), (-0.8, Some("dBTP"))]
    {
        let report = song(&[kick(40.0).build(), tone("Mix", Role::MixBus, peak_db).build()]);
        let said: Vec<&str> =
            report.advice.iter().filter(|advice| advice.track == "Mix").map(|advice| advice.text.as_str()).collect();
        match expected {
            None => assert!(said.is_empty(), "at {peak_db}: {said:?}"),
            Some(word) => assert!(said.len() == 1 && said[0].contains(word), "at {peak_db}: {said:?}"),
        }
    }
}
