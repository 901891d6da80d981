//! What one name says: which of its words count, and which of those decides.

use super::certainty::Certainty;
use super::role::Role;
use super::vocabulary::Sense;
use super::words::{Token, phrases};

/// What a name says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameReading {
    pub role: Option<Role>,
    pub certainty: Certainty,
    /// Words that may name a track by themselves, and not only say which of its kind it is.
    pub names_a_track: bool,
    pub remark: Remark,
}

/// What only the other names can settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    None,
    /// A sidechain listens to it; beside another kick it is no sound of the mix.
    Trigger,
    /// All but the voice, or but drums and bass: the bed of a set of stems.
    Bed,
    /// The sum of all but one part: a group beside the others, the bed where only the voice lies beside it.
    Without,
}

/// A word that counts.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    sense: Sense,
    at: usize,
    token: &'a Token,
}

/// Which word decides where a name holds several that yield to others: the first of these.
const RANKING: &[(Sense, Role)] = &[
    (Sense::Low, Role::Bass),
    (Sense::Perc, Role::Percussion),
    (Sense::WeakKeys, Role::Pads),
    (Sense::Synth, Role::Pads),
    (Sense::Backing, Role::BackingVocals),
    (Sense::WeakTom, Role::Toms),
    (Sense::KitMic, Role::Cymbals),
    (Sense::Sub808, Role::Sub808),
    (Sense::Lead, Role::LeadSynth),
    (Sense::Solo, Role::LeadSynth),
    (Sense::Loop, Role::Percussion),
    (Sense::Kit, Role::Group),
    (Sense::Beat, Role::Group),
    (Sense::WeakGuitar, Role::Guitars),
    (Sense::Noise, Role::Other),
];

/// The role of an instrument that decides wherever it is named.
fn role_of_instrument(sense: Sense) -> Option<Role> {
    Some(match sense {
        Sense::Kick => Role::Kick,
        Sense::Snare => Role::Snare,
        Sense::Hats => Role::Hats,
        Sense::Cymbal | Sense::Ride => Role::Cymbals,
        Sense::Tom => Role::Toms,
        Sense::Pad | Sense::Keys => Role::Pads,
        Sense::Vocal | Sense::LeadVocal => Role::LeadVocal,
        Sense::BackingVocal => Role::BackingVocals,
        Sense::Bass => Role::Bass,
        Sense::Guitar => Role::Guitars,
        Sense::Melodic => Role::LeadSynth,
        Sense::Percussion => Role::Percussion,
        _ => return None,
    })
}

impl NameReading {
    fn sure(role: Role) -> Self {
        Self { role: Some(role), certainty: Certainty::Sure, names_a_track: true, remark: Remark::None }
    }

    fn but(self, certainty: Certainty) -> Self {
        Self { certainty: self.certainty.min(certainty), ..self }
    }

    pub fn unsure(role: Role) -> Self {
        Self::sure(role).but(Certainty::Unsure)
    }

    const NOTHING: Self = Self { role: None, certainty: Certainty::Unsure, names_a_track: false, remark: Remark::None };
}

/// Reads the words of a name.
pub(super) fn read(words: &[Token]) -> NameReading {
    let tokens = &phrases(words)[..];
    let (said, lacks) = counting(tokens);
    let scope = in_scope(tokens, said);
    let reading = carrier(tokens, &scope).or_else(|| group(tokens, &scope)).or_else(|| instrument(tokens, &scope));
    // "No vocals" is the sum of all but them.
    let sum_of_others = || lacks.then_some(NameReading { remark: Remark::Without, ..NameReading::sure(Role::Group) });
    reading.or_else(sum_of_others).or_else(|| printed(tokens)).unwrap_or(NameReading::NOTHING)
}

