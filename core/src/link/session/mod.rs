//! The tracks of one session, as views see them.

mod binary;
mod collector;
mod judge;
mod reports;
mod stamp;
mod track_handle;
mod watch;

use std::sync::{Arc, LazyLock};

use self::binary::Binary;
pub use self::track_handle::TrackHandle;
pub use self::watch::{Snapshot, Watch};
use crate::link::hub::HubConfig;
use crate::link::members::{MOST_IGNORED, SessionMembers, SharedSettings, StoredSettings, link_report};
use crate::link::track::{Refused, SessionId, Track, TrackConfig, TrackWriter};
use crate::mix::{LinkReport, Role, ScopeKind, SessionState, StandIn, TrackId};
use crate::units::Db;

/// The tracks of this process: one for each loaded binary, linked to others by the user's hub folder.
pub fn session() -> &'static Session {
    static SESSION: LazyLock<Session> = LazyLock::new(|| Session::linked(HubConfig::of_user()));
    &SESSION
}

/// Tracks that are judged together, in the order they joined, those of other processes last. For every thread but the
/// audio thread, which has its [`TrackWriter`]. A session's shared settings end with its last track.
///
/// ```
/// use keel_core::link::{Session, TrackConfig};
/// use keel_core::mix::{Profile, Role};
///
/// let session = Session::new();
/// let (kick, _for_the_audio_thread) = session.join(TrackConfig { name: "Kick".into(), ..TrackConfig::default() });
/// let report = session.report(&Profile::guide(), None, None);
/// assert_eq!(report.track(kick.id()).map(|track| track.role), Some(Role::Kick));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Session {
    binary: Arc<Binary>,
    /// Whose session it is; the first track's where none is named.
    who: Option<Arc<Track>>,
}

impl Session {
    /// Tracks apart from those of [`session`], linked to no other process.
    pub fn new() -> Self {
        Self::linked(None)
    }

    /// Tracks apart from those of [`session`], linked to all who use the same hub folder.
    pub fn linked(config: Option<HubConfig>) -> Self {
        Self { binary: Arc::new(Binary::new(config)), who: None }
    }

    fn seen_by(binary: &Arc<Binary>, who: &Arc<Track>) -> Self {
        Self { binary: Arc::clone(binary), who: Some(Arc::clone(who)) }
    }

    /// Adds a track. The first one starts the collector thread.
    pub fn join(&self, config: TrackConfig) -> (TrackHandle, TrackWriter) {
        TrackHandle::join(&self.binary, config)
    }

    /// How the session is linked to other processes.
    pub fn link(&self) -> LinkReport {
        self.link_of(self.members().as_ref())
    }

    fn link_of(&self, members: Option<&SessionMembers>) -> LinkReport {
        let code = members.and_then(|members| self.shared(members).code);
        link_report(self.binary.registry.hub_status(), members, code)
    }

    /// What holds for the whole session.
    pub fn state(&self) -> SessionState {
        self.members().map_or_else(SessionState::default, |members| self.state_of(&members))
    }

    fn state_of(&self, members: &SessionMembers) -> SessionState {
        self.binary.registry.with_record(members.session, |record| SessionState {
            transport: record.transport.now(),
            scope: record.shared.scope,
            range_s: record.shared.range_s,
            section_s: None,
            stand_in: record.shared.stand_in.map(StandIn),
            printed: false,
            planned_peak: None,
        })
    }

    /// The user's choice of scope; `None` follows the transport.
    pub fn set_scope(&self, scope: Option<ScopeKind>) {
        self.change(|shared| shared.scope = scope);
    }

    /// The range for [`ScopeKind::Range`], in seconds of song time.
    pub fn set_range(&self, range_s: Option<(f64, f64)>) {
        self.change(|shared| shared.range_s = range_s);
    }

    /// The track that stands in for an absent kick.
    pub fn set_stand_in(&self, stand_in: Option<TrackId>) {
        self.change(|shared| shared.stand_in = stand_in);
    }

    /// The target profile for all instances, by name or path; `None` where none is chosen. False where the name is too
    /// long to be passed to other processes.
    pub fn set_profile(&self, profile: Option<&str>) -> bool {
        let fits = profile.is_none_or(|profile| profile.len() <= LONGEST_PROFILE);
        if fits {
            self.change(|shared| shared.profile = profile.map(str::to_owned));
        }
        fits
    }

