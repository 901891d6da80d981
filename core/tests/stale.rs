//! Cells heard before a track's level changed: a session that has them is judged like one that never heard them.

mod common;

use common::{Track, inputs, kick, named};
use keel_core::dsp::{Cell, CellFlags};
use keel_core::mix::{
    Assessor, MixReport, Profile, Role, ScopeKind, SessionState, SongMap, Verdict, assess, timeline, words,
};
use keel_core::units::{Db, Seconds};

/// The same numbers on every machine.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }
}

fn louder(cell: &Cell, db: f64) -> Cell {
    let (amplitude, power) = (10f64.powf(db / 20.0) as f32, 10f64.powf(db / 10.0) as f32);
    Cell {
        power: cell.power.map(|sum| sum * power),
        cross: cell.cross * power,
        k_power: cell.k_power * power,
        peak: cell.peak.map(|peak| peak * amplitude),
        true_peak: cell.true_peak * amplitude,
        hit_peak: cell.hit_peak * amplitude,
        hit_power: cell.hit_power * power,
        hit_k_power: cell.hit_k_power * power,
        ..*cell
    }
}

/// Plays cells `[from, to)` of a track again, this much louder than it was made.
fn replay(track: &mut Track, epoch: u16, from: i32, to: i32, db: f64) {
    for cell in track.cells.iter().filter(|cell| (from..to).contains(&cell.index)) {
        track.song.insert(&Cell { epoch, ..louder(cell, db) });
    }
    let records = track.bands.iter().filter(|bands| bands.index * 20 >= from && bands.index * 20 + 20 <= to);
    for bands in records {
        let mut heard = keel_core::dsp::Bands::new(bands.index, bands.frames, epoch, bands.flags);
        let gain = 10f64.powf(db / 10.0);
        for band in 0..keel_core::dsp::BANDS {
            heard.set(band, bands.power(band).map(|power| power * gain), bands.cross(band) * gain);
        }
        track.song.insert_bands(&heard);
    }
}

/// What a song would be that had heard only what holds of this one.
fn only_fresh(song: &SongMap) -> SongMap {
    let mut other = SongMap::new();
    song.cells().for_each(|cell| other.insert(cell));
    song.bands(i32::MIN / 4, i32::MAX / 4).for_each(|bands| other.insert_bands(bands));
    // The song reaches as far as its newest cell.
    if let Some(newest) = song.newest() {
        other.insert(newest);
    }
    other
}

fn without_stale(mut report: MixReport) -> MixReport {
    report.notes.retain(|note| !note.starts_with("Left out"));
    for track in &mut report.tracks {
        track.stale = None;
        track.note = track.note.take().map(|note| match note.starts_with("heard here before") {
            true => "not enough heard here yet".into(),
            false => note,
        });
    }
    report
}

fn bass(peak_db: f64) -> Track {
    Track::silent("Bass", Role::Bass, 40.0).tone(0.0, 40.0, peak_db).band(100.0, peak_db - 3.0)
}

#[test]
fn verdicts_follow_the_new_level_alone_and_the_report_says_what_to_play() {
    let mut tracks = vec![kick(40.0).build(), bass(-16.0).build()];
    let state = SessionState { scope: Some(ScopeKind::Song), ..SessionState::default() };
    let before = assess(&inputs(&tracks), &Profile::guide(), &state);
    assert_eq!(named(&before, "Bass").verdict, Verdict::Sits);
    replay(&mut tracks[1], 2, 0, 60, 5.0);
    let report = assess(&inputs(&tracks), &Profile::guide(), &state);
    let bass = named(&report, "Bass");
    assert_eq!((bass.verdict, bass.deviation_db, bass.move_db), (Verdict::High, Some(Db(3.0)), Some(Db(-3.0))));
    let stale = bass.stale.as_ref().expect("34 s of the first pass");
    assert_eq!((stale.seconds, stale.spans.len(), stale.heard.len()), (Seconds(34.0), 1, 1));
    assert_eq!((stale.spans[0].from_s, stale.spans[0].to_s), (Seconds(6.0), Seconds(40.0)));
    assert_eq!(words::stale(stale), "34 s were heard before its level changed by +5.0 dB: play them again");
    let note = "Left out until played again, as the level changed since: Bass (34 s, +5.0 dB).";
    assert!(report.notes.iter().any(|said| said == note), "{:?}", report.notes);
    assert!(report.to_json().contains("\"changed_by_db\": 5.0"));
    // Judged where it is stale, it waits.
    let there = SessionState { scope: Some(ScopeKind::Range), range_s: Some((20.0, 36.0)), ..state };
    let report = assess(&inputs(&tracks), &Profile::guide(), &there);
    assert_eq!(named(&report, "Bass").verdict, Verdict::Waiting);
    assert_eq!(named(&report, "Bass").note.as_deref(), Some("heard here before its level changed: play it again"));
    assert_eq!(named(&report, "Kick").stale, None);
    replay(&mut tracks[1], 3, 0, 400, 5.0);
    let report = assess(&inputs(&tracks), &Profile::guide(), &state);
    assert!(named(&report, "Bass").stale.is_none() && !report.notes.iter().any(|note| note.starts_with("Left out")));
}

