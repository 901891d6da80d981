//! What is known of a session's songs, read from them bit by bit.

use std::collections::HashMap;

use crate::mix::levels::{BleedFinder, Drum, JoinedLevels, Levels, TrackSummary, summarize};
use crate::mix::roles::{Class, RoleFrom};
use crate::mix::song::BarMap;
use crate::mix::verdicts::{Doubles, Group, Grouping, Loudest, MixContext, ReferenceUnit, Unit, scope};
use crate::mix::{LevelRules, Placement, Profile, Role, Rules, SessionState, TrackId, TrackInput};
use crate::units::{Db, Dbtp};

/// What is known of a session's songs, and who belongs together.
#[derive(Debug)]
pub(super) struct SessionLevels {
    tracks: Vec<TrackLevels>,
    pub grouping: Grouping,
    /// For each unit its members' songs, and all of them as one where there are several.
    songs: Vec<Vec<u64>>,
    joined: Vec<Option<JoinedLevels>>,
    /// By which parts are put together.
    rules: LevelRules,
    bars: BarMap,
    bleed: BleedFinder,
    doubles: Doubles,
    /// Stands for the reference where there is none.
    nothing: Levels,
}

/// What is kept of a track.
#[derive(Debug)]
struct TrackLevels {
    song: u64,
    levels: Levels,
    /// A gain on top: of a move that is judged as if it were done.
    moved: f64,
    summary: TrackSummary,
    /// What the overview went by: version and gain of what was heard.
    seen: Option<(u64, f64, Placement, Rules)>,
}

impl TrackLevels {
    fn new(song: u64) -> Self {
        Self { song, levels: Levels::of_track(), moved: 1.0, summary: TrackSummary::default(), seen: None }
    }

    /// Reads what is new.
    fn read(&mut self, track: &TrackInput<'_>, moved: f64, rules: &Rules) -> TrackSummary {
        self.moved = moved;
        self.levels.update(track.song, track.gain, &rules.level);
        self.levels.try_move(moved);
        let seen = (self.levels.changes().version(), self.levels.gain(), track.placement, *rules);
        if self.seen != Some(seen) {
            self.summary = summarize(&self.levels, track.placement, rules);
            self.seen = Some(seen);
        }
        self.summary
    }
}

impl Default for SessionLevels {
    fn default() -> Self {
        Self {
            tracks: Vec::new(),
            grouping: Grouping::default(),
            songs: Vec::new(),
            joined: Vec::new(),
            rules: LevelRules::default(),
            bars: BarMap::default(),
            bleed: BleedFinder::default(),
            doubles: Doubles::default(),
            nothing: Levels::of_track(),
        }
    }
}

