//! Who belongs together: the reference's members as one, parts as one, every other track by itself. It follows from names,
//! roles, switches and which lead vocals are doubles, and is found anew only when one of these changes.

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
    doubles: Vec<(usize, usize)>,
    profile: Option<Profile>,
    pub choice: ReferenceChoice,
    pub groups: Vec<Group>,
}

impl Grouping {
    /// Finds it anew where something has changed; returns whether it did. `doubles` are lead vocals that are one, by the
    /// tracks' indices.
    pub fn update(
        &mut self,
        tracks: &[TrackInput<'_>],
        profile: &Profile,
        state: &SessionState,
        doubles: Vec<(usize, usize)>,
    ) -> bool {
        let fits = self.keys.len() == tracks.len()
            && self.stand_in == state.stand_in
            && self.doubles == doubles
            && self.keys.iter().zip(tracks).all(|(key, track)| key.fits(track))
            && self.profile.as_ref() == Some(profile);
        if !fits {
            let choice = reference::choice(tracks, profile, state);
            let groups = groups(tracks, &choice, &doubles);
            let keys = tracks.iter().map(TrackKey::of).collect();
            let (stand_in, profile) = (state.stand_in, Some(profile.clone()));
            *self = Self { keys, stand_in, doubles, profile, choice, groups };
        }
        !fits
    }
}

fn groups(tracks: &[TrackInput<'_>], choice: &ReferenceChoice, doubles: &[(usize, usize)]) -> Vec<Group> {
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
    let mut parts: Vec<(Vec<usize>, String)> = parts::group(&names)
        .into_iter()
        .map(|part| (part.members.iter().map(|&place| free[place]).collect(), part.name))
        .filter(|(members, _): &(Vec<usize>, _)| members.iter().all(|&index| is_on_one_side(tracks, members[0], index)))
        .collect();
    for &(a, b) in doubles {
        if free.contains(&a) && free.contains(&b) && is_on_one_side(tracks, a, b) {
            join(&mut parts, tracks, a, b);
        }
    }
    for (members, name) in parts {
        add(members, Some(name), false);
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

/// Levels before and after the fader do not add up to one.
fn is_on_one_side(tracks: &[TrackInput<'_>], a: usize, b: usize) -> bool {
    tracks[a].placement.sees_fader() == tracks[b].placement.sees_fader()
}

/// Makes one part of what the two are in.
fn join(parts: &mut Vec<(Vec<usize>, String)>, tracks: &[TrackInput<'_>], a: usize, b: usize) {
    let mut take = |index: usize| {
        let part = parts.iter().position(|(members, _)| members.contains(&index)).map(|at| parts.remove(at));
        part.unwrap_or_else(|| (vec![index], tracks[index].name.to_owned()))
    };
    let mut one = take(a);
    if !one.0.contains(&b) {
        let other = take(b);
        one = ([one.0, other.0].concat(), format!("{} + {}", one.1, other.1));
        one.0.sort_unstable();
    }
    parts.push(one);
}
