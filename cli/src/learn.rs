//! Targets from songs that one likes: the offsets of each role, song by song, as a distribution, and as a profile that
//! `--profile` takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use keel_core::mix::words::level;
use keel_core::mix::{Learnt, MixReport, Profile, ReferenceState, Role, Target, TargetAgainst, TrackReport, Verdict};
use keel_core::units::Db;

/// Fewer songs than this are a first hint, not a habit.
pub const FEW_SONGS: usize = 5;
/// A band reaches at least so far on both sides of its median: the guide's narrowest is 2 dB wide.
const NARROWEST_DB: f64 = 1.0;
/// The same where few songs say little of the spread.
const NARROWEST_OF_FEW_DB: f64 = 1.5;
/// Makes the median absolute deviation of a bell curve its standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;
/// The farthest that a profile's numbers go.
const FARTHEST_DB: f64 = 60.0;

/// What is learnt of: a role, or a whole kit in one track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Drums,
    Role(Role),
}

/// Where each role and a whole kit sit in one song, by one yardstick.
pub type Offsets = BTreeMap<Part, f64>;

/// What songs are judged by to be learnt from, the first that suits a role in most of them.
#[derive(Debug)]
pub struct Yardsticks {
    /// The guide; the same with the mix in place of the kick; all but the kick's own level against the mix.
    profiles: [Profile; 3],
}

/// What the songs have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// Folders, as the user named them.
    pub songs: Vec<String>,
    /// Each with the place of the yardstick that it was read by.
    pub parts: BTreeMap<Part, (Learnt, usize)>,
}

impl Part {
    fn target(self, profile: &Profile) -> Option<Target> {
        match self {
            Self::Drums => profile.drums.target,
            Self::Role(role) => profile.target(role),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Drums => "Drums in one",
            Self::Role(role) => role.label(),
        }
    }

    /// Its table in a profile.
    fn table(self) -> String {
        match self {
            Self::Drums => "drums".to_owned(),
            Self::Role(role) => format!("roles.{}", role.id()),
        }
    }
}

impl Default for Yardsticks {
    fn default() -> Self {
        let guide = Profile::guide();
        let against_mix = |replaces: &dyn Fn(TargetAgainst) -> bool| {
            let is_replaced = |part: &Part| part.target(&guide).is_none_or(|target| replaces(target.against));
            let judged = Role::ALL.into_iter().filter(|role| guide.target(*role).is_some()).map(Part::Role);
            let parts = std::iter::once(Part::Drums).chain(judged).filter(is_replaced);
            let lines = "measure = \"loudness\"\nagainst = \"mix\"\ntogether = true\nlow = -60.0\nhigh = 0.0\n";
            let text: String = parts.map(|part| format!("[{}]\n{lines}", part.table())).collect();
            Profile::parse("against the mix", &text).expect("it is made of what profiles know")
        };
        let kickless = against_mix(&|against| against == TargetAgainst::Kick);
        let all = against_mix(&|against| against != TargetAgainst::FullScale);
        Self { profiles: [guide, kickless, all] }
    }
}

impl Yardsticks {
    /// Where each role sits in a song, by each yardstick; `judge` makes the song's report.
    pub fn offsets(&self, judge: impl Fn(&Profile) -> MixReport) -> [Offsets; 3] {
        self.profiles.each_ref().map(|profile| offsets(&judge(profile), profile))
    }

    fn target(&self, part: Part, yardstick: usize) -> Option<Target> {
        part.target(&self.profiles[yardstick])
    }
}

/// Where each role sits in a song that was judged by `profile`: against what the profile counts it from, in its
/// measure. Of several tracks of one role the middle one counts.
pub fn offsets(report: &MixReport, profile: &Profile) -> Offsets {
    let mut found: BTreeMap<Part, Vec<f64>> = BTreeMap::new();
    let mut parts = Vec::new();
    for track in &report.tracks {
        let is_told = track.part.is_some() && parts.contains(&&track.part);
        parts.push(&track.part);
        if let Some(offset) = offset(track, report).filter(|_| !is_told) {
            found.entry(part_of(track, profile)).or_default().push(offset);
        }
    }
    found.into_iter().filter_map(|(part, mut offsets)| Some((part, median(&mut offsets)?))).collect()
}

/// A lead that was judged by the vocal's rule teaches that rule.
fn part_of(track: &TrackReport, profile: &Profile) -> Part {
    let band = |target: Option<Target>| target.map(|target| (target.against, target.low_db, target.high_db));
    let vocals = profile.target(Role::LeadVocal);
    match track.role {
        _ if track.is_kit => Part::Drums,
        role if band(track.target) != band(profile.target(role)) && band(track.target) == band(vocals) => {
            Part::Role(Role::LeadVocal)
        }
        role => Part::Role(role),
    }
}

