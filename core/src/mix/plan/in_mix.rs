//! Landing what counts from the mix, which moves along with each of its units.

use super::balance::{Balance, Counts, Steps};
use crate::mix::Verdict;

/// How often all units are landed in turn, each beside the others as they then stand, at most.
const ROUNDS: usize = 12;
/// So many units, those farthest off, are each tried as the first to move.
const FIRST: usize = 4;

/// Ways to land what counts from the mix, each unit by its smallest move beside the others, until all stand still: in the
/// plan's order, and with each of those farthest off as the first. What counts as one moves as one.
pub(super) fn ways_in_mix(balance: &Balance, steps: Steps) -> Vec<Steps> {
    if !balance.lines.iter().any(|line| matches!(line.counts, Counts::Mix(_))) {
        return vec![steps];
    }
    let far = |at: usize| {
        let (offset, (low, high)) = balance.offset(at, &steps)?;
        let now = offset + balance.db(steps[at]);
        let by = (low.0 - now).max(now - high.0);
        (by > 0.0 && matches!(balance.lines[at].counts, Counts::Mix(_))).then_some((at, by))
    };
    let mut first: Vec<(usize, f64)> = (0..steps.len()).filter_map(far).collect();
    first.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut ways = vec![land_in_turn(balance, steps.clone(), None)];
    ways.extend(first.iter().take(FIRST).map(|(at, _)| land_in_turn(balance, steps.clone(), Some(*at))));
    ways
}

fn land_in_turn(balance: &Balance, mut steps: Steps, first: Option<usize>) -> Steps {
    first.iter().for_each(|at| land(balance, *at, &mut steps));
    for _ in 0..ROUNDS {
        let before = steps.clone();
        (0..steps.len()).for_each(|at| land(balance, at, &mut steps));
        if steps == before {
            break;
        }
    }
    steps
}

/// Leaves a unit where it is, if it sits there; else lands it by its smallest move.
fn land(balance: &Balance, at: usize, steps: &mut Steps) {
    let Counts::Mix(in_mix) = &balance.lines[at].counts else { return };
    let sits = |steps: &Steps| balance.verdict(at, steps) == Some(Verdict::Sits);
    if sits(steps) {
        return;
    }
    let mut tried = steps.clone();
    let lands = balance.all_moves().into_iter().find(|by| {
        in_mix.shares.iter().filter(|(.., is_own)| *is_own).for_each(|(own, ..)| tried[*own] = *by);
        sits(&tried)
    });
    if lands.is_some() {
        *steps = tried;
    }
}
