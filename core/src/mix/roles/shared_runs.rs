//! Words that several names of a session begin or end with: a song's title, its date, tempo and key, a prefix.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::grammar::{NameReading, read};
use super::role::Role;
use super::vocabulary::Sense;
use super::words::Token;

/// So many names must share a run.
const FEWEST: usize = 3;
/// So many runs follow each other at one end: of songs, of their groups.
const MOST_RUNS: usize = 8;
/// No title has more words.
const LONGEST_RUN: usize = 16;
/// So many names of a set may be without what all others share: a mixdown, a click.
const STRANGERS: usize = 2;

/// On which end of the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Front,
    Back,
}

/// Each name's tokens without the runs that it shares with others; None for a name that is nothing but such a title.
pub(super) fn without_shared_runs(names: &[Vec<Token>]) -> Vec<Option<&[Token]>> {
    let mut left: Vec<Range<usize>> = names.iter().map(|tokens| numbering(tokens)..tokens.len()).collect();
    let mut titles = vec![false; names.len()];
    // A title and what follows it may both be shared: "Song - Drums - Kick".
    for end in [End::Front, End::Back] {
        (0..MOST_RUNS).take_while(|_| drop_run(names, &mut left, &mut titles, end)).for_each(drop);
    }
    let own = names.iter().zip(left).zip(titles);
    own.map(|((tokens, left), is_title)| (!is_title).then(|| own_of(tokens, left))).collect()
}

/// Where nothing was dropped, the numbering may be the name: "808", "2 Bus".
fn own_of(tokens: &[Token], left: Range<usize>) -> &[Token] {
    let is_whole = left.start == numbering(tokens) && left.end == tokens.len();
    if is_whole { tokens } else { &tokens[left] }
}

/// Numbers in front, which order the names.
fn numbering(tokens: &[Token]) -> usize {
    tokens.iter().take_while(|token| token.is_number).count()
}

/// Drops the longest run at one end that may go, from all who share it. False where there is none.
fn drop_run(names: &[Vec<Token>], left: &mut [Range<usize>], titles: &mut [bool], end: End) -> bool {
    let mut sharers: BTreeMap<(usize, Vec<&str>), Vec<usize>> = BTreeMap::new();
    for (name, tokens) in names.iter().enumerate().filter(|(name, _)| !titles[*name]) {
        let own = &tokens[left[name].clone()];
        let own = if end == End::Back { &own[..own.len() - tail(own)] } else { own };
        for length in 1..=own.len().min(LONGEST_RUN) {
            let run = if end == End::Front { &own[..length] } else { &own[own.len() - length..] };
            sharers.entry((length, run.iter().map(|token| &*token.text).collect())).or_default().push(name);
        }
    }
    let shared = sharers.iter().rev().filter(|(_, sharers)| sharers.len() >= FEWEST);
    for ((length, run), sharers) in shared {
        let rests: Vec<Range<usize>> =
            sharers.iter().map(|&name| rest(&names[name], &left[name], *length, end)).collect();
        let shared = Shared { names, sharers, rests: &rests, length: *length, left, end };
        if !shared.may_go() {
            continue;
        }
        for (&name, rest) in sharers.iter().zip(rests) {
            titles[name] = rest.is_empty();
            left[name] = rest;
        }
        // The mixdown may bear the title without the date that the others have behind it.
        for (name, tokens) in names.iter().enumerate().filter(|(name, _)| end == End::Front && !sharers.contains(name))
        {
            let own = &tokens[left[name].clone()];
            let is_title = own.iter().any(Token::is_unknown) && own.len() <= run.len();
            titles[name] |= is_title && own.iter().zip(run).all(|(token, word)| token.text == *word);
        }
        return true;
    }
    false
}

/// Numbers and sides behind, which a shared run may stand before.
fn tail(tokens: &[Token]) -> usize {
    let is_side = |token: &Token| token.is_number || matches!(&*token.text, "l" | "r");
    tokens.iter().rev().take_while(|token| is_side(token)).count()
}

/// A name without its run.
fn rest(tokens: &[Token], left: &Range<usize>, length: usize, end: End) -> Range<usize> {
    match end {
        End::Front => left.start + length..left.end,
        End::Back => left.start..left.end - tail(&tokens[left.clone()]) - length,
    }
}

