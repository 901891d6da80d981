//! Roles from names: lists that say what an engineer reads, and what holds for any names.

use std::collections::BTreeSet;

use keel_core::mix::{Guess, Role, detect, guess};

const NAMES: &str = include_str!("names/names.tsv");
const LATER: &str = include_str!("names/later.tsv");
const SETS: &str = include_str!("names/sets.tsv");

/// A line's columns; none of a comment.
fn columns(line: &str) -> Option<Vec<&str>> {
    (!line.starts_with('#') && line.contains('\t')).then(|| line.split('\t').collect())
}

fn role(guess: Guess) -> Role {
    guess.role.unwrap_or(Role::Other)
}

fn is_accepted(role: Role, accepted: &str) -> bool {
    accepted.split(',').any(|id| Role::from_id(id).unwrap_or_else(|| panic!("no role {id}")) == role)
}

/// A wrong role that is judged does harm; one that is not says nothing.
fn is_judged(role: Role) -> bool {
    !matches!(role, Role::Other | Role::Group | Role::Return | Role::MixBus)
}

/// Each name beside one other, as the list says.
fn read_beside_another(name: &str, accepted: &str) -> Guess {
    let other = if accepted.split(',').any(|id| id == "kick") { "Bass" } else { "Kick" };
    guess(&[name, other])[0]
}

#[test]
fn names_mean_what_an_engineer_reads() {
    let lists = [NAMES, LATER].into_iter().flat_map(|list| list.lines().filter_map(columns).skip(1));
    let rows: Vec<_> = lists.collect();
    assert!(rows.len() >= 1400, "{} names", rows.len());
    let read = rows.iter().map(|row| (row[0], row[1], read_beside_another(row[0], row[1])));
    let wrong: Vec<_> = read.filter(|(_, accepted, guess)| !is_accepted(role(*guess), accepted)).collect();
    let share = 100.0 * wrong.len() as f64 / rows.len() as f64;
    assert!(share <= 1.0, "{share:.1} % wrong: {wrong:#?}");
    let judged: Vec<_> = wrong.iter().filter(|(_, _, guess)| is_judged(role(*guess))).collect();
    assert!(judged.is_empty(), "as another judged role: {judged:#?}");
}

#[test]
fn sets_mean_what_an_engineer_reads() {
    let sets: Vec<Vec<_>> = SETS.split("\n\n").map(|set| set.lines().filter_map(columns).collect()).collect();
    assert!(sets.len() >= 80, "{} sets", sets.len());
    for rows in sets {
        let names: Vec<&str> = rows.iter().map(|row| row[0]).collect();
        for (row, guess) in rows.iter().zip(guess(&names)) {
            assert!(is_accepted(role(guess), row[1]), "{}: {:?}, not {}, among {names:?}", row[0], guess.role, row[1]);
        }
    }
}

/// Sets in another order, under a title that means nothing, with numbers before them: the same roles.
#[test]
fn neither_order_nor_title_nor_numbering_changes_a_set() {
    for set in SETS.split("\n\n") {
        let names: Vec<&str> = set.lines().filter_map(columns).map(|row| row[0]).collect();
        let plain: Vec<Role> = guess(&names).into_iter().map(role).collect();
        let backwards: Vec<&str> = names.iter().rev().copied().collect();
        let read: Vec<Role> = guess(&backwards).into_iter().rev().map(role).collect();
        assert_eq!(read, plain, "backwards: {names:?}");
        let numbered: Vec<String> = names.iter().zip(1..).map(|(name, at)| format!("{at:02}_{name}")).collect();
        let numbered: Vec<&str> = numbered.iter().map(String::as_str).collect();
        assert_eq!(guess(&numbered).into_iter().map(role).collect::<Vec<_>>(), plain, "numbered: {names:?}");
    }
}

#[test]
fn a_trigger_is_one_only_beside_a_kick() {
    for name in ["SC Kick", "Ghost Kick", "Kick Trigger", "Kick (SC)", "Sidechain Kick 2"] {
        let beside = guess(&[name, "Kick", "Bass"])[0];
        assert_eq!((beside.role, beside.is_trigger), (Some(Role::Other), true), "{name} beside a kick");
        let alone = guess(&[name, "Snare", "Bass"])[0];
        assert_eq!((alone.role, alone.is_trigger), (Some(Role::Kick), false), "{name} without another kick");
    }
    for name in ["Snare Trigger", "Ghost Snare", "Bass SC", "Kick Mic"] {
        assert!(!guess(&[name, "Kick"])[0].is_trigger, "{name}");
    }
    let two = guess(&["SC Kick", "Ghost Kick"]);
    assert!(two.iter().all(|guess| !guess.is_trigger), "two triggers are no kick to each other: {two:?}");
}

#[test]
fn what_can_be_read_in_two_ways_is_unsure() {
    use keel_core::mix::Certainty::{Likely, Sure, Unsure};
    let certainty = |name: &str| guess(&[name])[0].certainty;
    for (name, expected) in [
        ("Kick", Sure),
        ("Lead Vox", Sure),
        ("Drum Bus", Sure),
        ("SN", Likely),
        ("Piano Bass", Likely),
        ("Rhythm L", Likely),
        ("Audio 07", Unsure),
        ("", Unsure),
        ("Kick Back Snare", Unsure),
        ("T1", Likely),
    ] {
        assert_eq!(certainty(name), expected, "{name}");
    }
}

/// Pieces of names, glued in every order: no panic, one guess a name, and the same whatever stands around it.
#[test]
fn any_names_are_read() {
    const PIECES: [&str; 24] = [
        "Kick",
        "no ",
        "w/",
        " - ",
        "_",
        "(",
        ")",
        "&",
        " + ",
        "/",
        "Bus",
        "Verb",
        "SC",
        "808",
        "\u{df}",
        "\u{130}",
        "\u{301}",
        "\u{ff2b}",
        "\u{200b}",
        "\u{1f941}",
        "rev2",
        "Song",
        "Vox",
        "12 ",
    ];
    let mut seed = 15_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut roles = BTreeSet::new();
    for _ in 0..400 {
        let count = 1 + next(9);
        let names: Vec<String> = (0..count).map(|_| (0..next(8)).map(|_| PIECES[next(24)]).collect()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let guesses = guess(&names);
        assert_eq!(guesses.len(), names.len());
        assert_eq!(guesses, guess(&names), "{names:?}");
        roles.extend(guesses.iter().map(|guess| guess.role));
        for name in names {
            assert_eq!(detect(name), guess(&[name])[0].role, "{name}");
        }
    }
    assert!(roles.len() >= 6, "too few roles to say anything: {roles:?}");
}

#[test]
fn long_names_and_large_sets_end() {
    let long = "Kick Back and Forth ".repeat(30);
    let names: Vec<String> = (0..200).map(|at| format!("{long}{at} - {}", ["Kick", "Bass", "Vox"][at % 3])).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(guess(&names).len(), 200);
    assert_eq!(guess(&[]), []);
}
