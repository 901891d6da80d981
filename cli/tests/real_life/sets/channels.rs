//! The same session with a voice, a bass and a kick in one channel, and with the same sound in two.

use super::{Set, sits, track};
use crate::synth::{Drum, LEAD, Signal, bass, chords, drum, every, loudness, singer, to_level, to_loudness};

const SECONDS: f64 = 40.0;
/// 100 beats a minute.
const BEAT: f64 = 0.6;
const KICK_DBFS: f64 = -11.0;
/// The tracks of one channel.
pub const OF_ONE_CHANNEL: [&str; 4] = ["kick", "snare", "bass", "lead vocal"];

/// A vocal 1 LU over stereo beds: read in one channel alone it would be 2 LU under them.
fn song(one_channel: bool) -> Set {
    let sides = |sound: Signal| if one_channel { vec![sound] } else { vec![sound.clone(), sound] };
    let kick = drum(SECONDS, Drum::Kick, KICK_DBFS, every(BEAT, 0.0, SECONDS));
    let snare = drum(SECONDS, Drum::Snare, KICK_DBFS - 3.0, every(2.0 * BEAT, BEAT, SECONDS));
    let mut low = sides(bass(SECONDS));
    to_level(&mut low, KICK_DBFS - 4.5);
    let mut pads = vec![chords(SECONDS, 0.0), chords(SECONDS, 0.13)];
    to_level(&mut pads, KICK_DBFS - 8.0);
    let mut guitars = vec![chords(SECONDS, 0.3), chords(SECONDS, 0.17)];
    to_level(&mut guitars, KICK_DBFS - 9.5);
    let mut voice = sides(singer(SECONDS, &LEAD));
    to_loudness(&mut voice, loudness(&pads) + 1.0);
    Set {
        tracks: vec![
            track("kick", sides(kick)),
            track("snare", sides(snare)),
            track("bass", low),
            track("pads", pads),
            track("guitars", guitars),
            track("lead vocal", voice),
        ],
        expected: vec![
            sits("kick", KICK_DBFS, 0.1),
            sits("snare", -3.0, 0.1),
            sits("bass", -4.5, 0.1),
            sits("pads", -8.0, 0.1),
            sits("guitars", -9.5, 0.1),
            sits("lead vocal", 1.0, 0.5),
        ],
    }
}

pub fn one_channel() -> Set {
    song(true)
}

pub fn the_same_in_two() -> Set {
    song(false)
}
