//! The search for the plan: the smallest moves that land each unit, tried in all ways in which bands leave a choice.

use super::balance::{Balance, Counts, Landings, Steps};
use super::in_mix::ways_in_mix;
use crate::mix::roles::Role;
use crate::mix::{Verdict, VerdictRules};

/// With more beds or vocals than this only those that can be the loudest are tried as such: the others decide nothing.
const MANY: usize = 12;

/// What a way costs: units left outside, units moved, steps in all, steps of the kick; then by names.
pub(super) type Cost = (usize, usize, i32, (i32, i32), Vec<(usize, i32)>);

/// One way to do it.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub cost: Cost,
    pub steps: Steps,
}

/// The best set of moves, a move for each line.
pub(super) fn best(balance: &Balance) -> Way {
    let kick = balance.kick.filter(|&kick| matches!(balance.lines[kick].counts, Counts::FullScale(_)));
    let still = vec![0; balance.lines.len()];
    let is_off = |at: usize| matches!(balance.verdict(at, &still), Some(Verdict::Low | Verdict::High));
    let of_kick = match kick.filter(|&at| is_off(at)) {
        Some(at) => balance.offset(at, &still).map(|(offset, band)| balance.landings(offset, band)),
        None => None,
    };
    let of_kick = of_kick.filter(|moves| !moves.is_empty()).unwrap_or_else(|| Landings::from_slice(&[0]));
    let ways = of_kick.iter().map(|&k| best_with(balance, k));
    let mut chosen =
        ways.min_by(|a, b| a.cost.cmp(&b.cost)).unwrap_or_else(|| Way { cost: Cost::default(), steps: still });
    if let (Some(_), None) = (balance.kick, kick) {
        // Before its fader nothing tells where the kick belongs: it moves where that spares half of all moves.
        let (left, few) = (chosen.cost.0, chosen.cost.1 / 2);
        for k in balance.all_moves().into_iter().skip(1) {
            let moved =
                by_kick(balance, k).iter().filter(|(_, moves)| moves.first().is_some_and(|first| *first != 0)).count();
            if 1 + moved > few {
                continue;
            }
            let way = best_with(balance, k);
            if way.cost.0 <= left && way.cost.1 <= few && way.cost < chosen.cost {
                chosen = way;
            }
        }
    }
    mended(balance, chosen)
}

/// Lands what is left outside and lands beside the others as they are moved, where that leaves fewer outside in all.
fn mended(balance: &Balance, mut way: Way) -> Way {
    let is_off = |at: usize, steps: &[i32]| matches!(balance.verdict(at, steps), Some(Verdict::Low | Verdict::High));
    let is_fixed = |at: usize| Some(at) == balance.kick;
    let mut place = 0;
    while way.cost.0 > 0 && place < way.steps.len() {
        let at = place;
        place += 1;
        if is_fixed(at) || !is_off(at, &way.steps) {
            continue;
        }
        let tries = balance.all_moves().into_iter().map(|steps| {
            let mut tried = way.steps.clone();
            tried[at] = steps;
            tried
        });
        let lands = tries.filter(|tried| !is_off(at, tried)).map(|steps| Way { cost: cost(balance, &steps), steps });
        let better = lands.filter(|tried| tried.cost.0 < way.cost.0).min_by(|a, b| a.cost.cmp(&b.cost));
        if let Some(better) = better {
            (way, place) = (better, 0);
        }
    }
    way
}

/// Of each line that counts from the kick, or from full scale, the moves that land it when the kick moves by `k`.
fn by_kick(balance: &Balance, k: i32) -> Vec<(usize, Landings)> {
    let mut steps = vec![0; balance.lines.len()];
    balance.kick.iter().for_each(|&kick| steps[kick] = k);
    let counts = |at: &usize| {
        let line = &balance.lines[*at];
        matches!(line.counts, Counts::Kick(_) | Counts::FullScale(_)) && Some(*at) != balance.kick
    };
    let lands = |at: usize| Some((at, landings_or_still(balance, at, &steps)?));
    (0..balance.lines.len()).filter(counts).filter_map(lands).collect()
}

/// The moves that land a line beside the others'; none at all where nothing lands it. `None` where it is not judged.
fn landings_or_still(balance: &Balance, at: usize, steps: &[i32]) -> Option<Landings> {
    let (offset, band) = balance.offset(at, steps)?;
    let moves = balance.landings_by(offset, band, &balance.rules_of(at));
    Some(if moves.is_empty() { Landings::from_slice(&[0]) } else { moves })
}

