//! What a judgement of a session went by.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Session;
use crate::link::lock::lock;
use crate::link::members::SessionMembers;
use crate::link::track::Track;

/// Song positions are told apart by half seconds.
const STEPS_PER_S: f64 = 2.0;

/// What a judgement went by: what was set, which shows at once, and what was heard since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    set: u64,
    heard: u64,
}

impl Stamp {
    pub fn of(session: &Session, members: &SessionMembers) -> Self {
        let (mut set, mut heard) = (DefaultHasher::new(), DefaultHasher::new());
        for track in &members.tracks {
            track_stamp(track, &mut set, &mut heard);
        }
        let state = session.state_of(members);
        format!("{:?}", session.shared(members)).hash(&mut set);
        state.transport.playing.hash(&mut set);
        state.transport.loop_s.map(|(from, to)| [from.to_bits(), to.to_bits()]).hash(&mut set);
        format!("{:?}", session.link_of(Some(members))).hash(&mut set);
        ((state.transport.position_s * STEPS_PER_S).floor() as i64).hash(&mut heard);
        Self { set: set.finish(), heard: heard.finish() }
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self == other
    }

    pub fn is_set_alike(&self, other: &Self) -> bool {
        self.set == other.set
    }
}

fn track_stamp(track: &Track, set: &mut DefaultHasher, heard: &mut DefaultHasher) {
    let settings = &track.settings;
    (track.id(), track.name(), track.role()).hash(set);
    (settings.measure().map(|measure| measure as u8), settings.placement() as u8).hash(set);
    (settings.is_reference(), settings.is_out()).hash(set);
    let mut inbox = lock(&track.inbox);
    // Where the collector is held up, by a slow disk, the song goes on all the same.
    inbox.collect();
    let song = inbox.song();
    let gain = settings.gain().to_bits();
    match song.gain_is_automated() {
        true => gain.hash(heard),
        false => gain.hash(set),
    }
    (song.changes().version(), song.bands_version(), song.missed()).hash(heard);
}
