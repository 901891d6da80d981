//! The demo song against its written table.

use std::sync::Arc;

use keel_core::mix::{Break, MixReport, SessionState};
use keel_session::song::{self, INTENDED_BREAKS, INTENT, IntendedBreak, Intent, TOLERANCE_DB};

use crate::measured::{MeasuredTrack, judge, line};

const RATE: u32 = 44_100;

fn report() -> MixReport {
    let stems = song::demo(RATE);
    let tracks: Vec<MeasuredTrack> =
        stems.iter().zip(INTENT).map(|(stem, intent)| MeasuredTrack::new(stem, intent.role, RATE)).collect();
    judge(&tracks, &SessionState::default())
}

#[test]
fn the_demo_song_reads_as_its_table_says() {
    let report = report();
    let scope = (report.scope.from_s.map(|s| s.0), report.scope.to_s.map(|s| s.0));
    assert_eq!(scope, (Some(16.0), Some(32.0)), "the loudest section is the first chorus");
    for intent in INTENT {
        compare(&report, intent);
    }
    assert_eq!(report.breaks.len(), INTENDED_BREAKS.len(), "breaks: {:#?}", report.breaks);
    for intended in INTENDED_BREAKS {
        let near =
            |one: &&Arc<Break>| one.track.starts_with(intended.track) && (one.from_s.0 - intended.from_s).abs() <= 0.3;
        let found = report.breaks.iter().find(near);
        compare_break(found.unwrap_or_else(|| panic!("no break as {intended:?} in {:#?}", report.breaks)), intended);
    }
}

fn compare(report: &MixReport, intent: &Intent) {
    let Intent { track, why, .. } = intent;
    let read = line(report, track);
    assert_eq!(read.role, intent.role, "{track}: role");
    assert_eq!(read.verdict, intent.verdict, "{track}: {why}; offset {:?}", read.offset_db);
    assert_eq!(read.edge, intent.edge, "{track}: edge; {why}");
    assert_eq!(read.part.as_deref(), intent.part, "{track}: part");
    assert_eq!(read.pan_verdict, intent.pan, "{track}: pan {:?}; {why}", read.pan);
    let moved = |db: f64| if db == 0.0 { None } else { Some(db) };
    assert_eq!(read.move_db.and_then(|db| moved(db.0)), intent.move_db, "{track}: move; {why}");
    if let Some(offset) = intent.offset_db {
        let read = read.offset_db.unwrap_or_else(|| panic!("{track}: no offset")).0;
        assert!((read - offset).abs() <= TOLERANCE_DB, "{track}: offset {read}, table {offset}; {why}");
    }
}

fn compare_break(found: &Break, intended: &IntendedBreak) {
    let IntendedBreak { track, why, .. } = intended;
    assert!((found.to_s.0 - intended.to_s).abs() <= 0.3, "{track}: ends at {}, table {}", found.to_s.0, intended.to_s);
    assert_eq!(found.verdict, intended.verdict, "{track}: {why}");
    assert_eq!(found.move_db.map(|db| db.0), Some(intended.move_db), "{track}: {why}");
    let offset = found.offset_db.0;
    assert!((offset - intended.offset_db).abs() <= 0.3, "{track}: offset {offset}, table {}", intended.offset_db);
}
