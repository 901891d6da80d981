//! What the plugin, its window and its entries share of one instance.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use atomic_float::AtomicF32;
use keel_core::link::{
    Format, Refused, RemoteControl, SessionId, StoredSettings, TrackConfig, TrackHandle, TrackSettings, TrackWriter,
    session,
};
use keel_core::mix::{MixReport, Placement, Profile, Role, ScopeKind, TrackId};
use keel_core::units::Db;
use nice_plug::editor::dpi::NativeSize;
use nice_plug::prelude::{Param, ParamPtr, Params};
use parking_lot::Mutex;

use super::changes::Changes;
use super::params::KeelParams;
use super::remarks::Remarks;
use super::state::{self, Saved, Unread};
use super::targets::{GUIDE, Targets, told};
use super::{open_window, window};
use crate::host::{Gesture, Instance, Opening, OwnChange, ParamTable, PluginWindow, Slot, TimedChange};

/// One instance, for all its threads.
#[derive(Debug)]
pub struct Shared {
    params: Arc<KeelParams>,
    pub(super) changes: Changes,
    pub(super) remarks: Remarks,
    host: Arc<Slot>,
    track: TrackHandle,
    rest: Mutex<Rest>,
    /// Channels of the active layout, 0 while there is none.
    channels: AtomicUsize,
    sample_rate: AtomicF32,
    /// The host renders: no monitor check gets into it.
    offline: AtomicBool,
}

/// What no audio thread touches.
#[derive(Debug)]
struct Rest {
    saved: Saved,
    unread: Vec<Unread>,
    targets: Targets,
    notes: Vec<String>,
}

impl Shared {
    /// Joins the session. The writer is for the audio thread.
    pub fn join() -> (Arc<Self>, TrackWriter) {
        let (track, writer) = session().join(TrackConfig::default());
        let params = Arc::new(KeelParams::default());
        let host = Slot::take();
        track.settings().set_format(host.format());
        let shared = Arc::new(Self {
            changes: Changes::new(ParamTable::new(params.clone())),
            remarks: Remarks::default(),
            params,
            host: host.clone(),
            track,
            rest: Mutex::new(Rest {
                saved: Saved::default(),
                unread: Vec::new(),
                targets: Targets::default(),
                notes: Vec::new(),
            }),
            channels: AtomicUsize::new(0),
            sample_rate: AtomicF32::new(0.0),
            offline: AtomicBool::new(false),
        });
        host.attach(shared.clone());
        let owner: Weak<Self> = Arc::downgrade(&shared);
        shared.track.let_others_set(owner);
        (shared, writer)
    }

    pub fn keel_params(&self) -> &KeelParams {
        &self.params
    }

    pub(super) fn format(&self) -> Format {
        self.host.format()
    }

    pub fn track(&self) -> &TrackHandle {
        &self.track
    }

    pub fn saved(&self) -> Saved {
        self.rest.lock().saved.clone()
    }

    /// Changes what is stored and no parameter, and lets the host know.
    pub fn edit(&self, change: impl FnOnce(&mut Saved)) {
        change(&mut self.rest.lock().saved);
        self.host.mark_dirty();
    }

    /// The user's word on where Keel listens, over the host's; `None` goes by the host again.
    pub fn choose_placement(&self, side: Option<Placement>) {
        self.track.settings().choose_placement(side);
        self.edit(|saved| saved.placement = side);
    }

    /// Lets all instances of the session judge by this profile. One that cannot be read changes nothing; the error is a
    /// sentence for the user.
    pub fn choose_profile(&self, name: &str) -> Result<(), String> {
        Profile::load(name).map_err(|error| told(&error, "Nothing was changed."))?;
        if !self.track.session().set_profile(Some(name)) {
            return Err(format!("The path of profile {name} is too long to be shared. Nothing was changed."));
        }
        self.edit(|saved| name.clone_into(&mut saved.profile));
        Ok(())
    }

    /// Leaves a track of the session out of judgement, or takes it back.
    pub fn ignore(&self, track: TrackId, ignored: bool) {
        self.track.session().set_ignored(track, ignored);
        self.host.mark_dirty();
    }

