//! Players who rest for half a minute while the others go on.

use super::{Set, Track, sits, track};
use crate::synth::{
    Drum, LEAD, Signal, add, bass, chords, drum, every, hiss, loudness, muffled, only_in, silence, singer, to_level,
    to_loudness, to_peak,
};

const SECONDS: f64 = 60.0;
/// 130 beats a minute.
const BEAT: f64 = 60.0 / 130.0;
const KICK_DBFS: f64 = -11.0;
/// Half a minute of rest; then they come in again for the end.
const REST: (f64, f64) = (24.0, 54.0);
const PLAYED: [(f64, f64); 2] = [(0.0, REST.0), (REST.1, SECONDS)];

/// What comes out of a player's headphones: all of the others, dull, with a peak of so many dBFS.
fn headphones(band: &[Track], dbfs: f64) -> Signal {
    let mut mix = silence(SECONDS);
    band.iter().for_each(|track| add(&mut mix, &track.channels[0]));
    let mut leaks = muffled(&mix, 3_000.0);
    to_peak(&mut leaks, dbfs);
    leaks
}

/// Drums and pads go on through the rests of all others.
fn those_who_go_on() -> Vec<Track> {
    let mut wide = vec![chords(SECONDS, 0.0), chords(SECONDS, 0.13)];
    to_level(&mut wide, KICK_DBFS - 9.0);
    vec![
        track("kick", vec![drum(SECONDS, Drum::Kick, KICK_DBFS, every(BEAT, 0.0, SECONDS))]),
        track("snare", vec![drum(SECONDS, Drum::Snare, KICK_DBFS - 3.0, every(2.0 * BEAT, BEAT, SECONDS))]),
        track("hats", vec![drum(SECONDS, Drum::Hat, KICK_DBFS - 10.0, every(BEAT, 0.5 * BEAT, SECONDS))]),
        track("pads", wide),
    ]
}

fn with(rests: Track, offset: super::Expected) -> Set {
    let mut tracks = those_who_go_on();
    tracks.push(rests);
    let expected = vec![
        sits("kick", KICK_DBFS, 0.3),
        sits("snare", -3.0, 0.3),
        sits("hats", -10.0, 0.3),
        sits("pads", -9.0, 0.1),
        offset,
    ];
    Set { tracks, expected }
}

/// The bass rests 30 s. Its pickup hums, and its amplifier's microphone hears the drums at -46 dBFS.
pub fn a_resting_bass() -> Set {
    let mut low = vec![bass(SECONDS)];
    to_level(&mut low, KICK_DBFS - 4.5);
    only_in(&mut low[0], &PLAYED);
    add(&mut low[0], &hiss(SECONDS, -62.0, 3));
    add(&mut low[0], &headphones(&those_who_go_on()[..3], -46.0));
    with(track("bass", low), sits("bass", -4.5, 0.3))
}

/// Guitars in stereo rest 30 s behind amplifiers that hiss at -50 dBFS.
pub fn resting_guitars() -> Set {
    let mut both = vec![chords(SECONDS, 0.11), chords(SECONDS, 0.24)];
    to_level(&mut both, KICK_DBFS - 8.0);
    for (side, seed) in both.iter_mut().zip([5, 6]) {
        only_in(side, &PLAYED);
        add(side, &hiss(SECONDS, -50.0, seed));
    }
    with(track("guitars", both), sits("guitars", -8.0, 0.3))
}

/// A singer rests 30 s in front of an open microphone, which hears the headphones at -48 dBFS: nothing to push.
pub fn a_resting_singer() -> Set {
    let on = those_who_go_on();
    let mut voice = vec![singer(SECONDS, &LEAD)];
    to_loudness(&mut voice, loudness(&on[3].channels) + 3.0);
    only_in(&mut voice[0], &PLAYED);
    add(&mut voice[0], &headphones(&on, -48.0));
    with(track("lead vocal", voice), sits("lead vocal", 3.0, 0.5))
}

/// The same singer, but the song is loudest while the voice rests: guitars and organ play there only. What the headphones
/// let out there is no singing too soft: the voice is judged where it sings.
pub fn a_singer_who_rests_where_it_is_loudest() -> Set {
    let mut set = a_resting_singer();
    for (name, dbfs, side) in [("guitars", KICK_DBFS - 8.0, 0.2), ("organ", KICK_DBFS - 8.5, 0.45)] {
        let mut both = vec![chords(SECONDS, side), chords(SECONDS, side + 0.13)];
        to_level(&mut both, dbfs);
        both.iter_mut().for_each(|side| only_in(side, &[REST]));
        set.tracks.push(track(name, both));
        set.expected.push(sits(name, dbfs - KICK_DBFS, 0.1));
    }
    set
}
