//! Tracks that rest most of the song, with what leaks into their microphones meanwhile.

use super::{Set, Track, sits, track};
use crate::synth::{
    Drum, LEAD, Signal, THIRDS, add, bass, chords, drum, every, hiss, lay, loudness, muffled, only_in, singer,
    sustained_level, to_level, to_loudness, to_peak,
};

const SECONDS: f64 = 60.0;
/// 110 beats a minute.
const BEAT: f64 = 60.0 / 110.0;
const KICK_DBFS: f64 = -9.6;

fn kick() -> Signal {
    drum(SECONDS, Drum::Kick, KICK_DBFS, every(BEAT, 0.0, SECONDS))
}

fn snare() -> Signal {
    drum(SECONDS, Drum::Snare, KICK_DBFS - 3.0, every(2.0 * BEAT, BEAT, SECONDS))
}

/// Drums, bass and a bed in their places.
fn band() -> Vec<Track> {
    let mut low = vec![bass(SECONDS)];
    to_level(&mut low, KICK_DBFS - 4.5);
    let mut wide = vec![chords(SECONDS, 0.0), chords(SECONDS, 0.13)];
    to_level(&mut wide, KICK_DBFS - 8.0);
    vec![track("kick", vec![kick()]), track("snare", vec![snare()]), track("bass", low), track("pads", wide)]
}

/// A backing vocal that sings a fifth of the song at -15 dBFS, its microphone open all the way: drums and lead come out
/// of its headphones at -45. It is silent where the song is loudest, with the guitars.
pub fn a_backing_vocal_with_headphone_bleed() -> Set {
    let mut tracks = band();
    let sung = [(4.0, 10.0), (16.0, 22.0)];
    let mut backing = vec![singer(SECONDS, &THIRDS)];
    to_level(&mut backing, -15.0);
    let backing_lufs = loudness(&backing);
    let mut lead = vec![singer(SECONDS, &LEAD)];
    to_loudness(&mut lead, backing_lufs + 3.5);
    only_in(&mut backing[0], &sung);
    let mut phones = kick();
    add(&mut phones, &snare());
    add(&mut phones, &lead[0]);
    let mut phones = muffled(&phones, 5_000.0);
    to_peak(&mut phones, -45.0);
    add(&mut backing[0], &phones);
    // The lead stands 4.5 LU over the bed.
    let bed = &mut tracks[3].channels;
    to_loudness(bed, backing_lufs + 3.5 - 4.5);
    let bed_offset = sustained_level(bed) - KICK_DBFS;
    let mut guitars = vec![chords(SECONDS, 0.29), chords(SECONDS, 0.16)];
    to_level(&mut guitars, KICK_DBFS - 9.0);
    guitars.iter_mut().for_each(|side| only_in(side, &[(26.0, SECONDS)]));
    tracks.extend([track("guitars", guitars), track("lead vocal", lead), track("bgv", backing)]);
    let expected = vec![
        sits("kick", KICK_DBFS, 0.3),
        sits("bass", -4.5, 0.1),
        sits("pads", bed_offset, 0.1),
        sits("guitars", -9.0, 0.1),
        sits("lead vocal", 4.5, 0.5),
        sits("bgv", -3.5, 0.5),
    ];
    Set { tracks, expected }
}

/// Toms in three fills, 3 % of the song, at -12 dBFS. Kick and snare reach their microphone at -28.
pub fn toms_in_three_fills() -> Set {
    let mut tracks = band();
    let fills =
        [15.0, 31.0, 63.0].into_iter().flat_map(|beat| (0..5).map(move |n| ((beat + f64::from(n) / 4.0) * BEAT, 0.0)));
    let mut toms = drum(SECONDS, Drum::Tom, -12.0, fills);
    for (leaks, delay) in [(kick(), 0.006), (snare(), 0.003)] {
        let mut leaks = muffled(&leaks, 4_000.0);
        to_peak(&mut leaks, -28.0);
        lay(&mut toms, &leaks, delay, 0.0);
    }
    add(&mut toms, &hiss(SECONDS, -75.0, 7));
    tracks.push(track("toms", vec![toms]));
    let expected = vec![sits("kick", KICK_DBFS, 0.3), sits("snare", -3.0, 0.3), sits("toms", -2.4, 0.7)];
    Set { tracks, expected }
}