    /// What the user must hear about this instance: the settings that were loaded, and what the audio thread found.
    pub fn notes(&self) -> Vec<String> {
        self.rest.lock().notes.iter().cloned().chain(self.remarks.sentences()).collect()
    }

    pub(super) fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }

    pub(super) fn activated(&self, channels: usize, sample_rate: f32) {
        self.sample_rate.store(sample_rate, Ordering::Relaxed);
        self.channels.store(channels, Ordering::Release);
    }

    /// Tells the session what the parameters say. A few atomic stores: any thread.
    pub fn publish(&self, settings: &TrackSettings) {
        if self.track.became_copy() {
            // A copy of a track is not the reference, too.
            self.change(self.params.reference.as_ptr(), 0.0);
        }
        settings.set_role(self.params.role.value().0);
        settings.set_measure(self.params.measure.value().0);
        settings.set_reference(self.params.reference.value());
        settings.set_out(self.params.out.value());
        settings.set_gain(self.params.gain());
    }

    /// Switches the mono check off, on the audio thread.
    pub(super) fn end_mono_check(&self) {
        if self.params.mono.value() {
            self.change(self.params.mono.as_ptr(), 0.0);
        }
    }

    /// Sets a parameter on Keel's own account; the host hears of it with its next block or flush. Any thread.
    fn change(&self, param: ParamPtr, normalized: f32) {
        if let Some(position) = self.changes.table.position(param) {
            self.changes.set(position, normalized);
        }
    }

    /// The session's report in full; `scope` goes over the session's wish.
    pub fn session_report(&self, scope: Option<Scope>) -> MixReport {
        let (profile, notes) = self.before_report();
        let (kind, range_s) = (scope.map(|scope| scope.kind), scope.and_then(|scope| scope.range_s));
        let mut report = self.track.session().report(&profile, kind, range_s);
        report.notes.extend(notes);
        report
    }

    /// What the window says of this instance beside the session's report.
    pub(super) fn notes_of_window(&self) -> Vec<String> {
        self.notes().into_iter().chain(self.profile().1).collect()
    }

    /// What a report is to be judged by, and notes to go with it.
    fn before_report(&self) -> (Arc<Profile>, impl Iterator<Item = String> + use<>) {
        self.publish(self.track.settings());
        let (profile, fault) = self.profile();
        (profile, self.notes().into_iter().chain(fault))
    }

    /// The session's profile, and a sentence where it cannot be read.
    pub fn profile(&self) -> (Arc<Profile>, Option<String>) {
        let wanted = self.track.session().profile();
        self.rest.lock().targets.get(wanted.as_deref(), Instant::now())
    }

    fn load_state(&self, bytes: &[u8]) -> bool {
        let mut notes = Vec::new();
        let rate = Some(self.sample_rate.load(Ordering::Relaxed)).filter(|&rate| rate > 0.0);
        let read = state::read_state(bytes, &self.changes.table, rate, &mut notes);
        let loaded = read.is_some();
        if let Some((saved, unread)) = read {
            self.take(saved, unread);
        }
        self.publish(self.track.settings());
        self.rest.lock().notes = state::readable(notes);
        loaded
    }

    fn take(&self, saved: Saved, unread: Vec<Unread>) {
        let session = saved.session_id.as_deref().and_then(SessionId::stored);
        if let Some(session) = session {
            self.track.adopt_session(session);
        }
        self.track.session().restore(session, saved.of_session());
        if let Some(id) = saved.instance_id
            && !self.track.adopt_id(id)
            && let Some(position) = self.changes.table.position(self.params.reference.as_ptr())
        {
            // A copy of a track is not the reference, too.
            self.changes.table.set_normalized(position, 0.0, None);
        }
        self.track.set_user_name(Some(&saved.name));
        self.track.settings().choose_placement(saved.placement);
        let mut rest = self.rest.lock();
        rest.saved = saved;
        rest.unread = unread;
    }
}

impl Instance for Shared {
    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn channels(&self) -> usize {
        self.channels.load(Ordering::Acquire)
    }

    fn rendering(&self, offline: bool) {
        self.offline.store(offline, Ordering::Relaxed);
    }