/// A run, who shares it and what those names are without it.
struct Shared<'a> {
    names: &'a [Vec<Token>],
    sharers: &'a [usize],
    rests: &'a [Range<usize>],
    length: usize,
    left: &'a [Range<usize>],
    end: End,
}

impl Shared<'_> {
    /// The names can do without it.
    fn may_go(&self) -> bool {
        let readings: Vec<NameReading> = self.rests().map(read).collect();
        let holders = readings.iter().filter(|reading| reading.names_a_track).count();
        if holders < FEWEST {
            return false;
        }
        let empty = self.rests().filter(|rest| rest.is_empty()).count();
        let roles: BTreeSet<Role> = readings.iter().filter_map(|reading| reading.role).collect();
        let of_rhythm = |role: &Role| matches!(role, Role::Kick | Role::Snare | Role::Hats | Role::Bass | Role::Sub808);
        let is_a_mix = roles.len() >= FEWEST && roles.iter().any(of_rhythm);
        let is_everybody = self.sharers.len() + STRANGERS >= self.names.len();
        let everybody_holds = holders + empty.min(STRANGERS) == readings.len();
        let run = self.run();
        let torn = self.torn_phrases();
        let has_title = run.iter().any(Token::is_unknown);
        let is_carrier = run.iter().all(|token| token.is_number || token.sense.is_some_and(Sense::is_carrier));
        if is_carrier {
            return self.end == End::Front
                && is_a_mix
                && is_everybody
                && self.is_apart()
                && run.iter().all(may_be_title);
        }
        // A carrier that begins a shared ending may be the noun: "Kick Verb Song".
        let takes_noun = self.end == End::Back && run[0].sense.is_some_and(Sense::is_carrier) && !self.is_apart();
        // In a song called "Kick Back" there may be "Kick Back Vox".
        let is_whole = torn == 0 || (has_title && 2 * torn < readings.len());
        let by_title = has_title && self.ends_well() && 2 * holders >= readings.len();
        let by_all = everybody_holds && is_a_mix && (self.end == End::Front || is_everybody);
        !takes_noun && is_whole && (by_title || by_all)
    }

    fn rests(&self) -> impl Iterator<Item = &[Token]> {
        self.sharers.iter().zip(self.rests).map(|(&name, rest)| &self.names[name][rest.clone()])
    }

    /// Names in which the run ends amid a phrase.
    fn torn_phrases(&self) -> usize {
        let is_torn = |(&name, rest): (&usize, &Range<usize>)| {
            let edge = if self.end == End::Front { rest.start } else { rest.end };
            self.names[name].get(edge).is_some_and(|token| token.goes_on)
        };
        self.sharers.iter().zip(self.rests).filter(|shared| is_torn(*shared)).count()
    }

    /// The run as the first of its names has it.
    fn run(&self) -> &[Token] {
        self.run_of(0)
    }

    fn run_of(&self, sharer: usize) -> &[Token] {
        let (tokens, rest) = (&self.names[self.sharers[sharer]], &self.rests[sharer]);
        match self.end {
            End::Front => &tokens[self.left[self.sharers[sharer]].start..][..self.length],
            End::Back => &tokens[rest.end..][..self.length],
        }
    }

    /// A bracket or a dash stands between the run and the rest, in each name that has a rest.
    fn is_apart(&self) -> bool {
        (0..self.sharers.len()).all(|sharer| {
            let (tokens, rest) = (&self.names[self.sharers[sharer]], &self.rests[sharer]);
            let run = self.run_of(sharer);
            rest.is_empty()
                || match self.end {
                    End::Front => tokens[rest.start].segment != run[run.len() - 1].segment,
                    End::Back => tokens[rest.end - 1].segment != run[0].segment,
                }
        })
    }

    /// The run stops at a word that is no instrument's, or at a bracket or a dash.
    fn ends_well(&self) -> bool {
        let run = self.run();
        let edge = if self.end == End::Front { &run[run.len() - 1] } else { &run[0] };
        edge.is_unknown() || edge.is_number || self.is_apart()
    }
}

/// "Hall" and "Echo" may be songs; "Bus" and "FX" are not.
fn may_be_title(token: &Token) -> bool {
    const NEVER: [&str; 12] =
        ["fx", "sfx", "aux", "send", "return", "rtn", "ret", "verb", "dly", "delay", "reverb", "rev"];
    token.is_number || (token.is(Sense::Return) && !NEVER.contains(&&*token.text))
}
