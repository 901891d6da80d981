//! Roles from the names that a host gives, one after the other, and what a project stores of them.

use super::common::*;

fn roles(tracks: &mut [keel_session::host::Instance]) -> Vec<String> {
    let report = parse(&tracks[0].report(Some("song")).expect("a report"));
    let role = |name: String| {
        let all = report["tracks"].as_array().expect("tracks");
        let track = all.iter().find(|track| track["name"] == name.as_str());
        track.unwrap_or_else(|| panic!("no track {name}"))["role"].as_str().expect("a role").to_owned()
    };
    let names: Vec<String> = tracks.iter().map(keel_session::host::Instance::name).collect();
    names.into_iter().map(role).collect()
}

#[test]
fn names_are_read_together_as_they_come() {
    let _turn = alone();
    let mut tracks = vec![instance("SC Kick", 2), instance("Track 2", 2), instance("Track 3", 2)];
    assert_eq!(roles(&mut tracks), ["kick", "other", "other"], "a trigger alone is the kick there is");
    tracks[1].set_name("Kick");
    assert_eq!(roles(&mut tracks), ["other", "kick", "other"], "a name that comes late");
    tracks[2].set_name("Gtr");
    tracks[2].set_name("Bass");
    assert_eq!(roles(&mut tracks), ["other", "kick", "bass"], "a name that changes");
    tracks[2].set_name("");
    assert_eq!(roles(&mut tracks[..2]), ["other", "kick"], "an empty name says nothing");
    let report = parse(&tracks[0].report(Some("song")).expect("a report"));
    assert_eq!(report["tracks"][0]["note"], "by its name a sidechain's trigger beside the kick: it counts nowhere");
    assert!(report["notes"].to_string().contains("triggers of a sidechain: SC Kick."), "{}", report["notes"]);
    let certainties: Vec<_> = (0..3).map(|at| report["tracks"][at]["role_certainty"].clone()).collect();
    assert_eq!(certainties, ["sure", "sure", "sure"]);
}

/// In a song of this name each track's name is the kick's by itself.
#[test]
fn the_order_of_reloading_changes_no_role() {
    let _turn = alone();
    const NAMES: [&str; 5] = ["Kick Back Kick", "Kick Back Snare", "Kick Back Bass", "SC Kick", "Kick Back Vox"];
    const ROLES: [&str; 5] = ["kick", "snare", "bass", "other", "lead-vocal"];
    let mut tracks: Vec<_> = NAMES.iter().map(|name| instance(name, 1)).collect();
    assert_eq!(roles(&mut tracks), ROLES);
    let states: Vec<Vec<u8>> = tracks.iter_mut().map(|track| track.save().expect("saved")).collect();
    drop(tracks);
    for first in 0..NAMES.len() {
        let mut reloaded = Vec::new();
        for at in (0..NAMES.len()).map(|step| (first + 3 * step) % NAMES.len()) {
            let mut track = instance("", 1);
            track.load(&states[at]).expect("loaded");
            track.set_name(NAMES[at]);
            reloaded.push(track);
            let order: Vec<&str> = (0..reloaded.len()).map(|step| ROLES[(first + 3 * step) % NAMES.len()]).collect();
            assert_eq!(roles(&mut reloaded), order, "{} of them, from {first} on", reloaded.len());
        }
    }
}
