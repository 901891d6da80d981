//! Names in a table: without what all have in common, as wide as the page allows, and never two alike.

use std::collections::{BTreeMap, BTreeSet};

use keel_core::mix::{Role, detect};
use serde_json::Value;

use super::page::{Column, Page, cut, width};
use crate::json::{list, text};

/// What so few names have in common says nothing of them.
const FEWEST: usize = 3;
const SEPARATORS: [char; 4] = [' ', '_', '-', '.'];

/// A name, and the role that is read from it, where it says one.
#[derive(Clone, Debug)]
pub struct Name {
    pub text: String,
    pub role: Option<Role>,
    /// Names of the mix may be the song's title and nothing else.
    pub is_mix: bool,
}

/// The names that a table shows.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What they have in common, and whole.
    prefix: String,
    suffix: String,
    names: Vec<String>,
}

/// Names as a column shows them.
#[derive(Clone, Debug)]
pub struct Shown {
    /// In the order of the names.
    pub rows: Vec<String>,
    by_name: BTreeMap<String, String>,
}

impl Names {
    /// Those of a report's tracks, then those of its parts.
    pub fn of_report(report: &Value) -> Self {
        let name = |track: &Value| {
            let role = Role::from_id(text(track, "role"));
            let is_read = track["role_is_guess"] == true && role != Some(Role::Other);
            Name {
                text: text(track, "name").to_owned(),
                role: role.filter(|_| is_read),
                is_mix: role == Some(Role::MixBus),
            }
        };
        let tracks: Vec<Name> = list(report, "tracks").iter().map(name).collect();
        let mut names = Self::of(&tracks);
        let parts: BTreeSet<&str> = list(report, "tracks").iter().map(|track| text(track, "part")).collect();
        names.names.extend(parts.into_iter().filter(|part| !part.is_empty()).map(str::to_owned));
        names
    }

    pub fn of(names: &[Name]) -> Self {
        let mut all = Self { names: names.iter().map(|name| name.text.clone()).collect(), ..Self::default() };
        let stems: Vec<&Name> = names.iter().filter(|name| !name.is_mix).collect();
        let (prefix, suffix) = (common_prefix(&stems), common_suffix(&stems));
        // What is dropped must not be what says the role.
        for (prefix, suffix) in [(prefix, suffix), (prefix, ""), ("", suffix)] {
            let still_says = |name: &&Name| {
                let short = without(&name.text, prefix, suffix);
                short.chars().any(char::is_alphanumeric) && name.role.is_none_or(|role| detect(short) == Some(role))
            };
            if stems.len() >= FEWEST && stems.iter().all(still_says) {
                (all.prefix, all.suffix) = (prefix.to_owned(), suffix.to_owned());
                break;
            }
        }
        all
    }

    fn short<'a>(&self, name: &'a str) -> &'a str {
        without(name, &self.prefix, &self.suffix)
    }

    /// The columns with this one as wide as its names are, where the page has the room.
    pub fn widen<const N: usize>(&self, mut columns: [Column; N], at: usize, page: &Page) -> [Column; N] {
        let longest = self.names.iter().map(|name| width(self.short(name))).max().unwrap_or(0);
        let taken = columns.iter().map(|column| column.width).sum::<usize>() + N - 1;
        let most = columns[at].width + page.width().saturating_sub(taken);
        columns[at].width = longest.clamp(columns[at].width, most);
        columns
    }

    /// Each name in a column.
    pub fn shown(&self, column: &Column) -> Shown {
        self.within(column.width)
    }

    fn within(&self, columns: usize) -> Shown {
        let short: Vec<&str> = self.names.iter().map(|name| self.short(name)).collect();
        let mut rows: Vec<String> = short.iter().map(|name| cut(name, columns)).collect();
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        rows.iter().enumerate().for_each(|(row, name)| alike.entry(name.clone()).or_default().push(row));
        alike.retain(|_, rows| rows.len() > 1);
        let mut taken: BTreeSet<String> = rows.iter().filter(|name| !alike.contains_key(*name)).cloned().collect();
        for group in alike.into_values() {
            let ends = (columns / 3).max(2)..columns.saturating_sub(1);
            let mut ends = ends.map(|end| group.iter().map(|&row| with_end(short[row], columns, end)).collect());
            let is_new = |names: &Vec<String>| {
                names.iter().collect::<BTreeSet<_>>().len() == names.len()
                    && !names.iter().any(|name| taken.contains(name))
            };
            let names = ends.find(is_new).unwrap_or_else(|| numbered(&group, &short, columns, &taken));
            taken.extend(names.iter().cloned());
            group.into_iter().zip(names).for_each(|(row, name)| rows[row] = name);
        }
        let by_name = self.names.iter().cloned().zip(rows.iter().cloned()).rev().collect();
        Shown { rows, by_name }
    }
}

impl Shown {
    /// A name of the report as it is shown; one that is not among its tracks and parts stays.
    pub fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.by_name.get(name).map_or(name, String::as_str)
    }
}

