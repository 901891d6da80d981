//! The session shown to the rules, and its report.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use super::Session;
use crate::dsp::Hop;
use crate::link::lock::lock;
use crate::link::members::{SessionMembers, settle};
use crate::link::track::{ASKED_AT_ONCE, Inbox, Track, ask};
use crate::mix::{Assessor, MixReport, Profile, ScopeKind, SessionState, TrackId, TrackInput, timeline};

impl Session {
    /// Collects what waits in the rings, so that a render is complete, then shows every track to `show`. Views wait for
    /// each other: `show` must not begin another, nor reset a held peak. It may change settings, and drop handles but a
    /// watched session's last, which would wait for the judge.
    pub fn view<R>(&self, show: impl FnOnce(&[TrackInput<'_>], &SessionState) -> R) -> R {
        self.binary.registry.want_fresh();
        self.show(self.members().as_ref(), true, |tracks, state, _| show(tracks, state))
    }

    /// A track's newest hops, oldest first: what its live meters read. None where the host no longer calls.
    pub fn newest_hops(&self, track: TrackId) -> Vec<Hop> {
        let members = self.members();
        let found = members.iter().flat_map(|members| &members.tracks).find(|other| other.id() == track);
        found.map_or_else(Vec::new, |track| {
            let mut inbox = lock(&track.inbox);
            inbox.collect();
            inbox.newest_hops().to_vec()
        })
    }

    /// [`Self::view`] that `collects` or sees what the collector has taken in, and which of the tracks the session ignores.
    fn show<R>(
        &self,
        members: Option<&SessionMembers>,
        collects: bool,
        show: impl FnOnce(&[TrackInput<'_>], &SessionState, &BTreeSet<TrackId>) -> R,
    ) -> R {
        let Some(members) = members else { return show(&[], &SessionState::default(), &BTreeSet::new()) };
        let tracks = &members.tracks;
        self.binary.registry.read_names(members);
        let mut inbox = lock_all(tracks);
        for some in inbox.chunks_mut(ASKED_AT_ONCE).filter(|_| collects) {
            ask(some);
            some.iter_mut().for_each(|inbox| inbox.collect());
        }
        settle(&mut inbox[..members.local()], Instant::now());
        self.binary.registry.update_transport(members.session, tracks.iter().zip(&inbox));
        let names: Vec<_> = tracks.iter().map(|track| track.name()).collect();
        let ignored = self.binary.registry.with_record(members.session, |song| song.shared.ignored.clone());
        let inputs = tracks.iter().zip(&names).zip(&inbox);
        let inputs: Vec<_> = inputs.map(|((track, name), inbox)| input(track, name, inbox, &ignored)).collect();
        show(&inputs, &self.state_of(members), &ignored)
    }

    /// Judges the session as it stands, with a timeline; a scope given here goes over the user's choice.
    pub fn report(&self, profile: &Profile, scope: Option<ScopeKind>, range_s: Option<(f64, f64)>) -> MixReport {
        self.report_by(|tracks, state, assessor| {
            let state = SessionState { scope: scope.or(state.scope), range_s: range_s.or(state.range_s), ..*state };
            let mut report = assessor.assess(tracks, profile, &state);
            report.timeline = timeline(tracks);
            report
        })
    }

    /// [`Self::report`] as windows show it, without the timeline.
    pub fn report_now(&self, profile: &Profile) -> MixReport {
        self.report_by(|tracks, state, assessor| assessor.assess(tracks, profile, state))
    }

    /// [`Self::report_now`] of these tracks.
    pub(super) fn report_of(&self, members: &SessionMembers, profile: &Profile) -> MixReport {
        let is_late = self.binary.registry.is_late(Instant::now());
        self.judge(Some(members), is_late, |tracks, state, assessor| assessor.assess(tracks, profile, state))
    }

    fn report_by(&self, judge: impl FnOnce(&[TrackInput<'_>], &SessionState, &mut Assessor) -> MixReport) -> MixReport {
        self.judge(self.members().as_ref(), true, judge)
    }

    /// All judgements of a session share what was read of it.
    fn judge(
        &self,
        members: Option<&SessionMembers>,
        collects: bool,
        judge: impl FnOnce(&[TrackInput<'_>], &SessionState, &mut Assessor) -> MixReport,
    ) -> MixReport {
        self.binary.registry.want_fresh();
        let link = self.link_of(members);
        let kept = self.assessor_of(members);
        // Its lock comes after the tracks' own, everywhere.
        let mut report = self.show(members, collects, |tracks, state, ignored| {
            let mut kept = lock(&kept);
            let judged = catch_unwind(AssertUnwindSafe(|| judge(tracks, state, &mut kept)));
            let mut report = judged.unwrap_or_else(|fault| {
                // What was kept may be half changed.
                *kept = Assessor::new();
                resume_unwind(fault)
            });
            report.name_ignored(tracks, ignored);
            report
        });
        link.write_into(&mut report);
        report
    }

    /// Kept with the session, as long as there is one.
    fn assessor_of(&self, members: Option<&SessionMembers>) -> Arc<Mutex<Assessor>> {
        let kept =
            members.map(|members| self.binary.registry.with_record(members.session, |song| Arc::clone(&song.assessor)));
        kept.unwrap_or_default()
    }
}

fn input<'a>(track: &Track, name: &'a str, inbox: &'a Inbox, ignored: &BTreeSet<TrackId>) -> TrackInput<'a> {
    let (role, role_from) = track.role();
    TrackInput {
        id: track.id(),
        name,
        role,
        role_from,
        is_reference: track.settings.is_reference(),
        is_out: track.settings.is_out() || ignored.contains(&track.id()),
        placement: track.settings.placement(),
        measure: track.settings.measure(),
        gain: track.settings.gain(),
        song: inbox.song(),
        held_peak: inbox.held_peak(),
    }
}

/// Locks the inboxes in the order of their addresses, the same for all, whatever order a session has them in.
fn lock_all(tracks: &[Arc<Track>]) -> Vec<MutexGuard<'_, Inbox>> {
    let mut places: Vec<usize> = (0..tracks.len()).collect();
    places.sort_unstable_by_key(|&place| Arc::as_ptr(&tracks[place]));
    let mut locked: Vec<_> = places.into_iter().map(|place| (place, lock(&tracks[place].inbox))).collect();
    locked.sort_unstable_by_key(|(place, _)| *place);
    locked.into_iter().map(|(_, inbox)| inbox).collect()
}
