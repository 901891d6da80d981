//! A drum kit whose microphones hear all of its drums.

use super::{Set, Track, sits, track};
use crate::synth::{Drum, Signal, bass, chords, drum, every, hiss, lay, muffled, stroke, to_level};

const BEAT: f64 = 0.5;
const BARS: usize = 24;
const SECONDS: f64 = BARS as f64 * 4.0 * BEAT;
/// Each drum's usual stroke in its own microphone, dBFS: the guide's table, the toms a little under the middle.
const KIT: [(Drum, &str, f64); 4] = [
    (Drum::Kick, "kick", KICK_DBFS),
    (Drum::Snare, "snare", KICK_DBFS - 3.0),
    (Drum::Hat, "hats", KICK_DBFS - 10.0),
    (Drum::Tom, "toms", KICK_DBFS - 4.5),
];
pub const KICK_DBFS: f64 = -11.0;
/// Accents of the hats on the beats, in a cycle that runs against the bar. Their middle is 0.
const ACCENTS_DB: [f64; 5] = [0.0, 4.0, -3.5, 3.5, -3.0];
/// The hats between the beats.
const BETWEEN_DB: f64 = -7.0;
/// The kick rests from this bar on.
const WITHOUT_KICK: usize = 20;

/// A stroke of a drum: when, and how loud against its usual one.
type Stroke = (f64, f64);

/// Bars 1 to 8: kick on 1 and 3 and before 4. Bars 9 to 20: on each beat. Then it rests. Snare on 2 and 4, hats in
/// eighths, toms in sixteenths over the last beat and a half of every eighth bar but the last.
pub fn strokes(drum: Drum) -> Vec<Stroke> {
    let bar = |bar: usize| bar as f64 * 4.0 * BEAT;
    let on = |beats: &'static [f64]| move |n: usize| beats.iter().map(move |beat| (bar(n) + beat * BEAT, 0.0));
    match drum {
        Drum::Kick => {
            (0..8).flat_map(on(&[0.0, 2.0, 2.5])).chain((8..WITHOUT_KICK).flat_map(on(&[0.0, 1.0, 2.0, 3.0]))).collect()
        }
        Drum::Snare => (0..BARS).flat_map(on(&[1.0, 3.0])).collect(),
        Drum::Hat => (0..BARS * 8)
            .map(|n| {
                let db = if n % 2 == 0 { ACCENTS_DB[n / 2 % ACCENTS_DB.len()] } else { BETWEEN_DB };
                (n as f64 * BEAT / 2.0, db)
            })
            .collect(),
        Drum::Tom => [7, 15].into_iter().flat_map(on(&[2.5, 2.75, 3.0, 3.25, 3.5, 3.75])).collect(),
    }
}

/// The microphones: each hears the others' drums later and duller, so many dB under its own drum or under the other's own
/// microphone, whichever is less.
pub fn microphones(bleed_db: f64) -> Vec<Track> {
    KIT.iter()
        .enumerate()
        .map(|(mic, (own, name, usual))| {
            let mut sound: Signal = hiss(SECONDS, -75.0, mic as u32);
            for (other, (drum, _, level)) in KIT.iter().enumerate() {
                let delay = ((mic * 3 + other * 5) % 9 + 2) as f64 / 1000.0;
                let takes = [0, 1, 2, 3].map(|take| stroke(*drum, take));
                let dull = takes.each_ref().map(|take| muffled(take, 4_000.0));
                for (n, (at, db)) in strokes(*drum).into_iter().enumerate() {
                    if drum == own {
                        lay(&mut sound, &takes[n % 4], at, usual + db);
                    } else {
                        lay(&mut sound, &dull[n % 4], at + delay, usual.min(*level) + bleed_db + db);
                    }
                }
            }
            track(name, vec![sound])
        })
        .collect()
}

/// Bass and guitars play through. Where the kick rests nothing breaks, though its microphone hears the snare.
fn song(bleed_db: f64, within_db: f64) -> Set {
    let mut tracks = microphones(bleed_db);
    let mut low = vec![bass(SECONDS)];
    to_level(&mut low, KICK_DBFS - 4.5);
    let mut wide = vec![chords(SECONDS, 0.0), chords(SECONDS, 0.13)];
    to_level(&mut wide, KICK_DBFS - 8.0);
    tracks.extend([track("bass", low), track("guitars", wide)]);
    let expected = vec![
        sits("kick", KICK_DBFS, within_db),
        sits("snare", -3.0, within_db),
        sits("hats", -10.0, within_db),
        sits("toms", -4.5, within_db),
        sits("bass", -4.5, within_db),
        sits("guitars", -8.0, within_db),
    ];
    Set { tracks, expected }
}

/// A drum machine: no bleed at all, and everything keeps its distance. The snare never falls without the kick; the hats
/// are accented with it, and soft between.
pub fn steady_accents_of_a_drum_machine() -> Set {
    let played = |which: Drum, under: f64, step: f64, first: f64| {
        drum(SECONDS, which, KICK_DBFS - under, every(step * BEAT, first * BEAT, SECONDS))
    };
    let accents =
        every(BEAT / 2.0, 0.0, SECONDS).enumerate().map(|(n, (at, _))| (at, if n % 2 == 0 { 0.0 } else { -8.5 }));
    let tracks = vec![
        track("kick", vec![played(Drum::Kick, 0.0, 1.0, 0.0)]),
        track("snare", vec![played(Drum::Snare, 3.0, 2.0, 1.0)]),
        track("hats", vec![drum(SECONDS, Drum::Hat, KICK_DBFS - 10.0, accents)]),
        track("toms", vec![played(Drum::Tom, 4.5, 1.0, 0.75)]),
    ];
    let expected =
        vec![sits("kick", KICK_DBFS, 0.1), sits("snare", -3.0, 0.1), sits("hats", -10.0, 0.1), sits("toms", -4.5, 0.1)];
    Set { tracks, expected }
}

/// A tenth of power from elsewhere moves a stroke by a decibel at most.
pub fn bleed_12_db_under() -> Set {
    song(-12.0, 1.5)
}

pub fn bleed_18_db_under() -> Set {
    song(-18.0, 0.8)
}

pub fn bleed_24_db_under() -> Set {
    song(-24.0, 0.5)
}