/// The words that count: none that a "no" turns off, no effect that the name says is on, no ride of a fader. And whether
/// an instrument was turned off.
fn counting(tokens: &[Token]) -> (Vec<Said<'_>>, bool) {
    let (mut said, mut lacks): (Vec<Said<'_>>, bool) = (Vec::new(), false);
    let is_sound = |sense: Sense| {
        matches!(sense, Sense::Return | Sense::Effect | Sense::KitMic | Sense::Noise | Sense::Mix | Sense::MixBus)
    };
    // What the last word does to those after it.
    let mut mode = None;
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && tokens[at - 1].segment != token.segment {
            mode = None;
        }
        let Some(sense) = token.sense else {
            mode = None;
            continue;
        };
        match (mode, sense) {
            (_, Sense::Without | Sense::Dry | Sense::With) => mode = Some(sense),
            (_, Sense::Neutral) => {}
            (Some(Sense::Without), _) => {
                let is_whole = sense.is_instrument() || sense == Sense::Kit;
                lacks |= is_whole;
                mode = mode.filter(|_| !is_whole);
            }
            (Some(_), _) if is_sound(sense) => {}
            (Some(Sense::With), _) => {
                said.push(Said { sense: Sense::And, at, token });
                said.push(Said { sense, at, token });
                mode = None;
            }
            // "Bass rev2" is a version.
            (_, Sense::Return)
                if token.text == "rev" && said.last().is_some_and(|s| is_version(tokens, at, s.sense.is_voice())) => {}
            // "Kick + Sub" are two microphones.
            (_, Sense::Low)
                if token.is_joined && token.text == "sub" && said.iter().all(|s| s.sense == Sense::Kick) => {}
            // "Snare + Verb"
            _ if token.is_joined && is_sound(sense) && !said.is_empty() => {}
            (_, Sense::Ride) if said.iter().any(|s| s.sense.is_pitched() && is_beside(tokens, s.token, token)) => {}
            _ => {
                said.push(Said { sense, at, token });
                mode = None;
            }
        }
    }
    (said, lacks)
}

/// A number stands behind it; a voice's "rev 2" is its second reverb, unless it is written as one word.
fn is_version(tokens: &[Token], at: usize, is_voice: bool) -> bool {
    tokens.get(at + 1).is_some_and(|next| next.is_number && (next.is_glued || !is_voice))
}

/// In one part of the name, or after one that is no title: "Lead Vox (ride)", but "Piano Man - Ride".
fn is_beside(tokens: &[Token], before: &Token, token: &Token) -> bool {
    before.segment == token.segment || !tokens.iter().any(|t| t.segment == before.segment && t.is_unknown())
}

/// The words of the last part that names a track, what later parts add, and what earlier ones do: other words there are a
/// title's.
fn in_scope<'a>(tokens: &[Token], said: Vec<Said<'a>>) -> Vec<Said<'a>> {
    let Some(decisive) = said.iter().rfind(|s| s.sense.names_a_track()).map(|s| s.token.segment) else { return said };
    // "FX 1 - Vox", but "Echo Chamber - Vox"
    let is_bare = |segment: usize| {
        let here = || tokens.iter().filter(|token| token.segment == segment);
        !here().any(Token::is_unknown)
            && here().filter(|token| !token.is_number && !token.is(Sense::Neutral)).count() == 1
    };
    let adds = |sense: Sense| {
        (sense.is_carrier() && sense != Sense::Build)
            || matches!(sense, Sense::Backing | Sense::BackingVocal | Sense::Lead | Sense::Sub808)
    };
    let counts = |s: &Said<'_>| s.token.segment >= decisive || (adds(s.sense) && is_bare(s.token.segment));
    said.into_iter().filter(counts).collect()
}

