//! A track of the session: the end that the audio thread holds, and the one for the plugin and its window.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::identity::{Identity, SessionId};
use super::inbox::Heard;
use super::remote_control::Owner;
use super::settings::TrackSettings;
use crate::dsp::{Bands, Cell, Hop, Sink};
use crate::link::lock;
use crate::link::members::Shared;
use crate::link::ring::{Writer, bands_ring, cell_ring, hop_ring};
use crate::link::session::Session;
use crate::mix::{Measure, Placement, Role, TrackId, detect};

/// Characters of a name; formats allow 128 to 256.
const LONGEST_NAME: usize = 256;

/// What a plugin instance knows of its track when it joins.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackConfig {
    /// The instance's id as its project stored it; `None` for a new instance.
    pub id: Option<TrackId>,
    /// The session that its project stored; `None` joins who is there.
    pub session: Option<SessionId>,
    /// The host's name for the track; may be empty.
    pub name: String,
    /// The user's own name for it.
    pub user_name: Option<String>,
    /// The user's word on the role; `None` goes by the name.
    pub role: Option<Role>,
    pub measure: Option<Measure>,
    pub placement: Placement,
    /// Tagged as the reference.
    pub reference: bool,
    /// Switched out of judgement.
    pub out: bool,
    /// Linear gain of the trim.
    pub gain: f32,
}

impl Default for TrackConfig {
    fn default() -> Self {
        Self {
            id: None,
            session: None,
            name: String::new(),
            user_name: None,
            role: None,
            measure: None,
            placement: Placement::Unknown,
            reference: false,
            out: false,
            gain: 1.0,
        }
    }
}

/// One track as all threads share it.
pub(crate) struct Track {
    pub identity: Identity,
    /// The session asks the mix bus to monitor in mono.
    pub mono: AtomicBool,
    /// The audio thread took that back.
    pub mono_ended: AtomicBool,
    pub settings: TrackSettings,
    names: Mutex<Names>,
    owner: Mutex<Option<Weak<dyn Owner>>>,
    /// Locked by a view for as long as it lasts: the collector only ever tries.
    pub heard: Mutex<Heard>,
}

impl Track {
    /// `number` counts the session's tracks from 1 and names the track while nobody else does.
    pub fn new(identity: Identity, number: usize, config: TrackConfig, heard: Heard) -> Self {
        let settings = TrackSettings::default();
        settings.set_role(config.role);
        settings.set_measure(config.measure);
        settings.set_placement(config.placement);
        settings.set_reference(config.reference);
        settings.set_out(config.out);
        settings.set_gain(config.gain);
        let names = Names::new(number, &config.name, config.user_name.as_deref());
        settings.set_guess(names.guess());
        Self {
            identity,
            mono: AtomicBool::new(false),
            mono_ended: AtomicBool::new(false),
            settings,
            names: Mutex::new(names),
            owner: Mutex::new(None),
            heard: Mutex::new(heard),
        }
    }

    pub fn id(&self) -> TrackId {
        self.identity.id()
    }

    pub fn number(&self) -> usize {
        lock(&self.names).number
    }

    pub fn name(&self) -> Arc<str> {
        Arc::clone(&lock(&self.names).shown)
    }

    /// The user's word on the role, or what the name suggests; and whether it is such a guess.
    pub fn role(&self) -> (Role, bool) {
        self.settings.judged_role()
    }

    /// The instance behind the track, where it lets others set its parameters.
    pub fn owner(&self) -> Option<Arc<dyn Owner>> {
        lock(&self.owner).as_ref()?.upgrade()
    }

    /// A role that another process guessed.
    pub fn tell_role(&self, role: Role, is_guess: bool) {
        self.settings.set_guess(role);
        self.settings.set_role((!is_guess).then_some(role));
    }

    /// The name that another process shows.
    pub fn tell_name(&self, name: &str) {
        if *self.name() != *name {
            lock(&self.names).set_user(Some(name));
        }
    }

    /// Changes the names, and with them the role that they suggest.
    fn rename(&self, change: impl FnOnce(&mut Names)) {
        let mut names = lock(&self.names);
        change(&mut names);
        self.settings.set_guess(names.guess());
    }
}

impl fmt::Debug for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Track").field("identity", &self.identity).field("name", &self.name()).finish_non_exhaustive()
    }
}

/// A track's names, and the one that is shown.
#[derive(Debug)]
struct Names {
    number: usize,
    host: String,
    user: String,
    shown: Arc<str>,
    /// What the host knows the track to be, where its name tells nothing.
    host_role: Option<Role>,
}

impl Names {
    fn new(number: usize, host: &str, user: Option<&str>) -> Self {
        let mut names =
            Self { number, host: shortened(host), user: String::new(), shown: Arc::from(""), host_role: None };
        names.set_user(user);
        names
    }

    /// Hosts send empty names now and then: the last one stays.
    fn set_host(&mut self, name: &str) {
        if !name.trim().is_empty() {
            self.host = shortened(name);
            self.choose();
        }
    }

    fn set_user(&mut self, name: Option<&str>) {
        self.user = shortened(name.unwrap_or_default());
        self.choose();
    }

    fn choose(&mut self) {
        let known = [&self.user, &self.host].into_iter().find(|name| !name.is_empty());
        self.shown = known.map_or_else(|| format!("Track {}", self.number).into(), |name| name.as_str().into());
    }

    /// The role that the shown name suggests, else the host.
    fn guess(&self) -> Role {
        detect(&self.shown).or(self.host_role).unwrap_or(Role::Other)
    }
}

