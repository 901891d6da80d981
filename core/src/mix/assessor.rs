//! Judges one session again and again, and reads only what is new since the last look.

mod glance;
mod judging;

use std::collections::HashMap;

pub use self::glance::Glance;
use self::glance::{Last, by_cells, copy, new_judgement};
use self::judging::{Budgets, Judging, Made};
use super::advice::Memo;
use super::assess::held_peak;
use super::bars::Bars;
use super::breaks::Sliding;
use super::heard::{Heard, Part};
use super::judge::Own;
use super::layout::Layout;
use super::listening::Ears;
use super::live::Recent;
use super::overview::Overview;
use super::scope::Loudest;
use super::{MixReport, Placement, Profile, Rules, SessionState, TrackInput};

/// Judges one session again and again. Its report equals that of [`super::assess`]; a look costs what is new in it.
///
/// It holds what it has read of each song: see [`Assessor::heap_bytes`].
#[derive(Debug)]
pub struct Assessor {
    tracks: Vec<Track>,
    layout: Layout,
    /// For each unit its members' songs, and all of them as one where there are several.
    songs: Vec<Vec<u64>>,
    parts: Vec<Option<Part>>,
    own: Vec<Own>,
    bars: Bars,
    loudest: Loudest,
    sliding: Sliding,
    ears: Ears,
    /// What is said of each unit.
    memos: Vec<Memo>,
    /// Stands for the anchor where there is none.
    nothing: Heard,
    /// The last report, which holds until a cell or a record of bands is new.
    last: Option<Last>,
    /// The judgement that is being made. It keeps its lists' room for the next one: to give it back and ask for it again
    /// costs more than to fill it.
    judging: Judging,
    is_judging: bool,
}

/// What is kept of a track.
#[derive(Debug)]
struct Track {
    song: u64,
    heard: Heard,
    recent: Recent,
    overview: Overview,
    /// What the overview went by: version and gain of what was heard.
    seen: Option<(u64, f64, Placement, Rules)>,
}

impl Default for Assessor {
    fn default() -> Self {
        Self::new()
    }
}

impl Assessor {
    pub fn new() -> Self {
        Self {
            tracks: Vec::new(),
            layout: Layout::default(),
            songs: Vec::new(),
            parts: Vec::new(),
            own: Vec::new(),
            bars: Bars::default(),
            loudest: Loudest::default(),
            sliding: Sliding::default(),
            ears: Ears::default(),
            memos: Vec::new(),
            nothing: Heard::of_track(),
            last: None,
            judging: Judging::default(),
            is_judging: false,
        }
    }

    /// Judges the session as it stands.
    pub fn assess(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.arrange(tracks, profile, state);
        // As the rules read it: a position counts by its cell.
        let state = &by_cells(state, 1.0);
        let mut report = match self.last.as_ref().filter(|last| last.is_of(tracks, state)) {
            Some(last) => last.report.clone(),
            None => self.judge_at_once(tracks, profile, state).report.clone(),
        };
        self.show_live(tracks, &mut report);
        report
    }

    /// [`Self::assess`] for the eye: while a song plays on, its judgements move at each half second of the song, so that
    /// they can be read, and a look between costs next to nothing. Of many tracks a look judges but some: the judgement
    /// shows once it is made, and what a look takes does not grow with the session. What moves on the screen
    /// ([`super::Live`] and the held peak) is of now, and what somebody sets is judged at once. `amend` is called with each
    /// new judgement; what it adds holds as long.
    pub fn glance(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        glance: &mut Glance,
        amend: impl FnOnce(&mut MixReport),
    ) {
        self.arrange(tracks, profile, state);
        let by_cell = &by_cells(state, 1.0);
        if self.last.as_ref().is_some_and(|last| last.plays_on(tracks, state)) {
            self.go_on(tracks, profile, state);
        } else if !self.last.as_ref().is_some_and(|last| last.is_of(tracks, by_cell)) {
            self.judge_at_once(tracks, profile, by_cell);
        }
        let Some(last) = &self.last else { return };
        if last.judgement == glance.judgement {
            glance.report.notes.truncate(glance.notes);
            self.show_live(tracks, &mut glance.report);
            return;
        }
        copy(&last.report, &mut glance.report);
        glance.judgement = last.judgement;
        self.show_live(tracks, &mut glance.report);
        amend(&mut glance.report);
        glance.notes = glance.report.notes.len();
    }

