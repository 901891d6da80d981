//! Who belongs together: the reference's members as one, parts as one, every other track by itself. It follows from names,
//! roles and switches alone and is found anew only when one of them changes.

use super::reference::{self, ReferenceChoice};
use crate::mix::roles::{Role, parts};
use crate::mix::{Placement, Profile, SessionState, StandIn, TrackId, TrackInput};

/// What the layout goes by in one track.
#[derive(Clone, Debug, PartialEq)]
struct TrackKey {
    id: TrackId,
    name: String,
    role: Role,
    is_reference: bool,
    is_out: bool,
    placement: Placement,
    song: u64,
}

impl TrackKey {
    fn of(track: &TrackInput<'_>) -> Self {
        Self {
            id: track.id,
            name: track.name.to_owned(),
            role: track.role,
            is_reference: track.is_reference,
            is_out: track.is_out,
            placement: track.placement,
            song: track.song.id(),
        }
    }

    fn fits(&self, track: &TrackInput<'_>) -> bool {
        let before = (self.id, self.role, self.is_reference, self.is_out, self.placement, self.song);
        let now = (track.id, track.role, track.is_reference, track.is_out, track.placement, track.song.id());
        before == now && self.name == track.name
    }
}

/// The tracks of one unit.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Indices into the tracks.
    pub members: Vec<usize>,
    /// The part's name, where there is more than one member.
    pub part: Option<String>,
    /// The part's name, else the track's.
    pub name: String,
    pub is_reference: bool,
}

/// Who belongs together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grouping {
    keys: Vec<TrackKey>,
    stand_in: Option<StandIn>,
    profile: Option<Profile>,
    pub choice: ReferenceChoice,
    pub groups: Vec<Group>,
}

impl Grouping {
    /// Finds it anew where something has changed; returns whether it did.
    pub fn update(&mut self, tracks: &[TrackInput<'_>], profile: &Profile, state: &SessionState) -> bool {
        let fits = self.keys.len() == tracks.len()
            && self.stand_in == state.stand_in
            && self.keys.iter().zip(tracks).all(|(key, track)| key.fits(track))
            && self.profile.as_ref() == Some(profile);
        if !fits {
            let choice = reference::choice(tracks, profile, state);
            let groups = groups(tracks, &choice);
            let keys = tracks.iter().map(TrackKey::of).collect();
            *self = Self { keys, stand_in: state.stand_in, profile: Some(profile.clone()), choice, groups };
        }
        !fits
    }
}

fn groups(tracks: &[TrackInput<'_>], choice: &ReferenceChoice) -> Vec<Group> {
    let mut taken = vec![false; tracks.len()];
    let mut groups = Vec::new();
    let mut add = |members: Vec<usize>, part: Option<String>, is_reference: bool| {
        for &index in &members {
            taken[index] = true;
        }
        let name = part.clone().unwrap_or_else(|| tracks[members[0]].name.to_owned());
        groups.push(Group { members, part, name, is_reference });
    };
    if !choice.members.is_empty() {
        let names: Vec<&str> = choice.members.iter().map(|&index| tracks[index].name).collect();
        let part = (names.len() > 1).then(|| names.join(" + "));
        add(choice.members.clone(), part, true);
    }
    let is_free =
        |index: &usize| !choice.members.contains(index) && !tracks[*index].is_out && !tracks[*index].role.is_bus();
    let free: Vec<usize> = (0..tracks.len()).filter(is_free).collect();
    let names: Vec<(&str, Role)> = free.iter().map(|&index| (tracks[index].name, tracks[index].role)).collect();
    for part in parts::group(&names) {
        let members: Vec<usize> = part.members.iter().map(|&place| free[place]).collect();
        // Levels before and after the fader do not add up to one.
        let mut sides = members.iter().map(|&index| tracks[index].placement.sees_fader());
        let first = sides.next();
        if sides.all(|side| Some(side) == first) {
            add(members, Some(part.name), false);
        }
    }
    let alone = (0..tracks.len()).filter(|&index| !taken[index]).collect::<Vec<_>>();
    groups.extend(alone.into_iter().map(|index| Group {
        members: vec![index],
        part: None,
        name: tracks[index].name.to_owned(),
        is_reference: false,
    }));
    groups
}
