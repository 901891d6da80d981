use super::*;
use crate::mix::{Certainty, Guess, Role, RoleFrom};

/// A session whose collector goes round by hand.
struct Rounds {
    registry: Registry,
    tracks: Vec<Arc<Track>>,
}

impl Rounds {
    fn of(names: &[&str]) -> Self {
        let mut rounds = Self { registry: Registry::new(false), tracks: Vec::new() };
        names.iter().for_each(|name| rounds.join(name));
        rounds
    }

    fn join(&mut self, name: &str) {
        let config = TrackConfig { name: name.to_owned(), ..TrackConfig::default() };
        self.tracks.push(self.registry.add(config, Inbox::remote()).0);
    }

    fn tick(&self, rounds: u32) {
        (0..rounds).for_each(|_| self.registry.tick());
    }

    /// The tracks in this order, as their host reloads them one after the other.
    fn reload(names: &[&str], stored: &[(Arc<str>, Guess)], order: &[usize]) -> Vec<Role> {
        let mut rounds = Self::of(&[]);
        for &at in order {
            rounds.join("");
            rounds.tracks[rounds.tracks.len() - 1].restore_guess(Some((&stored[at].0, stored[at].1)));
            rounds.tick(1);
            rounds.tracks[rounds.tracks.len() - 1].set_host_name(names[at]);
            rounds.tick(1);
        }
        rounds.tick(SETTLED_AFTER + 1);
        let place = |at: usize| order.iter().position(|&other| other == at).expect("every track is in the order");
        (0..names.len()).map(|at| rounds.tracks[place(at)].role().0).collect()
    }

    fn roles(&self) -> Vec<Role> {
        self.tracks.iter().map(|track| track.role().0).collect()
    }

    fn are_settled(&self) -> bool {
        self.tracks.iter().all(|track| track.is_guess_settled())
    }
}

/// A title with a role's word: each name by itself is the kick.
const SONG: [&str; 5] = ["Kick Back Kick", "Kick Back Snare", "Kick Back Bass", "Kick Back Vox", "Kick Back Pad"];
const ROLES: [Role; 5] = [Role::Kick, Role::Snare, Role::Bass, Role::LeadVocal, Role::Pads];

#[test]
fn names_that_come_late_are_read_with_those_before() {
    let mut rounds = Rounds::of(&["SC Kick", "", ""]);
    rounds.tick(SETTLED_AFTER / 2);
    assert_eq!(rounds.roles(), [Role::Kick, Role::Other, Role::Other], "a trigger alone is what there is");
    rounds.tracks[1].set_host_name("Kick");
    rounds.tick(1);
    assert_eq!(rounds.roles(), [Role::Other, Role::Kick, Role::Other]);
    assert_eq!(rounds.tracks[0].role().1, RoleFrom::Trigger);
    rounds.join("Bass");
    rounds.tracks[2].set_host_name("Snare");
    rounds.tick(1);
    assert_eq!(rounds.roles(), [Role::Other, Role::Kick, Role::Snare, Role::Bass]);
}

#[test]
fn guesses_settle_ten_seconds_after_the_last_name_and_stay() {
    let mut rounds = Rounds::of(&SONG[..4]);
    rounds.tick(SETTLED_AFTER);
    assert!(!rounds.are_settled(), "the first round only sees the names");
    rounds.join(SONG[4]);
    rounds.tick(SETTLED_AFTER);
    assert!(!rounds.are_settled(), "a name came since");
    rounds.tick(1);
    assert!(rounds.are_settled());
    assert_eq!(rounds.roles(), ROLES);
    // Alone the others would mean something else now.
    rounds.tracks[0].set_host_name("Something");
    rounds.tracks[1].set_host_name("Something Else");
    rounds.registry.remove(&rounds.tracks[2].clone());
    rounds.join("Kick");
    rounds.tick(2 * SETTLED_AFTER);
    assert_eq!(rounds.roles(), [Role::Other, Role::Other, Role::Bass, Role::LeadVocal, Role::Pads, Role::Kick]);
}

#[test]
fn a_settled_guess_changes_by_its_own_name_alone() {
    let mut rounds = Rounds::of(&["Ghost Kick", "Bass"]);
    rounds.tick(SETTLED_AFTER + 1);
    rounds.join("Kick");
    rounds.tick(1);
    assert_eq!(rounds.roles(), [Role::Kick, Role::Bass, Role::Kick], "settled before the kick came");
    rounds.tracks[0].set_host_name("Ghost Kick 2");
    rounds.tick(1);
    assert_eq!(rounds.tracks[0].role(), (Role::Other, RoleFrom::Trigger), "renamed, it is read with the others");
    rounds.tracks[0].set_host_name("Ghost Kick 2");
    rounds.tracks[0].set_host_name("");
    rounds.tick(1);
    assert_eq!(rounds.tracks[0].role(), (Role::Other, RoleFrom::Trigger), "the same name, or none, changes nothing");
}