/// What carries other tracks, or is made of one.
fn carrier(tokens: &[Token], scope: &[Said<'_>]) -> Option<NameReading> {
    let has = |sense: Sense| scope.iter().any(|s| s.sense == sense);
    let instruments = || scope.iter().map(|s| s.sense).filter(|sense| sense.is_instrument());
    if has(Sense::Trigger) && instruments().all(|sense| sense == Sense::Kick) {
        let is_kick = instruments().next().is_some();
        let reading = NameReading::sure(if is_kick { Role::Kick } else { Role::Other });
        return Some(NameReading { remark: Remark::Trigger, ..reading });
    }
    if has(Sense::Return) {
        return Some(NameReading::sure(Role::Return));
    }
    if let Some(sum) = sum(tokens, scope) {
        return Some(sum);
    }
    if has(Sense::Bus) {
        return Some(NameReading::sure(Role::Group));
    }
    if has(Sense::Effect) {
        return Some(NameReading::sure(Role::Other));
    }
    let is_drum = |sense: Sense| sense.is_piece() || sense == Sense::Percussion;
    if has(Sense::Build) && !has(Sense::Loop) && instruments().all(is_drum) {
        let kit = has(Sense::Kit) && instruments().next().is_none();
        return Some(NameReading::sure(if kit { Role::Group } else { Role::Other }).but(Certainty::Likely));
    }
    None
}

/// "Drum Mix" is a group, "Bass Mix" one track, "Kick Back Master" all of it; in "Master Vox" the word says nothing.
fn sum(tokens: &[Token], scope: &[Said<'_>]) -> Option<NameReading> {
    let place = scope.iter().rposition(|s| matches!(s.sense, Sense::Mix | Sense::MixBus))?;
    let (before, after) = (&scope[..place], &scope[place + 1..]);
    let names = |s: &&Said<'_>| s.sense.names_a_track() || s.sense == Sense::Backing;
    if after.iter().any(|s| names(&s)) {
        return None;
    }
    let Some(named) = before.iter().rfind(names) else {
        let is_last = !tokens[scope[place].at + 1..].iter().any(Token::is_unknown);
        return Some(NameReading::sure(Role::MixBus).but(if is_last { Certainty::Sure } else { Certainty::Likely }));
    };
    if tokens[named.at..scope[place].at].iter().any(Token::is_unknown) {
        return Some(NameReading::unsure(Role::MixBus));
    }
    let here = scope[place].token.segment;
    let is_alone = tokens.iter().filter(|t| t.segment == here && !t.is_number).count() == 1;
    let goes_on = if here == named.token.segment {
        tokens[scope[place].at..].iter().any(|t| t.is_unknown() && t.segment == here)
    } else {
        // "Vocals - Master Take"
        !is_alone
    };
    let is_one = named.sense.is_piece()
        || matches!(named.sense, Sense::Bass | Sense::Low | Sense::Sub808 | Sense::LeadVocal)
        || before.iter().any(|s| s.sense == Sense::Lead);
    (!goes_on && !is_one).then(|| NameReading::sure(Role::Group))
}

/// Two instruments of different roles: joined, or two pieces of the kit side by side.
fn group(tokens: &[Token], scope: &[Said<'_>]) -> Option<NameReading> {
    let joins = |s: &Said<'_>| s.sense == Sense::And || s.token.is_joined;
    let mut parts: Vec<Vec<Said<'_>>> = vec![Vec::new()];
    for s in scope {
        if joins(s) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut().filter(|_| s.sense != Sense::And) {
            part.push(*s);
        }
    }
    let names = |part: &&Vec<Said<'_>>| part.iter().any(|s| s.sense.names_a_track());
    let roles: Vec<Role> =
        parts.iter().filter(names).filter_map(|part| instrument(tokens, part)).filter_map(|part| part.role).collect();
    let is_joined = roles.windows(2).any(|pair| pair[0] != pair[1]);
    let pieces: Vec<&Said<'_>> = scope.iter().filter(|s| s.sense.is_piece() && s.sense != Sense::Ride).collect();
    let are_two = pieces.windows(2).any(|pair| {
        let both = [pair[0].sense, pair[1].sense];
        let are_metal = both.iter().all(|sense| matches!(sense, Sense::Hats | Sense::Cymbal));
        both[0] != both[1] && !are_metal && !tokens[pair[0].at..pair[1].at].iter().any(Token::is_unknown)
    });
    (is_joined || are_two).then(|| NameReading::sure(Role::Group))
}

/// The last instrument named, else the first of [`RANKING`].
fn instrument(tokens: &[Token], scope: &[Said<'_>]) -> Option<NameReading> {
    let has = |sense: Sense| scope.iter().any(|s| s.sense == sense);
    let leads = has(Sense::Lead) || has(Sense::Solo);
    let named: Vec<&Said<'_>> = scope.iter().filter(|s| s.sense.is_instrument()).collect();
    let Some(last) = named.last() else { return weak(tokens, scope, leads) };
    let before = named.len().checked_sub(2).map(|at| named[at]);
    let role = match last.sense {
        // "Guitar Synth", "Voice Lead Synth"
        Sense::Vocal | Sense::Guitar | Sense::Keys | Sense::Melodic if is_synth(scope, last) => {
            if leads {
                Role::LeadSynth
            } else {
                Role::Pads
            }
        }
        sense if sense.is_voice() && (has(Sense::Backing) || has(Sense::BackingVocal)) => Role::BackingVocals,
        Sense::Guitar if before.is_some_and(|before| before.sense == Sense::Bass && before.at + 1 == last.at) => {
            Role::Bass
        }
        Sense::Guitar if scope.iter().any(|s| s.sense == Sense::Low && s.at.abs_diff(last.at) == 1) => Role::Bass,
        Sense::Bass if has(Sense::Sub808) => Role::Sub808,
        // A solo before the instrument is a part's name, one after it is a desk's: "Cello Solo".
        Sense::Keys if has(Sense::Lead) || scope.iter().any(|s| s.sense == Sense::Solo && s.at < last.at) => {
            Role::LeadSynth
        }
        sense => role_of_instrument(sense)?,
    };
    let certainty = certainty(tokens, last, before);
    Some(NameReading::sure(role).but(certainty))
}

/// A synth is named after the instrument that it plays.
fn is_synth(scope: &[Said<'_>], instrument: &Said<'_>) -> bool {
    scope.iter().any(|s| s.sense == Sense::Synth && s.at > instrument.at)
}

/// How far a name's last instrument is to be trusted.
fn certainty(tokens: &[Token], last: &Said<'_>, before: Option<&Said<'_>>) -> Certainty {
    let letters = last.token.text.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_other = before.filter(|before| role_of_instrument(before.sense) != role_of_instrument(last.sense));
    let is_apart = |before: &Said<'_>| tokens[before.at..last.at].iter().any(Token::is_unknown);
    match (letters, is_other) {
        // Which of two is the title's word?
        (_, Some(before)) if is_apart(before) => Certainty::Unsure,
        (0..=1, _) => Certainty::Unsure,
        (2, _) | (_, Some(_)) => Certainty::Likely,
        _ => Certainty::Sure,
    }
}

/// A name without an instrument that decides.
fn weak(tokens: &[Token], scope: &[Said<'_>], leads: bool) -> Option<NameReading> {
    let has = |sense: Sense| scope.iter().any(|s| s.sense == sense);
    let is_named = || scope.iter().any(|s| s.sense.names_a_track() && s.sense != Sense::Bed);
    if has(Sense::Bed) && !is_named() && !has(Sense::WeakKeys) {
        return Some(NameReading { remark: Remark::Bed, ..NameReading::sure(Role::Other) });
    }
    let (sense, role) = RANKING.iter().find(|(sense, _)| has(*sense))?;
    if *sense == Sense::Beat && tokens.iter().any(Token::is_unknown) {
        return None;
    }
    let role = match role {
        Role::Bass if has(Sense::Sub808) => Role::Sub808,
        Role::Pads if leads => Role::LeadSynth,
        role => *role,
    };
    let plain = sense.names_a_track() || matches!(sense, Sense::Backing | Sense::KitMic | Sense::Noise);
    let certainty = if plain { Certainty::Sure } else { Certainty::Likely };
    Some(NameReading { names_a_track: plain && *sense != Sense::Noise, ..NameReading::sure(role).but(certainty) })
}

/// A name that says only how it was made is the whole mix: "MySong-mixdown".
fn printed(tokens: &[Token]) -> Option<NameReading> {
    let last = tokens.iter().rfind(|token| !token.is_number && !token.is(Sense::Neutral))?;
    last.is(Sense::Print).then(|| NameReading::sure(Role::MixBus).but(Certainty::Likely))
}
