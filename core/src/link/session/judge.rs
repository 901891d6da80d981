//! The thread that judges: each session that is watched, twice a second while it plays, and at once when something is set.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::stamp::{what_is_heard, what_is_set};
use super::watch::{Snapshot, Watched};
use crate::link::lock::lock;
use crate::link::members::SessionMembers;
use crate::link::track::{SessionId, Track};
use crate::mix::Profile;
use crossbeam_channel::{Receiver, Sender, bounded};

/// How often the judge sees whether something was set.
const POLL: Duration = Duration::from_millis(100);
/// From one judgement to the next while only the song moves on.
const PERIOD: Duration = Duration::from_millis(500);

const FAULT: &str = "Keel could not judge this session. The audio is not affected; what is shown is of before.";

/// What the thread and those who watch have in common.
#[derive(Debug)]
pub(super) struct JudgeState {
    watched: Mutex<Vec<Weak<Watched>>>,
    requests: (Sender<()>, Receiver<()>),
}

impl Default for JudgeState {
    fn default() -> Self {
        // One request is as good as many: the thread sees to all that is there.
        Self { watched: Mutex::default(), requests: bounded(1) }
    }
}

impl JudgeState {
    /// Lets this one be judged for as long as it is there.
    pub fn watch(&self, watched: &Arc<Watched>) {
        lock(&self.watched).push(Arc::downgrade(watched));
        self.ask();
    }

    /// Something was set: the next judgement is made now.
    pub fn ask(&self) {
        // Where one waits already, the thread comes to it.
        let _ = self.requests.0.try_send(());
    }

    fn watched(&self) -> Vec<Arc<Watched>> {
        let mut watched = lock(&self.watched);
        watched.retain(|one| one.strong_count() > 0);
        watched.iter().filter_map(Weak::upgrade).collect()
    }
}

