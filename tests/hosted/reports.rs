//! What the plugin says of the whole session.

use keel_core::mix::Placement;
use keel_session::host::{Instance, Track, Transport};
use keel_session::song;
use keel_session::stems::StemSet;
use serde_json::Value;

use super::common::*;

#[test]
fn names_give_roles_and_every_track_is_in_the_report() {
    let _turn = alone();
    let loud = |hz| vec![sine(hz, -18.0, 8.0); 2];
    let mut player = session(with_kick(vec![stem("Bäss DI", loud(80.0)), stem("Lead Vox", loud(800.0))]));
    play(&mut player, 8.0);
    let report = report(&mut player, Some("song"));
    assert_eq!(report["schema"], "keel.report/2");
    assert_eq!(report["scope"]["kind"], "song");
    assert_eq!(report["reference"]["track"], "Kick");
    assert_eq!(report["reference"]["state"], "live");
    near("kick hits", number(&report["reference"], "hit_peak_dbfs"), -11.0, 0.1);
    assert_eq!(track(&report, "Kick")["role"], "kick");
    assert_eq!(track(&report, "Lead Vox")["role"], "lead-vocal");
    assert_eq!(track(&report, "Bäss DI")["placement"], "post", "the host declares stems to be after the fader");
}

#[test]
fn scopes_are_taken_or_refused() {
    let _turn = alone();
    let mut player = session(with_kick(vec![stem("Bass", vec![sine(80.0, -16.0, 20.0)])]));
    play(&mut player, 20.0);
    for (scope, kind) in [("loudest", "loudest"), ("song", "song"), ("playing", "playing"), ("2-6.5", "range")] {
        assert_eq!(report(&mut player, Some(scope))["scope"]["kind"], kind);
    }
    let range = report(&mut player, Some("2-6.5"));
    near("from", number(&range["scope"], "from_s"), 2.0, 0.0);
    near("to", number(&range["scope"], "to_s"), 6.5, 0.0);
    for nonsense in ["", "chorus", "6-2", "-1", "nan-inf"] {
        assert!(player.report(Some(nonsense)).is_err(), "{nonsense:?} was taken for a scope");
    }
}

#[test]
fn a_renamed_track_is_called_by_its_new_name() {
    let _turn = alone();
    let mut instance = instance("Audio 12", 2);
    instance.set_name("Snare Top");
    let named = parse(&instance.report(Some("song")).expect("a report"));
    assert_eq!(track(&named, "Snare Top")["role"], "snare");
    instance.set_name("Snare\n\x1b[2JTop");
    let shown = parse(&instance.report(Some("song")).expect("a report"));
    assert_eq!(track(&shown, "Snare[2JTop")["role"], "snare", "no name steers a terminal");
    instance.set_name("Snare Top");
    instance.set_name("");
    let kept = parse(&instance.report(Some("song")).expect("a report"));
    assert_eq!(track(&kept, "Snare Top")["role"], "snare", "hosts send empty names: the last one stands");
}

#[test]
fn before_the_fader_the_report_says_so() {
    let _turn = alone();
    for (placement, word) in [(Placement::Pre, "pre"), (Placement::Post, "post"), (Placement::Unknown, "unknown")] {
        let track_info = Track { name: "Bass".into(), channels: 2, placement };
        let mut instance = Instance::new(plugin(), &track_info).expect("an instance");
        let report = parse(&instance.report(Some("song")).expect("a report"));
        assert_eq!(track(&report, "Bass")["placement"], word);
    }
}

