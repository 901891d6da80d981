//! Judges one session again and again, and reads only what is new since the last look.

mod glance;

use std::collections::HashMap;

pub use self::glance::Glance;
use self::glance::{Last, Told, by_cells, copy, new_judgement};
use super::advice::Memo;
use super::anchor::Reference;
use super::assess::{Facts, held_peak, report};
use super::bars::Bars;
use super::breaks::{Dynamics, Sliding};
use super::heard::{Heard, Part};
use super::hierarchy::Hierarchy;
use super::judge::{Judged, Own, judge};
use super::layout::Layout;
use super::listening::Ears;
use super::live::Recent;
use super::mixture::{Mixture, Unit};
use super::overview::{Overview, overview};
use super::reading::sounding;
use super::scope::{self, Loudest};
use super::{MixReport, Placement, Profile, Rules, SessionState, TrackInput, TrackReport};

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
    /// Room for the next judgement: to give it back and ask for it again costs more than to fill it.
    spare: Spare,
}

/// Long lists of a judgement, empty between.
#[derive(Debug, Default)]
struct Spare {
    overviews: Vec<Overview>,
    judged: Vec<Judged>,
    tracks: Vec<TrackReport>,
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
            spare: Spare::default(),
        }
    }

    /// Judges the session as it stands.
    pub fn assess(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.arrange(tracks, profile, state);
        // As the rules read it: a position counts by its cell.
        let state = &by_cells(state, 1.0);
        if let Some(report) = self.last_if(tracks, |last| last.is_of(tracks, state)) {
            return report;
        }
        self.judge_anew(tracks, profile, state).clone()
    }

    fn judge_anew(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> &MixReport {
        if let Some(last) = self.last.take() {
            self.spare.tracks = last.report.tracks;
        }
        let report = self.judge(tracks, profile, state);
        let told = tracks.iter().map(Told::of).collect();
        &self.last.insert(Last { judgement: new_judgement(), state: *state, tracks: told, report }).report
    }

    /// [`Self::assess`] for the eye: while a song plays on, its judgements move at each half second of the song, so that
    /// they can be read, and a look between costs next to nothing. What moves on the screen ([`super::Live`] and the held
    /// peak) is of now, and what somebody sets is judged at once. `amend` is called with each new judgement; what it adds
    /// holds as long.
    pub fn glance(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        glance: &mut Glance,
        amend: impl FnOnce(&mut MixReport),
    ) {
        self.arrange(tracks, profile, state);
        let held = self.last.as_ref().filter(|last| last.holds(tracks, state)).map(|last| last.judgement);
        if held.is_some_and(|judgement| judgement == glance.judgement) {
            glance.report.notes.truncate(glance.notes);
            self.show_live(tracks, &mut glance.report);
            return;
        }
        let state = &by_cells(state, 1.0);
        if held.is_none() && !self.last.as_ref().is_some_and(|last| last.is_of(tracks, state)) {
            self.judge_anew(tracks, profile, state);
        }
        if let Some(last) = &self.last {
            copy(&last.report, &mut glance.report);
        }
        self.show_live(tracks, &mut glance.report);
        amend(&mut glance.report);
        glance.notes = glance.report.notes.len();
        glance.judgement = self.last.as_ref().map_or(0, |last| last.judgement);
    }

    fn arrange(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) {
        self.follow(tracks);
        if self.layout.update(tracks, profile, state) {
            self.rearrange(tracks);
            self.ears.forget();
            self.memos = vec![Memo::default(); self.layout.voices.len()];
            self.last = None;
        }
    }

    /// The last report, if it holds, with what moves on the screen.
    fn last_if(&mut self, tracks: &[TrackInput<'_>], holds: impl FnOnce(&Last) -> bool) -> Option<MixReport> {
        let last = self.last.as_ref().filter(|last| holds(last))?;
        let mut report = last.report.clone();
        self.show_live(tracks, &mut report);
        Some(report)
    }

    fn show_live(&mut self, tracks: &[TrackInput<'_>], report: &mut MixReport) {
        for ((own, track), shown) in self.tracks.iter_mut().zip(tracks).zip(&mut report.tracks) {
            shown.live = own.recent.live(track);
            shown.held_peak_dbfs = held_peak(track);
            shown.role_is_guess = track.role_is_guess;
        }
    }

    fn judge(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> MixReport {
        self.read(tracks, profile);
        let Spare { mut overviews, mut judged, tracks: mut reports } = std::mem::take(&mut self.spare);
        overviews.clear();
        overviews.extend(self.tracks.iter().map(|track| track.overview));
        let live = self.tracks.iter_mut().zip(tracks).map(|(own, track)| own.recent.live(track)).collect();
        let Self { tracks: kept, layout, parts, own, bars, loudest, sliding, ears, memos, nothing, .. } = self;
        let heard: Vec<&Heard> = kept.iter().map(|track| &track.heard).collect();
        let units = units(tracks, layout, &heard, parts);
        let anchor = units.first().filter(|unit| unit.is_anchor).map_or(&*nothing, |unit| unit.heard);
        let reference = Reference::new(&layout.claim, anchor, tracks, profile);
        let kick = reference.exists().then_some(anchor);
        let scope = scope::choose(&units, kick, bars, loudest, state, &profile.rules);
        let mut mix = Mixture { tracks, profile, heard, units, bars, reference, scope, reference_reading: None };
        mix.settle_reference();
        let hierarchy = Hierarchy::new(&mix);
        let pairs = mix.units.iter().zip(own);
        judged.clear();
        judged.extend(pairs.map(|(unit, own)| judge(&mix, unit, &hierarchy, loudest, own)));
        let dynamics = if mix.is_held() { Dynamics::default() } else { sliding.dynamics(&mix, &judged) };
        let listening = ears.listen(&mix, &judged);
        let unit_of = &layout.voice_of;
        let facts = Facts { mix: &mix, judged: &judged, overviews: &overviews, listening, unit_of };
        reports.clear();
        let report = report(&facts, dynamics, state, live, memos, reports);
        self.spare = Spare { overviews, judged, tracks: Vec::new() };
        report
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

    /// Reads what is new in every song.
    fn read(&mut self, tracks: &[TrackInput<'_>], profile: &Profile) {
        let (rules, range) = (&profile.rules, sounding(&profile.rules.level));
        for (own, track) in self.tracks.iter_mut().zip(tracks) {
            own.heard.update(track.song, track.gain, range);
            let seen = (own.heard.changes().version(), own.heard.gain(), track.placement, *rules);
            if own.seen != Some(seen) {
                own.overview = overview(&own.heard, track.placement, rules);
                own.seen = Some(seen);
            }
        }
        for (part, voice) in self.parts.iter_mut().zip(&self.layout.voices) {
            if let Some(part) = part {
                let members: Vec<&Heard> = voice.members.iter().map(|&index| &self.tracks[index].heard).collect();
                part.update(&members, range);
            }
        }
        self.bars.update(tracks.iter().map(|track| track.song));
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

fn units<'a>(
    tracks: &[TrackInput<'_>],
    layout: &'a Layout,
    heard: &[&'a Heard],
    parts: &'a [Option<Part>],
) -> Vec<Unit<'a>> {
    let voices = layout.voices.iter().zip(parts).enumerate();
    let unit = |(index, (voice, part)): (usize, (&'a super::layout::Voice, &'a Option<Part>))| {
        let first = &tracks[voice.members[0]];
        Unit {
            index,
            members: &voice.members,
            role: first.role,
            part: voice.part.as_deref(),
            name: &voice.name,
            heard: part.as_ref().map_or(heard[voice.members[0]], |part| &part.heard),
            is_anchor: voice.is_anchor,
            is_out: first.is_out,
            placement: first.placement,
        }
    };
    voices.map(unit).collect()
}