/// Beginning and end of a name that is too long.
fn with_end(name: &str, columns: usize, end: usize) -> String {
    if width(name) <= columns {
        return name.to_owned();
    }
    let mut tail = String::new();
    for c in name.chars().rev() {
        let longer = format!("{c}{tail}");
        if width(&longer) > end {
            break;
        }
        tail = longer;
    }
    // The ellipsis of the cut stands between.
    cut(name, columns - width(&tail)) + &tail
}

/// Names that are alike to their ends, told apart by a number.
fn numbered(group: &[usize], short: &[&str], columns: usize, taken: &BTreeSet<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for &row in group {
        let numbers = (1..).map(|number| if number == 1 { String::new() } else { format!(" ({number})") });
        let mut tried = numbers.map(|number| cut(short[row], columns.saturating_sub(width(&number))) + &number);
        names.extend(tried.find(|name| !taken.contains(name) && !names.contains(name)));
    }
    names
}

/// A name that has both without them.
fn without<'a>(name: &'a str, prefix: &str, suffix: &str) -> &'a str {
    let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// The beginning that all names share, in whole words.
fn common_prefix<'a>(names: &[&'a Name]) -> &'a str {
    let Some(first) = names.first().map(|name| name.text.as_str()) else { return "" };
    let ends = first.char_indices().filter(|(_, c)| SEPARATORS.contains(c)).map(|(at, c)| at + c.len_utf8());
    let mut shared = ends.filter(|&end| names.iter().all(|name| name.text.starts_with(&first[..end])));
    &first[..shared.next_back().unwrap_or(0)]
}

/// The end that all names share, in whole words.
fn common_suffix<'a>(names: &[&'a Name]) -> &'a str {
    let Some(first) = names.first().map(|name| name.text.as_str()) else { return "" };
    let starts = first.char_indices().filter(|(_, c)| SEPARATORS.contains(c)).map(|(at, _)| at);
    let mut shared = starts.filter(|&start| names.iter().all(|name| name.text.ends_with(&first[start..])));
    shared.next().map_or("", |start| &first[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of tracks of these roles.
    fn with_roles(names: &[&str], roles: &[Role]) -> Names {
        let name = |(name, role): (&&str, &Role)| Name { text: (*name).into(), role: Some(*role), is_mix: false };
        Names::of(&names.iter().zip(roles).map(name).collect::<Vec<_>>())
    }

    fn names(names: &[&str]) -> Names {
        with_roles(names, &names.iter().map(|name| detect(name).unwrap_or(Role::Other)).collect::<Vec<_>>())
    }

    #[test]
    fn what_all_names_share_is_dropped_in_whole_words() {
        let kit = [Role::Kick, Role::Snare, Role::Bass];
        for (full, roles, expected) in [
            (["Night Drive - Kick", "Night Drive - Snare", "Night Drive - Bass"], kit, ["Kick", "Snare", "Bass"]),
            (["Kick_v2", "Snare_v2", "Bass_v2"], kit, ["Kick", "Snare", "Bass"]),
            (["ND_Kick (no verb)", "ND_Snare (no verb)", "ND_Bass (no verb)"], kit, ["Kick", "Snare", "Bass"]),
            (["Kick", "Kicker", "Kick 2"], [Role::Kick; 3], ["Kick", "Kicker", "Kick 2"]),
            (["Gtr A", "Gtr B", "Gtr C"], [Role::Guitars; 3], ["Gtr A", "Gtr B", "Gtr C"]),
            (["Vox Lead", "Vox Two", "Vox Dbl"], [Role::LeadVocal; 3], ["Vox Lead", "Vox Two", "Vox Dbl"]),
        ] {
            assert_eq!(with_roles(&full, &roles).within(40).rows, expected, "{full:?}");
        }
        let two = with_roles(&["Song Kick", "Song Snare"], &kit);
        assert_eq!(two.within(40).rows, ["Song Kick", "Song Snare"], "two are too few");
    }

    #[test]
    fn the_mix_may_be_called_by_the_title_alone() {
        let mut all: Vec<Name> = ["Night Drive Kick", "Night Drive Snare", "Night Drive Bass"]
            .map(|name| Name { text: name.into(), role: detect(name), is_mix: false })
            .into();
        all.push(Name { text: "Night Drive".into(), role: None, is_mix: true });
        assert_eq!(Names::of(&all).within(40).rows, ["Kick", "Snare", "Bass", "Night Drive"]);
    }

    #[test]
    fn names_that_are_cut_stay_different() {
        let long = ["Backing Vocal Chorus Left", "Backing Vocal Chorus Right", "Backing Vocal Verse", "Kick", "Kick"];
        for columns in [6, 8, 16, 25, 40] {
            let rows = names(&long).within(columns).rows;
            assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "{columns}: {rows:?}");
            assert!(rows.iter().all(|name| width(name) <= columns), "{columns}: {rows:?}");
        }
        let rows = names(&long).within(16).rows;
        assert_eq!(rows, ["Backing Vo… Left", "Backing Vo…Right", "Backing Vocal V…", "Kick", "Kick (2)"]);
    }
}
