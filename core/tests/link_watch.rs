//! A session under watch: judged by a thread of its own, for as long as it is watched.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use keel_core::dsp::{Cell, CellFlags, Hop, Sink};
use keel_core::link::{Session, TrackConfig, TrackHandle, TrackWriter, Watch};
use keel_core::mix::{MixReport, Profile, Role};

const PLAYING: CellFlags = CellFlags::PLAYING;

fn joined(session: &Session, name: &str) -> (TrackHandle, TrackWriter) {
    session.join(TrackConfig { name: name.into(), ..TrackConfig::default() })
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} was never seen");
        thread::sleep(Duration::from_millis(2));
    }
}

fn play(writer: &mut TrackWriter, cells: std::ops::Range<i32>) {
    for index in cells {
        let flags = PLAYING.with(CellFlags::COMPLETE, true);
        let cell =
            Cell { index, frames: 4800, power: [48.0; 2], cross: 48.0, peak: [0.5; 2], flags, ..Cell::default() };
        writer.cell(&Cell { k_power: 96.0, gain: 1.0, ..cell });
    }
}

fn report(watch: &Watch) -> Arc<MixReport> {
    Arc::clone(&watch.snapshot().report)
}

#[test]
fn a_watch_shows_what_the_session_reports_and_what_is_set() {
    let session = Session::new();
    let (_kick, mut kick_writer) = joined(&session, "Kick");
    let (bass, mut bass_writer) = joined(&session, "Bass");
    let profile = Arc::new(Profile::guide());
    let watch = bass.watch(Arc::clone(&profile));
    play(&mut kick_writer, 0..100);
    play(&mut bass_writer, 0..100);
    let heard = |report: &MixReport| report.tracks.iter().all(|track| track.heard_cells == 100);
    until("the song", || report(&watch).tracks.len() == 2 && heard(&report(&watch)));
    assert_eq!(*report(&watch), session.report_now(&profile));
    bass.settings().set_role(Some(Role::Pads));
    until("the role", || report(&watch).track(bass.id()).is_some_and(|track| track.role == Role::Pads));
    session.set_ignored(bass.id(), true);
    watch.ask();
    until("the ignored track", || report(&watch).track(bass.id()).is_some_and(|track| track.is_ignored));
    let (_snare, _writer) = joined(&session, "Snare");
    until("the third track", || report(&watch).tracks.len() == 3);
    let mine = Profile::parse("mine", "[roles.bass]\nlow = -9.0\nhigh = -4.0\n").expect("a profile");
    watch.set_profile(Arc::new(mine));
    until("the other profile", || report(&watch).profile == "mine");
}

#[test]
fn live_meters_follow_the_hops_between_two_judgements() {
    let session = Session::new();
    let (kick, mut writer) = joined(&session, "Kick");
    let watch = kick.watch(Arc::new(Profile::guide()));
    until("the track", || !report(&watch).tracks.is_empty());
    for count in 1..20 {
        let onsets = count;
        let index = i64::from(count);
        writer.hop(&Hop { index, frames: 480, peak: [0.5; 2], gain: 1.0, flags: PLAYING, onsets, ..Hop::default() });
        until("the hit", || watch.snapshot().live(kick.id()).is_some_and(|live| live.onsets == count));
    }
    let live = watch.snapshot().live(kick.id()).expect("live meters");
    assert!(live.input_peak_dbfs.is_some_and(|peak| (peak.0 + 6.02).abs() < 0.01), "{live:?}");
    assert_eq!(live.held_peak_dbfs, live.input_peak_dbfs);
    until("the meters to rest once the host no longer calls", || {
        watch.snapshot().live(kick.id()).is_some_and(|live| live.input_peak_dbfs.is_none())
    });
}

#[test]
fn a_watch_outlives_its_session_in_peace_and_another_begins_anew() {
    let session = Session::new();
    let (kick, writer) = joined(&session, "Kick");
    let watch = kick.watch(Arc::new(Profile::guide()));
    until("the track", || report(&watch).tracks.len() == 1);
    drop((kick, writer));
    watch.ask();
    assert_eq!(report(&watch).tracks.len(), 1, "what it showed stands");
    let (snare, _writer) = joined(&session, "Snare");
    let another = snare.watch(Arc::new(Profile::guide()));
    until("the next session's track", || report(&another).tracks.first().is_some_and(|track| track.name == "Snare"));
}

#[test]
fn the_held_peak_begins_anew_while_a_view_holds_the_session() {
    let session = Session::new();
    let (kick, mut writer) = joined(&session, "Kick");
    writer.hop(&Hop { index: 0, frames: 480, peak: [0.5; 2], gain: 1.0, flags: PLAYING, ..Hop::default() });
    let held = session.view(|tracks, _| {
        // As a window may click it while its session is being judged: it must not wait.
        thread::scope(|scope| scope.spawn(|| kick.reset_held_peak()).join().expect("no panic"));
        tracks[0].held_peak
    });
    assert_eq!(held, Some(0.5));
    until("the reset", || session.view(|tracks, _| tracks[0].held_peak.is_none()));
}
