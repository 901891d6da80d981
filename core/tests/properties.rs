//! What holds for any session: one channel is judged as the same sound in two, and a trim moves its own track's level alone.

mod common;

use std::collections::BTreeMap;

use common::{Track, inputs};
use keel_core::dsp::CellFlags;
use keel_core::mix::{AdviceKind, MixReport, Profile, Role, SessionState, TrackReport, assess};

const SESSIONS: u64 = 1_000;
const SECONDS: f64 = 40.0;
/// In dB.
const EXACT: f64 = 0.01;

/// The same numbers on every machine.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
}

/// Drums by name, role, peak, and how likely each plays on an eighth: on the beats, between them.
const DRUMS: [(&str, Role, f64, [f64; 2]); 4] = [
    ("Kick", Role::Kick, -11.0, [0.8, 0.2]),
    ("Snare", Role::Snare, -14.0, [0.5, 0.05]),
    ("Hats", Role::Hats, -21.0, [0.95, 0.9]),
    ("Toms", Role::Toms, -15.0, [0.04, 0.04]),
];
/// Others by name, role and peak.
const OTHERS: [(&str, Role, f64); 6] = [
    ("Bass", Role::Bass, -15.5),
    ("Guitars", Role::Guitars, -19.0),
    ("Pads", Role::Pads, -20.0),
    ("Lead Vox", Role::LeadVocal, -15.0),
    ("Bgv", Role::BackingVocals, -20.0),
    ("Lead Synth", Role::LeadSynth, -19.0),
];

/// A kit whose microphones hear each other, and players who rest now and then while something leaks or hums.
fn session(random: &mut Random) -> Vec<Track> {
    let bleed_db = random.between(-30.0, -8.0);
    let slots = (SECONDS * 4.0) as usize - 2;
    let strokes: Vec<BTreeMap<usize, f64>> = DRUMS
        .iter()
        .map(|(_, _, peak_db, likely)| {
            let spread = random.between(0.0, 4.0);
            let played: Vec<_> = (0..slots).filter(|slot| random.chance(likely[slot % 2])).collect();
            played.into_iter().map(|slot| (slot, peak_db + random.between(-spread, spread))).collect()
        })
        .collect();
    let mut tracks = Vec::new();
    for (mic, (name, role, usual, _)) in DRUMS.iter().enumerate() {
        let mut heard = strokes[mic].clone();
        for (other, played) in strokes.iter().enumerate().filter(|(other, _)| *other != mic) {
            let away = usual.min(DRUMS[other].2) + bleed_db - DRUMS[other].2;
            for (slot, peak_db) in played {
                let loudest = heard.entry(*slot).or_insert(f64::MIN);
                *loudest = loudest.max(peak_db + away);
            }
        }
        let late = f64::from(mic as u32 % 2) / 100.0;
        let track = Track::silent(name, *role, SECONDS);
        tracks.push(heard.into_iter().fold(track, |track, (slot, db)| track.hit(slot as f64 * 0.25 + late, db)));
    }
    for (name, role, usual) in OTHERS.into_iter().filter(|_| random.chance(0.8)).collect::<Vec<_>>() {
        let level = usual + random.between(-6.0, 6.0);
        let mut track = Track::silent(name, role, SECONDS);
        if random.chance(0.7) {
            track = track.tone(0.0, SECONDS, level - random.between(15.0, 55.0));
        }
        let mut from = random.between(0.0, 8.0);
        while from < SECONDS {
            let to = from + random.between(1.0, 20.0);
            track = track.tone(from, to.min(SECONDS), level + random.between(-4.0, 4.0));
            from = to + random.between(0.5, 10.0);
        }
        tracks.push(track);
    }
    // Nobody's sound is a tone of 1 kHz.
    for track in &mut tracks {
        let colour = 10f64.powf(random.between(-8.0, 3.0) / 10.0) as f32;
        track.cells.iter_mut().for_each(|cell| {
            cell.k_power *= colour;
            cell.hit_k_power *= colour;
        });
    }
    tracks
}

/// The same sound in one channel.
fn in_one_channel(track: &Track) -> Track {
    let mut track = track.clone();
    for cell in &mut track.cells {
        (cell.power[1], cell.peak[1], cell.cross) = (0.0, 0.0, 0.0);
        cell.k_power /= 2.0;
        cell.hit_power /= 2.0;
        cell.hit_k_power /= 2.0;
        cell.flags = cell.flags.with(CellFlags::MONO, true);
    }
    track
}

