//! What a judgement of a session went by.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Instant;

use super::Session;
use crate::link::lock::lock;
use crate::link::members::SessionMembers;
use crate::link::track::Track;

/// Song positions count by half seconds.
const STEPS_PER_S: f64 = 2.0;

/// All that was set, by the user or the host, and shows at once. Reads no inbox: it is taken ten times a second.
pub(super) fn what_is_set(session: &Session, members: &SessionMembers) -> u64 {
    let mut hasher = DefaultHasher::new();
    for track in &members.tracks {
        settings_of(track, &mut hasher);
    }
    let transport = session.state_of(members).transport;
    (transport.playing, transport.loop_s.map(|(from, to)| [from.to_bits(), to.to_bits()])).hash(&mut hasher);
    format!("{:?} {:?}", session.shared(members), session.link_of(Some(members))).hash(&mut hasher);
    hasher.finish()
}

fn settings_of(track: &Track, hasher: &mut DefaultHasher) {
    let settings = &track.settings;
    (track.id(), track.name(), track.role()).hash(hasher);
    (settings.measure().map(|measure| measure as u8), settings.placement() as u8).hash(hasher);
    (settings.is_reference(), settings.is_out()).hash(hasher);
    // An automated trim moves with the song.
    (!track.is_trim_automated()).then(|| settings.gain().to_bits()).hash(hasher);
}

/// What has been heard, and where the song is.
pub(super) fn what_is_heard(session: &Session, members: &SessionMembers) -> u64 {
    let mut hasher = DefaultHasher::new();
    // Where the collector is held up, by a slow disk, the song goes on all the same.
    let collects = session.binary.registry.is_late(Instant::now());
    for track in &members.tracks {
        let mut inbox = lock(&track.inbox);
        if collects {
            inbox.collect();
        }
        let song = inbox.song();
        track.set_trim_automated(song.gain_is_automated());
        (song.changes().version(), song.bands_version(), song.missed()).hash(&mut hasher);
        song.gain_is_automated().then(|| track.settings.gain().to_bits()).hash(&mut hasher);
    }
    let position_s = session.state_of(members).transport.position_s;
    ((position_s * STEPS_PER_S).floor() as i64).hash(&mut hasher);
    hasher.finish()
}
