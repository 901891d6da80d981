//! One track under two names: what names say of versions and dates is no part of them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Words that call a state of the work at a name's end, and those that do so with a number behind.
const STATES: [&str; 9] = ["final", "finals", "fin", "new", "newest", "latest", "old", "copy", "update"];
const NUMBERED: [&str; 8] = ["v", "ver", "version", "rev", "mix", "bounce", "final", "copy"];

/// The places of the partners of A's names among B's: equal names first, then names that are equal but for versions and
/// dates, where only one on each side is.
pub fn partners(a: &[&str], b: &[&str]) -> Vec<Option<usize>> {
    let mut free: BTreeSet<usize> = (0..b.len()).collect();
    let mut partners = vec![None; a.len()];
    let folded = |names: &[&str]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    for (partner, name) in partners.iter_mut().zip(folded(a)) {
        *partner = free.iter().copied().find(|&at| b[at].to_lowercase() == name);
        partner.map(|at| free.remove(&at));
    }
    let [own, others] = [a, b].map(|names| names.iter().map(|name| unversioned(name)).collect::<Vec<_>>());
    for at in 0..a.len() {
        let alone = (0..a.len()).filter(|&k| partners[k].is_none() && own[k] == own[at]).count() == 1;
        let mut mates = free.iter().copied().filter(|&k| others[k] == own[at]);
        if let (None, true, Some(mate), None) = (partners[at], alone, mates.next(), mates.next()) {
            partners[at] = Some(mate);
            free.remove(&mate);
        }
    }
    partners
}

/// A name's words without versions and dates: "kick" of "Kick_v2", of "2024-05-01 Kick" and of "Kick final-mix3".
pub fn unversioned(name: &str) -> String {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| c.is_whitespace() || "_-()[]".contains(c)).collect();
    // A dot parts words, but not the numbers of a version or a date.
    let parts = |word: &&str| match is_version(word) || date(&word.split('.').collect::<Vec<_>>()) > 0 {
        true => vec![word.to_string()],
        false => word.split('.').map(str::to_owned).collect(),
    };
    let words: Vec<String> = words.iter().flat_map(parts).filter(|word| !word.is_empty()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        let dotted: Vec<&str> = word.split('.').collect();
        match date(&words[at..]) {
            0 if is_version(word) || date(&dotted) > 0 => at += 1,
            0 => {
                kept.push(word);
                at += 1;
            }
            length => at += length,
        }
    }
    while let Some(states) = states(&kept).filter(|&states| states < kept.len()) {
        kept.truncate(kept.len() - states);
    }
    // A name that is nothing else is what it is.
    if kept.is_empty() { words.join(" ") } else { kept.join(" ") }
}

/// Words at the end that call a state of the work.
fn states(words: &[&str]) -> Option<usize> {
    let (last, before) = words.split_last()?;
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let base = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_number = base.len() < last.len();
    if STATES.contains(&base) || (has_number && NUMBERED.contains(&base)) {
        return Some(1);
    }
    (is_number(last) && before.last().is_some_and(|word| NUMBERED.contains(word))).then_some(2)
}

/// "v2", "v1.03", "ver2".
fn is_version(word: &str) -> bool {
    let number = word.strip_prefix("ver").or(word.strip_prefix('v')).unwrap_or_default();
    number.starts_with(|c: char| c.is_ascii_digit()) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// How many words at the front are a date: "2024", "05", "01", or "20240501", or "240501".
fn date(words: &[&str]) -> usize {
    const YEARS: RangeInclusive<u32> = 1990..=2099;
    let number = |word: &str, digits: RangeInclusive<usize>| -> Option<u32> {
        let is_plain = word.bytes().all(|byte| byte.is_ascii_digit()) && digits.contains(&word.len());
        word.parse().ok().filter(|_| is_plain)
    };
    let is_day = |a: u32, b: u32| (1..=31).contains(&a.max(b)) && (1..=12).contains(&a.min(b));
    if let [a, b, c, ..] = words
        && let (Some(b), Some(year), Some(day)) = (
            number(b, 1..=2),
            number(a, 4..=4).or_else(|| number(c, 4..=4)),
            number(c, 1..=2).or_else(|| number(a, 1..=2)),
        )
        && YEARS.contains(&year)
        && is_day(b, day)
    {
        return 3;
    }
    let Some(first) = words.first() else { return 0 };
    let whole = number(first, 8..=8).is_some_and(|date| {
        let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
        YEARS.contains(&year) && is_day(month, day)
    });
    let short = number(first, 6..=6).is_some_and(|date| {
        let (a, month, b) = (date / 10_000, date / 100 % 100, date % 100);
        (1..=12).contains(&month) && (is_day(month, a) || is_day(month, b))
    });
    usize::from(whole || short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_dates_are_no_part_of_a_name() {
        for (name, expected) in [
            ("Kick_v1", "kick"),
            ("Kick v1.03", "kick"),
            ("Kick.v2", "kick"),
            ("Night Drive_v2_Kick", "night drive kick"),
            ("Kick 2024-05-01", "kick"),
            ("2024_05_01 Kick", "kick"),
            ("Kick 01.05.2024", "kick"),
            ("Kick-20240501", "kick"),
            ("Kick 240501", "kick"),
            ("Kick_final", "kick"),
            ("Kick_FINAL_final2", "kick"),
            ("Kick-mix3", "kick"),
            ("Kick mix 12", "kick"),
            ("Kick (new)", "kick"),
            ("Gtr 2", "gtr 2"),
            ("Gtr 2 v3", "gtr 2"),
            ("Drum Mix", "drum mix"),
            ("Vox take 3", "vox take 3"),
            ("808", "808"),
            ("v2", "v2"),
            ("Final", "final"),
            ("New Pad", "new pad"),
            ("Vivid", "vivid"),
            ("Synth 1984", "synth 1984"),
        ] {
            assert_eq!(unversioned(name), expected, "{name}");
        }
    }

    #[test]
    fn equal_names_come_first_and_what_could_be_two_is_none() {
        let found = |a: &[&str], b: &[&str]| partners(a, b);
        assert_eq!(found(&["Kick_v1", "Bass_v1"], &["Bass_v2", "Kick_v2"]), [Some(1), Some(0)]);
        assert_eq!(found(&["Vox v1", "Vox v2"], &["Vox v2", "Vox v3"]), [Some(1), Some(0)]);
        assert_eq!(found(&["Vox v1", "Vox v2"], &["Vox v3", "Vox v4"]), [None, None], "two singers, or one twice");
        assert_eq!(found(&["KICK"], &["kick"]), [Some(0)]);
    }
}