fn judge(tracks: &[Track]) -> MixReport {
    let tracks: Vec<Track> = tracks.iter().cloned().map(Track::build).collect();
    assess(&inputs(&tracks), &Profile::guide(), &SessionState::default())
}

/// How far two readings of the same kind are apart; no reading is apart from any.
fn apart(one: Option<f64>, two: Option<f64>) -> f64 {
    match (one, two) {
        (Some(one), Some(two)) => two - one,
        (None, None) => 0.0,
        _ => f64::INFINITY,
    }
}

fn level(track: &TrackReport) -> Option<f64> {
    track.level_dbfs.map(|level| level.0)
}

#[test]
fn one_channel_is_judged_as_the_same_sound_in_two() {
    let mut judged = 0;
    for seed in 0..SESSIONS {
        let mut random = Random(seed);
        let two = session(&mut random);
        let one: Vec<Track> =
            two.iter().map(|track| if random.chance(0.5) { in_one_channel(track) } else { track.clone() }).collect();
        let (two, one) = (judge(&two), judge(&one));
        assert_eq!(one.scope, two.scope, "session {seed}");
        for (one, two) in one.tracks.iter().zip(&two.tracks) {
            let what = format!("session {seed}, {}", two.name);
            let said =
                |track: &TrackReport| (track.verdict, track.edge, track.move_db, track.class, track.hits, track.scope);
            assert_eq!(said(one), said(two), "{what}");
            let readings = |track: &TrackReport| {
                [
                    level(track),
                    track.level_lufs.map(|level| level.0),
                    track.offset_db.map(|offset| offset.0),
                    track.loudness_offset_lu.map(|offset| offset.0),
                ]
            };
            for (read, expected) in readings(one).into_iter().zip(readings(two)) {
                assert!(apart(read, expected).abs() <= EXACT, "{what}: {read:?} in one channel, {expected:?} in two");
            }
            judged += usize::from(two.offset_db.is_some());
        }
        let breaks = |report: &MixReport| -> Vec<_> {
            report
                .breaks
                .iter()
                .map(|one| (one.track.clone(), one.from_s, one.to_s, one.verdict, one.move_db))
                .collect()
        };
        assert_eq!(breaks(&one), breaks(&two), "session {seed}");
        let at_the_fader = |report: &MixReport| -> Vec<_> {
            let of_fader = [AdviceKind::MoveFader, AdviceKind::Automate, AdviceKind::Role];
            report.advice.iter().filter(|one| of_fader.contains(&one.kind)).map(|one| one.text.clone()).collect()
        };
        assert_eq!(at_the_fader(&one), at_the_fader(&two), "session {seed}");
    }
    assert!(judged > 5 * SESSIONS as usize, "{judged} judged");
}

#[test]
fn a_trim_moves_the_level_of_its_own_track_by_itself_and_nothing_else_of_where_who_plays() {
    let mut moved = 0;
    for seed in 0..SESSIONS {
        let mut random = Random(seed);
        let mut tracks = session(&mut random);
        let before = judge(&tracks);
        let (trimmed, by_db) = ((random.unit() * tracks.len() as f64) as usize, random.between(-9.0, 9.0));
        tracks[trimmed] = tracks[trimmed].clone().gain_db(by_db);
        let after = judge(&tracks);
        assert_eq!(after.scope, before.scope, "session {seed}");
        for (at, (after, before)) in after.tracks.iter().zip(&before.tracks).enumerate() {
            let what = format!("session {seed}, {} with {} {by_db:+.2} dB", before.name, tracks[trimmed].name);
            let plays = |track: &TrackReport| (track.class, track.hits, track.scope, track.sample_peak_dbfs.is_some());
            assert_eq!(plays(after), plays(before), "{what}");
            let expected = if at == trimmed { by_db } else { 0.0 };
            let read = apart(level(before), level(after));
            let is_silent = level(before).is_none() && level(after).is_none();
            assert!(is_silent || (read - expected).abs() <= EXACT, "{what}: moved by {read}");
            moved += usize::from(at == trimmed && !is_silent);
        }
    }
    assert!(moved > SESSIONS as usize * 3 / 4, "{moved} moved");
}
