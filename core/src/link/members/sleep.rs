//! Tracks that their host no longer calls because they are silent: while the others roll on, they hear silence.
//!
//! Hosts let a plug-in sleep whose input and output are silent. Whether a track that broke off in silence slept or the
//! transport went elsewhere, the other tracks of the process show, by their order: one that rolled through that place at
//! that time, and on. Only unheard places are filled, and what is heard later takes their place.

use std::ops::DerefMut;
use std::time::{Duration, Instant};

use crate::link::track::{IDLE_TICKS, Inbox, Rest, Roll};

/// Cells by which hosts may render one track ahead of another.
const LEAD: i32 = 10;
/// Cells that a sleeping track stays behind the others.
const BEHIND: i32 = 5;
const CELLS_PER_S: f64 = 10.0;
/// A gap as long as the time that passed, this much more or less, is one that the song rolled through.
const PACE_S: f64 = 0.3;
/// Rounds after which other tracks are waited for no longer: a second.
const MOST_ROUNDS: u32 = 50;

/// Why a track broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// It sleeps, and the others have come to this place.
    Sleeps(i32),
    /// It slept, and woke.
    Woke,
    /// Its transport went elsewhere at this place.
    Left(i32),
    Unknown,
}

/// Another track's roll through the place where one broke off.
#[derive(Clone, Copy, Debug)]
struct Witness {
    track: usize,
    roll: Roll,
    is_over: bool,
}

/// Fills in what the tracks of one process and session slept through.
pub(crate) fn settle<T: DerefMut<Target = Inbox>>(tracks: &mut [T], now: Instant) {
    // One that waited may be a witness to the next.
    let mut again = true;
    while std::mem::take(&mut again) {
        for place in 0..tracks.len() {
            let Some(rest) = tracks[place].rest() else { continue };
            let witnesses = witnesses(tracks, place, &rest);
            let reason = reason(&rest, &witnesses, now);
            let bars = |to: i32| {
                let seen = witnesses.iter().max_by_key(|witness| witness.roll.to);
                let song = seen.map(|witness| tracks[witness.track].song());
                let bar = |index: i32| Some(song?.get(index)?.bar);
                (rest.roll.to..to).map(|index| bar(index).unwrap_or(f32::NAN)).collect::<Vec<f32>>()
            };
            match reason {
                Reason::Sleeps(to) | Reason::Left(to) => {
                    let bars = bars(to);
                    let bar = |index: i32| bars[(index - rest.roll.to) as usize];
                    if rest.next.is_some() {
                        tracks[place].end_rest(to, bar);
                    } else {
                        tracks[place].sleep(to, bar);
                        if rest.waited >= IDLE_TICKS && witnesses.iter().all(|witness| witness.is_over) {
                            tracks[place].settle();
                        }
                    }
                }
                Reason::Woke => tracks[place].wake(),
                Reason::Unknown => tracks[place].wait(),
            }
            again |= rest.next.is_some() && reason != Reason::Unknown;
        }
    }
}

fn witnesses<T: DerefMut<Target = Inbox>>(tracks: &[T], place: usize, rest: &Rest) -> Vec<Witness> {
    let others = tracks.iter().enumerate().filter(|(other, _)| *other != place);
    let rolls =
        others.flat_map(|(track, inbox)| inbox.rolls().map(move |(roll, is_over)| Witness { track, roll, is_over }));
    rolls.filter(|witness| witness.roll.saw(rest.roll.to, rest.roll.at)).collect()
}

fn reason(rest: &Rest, witnesses: &[Witness], now: Instant) -> Reason {
    let left = witnesses.iter().filter(|witness| witness.is_over).map(|witness| witness.roll.to).max();
    let rolling = witnesses.iter().filter(|witness| !witness.is_over).map(|witness| witness.roll.to).max();
    match rest.next {
        Some((next, came)) if rest.may_wake(&next) && rolled_to(rest, witnesses, next.index, came) => Reason::Woke,
        Some(_) if rolling.is_some() && rest.waited < MOST_ROUNDS => Reason::Unknown,
        Some(_) => Reason::Left(left.unwrap_or(rest.roll.to).max(rest.roll.to)),
        None => match (left, rolling) {
            (_, Some(to)) if rest.waited >= IDLE_TICKS && is_on_pace(rest, to, now) => {
                Reason::Sleeps((to - BEHIND).max(rest.roll.to))
            }
            (Some(to), None) => Reason::Sleeps(to.max(rest.roll.to)),
            _ => Reason::Sleeps(rest.roll.to),
        },
    }
}