    /// Begins a judgement where one is due, and goes on with it.
    fn go_on(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) {
        if !self.is_judging && self.last.as_ref().is_some_and(|last| last.is_due(state)) {
            self.judging.begin(&by_cells(state, 1.0));
            self.is_judging = true;
        }
        if self.is_judging
            && let Some(made) = self.make(tracks, profile, &mut Budgets::of_a_look())
        {
            self.keep(made);
        }
    }

    fn judge_at_once(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> &Last {
        self.judging.begin(state);
        loop {
            if let Some(made) = self.make(tracks, profile, &mut Budgets::all()) {
                return self.keep(made);
            }
        }
    }

    /// Keeps a judgement that was made, and the room of the one before.
    fn keep(&mut self, made: Made) -> &Last {
        self.is_judging = false;
        let Made { report, is_whole } = made;
        let Judging { state, told, tracks, .. } = &mut self.judging;
        let last = Last { judgement: new_judgement(), state: *state, tracks: std::mem::take(told), report, is_whole };
        if let Some(old) = self.last.take() {
            (*told, *tracks) = (old.tracks, old.report.tracks);
        }
        self.last.insert(last)
    }

    fn arrange(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) {
        self.follow(tracks);
        if self.layout.update(tracks, profile, state) {
            self.rearrange(tracks);
            self.ears.forget();
            self.memos = vec![Memo::default(); self.layout.voices.len()];
            (self.last, self.is_judging) = (None, false);
        }
    }

    fn show_live(&mut self, tracks: &[TrackInput<'_>], report: &mut MixReport) {
        for ((own, track), shown) in self.tracks.iter_mut().zip(tracks).zip(&mut report.tracks) {
            shown.live = own.recent.live(track);
            shown.held_peak_dbfs = held_peak(track);
            shown.role_is_guess = track.role_is_guess;
        }
    }

    /// Puts what is kept of each track in the tracks' order.
    fn follow(&mut self, tracks: &[TrackInput<'_>]) {
        let fits = self.tracks.len() == tracks.len()
            && self.tracks.iter().zip(tracks).all(|(own, track)| own.song == track.song.id());
        if fits {
            return;
        }
        let mut kept: HashMap<u64, Track> = self.tracks.drain(..).map(|track| (track.song, track)).collect();
        let new = |song| Track {
            song,
            heard: Heard::of_track(),
            recent: Recent::default(),
            overview: Overview::default(),
            seen: None,
        };
        let songs = tracks.iter().map(|track| track.song.id());
        self.tracks = songs.map(|song| kept.remove(&song).unwrap_or_else(|| new(song))).collect();
    }

    /// Puts what is kept of each unit in the units' order.
    fn rearrange(&mut self, tracks: &[TrackInput<'_>]) {
        let songs_of = |members: &Vec<usize>| members.iter().map(|&index| tracks[index].song.id()).collect();
        let songs: Vec<Vec<u64>> = self.layout.voices.iter().map(|voice| songs_of(&voice.members)).collect();
        let old = std::mem::replace(&mut self.songs, songs);
        let mut places: HashMap<Vec<u64>, usize> = old.into_iter().zip(0..).collect();
        let old: Vec<Option<usize>> = self.songs.iter().map(|songs| places.remove(songs)).collect();
        let mut parts = std::mem::take(&mut self.parts);
        let part = |(place, songs): (&Option<usize>, &Vec<u64>)| {
            let kept = place.and_then(|place| parts[place].take());
            (songs.len() > 1).then(|| kept.unwrap_or_else(Part::new))
        };
        self.parts = old.iter().zip(&self.songs).map(part).collect();
        let mut own = std::mem::take(&mut self.own);
        self.own =
            old.iter().map(|place| place.map_or_else(Own::default, |place| std::mem::take(&mut own[place]))).collect();
        self.sliding.rearrange(old.into_iter());
    }

    /// Bytes held on the heap: under 100 KiB for each track and minute of song.
    pub fn heap_bytes(&self) -> usize {
        let tracks: usize = self.tracks.iter().map(|track| size_of::<Track>() + track.heard.heap_bytes()).sum();
        let parts: usize = self.parts.iter().flatten().map(|part| part.heard.heap_bytes()).sum();
        tracks + parts + self.loudest.heap_bytes() + self.sliding.heap_bytes() + self.ears.heap_bytes()
    }

    /// Cells, windows and stretches read for all looks: what a look costs, whatever the machine.
    pub fn work(&self) -> u64 {
        let tracks: u64 = self.tracks.iter().map(|track| track.heard.work()).sum();
        let parts: u64 = self.parts.iter().flatten().map(|part| part.heard.work()).sum();
        tracks + parts + self.bars.work() + self.loudest.work() + self.sliding.work()
    }
}