#[test]
fn played_past_its_end_a_song_wants_no_silence_again() {
    // 28 s of silence after a song of 40, then the fader moves.
    let bass = Track::silent("Bass", Role::Bass, 68.0).tone(0.0, 40.0, -16.0).band(100.0, -19.0);
    let mut tracks = vec![kick(68.0).build(), bass.build()];
    let said = |tracks: &[Track]| {
        let report = assess(&inputs(tracks), &Profile::guide(), &SessionState::default());
        named(&report, "Bass").stale.as_ref().map(words::stale)
    };
    replay(&mut tracks[1], 2, 200, 400, 5.0);
    let half = "20 s were heard before its level changed by +5.0 dB: play them again";
    assert_eq!(said(&tracks).as_deref(), Some(half));
    replay(&mut tracks[1], 3, 0, 200, 5.0);
    assert_eq!(said(&tracks), None);
}

#[test]
fn where_only_the_rests_hold_a_track_waits_and_is_not_called_silent() {
    let bass = Track::silent("Bass", Role::Bass, 60.0).tone(0.0, 20.0, -16.0).tone(28.0, 60.0, -16.0);
    let mut tracks = vec![kick(60.0).build(), bass.build()];
    replay(&mut tracks[1], 2, 400, 500, 5.0);
    let verdict = |from_s: f64, to_s: f64| {
        let state =
            SessionState { scope: Some(ScopeKind::Range), range_s: Some((from_s, to_s)), ..SessionState::default() };
        named(&assess(&inputs(&tracks), &Profile::guide(), &state), "Bass").verdict
    };
    assert_eq!([verdict(12.0, 28.0), verdict(20.0, 28.0)], [Verdict::Waiting, Verdict::Silent]);
}

#[test]
fn stale_cells_and_bands_never_influence_a_report() {
    let mut stale = 0;
    for seed in 1..=40 {
        let mut random = Random(seed);
        let mut tracks = vec![
            kick(60.0).band(60.0, -14.0),
            Track::silent("Bass", Role::Bass, 60.0).tone(2.0, 50.0, -15.0).band(100.0, -20.0),
            Track::silent("Snare", Role::Snare, 60.0).hits(0.5, 60.0, 1.0, -14.0).band(200.0, -17.0),
            Track::silent("Lead Vox", Role::LeadVocal, 60.0).tone(10.0, 45.0, -12.0).band(1_000.0, -18.0),
        ];
        tracks = tracks.into_iter().map(Track::build).collect();
        let mut kept = Assessor::new();
        for epoch in 2..10 {
            let from = 20 * random.below(26) as i32;
            let to = (from + 5 + random.below(200) as i32).min(600);
            for track in &mut tracks {
                let db = [0.0, 0.0, 0.5, 2.0, -3.0, 6.0][random.below(6)];
                replay(track, epoch, from, to, db);
            }
            let scope = [None, Some(ScopeKind::Song), Some(ScopeKind::Range)][random.below(3)];
            let state = SessionState { scope, range_s: Some((10.0, 30.0)), ..SessionState::default() };
            let report = assess(&inputs(&tracks), &Profile::guide(), &state);
            assert_eq!(kept.assess(&inputs(&tracks), &Profile::guide(), &state), report, "seed {seed}, pass {epoch}");
            stale += report.tracks.iter().filter(|track| track.stale.is_some()).count();
            let mut fresh = tracks.clone();
            fresh.iter_mut().for_each(|track| track.song = only_fresh(&track.song));
            let expected = assess(&inputs(&fresh), &Profile::guide(), &state);
            assert_eq!(without_stale(report), without_stale(expected), "seed {seed}, pass {epoch}");
            let lanes = |tracks: &[Track]| {
                let lanes = timeline(&inputs(tracks)).map(|timeline| timeline.lanes).unwrap_or_default();
                lanes.into_iter().map(|lane| lane.lufs.into_iter().flatten().collect()).collect::<Vec<Vec<_>>>()
            };
            assert_eq!(lanes(&tracks), lanes(&fresh));
        }
    }
    assert!(stale > 300, "{stale} tracks had something stale");
}

#[test]
fn a_second_pass_by_a_clock_of_running_time_is_none() {
    let mut track = Track::silent("Bass", Role::Bass, 40.0).tone(0.0, 40.0, -16.0);
    track.cells.iter_mut().for_each(|cell| cell.flags = cell.flags.with(CellFlags::FREE_RUNNING, true));
    let mut track = track.build();
    replay(&mut track, 2, 0, 200, 6.0);
    assert_eq!(track.song.changed_by(), None);
}