    /// The profile that was chosen, by name or path.
    pub fn profile(&self) -> Option<String> {
        self.shared(&self.members()?).profile
    }

    /// Leaves a track out of judgement, wherever it lives, or takes it in again.
    pub fn set_ignored(&self, track: TrackId, ignored: bool) {
        self.change(|shared| {
            if !ignored {
                shared.ignored.remove(&track);
            } else if shared.ignored.len() < MOST_IGNORED {
                shared.ignored.insert(track);
            }
        });
    }

    /// The session leaves this track out of judgement.
    pub fn is_ignored(&self, track: TrackId) -> bool {
        self.members().is_some_and(|members| self.shared(&members).ignored.contains(&track))
    }

    /// Sets the trim of another instance, which must live in this binary. Main thread or a window's.
    pub fn set_trim(&self, track: TrackId, trim: Db) -> Result<(), Refused> {
        let members = self.members().ok_or(Refused::Gone)?;
        let place = members.tracks.iter().position(|other| other.id() == track).ok_or(Refused::Gone)?;
        if place >= members.local() {
            return Err(Refused::Elsewhere);
        }
        members.tracks[place].remote_control().ok_or(Refused::Host)?.set_trim(trim)
    }

    /// Links this session with all that bear the same code, wherever they run; `None` with its own program only.
    pub fn set_code(&self, code: Option<&str>) {
        let code = code.map(shortened).filter(|code| !code.is_empty());
        self.change(|shared| shared.code = code);
    }

    /// What the project of this session stored, for its next opening.
    pub fn stored(&self) -> StoredSettings {
        let shared = self.members().map(|members| self.shared(&members)).unwrap_or_default();
        StoredSettings { code: shared.code, profile: shared.profile, ignored: shared.ignored }
    }

    /// Takes what a project stored of the session `of`, or of this one. Another session's settings wait until its tracks are
    /// together; those of an imported track, which stays alone in its own, never count.
    pub fn restore(&self, of: Option<SessionId>, stored: StoredSettings) {
        let Some(session) = of.or_else(|| self.id()) else { return };
        let code = stored.code.as_deref().map(shortened).filter(|code| !code.is_empty());
        let profile = stored.profile.filter(|profile| !profile.is_empty() && profile.len() <= LONGEST_PROFILE);
        self.binary.registry.restore(session, StoredSettings { code, profile, ..stored });
    }

    /// The session code, if one was typed.
    pub fn code(&self) -> Option<String> {
        self.shared(&self.members()?).code
    }

    /// Asks the mix bus to monitor in mono, for ten minutes at most.
    pub fn set_bus_mono(&self, on: bool) {
        let Some(members) = self.members() else { return };
        // What an audio thread took back before counts no longer.
        self.binary.registry.mono_wanted(&members);
        self.binary.registry.change(&members, |shared| shared.mono = on);
    }

    /// The mix bus is asked to monitor in mono.
    pub fn bus_mono(&self) -> bool {
        self.members().is_some_and(|members| self.binary.registry.mono_wanted(&members))
    }

    /// A mix bus is there to do what the session asks of it.
    pub fn has_mix_bus(&self) -> bool {
        let is_bus = |track: &Arc<Track>| track.role().0 == Role::MixBus;
        self.members().is_some_and(|members| members.tracks.iter().any(is_bus))
    }

    /// Live tracks of this binary.
    pub fn len(&self) -> usize {
        self.binary.registry.len()
    }

    /// No track of this binary is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What projects are to store.
    pub fn id(&self) -> Option<SessionId> {
        self.members().map(|members| members.session)
    }

    fn members(&self) -> Option<SessionMembers> {
        self.binary.registry.members(self.who.as_deref())
    }

    fn shared(&self, members: &SessionMembers) -> SharedSettings {
        self.binary.registry.with_record(members.session, |record| record.shared.clone())
    }

    fn change(&self, change: impl FnOnce(&mut SharedSettings)) {
        if let Some(members) = self.members() {
            self.binary.registry.change(&members, change);
        }
    }
}

/// Bytes of a profile's name or path, as the hub's table has room for.
const LONGEST_PROFILE: usize = 256;
/// Characters of a session code.
const LONGEST_CODE: usize = 40;

/// A code as it is compared: small letters, single spaces.
fn shortened(code: &str) -> String {
    let words: Vec<String> = code.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST_CODE).collect()
}