    fn render_announced(&self) {
        self.track.expect_render();
    }

    fn at_frame(&self, change: TimedChange) {
        self.changes.at_frame(change);
    }

    fn settle(&self) {
        self.changes.apply_rest(0);
    }

    fn take_own_change(&self) -> Option<OwnChange> {
        self.changes.take_own()
    }

    fn put_back(&self, change: &OwnChange) {
        self.changes.put_back(change);
    }

    fn track_named(&self, name: &str, role: Option<Role>) {
        self.track.set_name(name);
        self.track.set_host_role(role);
    }

    fn placed(&self, placement: Placement) {
        self.track.settings().set_placement(placement);
    }

    fn save(&self) -> Vec<u8> {
        // It may have turned out to be a copy since the last block.
        self.publish(self.track.settings());
        let StoredSettings { code, profile, ignored } = self.track.session().stored();
        let rest = self.rest.lock();
        let saved = Saved {
            instance_id: Some(self.track.id()),
            session_id: Some(self.track.session_id().to_string()),
            session_code: code,
            profile: profile.unwrap_or_else(|| GUIDE.into()),
            ignored,
            ..rest.saved.clone()
        };
        state::write(&self.changes.table, &saved, &rest.unread)
    }

    fn load(&self, state: &[u8]) -> bool {
        self.load_state(state)
    }

    fn gesture(&self, param: ParamPtr, gesture: Gesture) {
        let Some(position) = self.changes.table.position(param) else { return };
        if self.host.gesture(position, gesture) {
            if let Gesture::Set(value) = gesture {
                self.changes.table.set_normalized(position, value, None);
            }
        } else {
            self.changes.gesture(position, gesture);
            self.host.request_flush();
        }
    }

    fn open_window(self: Arc<Self>, opening: Opening) -> Option<Box<dyn PluginWindow>> {
        window::open(self, opening)
    }

    fn window_size(&self, scale: Option<f64>) -> NativeSize<u32> {
        open_window::native(self.saved().window, open_window::system_scale().or(scale).unwrap_or(1.0))
    }

    fn report(&self, scope: Option<&str>) -> Option<String> {
        let scope = match scope {
            Some(text) => Some(Scope::parse(text)?),
            None => None,
        };
        Some(self.session_report(scope).to_json())
    }
}

impl RemoteControl for Shared {
    fn set_trim(&self, trim: Db) -> Result<(), Refused> {
        let wanted = trim.0 as f32;
        let range = self.params.trim.preview_plain(0.0)..=self.params.trim.preview_plain(1.0);
        if !range.contains(&wanted) {
            return Err(Refused::Range);
        }
        if !self.host.takes_changes() {
            return Err(Refused::Host);
        }
        let value = self.params.trim.preview_normalized(wanted);
        for gesture in [Gesture::Begin, Gesture::Set(value), Gesture::End] {
            self.gesture(self.params.trim.as_ptr(), gesture);
        }
        self.publish(self.track.settings());
        Ok(())
    }
}

/// A scope asked for by name, over the session's own wish.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scope {
    kind: ScopeKind,
    range_s: Option<(f64, f64)>,
}

impl Scope {
    /// `loudest`, `playing`, `song` or `FROM-TO` in seconds.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = match text {
            "loudest" => ScopeKind::Loudest,
            "playing" => ScopeKind::Playing,
            "song" => ScopeKind::Song,
            _ => {
                let (from, to) = text.split_once('-')?;
                let range: (f64, f64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
                let valid = range.0 < range.1 && range.1.is_finite();
                return valid.then_some(Self { kind: ScopeKind::Range, range_s: Some(range) });
            }
        };
        Some(Self { kind, range_s: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_by_name() {
        assert_eq!(Scope::parse("song"), Some(Scope { kind: ScopeKind::Song, range_s: None }));
        assert_eq!(Scope::parse("12.5-20"), Some(Scope { kind: ScopeKind::Range, range_s: Some((12.5, 20.0)) }));
        for wrong in ["", "chorus", "20-12", "1-inf", "NaN-2", "1"] {
            assert_eq!(Scope::parse(wrong), None, "{wrong}");
        }
    }
}