fn offset(track: &TrackReport, report: &MixReport) -> Option<f64> {
    let is_judged = matches!(track.verdict, Verdict::Low | Verdict::Sits | Verdict::High);
    match track.target?.against {
        TargetAgainst::FullScale => track.level_dbfs.map(|level| level.0),
        // What stands in for a kick is none.
        TargetAgainst::Kick if report.reference.state == ReferenceState::Virtual => None,
        _ => track.offset_db.map(|offset| offset.0).filter(|_| is_judged),
    }
}

/// The distribution of each role over the songs, each by the first yardstick that most of its songs can be read by.
pub fn learn(songs: Vec<(String, [Offsets; 3])>) -> Lesson {
    let all: BTreeSet<Part> =
        songs.iter().flat_map(|(_, by)| by.iter().flat_map(|offsets| offsets.keys().copied())).collect();
    let read = |part: Part, yardstick: usize| -> Vec<f64> {
        songs.iter().filter_map(|(_, by)| by[yardstick].get(&part).copied()).collect()
    };
    let lesson = |part: Part| {
        let most = (0..3).map(|yardstick| read(part, yardstick).len()).max()?;
        let first = (0..3).find(|yardstick| read(part, *yardstick).len() == most)?;
        Some((part, (distribution(read(part, first))?, first)))
    };
    let parts = all.into_iter().filter_map(lesson).collect();
    Lesson { songs: songs.into_iter().map(|(name, _)| name).collect(), parts }
}

fn distribution(mut offsets: Vec<f64>) -> Option<Learnt> {
    let songs = offsets.len();
    let middle = median(&mut offsets)?;
    let mut away: Vec<f64> = offsets.iter().map(|offset| (offset - middle).abs()).collect();
    let spread = median(&mut away)? * MAD_TO_SIGMA;
    Some(Learnt { median: Db(tenths(middle)), spread: Db(tenths(spread)), songs })
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { (values[middle - 1] + upper) / 2.0 } else { upper })
}

fn tenths(db: f64) -> f64 {
    // The sum keeps zero from having a sign.
    (db * 10.0).round() / 10.0 + 0.0
}

/// The band that a distribution makes: one spread to both sides.
pub fn band(learnt: &Learnt, against: TargetAgainst) -> (f64, f64) {
    let narrowest = if learnt.songs < FEW_SONGS { NARROWEST_OF_FEW_DB } else { NARROWEST_DB };
    let reach = learnt.spread.0.max(narrowest);
    // A track is not louder than full scale, nor than the mix that it is part of.
    let highest = if matches!(against, TargetAgainst::FullScale | TargetAgainst::Mix) { 0.0 } else { FARTHEST_DB };
    let high = tenths(learnt.median.0 + reach).min(highest);
    (tenths(learnt.median.0 - reach).min(high - 2.0 * narrowest).max(-FARTHEST_DB), high)
}

impl Lesson {
    /// Roles that fewer than [`FEW_SONGS`] songs have, a sentence; none where there are enough.
    pub fn warning(&self) -> Option<String> {
        let few: Vec<_> = self.parts.iter().filter(|(_, (learnt, _))| learnt.songs < FEW_SONGS).collect();
        let parts: Vec<_> =
            few.iter().map(|(part, (learnt, _))| format!("{} ({})", part.label(), learnt.songs)).collect();
        let say = || format!("too few songs to learn a habit from, take as a first hint: {}", parts.join(", "));
        (!few.is_empty()).then(say)
    }

    /// A profile's file, over the guide.
    pub fn to_toml(&self, yardsticks: &Yardsticks) -> String {
        let mut text =
            format!("# Learnt by keel from {} songs: {}.\n", self.songs.len(), clean(&self.songs.join(", ")));
        text.push_str("# A band is the median of a role's offsets and one spread to both sides, 1 dB at least.\n");
        if let Some(warning) = self.warning() {
            let _ = writeln!(text, "# Beware: {warning}.");
        }
        text.push_str("base = \"guide\"\n");
        for (part, (learnt, yardstick)) in &self.parts {
            let Some(target) = yardsticks.target(*part, *yardstick) else { continue };
            let _ = write!(text, "\n[{}]\n", part.table());
            if target.against == TargetAgainst::Mix {
                text.push_str("measure = \"loudness\"\nagainst = \"mix\"\ntogether = true\n");
            }
            let (low, high) = band(learnt, target.against);
            let (median, spread, songs) = (learnt.median.0, learnt.spread.0, learnt.songs);
            let _ = write!(
                text,
                "low = {low:.1}\nhigh = {high:.1}\nmedian = {median:.1}\nspread = {spread:.1}\nsongs = {songs}\n"
            );
        }
        text
    }

