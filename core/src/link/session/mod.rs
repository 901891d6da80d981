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
use crate::link::members::{Circle, MOST_IGNORED, Stored, Wishes, link_report};
use crate::link::track::{Refused, SessionId, Track, TrackConfig, TrackWriter};
use crate::mix::{Anchor, LinkReport, Role, ScopeKind, SessionState, TrackId};
use crate::units::Db;

/// The tracks of this process: one for each loaded binary, linked to others by the user's hub folder.
pub fn session() -> &'static Session {
    static SESSION: LazyLock<Session> = LazyLock::new(|| Session::linked(HubConfig::of_user()));
    &SESSION
}

/// Tracks that are judged together, in the order they joined, those of other processes last. For every thread but the
/// audio thread, which has its [`TrackWriter`]. What the user wished of a session ends with its last track.
#[derive(Clone, Debug, Default)]
pub struct Session {
    binary: Arc<Binary>,
    /// Whose session it is; the first track's where nobody is named.
    who: Option<Arc<Track>>,
}

impl Session {
    /// Tracks apart from those of [`session`], linked to nobody.
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
        self.link_of(self.circle().as_ref())
    }

    fn link_of(&self, circle: Option<&Circle>) -> LinkReport {
        let code = circle.and_then(|circle| self.wishes(circle).code);
        link_report(self.binary.registry.hub_state(), circle, code)
    }

    /// What holds for the whole session.
    pub fn state(&self) -> SessionState {
        self.circle().map_or_else(SessionState::default, |circle| self.state_of(&circle))
    }

    fn state_of(&self, circle: &Circle) -> SessionState {
        self.binary.registry.with_song(circle.session, |song| SessionState {
            transport: song.transport.now(),
            scope: song.wishes.scope,
            range_s: song.wishes.range_s,
            anchor: song.wishes.anchor.map(Anchor),
        })
    }

    /// The user's choice of scope; `None` follows the transport.
    pub fn set_scope(&self, scope: Option<ScopeKind>) {
        self.wish(|wishes| wishes.scope = scope);
    }

    /// The range for [`ScopeKind::Range`], in seconds of song time.
    pub fn set_range(&self, range_s: Option<(f64, f64)>) {
        self.wish(|wishes| wishes.range_s = range_s);
    }

    /// The track that stands in for an absent kick.
    pub fn set_anchor(&self, anchor: Option<TrackId>) {
        self.wish(|wishes| wishes.anchor = anchor);
    }

    /// The target profile for all instances, by name or path; `None` where nobody chooses. False where the name is too
    /// long to be told to other processes.
    pub fn set_profile(&self, profile: Option<&str>) -> bool {
        let fits = profile.is_none_or(|profile| profile.len() <= LONGEST_PROFILE);
        if fits {
            self.wish(|wishes| wishes.profile = profile.map(str::to_owned));
        }
        fits
    }

    pub fn profile(&self) -> Option<String> {
        self.wishes(&self.circle()?).profile
    }

    /// Leaves a track out of judgement, wherever it lives, or takes it in again.
    pub fn set_ignored(&self, track: TrackId, ignored: bool) {
        self.wish(|wishes| {
            if !ignored {
                wishes.ignored.remove(&track);
            } else if wishes.ignored.len() < MOST_IGNORED {
                wishes.ignored.insert(track);
            }
        });
    }

    pub fn is_ignored(&self, track: TrackId) -> bool {
        self.circle().is_some_and(|circle| self.wishes(&circle).ignored.contains(&track))
    }

    /// Sets the trim of another instance, which must live in this binary. Main thread or a window's.
    pub fn set_trim(&self, track: TrackId, trim: Db) -> Result<(), Refused> {
        let circle = self.circle().ok_or(Refused::Gone)?;
        let place = circle.tracks.iter().position(|other| other.id() == track).ok_or(Refused::Gone)?;
        if place >= circle.local() {
            return Err(Refused::Elsewhere);
        }
        circle.tracks[place].owner().ok_or(Refused::Host)?.set_trim(trim)
    }

    /// Links this session with all that bear the same code, wherever they run; `None` with its own program only.
    pub fn set_code(&self, code: Option<&str>) {
        let code = code.map(shortened).filter(|code| !code.is_empty());
        self.wish(|wishes| wishes.code = code);
    }

    /// What the project of this session stored, for its next opening.
    pub fn stored(&self) -> Stored {
        let wishes = self.circle().map(|circle| self.wishes(&circle)).unwrap_or_default();
        Stored { code: wishes.code, profile: wishes.profile, ignored: wishes.ignored }
    }

    /// Takes what a project stored of the session `of`, or of this one. Another's wishes wait until its tracks are
    /// together; those of an imported track, which stays alone in its own, never count.
    pub fn restore(&self, of: Option<SessionId>, stored: Stored) {
        let Some(session) = of.or_else(|| self.id()) else { return };
        let code = stored.code.as_deref().map(shortened).filter(|code| !code.is_empty());
        let profile = stored.profile.filter(|profile| !profile.is_empty() && profile.len() <= LONGEST_PROFILE);
        self.binary.registry.restore(session, Stored { code, profile, ..stored });
    }

    pub fn code(&self) -> Option<String> {
        self.wishes(&self.circle()?).code
    }

    /// Asks the mix bus to monitor in mono, for ten minutes at most.
    pub fn set_bus_mono(&self, on: bool) {
        let Some(circle) = self.circle() else { return };
        // What an audio thread took back before counts no longer.
        self.binary.registry.mono_wanted(&circle);
        self.binary.registry.wish(&circle, |wishes| wishes.mono = on);
    }

    pub fn bus_mono(&self) -> bool {
        self.circle().is_some_and(|circle| self.binary.registry.mono_wanted(&circle))
    }

    /// A mix bus is there to do what the session asks of it.
    pub fn has_mix_bus(&self) -> bool {
        let is_bus = |track: &Arc<Track>| track.role().0 == Role::MixBus;
        self.circle().is_some_and(|circle| circle.tracks.iter().any(is_bus))
    }

    /// Live tracks of this binary.
    pub fn len(&self) -> usize {
        self.binary.registry.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What projects are to store.
    pub fn id(&self) -> Option<SessionId> {
        self.circle().map(|circle| circle.session)
    }

    fn circle(&self) -> Option<Circle> {
        self.binary.registry.circle(self.who.as_deref())
    }

    fn wishes(&self, circle: &Circle) -> Wishes {
        self.binary.registry.with_song(circle.session, |song| song.wishes.clone())
    }

    fn wish(&self, change: impl FnOnce(&mut Wishes)) {
        if let Some(circle) = self.circle() {
            self.binary.registry.wish(&circle, change);
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
