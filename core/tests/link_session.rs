//! A session through its public face: what tracks push is what views show.

use std::time::{Duration, Instant};

use keel_core::dsp::{Cell, CellFlags, Hop, Sink};
use keel_core::link::{CELL_RING, Session, SessionId, StoredSettings, TrackConfig, TrackHandle, TrackWriter, session};
use keel_core::mix::{
    Measure, MixReport, Placement, Profile, ReferenceState, Role, RoleFrom, ScopeKind, SessionState, StandIn, TrackId,
    Verdict, words,
};

const PLAYING: CellFlags = CellFlags::PLAYING;

fn cell(index: i32) -> Cell {
    let flags = PLAYING.with(CellFlags::COMPLETE, true);
    Cell {
        index,
        frames: 4800,
        power: [480.0; 2],
        k_power: 960.0,
        peak: [0.5; 2],
        gain: 1.0,
        epoch: 1,
        flags,
        ..Cell::default()
    }
}

fn hop(index: i64, flags: CellFlags) -> Hop {
    Hop { index, frames: 480, peak: [0.5, 0.25], gain: 1.0, flags, tempo: 174.0, ..Hop::default() }
}

fn joined(session: &Session, name: &str) -> (TrackHandle, TrackWriter) {
    session.join(TrackConfig { name: name.into(), ..TrackConfig::default() })
}

