//! The words of a name, with what the vocabulary knows of each.

use super::name::{Word, runs, split};
use super::vocabulary::{LONGEST_PHRASE, Sense, meaning};

/// Shorter words hide in too many others to be found in compounds.
const SHORTEST_IN_COMPOUND: usize = 3;
/// What may be written on to the end of a word: "KICKIN", "gtrl".
const ENDINGS: [&str; 15] =
    ["l", "r", "in", "out", "top", "btm", "bot", "bottom", "di", "amp", "mic", "dbl", "hi", "lo", "st"];
/// German and Dutch write any word before these: "Westerngitarre". None ends another language's words by chance.
const TAILS: [&str; 13] = [
    "gitarre", "gitarren", "gitaar", "gesang", "stimme", "stimmen", "becken", "trommel", "orgel", "klavier", "blaser",
    "koor", "zang",
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
    let known = cuts.rev().find(|at| {
        let (head, tail) = word.split_at(*at);
        let long = |part: &str| part.len() >= SHORTEST_IN_COMPOUND && meaning(part).is_some();
        // One letter more is too often a word of its own: "rider", "sampler"; but "OHL" is the left overhead.
        let one_letter = || meaning(head) == Some(Sense::KitMic) || (long(head) && !head.ends_with('e'));
        // "Within", "breakout" are words.
        let takes_ending = || meaning(head).is_some_and(|sense| sense < Sense::Without && sense != Sense::Build);
        let ends = ENDINGS.contains(&tail) && if tail.len() == 1 { one_letter() } else { takes_ending() };
        ends || (long(head) && long(tail))
    });
    known.or_else(|| TAILS.iter().find_map(|tail| word.strip_suffix(tail)).map(str::len).filter(|at| *at >= 2))
}

/// A word or a phrase of a name.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// None for a word that the vocabulary does not know.
    pub sense: Option<Sense>,
    /// Its words, one space apart.
    pub text: String,
    pub is_number: bool,
    /// Counts from 0 the parts that brackets, " - " and the like make of a name.
    pub segment: usize,
    /// An ampersand, a plus or a slash stands before it.
    pub is_joined: bool,
    /// Nothing stands between it and the word before.
    pub is_glued: bool,
    /// In its name it is part of a phrase that the word before belongs to.
    pub goes_on: bool,
}

impl Token {
    fn new(word: String) -> Self {
        let sense = meaning(&word);
        let is_number = sense.is_none() && word.bytes().all(|byte| byte.is_ascii_digit());
        Self { sense, text: word, is_number, segment: 0, is_joined: false, is_glued: false, goes_on: false }
    }

    pub fn is(&self, sense: Sense) -> bool {
        self.sense == Some(sense)
    }

    /// Says nothing that the vocabulary knows: part of a title, or of what nobody foresaw.
    pub fn is_unknown(&self) -> bool {
        self.sense.is_none() && !self.is_number && self.text.chars().count() > 1
    }
}

/// The words of a name, a token each.
pub(super) fn tokens(name: &str) -> Vec<Token> {
    let words = words(name);
    let gaps: Vec<&str> = words.windows(2).map(|pair| &name[pair[0].place.end..pair[1].place.start]).collect();
    let is_spaced = gaps.iter().any(|gap| !gap.is_empty() && gap.trim().is_empty());
    let mut tokens: Vec<Token> = words.into_iter().map(|word| Token::new(word.folded)).collect();
    let mut segment = 0;
    for (at, gap) in (1..).zip(gaps) {
        // A slash joins two instruments, and parts a folder from its file.
        let are_two = tokens[at - 1..=at].iter().all(|t| t.sense.is_some_and(|s| s.is_instrument() && !s.is_voice()));
        segment += usize::from(is_break(gap, is_spaced) || (gap.contains('/') && !are_two));
        tokens[at].segment = segment;
        tokens[at].is_joined = gap.contains(['&', '+', '/']);
        tokens[at].is_glued = gap.is_empty();
    }
    let mut at = 0;
    for phrase in phrases(&tokens) {
        let count = phrase.text.split(' ').count();
        tokens[at..at + count].iter_mut().skip(1).for_each(|token| token.goes_on = true);
        at += count;
    }
    tokens
}

/// The longest phrases that the vocabulary knows, as a token each. None goes over a segment's end, nor over an ampersand,
/// but for "K & SN".
pub(super) fn phrases(tokens: &[Token]) -> Vec<Token> {
    let mut phrases = Vec::new();
    let mut rest = tokens;
    while let Some(first) = rest.first() {
        let goes_on = |token: &&Token| token.segment == first.segment && (!token.is_joined || first.text == "k");
        let longest = 1 + rest[1..].iter().take(LONGEST_PHRASE - 1).take_while(goes_on).count();
        let text = |count: usize| rest[..count].iter().map(|token| &*token.text).collect::<Vec<_>>().join(" ");
        let known = (2..=longest).rev().find_map(|count| Some((count, meaning(&text(count))?)));
        let mut phrase = first.clone();
        let count = known.map_or(1, |(count, _)| count);
        if let Some((count, sense)) = known {
            (phrase.text, phrase.sense, phrase.is_number) = (text(count), Some(sense), false);
        }
        phrases.push(phrase);
        rest = &rest[count..];
    }
    phrases
}

/// Brackets and dashes between spaces part a name, and underscores do in one that has spaces, too.
fn is_break(gap: &str, is_spaced: bool) -> bool {
    gap.contains(['(', ')', '[', ']', '{', '}', ':', '|', '\u{2013}', '\u{2014}'])
        || gap.contains(" -")
        || gap.contains("- ")
        || (is_spaced && gap.contains('_'))
}
