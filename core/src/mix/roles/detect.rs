//! The role of a track, guessed from its name.

#[cfg(test)]
mod tests;
mod vocabulary;

use std::collections::HashMap;
use std::sync::OnceLock;

use self::vocabulary::Sense;
use super::name::{Word, runs, split};
use super::role::Role;

/// The longest phrase of the vocabulary, in words.
const LONGEST_PHRASE: usize = 2;
/// Shorter words hide in too many others to be found in compounds.
const SHORTEST_IN_COMPOUND: usize = 3;
/// What may be written on to the end of a word: "KICKIN", "gtrl".
const ENDINGS: [&str; 15] =
    ["l", "r", "in", "out", "top", "btm", "bot", "bottom", "di", "amp", "mic", "dbl", "hi", "lo", "st"];

/// The role that a name means, in any case and numbering, in English, German, Spanish or French.
pub fn detect(name: &str) -> Option<Role> {
    let words: Vec<String> = words(name).into_iter().map(|word| word.folded).collect();
    role_of(&senses(&words))
}

/// What each word or phrase of the name says, in its order.
fn senses(words: &[String]) -> Vec<Sense> {
    let mut senses = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = LONGEST_PHRASE.min(words.len() - at);
        let found = (1..=longest).rev().find_map(|count| Some((count, meaning(&words[at..at + count].join(" "))?)));
        let (count, sense) = found.unwrap_or((1, Sense::Neutral));
        if sense != Sense::Neutral {
            senses.push(sense);
        }
        at += count;
    }
    senses
}

/// The decision, from the strongest word down.
fn role_of(senses: &[Sense]) -> Option<Role> {
    use Sense::*;
    let has = |sense: Sense| senses.contains(&sense);
    let sound = |sense: &Sense| !matches!(sense, MixBus | WeakOther);
    if has(Return) {
        return Some(Role::Return);
    }
    if let Some(mix) = senses.iter().rposition(|sense| *sense == MixBus) {
        // "Drum Mix" is a group; in "Master of Puppets - Bass" the word says nothing.
        if senses[..mix].iter().any(sound) {
            return Some(Role::Group);
        }
        if !senses[mix..].iter().any(sound) {
            return Some(Role::MixBus);
        }
    }
    if has(Bus) || (has(Kick) && has(Snare)) {
        return Some(Role::Group);
    }
    if has(Effect) {
        return Some(Role::Other);
    }
    let sings = has(Vocal) || has(LeadVocal) || has(BackingVocal);
    let leads = has(Lead);
    RANKING.iter().find(|(sense, _)| has(*sense)).map(|(_, role)| match role {
        Role::LeadVocal | Role::BackingVocals if sings && (has(Backing) || has(BackingVocal)) => Role::BackingVocals,
        Role::Bass if has(Sub808) => Role::Sub808,
        Role::Pads if leads && !has(Pad) => Role::LeadSynth,
        role => *role,
    })
}

/// Which word decides where a name holds several: the first of these.
const RANKING: &[(Sense, Role)] = &[
    (Sense::Kick, Role::Kick),
    (Sense::Snare, Role::Snare),
    (Sense::Hats, Role::Hats),
    (Sense::Cymbal, Role::Cymbals),
    (Sense::Pad, Role::Pads),
    (Sense::BackingVocal, Role::BackingVocals),
    (Sense::LeadVocal, Role::LeadVocal),
    (Sense::Vocal, Role::LeadVocal),
    (Sense::Bass, Role::Bass),
    (Sense::Guitar, Role::Guitars),
    (Sense::Tom, Role::Toms),
    (Sense::Keys, Role::Pads),
    (Sense::Percussion, Role::Percussion),
    (Sense::Synth, Role::Pads),
    (Sense::Backing, Role::BackingVocals),
    (Sense::KitMic, Role::Cymbals),
    (Sense::Sub808, Role::Sub808),
    (Sense::Lead, Role::LeadSynth),
    (Sense::Loop, Role::Percussion),
    (Sense::Kit, Role::Group),
    (Sense::WeakGuitar, Role::Guitars),
    (Sense::WeakOther, Role::Other),
];

/// The name's words: a run of letters that the vocabulary knows stays whole, others are taken apart.
pub(crate) fn words(name: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for run in runs(name) {
        if meaning(&run.folded).is_some() {
            words.push(run);
            continue;
        }
        for part in split(name, &run) {
            match compound(&part.folded) {
                Some(at) => words.extend(part.cut(name, at)),
                None => words.push(part),
            }
        }
    }
    words
}

/// Where "leadgitarre", "KICKOUT" or "drumbus" falls into two known words.
fn compound(word: &str) -> Option<usize> {
    if meaning(word).is_some() {
        return None;
    }
    let cuts = word.char_indices().map(|(at, _)| at).filter(|at| *at >= 2);
    cuts.rev().find(|at| {
        let (head, tail) = word.split_at(*at);
        let long = |part: &str| part.len() >= SHORTEST_IN_COMPOUND && meaning(part).is_some();
        // One letter more is too often a word of its own: "rider", "sampler"; but "OHL" is the left overhead.
        let one_letter = || meaning(head) == Some(Sense::KitMic) || (long(head) && !head.ends_with('e'));
        let ends = ENDINGS.contains(&tail) && if tail.len() == 1 { one_letter() } else { meaning(head).is_some() };
        ends || (long(head) && long(tail))
    })
}

/// The vocabulary's sense of a word or phrase, in the singular or with a plural's -s.
fn meaning(phrase: &str) -> Option<Sense> {
    static INDEX: OnceLock<HashMap<&str, Sense>> = OnceLock::new();
    let index = INDEX.get_or_init(|| vocabulary::phrases().collect());
    let singular = || phrase.strip_suffix('s').filter(|stem| stem.len() >= 2).and_then(|stem| index.get(stem));
    index.get(phrase).or_else(singular).copied()
}