#[test]
fn the_users_word_on_the_placement_comes_back_with_the_project() {
    let _turn = alone();
    let from = |by_host: Placement, state: &[u8]| {
        let track_info = Track { name: "Bass".into(), channels: 2, placement: by_host };
        let mut instance = Instance::new(plugin(), &track_info).expect("an instance");
        instance.load(state).expect("loaded");
        let report = parse(&instance.report(Some("song")).expect("a report"));
        (track(&report, "Bass")["placement"].clone(), instance.save().expect("saved"))
    };
    let silent = instance("Bass", 2).save().expect("saved");
    for (by_host, word) in [(Placement::Pre, "pre"), (Placement::Post, "post"), (Placement::Unknown, "unknown")] {
        assert_eq!(from(by_host, &silent).0, word, "without the user's word the host's holds");
        for said in ["pre", "post"] {
            let (reported, again) = from(by_host, &saying(&silent, said));
            assert_eq!(reported, said, "the host says {word}");
            assert_eq!(from(by_host, &again).0, said, "and after it was stored again");
        }
        assert_eq!(from(by_host, &saying(&silent, "sideways")).0, word, "what cannot be read is no word");
    }
}

/// The state with the user's word on the placement in it.
fn saying(state: &[u8], placement: &str) -> Vec<u8> {
    let (_, json) = state.split_at(8);
    let mut state: Value = serde_json::from_slice(json).expect("JSON after its length");
    let mut keel = parse(state["fields"]["keel"].as_str().expect("text"));
    keel["placement"] = placement.into();
    state["fields"]["keel"] = keel.to_string().into();
    let json = state.to_string();
    [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat()
}

#[test]
fn without_a_kick_nothing_is_judged_against_one() {
    let _turn = alone();
    let stems = vec![stem("Bass", vec![sine(80.0, -16.0, 10.0)]), stem("Pads", vec![sine(300.0, -20.0, 10.0); 2])];
    let mut player = session(stems);
    play(&mut player, 10.0);
    let report = report(&mut player, Some("song"));
    assert_eq!(report["reference"]["state"], "none");
    assert_eq!(report["reference"]["track"], Value::Null);
    for name in ["Bass", "Pads"] {
        let track = track(&report, name);
        assert_eq!(track["verdict"], "no-reference", "{track}");
        assert_eq!((&track["offset_db"], &track["move_db"]), (&Value::Null, &Value::Null));
        assert!(track["note"].as_str().is_some_and(|note| !note.is_empty()), "a word on why: {track}");
    }
}

#[test]
fn two_tagged_kicks_are_a_conflict_until_one_is_untagged() {
    let _turn = alone();
    let drum = |hz, db| vec![beats(hz, db, 20.0)];
    let stems = vec![
        stem("Drum A", drum(60.0, -11.0)),
        stem("Drum B", drum(50.0, -12.0)),
        stem("Bass", vec![sine(80.0, -16.0, 20.0)]),
    ];
    let mut player = session(stems);
    for name in ["Drum A", "Drum B"] {
        let track = player.track(name).expect("a track");
        track.set_param_text("role", "Kick").expect("role");
        track.set_param("reference", 1.0).expect("reference");
    }
    play(&mut player, 10.0);
    let conflict = report(&mut player, Some("song"));
    assert_eq!(conflict["reference"]["state"], "conflict", "{}", conflict["reference"]);
    let claims = conflict["reference"]["claimed_by"].as_array().expect("claims");
    assert_eq!(claims.len(), 2, "{claims:?}");
    assert_eq!(track(&conflict, "Bass")["verdict"], "conflict");
    assert_eq!(track(&conflict, "Bass")["move_db"], Value::Null, "no move while it is not clear against what");

    player.track("Drum B").expect("a track").set_param("reference", 0.0).expect("reference");
    play(&mut player, 1.0);
    let solved = report(&mut player, Some("song"));
    assert_eq!(solved["reference"]["track"], "Drum A");
    assert_eq!(track(&solved, "Bass")["verdict"], "sits");
}

/// What changed upstream of Keel shows on the second pass, and what came before it counts no more.
#[test]
fn a_second_pass_at_another_level_leaves_the_first_out() {
    let _turn = alone();
    let (mut kick, mut bass) = (instance("Kick", 1), instance("Bass", 1));
    let mut ends = [kick.activate(48_000.0, 512).expect("active"), bass.activate(48_000.0, 512).expect("active")];
    let song = Transport::new(48_000.0, Some(120.0));
    let mut play = |from_s: f64, to_s: f64, bass_db: f64| {
        let frames = |second: f64| (second * f64::from(RATE)) as usize;
        let span = frames(from_s)..frames(to_s);
        let part = |signal: Vec<f32>| [signal[span.clone()].to_vec()];
        run_from(&mut ends[0], &part(beats(60.0, -11.0, 16.0)), &[512], song.at(span.start as u64));
        run_from(&mut ends[1], &part(sine(80.0, bass_db, 16.0)), &[512], song.at(span.start as u64));
        let report = parse(&kick.report(Some("song")).expect("a report"));
        (track(&report, "Bass").clone(), track(&report, "Kick")["stale"].clone())
    };
    let (first, _) = play(0.0, 16.0, -16.0);
    assert_eq!((&first["verdict"], &first["stale"]), (&"sits".into(), &Value::Null));
    // One bar proves nothing, and two do.
    assert_eq!(play(6.0, 8.0, -13.0).0["stale"], Value::Null);
    let (second, kick_stale) = play(4.0, 8.0, -13.0);
    assert_eq!(kick_stale, Value::Null, "only the bass changed");
    near("what is stale", number(&second["stale"], "seconds"), 12.0, 0.2);
    near("by how much it changed", number(&second["stale"], "changed_by_db"), 3.0, 0.05);
    assert_eq!(second["stale"]["spans"].as_array().map(Vec::len), Some(2), "{}", second["stale"]);
    assert_eq!((&second["verdict"], number(&second, "deviation_db")), (&"high".into(), 1.0));
    near("the offset at the new level", number(&second, "offset_db"), -2.0, 0.1);
    let (whole, _) = play(0.0, 16.0, -13.0);
    assert_eq!((&whole["verdict"], &whole["stale"]), (&"high".into(), &Value::Null));
    let [kick_end, bass_end] = ends;
    kick.deactivate(kick_end);
    bass.deactivate(bass_end);
}

#[test]
fn a_duplicated_track_is_a_track_of_its_own_without_the_tag() {
    let _turn = alone();
    let mut original = instance("Kick", 2);
    original.set_param("reference", 1.0).expect("reference");
    let state = original.save().expect("saved");
    let mut copy = instance("Kick", 2);
    copy.load(&state).expect("loaded");
    copy.pump();
    let report = parse(&original.report(Some("song")).expect("a report"));
    assert_eq!(report["tracks"].as_array().map(Vec::len), Some(2), "{report}");
    assert_ne!(report["reference"]["state"], "conflict", "the copy dropped the tag");
}

#[test]
fn a_muted_track_is_out_of_the_judgement() {
    let _turn = alone();
    let mut player = session(with_kick(vec![stem("Bass", vec![sine(80.0, -6.0, 12.0)])]));
    player.track("Bass").expect("bass").set_param("out", 1.0).expect("out");
    play(&mut player, 12.0);
    let report = report(&mut player, Some("song"));
    let bass = track(&report, "Bass");
    assert_eq!(bass["is_out"], true);
    assert_eq!(bass["move_db"], Value::Null, "{bass}");
}

/// The demo song, through ten instances, against the table that was written before it.
#[test]
fn the_demo_song_is_judged_as_its_table_says() {
    let _turn = alone();
    let set = StemSet::demo(RATE);
    let mut player = session(set.stems.clone());
    play(&mut player, set.seconds());
    player.play_on(u64::from(RATE) / 4);
    let report = report(&mut player, Some("loudest"));
    for intent in song::INTENT {
        let track = track(&report, intent.track);
        let what = intent.track;
        assert_eq!(track["role"], intent.role.id(), "{what}");
        assert_eq!(track["verdict"], serde_json::to_value(intent.verdict).expect("a word"), "{what}: {track}");
        assert_eq!(track["move_db"].as_f64().filter(|db| *db != 0.0), intent.move_db, "{what}: {track}");
        if let Some(offset) = intent.offset_db {
            near(what, number(track, "offset_db"), offset, song::TOLERANCE_DB);
        }
    }
}