#[test]
fn the_users_word_ends_the_guessing() {
    let mut rounds = Rounds::of(&["SC Kick", "Bass"]);
    rounds.tick(1);
    rounds.tracks[0].settings.set_role(Some(Role::Percussion));
    rounds.tick(1);
    rounds.join("Kick");
    rounds.tick(1);
    assert_eq!(rounds.tracks[0].role(), (Role::Percussion, RoleFrom::User));
    rounds.tracks[0].settings.set_role(None);
    rounds.tick(1);
    assert_eq!(rounds.tracks[0].role().0, Role::Kick, "what was read when the user chose");
}

#[test]
fn doubled_and_empty_names_are_names() {
    let rounds = Rounds::of(&["Bass", "Bass", "", "  ", "Kick", "Kick"]);
    rounds.tick(SETTLED_AFTER + 1);
    assert!(rounds.are_settled());
    assert_eq!(rounds.roles(), [Role::Bass, Role::Bass, Role::Other, Role::Other, Role::Kick, Role::Kick]);
    assert_eq!(rounds.tracks[2].role().1, RoleFrom::Name(Certainty::Unsure));
}

#[test]
fn the_order_of_reloading_changes_nothing() {
    let names = ["SC Kick", "Kick", "Kick Back - Snare", "Kick Back - Bass", "Kick Back - Pad", "other", "Track 9"];
    let rounds = Rounds::of(&names);
    rounds.tick(SETTLED_AFTER + 1);
    let stored: Vec<_> = rounds.tracks.iter().map(|track| track.stored_guess().expect("a name")).collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    for _ in 0..names.len() {
        order.rotate_left(1);
        assert_eq!(Rounds::reload(&names, &stored, &order), rounds.roles(), "in the order {order:?}");
        let backwards: Vec<usize> = order.iter().rev().copied().collect();
        assert_eq!(Rounds::reload(&names, &stored, &backwards), rounds.roles(), "in the order {backwards:?}");
    }
}

#[test]
fn what_was_stored_of_another_name_does_not_hold() {
    let rounds = Rounds::of(&["Snare"]);
    let bass = Guess { role: Some(Role::Bass), certainty: Certainty::Sure, is_trigger: false };
    rounds.tracks[0].restore_guess(Some(("Bass Culture", bass)));
    rounds.tick(1);
    assert_eq!(rounds.roles(), [Role::Snare], "renamed since the project was saved, or a copy on another track");
    rounds.tracks[0].set_host_name("Bass Culture");
    rounds.tick(SETTLED_AFTER + 1);
    assert_eq!(rounds.roles(), [Role::Bass]);
}

/// Tracks as five programs call them before anybody does, then named one after the other.
#[test]
fn sixty_four_tracks_by_any_programs_defaults_settle() {
    type Default = fn(usize) -> String;
    let programs: [(&str, Default); 5] = [
        ("Pro Tools", |at| format!("Audio {at}")),
        ("Logic", |at| if at % 2 == 0 { format!("Audio {at}") } else { format!("Inst {at}") }),
        ("Live", |at| if at % 2 == 0 { format!("{at}-Audio") } else { format!("{at}-MIDI") }),
        ("FL Studio", |at| format!("Insert {at}")),
        ("REAPER", |at| if at % 2 == 0 { String::new() } else { format!("Track {at}") }),
    ];
    let parts = ["Kick", "Snare Top", "HiHat", "OH L", "Bass DI", "Gtr L", "Keys", "Lead Vox"];
    let roles =
        [Role::Kick, Role::Snare, Role::Hats, Role::Cymbals, Role::Bass, Role::Guitars, Role::Pads, Role::LeadVocal];
    for (program, default) in programs {
        let names: Vec<String> = (1..=64).map(default).collect();
        let rounds = Rounds::of(&names.iter().map(String::as_str).collect::<Vec<_>>());
        rounds.tick(3);
        assert_eq!(rounds.roles(), vec![Role::Other; 64], "{program}");
        let unsure = RoleFrom::Name(Certainty::Unsure);
        assert!(rounds.tracks.iter().all(|track| track.role().1 == unsure), "{program}");
        for (at, track) in rounds.tracks.iter().enumerate() {
            track.set_host_name(&format!("{} {}", parts[at % 8], at / 8 + 1));
            rounds.tick(1);
        }
        rounds.tick(SETTLED_AFTER);
        assert!(rounds.are_settled(), "{program}: 10 s after the last name");
        let expected: Vec<Role> = (0..64).map(|at| roles[at % 8]).collect();
        assert_eq!(rounds.roles(), expected, "{program}");
    }
}
