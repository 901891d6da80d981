//! Names of tracks across versions of a mix: what of a name says which version it is, and what it names.

use std::collections::BTreeMap;

/// Words that say which version it is, alone or with a number behind.
const VERSION: [&str; 8] = ["v", "ver", "vers", "version", "rev", "revision", "mixv", "r"];
/// Words that say it without a number.
const STATE: [&str; 11] =
    ["final", "finals", "new", "newest", "old", "older", "latest", "current", "updated", "fixed", "revised"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// For each name of A its partner among the names of B, each taken once: of equal names, then of names equal but for
/// version and date, then of names equal but for what all names of their side begin and end with. Names that could mean
/// several are left alone.
pub(crate) fn partners(a: &[&str], b: &[&str]) -> Vec<Option<usize>> {
    let mut partners = vec![None; a.len()];
    let folded = |names: &[&str]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    pair_equals(&mut partners, &folded(a), &folded(b), true);
    let plain = |names: &[&str]| names.iter().map(|name| without_version(name)).collect::<Vec<_>>();
    let (plain_a, plain_b) = (plain(a), plain(b));
    pair_equals(&mut partners, &joined(&plain_a), &joined(&plain_b), false);
    pair_equals(&mut partners, &joined(&without_shared(&plain_a)), &joined(&without_shared(&plain_b)), false);
    partners
}

/// Two names mean one track in two versions.
pub(crate) fn are_alike(a: &str, b: &str) -> bool {
    a == b || without_version(a) == without_version(b)
}

fn joined(names: &[Vec<String>]) -> Vec<String> {
    names.iter().map(|words| words.join(" ")).collect()
}

/// Pairs what has no partner yet. Of several equal names the first free one is taken only where `first_of_several`.
fn pair_equals(partners: &mut [Option<usize>], a: &[String], b: &[String], first_of_several: bool) {
    let mut free: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (k, name) in b.iter().enumerate().filter(|(k, _)| !partners.contains(&Some(*k))) {
        free.entry(name).or_default().push(k);
    }
    let open: Vec<usize> = (0..a.len()).filter(|&at| partners[at].is_none() && !a[at].is_empty()).collect();
    for &at in &open {
        let is_alone = open.iter().filter(|&&other| a[other] == a[at]).count() == 1;
        let Some(mates) = free.get_mut(a[at].as_str()) else { continue };
        if first_of_several || is_alone && mates.len() == 1 {
            partners[at] = (!mates.is_empty()).then(|| mates.remove(0));
        }
    }
}

/// A name's words in lower case, without those that say which version it is; all where nothing else is left.
fn without_version(name: &str) -> Vec<String> {
    let all: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let (mut words, mut at) = (Vec::new(), 0);
    while let Some(word) = all.get(at) {
        let taken = date(&all[at..]).max(version(&all[at..]));
        match glued_version(word) {
            _ if taken > 0 => {}
            Some(rest) => words.push(rest.to_owned()),
            None => words.push(word.clone()),
        }
        at += taken.max(1);
    }
    if words.is_empty() { all } else { words }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit())
}

/// Words at the start that name a version.
fn version(words: &[String]) -> usize {
    let first = words[0].as_str();
    let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_number = letters.len() < first.len();
    if STATE.contains(&letters) || has_number && VERSION.contains(&letters) {
        // As in "v2.1".
        return 1 + usize::from(VERSION.contains(&letters) && words.get(1).is_some_and(|next| is_number(next)));
    }
    let is_numbered = VERSION[..VERSION.len() - 1].contains(&first) && words.get(1).is_some_and(|next| is_number(next));
    if is_numbered { 2 } else { 0 }
}

/// "Bassv2" without its version, and "Lv2", "3v2".
fn glued_version(word: &str) -> Option<&str> {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let rest = letters.strip_suffix('v').filter(|_| letters.len() < word.len())?;
    let is_word = rest.chars().count() >= 3 && rest.chars().all(char::is_alphabetic);
    (is_word || matches!(rest, "l" | "r") || is_number(rest)).then_some(rest)
}

