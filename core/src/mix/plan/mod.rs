//! The plan: one set of moves that balances the mix. It is searched on the offsets of a judgement, and then judged by the
//! rules themselves with the moves as gains: what those say is what counts.

mod balance;
mod in_mix;
mod mix_share;
mod search;

pub(crate) use self::balance::{Balance, Steps};
pub(crate) use self::search::is_gain;
use self::search::{Way, best};
use crate::mix::verdicts::UnitVerdict;
use crate::mix::{Rules, Verdict};
use crate::units::Dbtp;

/// Searches on what a trial read, where that is otherwise than was foreseen, so often at most.
const ROUNDS: usize = 4;

/// A session whose faders can be moved by steps, a number for each unit; none where there are no numbers.
pub(crate) trait Trials {
    /// What the rules say of each unit.
    fn judge(&mut self, steps: &[i32]) -> Vec<UnitVerdict>;
    /// What the plan is searched on.
    fn balance(&mut self, steps: &[i32], judged: &[UnitVerdict]) -> Balance;
    /// The true peak of the sum with the plan done, before all are lowered, where it is known.
    fn peak(&self) -> Option<Dbtp>;
}

/// The plan, by units.
#[derive(Clone, Debug, Default)]
pub(crate) struct Planned {
    /// The move of each unit, in steps; empty where nothing moves.
    pub steps: Steps,
    /// Units in the order in which they are moved.
    pub order: Vec<usize>,
    /// The middle of the judged units' moves, by which goes what is not judged.
    pub rest: i32,
    /// More than half of the judged units move by `rest`.
    pub together: bool,
    /// All are moved by this for the sake of the sum's true peak.
    pub lowered: i32,
    /// What the rules read with all moves done; `None` where nothing moves: as now.
    pub after: Option<Vec<UnitVerdict>>,
}

/// Makes the plan for a session that was judged.
pub(crate) fn plan(session: &mut impl Trials, now: &[UnitVerdict]) -> Planned {
    let is_balanced = !now.iter().any(is_off);
    if is_balanced && session.peak().is_none() {
        return Planned::default();
    }
    let mut balance = session.balance(&[], now);
    let lowered = lowering(&balance.rules, session.peak());
    let mut chosen: Option<((usize, usize, i32), Planned)> = None;
    let mut tried: Vec<Steps> = Vec::new();
    for _ in 0..ROUNDS {
        let way = if is_balanced { still(&balance) } else { best(&balance) };
        let mut planned = by_units(&balance, &way, lowered);
        if planned.steps.iter().all(|steps| *steps == 0) {
            return chosen.map_or(Planned::default(), |(_, planned)| planned);
        }
        if tried.contains(&planned.steps) {
            break;
        }
        tried.push(planned.steps.clone());
        let judged = session.judge(&planned.steps);
        let size = planned.steps.iter().map(|steps| steps.abs()).sum();
        let moved = planned.steps.iter().filter(|steps| **steps != 0).count();
        let rank = (judged.iter().filter(|judged| is_off(judged)).count(), moved, size);
        let is_done = foresees(&balance, &planned.steps, &judged);
        if !is_done {
            balance = session.balance(&planned.steps, &judged);
        }
        planned.after = Some(judged);
        if chosen.as_ref().is_none_or(|(best, _)| rank < *best) {
            chosen = Some((rank, planned));
        }
        if is_done {
            break;
        }
    }
    chosen.map_or(Planned::default(), |(_, planned)| planned)
}

fn is_off(judged: &UnitVerdict) -> bool {
    matches!(judged.verdict, Verdict::Low | Verdict::High)
}

fn still(balance: &Balance) -> Way {
    Way { cost: Default::default(), steps: vec![0; balance.lines.len()] }
}

/// Steps by which all go down so that the sum's true peak stays under its limit.
fn lowering(rules: &Rules, peak: Option<Dbtp>) -> i32 {
    let over = peak.map_or(0.0, |peak| ((peak.0 - rules.bus.true_peak.0) * 100.0).round() / 100.0);
    if over > 0.0 { -(over / rules.verdict.step.0 - 1e-9).ceil() as i32 } else { 0 }
}

/// The true peak of the sum with the plan done, once all are lowered for its sake.
pub(crate) fn lowered_peak(rules: &Rules, peak: Dbtp) -> Dbtp {
    Dbtp(peak.0 + f64::from(lowering(rules, Some(peak))) * rules.verdict.step.0)
}

/// The rules read with these moves what the search foresaw; the kick may give way.
fn foresees(balance: &Balance, steps: &[i32], judged: &[UnitVerdict]) -> bool {
    let by_line: Steps = balance.lines.iter().map(|line| steps[line.unit]).collect();
    (0..by_line.len()).filter(|&at| Some(at) != balance.kick).all(|at| {
        let read = judged[balance.lines[at].unit].verdict;
        balance.verdict(at, &by_line).is_none_or(|foreseen| foreseen == read)
    })
}

fn by_units(balance: &Balance, way: &Way, lowered: i32) -> Planned {
    let is_judged = |at: &usize| balance.verdict(*at, &way.steps).is_some();
    let mut known: Steps = (0..way.steps.len()).filter(is_judged).map(|at| way.steps[at]).collect();
    known.sort_unstable();
    let middles = known.len().checked_sub(1).map(|last| (known[last / 2], known[known.len() / 2]));
    let rest = middles.map_or(0, |(a, b)| if b.abs() < a.abs() { b } else { a });
    let mut steps = vec![0; balance.lines.len()];
    for (line, own) in balance.lines.iter().zip(&way.steps).filter(|(line, _)| line.is_fed) {
        steps[line.unit] = lowered + if line.goes_along { rest } else { *own };
    }
    let shared = known.iter().filter(|steps| **steps == rest).count();
    let fed: Vec<usize> = balance.lines.iter().filter(|line| line.is_fed).map(|line| line.unit).collect();
    let alike = fed.iter().filter(|&&unit| steps[unit] == rest + lowered).count();
    let together = rest + lowered != 0 && 2 * shared > known.len() && 2 * alike > fed.len();
    let order = balance.lines.iter().map(|line| line.unit).collect();
    Planned { steps, order, rest: rest + lowered, together, lowered, after: None }
}
