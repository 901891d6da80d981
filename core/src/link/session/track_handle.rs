//! A track's end for its plugin and window.

use std::fmt;
use std::sync::{Arc, Weak};

use super::binary::Binary;
use super::{Session, Watch};
use crate::link::lock::lock;
use crate::link::track::{RemoteControl, SessionId, Track, TrackConfig, TrackSettings, TrackWriter};
use crate::mix::{Guess, Profile, Role, TrackId};

/// The end of a track for its plugin and window. The track leaves the session with the last clone; the last track's
/// leave ends the collector thread and waits for it, so that the host may unload the library.
#[derive(Clone)]
pub struct TrackHandle {
    member: Arc<Member>,
}

struct Member {
    track: Arc<Track>,
    binary: Arc<Binary>,
    id_was_taken: bool,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.binary.leave(&self.track);
    }
}

impl TrackHandle {
    /// The two ends of a new track of this binary.
    pub(super) fn join(binary: &Arc<Binary>, config: TrackConfig) -> (Self, TrackWriter) {
        let mut id_was_taken = false;
        let writer = TrackWriter::new(|inbox| {
            let (track, was_taken) = binary.enter(config, inbox);
            id_was_taken = was_taken;
            track
        });
        let member = Member { track: Arc::clone(writer.track()), binary: Arc::clone(binary), id_was_taken };
        (Self { member: Arc::new(member) }, writer)
    }

    /// The id for the project to store.
    pub fn id(&self) -> TrackId {
        self.track().id()
    }

    /// At the join another live track had this one's id, so it is a copy: it got a new id and lost its reference tag.
    pub fn id_was_taken(&self) -> bool {
        self.member.id_was_taken
    }

    /// Takes the id that the project stored, where state arrives after the join. If another live track has it, this one
    /// is a copy: it keeps its own id, loses its reference tag, and the answer is false.
    pub fn adopt_id(&self, stored: TrackId) -> bool {
        let adopted = self.member.binary.registry.adopt_id(self.track(), stored);
        if !adopted {
            self.settings().set_reference(false);
        }
        adopted
    }

    /// The host's name for the track. An empty one changes nothing.
    pub fn set_name(&self, name: &str) {
        self.track().set_host_name(name);
    }

    /// What the host knows the track to be (its master, a return): the role where the name means none.
    pub fn set_host_role(&self, role: Option<Role>) {
        self.track().set_host_role(role);
    }

    /// The user's own name, over the host's; `None` or an empty one gives it back to the host.
    pub fn set_user_name(&self, name: Option<&str>) {
        self.track().set_user_name(name);
    }

    /// The name that is shown.
    pub fn name(&self) -> Arc<str> {
        self.track().name()
    }

    /// The role, and whether it is a guess from the name.
    pub fn role(&self) -> (Role, bool) {
        let (role, from) = self.track().role();
        (role, from.is_guess())
    }

    /// The name that is shown and what it says among the session's, for the project to store; None while nobody has
    /// named the track.
    pub fn guess(&self) -> Option<(Arc<str>, Guess)> {
        let registry = &self.member.binary.registry;
        if let Some(members) = registry.members(Some(self.track())) {
            registry.read_names(&members);
        }
        self.track().stored_guess()
    }

    /// Takes what the project stored of a name: it holds as long as the track shows that name.
    pub fn restore_guess(&self, stored: Option<(&str, Guess)>) {
        self.track().restore_guess(stored);
    }

    /// Other names change the guess no longer.
    pub fn is_guess_settled(&self) -> bool {
        self.track().is_guess_settled()
    }

    /// Role, reference tag, measure, placement, out switch and gain, for any thread.
    pub fn settings(&self) -> &TrackSettings {
        &self.track().settings
    }

    /// Lets the plain maximum begin anew.
    pub fn reset_held_peak(&self) {
        self.track().reset_held_peak();
    }

    /// The host announces a render: what the audio thread writes may wait longer. Any thread but the audio thread.
    pub fn expect_render(&self) {
        lock(&self.track().inbox).expect_render();
    }

    /// Places whose cells were overwritten before they could be collected, and which were not heard since.
    pub fn missed_cells(&self) -> u32 {
        lock(&self.track().inbox).song().missed()
    }

    /// Bytes this track holds but for its song map, which grows with what was heard.
    pub fn bytes(&self) -> usize {
        size_of::<Track>() + size_of::<Member>() + lock(&self.track().inbox).heap_bytes()
    }

    /// The session as this track sees it.
    pub fn session(&self) -> Session {
        Session::seen_by(&self.member.binary, &self.member.track)
    }

    /// Keeps the session judged by this profile for as long as the watch lives.
    pub fn watch(&self, profile: Arc<Profile>) -> Watch {
        Watch::new(self.session(), profile)
    }

    /// Lets the other instances of this binary set parameters of this one.
    pub fn let_others_set(&self, remote_control: Weak<dyn RemoteControl>) {
        self.track().set_remote_control(remote_control);
    }

    /// The session for the project to store.
    pub fn session_id(&self) -> SessionId {
        self.member.binary.registry.session_of(self.track())
    }

    /// Takes the session that the project stored.
    pub fn adopt_session(&self, stored: SessionId) {
        self.member.binary.registry.adopt_session(self.track(), stored);
    }

    /// It turned out since the last call that this track is a copy of one that is open elsewhere: it has a new id and is
    /// no longer the reference. Any thread.
    pub fn became_copy(&self) -> bool {
        self.settings().take_copied()
    }

    fn track(&self) -> &Track {
        &self.member.track
    }
}

impl fmt::Debug for TrackHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackHandle").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}