fn best_with(balance: &Balance, k: i32) -> Way {
    let mut still = vec![0; balance.lines.len()];
    balance.kick.iter().for_each(|&kick| still[kick] = k);
    let options = by_kick(balance, k);
    let mut best: Option<Way> = None;
    for (place, choices) in bed_ways(balance, &options).into_iter().enumerate() {
        let mut way = still.clone();
        choices.iter().for_each(|(at, steps)| way[*at] = *steps);
        for steps in voice_ways(balance, &way).into_iter().flat_map(|steps| ways_in_mix(balance, steps)) {
            let new = cost(balance, &steps);
            if best.as_ref().is_none_or(|best| new < best.cost) {
                best = Some(Way { cost: new, steps });
            }
        }
        // No voice moves, and all sits: nothing is better.
        let is_done = |best: &Way| best.cost.0 == 0 && best.cost == cost(balance, &way);
        if place == 0 && best.as_ref().is_some_and(is_done) {
            break;
        }
    }
    best.unwrap_or_else(|| Way { cost: cost(balance, &still), steps: still })
}

fn cost(balance: &Balance, steps: &[i32]) -> Cost {
    let is_off = |at: &usize| matches!(balance.verdict(*at, steps), Some(Verdict::Low | Verdict::High));
    let left = (0..steps.len()).filter(is_off).count();
    let k = balance.kick_steps(steps);
    let moved = balance.lines.iter().zip(steps).filter(|(_, steps)| **steps != 0);
    let mut named: Vec<(usize, i32)> = moved.map(|(line, steps)| (line.name, *steps)).collect();
    named.sort_unstable();
    (left, named.len(), steps.iter().map(|steps| steps.abs()).sum(), (k.abs(), k), named)
}

