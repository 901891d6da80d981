//! Renders that no collector follows, through the entries of both formats: what the rings hold is received, the rest is
//! missing, and said to be.

#![allow(unsafe_code)] // A host is all pointers.

#[allow(dead_code)] // shared with the tests of the entries
mod raw_clap;
#[allow(dead_code)]
mod raw_vst3;

use std::sync::{Mutex, MutexGuard, PoisonError};

use clap_sys::ext::render::{CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, clap_plugin_render};
use keel_core::link::{CELL_RING, RENDER_CELL_RING, session};
use keel_core::mix::{Profile, ScopeKind, TrackReport};
use raw_vst3::{OFFLINE, REALTIME};

/// Seconds of a song.
const SONG: usize = 300;

/// All instances of a process share one session: tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A second of sound.
fn tone() -> Vec<f32> {
    (0..48_000).map(|n| (n as f32 / 48.0 * std::f32::consts::TAU).sin() * 0.25).collect()
}

/// An instance of either format, whose song begins anew with each stream.
trait Hosted {
    fn begin(&self, is_render: bool);
    fn second(&self, tone: &[f32]);
    fn end(&self);
}

impl Hosted for raw_clap::Host {
    /// Announced to the active plugin: CLAP lets hosts do so.
    fn begin(&self, is_render: bool) {
        self.activate();
        if is_render {
            let render = self.extension::<clap_plugin_render>(CLAP_EXT_RENDER).expect("clap.render");
            // SAFETY: the plugin is alive.
            assert!(unsafe { render.set.expect("set")(self.plugin, CLAP_RENDER_OFFLINE) });
        }
    }

    fn second(&self, tone: &[f32]) {
        self.process(tone, tone, None, None);
    }

    fn end(&self) {
        self.deactivate();
    }
}

impl Hosted for raw_vst3::Instance {
    fn begin(&self, is_render: bool) {
        self.set_up(if is_render { OFFLINE } else { REALTIME });
        self.start();
    }

    fn second(&self, tone: &[f32]) {
        self.process(tone, tone, REALTIME);
    }

    fn end(&self) {
        self.stop();
    }
}

/// Renders while a view holds the session: nothing can be taken out of the rings.
fn render_unread(host: &impl Hosted, is_render: bool, seconds: usize) {
    let tone = tone();
    host.begin(is_render);
    session().view(|_, _| (0..seconds).for_each(|_| host.second(&tone)));
    host.end();
}

/// The only track, and what is said of the session.
fn report() -> (TrackReport, Vec<String>) {
    let report = session().report(&Profile::guide(), Some(ScopeKind::Song), None);
    assert_eq!(report.tracks.len(), 1);
    (report.tracks[0].clone(), report.notes)
}

/// First and last place of the song that was received, and how many records of bands.
fn received() -> (Option<(i32, i32)>, usize) {
    session().view(|tracks, _| (tracks[0].song.bounds(), tracks[0].song.bands(0, i32::MAX).count()))
}

fn an_announced_song_waits_in_the_rings(host: &impl Hosted) {
    render_unread(host, true, SONG);
    let (track, notes) = report();
    assert_eq!((track.heard_cells, track.missed_cells), (SONG * 10, 0));
    assert_eq!(received(), (Some((0, SONG as i32 * 10 - 1)), SONG / 2));
    assert!(!notes.iter().any(|note| note.contains("missing")), "{notes:?}");
}

fn what_was_lost_is_missing_until_it_is_played_again(host: &impl Hosted) {
    let (seconds, lost) = (120, 1_200 - CELL_RING);
    render_unread(host, false, seconds);
    let (track, notes) = report();
    assert_eq!((track.heard_cells, track.missed_cells as usize), (CELL_RING, lost));
    assert_eq!(received().0, Some((lost as i32, 1_199)), "what was overwritten is not there");
    let note = notes.iter().find(|note| note.contains("missing")).unwrap_or_else(|| panic!("{notes:?}"));
    assert!(note.contains(&format!("17.6 s of {}", track.name)) && note.contains("Play it again"), "{note}");
    let json = session().report(&Profile::guide(), None, None).to_json();
    assert!(json.contains(r#""missed_cells": 176"#) && json.contains("17.6 s of"), "{json}");

    host.begin(false);
    let tone = tone();
    (0..10).for_each(|_| host.second(&tone));
    host.end();
    assert_eq!((report().0.heard_cells, report().0.missed_cells as usize), (CELL_RING + 100, lost - 100));
    host.begin(false);
    (0..20).for_each(|_| host.second(&tone));
    host.end();
    let (track, notes) = report();
    assert_eq!((track.heard_cells, track.missed_cells), (1_200, 0));
    assert!(!notes.iter().any(|note| note.contains("missing")), "{notes:?}");
}

#[test]
fn an_announced_song_waits_in_the_rings_of_clap() {
    let _turn = alone();
    an_announced_song_waits_in_the_rings(&*raw_clap::Host::new(Vec::new()));
}

#[test]
fn an_announced_song_waits_in_the_rings_of_vst3() {
    let _turn = alone();
    an_announced_song_waits_in_the_rings(&raw_vst3::Instance::new());
}

#[test]
fn what_clap_lost_is_missing_until_it_is_played_again() {
    let _turn = alone();
    what_was_lost_is_missing_until_it_is_played_again(&*raw_clap::Host::new(Vec::new()));
}

#[test]
fn what_vst3_lost_is_missing_until_it_is_played_again() {
    let _turn = alone();
    what_was_lost_is_missing_until_it_is_played_again(&raw_vst3::Instance::new());
}

#[test]
fn an_announced_render_beyond_its_rings_is_missing_too() {
    let _turn = alone();
    let host = raw_vst3::Instance::new();
    let seconds = RENDER_CELL_RING / 10 + 10;
    render_unread(&host, true, seconds);
    let track = report().0;
    assert_eq!((track.heard_cells, track.missed_cells as usize), (RENDER_CELL_RING, seconds * 10 - RENDER_CELL_RING));
}
