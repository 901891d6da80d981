//! The tracks of one session, as views see them.

mod binary;
mod collector;
mod track_handle;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Instant;

use self::binary::Binary;
pub use self::track_handle::TrackHandle;
use crate::link::hub::HubConfig;
use crate::link::lock::lock;
use crate::link::members::{Circle, MOST_IGNORED, Stored, Wishes, link_report, settle};
use crate::link::track::{ASKED_AT_ONCE, Heard, Refused, SessionId, Track, TrackConfig, TrackWriter, ask};
use crate::mix::{
    Anchor, Assessor, Glance, LinkReport, MixReport, Profile, Role, ScopeKind, SessionState, TrackId, TrackInput,
    timeline,
};
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

    /// Collects what waits in the rings, so that a render is complete, then shows every track to `look`. Views wait for
    /// each other: `look` must not begin another, nor reset a held peak. It may drop handles and change settings.
    pub fn view<R>(&self, look: impl FnOnce(&[TrackInput<'_>], &SessionState) -> R) -> R {
        self.look(|tracks, state, _| look(tracks, state))
    }

    /// [`Self::view`], and which of the tracks the session ignores.
    fn look<R>(&self, look: impl FnOnce(&[TrackInput<'_>], &SessionState, &BTreeSet<TrackId>) -> R) -> R {
        self.binary.registry.look();
        self.look_at(self.circle().as_ref(), true, look)
    }

    fn look_at<R>(
        &self,
        circle: Option<&Circle>,
        collects: bool,
        look: impl FnOnce(&[TrackInput<'_>], &SessionState, &BTreeSet<TrackId>) -> R,
    ) -> R {
        let Some(circle) = circle else { return look(&[], &SessionState::default(), &BTreeSet::new()) };
        let tracks = &circle.tracks;
        let mut heard: Vec<_> = tracks.iter().map(|track| lock(&track.heard)).collect();
        for some in heard.chunks_mut(ASKED_AT_ONCE).filter(|_| collects) {
            ask(some);
            some.iter_mut().for_each(|heard| heard.collect());
        }
        settle(&mut heard[..circle.local()], Instant::now());
        self.binary.registry.update_transport(circle.session, tracks.iter().zip(&heard));
        let names: Vec<_> = tracks.iter().map(|track| track.name()).collect();
        let ignored = self.binary.registry.with_song(circle.session, |song| song.wishes.ignored.clone());
        let inputs = tracks.iter().zip(&names).zip(&heard);
        let inputs: Vec<_> = inputs.map(|((track, name), heard)| input(track, name, heard, &ignored)).collect();
        look(&inputs, &self.state_of(circle), &ignored)
    }

    /// Judges the session as it stands; a scope given here goes over the user's choice.
    pub fn report(&self, profile: &Profile, scope: Option<ScopeKind>, range_s: Option<(f64, f64)>) -> MixReport {
        self.report_by(|tracks, state, assessor| {
            let state = SessionState { scope: scope.or(state.scope), range_s: range_s.or(state.range_s), ..*state };
            let mut report = assessor.assess(tracks, profile, &state);
            report.timeline = timeline(tracks);
            report
        })
    }

    /// [`Self::report`] for a look at it many times a second: without the timeline, and judged anew at each half second of
    /// the song while it plays on ([`Assessor::glance`]). It sees what the collector has taken in, which is no older than a
    /// round; it collects at its first look, and where the collector is late.
    pub fn glance(&self, profile: &Profile, glance: &mut Glance) {
        self.binary.registry.look();
        let collects = glance.is_new() || self.binary.registry.is_late(Instant::now());
        let circle = self.circle();
        let link = self.link_of(circle.as_ref());
        let kept = self.assessor_of(circle.as_ref());
        self.look_at(circle.as_ref(), collects, |tracks, state, ignored| {
            let mut hasher = DefaultHasher::new();
            ignored.hash(&mut hasher);
            glance.amend_by(hasher.finish());
            let amend = |report: &mut MixReport| report.name_ignored(tracks, ignored);
            lock(&kept).glance(tracks, profile, state, glance, amend);
        });
        link.tell(glance.report_mut());
    }

    /// [`Self::glance`] of one who looks once.
    pub fn report_now(&self, profile: &Profile) -> MixReport {
        let mut glance = Glance::new();
        self.glance(profile, &mut glance);
        glance.into_report()
    }

    /// All views of a session share what was read of it: many windows cost hardly more than one.
    fn report_by(&self, judge: impl FnOnce(&[TrackInput<'_>], &SessionState, &mut Assessor) -> MixReport) -> MixReport {
        self.binary.registry.look();
        let circle = self.circle();
        let link = self.link_of(circle.as_ref());
        let kept = self.assessor_of(circle.as_ref());
        // After the tracks' own locks, in every view.
        let mut report = self.look_at(circle.as_ref(), true, |tracks, state, ignored| {
            let mut report = judge(tracks, state, &mut lock(&kept));
            report.name_ignored(tracks, ignored);
            report
        });
        link.tell(&mut report);
        report
    }

    /// Kept by the song of this session, as long as there is one.
    fn assessor_of(&self, circle: Option<&Circle>) -> Arc<Mutex<Assessor>> {
        let kept =
            circle.map(|circle| self.binary.registry.with_song(circle.session, |song| Arc::clone(&song.assessor)));
        kept.unwrap_or_default()
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

fn input<'a>(track: &Track, name: &'a str, heard: &'a Heard, ignored: &BTreeSet<TrackId>) -> TrackInput<'a> {
    let (role, role_is_guess) = track.role();
    TrackInput {
        id: track.id(),
        name,
        role,
        role_is_guess,
        is_reference: track.settings.is_reference(),
        is_out: track.settings.is_out() || ignored.contains(&track.id()),
        placement: track.settings.placement(),
        measure: track.settings.measure(),
        gain: track.settings.gain(),
        song: heard.song(),
        hops: heard.newest_hops(),
        held_peak: heard.held_peak(),
    }
}
