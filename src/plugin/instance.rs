//! One instance of the plug-in, for its audio thread, its window and its host.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use atomic_float::AtomicF32;
use keel_core::link::{Format, SessionId, TrackConfig, TrackHandle, TrackSettings, TrackWriter, session};
use keel_core::mix::{MixReport, Placement, Profile, ScopeKind, TrackId};
use nice_plug::prelude::{Param, ParamPtr};
use parking_lot::Mutex;

use super::param_changes::ParamChanges;
use super::params::KeelParams;
use super::profile_cache::{ProfileCache, fault_sentence};
use super::remarks::Remarks;
use super::state::{self, Saved, Unread};
use crate::host::{HostHandle, ParamTable};

/// One instance, for all its threads.
#[derive(Debug)]
pub struct KeelInstance {
    pub(super) params: Arc<KeelParams>,
    pub(super) changes: ParamChanges,
    pub(super) remarks: Remarks,
    pub(super) host: Arc<HostHandle>,
    pub(super) track: TrackHandle,
    pub(super) state: Mutex<InstanceState>,
    /// Channels of the active layout, 0 while there is none.
    pub(super) channels: AtomicUsize,
    sample_rate: AtomicF32,
    /// The host renders: no monitor check gets into it.
    pub(super) offline: AtomicBool,
}

/// What no audio thread touches.
#[derive(Debug)]
pub(super) struct InstanceState {
    pub saved: Saved,
    pub unread: Vec<Unread>,
    profiles: ProfileCache,
    notes: Vec<String>,
}

impl KeelInstance {
    /// Joins the session. The writer is for the audio thread.
    pub fn join() -> (Arc<Self>, TrackWriter) {
        let (track, writer) = session().join(TrackConfig::default());
        let params = Arc::new(KeelParams::default());
        let host = HostHandle::take();
        track.settings().set_format(host.format());
        let instance = Arc::new(Self {
            changes: ParamChanges::new(ParamTable::new(params.clone())),
            remarks: Remarks::default(),
            params,
            host: host.clone(),
            track,
            state: Mutex::new(InstanceState {
                saved: Saved::default(),
                unread: Vec::new(),
                profiles: ProfileCache::default(),
                notes: Vec::new(),
            }),
            channels: AtomicUsize::new(0),
            sample_rate: AtomicF32::new(0.0),
            offline: AtomicBool::new(false),
        });
        host.attach(instance.clone());
        let owner: Weak<Self> = Arc::downgrade(&instance);
        instance.track.let_others_set(owner);
        (instance, writer)
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
        self.state.lock().saved.clone()
    }

    /// Changes what is stored and no parameter, and lets the host know.
    pub fn edit(&self, change: impl FnOnce(&mut Saved)) {
        change(&mut self.state.lock().saved);
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
        Profile::load(name).map_err(|error| fault_sentence(&error, "Nothing was changed."))?;
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

    /// What the user must know about this instance: the settings that were loaded, and what the audio thread found.
    pub fn notes(&self) -> Vec<String> {
        self.state.lock().notes.iter().cloned().chain(self.remarks.sentences()).collect()
    }

    pub(super) fn is_offline(&self) -> bool {
        self.offline.load(Ordering::Relaxed)
    }

    pub(super) fn activated(&self, channels: usize, sample_rate: f32) {
        self.sample_rate.store(sample_rate, Ordering::Relaxed);
        self.channels.store(channels, Ordering::Release);
    }

    /// Hands the session what the parameters say. A few atomic stores: any thread.
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

    /// Sets a parameter on Keel's own account; the host learns of it with its next block or flush. Any thread.
    fn change(&self, param: ParamPtr, normalized: f32) {
        if let Some(position) = self.changes.table.position(param) {
            self.changes.set(position, normalized);
        }
    }

    /// The session's report in full; `scope` goes over the session's choice.
    pub fn session_report(&self, scope: Option<AskedScope>) -> MixReport {
        let (profile, notes) = self.before_report();
        let (kind, range_s) = (scope.map(|scope| scope.kind), scope.and_then(|scope| scope.range_s));
        let mut report = self.track.session().report(&profile, kind, range_s);
        report.notes.extend(notes);
        report
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
        self.state.lock().profiles.get(wanted.as_deref(), Instant::now())
    }

    pub(super) fn load_state(&self, bytes: &[u8]) -> bool {
        let mut notes = Vec::new();
        let rate = Some(self.sample_rate.load(Ordering::Relaxed)).filter(|&rate| rate > 0.0);
        let read = state::read_state(bytes, &self.changes.table, rate, &mut notes);
        let loaded = read.is_some();
        if let Some((saved, unread)) = read {
            self.take(saved, unread);
        }
        self.publish(self.track.settings());
        self.state.lock().notes = state::readable(notes);
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
        self.track.restore_guess(saved.guess.as_ref().map(|(name, guess)| (name.as_str(), *guess)));
        self.track.settings().choose_placement(saved.placement);
        let mut state = self.state.lock();
        state.saved = saved;
        state.unread = unread;
    }
}

/// A scope asked for by name, over the session's own choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AskedScope {
    kind: ScopeKind,
    range_s: Option<(f64, f64)>,
}

impl AskedScope {
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
        assert_eq!(AskedScope::parse("song"), Some(AskedScope { kind: ScopeKind::Song, range_s: None }));
        assert_eq!(
            AskedScope::parse("12.5-20"),
            Some(AskedScope { kind: ScopeKind::Range, range_s: Some((12.5, 20.0)) })
        );
        for wrong in ["", "chorus", "20-12", "1-inf", "NaN-2", "1"] {
            assert_eq!(AskedScope::parse(wrong), None, "{wrong}");
        }
    }
}
