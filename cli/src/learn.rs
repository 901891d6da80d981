//! Targets from songs that one likes: the offsets of each role, song by song, as a distribution, and as a profile that
//! `--profile` takes.

use std::collections::BTreeMap;
use std::fmt::Write;

use keel_core::mix::words::level;
use keel_core::mix::{Learnt, MixReport, Profile, Role, Target, TargetAgainst, TrackReport, Verdict};
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

/// The offsets of each role in one song.
pub type Offsets = BTreeMap<Role, f64>;

/// What the songs have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// Folders, as the user named them.
    pub songs: Vec<String>,
    pub roles: BTreeMap<Role, Learnt>,
}

/// Where each role sits in a song that was judged by `profile`: against what the profile counts it from, in its
/// measure. Of several tracks of one role the middle one counts.
pub fn offsets(report: &MixReport, profile: &Profile) -> Offsets {
    let mut found: BTreeMap<Role, Vec<f64>> = BTreeMap::new();
    let mut parts = Vec::new();
    for track in &report.tracks {
        let is_told = track.part.is_some() && parts.contains(&&track.part);
        parts.push(&track.part);
        if let Some(offset) = offset(track, profile.target(track.role)).filter(|_| !is_told) {
            found.entry(track.role).or_default().push(offset);
        }
    }
    found.into_iter().filter_map(|(role, mut offsets)| Some((role, median(&mut offsets)?))).collect()
}

fn offset(track: &TrackReport, target: Option<Target>) -> Option<f64> {
    let is_judged = matches!(track.verdict, Verdict::Low | Verdict::Sits | Verdict::High);
    match target?.against {
        TargetAgainst::FullScale => track.level_dbfs.map(|level| level.0),
        _ => track.offset_db.map(|offset| offset.0).filter(|_| is_judged),
    }
}

/// The distribution of each role over the songs.
pub fn learn(songs: Vec<(String, Offsets)>) -> Lesson {
    let mut by_role: BTreeMap<Role, Vec<f64>> = BTreeMap::new();
    for (role, offset) in songs.iter().flat_map(|(_, offsets)| offsets) {
        by_role.entry(*role).or_default().push(*offset);
    }
    let roles = by_role.into_iter().filter_map(|(role, offsets)| Some((role, distribution(offsets)?))).collect();
    Lesson { songs: songs.into_iter().map(|(name, _)| name).collect(), roles }
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
    let highest = if against == TargetAgainst::FullScale { 0.0 } else { FARTHEST_DB };
    let high = tenths(learnt.median.0 + reach).min(highest);
    (tenths(learnt.median.0 - reach).min(high - 2.0 * narrowest).max(-FARTHEST_DB), high)
}

impl Lesson {
    /// Roles that fewer than [`FEW_SONGS`] songs have, a sentence; none where there are enough.
    pub fn warning(&self) -> Option<String> {
        let few: Vec<_> = self.roles.iter().filter(|(_, learnt)| learnt.songs < FEW_SONGS).collect();
        let roles: Vec<_> = few.iter().map(|(role, learnt)| format!("{} ({})", role.label(), learnt.songs)).collect();
        let say = || format!("too few songs to learn a habit from, take as a first hint: {}", roles.join(", "));
        (!few.is_empty()).then(say)
    }

    /// A profile's file, over the guide; `profile` is what the songs were judged by.
    pub fn to_toml(&self, profile: &Profile) -> String {
        let mut text =
            format!("# Learnt by keel from {} songs: {}.\n", self.songs.len(), clean(&self.songs.join(", ")));
        text.push_str("# A band is the median of a role's offsets and one spread to both sides, 1 dB at least.\n");
        if let Some(warning) = self.warning() {
            let _ = writeln!(text, "# Beware: {warning}.");
        }
        text.push_str("base = \"guide\"\n");
        for (role, learnt) in &self.roles {
            let Some(target) = profile.target(*role) else { continue };
            let (low, high) = band(learnt, target.against);
            let (median, spread, songs) = (learnt.median.0, learnt.spread.0, learnt.songs);
            let _ = write!(
                text,
                "\n[roles.{}]\nlow = {low:.1}\nhigh = {high:.1}\nmedian = {median:.1}\nspread = {spread:.1}\nsongs = {songs}\n",
                role.id()
            );
        }
        text
    }

    /// A line for each role, for people.
    pub fn lines(&self, profile: &Profile) -> Vec<String> {
        let line = |(role, learnt): (&Role, &Learnt)| {
            let target = profile.target(*role)?;
            let (low, high) = band(learnt, target.against);
            let unit = if target.against == TargetAgainst::FullScale { "dBFS" } else { target.measure.offset_unit() };
            let songs = if learnt.songs == 1 { "1 song".to_owned() } else { format!("{} songs", learnt.songs) };
            let (median, spread) = (level(learnt.median.0), level(learnt.spread.0));
            Some(format!(
                "{:<15} {} … {} {unit}: median {median}, spread {spread}, {songs}",
                role.label(),
                level(low),
                level(high)
            ))
        };
        self.roles.iter().filter_map(line).collect()
    }
}

/// Names of folders stay in their comment.
fn clean(names: &str) -> String {
    names.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn songs(offsets: &[f64]) -> Vec<(String, Offsets)> {
        offsets.iter().map(|&offset| ("a song".to_owned(), Offsets::from([(Role::Bass, offset)]))).collect()
    }

    #[test]
    fn a_distribution_is_not_moved_by_one_odd_song() {
        let lesson = learn(songs(&[-4.0, -5.0, -4.5, -3.0, -20.0]));
        let bass = lesson.roles[&Role::Bass];
        // Deviations from -4.5: 0, 0.5, 0.5, 1.5, 15.5.
        assert_eq!(bass, Learnt { median: Db(-4.5), spread: Db(0.7), songs: 5 });
        assert_eq!((band(&bass, TargetAgainst::Kick), lesson.warning()), ((-5.5, -3.5), None));
    }

    #[test]
    fn what_is_written_is_read_back_as_the_users() {
        let mut songs = songs(&[-3.0, -9.0]);
        songs[0].0 = "first\nlow = 3".to_owned();
        songs[1].1.insert(Role::Kick, -0.4);
        let lesson = learn(songs);
        let warning = lesson.warning().expect("two songs are few");
        assert!(warning.contains("Bass (2)") && warning.contains("Kick (1)"), "{warning}");
        let text = lesson.to_toml(&Profile::guide());
        let profile = Profile::parse("mine", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let bass = profile.role(Role::Bass);
        assert_eq!(bass.learnt, Some(lesson.roles[&Role::Bass]));
        let target = bass.target.expect("a band");
        assert_eq!((target.low_db, target.high_db), (Db(-10.4), Db(-1.6)), "4.4 to both sides of -6");
        assert_eq!(target.source, keel_core::mix::TargetSource::User);
        let kick = profile.target(Role::Kick).expect("a band");
        assert_eq!((kick.low_db, kick.high_db), (Db(-3.0), Db(0.0)), "no level over full scale");
    }
}