/// A name as it is shown: what a broken project stores under it must not be laid out by the megabyte, nor steer a
/// terminal.
fn shortened(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}

/// The audio thread's end of a track: a [`Sink`] for its analyzer. No method waits, allocates or fails.
pub struct TrackWriter {
    hops: Writer<Hop>,
    cells: Writer<Cell>,
    bands: Writer<Bands>,
    track: Arc<Track>,
}

impl TrackWriter {
    /// Linear gain of the trim as it stands now.
    pub fn set_gain(&self, gain: f32) {
        self.track.settings.set_gain(gain);
    }

    /// A stream begins, which the host announced as a render or not. Not for the audio thread: it may wait for a view.
    pub fn begin(&mut self, is_render: bool) {
        if is_render {
            lock(&self.track.heard).expect_render();
        } else if self.cells.is_grown() {
            (self.cells, self.bands) = lock(&self.track.heard).renew_rings();
        }
    }

    /// The parameters that the host may change from the audio thread.
    pub fn settings(&self) -> &TrackSettings {
        &self.track.settings
    }

    /// Somebody in the session asks the mix bus to monitor in mono.
    pub fn bus_mono_wanted(&self) -> bool {
        self.track.mono.load(Ordering::Relaxed)
    }

    /// Takes that wish back: the transport records, or the check has lasted long enough.
    pub fn end_bus_mono(&self) {
        self.track.mono.store(false, Ordering::Relaxed);
        self.track.mono_ended.store(true, Ordering::Relaxed);
    }
}

impl Sink for TrackWriter {
    fn hop(&mut self, hop: &Hop) {
        self.hops.push(hop);
    }

    fn cell(&mut self, cell: &Cell) {
        self.cells.push(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.bands.push(bands);
    }
}

impl fmt::Debug for TrackWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackWriter").field("id", &self.track.id()).finish_non_exhaustive()
    }
}

/// The end of a track for its plugin and window. The track leaves the session with the last clone; the last track's
/// leave ends the collector thread and waits for it, so that the host may unload the library.
#[derive(Clone)]
pub struct TrackHandle {
    member: Arc<Member>,
}

struct Member {
    track: Arc<Track>,
    session: Arc<Shared>,
    id_was_taken: bool,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.session.leave(&self.track);
    }
}

impl TrackHandle {
    /// The two ends of a new track that `enter` puts among the session's.
    pub(crate) fn new(session: &Arc<Shared>, enter: impl FnOnce(Heard) -> (Arc<Track>, bool)) -> (Self, TrackWriter) {
        let (hops, hop_reader) = hop_ring();
        let (cells, cell_reader) = cell_ring();
        let (bands, bands_reader) = bands_ring();
        let (track, id_was_taken) = enter(Heard::new(hop_reader, cell_reader, bands_reader));
        let writer = TrackWriter { hops, cells, bands, track: Arc::clone(&track) };
        (Self { member: Arc::new(Member { track, session: Arc::clone(session), id_was_taken }) }, writer)
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
        let adopted = self.member.session.adopt_id(self.track(), stored);
        if !adopted {
            self.settings().set_reference(false);
        }
        adopted
    }

    /// The host's name for the track. An empty one changes nothing.
    pub fn set_name(&self, name: &str) {
        self.track().rename(|names| names.set_host(name));
    }

    /// What the host knows the track to be (its master, a return): the role where the name tells none.
    pub fn set_host_role(&self, role: Option<Role>) {
        self.track().rename(|names| names.host_role = role);
    }

    /// The user's own name, over the host's; `None` or an empty one gives it back to the host.
    pub fn set_user_name(&self, name: Option<&str>) {
        self.track().rename(|names| names.set_user(name));
    }

    /// The name that is shown.
    pub fn name(&self) -> Arc<str> {
        self.track().name()
    }

    /// The role, and whether it is a guess from the name.
    pub fn role(&self) -> (Role, bool) {
        self.track().role()
    }

    /// Role, reference tag, measure, placement, out switch and gain, for any thread.
    pub fn settings(&self) -> &TrackSettings {
        &self.track().settings
    }

    /// Lets the plain maximum begin anew.
    pub fn reset_held_peak(&self) {
        lock(&self.track().heard).reset_held_peak();
    }

    /// The host announces a render: what the audio thread writes may wait longer. Any thread but the audio thread.
    pub fn expect_render(&self) {
        lock(&self.track().heard).expect_render();
    }

    /// Places whose cells were overwritten before they could be collected, and which were not heard since.
    pub fn missed_cells(&self) -> u32 {
        lock(&self.track().heard).song().missed()
    }

    /// Bytes this track holds but for its song map, which grows with what was heard.
    pub fn bytes(&self) -> usize {
        size_of::<Track>() + size_of::<Member>() + lock(&self.track().heard).heap_bytes()
    }

    /// The session as this track sees it.
    pub fn session(&self) -> Session {
        Session::seen_by(&self.member.session, &self.member.track)
    }

    /// Lets the other instances of this binary set parameters of this one.
    pub fn serve(&self, owner: Weak<dyn Owner>) {
        *lock(&self.track().owner) = Some(owner);
    }

    /// The session for the project to store.
    pub fn session_id(&self) -> SessionId {
        self.member.session.session_of(self.track())
    }

    /// Takes the session that the project stored.
    pub fn adopt_session(&self, stored: SessionId) {
        self.member.session.adopt_session(self.track(), stored);
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