/// The thread that judges.
#[derive(Debug)]
pub(super) struct Judge {
    state: Arc<JudgeState>,
    ends: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Judge {
    /// `None` where the system gives no thread.
    pub fn start(state: &Arc<JudgeState>) -> Option<Self> {
        let (state, ends) = (Arc::clone(state), Arc::new(AtomicBool::new(false)));
        let (own, own_end) = (Arc::clone(&state), Arc::clone(&ends));
        let thread = thread::Builder::new().name("keel-judge".into()).spawn(move || run(&own, &own_end)).ok()?;
        Some(Self { state, ends, thread })
    }

    /// It runs: no fault ended it.
    pub fn is_alive(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Returns when the thread is gone.
    pub fn stop(self) {
        self.ends.store(true, Ordering::Release);
        self.state.ask();
        // A thread that panicked is gone, too.
        let _ = self.thread.join();
    }
}

fn run(state: &JudgeState, ends: &AtomicBool) {
    let (mut sessions, requests) = (Sessions::default(), &state.requests.1);
    while !ends.load(Ordering::Acquire) {
        let watched = state.watched();
        sessions.round(&watched, Instant::now());
        let is_idle = watched.is_empty();
        drop(watched);
        // With nothing to watch it sleeps. The other end is held by `state`.
        let _ = if is_idle { requests.recv().ok() } else { requests.recv_timeout(POLL).ok() };
    }
}

/// The sessions under watch, each with its last judgement.
#[derive(Debug, Default)]
struct Sessions(Vec<Judged>);

/// One session as some who watch it see it, by one profile.
#[derive(Debug)]
struct Judged {
    id: SessionId,
    /// The tracks that take part: two copies of a song are one session with tracks apart.
    tracks: Vec<Arc<Track>>,
    profile: Arc<Profile>,
    /// What the judgement went by.
    heard: u64,
    set: u64,
    due: Instant,
    snapshot: Arc<Snapshot>,
    is_watched: bool,
}

impl Sessions {
    /// Judges what is due, then hands each the newest judgement of its session.
    fn round(&mut self, watched: &[Arc<Watched>], now: Instant) {
        self.0.iter_mut().for_each(|judged| judged.is_watched = false);
        let places: Vec<_> = watched.iter().map(|one| self.follow(one, now)).collect();
        for (one, place) in watched.iter().zip(places) {
            place.iter().for_each(|&place| one.publish(&self.0[place].snapshot));
        }
        self.0.retain(|judged| judged.is_watched);
    }

    /// Brings the session of one who watches up to date; its place.
    fn follow(&mut self, one: &Watched, now: Instant) -> Option<usize> {
        // An open window wants what other processes send fresh, whether the song plays or not.
        one.session.binary.registry.want_fresh();
        let (members, profile, is_asked) = (one.session.members()?, one.profile(), one.take_asked());
        let place = self.0.iter().position(|judged| judged.is_of(&members, &profile));
        match place {
            Some(place) => self.0[place].follow(one, &members, is_asked, now),
            None => self.0.push(Judged::new(one, members, profile, now)),
        }
        Some(place.unwrap_or(self.0.len() - 1))
    }
}

impl Judged {
    fn new(one: &Watched, members: SessionMembers, profile: Arc<Profile>, now: Instant) -> Self {
        let (heard, set) = (what_is_heard(&one.session, &members), what_is_set(&one.session, &members));
        let snapshot = judge(one, &members, &profile, &one.snapshot());
        Self {
            id: members.session,
            tracks: members.tracks,
            profile,
            heard,
            set,
            due: now + PERIOD,
            snapshot,
            is_watched: true,
        }
    }

    fn is_of(&self, members: &SessionMembers, profile: &Arc<Profile>) -> bool {
        let is_same = |(a, b): (&Arc<Track>, &Arc<Track>)| Arc::ptr_eq(a, b);
        self.id == members.session
            && self.tracks.len() == members.tracks.len()
            && self.tracks.iter().zip(&members.tracks).all(is_same)
            && (Arc::ptr_eq(&self.profile, profile) || self.profile == *profile)
    }

    /// Judges anew where something was set, or where the song went on and it is time.
    fn follow(&mut self, one: &Watched, members: &SessionMembers, is_asked: bool, now: Instant) {
        // Many windows of a session cost hardly more than one.
        if std::mem::replace(&mut self.is_watched, true) && !is_asked {
            return;
        }
        let is_due = now >= self.due;
        let heard = if is_due { what_is_heard(&one.session, members) } else { self.heard };
        let set = what_is_set(&one.session, members);
        if is_due {
            // In step with the beat, unless it is long past.
            self.due = if now < self.due + PERIOD { self.due + PERIOD } else { now + PERIOD };
        }
        if (heard, set) != (self.heard, self.set) {
            self.snapshot = judge(one, members, &self.profile, &self.snapshot);
            (self.heard, self.set) = (heard, set);
            // One that takes long leaves as long for others.
            let took = now.elapsed();
            self.due = self.due.max(now + 2 * took);
        }
    }
}

/// A fault in judging leaves a note on what was shown before.
fn judge(one: &Watched, members: &SessionMembers, profile: &Profile, before: &Snapshot) -> Arc<Snapshot> {
    let judged = catch_unwind(AssertUnwindSafe(|| one.session.report_of(members, profile)));
    Arc::new(match judged {
        Ok(report) => Snapshot { report: Arc::new(report), tracks: members.tracks.clone() },
        Err(_) => before.with_note(FAULT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{Cell, CellFlags, Hop, Sink};
    use crate::link::{Session, TrackConfig, TrackHandle, TrackWriter};
    use crate::mix::{MixReport, Role};

    /// A session with a kick and a bass, judged by a clock of its own.
    struct Rig {
        tracks: [(TrackHandle, TrackWriter); 2],
        cells: i32,
        sessions: Sessions,
        start: Instant,
    }

    impl Rig {
        fn new() -> Self {
            let session = Session::new();
            let join = |name: &str| session.join(TrackConfig { name: name.into(), ..TrackConfig::default() });
            let tracks = [join("Kick"), join("Bass")];
            let mut rig = Self { tracks, cells: 0, sessions: Sessions::default(), start: Instant::now() };
            rig.play(200);
            rig
        }

        fn watched(&self) -> Arc<Watched> {
            Watched::new(self.tracks[0].0.session(), Arc::new(Profile::guide()))
        }

        /// The song goes on by so many cells, with a kick each half second.
        fn play(&mut self, cells: i32) {
            for index in self.cells..self.cells + cells {
                for (_, writer) in &mut self.tracks {
                    let flags = CellFlags::PLAYING.with(CellFlags::COMPLETE, true);
                    let flags = flags.with(CellFlags::HIT, index % 5 == 0);
                    let cell = Cell { index, frames: 4800, flags, gain: 1.0, ..Cell::default() };
                    let sound = Cell { power: [48.0; 2], cross: 48.0, k_power: 96.0, peak: [0.3; 2], ..cell };
                    writer.cell(&Cell { hit_peak: 0.3, hit_power: 0.02, hit_k_power: 0.02, hit_age: 20, ..sound });
                    let hop = Hop { index: i64::from(index) * 10 + 9, frames: 480, flags, gain: 1.0, ..Hop::default() };
                    writer.hop(&hop);
                }
            }
            self.cells += cells;
            self.tracks[0].0.session().view(|_, _| ());
        }

        /// What each is handed so many milliseconds after the start.
        fn at(&mut self, ms: u64, watched: &[Arc<Watched>]) -> Vec<Arc<MixReport>> {
            self.sessions.round(watched, self.start + Duration::from_millis(ms));
            watched.iter().map(|one| Arc::clone(&one.snapshot().report)).collect()
        }
    }

    #[test]
    fn while_only_the_song_moves_it_is_judged_each_half_second() {
        let mut rig = Rig::new();
        let watched = [rig.watched()];
        let mut last = rig.at(0, &watched).remove(0);
        assert_eq!(last.tracks.len(), 2);
        let mut anew = Vec::new();
        for ms in (50..=2_000).step_by(50) {
            if ms % 100 == 0 {
                rig.play(1);
            }
            let report = rig.at(ms, &watched).remove(0);
            if !Arc::ptr_eq(&report, &last) {
                anew.push(ms);
            }
            last = report;
        }
        assert_eq!(anew, [500, 1_000, 1_500, 2_000]);
    }

    #[test]
    fn what_is_set_is_judged_in_the_next_round_and_nothing_is_judged_twice() {
        let mut rig = Rig::new();
        let watched = [rig.watched()];
        let mut last = rig.at(0, &watched).remove(0);
        let bass = rig.tracks[1].0.clone();
        let kick = rig.tracks[0].0.clone();
        let session = bass.session();
        let settings: [&dyn Fn(); 8] = [
            &|| bass.settings().set_gain(0.5),
            &|| bass.settings().set_role(Some(Role::Pads)),
            &|| bass.settings().set_out(true),
            &|| bass.set_user_name(Some("Low")),
            &|| kick.settings().set_reference(true),
            &|| session.set_scope(Some(crate::mix::ScopeKind::Song)),
            &|| session.set_ignored(bass.id(), true),
            &|| bass.settings().set_measure(Some(crate::mix::Measure::Rms)),
        ];
        for (count, set) in settings.iter().enumerate() {
            set();
            let ms = 100 * count as u64;
            let report = rig.at(ms + 10, &watched).remove(0);
            assert!(!Arc::ptr_eq(&report, &last), "setting {count}");
            let still = rig.at(ms + 60, &watched).remove(0);
            assert!(Arc::ptr_eq(&report, &still), "setting {count} was judged twice");
            last = report;
        }
        assert_eq!(*last, session.report_now(&Profile::guide()));
    }

    #[test]
    fn all_windows_of_a_session_get_one_judgement_and_another_profile_its_own() {
        let mut rig = Rig::new();
        let mine = Profile::parse("mine", "[roles.bass]\nlow = -9.0\nhigh = -4.0\n").expect("a profile");
        let other = Watched::new(rig.tracks[1].0.session(), Arc::new(mine));
        let watched = [rig.watched(), rig.watched(), other];
        let reports = rig.at(0, &watched);
        assert!(Arc::ptr_eq(&reports[0], &reports[1]) && !Arc::ptr_eq(&reports[0], &reports[2]));
        assert_eq!([&*reports[0].profile, &*reports[2].profile], ["guide", "mine"]);
        assert_eq!(rig.sessions.0.len(), 2);
        rig.at(50, &watched[..1]);
        assert_eq!(rig.sessions.0.len(), 1, "no one watches by the other any more");
    }

    #[test]
    fn a_trim_that_the_host_rides_is_no_setting() {
        let mut rig = Rig::new();
        let members = rig.tracks[0].0.session().members().expect("a session");
        lock(&members.tracks[1].inbox).take_facts(None, true, 0);
        let watched = [rig.watched()];
        let first = rig.at(0, &watched).remove(0);
        rig.tracks[1].0.settings().set_gain(0.25);
        assert!(Arc::ptr_eq(&rig.at(50, &watched).remove(0), &first));
    }
}