/// Ways to land what counts from the kick: each by its smallest move, or so that a certain bed is the loudest.
fn bed_ways(balance: &Balance, options: &[(usize, Landings)]) -> Vec<Vec<(usize, i32)>> {
    let first: Vec<(usize, i32)> = options.iter().map(|(at, moves)| (*at, moves[0])).collect();
    let is_bed = |at: usize| matches!(balance.lines[at].role, Role::Guitars | Role::Pads | Role::LeadSynth);
    let level = |at: usize, steps: i32| balance.lines[at].lufs + balance.db(steps);
    let beds: Vec<&(usize, Landings)> = options.iter().filter(|(at, _)| is_bed(*at)).collect();
    let mut ways = vec![first.clone()];
    for (top, moves) in &beds {
        for &of_top in moves {
            let is_loudest = |moves: &Landings, at: usize| moves.iter().any(|m| level(at, *m) <= level(*top, of_top));
            if beds.len() > MANY && !beds.iter().all(|(at, moves)| at == top || is_loudest(moves, *at)) {
                continue;
            }
            let mut way = first.clone();
            for ((at, steps), (_, moves)) in way.iter_mut().zip(options).filter(|((at, _), _)| is_bed(*at)) {
                if at == top {
                    *steps = of_top;
                } else {
                    let fits = moves.iter().find(|steps| level(*at, **steps) <= level(*top, of_top));
                    *steps = *fits.unwrap_or(steps);
                }
            }
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    ways
}

/// Ways to land vocals over beds that have moved, then leads and backing vocals under them.
fn voice_ways(balance: &Balance, moved: &Steps) -> Vec<Steps> {
    let mut ways = vec![moved.clone()];
    for sees_fader in [true, false] {
        let voices = Voices::new(balance, sees_fader);
        let starts = voices.starts(moved);
        ways = starts.iter().flat_map(|start| ways.iter().map(|way| voices.land(start, way))).collect();
    }
    ways
}

/// The voices on one side of their faders, by lines.
struct Voices<'a> {
    balance: &'a Balance,
    vocals: Vec<usize>,
    leads: Vec<usize>,
    backing: Vec<usize>,
    has_beds: bool,
}

impl<'a> Voices<'a> {
    fn new(balance: &'a Balance, sees_fader: bool) -> Self {
        let of = |is_one: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let lines = (0..balance.lines.len()).filter(|&at| balance.lines[at].sees_fader == sees_fader);
            lines.filter(|&at| is_one(at)).collect()
        };
        let counts = |at: usize| &balance.lines[at].counts;
        let vocals = of(&|at| matches!(counts(at), Counts::Bed));
        let leads = of(&|at| balance.is_lead(at) && matches!(counts(at), Counts::Vocal | Counts::Lead));
        let backing = of(&|at| !balance.is_lead(at) && matches!(counts(at), Counts::Vocal));
        let is_bed = |other: usize| !balance.is_lead(other);
        let has_beds =
            vocals.iter().chain(&leads).any(|&at| balance.lines[at].rivals.beds.iter().any(|(bed, _)| is_bed(*bed)));
        Self { balance, vocals, leads, backing, has_beds }
    }

    /// Over the beds, and over the leads, too, where they are to stay.
    fn over_beds(&self, at: usize, steps: &[i32], with_leads: bool) -> Option<f64> {
        let rivals = &self.balance.lines[at].rivals.beds;
        self.balance.least_over(rivals, steps, |other| with_leads || !self.balance.is_lead(other))
    }

    /// The moves that land this offset; none at all where nothing does, or nothing is there to stand over.
    fn landings(&self, offset: Option<f64>, band: (crate::units::Db, crate::units::Db)) -> Landings {
        let moves = offset.map(|offset| self.balance.landings(offset, band)).unwrap_or_default();
        if moves.is_empty() { Landings::from_slice(&[0]) } else { moves }
    }

    /// What the voices that all others follow may do: vocals, or without one each lead as the first.
    fn starts(&self, moved: &[i32]) -> Vec<Vec<(usize, i32)>> {
        let lines = &self.balance.lines;
        if self.vocals.is_empty() {
            if self.leads.is_empty() || self.balance.sung {
                return vec![Vec::new()];
            }
            let options = |at: usize| match self.has_beds {
                true => self.landings(self.over_beds(at, moved, false), lines[at].first_band),
                false => self.balance.all_moves(),
            };
            return self
                .leads
                .iter()
                .flat_map(|&at| options(at).into_iter().map(move |steps| vec![(at, steps)]))
                .collect();
        }
        let mut starts = vec![self.vocals.iter().map(|&at| (at, 0)).collect::<Vec<_>>()];
        for with_leads in [false, true] {
            let options = |&at: &usize| match self.has_beds {
                true => self.landings(self.over_beds(at, moved, with_leads), lines[at].band),
                false => self.balance.all_moves(),
            };
            let fits: Vec<Landings> = self.vocals.iter().map(options).collect();
            let first: Vec<(usize, i32)> = self.vocals.iter().zip(&fits).map(|(at, moves)| (*at, moves[0])).collect();
            let level = |at: usize, steps: i32| lines[at].lufs + self.balance.db(steps);
            let loudest = first.iter().map(|(at, steps)| level(*at, *steps)).fold(f64::NEG_INFINITY, f64::max);
            for (place, moves) in fits.iter().enumerate() {
                let is_first = level(first[place].0, first[place].1) >= loudest;
                let decides = |steps: &i32| first.len() <= MANY || is_first || level(first[place].0, *steps) >= loudest;
                starts.extend(moves.iter().copied().filter(decides).map(|steps| {
                    let mut start = first.clone();
                    start[place].1 = steps;
                    start
                }));
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// The rest of the voices, one after the other, beside those of a start.
    fn land(&self, start: &[(usize, i32)], way: &Steps) -> Steps {
        let (balance, lines) = (self.balance, &self.balance.lines);
        let mut way = way.clone();
        start.iter().for_each(|(at, steps)| way[*at] = *steps);
        let is_first = |at: usize| start.iter().any(|(first, _)| *first == at);
        for &at in self.leads.iter().chain(&self.backing).filter(|at| !is_first(**at)) {
            // Under those that lead; where none of them is moved, under what is there.
            let under = balance.least_over(&lines[at].rivals.leads, &way, |other| start.is_empty() || is_first(other));
            way[at] = self.landings(under, lines[at].band)[0];
        }
        // Softer vocals must stand over the leads, too.
        for &at in &self.vocals {
            let over = self.over_beds(at, &way, true);
            let fits = self.landings(over, lines[at].band);
            if over.is_some() && !fits.contains(&way[at]) {
                way[at] = fits[0];
            }
        }
        way
    }
}

/// Whether a move is so large a push that it is told as gain staging.
pub(crate) fn is_gain(db: f64, rules: &VerdictRules) -> bool {
    db > rules.check_over.0 + 1e-9
}
