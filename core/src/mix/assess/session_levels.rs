//! What is known of a session's songs, read from them bit by bit.

use std::collections::HashMap;

use crate::mix::levels::{Heard, Overview, Part, overview, sounding};
use crate::mix::song::Bars;
use crate::mix::verdicts::{Layout, Loudest, Mixture, Reference, Unit, Voice, scope};
use crate::mix::{MixReport, Placement, Profile, Rules, SessionState, TrackInput};
use crate::units::{Db, Dbfs};

/// What is known of a session's songs, and who belongs together.
#[derive(Debug)]
pub(super) struct Known {
    tracks: Vec<Track>,
    pub layout: Layout,
    /// For each unit its members' songs, and all of them as one where there are several.
    songs: Vec<Vec<u64>>,
    parts: Vec<Option<Part>>,
    bars: Bars,
    /// Stands for the anchor where there is none.
    nothing: Heard,
}

/// What is kept of a track.
#[derive(Debug)]
struct Track {
    song: u64,
    heard: Heard,
    overview: Overview,
    /// What the overview went by: version and gain of what was heard.
    seen: Option<(u64, f64, Placement, Rules)>,
}

impl Track {
    fn new(song: u64) -> Self {
        Self { song, heard: Heard::of_track(), overview: Overview::default(), seen: None }
    }

    /// Reads what is new.
    fn read(&mut self, track: &TrackInput<'_>, rules: &Rules) -> Overview {
        self.heard.update(track.song, track.gain, sounding(&rules.level));
        let seen = (self.heard.changes().version(), self.heard.gain(), track.placement, *rules);
        if self.seen != Some(seen) {
            self.overview = overview(&self.heard, track.placement, rules);
            self.seen = Some(seen);
        }
        self.overview
    }
}

impl Default for Known {
    fn default() -> Self {
        Self {
            tracks: Vec::new(),
            layout: Layout::default(),
            songs: Vec::new(),
            parts: Vec::new(),
            bars: Bars::default(),
            nothing: Heard::of_track(),
        }
    }
}

impl Known {
    /// Puts what is kept of each track in the tracks' order.
    pub fn follow(&mut self, tracks: &[TrackInput<'_>]) {
        let fits = self.tracks.len() == tracks.len()
            && self.tracks.iter().zip(tracks).all(|(own, track)| own.song == track.song.id());
        if fits {
            return;
        }
        let mut kept: HashMap<u64, Track> = self.tracks.drain(..).map(|track| (track.song, track)).collect();
        let songs = tracks.iter().map(|track| track.song.id());
        self.tracks = songs.map(|song| kept.remove(&song).unwrap_or_else(|| Track::new(song))).collect();
    }

    /// Puts what is kept of each unit in the units' order, once the layout is another; tells each one's old place.
    pub fn rearrange(&mut self, tracks: &[TrackInput<'_>]) -> Vec<Option<usize>> {
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
        old
    }

    /// Reads what is new of all tracks, and puts together what belongs together.
    pub fn read(&mut self, tracks: &[TrackInput<'_>], rules: &Rules) -> Vec<Overview> {
        let read = self.tracks.iter_mut().zip(tracks).map(|(own, track)| own.read(track, rules)).collect();
        self.bars.update(tracks.iter().map(|track| track.song));
        for (voice, part) in self.layout.voices.iter().zip(&mut self.parts) {
            if let Some(part) = part {
                let members: Vec<&Heard> = voice.members.iter().map(|&index| &self.tracks[index].heard).collect();
                part.update(&members, sounding(&rules.level));
            }
        }
        read
    }

    /// The session made ready for the rules, by what has been read of it.
    pub fn mixture<'a>(
        &'a self,
        tracks: &'a [TrackInput<'a>],
        profile: &'a Profile,
        state: &SessionState,
        loudest: &mut Loudest,
    ) -> Mixture<'a> {
        let heard: Vec<&Heard> = self.tracks.iter().map(|track| &track.heard).collect();
        let units = self.units(tracks, &heard);
        let anchor = units.first().filter(|unit| unit.is_anchor).map_or(&self.nothing, |unit| unit.heard);
        let reference = Reference::new(&self.layout.claim, anchor, tracks, profile);
        let kick = reference.exists().then_some(anchor);
        let scope = scope::choose(&units, kick, &self.bars, loudest, state, &profile.rules);
        let bars = &self.bars;
        let mut mix = Mixture { tracks, profile, heard, units, bars, reference, scope, reference_reading: None };
        mix.settle_reference();
        mix
    }

    fn units<'a>(&'a self, tracks: &[TrackInput<'_>], heard: &[&'a Heard]) -> Vec<Unit<'a>> {
        let voices = self.layout.voices.iter().zip(&self.parts).enumerate();
        let unit = |(index, (voice, part)): (usize, (&'a Voice, &'a Option<Part>))| {
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

    pub fn heap_bytes(&self) -> usize {
        let tracks: usize = self.tracks.iter().map(|track| size_of::<Track>() + track.heard.heap_bytes()).sum();
        let parts: usize = self.parts.iter().flatten().map(|part| part.heard.heap_bytes()).sum();
        tracks + parts
    }

    pub fn work(&self) -> u64 {
        let tracks: u64 = self.tracks.iter().map(|track| track.heard.work()).sum();
        let parts: u64 = self.parts.iter().flatten().map(|part| part.heard.work()).sum();
        tracks + parts + self.bars.work()
    }
}

/// Writes what changes without a judgement.
pub(super) fn show_now(tracks: &[TrackInput<'_>], report: &mut MixReport) {
    for (track, shown) in tracks.iter().zip(&mut report.tracks) {
        // A plain maximum since the user's reset.
        shown.held_peak_dbfs = track.held_peak.and_then(|peak| Dbfs::from_peak(f64::from(peak)));
        shown.trim_db = Db::from_amplitude(f64::from(track.gain));
        shown.role_is_guess = track.role_is_guess;
    }
}