/// Words at the start that are a date, and a time of day behind it.
fn date(words: &[String]) -> usize {
    let number = |at: usize| words.get(at).filter(|word| is_number(word)).and_then(|word| word.parse::<u32>().ok());
    let digits = |at: usize| words.get(at).map_or(0, String::len);
    let month = |at: usize| {
        words.get(at).is_some_and(|word| word.len() >= 3 && MONTHS.iter().any(|month| word.starts_with(month)))
    };
    let (day, is_month) = (|n: u32| (1..=31).contains(&n), |n: u32| (1..=12).contains(&n));
    let year = |n: u32, digits: usize| digits == 4 && (1990..=2099).contains(&n) || digits == 2;
    let in_one = number(0).is_some_and(|n| match digits(0) {
        8 => {
            year(n / 10_000, 4) && is_month(n / 100 % 100) && day(n % 100) || year(n % 10_000, 4) && day(n / 1_000_000)
        }
        6 => is_month(n / 100 % 100) && (day(n % 100) || day(n / 10_000)),
        _ => false,
    });
    let taken = match (number(0), number(1), number(2)) {
        _ if in_one => 1,
        (Some(y), Some(m), Some(d)) if year(y, digits(0)) && is_month(m) && day(d) => 3,
        (Some(d), Some(m), Some(y)) if day(d) && day(m) && (is_month(d) || is_month(m)) && year(y, digits(2)) => 3,
        (Some(d), None, Some(_)) if day(d) && month(1) => 3,
        (Some(d), None, None) if day(d) && month(1) => 2,
        (None, Some(d), y) if day(d) && month(0) && words[0] != "may" || y.is_some() && month(0) => {
            2 + usize::from(y.is_some())
        }
        _ => return 0,
    };
    // As in "2024-05-03 14.30".
    let time = match (number(taken), number(taken + 1)) {
        (Some(h), Some(m)) if digits(taken) == 2 && digits(taken + 1) == 2 && h < 24 && m < 60 => 2,
        (Some(_), _) if matches!(digits(taken), 4 | 6) => 1,
        _ => 0,
    };
    taken + time
}

/// Names without the words that all of them begin or end with, as long as each keeps one.
fn without_shared(names: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut names = names.to_vec();
    if names.len() < 2 {
        return names;
    }
    for is_end in [false, true] {
        loop {
            let edge = |words: &Vec<String>| if is_end { words.last().cloned() } else { words.first().cloned() };
            let shared = edge(&names[0]);
            if !names.iter().all(|words| words.len() > 1 && edge(words) == shared) {
                break;
            }
            for words in &mut names {
                words.remove(if is_end { words.len() - 1 } else { 0 });
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEMS: [&str; 5] = ["Kick", "Bass", "Gtr L", "Gtr R", "Vox 2"];

    fn called(pattern: &str) -> Vec<String> {
        STEMS.iter().map(|name| pattern.replace("{}", name)).collect()
    }

    #[test]
    fn versions_and_dates_of_a_set_are_told_from_its_names() {
        for (old, new) in [
            ("{}_v1", "{}_v2"),
            ("{}", "{} v2"),
            ("{}v1", "{}v12"),
            ("{} (v1.2)", "{} (v1.3)"),
            ("{} final", "{} final2"),
            ("{}_rev3", "{}_new"),
            ("{} 2024-05-03", "{} 2024-11-20"),
            ("20240503_{}", "20241120_{}"),
            ("{}_240503", "{}_241120_1430"),
            ("Song 03.05.2024 {}", "Song 20.11.2024 {}"),
            ("{} 3 May 2024", "{} 20 Nov 2024"),
            ("Song mix three - {}", "Song mix four - {}"),
            ("{} [Song] [120bpm]", "{} [Song, longer] [122bpm]"),
        ] {
            let (a, b) = (called(old), called(new));
            let (a, b): (Vec<&str>, Vec<&str>) =
                (a.iter().map(String::as_str).collect(), b.iter().rev().map(String::as_str).collect());
            let expected: Vec<Option<usize>> = (0..STEMS.len()).rev().map(Some).collect();
            assert_eq!(partners(&a, &b), expected, "{old} and {new}");
        }
    }

    #[test]
    fn what_is_no_version_stays() {
        for name in ["Kick 808", "Gtr 1", "Vox 2", "Verse Pad", "R", "Vocal R", "Take 12", "May", "Synth 303", "Mix 3"]
        {
            assert_eq!(without_version(name).join(" "), name.to_lowercase(), "{name}");
        }
        assert_eq!(partners(&["Gtr 1", "Gtr 2"], &["Gtr 2", "Gtr 3"]), [None, Some(0)]);
        assert_eq!(partners(&["Pad v1", "Pad v2"], &["Pad v3"]), [None, None], "which of them is not known");
        assert_eq!(partners(&["Pad", "Pad"], &["Pad", "Pad"]), [Some(0), Some(1)]);
    }
}