/// The song rolled on from where the track broke off to this place, where it was by then.
fn rolled_to(rest: &Rest, witnesses: &[Witness], place: i32, came: Instant) -> bool {
    let passed = came.duration_since(rest.roll.at).as_secs_f64();
    let gap = f64::from(place - rest.roll.to) / CELLS_PER_S;
    let saw = |witness: &Witness| witness.roll.to + LEAD >= place && witness.roll.is_on(came);
    (gap - passed).abs() <= PACE_S || witnesses.iter().any(saw)
}

/// No render: the others are no farther than time has passed. In one a track may merely lag.
fn is_on_pace(rest: &Rest, to: i32, now: Instant) -> bool {
    let passed: Duration = now.duration_since(rest.roll.at);
    f64::from(to - rest.roll.to) / CELLS_PER_S <= 1.25 * passed.as_secs_f64() + PACE_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::{Cell, CellFlags};

    const WHOLE: CellFlags = CellFlags(CellFlags::PLAYING.0 | CellFlags::COMPLETE.0);

    fn roll(index: i32, at: Instant) -> Roll {
        Roll::begin(&Cell { index, frames: 4_800, flags: WHOLE, ..Cell::default() }, at)
    }

    /// A track that broke off behind cell 99, so many rounds ago, and the others' way since, in cells.
    fn reason_of(waited: u32, since: Duration, others: i32, is_over: bool) -> Reason {
        let began = Instant::now();
        let rest = Rest { roll: roll(99, began), next: None, waited };
        let mut seen = roll(99, began);
        seen.to = 100 + others;
        let witness = Witness { track: 1, roll: seen, is_over };
        reason(&rest, &[witness], began + since)
    }

    #[test]
    fn a_track_sleeps_behind_others_that_are_no_faster_than_time() {
        let second = Duration::from_secs(1);
        assert_eq!(reason_of(IDLE_TICKS, second, 10, false), Reason::Sleeps(105));
        assert_eq!(reason_of(IDLE_TICKS - 1, second, 10, false), Reason::Sleeps(100), "it may come yet");
        assert_eq!(reason_of(IDLE_TICKS, second, 20, false), Reason::Sleeps(100), "a render, in which it may lag");
        assert_eq!(reason_of(2, second, 20, true), Reason::Sleeps(120), "to where a render ended");
    }

    #[test]
    fn one_that_comes_again_slept_if_the_others_rolled_on_or_as_much_time_passed() {
        let began = Instant::now();
        let woken = |index: i32, after_ms: u64, witness: Option<(i32, bool)>| {
            let came = began + Duration::from_millis(after_ms);
            let next = Cell { index, frames: 4_800, flags: WHOLE, epoch: 1, ..Cell::default() };
            let rest = Rest { roll: roll(99, began), next: Some((next, came)), waited: 0 };
            let seen = witness.map(|(to, is_over)| {
                let mut roll = roll(99, began);
                (roll.to, roll.at) = (to, if is_over { began } else { came });
                Witness { track: 1, roll, is_over }
            });
            reason(&rest, seen.as_slice(), came)
        };
        assert_eq!(woken(150, 5_000, None), Reason::Woke, "alone, by the time that passed");
        assert_eq!(woken(150, 20, None), Reason::Left(100), "alone, and located");
        assert_eq!(woken(150, 20, Some((150, false))), Reason::Woke, "in a render");
        assert_eq!(woken(150, 20, Some((120, false))), Reason::Unknown, "the other is not there yet");
        assert_eq!(woken(150, 20, Some((120, true))), Reason::Left(120), "both were located");
        assert_eq!(woken(40, 20, Some((120, true))), Reason::Left(120), "a loop");
    }
}
