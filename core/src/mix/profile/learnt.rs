//! Where a band comes from that was learnt of songs: how their offsets were spread, and how many they were.

use toml::Spanned;

use super::file::RolePatch;
use super::number::Number;
use super::toml_error::TomlFault;
use crate::units::Db;

/// The offsets of one role over several songs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learnt {
    /// The middle offset of the role.
    pub median: Db,
    /// 1.4826 times the median absolute deviation: the standard deviation, where the offsets are spread as a bell curve.
    pub spread: Db,
    /// So many songs it was learnt from.
    pub songs: usize,
}

impl Learnt {
    /// What a file says, all three or none.
    pub(super) fn of(patch: &RolePatch) -> Result<Option<Self>, TomlFault> {
        let given = [&patch.median, &patch.spread, &patch.songs];
        let Some(first) = given.into_iter().flatten().next() else { return Ok(None) };
        let [Some(median), Some(spread), Some(songs)] = given else {
            let message = "a learnt band has median, spread and songs: give all three or none";
            return Err(TomlFault::at(first.span().start, message));
        };
        let within = |number: &Spanned<Number>, low: f64, high: f64| {
            let value = number.get_ref().0;
            let message = format!("{value} is out of range: give a number from {low} to {high}");
            let is_in = (low..=high).contains(&value);
            if is_in { Ok(value) } else { Err(TomlFault::at(number.span().start, message)) }
        };
        Ok(Some(Self {
            median: Db(within(median, -super::FARTHEST_DB, super::FARTHEST_DB)?),
            spread: Db(within(spread, 0.0, super::FARTHEST_DB)?),
            songs: within(songs, 1.0, 1e6)? as usize,
        }))
    }
}