    /// A line for each role, for people.
    pub fn lines(&self, yardsticks: &Yardsticks) -> Vec<String> {
        let line = |(part, (learnt, yardstick)): (&Part, &(Learnt, usize))| {
            let target = yardsticks.target(*part, *yardstick)?;
            let (low, high) = band(learnt, target.against);
            let unit = if target.against == TargetAgainst::FullScale { "dBFS" } else { target.measure.offset_unit() };
            let against = if target.against == TargetAgainst::Mix { " against the mix" } else { "" };
            let songs = if learnt.songs == 1 { "1 song".to_owned() } else { format!("{} songs", learnt.songs) };
            let (median, spread) = (level(learnt.median.0), level(learnt.spread.0));
            Some(format!(
                "{:<15} {} … {} {unit}{against}: median {median}, spread {spread}, {songs}",
                part.label(),
                level(low),
                level(high)
            ))
        };
        self.parts.iter().filter_map(line).collect()
    }
}

/// Names of folders stay in their comment.
fn clean(names: &str) -> String {
    names.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASS: Part = Part::Role(Role::Bass);

    /// Songs with a kick: read alike by the first yardstick only.
    fn songs(offsets: &[f64]) -> Vec<(String, [Offsets; 3])> {
        let song = |offset: f64| [Offsets::from([(BASS, offset)]), Offsets::new(), Offsets::new()];
        offsets.iter().map(|&offset| ("a song".to_owned(), song(offset))).collect()
    }

    #[test]
    fn a_distribution_is_not_moved_by_one_odd_song() {
        let lesson = learn(songs(&[-4.0, -5.0, -4.5, -3.0, -20.0]));
        let (bass, yardstick) = lesson.parts[&BASS];
        // Deviations from -4.5: 0, 0.5, 0.5, 1.5, 15.5.
        assert_eq!((bass, yardstick), (Learnt { median: Db(-4.5), spread: Db(0.7), songs: 5 }, 0));
        assert_eq!((band(&bass, TargetAgainst::Kick), lesson.warning()), ((-5.5, -3.5), None));
    }

    #[test]
    fn where_a_song_lacks_the_kick_all_are_read_against_the_mix() {
        let with_kick = [(BASS, -4.0), (BASS, -9.0), (BASS, -9.0)].map(|offset| Offsets::from([offset]));
        let without = [Offsets::new(), Offsets::from([(BASS, -7.0)]), Offsets::from([(BASS, -7.0)])];
        let both = learn(vec![("a".into(), with_kick.clone()), ("b".into(), without)]);
        assert_eq!(both.parts[&BASS], (Learnt { median: Db(-8.0), spread: Db(1.5), songs: 2 }, 1));
        assert_eq!(learn(vec![("a".into(), with_kick)]).parts[&BASS].1, 0, "by the kick where every song has one");
        let text = both.to_toml(&Yardsticks::default());
        let profile = Profile::parse("mine", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let bass = profile.target(Role::Bass).expect("a band");
        assert_eq!((bass.against, bass.low_db, bass.high_db), (TargetAgainst::Mix, Db(-9.5), Db(-6.5)));
    }

    #[test]
    fn what_is_written_is_read_back_as_the_users() {
        let mut songs = songs(&[-3.0, -9.0]);
        songs[0].0 = "first\nlow = 3".to_owned();
        songs[1].1[0].insert(Part::Role(Role::Kick), -0.4);
        let lesson = learn(songs);
        let warning = lesson.warning().expect("two songs are few");
        assert!(warning.contains("Bass (2)") && warning.contains("Kick (1)"), "{warning}");
        let text = lesson.to_toml(&Yardsticks::default());
        let profile = Profile::parse("mine", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let bass = profile.role(Role::Bass);
        assert_eq!(bass.learnt, Some(lesson.parts[&BASS].0));
        let target = bass.target.expect("a band");
        assert_eq!((target.low_db, target.high_db), (Db(-10.4), Db(-1.6)), "4.4 to both sides of -6");
        assert_eq!(target.source, keel_core::mix::TargetSource::User);
        let kick = profile.target(Role::Kick).expect("a band");
        assert_eq!((kick.low_db, kick.high_db), (Db(-3.0), Db(0.0)), "no level over full scale");
    }
}
