//! A track of the session: the end that the audio thread holds, and the one for the plugin and its window.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::identity::{Identity, SessionId};
use super::inbox::Inbox;
use super::remote_control::RemoteControl;
use super::settings::TrackSettings;
use crate::dsp::{Bands, Cell, Hop, Sink};
use crate::link::lock::{lock, try_lock};
use crate::link::ring::{Writer, bands_ring, cell_ring, hop_ring};
use crate::mix::{Guess, Measure, Placement, Role, RoleFrom, TrackId, guess};

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
    /// The user's choice of measure; `None` goes by the profile.
    pub measure: Option<Measure>,
    /// Where on its channel Keel listens.
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
    /// The user let the held peak begin anew while the inbox was locked.
    peak_reset: AtomicBool,
    trim_automated: AtomicBool,
    pub settings: TrackSettings,
    names: Mutex<Names>,
    remote_control: Mutex<Option<Weak<dyn RemoteControl>>>,
    /// Locked by a view for as long as it lasts: the collector only ever tries.
    pub inbox: Mutex<Inbox>,
}

impl Track {
    /// `number` counts the session's tracks from 1 and names the track while nothing else does.
    pub fn new(identity: Identity, number: usize, config: TrackConfig, inbox: Inbox) -> Self {
        let settings = TrackSettings::default();
        settings.set_role(config.role);
        settings.set_measure(config.measure);
        settings.set_placement(config.placement);
        settings.set_reference(config.reference);
        settings.set_out(config.out);
        settings.set_gain(config.gain);
        let names = Names::new(number, &config.name, config.user_name.as_deref());
        names.tell(&settings);
        Self {
            identity,
            mono: AtomicBool::new(false),
            mono_ended: AtomicBool::new(false),
            peak_reset: AtomicBool::new(false),
            trim_automated: AtomicBool::new(false),
            settings,
            names: Mutex::new(names),
            remote_control: Mutex::new(None),
            inbox: Mutex::new(inbox),
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

    /// The user's word on the role, or what the names suggest; and which of them it is.
    pub fn role(&self) -> (Role, RoleFrom) {
        self.settings.judged_role()
    }

    /// The instance behind the track, where it lets others set its parameters.
    pub fn remote_control(&self) -> Option<Arc<dyn RemoteControl>> {
        lock(&self.remote_control).as_ref()?.upgrade()
    }

    pub fn set_remote_control(&self, remote_control: Weak<dyn RemoteControl>) {
        *lock(&self.remote_control) = Some(remote_control);
    }

    /// A role that another process has: its user's word, or its guess.
    pub fn set_remote_role(&self, role: Role, from: RoleFrom) {
        self.settings.set_guess(role, from);
        self.settings.set_role((!from.is_guess()).then_some(role));
    }

    /// The name that another process shows.
    pub fn set_shown_name(&self, name: &str) {
        if *self.name() != *name {
            lock(&self.names).set_user(Some(name));
        }
    }

    /// Lets the held peak begin anew: now, or where a judgement is being made after it.
    pub fn reset_held_peak(&self) {
        self.peak_reset.store(true, Ordering::Release);
        if let Some(mut inbox) = try_lock(&self.inbox) {
            self.take_peak_reset(&mut inbox);
        }
    }

    pub fn take_peak_reset(&self, inbox: &mut Inbox) {
        if self.peak_reset.swap(false, Ordering::AcqRel) {
            inbox.reset_held_peak();
        }
    }

    /// The host rides the trim, as the song map last had it.
    pub fn is_trim_automated(&self) -> bool {
        self.trim_automated.load(Ordering::Relaxed)
    }

    pub fn set_trim_automated(&self, is_automated: bool) {
        self.trim_automated.store(is_automated, Ordering::Relaxed);
    }

    /// An empty name changes nothing.
    pub fn set_host_name(&self, name: &str) {
        self.rename(|names| names.set_host(name));
    }

    pub fn set_host_role(&self, role: Option<Role>) {
        self.rename(|names| names.host_role = role);
    }

    pub fn set_user_name(&self, name: Option<&str>) {
        self.rename(|names| names.set_user(name));
    }

    /// Changes the names, and with them the role that they suggest.
    fn rename(&self, change: impl FnOnce(&mut Names)) {
        let mut names = lock(&self.names);
        change(&mut names);
        names.tell(&self.settings);
    }

    /// Changes with each name that is shown.
    pub fn names_shown(&self) -> u64 {
        lock(&self.names).shown_count
    }

    /// What the name says among those of the session, unless that is settled.
    pub fn take_guess(&self, name: &str, guess: Guess) {
        let mut names = lock(&self.names);
        if !names.is_settled && *names.shown == *name {
            names.guess = guess;
            names.tell(&self.settings);
        }
    }

    /// From here on only a new name of its own changes what its name says.
    pub fn settle_guess(&self) {
        lock(&self.names).is_settled = true;
    }

    /// The guess stays, whatever other names come.
    pub fn is_guess_settled(&self) -> bool {
        lock(&self.names).is_settled
    }

    /// What a project stored of a name: it holds, settled, as long as the track shows that name.
    pub fn restore_guess(&self, stored: Option<(&str, Guess)>) {
        self.rename(|names| names.restore(stored));
    }

    /// The name that is shown and what it says, for the project; None while nobody has named the track.
    pub fn stored_guess(&self) -> Option<(Arc<str>, Guess)> {
        let names = lock(&self.names);
        names.is_named().then(|| (Arc::clone(&names.shown), names.guess))
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
    /// So many names have been shown.
    shown_count: u64,
    /// What the host knows the track to be, where its name means nothing.
    host_role: Option<Role>,
    /// What the shown name says.
    guess: Guess,
    /// The names of others change it no longer.
    is_settled: bool,
    /// A name and what it was found to say when the project was saved.
    stored: Option<(String, Guess)>,
}

impl Names {
    fn new(number: usize, host: &str, user: Option<&str>) -> Self {
        let mut names = Self {
            number,
            host: shortened(host),
            user: String::new(),
            shown: Arc::from(""),
            shown_count: 0,
            host_role: None,
            guess: Guess::NONE,
            is_settled: false,
            stored: None,
        };
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
        let shown: Arc<str> =
            known.map_or_else(|| format!("Track {}", self.number).into(), |name| name.as_str().into());
        if shown != self.shown {
            self.shown = shown;
            self.shown_count += 1;
            self.read_anew();
        }
    }

    /// What the shown name says by itself, until the session's names are read; or what it was found to say before.
    fn read_anew(&mut self) {
        let stored = self.stored.as_ref().filter(|(name, _)| **name == *self.shown).map(|(_, guess)| *guess);
        self.is_settled = stored.is_some();
        self.guess = stored.unwrap_or_else(|| guess(&[&self.shown])[0]);
    }

    fn restore(&mut self, stored: Option<(&str, Guess)>) {
        self.stored = stored.map(|(name, guess)| (shortened(name), guess));
        self.read_anew();
    }

    fn is_named(&self) -> bool {
        !self.user.is_empty() || !self.host.is_empty()
    }

    /// The role that the shown name suggests, else the host.
    fn tell(&self, settings: &TrackSettings) {
        let role = self.guess.role.or(self.host_role).unwrap_or(Role::Other);
        settings.set_guess(role, self.guess.source());
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
    /// The audio thread's end of a new track, which `enter` makes of the other one.
    pub(crate) fn new(enter: impl FnOnce(Inbox) -> Arc<Track>) -> Self {
        let (hops, hop_reader) = hop_ring();
        let (cells, cell_reader) = cell_ring();
        let (bands, bands_reader) = bands_ring();
        let track = enter(Inbox::new(hop_reader, cell_reader, bands_reader));
        Self { hops, cells, bands, track }
    }

    pub(crate) fn track(&self) -> &Arc<Track> {
        &self.track
    }

    /// Linear gain of the trim as it stands now.
    pub fn set_gain(&self, gain: f32) {
        self.track.settings.set_gain(gain);
    }

    /// A stream begins, which the host announced as a render or not. Not for the audio thread: it may wait for a view.
    pub fn begin(&mut self, is_render: bool) {
        if is_render {
            lock(&self.track.inbox).expect_render();
        } else if self.cells.is_grown() {
            (self.cells, self.bands) = lock(&self.track.inbox).renew_rings();
        }
    }

    /// The parameters that the host may change from the audio thread.
    pub fn settings(&self) -> &TrackSettings {
        &self.track.settings
    }

    /// A window of the session asks the mix bus to monitor in mono.
    pub fn bus_mono_wanted(&self) -> bool {
        self.track.mono.load(Ordering::Relaxed)
    }

    /// Takes that back: the transport records, or the check has lasted long enough.
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