/// Waits for the collector's word without collecting by a view.
fn wait_for(session: &Session, what: &str, reached: impl Fn(&SessionState) -> bool) {
    let start = Instant::now();
    while !reached(&session.state()) {
        assert!(start.elapsed() < Duration::from_secs(10), "waited 10 s for {what}: {:?}", session.state());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn the_process_has_one_session() {
    assert!(std::ptr::eq(session(), session()));
}

#[test]
fn views_show_the_tracks_in_the_order_they_joined() {
    let session = Session::new();
    let mut tracks: Vec<_> = ["Kick", "Snare", "Bass"].map(|name| joined(&session, name)).into();
    let shown = || session.view(|tracks, _| tracks.iter().map(|track| track.id).collect::<Vec<_>>());
    let ids: Vec<_> = tracks.iter().map(|(handle, _)| handle.id()).collect();
    assert_eq!(shown(), ids);
    drop(tracks.remove(1));
    assert_eq!(shown(), [ids[0], ids[2]]);
}

#[test]
fn a_render_at_full_speed_loses_nothing_before_a_view() {
    let session = Session::new();
    let (handle, mut writer) = joined(&session, "Pads");
    for index in 0..1000 {
        for tenth in 0..10 {
            writer.hop(&hop(i64::from(index) * 10 + tenth, PLAYING));
        }
        writer.cell(&cell(index));
    }
    session.view(|tracks, state| {
        let places: Vec<_> = tracks[0].song.cells().map(|cell| cell.index).collect();
        assert_eq!(places, (0..1000).collect::<Vec<_>>());
        assert_eq!(tracks[0].held_peak, Some(0.5));
        assert!(state.transport.playing);
        assert_eq!((state.transport.position_s, state.transport.tempo), (99.99, Some(174.0)));
    });
    assert_eq!(session.newest_hops(handle.id()).last().map(|hop| hop.index), Some(9999));
    assert_eq!(handle.missed_cells(), 0);
}

#[test]
fn the_collector_empties_the_rings_by_itself() {
    let session = Session::new();
    let (handle, mut writer) = joined(&session, "Pads");
    let rings = 3;
    for ring in 0..rings {
        for index in 0..CELL_RING as i32 {
            writer.cell(&cell(ring * CELL_RING as i32 + index));
        }
        let index = i64::from(ring) + 100;
        writer.hop(&hop(index, PLAYING));
        wait_for(&session, "the collector's round", |state| state.transport.position_s == index as f64 / 100.0);
    }
    session.view(|tracks, _| assert_eq!(tracks[0].song.cells().count(), rings as usize * CELL_RING));
    assert_eq!(handle.missed_cells(), 0);
}

#[test]
fn the_transport_stops_when_the_host_no_longer_calls() {
    let session = Session::new();
    let (bass, mut writer) = joined(&session, "Bass");
    writer.hop(&hop(100, PLAYING));
    wait_for(&session, "playing", |state| state.transport.playing);
    let start = Instant::now();
    wait_for(&session, "stopped", |state| !state.transport.playing);
    assert!(start.elapsed() > Duration::from_millis(200), "stopped after {:?}", start.elapsed());
    assert_eq!(session.state().transport.position_s, 1.0);
    assert!(session.newest_hops(bass.id()).is_empty(), "no audio, no live meter");
    writer.hop(&hop(200, PLAYING));
    session.view(|_, state| assert!(state.transport.playing, "and plays at the next hop"));
}

#[test]
fn settings_and_names_are_seen_by_the_next_view() {
    let session = Session::new();
    let (handle, writer) = joined(&session, "");
    session.view(|tracks, _| assert_eq!(tracks[0].name, "Track 1"));
    handle.set_name("  GTR L ");
    handle.settings().set_role(Some(Role::Guitars));
    handle.settings().set_measure(Some(Measure::Loudness));
    handle.settings().set_placement(Placement::Post);
    writer.settings().set_reference(true);
    writer.settings().set_out(true);
    writer.set_gain(2.0);
    session.view(|tracks, _| {
        let track = tracks[0];
        assert_eq!((track.name, track.role, track.role_from), ("GTR L", Role::Guitars, RoleFrom::User));
        assert_eq!((track.measure, track.placement), (Some(Measure::Loudness), Placement::Post));
        assert!(track.is_reference && track.is_out);
        assert_eq!(track.gain, 2.0);
        // Seen inside a view, too: no setter waits for one.
        handle.set_user_name(Some("Left guitar"));
        handle.settings().set_gain(0.5);
    });
    session.view(|tracks, _| assert_eq!((tracks[0].name, tracks[0].gain), ("Left guitar", 0.5)));
    handle.set_name("");
    handle.set_user_name(None);
    assert_eq!(&*handle.name(), "GTR L", "an empty name from the host changes nothing");
}

#[test]
fn the_shown_name_suggests_the_role_until_the_user_says_it() {
    let session = Session::new();
    let (handle, _writer) = joined(&session, "BD in");
    assert_eq!(handle.role(), (Role::Kick, true));
    handle.set_name("Snare top");
    assert_eq!(handle.role(), (Role::Snare, true));
    handle.set_user_name(Some("808"));
    assert_eq!(handle.role(), (Role::Sub808, true));
    handle.settings().set_role(Some(Role::Bass));
    assert_eq!(handle.role(), (Role::Bass, false));
    handle.settings().set_role(None);
    handle.set_user_name(Some("nothing known"));
    session.view(|tracks, _| assert_eq!((tracks[0].role, tracks[0].role_from.is_guess()), (Role::Other, true)));
}

/// A kick hit each half second and a bass, 20 s of song as a track's analyzer would send them.
fn play(kick: &mut TrackWriter, bass: &mut TrackWriter) {
    for index in 0..200 {
        let hits = index % 5 == 2;
        let hit = if hits { CellFlags::HIT } else { CellFlags(0) };
        let flags = CellFlags(PLAYING.0 | CellFlags::COMPLETE.0 | hit.0);
        kick.cell(&Cell { flags, hit_peak: 0.5, hit_power: 0.02, hit_k_power: 0.02, ..cell(index) });
        bass.cell(&Cell { peak: [0.25; 2], ..cell(index) });
    }
}

#[test]
fn the_report_applies_the_trim_at_once_and_the_scope_asked_for() {
    let session = Session::new();
    let (_kick, mut kick) = joined(&session, "Kick");
    let (bass, mut bass_writer) = joined(&session, "Bass");
    play(&mut kick, &mut bass_writer);
    session.set_scope(Some(ScopeKind::Loudest));
    let profile = Profile::guide();
    let offset = |scope, range| {
        let report = session.report(&profile, scope, range);
        let offset = report.track(bass.id()).and_then(|track| track.offset_db).expect("the bass has an offset");
        (report.scope.kind, offset.0)
    };
    let (kind, before) = offset(None, None);
    assert_eq!(kind, ScopeKind::Loudest, "the session's choice");
    assert!((before - 20.0 * 0.5f64.log10()).abs() < 0.01, "half the kick's peak reads {before} dB");
    bass_writer.set_gain(2.0);
    assert!(offset(None, None).1.abs() < 0.01, "a trim of +6.02 dB brings it level");
    assert_eq!(offset(Some(ScopeKind::Song), None).0, ScopeKind::Song);
    assert_eq!(offset(Some(ScopeKind::Range), Some((2.0, 12.0))).0, ScopeKind::Range);
    assert_eq!(session.state().scope, Some(ScopeKind::Loudest), "asking changes no choice");
}

#[test]
fn unnamed_tracks_take_the_first_free_number() {
    let session = Session::new();
    let (first, _first_writer) = joined(&session, "");
    let (second, _second_writer) = joined(&session, "");
    assert_eq!((&*first.name(), &*second.name()), ("Track 1", "Track 2"));
    drop(first);
    assert_eq!(&*joined(&session, " ").0.name(), "Track 1");
}

#[test]
fn a_copy_of_a_live_track_gets_its_own_id_and_no_reference_tag() {
    let session = Session::new();
    let stored = TrackConfig { id: Some(TrackId(77)), reference: true, ..TrackConfig::default() };
    let (original, _w1) = session.join(stored.clone());
    let (copy, _w2) = session.join(stored.clone());
    assert!(!original.id_was_taken() && copy.id_was_taken());
    assert_eq!(original.id(), TrackId(77));
    assert_ne!(copy.id(), TrackId(77));
    session.view(|tracks, _| assert!(tracks[0].is_reference && !tracks[1].is_reference));
    drop(original);
    let (again, _w3) = session.join(stored);
    assert_eq!((again.id(), again.id_was_taken()), (TrackId(77), false), "free again after the original left");
}

#[test]
fn state_that_arrives_after_the_join_brings_its_id() {
    let session = Session::new();
    let (original, _w1) = joined(&session, "Kick");
    session.set_stand_in(Some(original.id()));
    assert!(original.adopt_id(TrackId(5)));
    assert!(original.adopt_id(TrackId(5)), "the same state again");
    assert_eq!(session.state().stand_in, Some(StandIn(TrackId(5))), "the stand-in follows its track");
    let (copy, _w2) = joined(&session, "Kick");
    let own = copy.id();
    copy.settings().set_reference(true);
    assert!(!copy.adopt_id(TrackId(5)));
    assert_eq!((copy.id(), copy.settings().is_reference()), (own, false));
    assert!(!copy.adopt_id(TrackId::default()), "zero is no id");
}

#[test]
fn new_ids_are_unique() {
    let session = Session::new();
    let tracks: Vec<_> = (0..100).map(|_| joined(&session, "x")).collect();
    let mut ids: Vec<_> = tracks.iter().map(|(handle, _)| handle.id()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
    assert!(!ids.contains(&TrackId::default()));
}

#[test]
fn wishes_are_shared_and_end_with_the_last_track() {
    let session = Session::new();
    let (first, first_writer) = joined(&session, "Kick");
    let (second, second_writer) = joined(&session, "");
    assert!(!session.has_mix_bus());
    second.settings().set_role(Some(Role::MixBus));
    assert!(session.has_mix_bus());
    session.set_scope(Some(ScopeKind::Range));
    session.set_range(Some((8.0, 24.0)));
    session.set_bus_mono(true);
    assert!(first_writer.bus_mono_wanted() && second_writer.bus_mono_wanted() && session.bus_mono());
    drop(first);
    let state = session.state();
    assert_eq!((state.scope, state.range_s), (Some(ScopeKind::Range), Some((8.0, 24.0))));
    drop(second);
    assert_eq!(session.state(), SessionState::default());
    assert!(!second_writer.bus_mono_wanted(), "a check must not reach the next project");
}

#[test]
fn an_ignored_track_stays_in_the_report_and_counts_for_nothing() {
    let session = Session::new();
    let (kick, mut kick_writer) = joined(&session, "Kick");
    let (bass, mut bass_writer) = joined(&session, "Bass");
    play(&mut kick_writer, &mut bass_writer);
    let report = || session.report(&Profile::guide(), Some(ScopeKind::Song), None);
    let said = |report: &MixReport, text: &str| report.notes.iter().filter(|note| note.contains(text)).count();
    let before = report();
    session.set_ignored(bass.id(), true);
    let without = report();
    let ignored = without.track(bass.id()).expect("it stays visible");
    assert!(ignored.is_ignored && ignored.is_out && ignored.verdict == Verdict::NotJudged);
    assert!(ignored.note.as_deref().is_some_and(|note| note.contains("ignored")), "{:?}", ignored.note);
    assert_eq!(words::verdict(ignored, &without), "ignored");
    assert!(without.to_json().contains("\"is_ignored\": true"));
    assert_eq!((said(&without, "Ignored in this session: Bass."), said(&without, "would be the kick")), (1, 0));
    assert!(!without.track(kick.id()).expect("the kick").is_ignored);
    session.set_ignored(bass.id(), false);
    assert_eq!(report(), before, "taken back, all is as it was");

    session.set_ignored(kick.id(), true);
    let kickless = report();
    assert_eq!(kickless.reference.state, ReferenceState::None);
    assert_eq!(kickless.track(bass.id()).map(|bass| bass.verdict), Some(Verdict::NoReference));
    assert_eq!(said(&kickless, "Kick would be the kick and is ignored"), 1, "{:?}", kickless.notes);
}

#[test]
fn a_track_that_is_out_is_named_as_ignored() {
    let session = Session::new();
    let (_kick, mut kick_writer) = joined(&session, "Kick");
    let (bass, mut bass_writer) = joined(&session, "Bass");
    play(&mut kick_writer, &mut bass_writer);
    bass.settings().set_out(true);
    for is_ignored in [false, true, true, false] {
        session.set_ignored(bass.id(), is_ignored);
        let report = session.report_now(&Profile::guide());
        let seen = report.track(bass.id()).expect("the bass");
        assert_eq!((seen.is_out, seen.is_ignored), (true, is_ignored));
    }
}

#[test]
fn of_several_tagged_kicks_all_but_one_may_be_ignored() {
    let session = Session::new();
    let tracks = ["Kick A", "Kick B", "Kick C"].map(|name| joined(&session, name));
    tracks.iter().for_each(|(handle, _)| handle.settings().set_reference(true));
    let verdicts = || {
        let report = session.report_now(&Profile::guide());
        (report.reference.state, report.tracks.iter().map(|track| track.verdict).collect::<Vec<_>>())
    };
    assert_eq!(verdicts(), (ReferenceState::Conflict, vec![Verdict::Conflict; 3]));
    session.set_ignored(tracks[1].0.id(), true);
    let conflict = [Verdict::Conflict, Verdict::NotJudged, Verdict::Conflict];
    assert_eq!(verdicts(), (ReferenceState::Conflict, conflict.into()));
    session.set_ignored(tracks[2].0.id(), true);
    assert_eq!(verdicts().0, ReferenceState::Live);
}

#[test]
fn what_a_project_stored_comes_back_to_its_own_session_only() {
    let session = Session::new();
    let join = |id, song| {
        let (id, song) = (Some(TrackId(id)), Some(SessionId(song)));
        session.join(TrackConfig { id, session: song, ..TrackConfig::default() })
    };
    let tracks = [join(1, 7), join(2, 7)];
    session.set_ignored(TrackId(2), true);
    assert!(session.set_profile(Some("loud")) && !session.set_profile(Some(&"x".repeat(257))));
    session.set_code(Some("Room"));
    let stored = session.stored();
    let said = StoredSettings { code: Some("room".into()), profile: Some("loud".into()), ignored: [TrackId(2)].into() };
    assert_eq!(stored, said);
    drop(tracks);
    let _again = [join(1, 7), join(2, 7)];
    session.restore(Some(SessionId(8)), stored.clone());
    assert_eq!(session.stored(), StoredSettings::default(), "of another song: an imported track");
    session.restore(Some(SessionId(7)), stored.clone());
    assert_eq!(session.stored(), stored);
    let (first, _writer) = join(3, 9);
    session.restore(Some(SessionId(9)), StoredSettings { profile: Some("quiet".into()), ..StoredSettings::default() });
    assert_eq!(first.session().profile().as_deref(), Some("loud"), "alone it takes part in the others' session");
    let _second = join(4, 9);
    assert_eq!(first.session().profile().as_deref(), Some("quiet"), "its project's tracks are together");
    session.set_ignored(TrackId(2), false);
    session.restore(Some(SessionId(7)), stored);
    assert!(!session.is_ignored(TrackId(2)), "taken back, and then the project's copy of a track was opened");
}

#[test]
fn a_reset_begins_the_plain_maximum_anew() {
    let session = Session::new();
    let (handle, mut writer) = joined(&session, "Snare");
    writer.hop(&hop(0, CellFlags(0)));
    session.view(|tracks, _| assert_eq!(tracks[0].held_peak, Some(0.5)));
    handle.reset_held_peak();
    session.view(|tracks, _| assert_eq!(tracks[0].held_peak, None));
    writer.hop(&Hop { peak: [0.125, 0.0], ..hop(1, CellFlags(0)) });
    session.view(|tracks, _| assert_eq!(tracks[0].held_peak, Some(0.125)));
}

#[test]
fn a_track_takes_less_than_136_kib_beside_its_song() {
    let session = Session::new();
    let (handle, _writer) = joined(&session, "Hats");
    println!("{} bytes a track", handle.bytes());
    assert!(handle.bytes() < 136 * 1024, "{} bytes", handle.bytes());
}