impl SessionLevels {
    /// Puts what is kept of each track in the tracks' order.
    pub fn follow(&mut self, tracks: &[TrackInput<'_>]) {
        let fits = self.tracks.len() == tracks.len()
            && self.tracks.iter().zip(tracks).all(|(own, track)| own.song == track.song.id());
        if fits {
            return;
        }
        let mut kept: HashMap<u64, TrackLevels> = self.tracks.drain(..).map(|track| (track.song, track)).collect();
        let songs = tracks.iter().map(|track| track.song.id());
        self.tracks = songs.map(|song| kept.remove(&song).unwrap_or_else(|| TrackLevels::new(song))).collect();
    }

    /// Puts what is kept of each unit in the units' order, once the grouping is another; returns each one's old place.
    pub fn rearrange(&mut self, tracks: &[TrackInput<'_>]) -> Vec<Option<usize>> {
        let songs_of = |members: &Vec<usize>| members.iter().map(|&index| tracks[index].song.id()).collect();
        let songs: Vec<Vec<u64>> = self.grouping.groups.iter().map(|group| songs_of(&group.members)).collect();
        let old = std::mem::replace(&mut self.songs, songs);
        let mut places: HashMap<Vec<u64>, usize> = old.into_iter().zip(0..).collect();
        let old: Vec<Option<usize>> = self.songs.iter().map(|songs| places.remove(songs)).collect();
        let mut joined = std::mem::take(&mut self.joined);
        let part = |(place, songs): (&Option<usize>, &Vec<u64>)| {
            let kept = place.and_then(|place| joined[place].take());
            (songs.len() > 1).then(|| kept.unwrap_or_else(JoinedLevels::new))
        };
        self.joined = old.iter().zip(&self.songs).map(part).collect();
        old
    }

    /// Reads what is new of all tracks.
    pub fn read(&mut self, tracks: &[TrackInput<'_>], moves: &[(TrackId, Db)], rules: &Rules) -> Vec<TrackSummary> {
        let moved = |track: &TrackInput<'_>| {
            let own = moves.iter().filter(|(id, _)| *id == track.id);
            amplitude(own.map(|(_, db)| db.0).sum())
        };
        self.bars.update(tracks.iter().map(|track| track.song));
        self.tracks.iter_mut().zip(tracks).map(|(own, track)| own.read(track, moved(track), rules)).collect()
    }

    /// The lead vocals that are doubles, by the tracks' indices, as far as they are read.
    pub fn doubles(&mut self, tracks: &[TrackInput<'_>], rules: &Rules) -> Vec<(usize, usize)> {
        let is_vocal = |&index: &usize| tracks[index].role == Role::LeadVocal && !tracks[index].is_out;
        let vocals: Vec<usize> = (0..tracks.len()).filter(is_vocal).collect();
        let levels: Vec<&Levels> = vocals.iter().map(|&index| &self.tracks[index].levels).collect();
        let pairs = self.doubles.update(&levels, &rules.doubles);
        pairs.into_iter().map(|(a, b)| (vocals[a], vocals[b])).collect()
    }

    /// Puts together what belongs together, of drums their own hits only.
    pub fn join(&mut self, tracks: &[TrackInput<'_>], rules: &Rules) {
        self.rules = rules.level;
        self.find_bleed(tracks);
        self.join_parts();
    }

    /// Moves each unit by so many decibels, until others are tried.
    pub fn try_moves(&mut self, db_of: impl Fn(usize) -> f64) {
        for (unit, group) in self.grouping.groups.iter().enumerate() {
            let gain = amplitude(db_of(unit));
            for &index in &group.members {
                let track = &mut self.tracks[index];
                track.levels.try_move(track.moved * gain);
            }
        }
        self.join_parts();
    }

    fn join_parts(&mut self) {
        for (group, part) in self.grouping.groups.iter().zip(&mut self.joined) {
            if let Some(part) = part {
                let members: Vec<&Levels> = group.members.iter().map(|&index| &self.tracks[index].levels).collect();
                part.update(&members, &self.rules);
            }
        }
    }

    /// Among the tracks that are read by their hits; any other has no bleed that counts.
    fn find_bleed(&mut self, tracks: &[TrackInput<'_>]) {
        let mut parts = vec![0; tracks.len()];
        for (part, group) in self.grouping.groups.iter().enumerate() {
            group.members.iter().for_each(|&index| parts[index] = part);
        }
        let mut drums = Vec::new();
        for ((own, track), part) in self.tracks.iter_mut().zip(tracks).zip(parts) {
            if track.role.class() == Class::Hits {
                drums.push(Drum { levels: &mut own.levels, part });
            } else {
                own.levels.set_own_hits(&[]);
            }
        }
        self.bleed.update(&mut drums, &self.rules);
    }

    /// The session made ready for the rules, by what has been read of it.
    pub fn context<'a>(
        &'a self,
        tracks: &'a [TrackInput<'a>],
        profile: &'a Profile,
        state: &SessionState,
        loudest: &mut Loudest,
    ) -> MixContext<'a> {
        let levels: Vec<&Levels> = self.tracks.iter().map(|track| &track.levels).collect();
        let units = self.units(tracks, &levels);
        let of_reference = units.first().filter(|unit| unit.is_reference).map_or(&self.nothing, |unit| unit.levels);
        let reference = ReferenceUnit::new(&self.grouping.choice, of_reference, tracks, profile);
        let kick = reference.exists().then_some(of_reference);
        let scope = scope::choose(&units, kick, &self.bars, loudest, state, &profile.rules);
        let bars = &self.bars;
        let bus_peak = bus_peak(tracks, &levels);
        let reference_reading = None;
        let mut mix =
            MixContext { tracks, profile, levels, units, bars, reference, scope, reference_reading, bus_peak };
        mix.settle_reference();
        mix
    }

    fn units<'a>(&'a self, tracks: &[TrackInput<'_>], levels: &[&'a Levels]) -> Vec<Unit<'a>> {
        let groups = self.grouping.groups.iter().zip(&self.joined).enumerate();
        let unit = |(index, (group, part)): (usize, (&'a Group, &'a Option<JoinedLevels>))| {
            let first = &tracks[group.members[0]];
            Unit {
                index,
                members: &group.members,
                role: first.role,
                part: group.part.as_deref(),
                name: &group.name,
                levels: part.as_ref().map_or(levels[group.members[0]], |part| &part.levels),
                is_reference: group.is_reference,
                is_out: first.is_out,
                is_trigger: first.role_from == RoleFrom::Trigger && !group.is_reference,
                placement: first.placement,
                is_kit: self.grouping.choice.kit == Some(group.members[0]),
            }
        };
        groups.map(unit).collect()
    }

    pub fn heap_bytes(&self) -> usize {
        let tracks: usize = self.tracks.iter().map(|track| size_of::<TrackLevels>() + track.levels.heap_bytes()).sum();
        let joined: usize = self.joined.iter().flatten().map(|part| part.levels.heap_bytes()).sum();
        tracks + joined + self.doubles.heap_bytes()
    }

    pub fn work(&self) -> u64 {
        let tracks: u64 = self.tracks.iter().map(|track| track.levels.work()).sum();
        let joined: u64 = self.joined.iter().flatten().map(|part| part.levels.work()).sum();
        tracks + joined + self.bars.work() + self.doubles.work()
    }
}

/// A move as a gain; exactly 1 where there is none.
fn amplitude(db: f64) -> f64 {
    if db == 0.0 { 1.0 } else { 10f64.powf(db / 20.0) }
}

/// The true peak of the first mix bus, where one is heard.
fn bus_peak(tracks: &[TrackInput<'_>], levels: &[&Levels]) -> Option<Dbtp> {
    let index = tracks.iter().position(|track| track.role == Role::MixBus && !track.is_out)?;
    Dbtp::from_peak(levels[index].totals()?.true_peak() * levels[index].gain())
}
